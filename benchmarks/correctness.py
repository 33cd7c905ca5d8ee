"""./dev bench correctness: every question of a long mix answered in memory and by exact SQL, and what differs.

Ids in their order, totals, all counts of thirteen facets. A control runs first: a planted error has to be found.
"""

from argparse import Namespace
from collections import Counter
from dataclasses import replace

from benchmarks import _database, _targets, search
from benchmarks._machine import command, parser, record, say
from benchmarks._measure import table
from benchmarks._mix import Case, mix
from courses.search import SearchQuery, answers, sql
from kit import clock

EVERY = 250


def main() -> None:
    options = parse()
    differing = 0
    for size in options.sizes.split(","):
        with _database.region(size, keep=options.keep), clock.read_once():
            search.prepare()
            control()
            cases = mix(options.questions, seed=options.seed)
            wrong = differences(cases)
            differing += len(wrong)
            title = f"Correctness, {size}: {len(wrong)} differences in {len(cases):,} questions"
            record(title, report(cases, wrong), command=command("bench"), keep=not options.dry)
            remark = f"({len(cases):,} questions)"
            _targets.note("B15", len(wrong), size=size, remark=remark, keep=not options.dry)
    say(_targets.overview())
    raise SystemExit(1 if differing else 0)


def parse() -> Namespace:
    made = parser(__doc__, sizes="100k", rounds=1, rounds_help="not used")
    made.add_argument("--questions", type=int, default=2_000)
    made.add_argument("--seed", type=int, default=1789, help="of the mix")
    return made.parse_args()


def control() -> None:
    right = answers.search(SearchQuery())
    if not differs(Case("control", SearchQuery()), right, replace(right, total=right.total + 1)):
        raise SystemExit("A planted error was not found.")


def differences(cases: list[Case]) -> list[tuple[Case, str]]:
    found = []
    for number, case in enumerate(cases, 1):
        query = case.asked()
        if difference := differs(case, answers.search(query), sql.search(replace(query))):
            found.append((case, difference))
            say(difference)
        if number % EVERY == 0:
            say(f"{number:,} questions, {len(found)} differ")
    return found


def differs(case: Case, ours, other) -> str:
    """In what; empty where nothing does."""
    try:
        search.compare(case, ours, other)
    except SystemExit as difference:
        return str(difference)
    return ""


def report(cases: list[Case], wrong: list[tuple[Case, str]]) -> str:
    asked, failed = Counter(case.kind for case in cases), Counter(case.kind for case, _difference in wrong)
    rows = [[kind, f"{number:,}", str(failed[kind])] for kind, number in asked.items()]
    told = "Compared are the page of ids in its order, the total, and the counts of thirteen facets."
    return f"{told}\n\n{table(['kind', 'questions', 'differ'], rows)}"


if __name__ == "__main__":
    main()
