"""Which courses contain a lexeme: bitmaps made from the tsvectors of courses.search.index, one analyser for both ways.

Those of a generation lie in the database and are read as they are asked for; those of what has changed since then are
few and stay in memory.
"""

from bisect import bisect_left
from collections import OrderedDict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from django.db import connection
from pyroaring import BitMap

from courses.models import SearchPosting
from courses.search.analyser import PREFIX_FROM
from courses.search.bitmaps import bitmap, union
from kit import copying

KEPT = 256  # terms in the memory of a process; the most frequent one has some forty kilobytes at a million runs
LAST = chr(0x10FFFF)
Sets = tuple[BitMap, BitMap, BitMap]  # in the title, in titles, keywords or names, anywhere
NOTHING: Sets = (BitMap(), BitMap(), BitMap())

LEXEMES = """
    SELECT lexeme, {columns} FROM courses_searchcourse s, unnest(s.words) AS word (lexeme, places, weights)
    WHERE {some} GROUP BY lexeme ORDER BY lexeme COLLATE "C" """
COLUMNS = ", ".join(
    f"COALESCE(string_agg(int8send(course_id), ''){only}, '')"
    for only in (" FILTER (WHERE 'A' = ANY(weights))", " FILTER (WHERE weights && '{A,B,C}')", "")
)
# OFFSET 0 lets the planner look at one lexeme after the other: joined, it reads a whole generation and compares.
FIND = """
    SELECT asked.lexeme, p.lexeme, p.title, p.names, p.anywhere
    FROM unnest(%s::text[], %s::text[]) AS asked (lexeme, until), LATERAL (
        SELECT lexeme, title, names, anywhere FROM courses_searchposting
        WHERE generation_id = %s AND lexeme >= asked.lexeme AND lexeme < asked.until OFFSET 0
    ) p"""


@dataclass(frozen=True)
class Term:
    """The courses with a lexeme: exactly this one, and any word that begins with it (itself where it is short)."""

    exact: Sets
    prefix: Sets

    def within(self, weights: int, *, prefix: bool) -> BitMap:
        return (self.prefix if prefix else self.exact)[weights]


def until(lexeme: str) -> str:
    """The end of what is found by a lexeme, in the order of code points."""
    return lexeme + (LAST if len(lexeme) >= PREFIX_FROM else "\x01")


def _term(lexeme: str, found: dict[str, Sets]) -> Term:
    sets = [union(*(each[weights] for each in found.values())) for weights in range(3)]
    return Term(found.get(lexeme, NOTHING), (sets[0], sets[1], sets[2]))


class Stored:
    """Postings of a generation."""

    def __init__(self, generation: int):
        self.generation = generation
        self._kept: OrderedDict[str, Term] = OrderedDict()

    def load(self, lexemes: set[str]) -> dict[str, Term]:
        """One look at the database for all that are not known yet."""
        missing = sorted(lexemes - self._kept.keys())
        if missing:
            found: dict[str, dict[str, Sets]] = {lexeme: {} for lexeme in missing}
            with connection.cursor() as cursor:
                cursor.execute(FIND, [missing, [until(lexeme) for lexeme in missing], self.generation])
                for asked, lexeme, title, names, anywhere in cursor.fetchall():
                    found[asked][lexeme] = tuple(map(BitMap.deserialize, (title, names, anywhere)))
            self._kept |= {lexeme: _term(lexeme, sets) for lexeme, sets in found.items()}
        terms = {lexeme: self._kept[lexeme] for lexeme in lexemes}
        for lexeme in lexemes:
            self._kept.move_to_end(lexeme)
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        return terms


class InMemory:
    """Postings of a few courses."""

    def __init__(self, sets: dict[str, Sets]):
        self.sets, self.order = sets, sorted(sets)

    def load(self, lexemes: set[str]) -> dict[str, Term]:
        return {lexeme: _term(lexeme, dict(self._from(lexeme))) for lexeme in lexemes}

    def _from(self, lexeme: str) -> Iterator[tuple[str, Sets]]:
        for known in self.order[bisect_left(self.order, lexeme) : bisect_left(self.order, until(lexeme))]:
            yield known, self.sets[known]


def read(course: np.ndarray, some: str = "TRUE", values: Iterable = ()) -> Iterator[tuple[str, Sets]]:
    """Lexemes with the positions of their courses, `course` being the ids by position; others are left out."""
    order = np.argsort(course).astype(np.uint32)
    ids = course[order]
    with connection.chunked_cursor() as cursor:
        cursor.execute(LEXEMES.format(columns=COLUMNS, some=some), list(values))
        while rows := cursor.fetchmany(1000):
            for lexeme, *sets in rows:
                yield lexeme, tuple(_positions(ids, order, data) for data in sets)


def _positions(ids: np.ndarray, order: np.ndarray, data: bytes) -> BitMap:
    wanted = np.frombuffer(data, ">i8").astype(np.int64)
    at = np.searchsorted(ids, wanted)
    at = at[(at < len(ids)) & (ids[np.minimum(at, len(ids) - 1)] == wanted)] if len(ids) else at[:0]
    return bitmap(np.sort(order[at]))


def store(generation: int, postings: Iterable[tuple[str, Sets]]) -> None:
    rows = [(generation, lexeme, *(each.serialize() for each in sets)) for lexeme, sets in postings]
    names = ["generation_id", "lexeme", "title", "names", "anywhere"]
    copying.insert_columns(SearchPosting, names, rows)  # all known: while a COPY runs, its connection can ask nothing
