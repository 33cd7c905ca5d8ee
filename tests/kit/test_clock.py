"""One clock: German days, moved in a demo only, never backwards."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from kit import clock
from kit.models import ClockState, Heartbeat


@pytest.fixture
def demo(settings, db):
    settings.DEMO = True


def test_the_day_is_the_german_one(at, settings):
    settings.DEMO = False
    at(datetime(2026, 5, 12, 22, 30, tzinfo=UTC))

    assert clock.now() == datetime(2026, 5, 12, 22, 30, tzinfo=UTC)
    assert clock.today() == date(2026, 5, 13)


@pytest.mark.parametrize(
    ("utc", "wall"),
    [("2026-03-29T00:59+00:00", "01:59"), ("2026-03-29T01:00+00:00", "03:00"), ("2026-10-25T01:00+00:00", "02:00")],
)
def test_local_time_knows_summer(utc, wall):
    assert f"{clock.local(datetime.fromisoformat(utc)):%H:%M}" == wall


def test_a_naive_datetime_is_refused():
    with pytest.raises(ValueError):
        clock.local(datetime(2026, 5, 12, 10))  # noqa: DTZ001


def test_outside_a_demo_the_offset_is_ignored_and_not_even_read(at, db, settings, django_assert_num_queries):
    ClockState.objects.create(offset=timedelta(days=90))
    now = at("2026-05-12 10:00")
    with django_assert_num_queries(0):
        assert clock.now() == now
    with pytest.raises(ValueError):
        ClockState.advance(timedelta(days=1))


def test_a_demo_walks_ahead(at, demo):
    now = at("2026-05-12 10:00")
    ClockState.advance(timedelta(hours=6))
    ClockState.advance(timedelta(hours=6))

    assert clock.now() == now + timedelta(hours=12)


def test_moved_time_never_runs_backwards(at, demo):
    at("2026-05-12 10:00")
    ClockState.advance(timedelta(days=3))
    shown = clock.now()

    at("2026-05-12 09:00")  # the machine's clock is set back
    assert clock.now() == shown
    with pytest.raises(ValueError):
        ClockState.advance(timedelta(seconds=-1))
    with pytest.raises(IntegrityError), transaction.atomic():
        ClockState.objects.update(offset=timedelta(seconds=-1))


def test_a_heartbeat_raises_the_mark(at, demo):
    at("2026-05-12 10:00")
    ClockState.advance(timedelta(days=3))
    at("2026-05-12 12:00")
    Heartbeat.objects.beat("beat")

    at("2026-05-12 11:00")
    assert clock.now() == datetime(2026, 5, 15, 10, tzinfo=UTC)


def test_a_request_reads_the_offset_once(at, demo, django_assert_num_queries):
    now = at("2026-05-12 10:00")
    with clock.read_once(), django_assert_num_queries(1):
        assert clock.now() == clock.now() == now
    with django_assert_num_queries(2):
        assert clock.now() == clock.now()


def test_within_a_request_time_is_of_one_piece(at, demo):
    now = at("2026-05-12 10:00")
    with clock.read_once():
        clock.now()
        ClockState.advance(timedelta(days=1))
        assert clock.now() == now
    assert clock.now() == now + timedelta(days=1)


def test_there_is_one_clock(demo):
    with pytest.raises(IntegrityError), transaction.atomic():
        ClockState.objects.create(pk=2)
