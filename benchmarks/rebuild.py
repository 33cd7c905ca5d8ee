"""./dev bench rebuild: a new generation of the search against the mere loading of its rows by COPY.

The generation is what every night, every import and every 300 changes cost: rows and words of all courses read, made
into columns and bitmaps, stored. The other side copies the same rows, ready made, into empty tables with the same
indexes. Both take turns.
"""

from argparse import Namespace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from django.db import connection, transaction

from benchmarks import _database, _targets
from benchmarks._machine import command, parser, record, say
from benchmarks._measure import Spent, in_turns, table
from courses.models import SearchCourse, SearchRun
from courses.search import generations
from kit import clock

MADE, COPIED = "generation made", "its rows copied"
TABLES = [kind._meta.db_table for kind in (SearchCourse, SearchRun)]
PIECE = 1 << 20


def main() -> None:
    options = parse()
    for size in options.sizes.split(","):
        with _database.region(size, keep=options.keep), TemporaryDirectory() as folder:
            dump(Path(folder))
            say(f"{size}: {options.rounds} rounds …")
            ways = {MADE: make, COPIED: partial(copy, Path(folder))}
            spent = in_turns(ways, rounds=options.rounds)
            title = f"Generation, {size}: costs {ratio(spent):.1f} times the COPY of its rows"
            record(title, report(spent), command=command("bench"), keep=not options.dry)
            _targets.note("B14", ratio(spent), size=size, keep=not options.dry)
    say(_targets.overview())


def parse() -> Namespace:
    return parser(__doc__, sizes="S,100k", rounds=3).parse_args()


def make() -> None:
    if not generations.build(clock.today()):
        raise SystemExit("Somebody else makes a generation.")


def dump(folder: Path) -> None:
    """The rows as a file each, in PostgreSQL's binary format."""
    with connection.cursor() as cursor:
        for name in TABLES:
            statement = f"COPY {name} TO STDOUT (FORMAT binary)"
            with (folder / name).open("wb") as file, cursor.copy(statement) as rows:
                for piece in rows:
                    file.write(piece)


def copy(folder: Path) -> None:
    """Into tables that nobody sees: the transaction is undone."""
    with transaction.atomic(), connection.cursor() as cursor:
        for name in TABLES:
            cursor.execute(f"CREATE TABLE bench_{name} (LIKE {name} INCLUDING ALL)")
            with (
                (folder / name).open("rb") as file,
                cursor.copy(f"COPY bench_{name} FROM STDIN (FORMAT binary)") as rows,
            ):
                while piece := file.read(PIECE):
                    rows.write(piece)
        transaction.set_rollback(True)


def ratio(spent: dict[str, Spent]) -> float:
    return spent[MADE].cpu / spent[COPIED].cpu


def report(spent: dict[str, Spent]) -> str:
    rows = [[name, f"{each.cpu:.2f}", f"{each.database:.2f}", f"{each.wall:.2f}"] for name, each in spent.items()]
    told = f"{SearchCourse.objects.count():,} rows of courses, {SearchRun.objects.count():,} of runs."
    return f"{told}\n\n{table(['seconds', 'CPU', 'of it database', 'wall'], rows)}"


if __name__ == "__main__":
    main()
