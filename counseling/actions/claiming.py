"""Taking a time of a counsellor or a room. Whether it is free is decided by the database at the moment of writing."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from psycopg.errors import ExclusionViolation
from psycopg.types.range import Range

from counseling.models import Claim, Counsellor, Room


class Taken(Exception):
    """Somebody else was quicker."""


def claim(
    *,
    use: UUID,
    starts_at: datetime,
    ends_at: datetime,
    before: timedelta = timedelta(0),
    after: timedelta = timedelta(0),
    counsellor: Counsellor | None = None,
    room: Room | None = None,
) -> None:
    """Take the time for an appointment or a room booking, pauses included; what the use had taken before is given up.

    In the transaction of the caller, so that a state and its time never part. Raises Taken, and then nothing changed.
    """
    spans = {
        Claim.Kind.CORE: Range(starts_at, ends_at, "[)"),
        Claim.Kind.PAUSE: Range(starts_at - before, ends_at + after, "[)"),
    }
    holders = [{"counsellor": counsellor}] if counsellor else []
    holders += [{"room": room}] if room else []
    rows = [Claim(use=use, kind=kind, during=span, **holder) for kind, span in spans.items() for holder in holders]
    try:
        with transaction.atomic():
            release(use=use)
            Claim.objects.bulk_create(rows)
    except IntegrityError as error:
        if isinstance(error.__cause__, ExclusionViolation):
            raise Taken from error
        raise


def release(*, use: UUID) -> None:
    """Give the time back."""
    Claim.objects.filter(use=use).delete()
