"""What people get by mail about their appointment, and what their counsellor gets."""

from datetime import datetime

from django.utils import translation

from counseling.emails import GERMAN
from counseling.models import Appointment, Counsellor
from kit import outbox
from kit.models import OutboxMail
from kit.templatetags.kit import clocktime, longdate


def please_confirm(appointment: Appointment, *, again: datetime | None = None) -> None:
    """The link on which one confirms; whoever has not asked for it has to do nothing."""
    _to_client(appointment, "please_confirm", again=f":{again.isoformat()}" if again else "")


def booked(appointment: Appointment) -> None:
    _to_client(appointment, "booked", has_file=True)
    _to_counsellor(appointment, "booked_counsellor")


def changed(appointment: Appointment, before: Appointment) -> None:
    """One mail for each change, whatever has changed. A counsellor who no longer has the talk is told as well."""
    _to_client(appointment, "changed", has_file=True)
    if before.counsellor == appointment.counsellor:
        _to_counsellor(appointment, "changed_counsellor")
        return
    _to_counsellor(appointment, "booked_counsellor")
    with translation.override(GERMAN):
        time = f"{longdate(before.starts_at)}, {clocktime(before.starts_at)}"
    _to_counsellor(appointment, "passed_on_counsellor", to=before.counsellor, time=time)


def cancelled(appointment: Appointment) -> None:
    _to_client(appointment, "cancelled", has_file=True)
    _to_counsellor(appointment, "cancelled_counsellor")


def reminder(appointment: Appointment, kind: str) -> OutboxMail | None:
    return _to_client(appointment, "reminder", again=f":{kind}")


def ask_back(talk: Appointment, invitation: str) -> None:
    """Without a key and without the appointment: once the mail has left, nothing joins the two."""
    outbox.send(
        "counseling/email/ask_back.txt",
        talk.email,
        {"name": talk.name, "invitation": invitation, "phone": talk.counsellor.center.phone},
        purpose="appointment ask back",
        language=talk.mail_language,
        reply_to=talk.counsellor.center.email,
    )


def _to_client(appointment: Appointment, name: str, *, has_file=False, again: str = "") -> OutboxMail | None:
    """Nothing for people who have given a phone number only."""
    if not appointment.email:
        return None
    return outbox.send(
        f"counseling/email/{name}.txt",
        appointment.email,
        {"appointment": appointment},
        purpose=f"appointment {name}",
        key=f"appointment:{appointment.pk}:{appointment.sequence}:{name}{again}",
        language=appointment.mail_language,
        attachment="counseling.emails.files.attached" if has_file else "",
        reply_to=appointment.counsellor.center.email,
    )


def _to_counsellor(appointment: Appointment, name: str, *, to: Counsellor | None = None, **words: str) -> None:
    """In German. Answers go to the house, never to the client, who may not want to be written to."""
    outbox.send(
        f"counseling/email/{name}.txt",
        (to or appointment.counsellor).user.email,
        {"appointment": appointment, **words},
        purpose=f"appointment {name}",
        key=f"appointment:{appointment.pk}:{appointment.sequence}:{name}",
        language=GERMAN,
        reply_to=appointment.counsellor.center.email,
    )
