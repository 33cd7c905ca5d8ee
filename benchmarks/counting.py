"""./dev bench counting: ways to count the courses of every facet, over the same rows, with the same counts.

What courses.search.sql does is the first: the runs of a course become one row, one pass counts all bits. Beside it
stand one GROUP BY per facet and one GROUPING SETS pass over the same rows of courses, and counting over rows of runs,
which needs no rows of courses but distinct ones.
"""

from collections import Counter
from collections.abc import Callable, Iterable

from django.db import connection

from benchmarks import _database
from benchmarks._machine import command, parser, record
from benchmarks._measure import Spent, in_turns, milliseconds, table

BITS = {"times": 5, "weekdays": 7, "cost": 4, "access": 3}  # facets of runs, and how many bits each has
COLUMNS = ("topic", "root", "provider", "level")  # facets of courses
RUNS = """
    CREATE TEMPORARY TABLE run AS
    SELECT s.course_id, topic, root, provider, level, times, weekdays, cost, access
    FROM courses_searchcourse s LEFT JOIN courses_searchrun r
        ON r.course_id = s.course_id AND current_date BETWEEN visible_from AND visible_until"""
UNION = ", ".join(
    [*(f"any_value({name}) AS {name}" for name in COLUMNS), *(f"bit_or({name}) AS {name}" for name in BITS)]
)
COURSES = f"(SELECT course_id, {UNION} FROM run GROUP BY course_id)"
Counts = Counter  # (facet, value) → courses


def main() -> None:
    options = parser(__doc__, sizes="S,100k", rounds=5).parse_args()
    for size in options.sizes.split(","):
        with _database.region(size, keep=options.keep):
            execute(RUNS)
            execute("ANALYZE run")
            spent = in_turns(WAYS, rounds=options.rounds)
            compare(spent)
            title = f"Counting facets, {size}: {', '.join(ratios(spent))} times one pass over courses"
            record(title, report(spent), command=command("bench"), keep=not options.dry)


def execute(statement: str) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall() if cursor.description else []


# ── Ways


def one_pass() -> Counts:
    filters = [f"count(*) FILTER (WHERE {facet} & {bit} <> 0)" for facet, bit in all_bits()]
    parts = [f"SELECT '{name}', {name}::text, count(*) FROM course GROUP BY {name}" for name in COLUMNS]
    values = ", ".join(f"('{facet}', '{bit}', c{place})" for place, (facet, bit) in enumerate(all_bits()))
    named = ", ".join(f"{part} AS c{place}" for place, part in enumerate(filters))
    parts.append(f"SELECT v.* FROM (SELECT {named} FROM course) n, LATERAL (VALUES {values}) v")
    return over_courses(parts)


def group_by_each() -> Counts:
    names = [*COLUMNS, *BITS]
    return over_courses(f"SELECT '{name}', {name}::text, count(*) FROM course GROUP BY {name}" for name in names)


def grouping_sets() -> Counts:
    names = [*COLUMNS, *BITS]
    facet = " ".join(f"WHEN grouping({name}) = 0 THEN '{name}'" for name in names)
    value = " ".join(f"WHEN grouping({name}) = 0 THEN {name}::text" for name in names)
    sets = ", ".join(f"({name})" for name in names)
    return over_courses(
        [f"SELECT CASE {facet} END, CASE {value} END, count(*) FROM course GROUP BY GROUPING SETS ({sets})"]
    )


def over_courses(parts: Iterable[str]) -> Counts:
    return tally(execute(f"WITH course AS MATERIALIZED {COURSES} {' UNION ALL '.join(parts)}"))


def distinct_runs() -> Counts:
    distinct = "count(DISTINCT course_id)"
    parts = [f"SELECT '{name}', {name}::text, {distinct} FROM run GROUP BY {name}" for name in COLUMNS]
    parts += [f"SELECT '{facet}', '{bit}', {distinct} FROM run WHERE {facet} & {bit} <> 0" for facet, bit in all_bits()]
    return tally(execute(" UNION ALL ".join(parts)))


def all_bits() -> list[tuple[str, int]]:
    return [(facet, 1 << place) for facet, most in BITS.items() for place in range(most)]


def tally(rows: Iterable[tuple[str, str | None, int]]) -> Counts:
    """Counts of combinations of bits become those of single ones."""
    counts: Counts = Counter()
    for facet, value, number in rows:
        values = (
            [value]
            if facet in COLUMNS
            else [bit for name, bit in all_bits() if name == facet and bit & int(value or 0)]
        )
        counts.update({(facet, each): number for each in values if each not in (None, "")})
    return counts


WAYS: dict[str, Callable[[], Counts]] = {
    "courses, one pass": one_pass,
    "courses, one GROUP BY per facet": group_by_each,
    "courses, one GROUPING SETS": grouping_sets,
    "runs, distinct courses": distinct_runs,
}


# ── The report


def compare(spent: dict[str, Spent]) -> None:
    """Ends the run where two ways do not count alike; nobody has nothing to say about zeros."""
    first, *others = (+each.answer for each in spent.values())
    if any(other != first for other in others):
        raise SystemExit("The ways do not count alike.")


def ratios(spent: dict[str, Spent]) -> list[str]:
    first, *others = spent.values()
    return [f"{other.cpu / first.cpu:.1f}" for other in others]


def report(spent: dict[str, Spent]) -> str:
    rows = execute("SELECT count(*), count(DISTINCT course_id) FROM run")[0]
    times = zip(spent.items(), ["1.0", *ratios(spent)], strict=True)
    lines = [[name, milliseconds(each.cpu), ratio] for (name, each), ratio in times]
    told = f"{rows[0]:,} rows of runs, {rows[1]:,} courses, {len(COLUMNS) + len(BITS)} facets, nothing filtered."
    return f"{told}\n\n{table(['', 'CPU, ms', 'ratio'], lines)}"


if __name__ == "__main__":
    main()
