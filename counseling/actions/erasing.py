"""What goes after its time: half a year after a talk nobody can say any more who came. The coded record stays."""

from datetime import timedelta

from django.db import transaction
from django.db.models.functions import Coalesce

from counseling.models import (
    Appointment,
    Callback,
    Claim,
    Note,
    Record,
    Referral,
    RoomBooking,
    Shortlist,
    SpentAnswer,
    Waiting,
)
from kit import clock

UNCONFIRMED_FOR = timedelta(days=7)
UNNAMED_FOR = timedelta(days=1)
EMPTY_CLIENT = dict.fromkeys(set(Appointment.CLIENT) - {"mail_language"}, "")
EMPTY_CALLER = dict.fromkeys(["name", "phone", "when", "question"], "")


@transaction.atomic
def erase() -> dict[str, int]:
    """Everything that is due; returns how many rows, by kind. Any number of times."""
    now = clock.now()
    kept = Appointment.Privacy.keep
    return {
        "appointments": _erase_clients(now),
        "unconfirmed": _forget_unconfirmed(now),
        "call-backs": _erase_callers(now),
        "referrals": Referral.objects.filter(appointment__ends_at__lte=now - kept)
        .exclude(message="")
        .update(message=""),
        "waiting": _forget_waiting(),
        "shortlists": Shortlist.objects.filter(expires_at__lte=now - Shortlist.Privacy.keep).delete()[0],
        "notes": Note.objects.filter(updated_at__lte=now - Note.Privacy.keep).delete()[0],
        "room bookings": RoomBooking.objects.filter(ends_at__lte=now - RoomBooking.Privacy.keep).delete()[0],
        "answers": SpentAnswer.objects.filter(spent_on__lte=clock.today() - SpentAnswer.Privacy.keep).delete()[0],
        "claims": Claim.objects.lapsed(now - UNNAMED_FOR).delete()[0],
    }


def _erase_clients(now) -> int:
    over = Appointment.objects.filter(ends_at__lte=now - Appointment.Privacy.keep, erased_at=None)
    ids = list(over.values_list("pk", flat=True))
    Record.objects.filter(appointment__in=ids).update(appointment=None)
    return Appointment.objects.filter(pk__in=ids).update(erased_at=now, booked_by=None, **EMPTY_CLIENT)


def _erase_callers(now) -> int:
    """Whom nobody has called by now nobody can call any more: that ends, too."""
    over = Callback.objects.filter(created_at__lte=now - Callback.Privacy.keep).exclude(phone="")
    return over.update(done_at=Coalesce("done_at", now), **EMPTY_CALLER)


def _forget_unconfirmed(now) -> int:
    """A name that nobody has confirmed is kept long enough for a question about it, a nameless time not even that."""
    expired = Appointment.objects.filter(state=Appointment.State.EXPIRED, confirmed_at=None, waiting=None)
    unnamed = expired.filter(confirm_until=None, updated_at__lte=now - UNNAMED_FOR)
    named = expired.filter(confirm_until__lte=now - UNCONFIRMED_FOR)
    return unnamed.delete()[0] + named.delete()[0]


def _forget_waiting() -> int:
    over = Waiting.objects.filter(until__lt=clock.today() - Waiting.Privacy.keep)
    return over.exclude(state=Waiting.State.OFFERED).delete()[0]
