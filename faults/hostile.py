"""./dev faults hostile: hostile queries against the web server as in production.

Invariant: no answer is a 5xx, none takes longer than a statement may, and the health check answers within half a
second all the time. A control runs first: without the guard against unreadable input there must be a breach.
"""

import argparse
import threading
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException

from benchmarks import _database
from benchmarks._machine import command, record, say
from benchmarks._measure import milliseconds, percentile, table
from faults._hostile import KINDS, Case, cases
from faults._web import STATEMENT_SECONDS, ask, serving

HEALTH_SECONDS = 0.5
HEALTH_PERIOD = 0.1
CONTROL = [Case("control", b"/kurse/?anbieter=a%00b"), Case("control", b"/kurse/?q=a")] * 20
CLIENTS = 4
SHOWN = 20


@dataclass(frozen=True)
class Answer:
    case: Case
    status: int  # 0: none
    seconds: float


def main() -> None:
    options = parse()
    with _database.region(options.size, keep=options.keep):
        control()
        found = attack(cases(options.queries, seed=options.seed), "portal.settings")
    answers, health = found
    broken = breaches(answers, health)
    title = f"{len(answers):,} hostile queries, {options.size}: {len(broken)} breaches"
    record(title, report(answers, health), command=command("faults"), keep=not options.dry)
    say("\n".join(broken[:SHOWN]))
    raise SystemExit(1 if broken else 0)


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./dev faults hostile", description=__doc__)
    parser.add_argument("--queries", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--size", default="S", help="a demo profile, or a number of runs such as 100k")
    parser.add_argument("--keep", action="store_true", help="keep the database for the next time")
    parser.add_argument("--dry", action="store_true", help="write nothing into RESULTS.md")
    return parser.parse_args()


def control() -> None:
    """Whoever would not see a breach where one is cannot tell that there is none."""
    say(f"control: {len(CONTROL)} queries without the guard …")
    answers, _health = attack(CONTROL, "faults._unguarded")
    failed = sum(answer.status >= 500 for answer in answers)
    if not failed:
        raise SystemExit("The control found no breach where the guard is missing: this script sees nothing.")
    say(f"control: {failed} breaches are seen, as they should be")


def attack(queries: Iterable[Case], settings_module: str) -> tuple[list[Answer], list[float]]:
    """All answers, and how long the health check took each time (for ever, where it did not answer)."""
    source, answers, health, over = Shared(queries), [], [], threading.Event()
    with serving(settings_module=settings_module) as port:
        watcher = threading.Thread(target=watch, args=[port, health, over])
        clients = [threading.Thread(target=send, args=[port, source, answers]) for _ in range(CLIENTS)]
        for thread in [watcher, *clients]:
            thread.start()
        for thread in clients:
            thread.join()
        over.set()
        watcher.join()
    return answers, health


class Shared:
    """An iterator that several threads draw from."""

    def __init__(self, items: Iterable[Case]):
        self.items, self.lock = iter(items), threading.Lock()

    def __iter__(self) -> Iterator[Case]:
        return self

    def __next__(self) -> Case:
        with self.lock:
            return next(self.items)


def send(port: int, source: Shared, answers: list[Answer]) -> None:
    wire = HTTPConnection("127.0.0.1", port, timeout=60)
    for case in source:
        headers = {"HX_Request": "true"} if case.is_fragment else {}
        began = time.perf_counter()
        try:
            status, _body = ask(wire, case.target, **headers)
        except (OSError, HTTPException):
            status = 0
        answers.append(Answer(case, status, time.perf_counter() - began))
        if status in (0, 400) or status >= 500:
            wire.close()
        if len(answers) % 1000 == 0:
            say(f"  {len(answers):,} …")


def watch(port: int, health: list[float], over: threading.Event) -> None:
    while not over.wait(HEALTH_PERIOD):
        began = time.perf_counter()
        wire = HTTPConnection("127.0.0.1", port, timeout=10)
        try:
            status, _body = ask(wire, b"/healthz")
        except (OSError, HTTPException):
            status = 0
        wire.close()
        health.append(time.perf_counter() - began if status == 200 else float("inf"))


# ── Judgement


def breaches(answers: list[Answer], health: list[float]) -> list[str]:
    found = []
    for answer in answers:
        where = f"{answer.case.kind}: {answer.case.target[:300].decode('ascii', 'backslashreplace')}"
        if answer.status == 0 or answer.status >= 500:
            found.append(f"{answer.status or 'no answer'} for {where}")
        elif answer.seconds > STATEMENT_SECONDS:
            found.append(f"{answer.seconds:.1f} s for {where}")
    if not health:
        found.append("the health check was never asked")
    return found + [f"health check took {seconds:.2f} s" for seconds in health if seconds > HEALTH_SECONDS]


def report(answers: list[Answer], health: list[float]) -> str:
    statuses = Counter(answer.status for answer in answers)
    told = ", ".join(f"{number:,} × {status or 'none'}" for status, number in sorted(statuses.items()))
    rows = [row("all", [answer.seconds for answer in answers]), row("health check", health)]
    rows += [row(kind, [answer.seconds for answer in answers if answer.case.kind == kind]) for kind in KINDS]
    head = ["", "asked", "median", "p95", "p99", "longest"]
    limits = f"{CLIENTS} clients at once. A statement may take {STATEMENT_SECONDS:.0f} s. Milliseconds on the wall."
    return f"Answers: {told}. {limits}\n\n{table(head, rows)}"


def row(name: str, seconds: list[float]) -> list[str]:
    if not seconds:
        return [name, "0", "", "", "", ""]
    shares = [percentile(seconds, share) for share in (0.5, 0.95, 0.99)]
    return [name, f"{len(seconds):,}", *map(milliseconds, [*shares, max(seconds)])]


if __name__ == "__main__":
    main()
