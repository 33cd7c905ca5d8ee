"""./dev faults freshness: how soon every web process finds what was published, and no longer what was withdrawn.

Courses are published, sold out and withdrawn while several clients ask the web server for them without a pause. A delay
is the time from the commit to the last answer that does not know of it. Invariant: at most two seconds. A control runs
first: a change that nobody noted must be seen as one that does not arrive.
"""

import argparse
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.client import HTTPConnection

from benchmarks import _database, _targets
from benchmarks._machine import command, record, say
from benchmarks._measure import milliseconds, percentile, table
from courses.models import Course, CourseRun, SearchChange
from courses.search import index
from faults._web import ask, serving
from kit import clock
from providers.models import Organization

LIMIT, WATCHED = 2.0, 3.0  # seconds
CLIENTS = 4
WORD = "Quitschibus{number}"  # nobody teaches it


@dataclass
class Watch:
    """What clients see of a word from now on."""

    port: int
    is_right: Callable[[bytes], bool]
    target: bytes
    stale: list[float] = field(default_factory=list)
    asked: int = 0

    def run(self, seconds: float) -> float:
        """Seconds until the last answer that was wrong."""
        began = time.perf_counter()
        clients = [threading.Thread(target=self._ask, args=[began, seconds]) for _number in range(CLIENTS)]
        for client in clients:
            client.start()
        for client in clients:
            client.join()
        return max(self.stale, default=0.0)

    def _ask(self, began: float, seconds: float) -> None:
        while (now := time.perf_counter() - began) < seconds:
            wire = HTTPConnection("127.0.0.1", self.port, timeout=10)  # anew: any process may answer
            status, body = ask(wire, self.target)
            wire.close()
            self.asked += 1
            if status != 200 or not self.is_right(body):
                self.stale.append(now)


def main() -> None:
    options = parse()
    delays: dict[str, list[float]] = {"published": [], "sold out": [], "withdrawn": []}
    with _database.region(options.size, keep=options.keep), serving() as port:
        control(port)
        for number in range(options.rounds):
            for deed, seconds in life(port, number):
                delays[deed].append(seconds)
            say(f"round {number + 1}: " + ", ".join(f"{deed} {times[-1]:.2f} s" for deed, times in delays.items()))
    worst = max(max(times) for times in delays.values())
    head = ["", "times", "median", "p95", "longest"]
    rows = [
        [deed, str(len(times)), *map(milliseconds, [percentile(times, 0.5), percentile(times, 0.95), max(times)])]
        for deed, times in delays.items()
    ]
    title = f"Freshness: {options.rounds} courses, the last stale answer {worst:.2f} s after a commit"
    record(title, f"Milliseconds on the wall.\n\n{table(head, rows)}", command=command("faults"), keep=not options.dry)
    _targets.note("B16", worst, size=options.size, remark=f"({options.rounds} courses)", keep=not options.dry)
    raise SystemExit(1 if worst > LIMIT else 0)


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./dev faults freshness", description=__doc__)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--size", default="S", help="a demo profile, or a number of runs such as 100k")
    parser.add_argument("--keep", action="store_true", help="keep the database for the next time")
    parser.add_argument("--dry", action="store_true", help="write nothing into RESULTS.md")
    return parser.parse_args()


def control(port: int) -> None:
    word, noted = WORD.format(number="x"), SearchChange.objects.count()
    course = publish(word)
    SearchChange.objects.order_by("-pk")[: SearchChange.objects.count() - noted].get().delete()
    if seen(port, word, "").run(WATCHED) < LIMIT:
        raise SystemExit("The control was found all the same: this script sees nothing.")
    course.delete()
    say("control: what nobody noted does not arrive")


def life(port: int, number: int):
    """The deeds on one course, each with its delay."""
    word = WORD.format(number=number)
    course = publish(word)
    yield "published", seen(port, word, "").run(WATCHED)
    CourseRun.objects.filter(course=course).update(places=5, places_taken=5)
    index.refresh([course.pk])
    yield "sold out", gone(port, word, "&frei=1").run(WATCHED)
    Course.objects.filter(pk=course.pk).update(withdrawn_at=clock.now())
    index.refresh([course.pk])
    yield "withdrawn", gone(port, word, "").run(WATCHED)


def publish(word: str) -> Course:
    course = Course(provider=Organization.objects.order_by("pk")[0], title=word, state=Course.State.PUBLISHED)
    course.derive()
    course.save()
    CourseRun.objects.create(course=course, begin=CourseRun.Begin.ANY_TIME)
    index.refresh([course.pk])
    return course


def seen(port: int, word: str, more: str) -> Watch:
    return Watch(port, lambda body: card(word) in body, f"/kurse/?q={word}{more}".encode())


def gone(port: int, word: str, more: str) -> Watch:
    return Watch(port, lambda body: card(word) not in body, f"/kurse/?q={word}{more}".encode())


def card(word: str) -> bytes:
    """The end of its link, which no search field repeats."""
    return f"{word}</a>".encode()


if __name__ == "__main__":
    main()
