"""What a list says of its hits, read as plain rows in one statement: instances of four models would cost more than the
search itself. Names of provider and venue are looked up as single values, which the planner spends less on than on two
more tables to join."""

import json
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from courses.models.run import Terms
from courses.search.result import Hit
from kit import db

# In the order of Facts.
READ = """
    SELECT hit.course, hit.run, c.slug, c.title,
        (SELECT name FROM providers_organization WHERE id = c.provider_id),
        r.title, r.starts_on, r.begin, r.mode, r.times_of_day, r.weekdays, r.schedule_note,
        (SELECT schedule::text FROM courses_searchrun WHERE run_id = r.id),
        (SELECT ARRAY[city, name] FROM providers_location WHERE id = r.location_id),
        r.price_kind, r.price, r.special_price, r.special_price_until, r.places, r.places_taken
    FROM unnest(%s::bigint[], %s::bigint[]) AS hit (course, run)
    JOIN courses_course c ON c.id = hit.course
    LEFT JOIN courses_courserun r ON r.id = hit.run"""


class Venue(NamedTuple):
    city: str
    name: str


class _Columns(NamedTuple):
    course: int
    run: int | None  # None: no run is visible, and what is told of one is None, too
    slug: str
    course_title: str
    provider: str
    run_title: str
    starts_on: date | None
    begin: str
    mode: str
    times_of_day: list[str]
    weekdays: int
    schedule_note: str
    times: str | None  # JSON, see SearchRun.schedule; None: nobody may see this run any more
    venue: list[str] | None
    price_kind: str
    price: Decimal | None
    special_price: Decimal | None
    special_price_until: date | None
    places: int | None
    places_taken: int | None


class Facts(_Columns, Terms):
    """Of a course and one of its runs: what courses.views.wording puts into words, as it does for a CourseRun."""

    @property
    def title(self) -> str:
        return self.run_title or self.course_title

    @property
    def location(self) -> Venue | None:
        return Venue(*self.venue) if self.venue else None

    @property
    def schedule(self) -> list:
        return json.loads(self.times)


def read(hits: Iterable[Hit]) -> dict[tuple[int, int | None], Facts]:
    """By course and run, without those that have been withdrawn since they were found."""
    pairs = list({(hit.course, hit.run) for hit in hits})
    if not pairs:
        return {}
    with db.reading().cursor() as cursor:
        cursor.execute(READ, [list(column) for column in zip(*pairs, strict=True)])
        rows = map(Facts._make, cursor.fetchall())
        return {(row.course, row.run): row for row in rows if row.run is None or row.times is not None}
