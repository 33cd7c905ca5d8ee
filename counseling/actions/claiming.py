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
# Each part asks the one before it, so that one queues up first, then makes way, then writes.
TAKE = """
WITH line AS MATERIALIZED (
    SELECT pg_advisory_xact_lock(hashtextextended(name, 5)) FROM unnest(%(lines)s::text[]) name
), way AS (  -- what this use had, and what has lapsed in the way
    DELETE FROM counseling_claim
    WHERE (SELECT count(*) FROM line) > 0 AND (
        use = %(use)s
        OR (counsellor_id = %(counsellor)s OR room_id = %(room)s) AND during && %(pause)s AND lapses_at <= %(now)s
    )
    RETURNING id
)
INSERT INTO counseling_claim (use, kind, during, counsellor_id, room_id, lapses_at)
SELECT %(use)s, kind, during, counsellor_id, room_id, %(lapses_at)s
FROM (SELECT count(*) FROM way) cleared,
    (VALUES ('core', %(core)s), ('pause', %(pause)s)) span (kind, during),
    (VALUES (%(counsellor)s::bigint, NULL::bigint), (NULL, %(room)s)) holder (counsellor_id, room_id)
WHERE counsellor_id IS NOT NULL OR room_id IS NOT NULL
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
    caller, so that a state and its time never part. Raises Taken, which has to end this transaction or savepoint.
    """
    pause = Range(starts_at - before, ends_at + after, "[)")
    values = {
        "use": use, "core": Range(starts_at, ends_at, "[)"), "pause": pause, "lapses_at": lapses_at,
        "counsellor": counsellor and counsellor.pk, "room": room and room.pk,
        "lines": _lines(pause, counsellor, room), "now": clock.now(),
    }  # fmt: skip
    try:
        with connection.cursor() as cursor:
            cursor.execute(TAKE, values)
    except IntegrityError as error:
        if isinstance(error.__cause__, ExclusionViolation):
            raise Taken from error
        raise


def _lines(span: Range, counsellor: Counsellor | None, room: Room | None) -> list[str]:
    """Where one queues up: two inserts that exclude each other at the same moment would wait for each other.

    A line for each day of a counsellor or a room, since whoever wants another day is in nobody's way. It decides
    nothing. Without it the constraint still lets one in, after PostgreSQL has ended a deadlock.
    """
    first, last = (moment.astimezone(UTC).date() for moment in (span.lower, span.upper))
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    return [f"{holder._meta.label} {holder.pk} {day}" for holder in (counsellor, room) if holder for day in days]


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
    rooms = _rooms(appointment)
    for room in rooms:
        try:
            with transaction.atomic(savepoint=len(rooms) > 1):  # a savepoint only where there is another room to try
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
