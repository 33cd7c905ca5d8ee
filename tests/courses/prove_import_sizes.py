"""Measures an import of profile S and the memory that a big file takes. Not a test: run it by hand.

python -m tests.courses.prove_import_sizes memory 1000   # MB of open-Q-cat made on the fly, read and gathered
python -m pytest tests/courses/prove_import_sizes.py -s  # 2,000 courses, 8,000 runs, 50,000 dates, twice
"""

import io
import resource
import sys
import tempfile
import time
from datetime import date, timedelta

import pytest

from tests.courses import deliveries as d

WORDS = "Sie lernen in kleinen Gruppen, was Sie im Beruf brauchen, und üben es an echten Aufgaben. " * 40


class Endless(io.RawIOBase):
    """A catalogue of about `size` bytes that is never in memory."""

    def __init__(self, size: int):
        self.size, self.position, self.number, self.rest = size, 0, 0, b""
        head, self.tail = d.catalog("@@@").split(b"@@@")
        self.head = head
        self.seek(0)

    def readable(self):
        return True

    def seekable(self):
        return True

    def seek(self, offset, whence=0):
        self.position, self.number, self.rest, self.ended = 0, 0, self.head, False
        return 0

    def read(self, size=-1):
        while len(self.rest) < size and not self.ended:
            self.number += 1
            details = f"<DESCRIPTION_LONG>{WORDS}</DESCRIPTION_LONG>"
            self.rest += d.service(str(self.number), details=details, price=d.price("10")).encode()
            self.position += len(self.rest)
            if self.number * 4600 > self.size:
                self.rest += self.tail
                self.ended = True
        taken, self.rest = self.rest[:size], self.rest[size:]
        return taken


def memory(megabytes: int) -> None:
    """Reads, gathers and walks a file of this size and prints time and the highest resident memory."""
    import django  # noqa: PLC0415  needs settings, which the command line names

    django.setup()
    from courses.importing.gather import gathered  # noqa: PLC0415

    began = time.monotonic()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    with gathered(Endless(megabytes * 1_000_000)) as parts:
        read = time.monotonic() - began
        count = sum(len(bundle.runs) for bundle in parts[0].bundles())
        last = max(parts[0].lines)
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    sys.stdout.write(
        f"{megabytes} MB, {count} runs, line {last}: read in {read:.0f} s, walked in {time.monotonic() - began:.0f} s, "
        f"memory {before} MB before, {after} MB at most\n"
    )


def profile_s() -> bytes:
    rows = []
    for number in range(8000):
        begin = date(2027, 1, 4) + timedelta(days=number % 180)
        days = tuple((begin + timedelta(weeks=week)).strftime("%d.%m.%Y") for week in range(6 + number % 2))
        rows.append(d.kurs(f"K{number}", f"Kurs {number // 4}", dates=days, inhalt=WORDS[:900]))
    return d.kurse(*rows)


@pytest.mark.django_db
def test_profile_s(capsys):
    from tests.courses.importing import deliver  # noqa: PLC0415

    with tempfile.TemporaryFile() as file:
        file.write(profile_s())
        file.seek(0)
        data = file.read()
    for name in ("first", "again", "changed"):
        began = time.monotonic()
        plan = deliver(data if name != "changed" else data.replace(b"<tnmax>12<", b"<tnmax>13<"))
        with capsys.disabled():
            sys.stdout.write(f"\n{name}: {time.monotonic() - began:.1f} s, {plan.counts}, {len(data) >> 20} MB\n")


if __name__ == "__main__":
    memory(int(sys.argv[2]))
