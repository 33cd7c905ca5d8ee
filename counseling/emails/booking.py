"""What people get by mail about their appointment, and what their counsellor gets."""

from counseling.models import Appointment
from kit import outbox
from kit.models import OutboxMail


def please_confirm(appointment: Appointment) -> OutboxMail:
    """The link on which one confirms; whoever has not asked for it has to do nothing."""
    return _to_client(appointment, "please_confirm")


def booked(appointment: Appointment) -> None:
    _to_client(appointment, "booked")
    _to_counsellor(appointment, "booked_counsellor")


def changed(appointment: Appointment) -> None:
    """One mail for each change, whatever has changed."""
    _to_client(appointment, "changed")
    _to_counsellor(appointment, "changed_counsellor")


def cancelled(appointment: Appointment) -> None:
    _to_client(appointment, "cancelled")
    _to_counsellor(appointment, "cancelled_counsellor")


def _to_client(appointment: Appointment, name: str) -> OutboxMail | None:
    """Nothing for people who have given a phone number only."""
    if not appointment.email:
        return None
    return outbox.send(
        f"counseling/email/{name}.txt",
        appointment.email,
        {"appointment": appointment},
        purpose=f"appointment {name}",
        key=f"appointment:{appointment.pk}:{appointment.sequence}:{name}",
        language=appointment.mail_language,
    )


def _to_counsellor(appointment: Appointment, name: str) -> OutboxMail:
    """In German: it is the language of the house."""
    return outbox.send(
        f"counseling/email/{name}.txt",
        appointment.counsellor.user.email,
        {"appointment": appointment},
        purpose=f"appointment {name}",
        key=f"appointment:{appointment.pk}:{appointment.sequence}:{name}",
        language="de",
    )
