"""./dev bench engine: the search in memory against tantivy, a search engine in Rust, with the same courses and facets.

Tantivy lies in an environment of its own (benchmarks/peers/tantivy.txt) and answers in its own process, whose processor
time it tells. Both get understood words and give the numbers of 20 courses, the total and the counts of all facets.
Tantivy is spared a part: its documents are courses, so that conditions about runs need not meet in one run, near is a
box, and it ranks by its own score. Where that makes no difference both must count alike. In the second comparison ours
understands the words and fetches the cards as well, and tantivy does not.
"""

import gc
import json
import tempfile
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import chain

import numpy as np

from benchmarks import _database, _peers, _targets, search
from benchmarks._machine import command, parser, record, say
from benchmarks._measure import Spent, measure, milliseconds, percentile, table
from benchmarks._mix import Case, mix
from courses.search import Facet, Order, SearchQuery, SearchResult, answers, generations, postings
from courses.search.columns import ANY_TIME, EPOCH, NEVER
from courses.search.segment import Segment
from courses.search.sql import COLUMNS, FACETS
from kit import clock

OURS, WHOLE, TANTIVY = "ours", "ours with words and cards", "tantivy"
FIELDS = ("title", "names", "anywhere")
FAR_PAST, FAR_FUTURE = -(10**6), 10**6  # days


@dataclass(frozen=True)
class Round:
    case: Case
    spent: dict[str, Spent]
    is_comparable: bool


def main() -> None:
    options = parse()
    for size in options.sizes.split(","):
        with _database.region(size, keep=options.keep), clock.read_once():
            search.prepare()
            try:
                rounds, built = run(options)
            except _peers.Missing as missing:
                say(f"Without tantivy, which cannot be installed here. {missing}")
                continue
            title = f"Engine, {size}: ours costs {ratio(rounds, OURS):.2f} times tantivy"
            record(title, report(rounds, built), command=command("bench"), keep=not options.dry)
            note(size, rounds, keep=not options.dry)
    say(_targets.overview())


def parse() -> Namespace:
    made = parser(__doc__, sizes="S,100k", rounds=1, rounds_help="not used: each question is asked once of each")
    made.add_argument("--questions", type=int, default=150, help="of the mix")
    made.add_argument("--seed", type=int, default=42, help="of the mix")
    return made.parse_args()


def run(options: Namespace) -> tuple[list[Round], float]:
    cases, segment = mix(options.questions, seed=options.seed), generations.current().main
    codes = Codes(segment)
    say("handing all courses to tantivy …")
    with filled(segment, codes) as (tantivy, built):
        search.ask(answers.search, cases[0])  # what a process imports with its first answer is no part of one
        gc.collect()  # nor is what the handing over leaves behind
        return [one(case, tantivy, codes) for case in cases], built


def one(case: Case, tantivy: _peers.Peer, codes: "Codes") -> Round:
    """One question to all, and where they have to agree, whether they do."""
    asked = case.asked()
    asked = replace(asked, asked=asked.words)
    ways = {
        OURS: lambda: answers.search(replace(asked)),
        WHOLE: lambda: search.ask(answers.search, case),
    }
    spent = {}
    for name, way in ways.items():
        generations.current()  # a process looks for changes once a second, not with each question
        spent[name] = measure(way)
    answer = tantivy.ask(**codes.question(asked))
    spent[TANTIVY] = Spent(answer["cpu"], 0, answer["wall"], answer)
    conditions = of_runs(asked)
    is_comparable = conditions <= 1 and not asked.position
    compare(asked, spent[OURS].answer, codes.read(answer), totals=is_comparable, counts=not conditions)
    return Round(case, spent, is_comparable)


def of_runs(query: SearchQuery) -> int:
    """How many conditions have to meet in one run."""
    others = [query.position, query.starts_from or query.starts_until]
    return sum(facet not in COLUMNS for facet in query.chosen) + sum(map(bool, others))


def compare(asked: SearchQuery, mine: SearchResult, theirs: SearchResult, *, totals: bool, counts: bool) -> None:
    """Ends the run where the two should be the same and are not."""
    if totals and mine.total != theirs.total:
        raise SystemExit(f"{mine.total} and {theirs.total} courses for {asked}")
    if counts and mine.counts != theirs.counts:
        raise SystemExit(f"counts differ for {asked}:\n{mine.counts}\n{theirs.counts}")


# ── What tantivy is given


class Codes:
    """Numbers for the values of facets, for an engine that knows numbers."""

    def __init__(self, segment: Segment):
        values = {facet: list(segment.facets.get(facet, ())) for facet in FACETS}
        for facet, value in segment.columns.names:
            values[facet].append(value)
        self.value = {facet: dict(enumerate(found)) for facet, found in values.items()}
        self.code = {facet: {value: code for code, value in found.items()} for facet, found in self.value.items()}

    def question(self, query: SearchQuery) -> dict:
        groups = [[{"lexemes": way.lexemes, "weights": way.weights} for way in ways] for ways in query.words.groups]
        at = query.position
        return {
            "groups": groups,
            "ticks": {facet: self.numbers(facet, query.ticked(facet)) for facet in query.chosen},
            "near": {"latitude": at.latitude, "longitude": at.longitude, "km": at.km} if at else None,
            "days": self.days(query),
            "by_relevance": query.order == Order.RELEVANCE and bool(groups),
            "skip": (query.page - 1) * query.per_page,
            "per_page": query.per_page,
        }

    def numbers(self, facet: Facet, ticks: list) -> list[int]:
        return [self.code[facet].get(tick, -1) for tick in ticks]

    @staticmethod
    def days(query: SearchQuery) -> list[int] | None:
        if not (query.starts_from or query.starts_until):
            return None
        given = ((query.starts_from, FAR_PAST), (query.starts_until, FAR_FUTURE))
        return [(day - EPOCH).days if day else far for day, far in given]

    def read(self, answer: dict) -> SearchResult:
        counts = {
            Facet(facet): {self.value[facet][int(code)]: number for code, number in found.items()}
            for facet, found in answer["counts"].items()
        }
        return SearchResult(answer["total"], counts=counts)


@contextmanager
def filled(segment: Segment, codes: Codes) -> Iterator[tuple[_peers.Peer, float]]:
    """Tantivy with all courses, and how many seconds of CPU that took it."""
    _peers.python("tantivy")
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl", encoding="utf-8") as file:
        for line in chain([list(FACETS)], documents(segment, codes)):
            file.write(json.dumps(line) + "\n")
        file.flush()
        with _peers.Peer("tantivy", "tantivy_engine.py", file.name) as tantivy:
            yield tantivy, tantivy.read()["built"]


def documents(segment: Segment, codes: Codes) -> Iterator[dict]:
    columns, words, facets = segment.columns, lexemes(segment), values(segment, codes)
    for place in range(segment.count):
        rows = slice(columns.first[place], columns.first[place + 1])
        venues = [venue for venue in np.unique(columns.venue[rows]).tolist() if venue >= 0]
        yield {
            **{name: words[name][place] for name in FIELDS},
            **{facet: sorted(facets[facet][place]) for facet in FACETS},
            "position": [place],
            "day": [day for day in np.unique(columns.start[rows]).tolist() if day != NEVER],
            "any_time": [1] if (columns.flags[rows] & ANY_TIME).any() else [],
            "latitude": columns.latitude[venues].tolist(),
            "longitude": columns.longitude[venues].tolist(),
        }


def lexemes(segment: Segment) -> dict[str, list[list[str]]]:
    """Per field and course."""
    found: dict[str, list[list[str]]] = {name: [[] for _ in range(segment.count)] for name in FIELDS}
    for lexeme, sets in postings.read(segment.columns.course):
        for name, courses in zip(FIELDS, sets, strict=True):
            for place in courses:
                found[name][place].append(lexeme)
    return found


def values(segment: Segment, codes: Codes) -> dict[Facet, list[set[int]]]:
    """Codes per facet and course."""
    found: dict[Facet, list[set[int]]] = {facet: [set() for _ in range(segment.count)] for facet in FACETS}
    of_runs = zip(segment.columns.names, segment.base.values, strict=True)
    members = [(facet, value, of) for facet, by_value in segment.facets.items() for value, of in by_value.items()]
    members += [(facet, value, of) for (facet, value), of in of_runs]
    for facet, value, of in members:
        for place in of:
            found[facet][place].add(codes.code[facet][value])
    return found


# ── The report


def mean(rounds: list[Round], name: str) -> float:
    return sum(each.spent[name].cpu for each in rounds) / len(rounds)


def ratio(rounds: list[Round], name: str) -> float:
    return mean(rounds, name) / mean(rounds, TANTIVY)


def report(rounds: list[Round], built: float) -> str:
    compared = sum(each.is_comparable for each in rounds)
    told = (
        f"{len(rounds)} questions; in {compared} of them the totals have to be the same, and are. Tantivy took"
        f" {built:.1f} s of CPU for its index."
    )
    rows = [row(name, [each.spent[name] for each in rounds], ratio(rounds, name)) for name in rounds[0].spent]
    kinds = sorted({each.case.kind for each in rounds})
    by_kind = [kind_row(kind, [each for each in rounds if each.case.kind == kind]) for kind in kinds]
    head = ["Milliseconds", "CPU median", "CPU p95", "CPU mean", "of it database", "mean × tantivy"]
    names = list(rounds[0].spent)
    return f"{told}\n\n{table(head, rows)}\n\n{table(['kind', 'questions', *names], by_kind)}"


def row(name: str, spent: list[Spent], times: float) -> list[str]:
    cpu = [each.cpu for each in spent]
    numbers = [percentile(cpu, 0.5), percentile(cpu, 0.95), sum(cpu) / len(cpu)]
    database = sum(each.database for each in spent) / len(spent)
    return [name, *map(milliseconds, [*numbers, database]), f"{times:.2f}"]


def kind_row(kind: str, rounds: list[Round]) -> list[str]:
    return [kind, str(len(rounds)), *(milliseconds(mean(rounds, name)) for name in rounds[0].spent)]


def note(size: str, rounds: list[Round], *, keep: bool) -> None:
    _targets.note("B3", ratio(rounds, OURS), size=size, keep=keep)
    _targets.note("B3 with cards", ratio(rounds, WHOLE), size=size, keep=keep)
    if keep:
        _targets.write("cost", {TANTIVY: {size: search.cost(size, [each.spent[TANTIVY] for each in rounds])}})


if __name__ == "__main__":
    main()
