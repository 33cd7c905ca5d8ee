"""docs/scaling.md says what was measured, what follows from it, and what nobody has measured."""

import pytest

from benchmarks import _scaling

FIGURES = {
    "cost": {
        "in memory": {"100k": {"mean": 10.0, "p95": 20.0, "database": 5.0}, "1M": {"mean": 20.0, "p95": 60.0}},
        "SQL": {"100k": {"mean": 100.0}, "1M": {"mean": 1000.0}},
    },
    "memory": {"worker": {"100k": {"busy private": 50.0}, "1M": {"busy private": 140.0}}},
}


def test_a_cost_stands_on_the_line_through_both_sizes():
    costs = {"100k": 10.0, "1M": 20.0}
    assert _scaling.at(costs, 100_000) == pytest.approx(10)
    assert _scaling.at(costs, 1_000_000) == pytest.approx(20)
    assert _scaling.at(costs, 10_000_000) == pytest.approx(40)
    assert _scaling.at(costs, 10_000) == pytest.approx(5)


def test_memory_grows_in_proportion():
    memory = {"100k": 50.0, "1M": 140.0}
    assert _scaling.linear(memory, 1_000_000, 1) == pytest.approx(140)
    assert _scaling.linear(memory, 4_000_000, 2) == pytest.approx(880)


def test_tables_tell_figures_and_what_is_missing():
    told = _scaling.tables(FIGURES)
    assert "| all CPU per search with its cards, mean, ms (`s`) | 10 | 20 |" in told
    assert f"| of `s` database (`d`) | 5 | {_scaling.MISSING} |" in told
    assert "| the same by SQL alone | 11.8 | 0.25 |" in told
    assert "| memory of a web host's two processes of their own, MB | 97 | 880 |" in told


def test_without_a_second_size_nothing_is_derived():
    told = _scaling.derived({"cost": {"in memory": {"100k": {"mean": 10.0}}}})
    assert told.count(_scaling.MISSING) == 8


def test_the_page_has_a_place_for_them():
    text = _scaling.PAGE.read_text(encoding="utf-8")
    assert text.count(_scaling.BEGIN) == text.count(_scaling.END) == 1
