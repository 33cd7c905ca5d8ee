"""Points of the plot stand where their numbers belong, on both axes by powers of ten."""

import html5lib
import pytest

from benchmarks import plot

LINES = {"in memory": [(10_000, 1.0), (1_000_000, 2.0)], "SQL": [(10_000, 14), (1_000_000, 1_400)]}


def test_ten_times_as_much_is_always_as_far():
    across = plot.decades([10_000, 1_000_000])
    assert list(across) == [4, 5, 6]
    places = [plot.x(runs, across) for runs in (10_000, 100_000, 1_000_000)]
    assert places[1] - places[0] == pytest.approx(places[2] - places[1])
    assert places[0] == plot.LEFT
    assert places[2] == plot.WIDTH - plot.RIGHT


def test_dearer_is_higher():
    up = plot.decades([1, 1_400])
    assert plot.y(1_400, up) < plot.y(14, up) < plot.y(1, up) == plot.HEIGHT - plot.BOTTOM


def test_one_value_has_a_decade_of_its_own():
    assert list(plot.decades([100_000])) == [5, 6]


def test_every_line_is_named_and_has_a_mark_for_each_size():
    drawn = plot.draw(LINES)
    tree = html5lib.parse(drawn, namespaceHTMLElements=False)
    texts = [each.text for each in tree.iter("{http://www.w3.org/2000/svg}text")]
    assert {"in memory", "SQL"} <= set(texts)
    assert drawn.count("<circle") == 4
    assert "prefers-color-scheme: dark" in drawn


def test_points_are_sorted_by_size():
    by_size = {"1M": {"runs": 1_000_000, "mean": 3.0}, "S": {"runs": 8_000, "mean": 1.0}}
    assert plot.points(by_size) == [(8_000, 1.0), (1_000_000, 3.0)]
