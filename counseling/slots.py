"""When one could come: weekly hours in German wall time, less holidays, absences and what is taken.

The rules speak in wall time and are turned into moments for each date by itself, so that nine o'clock stays nine
o'clock. A time that the clock skips in spring is not offered, the hour that comes twice in autumn is offered once, and
no talk runs across a change of the clock.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from counseling.board import Board, Window
from counseling.models import Counsellor, Service
from kit import clock

MIDNIGHT = time(0)


@dataclass(frozen=True)
class Slot:
    """A time of one counsellor: the modes in which one could have it now, and those in which it is offered at all."""

    starts_at: datetime
    ends_at: datetime
    counsellor: Counsellor
    modes: frozenset[str]
    offered: frozenset[str]

    def suits(self, mode: str | None) -> bool:
        return mode in self.modes if mode else bool(self.modes)


@dataclass(frozen=True)
class Time:
    """A time on the calendar and who still has it; nobody when it is taken."""

    starts_at: datetime
    ends_at: datetime
    counsellors: tuple[Counsellor, ...]

    @property
    def is_free(self) -> bool:
        return bool(self.counsellors)

    @property
    def value(self) -> str:
        """How a form names it."""
        return f"{self.starts_at:%Y-%m-%dT%H:%MZ}"


# ── From rules to moments: no database, no present


def begins(windows: Iterable[Window], absences: Iterable[tuple[int, int]], *, every: int, length: int) -> dict:
    """Minute of the day → modes. Each window has its own rhythm; absences leave holes in it."""
    absences = list(absences)
    found: dict[int, frozenset[str]] = {}
    for window in windows:
        for minute in range(window.begin, window.end - length + 1, every):
            if not any(begin < minute + length and minute < end for begin, end in absences):
                found[minute] = found.get(minute, frozenset()) | window.modes
    return found


def moment(day: date, minute: int) -> datetime | None:
    """The moment when the wall clock shows this; of two the first; None when it never does."""
    wall = datetime.combine(day, MIDNIGHT) + timedelta(minutes=minute)
    found = wall.replace(tzinfo=clock.BERLIN).astimezone(UTC)
    return found if clock.local(found).replace(tzinfo=None) == wall else None


def talk(day: date, minute: int, length: int) -> tuple[datetime, datetime] | None:
    """Begin and end, or None when the clock changes in between: the end would not be where the wall clock says."""
    begin, end = moment(day, minute), moment(day, minute + length)
    if begin is None or end is None or end - begin != timedelta(minutes=length):
        return None
    return begin, end


# ── What is free


def free(
    service: Service,
    *,
    first_day: date,
    days: int,
    counsellors: Iterable[Counsellor] | None = None,
    mode: str | None = None,
    language: str | None = None,
    with_notice: bool = True,
    besides: UUID | None = None,
) -> list[Slot]:
    """What could be booked in these days, in order of time; at one time, who has less to do comes first.

    Staff may book `with_notice=False`, up to the last minute. `besides` is an appointment that may move: its own time
    is free for itself.
    """
    people = _people(service, counsellors, mode, language)
    found = _between(service, people, first_day, days, with_notice, besides)
    return [slot for slot in found if slot.suits(mode)]


def timetable(
    service: Service,
    *,
    first_day: date,
    days: int,
    counsellors: Iterable[Counsellor] | None = None,
    mode: str,
    language: str | None = None,
    besides: UUID | None = None,
) -> list[Time]:
    """Every time that is offered in this mode, also what is taken: a calendar that shows both is easier to trust."""
    people = _people(service, counsellors, mode, language)
    times: dict[datetime, list[Slot]] = defaultdict(list)
    for slot in _between(service, people, first_day, days, True, besides):
        if mode in slot.offered:
            times[slot.starts_at].append(slot)
    return [
        Time(starts_at, slots[0].ends_at, tuple(slot.counsellor for slot in slots if slot.suits(mode)))
        for starts_at, slots in times.items()
    ]


def _between(service, people, first_day, days, with_notice, besides) -> list[Slot]:
    now, today = clock.now(), clock.today()
    earliest = now + timedelta(hours=service.notice_hours) if with_notice else now
    first_day, last_day = max(first_day, today), min(first_day + clock.days(days - 1), horizon(service))
    if not people or first_day > last_day:
        return []
    board = Board(people, first_day, last_day, besides)
    people = sorted(people, key=lambda person: (board.talks_of(person), person.pk))
    found = [
        slot for person in people for day in _each(first_day, last_day) for slot in _on(service, board, person, day)
    ]
    return sorted((slot for slot in found if slot.starts_at >= earliest), key=lambda slot: slot.starts_at)


def horizon(service: Service) -> date:
    """The last day that can be booked."""
    return clock.today() + clock.days(service.horizon_days)


def at(service: Service, starts_at: datetime, *, counsellors: Iterable[Counsellor], **wishes) -> list[Slot]:
    """This one time, with everybody of these who still has it; who has less to do comes first."""
    found = free(service, first_day=clock.local(starts_at).date(), days=1, counsellors=counsellors, **wishes)
    return [slot for slot in found if slot.starts_at == starts_at]


def find(service: Service, *, counsellor: Counsellor, starts_at: datetime, **wishes) -> Slot | None:
    """This one time of this one person, if it can be booked."""
    return next(iter(at(service, starts_at, counsellors=[counsellor], **wishes)), None)


def _people(service, counsellors, mode, language) -> list[Counsellor]:
    if counsellors is None:
        counsellors = Counsellor.objects.active().for_service(service).select_related("center").distinct()
    return [
        person
        for person in counsellors
        if (mode is None or (mode in person.modes and mode in service.modes))
        and (language is None or language in person.languages)
    ]


def _each(first_day: date, last_day: date) -> Iterator[date]:
    return (first_day + clock.days(number) for number in range((last_day - first_day).days + 1))


def _on(service: Service, board: Board, person: Counsellor, day: date) -> Iterator[Slot]:
    before, after = timedelta(minutes=service.pause_before), timedelta(minutes=service.pause_after)
    planned = begins(
        board.windows[person.pk, day], board.absences[person.pk, day], every=service.every, length=service.minutes
    )
    for minute, modes in planned.items():
        offered = modes & set(person.modes) & set(service.modes)
        span = talk(day, minute, service.minutes)
        if offered and span:
            left = board.left(person, day, offered, *span, before, after)
            yield Slot(*span, person, left, offered)
