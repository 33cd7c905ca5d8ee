"""./dev bench importing: our import against bulk_create(update_conflicts) that writes the same rows.

Three deliveries one after the other: all courses new, the same again, and one in twenty dearer. Ours reads, compares,
writes a plan with its report, and writes what differs; what a delivery repeats letter by letter it recalls from the
reading of the one before. The other one reads and writes everything each time. The memory is that of a process of its
own which plans and applies the first delivery.
"""

import argparse
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

from accounts.actors import SYSTEM
from benchmarks import _bulk, _database, _feed, _targets
from benchmarks._machine import command, record, say
from benchmarks._measure import Spent, measure, table
from courses.importing import deliveries
from courses.importing.binding import draft_provider
from courses.models import Course, CourseRun, ImportPlan, SearchCourse, SearchRun
from providers.models import Organization

DELIVERIES = {"all new": {}, "the same again": {}, "1 in 20 dearer": {"dearer_every": 20}}
OURS, BULK = "ours", "bulk_create"
Times = dict[str, list[Spent]]


def main() -> None:
    options = parse()
    if options.memory_of:
        say(str(peak_of_one(options.memory_of)))
        return
    for courses in numbers(options.courses):
        times = run(courses, options.deliveries)
        title = f"Import, {courses:,} courses: bulk_create costs {', '.join(ratios(times))} times ours"
        record(title, report(courses, times), command=command("bench"), keep=not options.dry)
        note(courses, times, keep=not options.dry)
    if sizes := numbers(options.memory):
        peaks = {courses: peak(courses) for courses in sizes}
        title = (
            f"Import, memory: {peaks[sizes[-1]] / peaks[sizes[0]]:.2f} times for {sizes[-1] // sizes[0]} times as much"
        )
        record(title, memory_report(peaks), command=command("bench"), keep=not options.dry)
        growth, size = peaks[sizes[-1]] / peaks[sizes[0]], f"{short(sizes[-1])} courses"
        _targets.note("B10", growth, size=size, remark=f"(against {short(sizes[0])})", keep=not options.dry)
    say(_targets.overview())


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./dev bench importing", description=__doc__)
    parser.add_argument("--courses", default="500,2000", help="sizes of the delivery, with three runs per course")
    parser.add_argument("--deliveries", type=int, default=len(DELIVERIES), help="of the three; targets are for two")
    parser.add_argument("--memory", default="500,5000", help="sizes whose peak of memory is compared; empty: none")
    parser.add_argument("--memory-of", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--dry", action="store_true", help="write nothing into RESULTS.md")
    return parser.parse_args()


def numbers(text: str) -> list[int]:
    return [int(part) for part in text.split(",") if part]


# ── Time


def run(courses: int, number: int) -> Times:
    """Each way in a database of its own; both have to come to the same."""
    say(f"{courses:,} courses …")
    with tempfile.TemporaryDirectory() as folder:
        with _database.database("import_bulk"):
            sorts = list(DELIVERIES.values())[:number]
            paths = [_feed.write(Path(folder) / f"{place}.xml", courses, **sort) for place, sort in enumerate(sorts)]
            source = _bulk.prepare()
            bulk = [measure(lambda path=path: _bulk.write(path, source)) for path in paths]
            rows = written()
        with _database.database("import_ours"):
            provider = draft_provider(_feed.SUPPLIER)
            ours = [measure(lambda path=path: deliver(path, provider)) for path in paths]
            compare(written(), rows)
    return {OURS: ours, BULK: bulk}


def deliver(path: Path, provider: Organization) -> None:
    """As the command does it: keep the file, plan, approve, apply."""
    with path.open("rb") as file:
        delivery = deliveries.receive(file=file, name="feed.xml", provider=provider, by=SYSTEM)
    for plan in deliveries.plan_delivery(delivery=delivery, by=SYSTEM):
        deliveries.approve(plan=plan, by=SYSTEM)
        applied = deliveries.apply_plan(plan=plan, by=SYSTEM)
        if applied.state != ImportPlan.State.APPLIED:
            raise SystemExit(f"The import failed: {applied.error}")


def written() -> dict[str, int]:
    """What both have to come to."""
    kinds = {kind: kind.objects.count() for kind in (Course, CourseRun, SearchCourse, SearchRun)}
    prices = CourseRun.objects.values_list("price", flat=True)
    return {kind.__name__: number for kind, number in kinds.items()} | {"prices": int(sum(prices))}


def compare(ours: dict[str, int], bulk: dict[str, int]) -> None:
    if ours != bulk:
        raise SystemExit(f"The two did not write the same: {ours} and {bulk}.")


# ── Memory


def peak(courses: int) -> int:
    """Megabytes at most of a process that imports so many courses."""
    say(f"memory of {courses:,} courses …")
    own = [sys.executable, "-m", "benchmarks.importing", "--memory-of", str(courses)]
    return int(subprocess.run(own, check=True, capture_output=True, text=True).stdout.splitlines()[-1])


def peak_of_one(courses: int) -> int:
    with tempfile.TemporaryDirectory() as folder, _database.database("import_memory"):
        deliver(_feed.write(Path(folder) / "feed.xml", courses), draft_provider(_feed.SUPPLIER))
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


# ── The report


def ratios(times: Times) -> list[str]:
    return [f"{bulk.cpu / ours.cpu:.1f}" for ours, bulk in zip(times[OURS], times[BULK], strict=True)]


def note(courses: int, times: Times, *, keep: bool) -> None:
    for name, ours, bulk in zip(("B9 first", "B9 again"), times[OURS], times[BULK], strict=False):
        _targets.note(name, bulk.cpu / ours.cpu, size=f"{short(courses)} courses", keep=keep)


def short(number: int) -> str:
    return f"{number // 1000}k" if number % 1000 == 0 else str(number)


def report(courses: int, times: Times) -> str:
    head = ["seconds of CPU (of it database)", *list(DELIVERIES)[: len(times[OURS])]]
    rows = [[name, *(f"{each.cpu:.1f} ({each.database:.1f})" for each in spent)] for name, spent in times.items()]
    speed = [f"{courses / each.cpu:,.0f}" for each in times[OURS]]
    rows += [["ratio", *ratios(times)], ["ours, courses per second", *speed]]
    told = f"{courses:,} courses with {courses * _feed.RUNS:,} runs, both with the rows of the search."
    return f"{told}\n\n{table(head, rows)}"


def memory_report(peaks: dict[int, int]) -> str:
    return table(["courses", "MB at most"], [[f"{courses:,}", str(most)] for courses, most in peaks.items()])


if __name__ == "__main__":
    main()
