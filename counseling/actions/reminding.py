"""Reminders before a talk and the question after it: each once, however many sweeps run and however long none ran."""

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from counseling.actions import answering
from counseling.emails import booking as emails
from counseling.models import Appointment, Reminder
from kit import clock

Kind = Reminder.Kind
DAY, HOURS = timedelta(hours=24), timedelta(hours=2)
FRESH = timedelta(hours=12)  # who has just booked or changed needs no reminder
STILL_ASKED = timedelta(days=30)  # after that the question would be odd


def remind() -> int:
    """Everybody whose talk comes near. Never after its begin. Returns how many mails."""
    return _remind(Kind.DAY, DAY) + _remind(Kind.HOURS, HOURS)


def _remind(kind: str, ahead: timedelta) -> int:
    now = clock.now()
    due = Appointment.objects.to_remind(kind, first=now, last=now + ahead, settled_by=now - FRESH)
    if kind == Kind.HOURS:
        due = due.filter(service__reminds_twice=True)
    else:  # after a long pause one reminder is enough
        due = due.exclude(service__reminds_twice=True, starts_at__lte=now + HOURS)
    return sum(_write(kind, pk, now, ahead) for pk in due.values_list("pk", flat=True))


@transaction.atomic
def _write(kind: str, pk, now: datetime, ahead: timedelta) -> bool:
    """Asked once more under the lock of the row: somebody may have cancelled. Who has reminded since the question was
    asked is not seen by it, but by the constraint."""
    due = Appointment.objects.to_remind(kind, first=now, last=now + ahead, settled_by=now - FRESH)
    appointment = due.select_for_update(skip_locked=True, of=("self",)).filter(pk=pk).first()
    if appointment is None:
        return False
    reminder, is_new = Reminder.objects.get_or_create(appointment=appointment, sequence=appointment.sequence, kind=kind)
    if not is_new:
        return False
    reminder.mail = emails.reminder(appointment, kind)
    reminder.save(update_fields=["mail"])
    return True


# ── Some weeks later


def ask_back() -> int:
    """Whether the talk has helped. Returns how many mails."""
    now = clock.now()
    talks = Appointment.objects.filter(
        state=Appointment.State.COMPLETED, erased_at=None, ends_at__gt=now - timedelta(days=183)
    )
    talks = talks.exclude(email="").exclude(reminders__kind=Kind.AFTER).select_related("service")
    return sum(_ask(talk) for talk in talks if _is_time(talk, now))


def _is_time(talk: Appointment, now: datetime) -> bool:
    weeks = talk.service.follow_up_weeks
    since = now - talk.ends_at - timedelta(weeks=weeks)
    return bool(weeks) and timedelta(0) <= since <= STILL_ASKED


def _ask(talk: Appointment) -> bool:
    """Neither the row nor the mail keeps which invitation went to whom."""
    try:
        with transaction.atomic():
            Reminder.objects.create(appointment=talk, sequence=0, kind=Kind.AFTER)
            emails.ask_back(talk, answering.invitation(talk))
    except IntegrityError:  # another sweep was quicker
        return False
    return True
