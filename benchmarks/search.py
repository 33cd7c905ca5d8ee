"""./dev bench search: the search in memory, the same in SQL and the naive ORM form, the same questions in turns.

All answer with the page of 20 cards, the exact total and the counts of thirteen facets, each under all other filters,
from the words as they are typed; what differs ends the run. Pages of HTML are another matter (`./dev bench http`).
Beside it the memory of a web process, which holds the catalogue, and how soon it has loaded it.
"""

from argparse import Namespace
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import partial

from django.conf import settings

from benchmarks import _database, _memory, _naive, _targets
from benchmarks._machine import command, parser, record, say
from benchmarks._measure import Spent, in_turns, measure, milliseconds, percentile, table
from benchmarks._mix import WEIGHTS, Case, mix
from courses.search import SearchQuery, SearchResult, answers, generations, sql
from courses.views import cards
from kit import clock
from kit.pagination import DEEPEST

OURS, SQL, NAIVE = "in memory", "SQL", "naive ORM"
PAGE_ROUNDS = 51
WAYS: dict[str, Callable[[SearchQuery], SearchResult]] = {OURS: answers.search, SQL: sql.search, NAIVE: _naive.search}


@dataclass(frozen=True)
class Answer:
    result: SearchResult
    cards: list


@dataclass(frozen=True)
class Timing:
    case: Case
    spent: dict[str, Spent]


@dataclass(frozen=True)
class Measured:
    """One size: how the generation was made and loaded, the questions, two pages of one question, memory."""

    built: Spent
    loaded: Spent
    timings: list[Timing]
    pages: dict[str, Spent]
    memory: _memory.Workers


def main() -> None:
    options = parse()
    means = {}
    for size in options.sizes.split(","):
        with _database.region(size, keep=options.keep), clock.read_once():
            found = measured(size, options)
            means[size] = mean(found.timings, OURS)
            names = list(found.timings[0].spent)
            ratios = ", ".join(f"{name} costs {ratio(found.timings, name):.1f} times ours" for name in names[1:])
            record(f"Search, {size}: {ratios}", report(size, found), command=command("bench"), keep=not options.dry)
            note(size, found, keep=not options.dry)
    note_growth(means, keep=not options.dry)
    say(_targets.overview())


def parse() -> Namespace:
    made = parser(__doc__, sizes="S,M,100k", rounds=1, rounds_help="of each question; the median counts")
    made.add_argument("--questions", type=int, default=150, help="of the mix")
    made.add_argument("--seed", type=int, default=42, help="of the mix")
    made.add_argument("--naive-up-to", default="100k", help="size; at a million runs the naive form takes hours")
    return made.parse_args()


def measured(size: str, options: Namespace) -> Measured:
    built, loaded = prepare()
    timings = run(mix(options.questions, seed=options.seed), ways(size, options), rounds=options.rounds)
    say("two pages, memory …")
    return Measured(built, loaded, timings, first_and_deepest(), _memory.of_workers(mix(40)))


def ways(size: str, options: Namespace) -> list[str]:
    return [OURS, SQL, NAIVE] if _database.is_within(size, options.naive_up_to) else [OURS, SQL]


def prepare() -> tuple[Spent, Spent]:
    """Make today's generation and load it, as a web process does when it starts."""
    settings.SEARCH_IN_MEMORY = True
    built = measure(lambda: generations.build(clock.today()))
    generations.forget()
    loaded = measure(generations.current)
    if not loaded.answer:
        raise SystemExit("no generation was loaded")
    return built, loaded


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
    """Everything between a question and the template. No card is left from the way that was asked before."""
    cards._memory.at(None)
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


def report(size: str, found: Measured) -> str:
    profile, timings, names = _database.profile(size), found.timings, list(found.timings[0].spent)
    segment = generations.current().main
    head = [f"{profile.courses:,} courses, {profile.runs:,} runs", "CPU median", "CPU p95", "CPU mean"]
    head += ["of it database", "wall median", "wall p95"]
    rows = [row(name, [timing.spent[name] for timing in timings]) for name in names]
    kinds = [kind_row(kind, [timing for timing in timings if timing.case.kind == kind], names) for kind in WEIGHTS]
    told = (
        f"{len(timings)} questions with their cards, all answered alike. Milliseconds. In memory {segment.count:,}"
        f" courses and {len(segment.columns.run):,} visible runs, made in {found.built.cpu:.1f} s of CPU, loaded in"
        f" {found.loaded.cpu:.2f} s ({found.loaded.wall:.2f} s on the wall). {found.memory.said()} The database"
        f" takes {_database.disk_bytes() / 1e9:.1f} GB. Ours: wall p95 is {tail(timings):.1f} times its median;"
        f" page {DEEPEST} costs {deep(found.pages):.2f} times page 1."
    )
    by_kind = table(["kind", "questions", *(f"{name}, mean" for name in names)], [each for each in kinds if each])
    return f"{told}\n\n{table(head, rows)}\n\n{by_kind}"


def note(size: str, found: Measured, *, keep: bool) -> None:
    timings = found.timings
    remark = f"({len(timings)} questions)"
    if NAIVE in timings[0].spent:
        _targets.note("B1", ratio(timings, NAIVE), size=size, remark=remark, keep=keep)
    _targets.note("B2", ratio(timings, SQL), size=size, remark=remark, keep=keep)
    _targets.note("B8", tail(timings), size=size, keep=keep)
    _targets.note(
        "B13", deep(found.pages), size=size, remark=f"(page {DEEPEST}, beyond which there is none)", keep=keep
    )
    if keep:
        spent = {name: [timing.spent[name] for timing in timings] for name in timings[0].spent}
        _targets.write("cost", {name: {size: cost(size, each)} for name, each in spent.items()})
        _targets.write("memory", {"worker": {size: found.memory.facts()}})
        made = {"cpu": round(found.built.cpu, 2), "database GB": round(_database.disk_bytes() / 1e9, 2)}
        loaded = {"cpu": round(found.loaded.cpu, 2), "wall": round(found.loaded.wall, 2)}
        _targets.write("generation", {"made": {size: made}, "loaded": {size: loaded}})


def cost(size: str, spent: list[Spent]) -> dict[str, float]:
    """Milliseconds of CPU, for the plot and for docs/scaling.md."""
    cpu = [each.cpu for each in spent]
    numbers = {"mean": sum(cpu) / len(cpu), "median": percentile(cpu, 0.5), "p95": percentile(cpu, 0.95)}
    numbers["database"] = sum(each.database for each in spent) / len(spent)
    return {"runs": _database.profile(size).runs, **{name: round(each * 1000, 2) for name, each in numbers.items()}}


def note_growth(means: dict[str, float], *, keep: bool) -> None:
    """Between the two largest sizes."""
    if len(means) > 1:
        (small, before), (large, after) = sorted(means.items(), key=lambda each: _database.profile(each[0]).runs)[-2:]
        _targets.note("B4", after / before, size=large, remark=f"(against {small})", keep=keep)


def tail(timings: list[Timing]) -> float:
    wall = [timing.spent[OURS].wall for timing in timings]
    return percentile(wall, 0.95) / percentile(wall, 0.5)


def first_and_deepest() -> dict[str, Spent]:
    """The same question (none), from its beginning and from as far behind as pages go."""
    cases = {name: Case("browse", SearchQuery(page=page)) for name, page in (("first", 1), ("deepest", DEEPEST))}
    return in_turns({name: partial(ask, answers.search, case) for name, case in cases.items()}, rounds=PAGE_ROUNDS)


def deep(pages: dict[str, Spent]) -> float:
    return pages["deepest"].cpu / pages["first"].cpu


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
