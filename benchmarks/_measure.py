"""CPU time of this process and of the database backend that works for it.

Machines are shared and noisy, CPU time is not; and only the ratio of two ways that ran in turns means anything. A
statement has one backend alone (see `_database.ONE_PROCESS`), whose scheduler tells its time in nanoseconds.
"""

import os
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from django.db import connection

TICK = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Spent:
    """Seconds of processor time and seconds on the wall, for an answer."""

    python: float
    database: float
    wall: float
    answer: object = None

    @property
    def cpu(self) -> float:
        return self.python + self.database


def measure(work: Callable[[], object]) -> Spent:
    before = _database_seconds(), time.process_time(), time.perf_counter()
    answer = work()
    after = time.process_time(), time.perf_counter()
    return Spent(after[0] - before[1], _database_seconds() - before[0], after[1] - before[2], answer)


def in_turns(ways: dict[str, Callable[[], object]], *, rounds: int) -> dict[str, Spent]:
    """The median of each way by its CPU time. They take turns, and every other round in the other order."""
    taken: dict[str, list[Spent]] = {name: [] for name in ways}
    for number in range(rounds):
        for name in list(ways)[:: -1 if number % 2 else 1]:
            taken[name].append(measure(ways[name]))
    return {name: sorted(spent, key=lambda each: each.cpu)[len(spent) // 2] for name, spent in taken.items()}


def _database_seconds() -> float:
    """What the backend of our connection has used so far."""
    connection.ensure_connection()
    folder = Path("/proc") / str(connection.connection.info.backend_pid)
    try:
        return int((folder / "schedstat").read_text().split()[0]) / 1e9
    except FileNotFoundError:
        return _ticks(folder)


def _ticks(folder: Path) -> float:
    """Kernels without schedstat count in hundredths of a second."""
    try:
        fields = (folder / "stat").read_text().rpartition(")")[2].split()
    except FileNotFoundError:
        raise SystemExit("CPU time needs Linux and a database server on this machine.") from None
    return (int(fields[11]) + int(fields[12])) / TICK


# ── Numbers for people


def percentile(values: list[float], share: float) -> float:
    return (
        statistics.quantiles(values, n=100, method="inclusive")[round(share * 100) - 1]
        if len(values) > 1
        else values[0]
    )


def milliseconds(seconds: float) -> str:
    value = seconds * 1000
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 1 else f"{value:.2f}"


def table(head: list[str], rows: list[list[str]]) -> str:
    """Markdown; the first column is text."""
    lines = [head, ["---", *["--:"] * (len(head) - 1)], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
