"""What a search covers beside its list of hits: the newest courses, all days, all places. Same question, same hits."""

# ruff: noqa: S608 - the words of the statements are ours; everything a visitor wrote is a parameter

from dataclasses import dataclass
from datetime import date

from courses.search.answers import matching
from courses.search.places import VENUE_OF_RUN
from courses.search.query import SearchQuery
from kit import clock, db

ELSEWHERE = -1


@dataclass(frozen=True)
class InPlace:
    """How many of the courses take place in a place (None: without any, as online)."""

    place: int | None
    courses: int


def newest(query: SearchQuery, most: int) -> list[int]:
    """Ids of the courses, those first that came last into the catalogue."""
    rows, values = matching(query)
    return _column(
        f"SELECT c.id FROM courses_course c WHERE c.id IN (SELECT course_id FROM ({rows}) m)"
        " ORDER BY c.created_at DESC, c.id DESC LIMIT %s",
        [*values, most],
    )


def sessions(query: SearchQuery, *, first: date, last: date, most: int) -> list[int]:
    """Ids of the single dates of all runs that fit, on these days, in their order."""
    rows, values = matching(query)
    return _column(
        f"SELECT s.id FROM courses_session s WHERE s.day BETWEEN %s AND %s"
        f" AND s.run_id IN (SELECT run_id FROM ({rows}) m) ORDER BY s.day, s.starts NULLS FIRST, s.id LIMIT %s",
        [first, last, *values, most],
    )


def places(query: SearchQuery) -> list[InPlace]:
    """Courses per place of their venues; a course in two towns counts in both."""
    rows, values = matching(query)
    with db.reading().cursor() as cursor:
        cursor.execute(
            f"SELECT {PLACE} AS place, count(DISTINCT m.course_id) FROM ({rows}) m"
            " JOIN courses_courserun r ON r.id = m.run_id GROUP BY place",
            values,
        )
        return [InPlace(*row) for row in cursor.fetchall()]


def areas(query: SearchQuery, area_of: dict[int, int]) -> dict[int, int]:
    """Courses per area, which `area_of` tells of each place; ELSEWHERE counts those in places that it does not name."""
    rows, values = matching(query)
    with db.reading().cursor() as cursor:
        cursor.execute(
            f"SELECT COALESCE(g.area, {ELSEWHERE}), count(DISTINCT v.course_id)"
            f" FROM (SELECT m.course_id, {PLACE} AS place FROM ({rows}) m"
            " JOIN courses_courserun r ON r.id = m.run_id) v"
            " LEFT JOIN unnest(%s::bigint[], %s::int[]) AS g (place, area) ON g.place = v.place"
            " WHERE v.place IS NOT NULL GROUP BY 1",
            [*values, list(area_of), list(area_of.values())],
        )
        return dict(cursor.fetchall())


def days(query: SearchQuery, *, first: date, last: date, per_day: int) -> dict[date, tuple[int, list[int]]]:
    """How many single dates each day has, with the ids of the first few."""
    rows, values = matching(query)
    with db.reading().cursor() as cursor:
        cursor.execute(
            "SELECT day, max(total), array_agg(id ORDER BY place) FROM (SELECT s.day, s.id,"
            " row_number() OVER (PARTITION BY s.day ORDER BY s.starts NULLS FIRST, s.id) AS place,"
            " count(*) OVER (PARTITION BY s.day) AS total FROM courses_session s"
            f" WHERE s.day BETWEEN %s AND %s AND s.run_id IN (SELECT run_id FROM ({rows}) m)) d"
            " WHERE place <= %s GROUP BY day",
            [first, last, *values, per_day],
        )
        return {day: (total, ids) for day, total, ids in cursor.fetchall()}


def runs_in(query: SearchQuery, ids: list[int], most: int) -> list[tuple[int, int]]:
    """(course, run) of the first fitting run of each course in one of these places; what has begun comes last."""
    rows, values = matching(query)
    soonest = "r.starts_on < %s, r.starts_on NULLS LAST, m.run_id"
    with db.reading().cursor() as cursor:
        cursor.execute(
            "SELECT course_id, run_id FROM (SELECT DISTINCT ON (m.course_id) m.course_id, m.run_id, r.starts_on"
            f" FROM ({rows}) m JOIN courses_courserun r ON r.id = m.run_id WHERE {PLACE} = ANY(%s)"
            f" ORDER BY m.course_id, {soonest}) first ORDER BY starts_on < %s, starts_on NULLS LAST, run_id LIMIT %s",
            [*values, ids, clock.today(), clock.today(), most],
        )
        return cursor.fetchall()


PLACE = f"""(SELECT l.place_id FROM providers_location l WHERE r.mode NOT IN ('online', 'distance')
    AND l.id = {VENUE_OF_RUN})"""


def _column(statement: str, values: list) -> list[int]:
    with db.reading().cursor() as cursor:
        cursor.execute(statement, values)
        return [value for (value,) in cursor.fetchall()]
