"""Ten years, both Länder of the demo: nine o'clock stays nine o'clock, holidays stay free, nothing overlaps."""

from datetime import date, time, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from counseling import slots
from counseling.board import Board, Taken, Window, is_clear
from kit import clock
from taxonomy import loading
from taxonomy.models import Holiday
from tests.counseling.make import make_center, make_counsellor, make_service

pytestmark = pytest.mark.django_db
FIRST = date(2026, 5, 12)
DAYS = 10 * 365
HALF_HOURS = st.integers(0, 47).map(lambda number: time(number // 2, number % 2 * 30))
database = settings(
    deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture]
)  # rows are the same in each example


@pytest.fixture(params=["15", "16"])
def board(request, frozen):
    """Monday to Sunday from 9 to 12 in one Land, with everything that falls into these years."""
    loading.load_districts()
    loading.load_holidays()
    service = make_service(minutes=45, every=60)
    hours = [(weekday, time(9), time(12)) for weekday in range(7)]
    person = make_counsellor(service, make_center(request.param), hours=hours)
    return service, Board([person], FIRST, FIRST + timedelta(days=DAYS), None), person


@database
@given(offset=st.integers(0, DAYS))
def test_nine_stays_nine_and_holidays_stay_free(board, offset):
    service, state, person = board
    day = FIRST + timedelta(days=offset)
    found = list(slots._on(service, state, person, day))
    is_holiday = Holiday.objects.on(day, person.center.land_id).filter(kind="public").exists()
    begins = [clock.local(slot.starts_at) for slot in found]
    assert [begin.time() for begin in begins] == ([] if is_holiday else [time(9), time(10), time(11)])
    assert {begin.date() for begin in begins} <= {day}
    assert {slot.ends_at - slot.starts_at for slot in found} <= {timedelta(minutes=45)}


def test_nine_stays_nine_on_each_day_of_ten_years(board):
    service, state, person = board
    free = set(Holiday.objects.filter(land=person.center.land, kind="public").values_list("first_day", flat=True))
    for day in slots._each(FIRST, FIRST + timedelta(days=DAYS)):
        first = next(slots._on(service, state, person, day), None)
        assert (first and clock.local(first.starts_at).replace(tzinfo=None).isoformat()) == (
            None if day in free else f"{day}T09:00:00"
        )


@settings(deadline=None)
@given(day=st.dates(date(2026, 1, 1), date(2036, 12, 31)), begin=HALF_HOURS, length=st.integers(10, 240))
def test_a_talk_begins_and_ends_where_the_wall_clock_says(day, begin, length):
    minute = begin.hour * 60 + begin.minute
    found = slots.talk(day, minute, length)
    if found is None:
        assert changes_on(day) or changes_on(day + timedelta(days=1))
        return
    starts, ends = found
    wall = clock.local(starts).replace(tzinfo=None)
    assert (wall.date(), wall.time()) == (day, begin)
    assert clock.local(ends).replace(tzinfo=None) - wall == ends - starts == timedelta(minutes=length)


def changes_on(day: date) -> bool:
    noon = [clock.BERLIN.utcoffset(slots.datetime.combine(day - timedelta(days=back), time(12))) for back in (0, 1)]
    return noon[0] != noon[1]


@settings(deadline=None)
@given(
    windows=st.lists(st.tuples(st.integers(0, 1400), st.integers(1, 400)), max_size=4),
    absences=st.lists(st.tuples(st.integers(0, 1400), st.integers(1, 400)), max_size=3),
    every=st.integers(5, 240),
    length=st.integers(10, 240),
)
def test_talks_lie_within_hours_and_outside_absences(windows, absences, every, length):
    windows = [Window(begin, min(begin + long, 1440), frozenset({"phone"})) for begin, long in windows]
    absences = [(begin, begin + long) for begin, long in absences]
    for minute in slots.begins(windows, absences, every=every, length=length):
        assert any(window.begin <= minute and minute + length <= window.end for window in windows)
        assert all(minute + length <= begin or end <= minute for begin, end in absences)


SPANS = st.tuples(st.integers(0, 600), st.integers(10, 120)).map(lambda span: (span[0], span[0] + span[1]))
PAUSES = st.tuples(st.integers(0, 60), st.integers(0, 60))


@settings(deadline=None)
@given(ours=SPANS, pauses=PAUSES, other=SPANS, other_pauses=PAUSES)
def test_what_seems_free_is_what_the_constraints_allow(ours, pauses, other, other_pauses):
    """Talk and talk never overlap, talk and pause never overlap, pause and pause may."""
    zero = slots.datetime(2026, 5, 12, tzinfo=slots.UTC)
    at = lambda minute: zero + timedelta(minutes=minute)  # noqa: E731
    taken = [
        Taken(at(other[0]), at(other[1]), is_talk=True),
        Taken(at(other[0] - other_pauses[0]), at(other[1] + other_pauses[1]), is_talk=False),
    ]
    clear = is_clear(at(ours[0]), at(ours[1]), *(timedelta(minutes=pause) for pause in pauses), taken)
    gap = max(other[0] - ours[1], ours[0] - other[1])
    needed = max(pauses[1], other_pauses[0]) if other[0] >= ours[1] else max(pauses[0], other_pauses[1])
    assert clear == (gap >= needed)
