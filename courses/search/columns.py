"""The columns of a segment: what courses.search.sql reads of one day, as arrays, made by it and kept in the database.

PostgreSQL sends rows of numbers in its binary COPY format, which is an array of records to numpy: no row becomes an
object of Python on the way.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from io import BytesIO

import numpy as np
from django.db import connection

from courses.models import Course
from courses.models.run import VOUCHER
from courses.search.query import Facet, Position
from courses.search.sql import BITS, COLUMNS, OF_RUNS, rows_of_day
from courses.search.week import ALWAYS
from kit import geo

# ruff: noqa: S608 - the words of the statements are ours

EPOCH = date(2000, 1, 1)  # days are counted from here
NEVER = -(2**30)  # no day
NO_WEEK = -1  # of a course without a run: fits nobody's week
ANY_TIME, HAS_PLACES, REMOTE, VOUCHER_HOLDS = 1, 2, 4, 8  # bits of `flags`
LEVELS = tuple(Course.Level.values)
HEADER, TRAILER, FIELD = 19, 2, 12  # bytes: of a binary COPY, and of one of its fields with its length

ROWS = {  # column → what it is in rows_of_day, never NULL
    "course": "s.course_id",
    "run": "COALESCE(r.run_id, 0)",
    "start": f"COALESCE(r.starts_on - DATE '{EPOCH}', {NEVER})",
    "price": "COALESCE((x.price * 100)::bigint, -1)",
    "flags": f"""CASE WHEN r.any_time THEN {ANY_TIME} ELSE 0 END | CASE WHEN r.has_places THEN {HAS_PLACES} ELSE 0 END
        | CASE WHEN r.mode IN ('online', 'distance') THEN {REMOTE} ELSE 0 END
        | CASE WHEN {VOUCHER} = ANY(x.funding) THEN {VOUCHER_HOLDS} ELSE 0 END""",
    "bits": f"COALESCE({BITS}, 0)",
    "week": f"COALESCE(r.week, {NO_WEEK})",
    "latitude": "COALESCE(r.latitude, 'NaN')",
    "longitude": "COALESCE(r.longitude, 'NaN')",
    "topic": "COALESCE(s.topic, 0)",
    "root": "COALESCE(s.root, 0)",
    "provider": "s.provider",
    "level": "COALESCE(array_position(%s::text[], s.level::text), 0)",
}
REALS = {"latitude", "longitude"}
# What courses and runs have several of; those of invisible runs are left out afterwards.
SEVERAL = """
    SELECT 0::bigint, course_id, unnest(audiences) FROM courses_searchcourse s WHERE {some}
    UNION ALL SELECT 1, run_id, unnest(r.funding) FROM courses_searchrun r JOIN courses_searchcourse s USING (course_id)
        WHERE {some}
    UNION ALL SELECT 2, run_id, array_position(%s::text[], code::text) FROM courses_searchrun r
        JOIN courses_searchcourse s USING (course_id), unnest(r.languages) AS code WHERE {some}"""
LANGUAGES = "SELECT DISTINCT unnest(languages)::text FROM courses_searchrun ORDER BY 1"


@dataclass(frozen=True)
class Columns:
    """Courses by the position at which they begin, their runs side by side and in that order, too.

    A course without a visible run has one row with run 0. `first[c]` is the first row of course c, with one more for
    the end. `rank` is a row's place among all rows, soonest first. `bits[r]` tells the values of facets of runs,
    `names` which they are. `pairs[facet]` are two arrays: values, sorted, and the positions of their courses.
    """

    day: date
    course: np.ndarray
    first: np.ndarray
    run: np.ndarray
    start: np.ndarray  # days since EPOCH
    price: np.ndarray  # cents, -1: on request
    flags: np.ndarray
    rank: np.ndarray
    venue: np.ndarray  # place in latitude and longitude, -1: none
    bits: np.ndarray
    week: np.ndarray  # see courses.search.week
    latitude: np.ndarray
    longitude: np.ndarray
    names: tuple[tuple[Facet, int | str], ...]
    pairs: dict[Facet, tuple[np.ndarray, np.ndarray]]

    def members(self, facet: Facet) -> Iterator[tuple[int | str, np.ndarray]]:
        """The values of a facet of courses, each with the positions of its courses."""
        values, courses = self.pairs[facet]
        found, begins = np.unique(values, return_index=True)
        for value, of in zip(found.tolist(), np.split(courses, begins[1:]), strict=False):
            yield LEVELS[value - 1] if facet == Facet.LEVEL else value, of

    def provider(self) -> tuple[np.ndarray, np.ndarray]:
        """The providers, and which of them each course has."""
        values, courses = self.pairs[Facet.PROVIDER]
        found, which = np.unique(values, return_inverse=True)
        of = np.zeros(len(self.course), np.int64)
        of[courses] = which
        return found, of

    def distances(self, position: Position) -> np.ndarray:
        """Kilometres of every venue, and infinitely many for -1."""
        km = geo.distances_km(position.latitude, position.longitude, self.latitude, self.longitude)
        return np.append(km, np.inf)

    def dump(self) -> bytes:
        kept = {name: getattr(self, name) for name in ARRAYS}
        for facet, (values, courses) in self.pairs.items():
            kept[f"{facet}_values"], kept[f"{facet}_courses"] = values, courses
        kept["names"] = np.frombuffer(json.dumps(self.names).encode(), np.uint8)
        file = BytesIO()
        np.savez(file, **kept)
        return file.getvalue()

    @classmethod
    def load(cls, day: date, data: bytes) -> "Columns":
        with np.load(BytesIO(data), allow_pickle=False) as kept:
            names = tuple((Facet(facet), value) for facet, value in json.loads(kept["names"].tobytes()))
            pairs = {facet: (kept[f"{facet}_values"], kept[f"{facet}_courses"]) for facet in COLUMNS}
            found = {name: kept[name] for name in ARRAYS if name in kept}
        # Where one was made before weeks were known, nobody knows them.
        found.setdefault("week", np.where(found["run"] > 0, ALWAYS, NO_WEEK))
        return cls(day=day, names=names, pairs=pairs, **found)


ARRAYS = (
    "course", "first", "run", "start", "price", "flags", "rank", "venue", "bits", "week", "latitude", "longitude",
)  # fmt: skip


def read(day: date, some: str = "TRUE", values: Iterable = ()) -> Columns:
    """The courses of a day, or some of them: a condition over `s` with its values."""
    source, source_values = rows_of_day(day)
    rows = _copy(
        ROWS, f"SELECT {', '.join(ROWS.values())} {source} WHERE {some}", [list(LEVELS), *source_values, *values]
    )
    rows = rows[np.lexsort((rows["course"], _last(rows["run"], 0), rows["start"], _phase(rows, day)))]
    order = _by_course(rows["course"])
    rows, rank = rows[order], order
    starts = np.flatnonzero(np.diff(rows["course"], prepend=-1))
    course, first = rows["course"][starts], np.append(starts, len(rows))
    venues, venue = _venues(rows)
    bits, names, audiences = _bits(rows, course, some, values)
    return Columns(
        day=day,
        course=course,
        first=first.astype(np.int32),
        run=rows["run"].astype(np.int64),
        start=rows["start"].astype(np.int32),
        price=rows["price"].astype(np.int64),
        flags=rows["flags"].astype(np.uint8),
        rank=rank.astype(np.int32),
        venue=venue.astype(np.int32),
        bits=bits,
        week=rows["week"].astype(np.int32),
        latitude=venues[:, 0],
        longitude=venues[:, 1],
        names=names,
        pairs={
            Facet.TOPIC: _pairs(rows["topic"][starts], rows["root"][starts]),
            Facet.LEVEL: _pairs(rows["level"][starts]),
            Facet.PROVIDER: _pairs(rows["provider"][starts]),
            Facet.AUDIENCE: audiences,
        },
    )


def _copy(names: Iterable[str], statement: str, values: Iterable) -> np.ndarray:
    """Rows of eight-byte numbers."""
    names = list(names)
    fields = [part for name in names for part in ((f"{name} size", ">i4"), (name, ">f8" if name in REALS else ">i8"))]
    casts = ", ".join(f"c{place}::{'float8' if name in REALS else 'bigint'}" for place, name in enumerate(names))
    columns = ", ".join(f"c{place}" for place in range(len(names)))
    with (
        connection.cursor() as cursor,
        cursor.copy(
            f"COPY (SELECT {casts} FROM ({statement}) row ({columns})) TO STDOUT (FORMAT binary)", list(values)
        ) as copy,
    ):
        data = b"".join(copy)
    records = np.frombuffer(data, [("fields", ">i2"), *fields], offset=HEADER, count=_count(data, len(names)))
    native = [(name, np.float64 if name in REALS else np.int64) for name in names]
    rows = np.empty(len(records), native)
    for name in names:
        rows[name] = records[name]
    return rows


def _count(data: bytes, fields: int) -> int:
    return (len(data) - HEADER - TRAILER) // (2 + fields * FIELD)


def _phase(rows: np.ndarray, day: date) -> np.ndarray:
    """To come, without a day, begun, no run: the order of courses.search.sql."""
    today = (day - EPOCH).days
    return np.select([rows["run"] == 0, rows["start"] == NEVER, rows["start"] >= today], [3, 1, 0], 2)


def _last(values: np.ndarray, none: int) -> np.ndarray:
    return np.where(values == none, np.iinfo(np.int64).max, values)


def _by_course(courses: np.ndarray) -> np.ndarray:
    """How sorted rows stand when those of a course stand behind its first one."""
    _ids, first, inverse = np.unique(courses, return_index=True, return_inverse=True)
    return np.lexsort((np.arange(len(courses)), first[inverse]))


def _venues(rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The different positions, and which of them each row has."""
    known = ~np.isnan(rows["latitude"])
    both = np.column_stack([rows["latitude"][known], rows["longitude"][known]])
    venues, which = np.unique(both, axis=0, return_inverse=True)
    venue = np.full(len(rows), -1)
    venue[known] = which.reshape(-1)
    return venues, venue


def _pairs(*values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Values of courses by their position, 0 being none; equal pairs once."""
    position = np.tile(np.arange(len(values[0])), len(values))
    pairs = np.unique(np.column_stack([np.concatenate(values), position]), axis=0)
    pairs = pairs[pairs[:, 0] != 0]
    return pairs[:, 0].copy(), pairs[:, 1].astype(np.uint32)


def _bits(rows: np.ndarray, course: np.ndarray, some: str, values: Iterable):
    """The values of facets of runs as bits of each row with their names; the pairs of audiences."""
    with connection.cursor() as cursor:
        cursor.execute(LANGUAGES)
        languages = [code for (code,) in cursor.fetchall()]
    several = _copy(("kind", "owner", "value"), SEVERAL.format(some=some), [*values, *values, languages, *values])
    audiences = several[several["kind"] == 0]
    owner, inside = _find(course, audiences["owner"])
    pairs = np.unique(np.column_stack([audiences["value"][inside], owner]), axis=0)

    several = several[several["kind"] > 0]
    row, inside = _find(rows["run"], several["owner"])
    kind, value = several["kind"][inside], several["value"][inside]
    invalid = (kind == 1) & (value == VOUCHER) & (rows["flags"][row] & VOUCHER_HOLDS == 0)
    row, kind, value = row[~invalid], kind[~invalid], value[~invalid]

    names = [(facet, sql.value(str(1 << place))) for facet, sql in OF_RUNS.items() for place in range(sql.most)]
    fundings = sorted(set(value[kind == 1].tolist()))
    names += [(Facet.FUNDING, code) for code in fundings] + [(Facet.LANGUAGE, code) for code in languages]
    place = np.where(kind == 1, np.searchsorted(fundings, value), len(fundings) + value - 1) + sum(
        sql.most for sql in OF_RUNS.values()
    )
    bits = np.zeros((len(rows), (len(names) + 63) // 64), np.uint64)
    bits[:, 0] = rows["bits"]
    np.bitwise_or.at(bits, (row, place >> 6), np.uint64(1) << (place & 63).astype(np.uint64))
    return bits, tuple(names), (pairs[:, 0].copy(), pairs[:, 1].astype(np.uint32))


def _find(known: np.ndarray, wanted: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Where these stand, and which of them stand somewhere at all."""
    order = np.argsort(known)
    at = np.minimum(np.searchsorted(known[order], wanted), len(known) - 1)
    inside = known[order][at] == wanted if len(known) else np.zeros(len(wanted), bool)
    return order[at[inside]], inside
