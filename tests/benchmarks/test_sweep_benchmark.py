"""Who was asked twice is counted, and who was never asked."""

import pytest

from benchmarks import _workers, bookings, http, importing
from benchmarks._workers import Outcome


@pytest.mark.parametrize(("reached", "amiss"), [("abc", 0), ("ab", 1), ("aabc", 1), ("aab", 2), ("", 3)])
def test_amiss(reached, amiss):
    assert _workers.amiss(3, list(reached)) == amiss


def test_the_outcome_is_told_in_words():
    told = Outcome(due=10_000, asked=2_500, left=1_000, wrong=0).said()
    assert "2,500 of 10,000" in told
    assert "0 people were asked twice or never" in told


def test_the_median_crowd_is_that_of_the_cpu():
    crowds = [bookings.Crowd(cpu, 1.0, 0, 0) for cpu in (3.0, 1.0, 2.0)]
    assert bookings.median(crowds).cpu == 2.0


def test_a_request_costs_what_web_and_database_spent_on_it():
    counted = http.Counted(requests=4, web=0.3, database=0.1)
    assert counted.cpu == pytest.approx(0.1)


def test_servers_are_asked_in_turns(monkeypatch):
    """Every other round in the other order; the bare view has no database to be counted."""
    asked = []

    def count(web, addresses, counted, database):
        asked.append(web)
        counted.requests, counted.database = counted.requests + 1, 1.0

    monkeypatch.setattr(http, "count", count)
    monkeypatch.setattr(http._processes, "database_server", lambda: 1)
    monkeypatch.setattr(http, "warm", lambda web, addresses: None)
    rounds = []

    def addresses(number):
        rounds.append(number)
        return {http.BARE: ["/"], http.OURS: ["/"]}

    found = http.in_blocks({http.BARE: 1, http.OURS: 2}, addresses, rounds=3)
    assert set(rounds) == {0, 1, 2, 3}
    assert asked == [1, 2, 2, 1, 1, 2]
    assert found[http.BARE].database == 0
    assert found[http.OURS].database == 1


def test_numbers_of_courses_are_short():
    assert [importing.short(number) for number in (500, 2_000, 100_000)] == ["500", "2k", "100k"]
