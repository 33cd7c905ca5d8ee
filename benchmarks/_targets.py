"""What is measured and what it ought to be (B1 to B16), the figures of the last runs, and who holds.

Figures lie in figures.json beside RESULTS.md: overview, plot and docs/scaling.md speak of the same runs.
BENCH_FIGURES names another file, as `./dev bench all --dry` does.
"""

import json
import os
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from benchmarks._machine import ROOT, commit
from benchmarks._measure import table

FIGURES = ROOT / "benchmarks" / "figures.json"


@dataclass(frozen=True)
class Target:
    """One row; `bound` is the least where more is better, else the most. `size` is where it counts."""

    what: str
    bound: float
    more_is_better: bool
    size: str
    command: str

    def holds(self, value: float) -> bool:
        return value >= self.bound if self.more_is_better else value <= self.bound

    def verdict(self, value: float) -> str:
        if self.holds(value):
            return "holds"
        if not self.bound or not value:
            return f"misses by {abs(value - self.bound):,.0f}"
        factor = self.bound / value if self.more_is_better else value / self.bound
        return f"misses by {factor - 1:.0%}" if factor < 2 else f"misses by {factor:.1f} times"

    def said(self) -> str:
        return f"{'≥' if self.more_is_better else '≤'} {number(self.bound)}"


@dataclass(frozen=True)
class Figure:
    """What a run measured, and where it comes from."""

    value: float
    size: str
    commit: str = ""
    on: str = ""
    remark: str = ""


def _least(what: str, bound: float, size: str, command: str) -> Target:
    return Target(what, bound, more_is_better=True, size=size, command=command)


def _most(what: str, bound: float, size: str, command: str) -> Target:
    return Target(what, bound, more_is_better=False, size=size, command=command)


TARGETS = {
    "B1": _least("search: naive ORM / ours, mean CPU", 80, "100k", "bench search"),
    "B2": _least("search: SQL / ours, mean CPU", 60, "1M", "bench search"),
    "B3": _most("search: ours / tantivy, same work, mean CPU", 1.2, "100k", "bench engine"),
    "B3 with cards": _most("search: ours with words and cards / tantivy without", 1.2, "100k", "bench engine"),
    "B4": _most("search: mean CPU at 1M / at 100k", 2.5, "1M", "bench search"),
    "B5": _most("list page / bare Django view, over HTTP, CPU", 15, "100k", "bench http"),
    "B6": _least("naive ORM page / list page, over HTTP, CPU", 34, "100k", "bench http"),
    "B7": _least("search page: Wagtail / ours, CPU", 150, "100k", "bench wagtail"),
    "B8": _most("search: wall p95 / p50", 2, "100k", "bench search"),
    "B9 first": _least("import, all new: bulk_create / ours, CPU", 2.5, "100k courses", "bench importing"),
    "B9 again": _least("import, unchanged: bulk_create / ours, CPU", 4, "100k courses", "bench importing"),
    "B10": _most("import, peak memory: 100k / 10k courses", 1.2, "100k courses", "bench importing"),
    "B11": _least("sweep: row by row / in batches, CPU", 10, "2000 due", "bench sweep"),
    "B11 twice": _most("sweep: asked twice or never, four workers and a kill", 0, "10000 due", "bench sweep"),
    "B12": _least("booking: SELECT FOR UPDATE / one statement, CPU", 2, "200 times", "bench bookings"),
    "B12 overbooked": _most("booking: times overbooked", 0, "200 times", "bench bookings"),
    "B13": _most("search: deepest page / page 1, CPU", 1.1, "100k", "bench search"),
    "B14": _most("generation made / its rows loaded by COPY, CPU", 4, "100k", "bench rebuild"),
    "B15": _most("search: differences to exact SQL in 2,000 questions", 0, "100k", "bench correctness"),
    "B16": _most("freshness: longest delay in any process, s", 2, "S", "faults freshness"),
}


# ── Keeping


def note(name: str, value: float, *, size: str, remark: str = "", keep: bool = True) -> None:
    """One figure of a target; `keep` is whether this run is recorded at all."""
    _noted.setdefault(name, {})[size] = Figure(
        round(value, 4), size, commit(), f"{datetime.now(UTC):%Y-%m-%d %H:%M}", remark
    )
    if keep or "BENCH_FIGURES" in os.environ:
        write("targets", {name: {size: asdict(_noted[name][size])}})


def write(part: str, fresh: dict) -> None:
    """Puts {name: {size: facts}} beside what is there."""
    kept = read()
    for name, by_size in fresh.items():
        kept.setdefault(part, {}).setdefault(name, {}).update(by_size)
    _path().write_text(json.dumps(kept, indent=1, sort_keys=True, ensure_ascii=False) + "\n", encoding="utf-8")


def read() -> dict:
    return json.loads(_path().read_text(encoding="utf-8")) if _path().exists() else {}


def _path() -> Path:
    return Path(os.environ.get("BENCH_FIGURES") or FIGURES)


_noted: dict[str, dict[str, Figure]] = {}


# ── Telling


def overview(names: Iterable[str] | None = None) -> str:
    """Of what this process measured, or of these targets as they were last recorded."""
    if names is None:
        return _table(_noted)
    kept = read().get("targets", {})
    return _table({name: {size: Figure(**each) for size, each in kept.get(name, {}).items()} for name in names})


def _table(figures: dict[str, dict[str, Figure]]) -> str:
    return table(["", "what", "at", "measured", "target", ""], [_row(name, figures[name]) for name in figures])


def _row(name: str, by_size: dict[str, Figure]) -> list[str]:
    """Where the target counts, else at another size with a word of warning."""
    target = TARGETS[name]
    if not by_size:
        return [name, target.what, target.size, "–", target.said(), f"not measured: `./dev {target.command}`"]
    figure = by_size.get(target.size) or list(by_size.values())[-1]
    verdict = target.verdict(figure.value)
    if figure.size != target.size:
        verdict += f" (counts at {target.size})"
    return [name, target.what, figure.size, number(figure.value), target.said(), f"{verdict} {figure.remark}".strip()]


def number(value: float) -> str:
    return f"{value:,.0f}" if value == int(value) or value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"
