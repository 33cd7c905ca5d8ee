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

from django.db.models import Q

from counseling.models import Claim, Counsellor, DayException, Mode, Room, Service, WeeklyHours
from kit import clock
from taxonomy.models import Holiday

LONGEST_PAUSE = timedelta(hours=2)  # the database allows no longer one
WHOLE_DAY = (0, 24 * 60)
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


@dataclass(frozen=True)
class Window:
    """Time on one day, in minutes since midnight on the wall."""

    begin: int
    end: int
    modes: frozenset[str]


@dataclass(frozen=True)
class Taken:
    """A claim, or the claim that a talk would make."""

    begin: datetime
    end: datetime
    is_talk: bool


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


def is_clear(begin: datetime, end: datetime, before: timedelta, after: timedelta, taken: Iterable[Taken]) -> bool:
    """What the constraints of Claim will say: talks keep out of talks and of pauses, pauses may share."""
    for other in taken:
        if begin < other.end and other.begin < end:
            return False
        if other.is_talk and begin - before < other.end and other.begin < end + after:
            return False
    return True


# ── What the tables know about a stretch of days


class Board:
    """Everything that decides about some counsellors between two days, read with a fixed number of queries."""

    def __init__(self, people: list[Counsellor], first_day: date, last_day: date, besides: UUID | None):
        self.people, self.first_day, self.last_day = people, first_day, last_day
        self.centers = {person.center_id for person in people}
        self._read_hours()
        self._read_exceptions()
        self._read_holidays()
        self.rooms: dict[int, list[int]] = defaultdict(list)
        for room, center in Room.objects.filter(center__in=self.centers, for_talks=True).values_list("pk", "center"):
            self.rooms[center].append(room)
        self._read_claims(besides)

    def _read_hours(self) -> None:
        self.hours: dict[tuple[int, int], list[WeeklyHours]] = defaultdict(list)
        for row in WeeklyHours.objects.filter(counsellor__in=self.people, valid_from__lte=self.last_day):
            self.hours[row.counsellor_id, row.weekday].append(row)

    def _read_exceptions(self) -> None:
        rows = DayException.objects.filter(first_day__lte=self.last_day, last_day__gte=self.first_day)
        self.exceptions = list(rows.filter(Q(counsellor__in=self.people) | Q(center__in=self.centers)))

    def _read_holidays(self) -> None:
        lands = {person.center.land_id for person in self.people}
        rows = Holiday.objects.filter(land__in=lands, first_day__lte=self.last_day, last_day__gte=self.first_day)
        self.holidays = list(rows)

    def _read_claims(self, besides: UUID | None) -> None:
        begin = datetime.combine(self.first_day, MIDNIGHT, clock.BERLIN) - LONGEST_PAUSE
        end = datetime.combine(self.last_day + clock.days(1), MIDNIGHT, clock.BERLIN) + LONGEST_PAUSE
        rooms = [room for rooms in self.rooms.values() for room in rooms]
        rows = Claim.objects.in_force().within(begin, end).exclude(use=besides)
        rows = rows.filter(Q(counsellor__in=self.people) | Q(room__in=rooms)).order_by()
        self.taken: dict[tuple[str, int, date], list[Taken]] = defaultdict(list)
        for kind, during, person, room in rows.values_list("kind", "during", "counsellor", "room"):
            claim = Taken(during.lower, during.upper, kind == Claim.Kind.CORE)
            for day in _days_near(claim):
                self.taken["person" if person else "room", person or room, day].append(claim)

    def windows(self, person: Counsellor, day: date) -> Iterator[Window]:
        """Weekly hours, unless it is a holiday; extra hours in any case."""
        kinds = {row.kind for row in self.holidays if row.land_id == person.center.land_id and _covers(row, day)}
        if Holiday.Kind.PUBLIC not in kinds:
            for row in self.hours[person.pk, day.weekday()]:
                if _is_valid(row, day) and (row.in_school_holidays or Holiday.Kind.SCHOOL not in kinds):
                    yield Window(_minute(row.starts), _minute(row.ends), frozenset(row.modes))
        for row in self._exceptions_of(person, day):
            if row.kind == DayException.Kind.EXTRA:
                yield Window(_minute(row.starts), _minute(row.ends), frozenset(person.modes))

    def absences(self, person: Counsellor, day: date) -> Iterator[tuple[int, int]]:
        for row in self._exceptions_of(person, day):
            if row.kind != DayException.Kind.EXTRA:
                yield (_minute(row.starts), _minute(row.ends)) if row.starts else WHOLE_DAY

    def _exceptions_of(self, person: Counsellor, day: date) -> Iterator[DayException]:
        for row in self.exceptions:
            if _covers(row, day) and (row.counsellor_id == person.pk or row.center_id == person.center_id):
                yield row

    def left(self, person: Counsellor, day: date, modes: frozenset[str], *span) -> frozenset[str]:
        """In which of these modes the person is still free; in person only where a room is."""
        if not is_clear(*span, self.taken["person", person.pk, day]):
            return frozenset()
        if Mode.IN_PERSON in modes and not self.has_room(person, day, *span):
            return modes - {Mode.IN_PERSON}
        return modes

    def has_room(self, person: Counsellor, day: date, *span) -> bool:
        """A centre that names no rooms for talks is not asked for one."""
        rooms = self.rooms.get(person.center_id)
        return not rooms or any(is_clear(*span, self.taken["room", room, day]) for room in rooms)

    def talks_of(self, person: Counsellor) -> int:
        """How much this person has to do in these days."""
        return sum(
            len(claims) for (kind, pk, _day), claims in self.taken.items() if (kind, pk) == ("person", person.pk)
        )


def _covers(row: DayException | Holiday, day: date) -> bool:
    return row.first_day <= day <= row.last_day


def _is_valid(row: WeeklyHours, day: date) -> bool:
    return row.valid_from <= day and (row.valid_to is None or day <= row.valid_to)


def _minute(of: time) -> int:
    return of.hour * 60 + of.minute


def _days_near(claim: Taken) -> Iterator[date]:
    """The days on which a talk with its pauses could meet this claim."""
    day, last = (clock.local(edge).date() for edge in (claim.begin - LONGEST_PAUSE, claim.end + LONGEST_PAUSE))
    while day <= last:
        yield day
        day += clock.days(1)


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
        board.windows(person, day), board.absences(person, day), every=service.every, length=service.minutes
    )
    for minute, modes in planned.items():
        offered = modes & set(person.modes) & set(service.modes)
        span = talk(day, minute, service.minutes)
        if offered and span:
            left = board.left(person, day, offered, *span, before, after)
            yield Slot(*span, person, left, offered)
