"""The rows of the search are made in the transaction of an import, when the planner knows nothing of its tables yet."""

import pytest
from django.db import connection

from courses.models import CourseRun, Session
from courses.search import index, places, runs
from kit import clock
from providers.models import Location
from tests import make

pytestmark = pytest.mark.django_db
TEMPTING = """COALESCE(r.location_id, (SELECT location_id FROM courses_session
    WHERE run_id = r.id AND location_id IS NOT NULL ORDER BY day, starts LIMIT 1))"""
ALL_RUNS = "Seq Scan on courses_courserun"
BY_DAY = "session_day"  # the index that has the dates of all runs in their order


@pytest.fixture
def run():
    """Without a venue, beside many dates that no statistics tell of."""
    run = make.make_run(location=None)
    other = make.make_run()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO courses_session (run_id, day, room)"
            " SELECT %s, %s::date + n / 100, '' FROM generate_series(1, 50000) n",
            [other.pk, run.starts_on],
        )
        for table in (Session, CourseRun, Location):  # other tests' rows may have been counted meanwhile
            cursor.execute("DELETE FROM pg_statistic WHERE starelid = %s::regclass", [table._meta.db_table])
            cursor.execute(
                "UPDATE pg_class SET reltuples = -1, relpages = 0 WHERE oid = %s::regclass", [table._meta.db_table]
            )
    return run


def plan_of(statement: str, *keys: int) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {statement}", [list(keys)])
        return "\n".join(line for (line,) in cursor.fetchall())


def test_the_venue_of_a_run_is_looked_up_among_its_own_dates(run):
    assert BY_DAY not in plan_of(index.RUNS, run.pk)


def test_the_plan_tells_where_all_dates_are_gone_through(run):
    """Negative control: the shorter way to write it."""
    assert BY_DAY in plan_of(index.RUNS.replace(places.VENUE_OF_RUN, TEMPTING), run.pk)


def test_the_runs_of_many_courses_are_looked_up_course_by_course(run):
    assert ALL_RUNS not in plan_of(runs.OF_COURSES, *range(500))


def test_the_plan_tells_where_all_runs_are_gone_through(run):
    """Negative control: the shorter way to write it."""
    shorter = "SELECT id FROM courses_courserun WHERE course_id = ANY(%s) AND withdrawn_at IS NULL"
    assert ALL_RUNS in plan_of(shorter, *range(500))


def test_a_run_without_a_venue_is_where_its_first_date_is(run):
    towns = [make.make_location(run.course.provider) for _each in range(2)]
    first = make.make_session(run, location=towns[1])
    make.make_session(run, location=towns[0], day=first.day + clock.days(1))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {places.VENUE_OF_RUN} FROM courses_courserun r WHERE id = %s", [run.pk])
        assert cursor.fetchone() == (towns[1].pk,)
