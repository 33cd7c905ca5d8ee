"""What a search covers beside its list of hits: the newest courses, all days, all places. Same question, same hits."""

# ruff: noqa: S608 - the words of the statements are ours; everything a visitor wrote is a parameter

from dataclasses import dataclass
from datetime import date

from django.db import connection

from courses.search.query import SearchQuery
from courses.search.sql import matching


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
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {PLACE} AS place, count(DISTINCT m.course_id) FROM ({rows}) m"
            " JOIN courses_courserun r ON r.id = m.run_id GROUP BY place",
            values,
        )
        return [InPlace(*row) for row in cursor.fetchall()]


def runs_in(query: SearchQuery, ids: list[int], most: int) -> list[tuple[int, int]]:
    """(course, run) of the first fitting run of each course in one of these places."""
    rows, values = matching(query)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT course_id, run_id FROM (SELECT DISTINCT ON (m.course_id) m.course_id, m.run_id, r.starts_on"
            f" FROM ({rows}) m JOIN courses_courserun r ON r.id = m.run_id WHERE {PLACE} = ANY(%s)"
            " ORDER BY m.course_id, r.starts_on NULLS LAST, m.run_id) first"
            " ORDER BY starts_on NULLS LAST, run_id LIMIT %s",
            [*values, ids, most],
        )
        return cursor.fetchall()


PLACE = """(SELECT l.place_id FROM providers_location l WHERE r.mode NOT IN ('online', 'distance') AND l.id =
    COALESCE(r.location_id, (SELECT location_id FROM courses_session
        WHERE run_id = r.id AND location_id IS NOT NULL ORDER BY day, starts LIMIT 1)))"""


def _column(statement: str, values: list) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return [value for (value,) in cursor.fetchall()]
