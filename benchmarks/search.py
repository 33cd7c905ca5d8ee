"""./dev bench search: the search in memory, the same in SQL and the naive ORM form, the same questions in turns.

All answer with the page of 20 cards, the exact total and the counts of thirteen facets, each under all other filters,
from the words as they are typed; what differs ends the run. Pages of HTML are another matter (`./dev bench pages`).
"""

from argparse import Namespace
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import partial

from django.conf import settings

from benchmarks import _database, _naive
from benchmarks._machine import command, parser, record, say
from benchmarks._measure import Spent, in_turns, measure, milliseconds, percentile, table
from benchmarks._mix import DEEP, WEIGHTS, Case, mix
from courses.search import SearchQuery, SearchResult, answers, generations, sql
from courses.views import cards
from kit import clock

OURS, SQL, NAIVE = "in memory", "SQL", "naive ORM"
WAYS: dict[str, Callable[[SearchQuery], SearchResult]] = {OURS: answers.search, SQL: sql.search, NAIVE: _naive.search}


@dataclass(frozen=True)
class Answer:
    result: SearchResult
    cards: list


@dataclass(frozen=True)
class Timing:
    case: Case
    spent: dict[str, Spent]


def main() -> None:
    options = parse()
    means = {}
    for size in options.sizes.split(","):
        with _database.region(size, keep=options.keep), clock.read_once():
            built = prepare()
            timings = run(mix(options.questions, seed=options.seed), ways(options), rounds=options.rounds)
            means[size] = mean(timings, OURS)
            ratios = ", ".join(f"{name} costs {ratio(timings, name):.1f} times ours" for name in ways(options)[1:])
            record(
                f"Search, {size}: {ratios}",
                report(size, timings, built),
                command=command("bench"),
                keep=not options.dry,
            )
    growth = [f"{size} {milliseconds(each)} ms" for size, each in means.items()]
    say(f"mean CPU of ours: {', '.join(growth)}")


def parse() -> Namespace:
    made = parser(__doc__, sizes="S,M,100k", rounds=1, rounds_help="of each question; the median counts")
    made.add_argument("--questions", type=int, default=150, help="of the mix")
    made.add_argument("--seed", type=int, default=42, help="of the mix")
    made.add_argument("--without-naive", action="store_true", help="which takes hours at a million runs")
    return made.parse_args()


def ways(options: Namespace) -> list[str]:
    return [OURS, SQL] if options.without_naive else [OURS, SQL, NAIVE]


def prepare() -> Spent:
    """Make today's generation and load it, as a web process does when it starts."""
    settings.SEARCH_IN_MEMORY = True
    built = measure(lambda: generations.build(clock.today()))
    generations.forget()
    if not generations.current():
        raise SystemExit("no generation was loaded")
    return built


def run(cases: list[Case], names: list[str], *, rounds: int) -> list[Timing]:
    say(f"{len(cases)} questions, {len(names)} ways in turns …")
    for name in names:
        ask(WAYS[name], cases[0])  # what a process imports with its first answer is no part of one
    timings = []
    for case in cases:
        generations.current()  # a process looks for changes once a second, not with each question
        timings.append(Timing(case, in_turns({name: partial(ask, WAYS[name], case) for name in names}, rounds=rounds)))
        for name in names[1:]:
            compare(case, timings[-1].spent[OURS].answer.result, timings[-1].spent[name].answer.result)
    return timings


def ask(search: Callable[[SearchQuery], SearchResult], case: Case) -> Answer:
    """Everything between a question and the template."""
    result = search(case.asked())
    return Answer(result, cards.make(result.hits))


def compare(case: Case, ours: SearchResult, other: SearchResult) -> None:
    """Ends the run where the two do not answer the same."""
    for part in ("total", "hits", "counts"):
        mine, theirs = _plain(getattr(ours, part)), _plain(getattr(other, part))
        if mine != theirs:
            raise SystemExit(f"{part} differ for {case.query}:\n{mine}\n{theirs}")


def _plain(part):
    """Sines differ in their last digit."""
    if not isinstance(part, list):
        return part
    return [hit if hit.km is None else replace(hit, km=round(hit.km, 6)) for hit in part]


# ── The report


def mean(timings: list[Timing], name: str) -> float:
    return sum(timing.spent[name].cpu for timing in timings) / len(timings)


def ratio(timings: list[Timing], name: str) -> float:
    """Of the mean CPU times, which the weights of the mix make the cost of a day."""
    return mean(timings, name) / mean(timings, OURS)


def report(size: str, timings: list[Timing], built: Spent) -> str:
    profile, names = _database.profile(size), list(timings[0].spent)
    loaded = generations.current().main
    head = [f"{profile.courses:,} courses, {profile.runs:,} runs", "CPU median", "CPU p95", "CPU mean"]
    head += ["of it database", "wall median", "wall p95"]
    rows = [row(name, [timing.spent[name] for timing in timings]) for name in names]
    kinds = [kind_row(kind, [timing for timing in timings if timing.case.kind == kind], names) for kind in WEIGHTS]
    told = (
        f"{len(timings)} questions with their cards, all answered alike. Milliseconds. In memory {loaded.count:,}"
        f" courses and {len(loaded.columns.run):,} visible runs, made in {built.cpu:.1f} s of CPU."
        f" Its wall p95 is {tail(timings):.1f} times its median; page {DEEP} costs {deep(timings):.2f} times page 1."
    )
    by_kind = table(["kind", "questions", *(f"{name}, mean" for name in names)], [each for each in kinds if each])
    return f"{told}\n\n{table(head, rows)}\n\n{by_kind}"


def tail(timings: list[Timing]) -> float:
    wall = [timing.spent[OURS].wall for timing in timings]
    return percentile(wall, 0.95) / percentile(wall, 0.5)


def deep(timings: list[Timing]) -> float:
    """The same question (none), once from its beginning and once from far behind."""
    first, far = (
        sorted(timing.spent[OURS].cpu for timing in timings if timing.case.kind == kind)
        for kind in ("browse", "deep page")
    )
    return percentile(far, 0.5) / percentile(first, 0.5) if first and far else float("nan")


def row(name: str, spent: list[Spent]) -> list[str]:
    cpu, wall = [each.cpu for each in spent], [each.wall for each in spent]
    database = sum(each.database for each in spent) / len(spent)
    numbers = [percentile(cpu, 0.5), percentile(cpu, 0.95), sum(cpu) / len(cpu), database]
    return [name, *map(milliseconds, [*numbers, percentile(wall, 0.5), percentile(wall, 0.95)])]


def kind_row(kind: str, timings: list[Timing], names: Iterable[str]) -> list[str]:
    if not timings:
        return []
    return [kind, str(len(timings)), *(milliseconds(mean(timings, name)) for name in names)]


if __name__ == "__main__":
    main()
