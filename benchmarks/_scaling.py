"""The measured part of docs/scaling.md: what was recorded at two sizes, and what follows for a Land and for Germany.

Between and beyond two sizes a cost is read off the straight line through both where both axes are logarithmic. Memory
and SQL grow with the rows themselves.
"""

from math import log10

from benchmarks._machine import ROOT
from benchmarks._measure import table
from benchmarks._targets import number

PAGE = ROOT / "docs" / "scaling.md"
BEGIN, END = "<!-- measured: written by ./dev bench plot -->", "<!-- /measured -->"
SMALL, LARGE = "100k", "1M"
RUNS = {SMALL: 100_000, LARGE: 1_000_000}
LAND, COUNTRY = 85_000, 4_000_000
MISSING = "⟨not measured yet⟩"
OURS, SQL, PAGES = "in memory", "SQL", "list of courses"


def write(figures: dict) -> None:
    """Put the tables into the page, between their marks."""
    text = PAGE.read_text(encoding="utf-8")
    before, _begin, rest = text.partition(BEGIN)
    _old, _end, after = rest.partition(END)
    PAGE.write_text(f"{before}{BEGIN}\n{tables(figures)}\n{END}{after}", encoding="utf-8")


def tables(figures: dict) -> str:
    return f"{measured(figures)}\n\n{derived(figures)}"


def measured(figures: dict) -> str:
    kinds = {
        "all CPU per search with its cards, mean, ms (`s`)": ("cost", OURS, "mean"),
        "95th percentile of it": ("cost", OURS, "p95"),
        "of `s` database (`d`)": ("cost", OURS, "database"),
        "the same search by SQL, mean, ms (`d_sql`)": ("cost", SQL, "mean"),
        "all CPU per list page over HTTP, ms (`w + d`)": ("page", PAGES, "ms"),
        "of it database, ms": ("page", PAGES, "database ms"),
        "memory of a web process of its own after questions, MB (`m`)": ("memory", "worker", "busy private"),
        "a generation made, s of CPU": ("generation", "made", "cpu"),
        "a generation loaded by a web server, s of CPU": ("generation", "loaded", "cpu"),
        "size of the database, GB (`B`)": ("generation", "made", "database GB"),
    }
    rows = [[name, *(cell(figures, *path, size) for size in RUNS)] for name, path in kinds.items()]
    return table(["", "100,000 runs", "a million"], rows)


def cell(figures: dict, part: str, name: str, key: str, size: str) -> str:
    value = figures.get(part, {}).get(name, {}).get(size, {}).get(key)
    return MISSING if value is None else number(value)


def derived(figures: dict) -> str:
    costs = {
        name: {size: each["mean"] for size, each in figures.get("cost", {}).get(name, {}).items()}
        for name in (OURS, SQL)
    }
    memory = {size: each["busy private"] for size, each in figures.get("memory", {}).get("worker", {}).items()}
    head = ["", "85,000 runs (a Land)", "4 million runs (Germany)"]
    both = [LAND, COUNTRY]
    ours, sql = ([at(costs[name], runs) for runs in both] for name in (OURS, SQL))
    rows = [
        ["all CPU per search, ms", *map(said, ours)],
        ["searches per second and core, nothing else done", *(said(ms and 1000 / ms) for ms in ours)],
        ["the same by SQL alone", *(said(ms and 1000 / ms) for ms in sql)],
        ["memory of a web host's two processes of their own, MB", *(said(linear(memory, runs, 2)) for runs in both)],
    ]
    return table(head, rows)


def said(value: float | None) -> str:
    return MISSING if value is None else number(value)


def at(by_size: dict[str, float], runs: int) -> float | None:
    """On the straight line through both sizes, axes logarithmic; None where one of them is missing."""
    if not by_size.keys() >= RUNS.keys():
        return None
    growth = by_size[LARGE] / by_size[SMALL]
    return by_size[SMALL] * growth ** log10(runs / RUNS[SMALL])


def linear(by_size: dict[str, float], runs: int, times: int) -> float | None:
    """On the straight line through both sizes, axes as they are, so many times."""
    if not by_size.keys() >= RUNS.keys():
        return None
    slope = (by_size[LARGE] - by_size[SMALL]) / (RUNS[LARGE] - RUNS[SMALL])
    return times * (by_size[SMALL] + slope * (runs - RUNS[SMALL]))
