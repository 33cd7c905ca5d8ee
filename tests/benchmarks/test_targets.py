"""The overview says holds where a target holds, and by how much it is missed."""

import json

import pytest

from benchmarks import _targets
from benchmarks._targets import TARGETS, Target


@pytest.fixture(autouse=True)
def figures(tmp_path, monkeypatch):
    monkeypatch.setenv("BENCH_FIGURES", str(tmp_path / "figures.json"))
    monkeypatch.setattr(_targets, "_noted", {})
    return tmp_path / "figures.json"


def at_least(bound: float) -> Target:
    return Target("", bound, more_is_better=True, size="", command="")


def at_most(bound: float) -> Target:
    return Target("", bound, more_is_better=False, size="", command="")


@pytest.mark.parametrize(
    ("target", "value", "verdict"),
    [
        (at_least(80), 80, "holds"),
        (at_least(80), 160, "holds"),
        (at_least(80), 64, "misses by 25%"),
        (at_least(80), 20, "misses by 4.0 times"),
        (at_most(1.2), 1.2, "holds"),
        (at_most(1.2), 1.5, "misses by 25%"),
        (at_most(15), 45, "misses by 3.0 times"),
        (at_most(0), 0, "holds"),
        (at_most(0), 3, "misses by 3"),
    ],
)
def test_verdict(target, value, verdict):
    assert target.verdict(value) == verdict


def test_every_number_from_1_to_16_has_a_target():
    assert {name.split()[0] for name in TARGETS} == {f"B{number}" for number in range(1, 17)}


def test_a_figure_is_kept_beside_others_and_told_where_the_target_counts(figures):
    _targets.note("B1", 90.0, size="100k")
    _targets.note("B1", 9.0, size="S", remark="(30 questions)")
    told = _targets.overview(["B1", "B2"])
    assert "| B1 | search: naive ORM / ours, mean CPU | 100k | 90 | ≥ 80 | holds |" in told
    assert "not measured: `./dev bench search`" in told
    assert set(json.loads(figures.read_text())["targets"]["B1"]) == {"100k", "S"}


def test_a_figure_of_another_size_is_told_with_a_warning():
    _targets.note("B1", 90.0, size="S")
    assert "holds (counts at 100k)" in _targets.overview()


def test_a_dry_run_leaves_nothing(figures, monkeypatch):
    monkeypatch.setattr(_targets, "FIGURES", figures)
    monkeypatch.delenv("BENCH_FIGURES")
    _targets.note("B1", 90.0, size="100k", keep=False)
    assert not figures.exists()
    assert "| B1 |" in _targets.overview()
