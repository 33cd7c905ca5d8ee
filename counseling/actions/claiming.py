"""Taking a time of a counsellor or a room. Whether it is free is decided by the database at the moment of writing."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q
from psycopg.errors import ExclusionViolation
from psycopg.types.range import Range

from counseling.models import Appointment, Claim, Counsellor, Mode, Room
from kit import clock


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
            _queue_up(counsellor, room)
            _make_way(use, spans[Claim.Kind.PAUSE], counsellor, room)
            Claim.objects.bulk_create(rows)
    except IntegrityError as error:
        if isinstance(error.__cause__, ExclusionViolation):
            raise Taken from error
        raise


def _queue_up(counsellor: Counsellor | None, room: Room | None) -> None:
    """One after the other: two inserts that exclude each other at the same moment would wait for each other.

    It decides nothing. Without it the constraint still lets one in, after PostgreSQL has ended a deadlock.
    """
    for model, holder in ((Counsellor, counsellor), (Room, room)):
        if holder:
            model.objects.order_by().select_for_update(no_key=True).values_list("pk").get(pk=holder.pk)


def _make_way(use: UUID, span: Range, counsellor: Counsellor | None, room: Room | None) -> None:
    """What this use had, and what has lapsed in the way."""
    holder = Q(counsellor=counsellor) if counsellor else Q()
    holder |= Q(room=room) if room else Q()
    lapsed = Q(holder, lapses_at__lte=clock.now(), during__overlap=span)
    Claim.objects.filter(Q(use=use) | lapsed).delete()


def release(*, use: UUID) -> None:
    """Give the time back at once."""
    Claim.objects.filter(use=use).delete()


def keep_until(*, use: UUID, moment: datetime | None) -> bool:
    """The time is free again from this moment; None keeps it for good. False when somebody else has it by now."""
    return bool(Claim.objects.filter(use=use).update(lapses_at=moment))


def without_talk(people: Iterable[Counsellor], begin: datetime, end: datetime) -> list[Counsellor]:
    """Those of them who have no talk in this span: a first look, cheap, which decides nothing for good."""
    people = list(people)
    talks = Claim.objects.in_force().within(begin, end).filter(kind=Claim.Kind.CORE, counsellor__in=people)
    taken = set(talks.order_by().values_list("counsellor", flat=True))
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
