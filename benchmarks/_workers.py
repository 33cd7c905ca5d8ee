"""Four processes that ask everybody who is due at the same time, and a kill -9 of one in the middle."""

import os
import subprocess
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection

from benchmarks._machine import say
from faults._web import database_url
from kit.models import OutboxMail
from talentpool.actions import cycle
from talentpool.models import CheckIn

WORKERS = 4
PATIENCE = 600  # seconds
WRITING = "SELECT pid FROM pg_stat_activity WHERE pid = ANY(%s) AND backend_xid IS NOT NULL"


@dataclass(frozen=True)
class Outcome:
    """`wrong` are people with more or fewer than one question and one mail."""

    due: int
    asked: int
    left: int
    wrong: int

    def said(self) -> str:
        return (
            f"Four workers at once, one of them killed when {self.asked:,} of {self.due:,} were asked: it left"
            f" {self.left:,} to the next sweep; {self.wrong} people were asked twice or never."
        )


def ask(due: int) -> Outcome:
    """The next sweep, as it comes by the clock, finishes what the killed one leaves."""
    say(f"{due:,} are due, {WORKERS} workers …")
    workers = dict(start() for _number in range(WORKERS))
    for each in workers.values():
        each.stdin.close()
    asked = kill_in_the_middle(workers)
    for each in workers.values():
        if each.wait(PATIENCE):
            raise SystemExit("A worker failed.")
    left = due - OutboxMail.objects.count()
    cycle.ask_first()
    return Outcome(due, asked, left, wrong(due))


def start() -> tuple[int, subprocess.Popen]:
    """A worker that waits for the end of its input, by the process of its connection."""
    environ = {**os.environ, "DATABASE_URL": database_url()}
    own = [sys.executable, "-m", "benchmarks._workers"]
    worker = subprocess.Popen(own, env=environ, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    return int(worker.stdout.readline()), worker


def kill_in_the_middle(workers: dict[int, subprocess.Popen]) -> int:
    """One that has written and not yet committed, once others have; takes it out. Returns how many were asked then."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if OutboxMail.objects.exists() and (writing := writers(workers)):
            victim = workers.pop(writing[0])
            victim.kill()
            victim.wait()
            return OutboxMail.objects.count()
    raise SystemExit("No worker was met in the middle of its work: more people have to be due.")


def writers(backends: Iterable[int]) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(WRITING, [list(backends)])
        return [pid for (pid,) in cursor.fetchall()]


def wrong(due: int) -> int:
    questions = CheckIn.objects.order_by().values_list("entry", flat=True)
    mails = OutboxMail.objects.order_by().values_list("to", flat=True)
    return max(amiss(due, list(questions)), amiss(due, list(mails)))


def amiss(due: int, reached: list) -> int:
    """How many of the due came twice, and how many never."""
    each = len(set(reached))
    return len(reached) - each + due - each


def at_any_hour() -> None:
    """A measurement does not wait for Monday."""
    cycle.WORKING_HOURS, cycle.SUNDAY = range(24), -1


def main() -> None:
    at_any_hour()
    connection.ensure_connection()
    sys.stdout.write(f"{connection.connection.info.backend_pid}\n")
    sys.stdout.flush()
    sys.stdin.read()
    cycle.ask_first()


if __name__ == "__main__":
    main()
