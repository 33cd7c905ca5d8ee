"""./dev bench search: our search against the naive ORM form, the same questions in turns, at several sizes.

Both answer with the page of 20 courses, the exact total and the counts of twelve facets, each under all other filters;
what differs ends the run. Cards and templates are the same work for both and left out.
"""

from argparse import Namespace
from collections.abc import Iterable

from benchmarks import _database, _naive
from benchmarks._machine import command, parser, record, say
from benchmarks._measure import Spent, in_turns, milliseconds, percentile, table
from benchmarks._mix import WEIGHTS, Case, mix
from courses.search import SearchResult, search
from kit import clock

OURS, NAIVE = "ours", "naive"
Timing = tuple[Case, dict[str, Spent]]


def main() -> None:
    options = parse()
    for size in options.sizes.split(","):
        with _database.region(size, keep=options.keep), clock.read_once():
            timings = run(mix(options.questions), rounds=options.rounds)
            title = f"Search, {size}: the naive form costs {ratio(timings):.1f} times ours"
            record(title, report(size, timings), command=command("bench"), keep=not options.dry)


def parse() -> Namespace:
    made = parser(__doc__, sizes="S,M,100k", rounds=1, rounds_help="of each question; the median counts")
    made.add_argument("--questions", type=int, default=100, help="of the mix")
    return made.parse_args()


def run(cases: list[Case], *, rounds: int) -> list[Timing]:
    say(f"{len(cases)} questions, both ways in turns …")
    timings = []
    for case in cases:
        ways = {OURS: lambda case=case: search(case.asked()), NAIVE: lambda case=case: _naive.search(case.asked())}
        timings.append((case, in_turns(ways, rounds=rounds)))
        compare(case, *(timings[-1][1][name].answer for name in ways))
    return timings


def compare(case: Case, ours: SearchResult, naive: SearchResult) -> None:
    """Ends the run where the two do not answer the same."""
    for part in ("total", "hits", "counts"):
        if getattr(ours, part) != getattr(naive, part):
            raise SystemExit(f"{part} differ for {case.query}:\n{getattr(ours, part)}\n{getattr(naive, part)}")


# ── The report


def ratio(timings: list[Timing]) -> float:
    """Of the mean CPU times, which the weights of the mix make the cost of a day."""
    return total(timings, NAIVE) / total(timings, OURS)


def total(timings: Iterable[Timing], name: str) -> float:
    return sum(spent[name].cpu for _case, spent in timings)


def report(size: str, timings: list[Timing]) -> str:
    courses, runs = _database.profile(size).courses, _database.profile(size).runs
    head = [f"{courses:,} courses, {runs:,} runs", "CPU median", "CPU p95", "CPU mean", "of it database", "wall median"]
    rows = [row(name, [spent[name] for _case, spent in timings]) for name in (OURS, NAIVE)]
    kinds = [kind_row(kind, [each for each in timings if each[0].kind == kind]) for kind in WEIGHTS]
    answers = f"{len(timings)} questions, all answered alike by both. Milliseconds."
    by_kind = table(["kind", "questions", "ours, mean", "naive, mean", "ratio"], [row for row in kinds if row])
    return f"{answers}\n\n{table(head, rows)}\n\n{by_kind}"


def row(name: str, spent: list[Spent]) -> list[str]:
    cpu, wall = [each.cpu for each in spent], [each.wall for each in spent]
    database = sum(each.database for each in spent) / len(spent)
    numbers = [percentile(cpu, 0.5), percentile(cpu, 0.95), sum(cpu) / len(cpu), database, percentile(wall, 0.5)]
    return [name, *map(milliseconds, numbers)]


def kind_row(kind: str, timings: list[Timing]) -> list[str]:
    if not timings:
        return []
    means = [total(timings, name) / len(timings) for name in (OURS, NAIVE)]
    return [kind, str(len(timings)), *map(milliseconds, means), f"{means[1] / means[0]:.1f}"]


if __name__ == "__main__":
    main()
