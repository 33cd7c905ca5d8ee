"""Time that the portal was away, or that a clock invented, counts for nobody."""

import threading
from datetime import datetime, timedelta

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from kit import clock, uptime
from kit.models import Downtime, Heartbeat

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def mark() -> datetime:
    return Heartbeat.objects.get(name=uptime.MARK).at


@pytest.fixture
def start(db, at):
    """The portal works, and moves on by spans: `move(hours=3)`."""
    at("2026-01-10 10:00")
    uptime.tick()

    def move(**span):
        return at(clock.now() + timedelta(**span))

    return move


def test_a_short_pause_is_service(start):
    start(hours=6)
    uptime.tick()
    assert (Downtime.objects.count(), mark()) == (0, clock.now())


def test_a_long_pause_is_written_down_once(start):
    since = clock.now()
    start(hours=7)
    uptime.tick()
    uptime.tick()
    [pause] = Downtime.objects.all()
    assert (pause.since, pause.until) == (since, clock.now())


def test_small_steps_back_never_lower_the_mark(start):
    before = mark()
    start(minutes=-59)
    uptime.tick()
    assert mark() == before
    assert not uptime.is_alarmed()


def test_a_clock_far_behind_the_mark_raises_an_alarm_and_notes_nothing(start):
    before = mark()
    start(minutes=-61)
    with pytest.raises(uptime.ClockAlarm):
        uptime.tick()
    assert uptime.is_alarmed()
    assert mark() == before


@pytest.mark.django_db(transaction=True)
def test_five_at_once_note_one_pause(at):
    at("2026-01-10 10:00")
    uptime.tick()
    at("2026-01-31 10:00")
    gate = threading.Barrier(5)

    def work():
        gate.wait()
        uptime.tick()
        connection.close()

    sweeps = [threading.Thread(target=work) for _ in range(5)]
    for sweep in sweeps:
        sweep.start()
    for sweep in sweeps:
        sweep.join()
    assert Downtime.objects.count() == 1


def test_served_leaves_out_what_was_away(start):
    since = clock.now()
    start(days=2)
    uptime.tick()  # two days away
    start(hours=5)
    assert uptime.served(since, clock.now()) == 5 * HOUR
    assert uptime.served(since + DAY, clock.now()) == 5 * HOUR  # from the middle of the pause
    assert uptime.served(clock.now() - HOUR, clock.now()) == HOUR


@pytest.mark.django_db
@given(
    pauses=st.lists(st.tuples(st.integers(0, 40), st.integers(1, 15)), max_size=6),
    days=st.integers(0, 60),
    moment=st.integers(0, 120),
)
def test_the_plain_comparison_says_the_same(pauses, days, moment):
    """`moment <= start_of(span)` if and only if `served(moment) >= span`."""
    now = datetime(2026, 6, 1, 12, tzinfo=clock.BERLIN)
    Downtime.objects.all().delete()
    end = now
    for service, length in pauses:
        until = end - service * DAY
        end = until - length * DAY
        Downtime.objects.get_or_create(since=end, defaults={"until": until})
    span, since = days * DAY, now - moment * DAY
    served_enough = uptime.served(since, now) >= span
    assert (since <= uptime.start_of(span, until=now)) == served_enough


def test_a_clock_that_ran_ahead_is_repaired(start):
    before = clock.now()
    start(days=365)
    uptime.tick()
    start(days=-365, hours=2)
    with pytest.raises(uptime.ClockAlarm):
        uptime.tick()
    assert uptime.repair() == before
    assert not Downtime.objects.exists()
    assert (uptime.tick(), uptime.is_alarmed()) == (clock.now(), False)


def test_an_explained_pause_casts_no_doubt_later(start):
    start(days=3)
    uptime.tick()
    assert uptime.repair() == clock.now() - 3 * DAY
    start(hours=1)
    uptime.tick()
    assert uptime.repair() is None


def test_a_pause_that_nobody_has_noted_yet_counts_for_nobody(start):
    since = clock.now()
    start(days=20)
    assert uptime.served(since, clock.now()) == timedelta(0)
    assert uptime.start_of(DAY, until=clock.now()) == since - DAY
