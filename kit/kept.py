"""Facts that hardly ever change, kept in the memory of each process until a row of their tables changes.

A row that is written anew gets another place in its table and another transaction number. Both, summed up over a table,
make its stamp; whoever changes rows, by whatever way, changes the stamp and need not tell anybody. The stamps of all
tables are read in one statement, once a second at most, so an answer is a second old at most. For small tables only:
reading a stamp costs about a microsecond a row.
"""

from collections.abc import Callable
from functools import wraps
from time import monotonic
from typing import NamedTuple, ParamSpec, TypeVar

from django.db import connection

from kit import clock, db

P = ParamSpec("P")
T = TypeVar("T")
FRESH_SECONDS = 1.0
MOST = 2_000  # values of one function

STAMP = "SELECT %s, count(*) || ':' || COALESCE(sum(hashtextextended(ctid::text || xmin::text, 0)), 0) FROM {0}"


class Memory:
    """Values that are true for one state of what they were made of; another state, or too many of them, and it is
    empty again."""

    def __init__(self, most: int = MOST):
        self.most = most
        self._known: tuple[object, dict] = (None, {})

    def at(self, state: object) -> dict:
        """Whoever has it may go on reading and writing, though another thread has meanwhile asked for a newer state."""
        known = self._known
        if known[0] != state or len(known[1]) >= self.most:
            known = self._known = (state, {})
        return known[1]


class _Seen(NamedTuple):
    """What the tables looked like at a moment."""

    database: str
    at: float
    stamps: dict[str, str]


_tables: set[str] = set()
_seen = _Seen("", 0, {})
_looks = 0


def by(*tables: str, for_a_day: bool = False) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Decorates a function whose answer depends on its arguments, on these tables and on nothing else.

    A table may bring a condition: "kit_thing WHERE is_public". Whoever calls the function gets the same object as
    everybody else, and leaves it as it is. With `for_a_day` it may read large tables besides which only an update of
    the portal changes, such as the places of Germany: of these an answer is a day old at most.
    """
    return lambda load: _kept(load, tables, for_a_day=for_a_day)


def _kept(load: Callable, tables: tuple[str, ...], *, for_a_day: bool) -> Callable:
    memory = Memory()
    _tables.update(tables)  # now, so that no request has to read the stamps a second time

    @wraps(load)
    def answer(*key):
        values = memory.at((stamp(*tables), for_a_day and (clock.today(), _looks)))
        if key not in values:
            with db.from_primary():
                values[key] = load(*key)
        return values[key]

    return answer


def stamp(*tables: str) -> tuple[str, ...]:
    """What tells one state of these tables from another."""
    _tables.update(tables)
    seen = _fresh()
    return (seen.database, *(seen.stamps[name] for name in tables))


def _fresh() -> _Seen:
    global _seen
    seen, database = _seen, connection.settings_dict["NAME"]
    if seen.database != database or monotonic() - seen.at >= FRESH_SECONDS or _tables - seen.stamps.keys():
        at = monotonic()  # before: what changes while it is read is looked at again in a second
        with connection.cursor() as cursor:
            asked = sorted(_tables)
            cursor.execute(" UNION ALL ".join(STAMP.format(table) for table in asked), asked)
            seen = _seen = _Seen(database, at, dict(cursor.fetchall()))
    return seen


def look_again() -> None:
    """The next question reads the stamps, however fresh they are, and what may be a day old."""
    global _seen, _looks
    _seen, _looks = _Seen("", 0, {}), _looks + 1
