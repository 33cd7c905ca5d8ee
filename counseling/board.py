"""What the tables say about some counsellors on a stretch of days, read in one statement.

In SQL, since everybody who wants a time waits for it: building five querysets costs ten times as much as the answer to
this (`./dev bench bookings`). And one statement sees one state of things. It stands in the database, as the function
`counseling_board` (migration 0002), which is planned once for each connection: planning costs twenty times the answer.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.db import connection

from counseling.models import Counsellor, Mode
from kit import clock

LONGEST_PAUSE = timedelta(hours=2)  # the database allows no longer one
STATEMENT = """
SELECT plan, rooms, claims FROM counseling_board(
    %(people)s::bigint[], %(first_day)s, %(last_day)s, %(begin)s, %(end)s, %(now)s, %(besides)s
)
"""


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


def is_clear(begin: datetime, end: datetime, before: timedelta, after: timedelta, taken: Iterable[Taken]) -> bool:
    """What the constraints of Claim will say: talks keep out of talks and of pauses, pauses may share."""
    for other in taken:
        if begin < other.end and other.begin < end:
            return False
        if other.is_talk and begin - before < other.end and other.begin < end + after:
            return False
    return True


class Board:
    """Everything that decides about some counsellors between two days."""

    def __init__(self, people: list[Counsellor], first_day: date, last_day: date, besides: UUID | None):
        self.windows: dict[tuple[int, date], list[Window]] = defaultdict(list)
        self.absences: dict[tuple[int, date], list[tuple[int, int]]] = defaultdict(list)
        self.rooms: dict[int, list[int]] = defaultdict(list)
        self.taken: dict[tuple[str, int, date], list[Taken]] = defaultdict(list)
        plan, rooms, claims = _read([person.pk for person in people], first_day, last_day, besides)
        self._plan(plan or [])
        for center, room in rooms or []:
            self.rooms[center].append(room)
        self._take(claims or [])

    def _plan(self, rows: list) -> None:
        for person, day, begin, end, modes in rows:
            key = person, date.fromisoformat(day)
            if modes is None:
                self.absences[key].append((begin, end))
            else:
                self.windows[key].append(Window(begin, end, frozenset(modes)))

    def _take(self, rows: list) -> None:
        for person, room, begin, end, is_talk in rows:
            claim = Taken(datetime.fromisoformat(begin), datetime.fromisoformat(end), is_talk)
            for day in _days_near(claim):
                self.taken["person" if person else "room", person or room, day].append(claim)

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


def _read(people: list[int], first_day: date, last_day: date, besides: UUID | None) -> tuple:
    values = {
        "people": people, "first_day": first_day, "last_day": last_day, "besides": besides, "now": clock.now(),
        "begin": datetime.combine(first_day, time(0), clock.BERLIN) - LONGEST_PAUSE,
        "end": datetime.combine(last_day + clock.days(1), time(0), clock.BERLIN) + LONGEST_PAUSE,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(STATEMENT, values)
        return cursor.fetchone()


def _days_near(claim: Taken) -> Iterator[date]:
    """The days on which a talk with its pauses could meet this claim."""
    day, last = (clock.local(edge).date() for edge in (claim.begin - LONGEST_PAUSE, claim.end + LONGEST_PAUSE))
    while day <= last:
        yield day
        day += clock.days(1)
