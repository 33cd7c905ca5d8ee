"""Rows updated by one statement are as bulk_update would have left them."""

from datetime import date, time
from decimal import Decimal

import pytest

from courses.models import CourseRun, Session
from kit import bulk, clock
from tests import make

pytestmark = pytest.mark.django_db
VALUES = {
    "note": "<p>Ä „ß“ \\ ' % \"\n\t𝄞</p>", "starts_on": date(2027, 3, 1), "price": Decimal("12.30"), "places": None,
    "price_kind": "known",
    "phases": [{"note": "täglich", "places": None}], "times_of_day": ["evening"], "methods": ["a,b\"c'd\\"],
    "funding_federal": [2, 11], "languages": [], "in_house": False, "withdrawn_at": clock.now(), "weekdays": 0,
}  # fmt: skip


def runs(count: int) -> list[CourseRun]:
    course = make.make_course()
    return [CourseRun.objects.create(course=course, places=7, languages=["deu"], weekdays=3) for _each in range(count)]


def stored(row: CourseRun) -> dict:
    return CourseRun.objects.values(*VALUES, "course", "location", "number").get(pk=row.pk)


def test_values_arrive_as_with_bulk_update():
    ours, django, other = runs(3)
    before = stored(other)
    for row in (ours, django):
        for name, value in VALUES.items():
            setattr(row, name, value)
    bulk.update([ours], list(VALUES))
    CourseRun.objects.bulk_update([django], list(VALUES))
    assert stored(ours) == stored(django)
    assert {name: stored(ours)[name] for name in VALUES} == VALUES
    assert stored(other) == before


def test_each_row_gets_its_own_values_and_only_the_named_fields():
    rows = runs(3)
    for place, row in enumerate(rows):
        row.number, row.note = f"N{place}", "nicht genannt"
    bulk.update(rows, ["number"])
    assert list(CourseRun.objects.order_by("pk").values_list("number", "note")) == [("N0", ""), ("N1", ""), ("N2", "")]


def test_relation_and_time_of_day():
    run, other = runs(2)
    row = Session.objects.create(run=run, day=date(2027, 3, 1))
    row.run, row.starts = other, time(18, 30)
    bulk.update([row], ["run", "starts"])
    assert Session.objects.values_list("run", "starts").get() == (other.pk, time(18, 30))


def test_nothing_to_write_asks_nothing(django_assert_num_queries):
    with django_assert_num_queries(0):
        bulk.update([], ["number"])


def test_batches_hold_no_more_than_their_size_at_once():
    taken = []
    batches = bulk.batches((taken.append(number) or number for number in range(5)), 2)
    assert next(batches) == [0, 1]
    assert taken == [0, 1]
    assert list(batches) == [[2, 3], [4]]
    assert list(bulk.batches([], 2)) == []
