"""Taking a time of a counsellor or a room. Whether it is free is decided by the database at the moment of writing."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from psycopg.errors import ExclusionViolation
from psycopg.types.range import Range

from counseling.models import Appointment, Claim, Counsellor, Mode, Room
from kit import clock

# As text, since building them as querysets costs eight times as much as their answer, and everybody waits for them.
TALKS_WITHIN = """
SELECT counsellor_id FROM counseling_claim
WHERE counsellor_id = ANY(%s) AND kind = 'core' AND during && tstzrange(%s, %s)
    AND (lapses_at IS NULL OR lapses_at > %s)
"""
QUEUE_UP = "SELECT pg_advisory_xact_lock(hashtextextended(line, 5)) FROM unnest(%s::text[]) AS line"
MAKE_WAY = """
DELETE FROM counseling_claim
WHERE use = %s OR (counsellor_id = %s OR room_id = %s) AND during && tstzrange(%s, %s) AND lapses_at <= %s
"""


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
    lapses_at: datetime | None = None,
) -> None:
    """Take the time for an appointment or a room booking, pauses included; what the use had taken before is given up.

    With `lapses_at` the time is free again from then, without anybody doing anything. In the transaction of the
    caller, so that a state and its time never part. Raises Taken, and then nothing changed.
    """
    spans = {
        Claim.Kind.CORE: Range(starts_at, ends_at, "[)"),
        Claim.Kind.PAUSE: Range(starts_at - before, ends_at + after, "[)"),
    }
    holders = [{"counsellor": counsellor}] if counsellor else []
    holders += [{"room": room}] if room else []
    rows = [
        Claim(use=use, kind=kind, during=span, lapses_at=lapses_at, **holder)
        for kind, span in spans.items()
        for holder in holders
    ]
    try:
        with transaction.atomic():
            _queue_up(spans[Claim.Kind.PAUSE], counsellor, room)
            _make_way(use, spans[Claim.Kind.PAUSE], counsellor, room)
            Claim.objects.bulk_create(rows)
    except IntegrityError as error:
        if isinstance(error.__cause__, ExclusionViolation):
            raise Taken from error
        raise


def _queue_up(span: Range, counsellor: Counsellor | None, room: Room | None) -> None:
    """One after the other: two inserts that exclude each other at the same moment would wait for each other.

    A line for each day of a counsellor or a room, since whoever wants another day is in nobody's way. It decides
    nothing. Without it the constraint still lets one in, after PostgreSQL has ended a deadlock.
    """
    first, last = (moment.astimezone(UTC).date() for moment in (span.lower, span.upper))
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    names = [f"{holder._meta.label} {holder.pk}" for holder in (counsellor, room) if holder]
    with connection.cursor() as cursor:
        cursor.execute(QUEUE_UP, [[f"{name} {day}" for name in names for day in days]])


def _make_way(use: UUID, span: Range, counsellor: Counsellor | None, room: Room | None) -> None:
    """What this use had, and what has lapsed in the way."""
    holders = counsellor and counsellor.pk, room and room.pk
    with connection.cursor() as cursor:
        cursor.execute(MAKE_WAY, [use, *holders, span.lower, span.upper, clock.now()])


def release(*, use: UUID) -> None:
    """Give the time back at once."""
    Claim.objects.filter(use=use).delete()


def keep_until(*, use: UUID, moment: datetime | None) -> bool:
    """The time is free again from this moment; None keeps it for good. False when somebody else has it by now."""
    return bool(Claim.objects.filter(use=use).update(lapses_at=moment))


def without_talk(people: Iterable[Counsellor], begin: datetime, end: datetime) -> list[Counsellor]:
    """Those of them who have no talk in this span: a first look, cheap, which decides nothing for good."""
    people = list(people)
    with connection.cursor() as cursor:
        pks = [person.pk for person in people]
        cursor.execute(TALKS_WITHIN, [pks, begin, end, clock.now()])
        taken = {pk for (pk,) in cursor}
    return [person for person in people if person.pk not in taken]


def seat(appointment: Appointment, *, lapses_at: datetime | None = None) -> None:
    """Take an appointment's time of its counsellor and, in person, of the first free room of the centre.

    Sets `appointment.room`; the caller saves. Raises Taken.
    """
    for room in _rooms(appointment):
        try:
            _claim_for(appointment, room, lapses_at)
        except Taken as error:
            refusal = error
        else:
            appointment.room = room
            return
    raise Taken from refusal


def _rooms(appointment: Appointment) -> list[Room | None]:
    """Where the talk could be; [None] when it needs no room of the house."""
    if appointment.mode != Mode.IN_PERSON:
        return [None]
    return list(Room.objects.for_talks_of(appointment.counsellor)) or [None]


def _claim_for(appointment: Appointment, room: Room | None, lapses_at: datetime | None) -> None:
    service = appointment.service
    claim(
        use=appointment.pk,
        starts_at=appointment.starts_at,
        ends_at=appointment.ends_at,
        before=timedelta(minutes=service.pause_before),
        after=timedelta(minutes=service.pause_after),
        counsellor=appointment.counsellor,
        room=room,
        lapses_at=lapses_at,
    )
