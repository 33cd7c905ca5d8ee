"""Measures imports of profile S and of big files, and the memory that they take. No tests: run them by hand.

./dev test tests/courses/prove_import_sizes.py -s -k whole      # MEGABYTES=1000 of open-Q-cat by command, three times
./dev test tests/courses/prove_import_sizes.py -s -k profile_s  # 2,000 courses, 8,000 runs, 50,000 dates, three times
"""

import os
import re
import subprocess
import sys
import time
from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.courses import deliveries as d
from tests.courses.importing import database_url, deliver

WORDS = "Sie lernen in kleinen Gruppen, was Sie im Beruf brauchen, und üben es an echten Aufgaben. " * 110


FORMATS = ["openqcat", "kufer", "table"]


def write(path: Path, kind: str, megabytes: int, *, changed: bool = False) -> None:
    """A catalogue of about this size, as big per offer as real ones are: 11 kB, four runs for each course."""
    head, tail = {
        "openqcat": d.catalog("@@@").split(b"@@@"),
        "kufer": d.kurse("@@@").split(b"@@@"),
        "table": (b"Nr;Titel;Beschreibung;Beginn;Preis\n", b""),
    }[kind]
    with path.open("wb") as file:
        file.write(head)
        for number in range(megabytes * 1_000_000 // len(record(kind, 0))):
            entry = record(kind, number)
            file.write(entry.replace(b"kleinen", b"grossen", 1) if changed and number % 50 == 0 else entry)
        file.write(tail)


def record(kind: str, number: int) -> bytes:
    course, title = f"C{number // 4}", f"Kurs {number // 4}"
    if kind == "openqcat":
        details = f"<DESCRIPTION_LONG>{WORDS}</DESCRIPTION_LONG>"
        product = course if number % 4 == 0 else f"R{number}"
        return d.service(product, title=title, course=course, details=details, price=d.price("10")).encode()
    if kind == "kufer":
        days = tuple((date(2027, 1, 4) + timedelta(weeks=week)).strftime("%d.%m.%Y") for week in range(20))
        return d.kurs(f"R{number}", title, dates=days, inhalt=WORDS).encode()
    return f"R{number};{title};{WORDS};01.03.2027;{number % 90 + 10},00\n".encode()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("kind", FORMATS)
def test_whole(kind, tmp_path, capsys):
    """The command in a process of its own: all new, nothing new, a fiftieth changed. Prints time and highest memory."""
    megabytes = int(os.environ.get("MEGABYTES", "1000"))
    path = tmp_path / f"catalogue.{kind}"
    for name in ("new", "again", "changed"):
        write(path, kind, megabytes, changed=name == "changed")
        seconds, told = command(path)
        with capsys.disabled():
            sys.stdout.write(f"\n{kind}, {megabytes} MB, {name}: {seconds:.0f} s. {told}\n")


PROGRAM = """
import sys
from pathlib import Path
from django.core.management import execute_from_command_line
try:
    arguments = [sys.argv[1], "--provider", "Großes Haus", "--verbosity", "0"]
    execute_from_command_line(["manage.py", "import_courses", *arguments])
finally:
    print(next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM")))
"""


def command(path: Path) -> tuple[float, str]:
    """(seconds, numbers of the plan and the highest resident memory)."""
    environ = {**os.environ, "DATABASE_URL": database_url(), "PYTHONPATH": "."}
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, path], env=environ, check=False, capture_output=True, text=True
    )
    kept = [line for line in done.stdout.splitlines() if re.search(r"Durchführungen: [1-9]|VmHWM", line)]
    return time.monotonic() - began, " | ".join(
        " ".join(line.split()) for line in kept
    ) + f" | exit {done.returncode} {done.stderr[-300:]}"


def profile_s() -> bytes:
    rows = []
    for number in range(8000):
        begin = date(2027, 1, 4) + timedelta(days=number % 180)
        days = tuple((begin + timedelta(weeks=week)).strftime("%d.%m.%Y") for week in range(6 + number % 2))
        rows.append(d.kurs(f"K{number}", f"Kurs {number // 4}", dates=days, inhalt=WORDS[:900]))
    return d.kurse(*rows)


@pytest.mark.django_db
def test_profile_s(capsys):
    data = profile_s()
    for name in ("first", "again", "changed"):
        began = time.monotonic()
        plan = deliver(data if name != "changed" else data.replace(b"<tnmax>12<", b"<tnmax>13<"))
        with capsys.disabled():
            sys.stdout.write(f"\n{name}: {time.monotonic() - began:.1f} s, {plan.counts}, {len(data) >> 20} MB\n")
