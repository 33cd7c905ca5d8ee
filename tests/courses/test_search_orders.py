"""In which order the hits come, and which of its runs stands for a course."""

from datetime import timedelta
from decimal import Decimal

import pytest

from courses.search import Order, Position, SearchQuery, glance, index, search
from kit import clock
from tests import make

pytestmark = pytest.mark.django_db

NORDHAUSEN = Position(51.505, 10.791, 200)


def run(course, days: int = 10, **fields):
    return make.make_run(course, starts_on=clock.today() + timedelta(days=days), **fields)


def place(course, latitude: float, longitude: float):
    return make.make_location(course.provider, place=None, latitude=latitude, longitude=longitude)


def found(**fields) -> list[tuple[int, int | None]]:
    index.refresh()
    hits = search(SearchQuery(**fields)).hits
    assert glance(SearchQuery(**fields)).hits == hits
    return [(hit.course, hit.run) for hit in hits]


def test_by_begin_the_next_comes_first_then_what_has_no_date_then_what_has_begun_then_what_has_no_run():
    without, begun, open_, later, soon = (make.make_course() for _ in range(5))
    runs = [run(soon, 3), run(later, 9), make.make_run(open_, starts_on=None), run(begun, -3)]
    expected = [(each.course_id, each.pk) for each in runs]
    assert found(order=Order.BEGIN) == [*expected, (without.pk, None)]


def test_by_distance_the_nearest_comes_first_and_each_course_stands_by_its_nearest_run():
    far, near, online = (make.make_course() for _ in range(3))
    run(far, 1, location=place(far, 51.84, 10.79))
    nearest_of_far = run(far, 20, location=place(far, 51.60, 10.79))
    only_of_near = run(near, 30, location=place(near, 51.51, 10.79))
    without_place = run(online, 1, mode="online", location=None)
    query = {"position": NORDHAUSEN, "order": Order.DISTANCE}
    by_distance = [(near.pk, only_of_near.pk), (far.pk, nearest_of_far.pk)]
    assert found(**query) == by_distance
    assert found(**query, with_online=True) == [*by_distance, (online.pk, without_place.pk)]


@pytest.mark.parametrize(("km", "expected"), [(1, 1), (15, 2), (200, 3)])
def test_radius_ends_where_it_says(km, expected):
    for latitude in (51.510, 51.600, 52.300):  # about 0.6, 10.6 and 88 kilometres away
        course = make.make_course()
        run(course, location=place(course, latitude, 10.791))
    assert len(found(position=Position(NORDHAUSEN.latitude, NORDHAUSEN.longitude, km))) == expected


def test_by_price_the_cheapest_comes_first_today_and_what_names_none_last():
    asked, dear, reduced, free = (make.make_course() for _ in range(4))
    run(asked, 1, price_kind="on_request")
    run(dear, 1, price=Decimal(80))
    run(reduced, 1, price=Decimal(90), special_price=Decimal(60), special_price_until=clock.today())
    run(free, 30, price_kind="free")
    assert [course for course, _run in found(order=Order.PRICE)] == [free.pk, reduced.pk, dear.pk, asked.pk]
