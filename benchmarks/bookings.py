"""./dev bench bookings: holding a time against the fastest statement that cannot overbook.

Eight clients want the same times at once. The one way is `booking.hold`, which the view calls: opening hours,
holidays, absences, rooms and pauses included. The others know nothing of all that: a single conditional UPDATE with an
INSERT, and SELECT FOR UPDATE with two more statements. Aim: at most 4 times the time per try of the one statement.
"""

import argparse
import random
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime

from django.conf import settings
from django.db import connection

from benchmarks import _database, _processes, _slots, _targets
from benchmarks._machine import command, record, say
from benchmarks._measure import milliseconds, table
from counseling.actions import booking
from counseling.actions.claiming import Taken
from counseling.models import Appointment, Claim
from faults._bookings import Offer, offer

AIM = 4
CLIENTS = 8
DATABASE = "bench_bookings"
ONE, FOR_UPDATE, HOLD = [*_slots.WAYS, "booking.hold"]
RAW_TRIES = 10  # times as many: a clock tick is a hundredth of a second


@dataclass(frozen=True)
class Crowd:
    """What a crowd came to: seconds of CPU and on the wall per try, how many succeeded, times with too many."""

    cpu: float
    wall: float
    successes: int
    overbooked: int


def main() -> None:
    options = parse()
    settings.DEMO = False  # as in production: no clock that can be moved, which would be asked in the table each time
    with _database.database(DATABASE):
        offered = offer()
        times = offered.times(options.times)
        rounds = [one_round(offered, times, options.tries) for _number in range(options.rounds)]
    middle = {name: median([each[name] for each in rounds]) for name in rounds[0]}
    ratio = middle[HOLD].wall / middle[ONE].wall
    title = f"bookings under contention: {ratio:.1f} times the raw statement (aim: {AIM})"
    record(title, report(middle, options.tries), command=command("bench"), keep=not options.dry)
    note(middle, sum(each.overbooked for found in rounds for each in found.values()), keep=not options.dry)
    say(_targets.overview())


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./dev bench bookings", description=__doc__)
    parser.add_argument("--tries", type=int, default=2_000)
    parser.add_argument("--times", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--dry", action="store_true", help="write nothing into RESULTS.md")
    return parser.parse_args()


def one_round(offered: Offer, times: list[datetime], tries: int) -> dict[str, Crowd]:
    found = {name: raw(attempt, tries * RAW_TRIES, len(times)) for name, attempt in _slots.WAYS.items()}
    return found | {HOLD: held(offered, times, tries)}


def raw(attempt: Callable[[int], bool], tries: int, slots: int) -> Crowd:
    """Half of the tries can succeed."""
    _slots.lay_out(slots, cap=max(1, tries // slots // 2))
    crowd = contend(lambda number: attempt(number % slots), tries)
    return replace(crowd, overbooked=_slots.overbooked())


def held(offered: Offer, times: list[datetime], tries: int) -> Crowd:
    Claim.objects.all().delete()
    Appointment.objects.all().delete()
    wishes = {"service": offered.service, "subject": offered.subject, "mode": "phone", "language": "de"}

    def attempt(number: int) -> bool:
        try:
            booking.hold(counsellor=offered.counsellor, starts_at=times[number % len(times)], **wishes)
        except Taken:
            return False
        return True

    crowd = contend(attempt, tries)
    booked = Appointment.objects.order_by().values_list("starts_at", flat=True)
    return replace(crowd, overbooked=len(booked) - len(set(booked)))


def contend(attempt: Callable[[int], bool], tries: int) -> Crowd:
    """Everybody at it at once."""
    numbers = list(range(tries))
    random.Random(7).shuffle(numbers)
    start = threading.Barrier(CLIENTS + 1)

    def client(mine: list[int]) -> int:
        try:
            connection.ensure_connection()
            start.wait()
            return sum(attempt(number) for number in mine)
        finally:
            connection.close()

    server = _processes.database_server()
    with ThreadPoolExecutor(CLIENTS) as pool:
        before = _processes.seconds(server)
        clients = pool.map(client, (numbers[each::CLIENTS] for each in range(CLIENTS)))
        start.wait()
        began = time.process_time(), time.perf_counter()
        successes = sum(clients)
    python, wall = time.process_time() - began[0], time.perf_counter() - began[1]
    return Crowd((python + _processes.seconds(server) - before) / tries, wall / tries, successes, 0)


def median(crowds: list[Crowd]) -> Crowd:
    return sorted(crowds, key=lambda each: each.cpu)[len(crowds) // 2]


def report(middle: dict[str, Crowd], tries: int) -> str:
    rows = []
    for name, crowd in middle.items():
        asked = tries if name == HOLD else tries * RAW_TRIES
        numbers = [milliseconds(crowd.cpu), milliseconds(crowd.wall), f"{1 / crowd.wall:,.0f}"]
        rows.append([name, f"{asked:,}", *numbers, f"{crowd.successes:,}", str(crowd.overbooked)])
    head = [f"{CLIENTS} clients", "tries", "CPU, ms per try", "wall", "tries per s", "successes", "overbooked"]
    return table(head, rows)


def note(middle: dict[str, Crowd], overbooked: int, *, keep: bool) -> None:
    _targets.note("B12", middle[FOR_UPDATE].cpu / middle[ONE].cpu, size="200 times", keep=keep)
    _targets.note("B12 overbooked", overbooked, size="200 times", keep=keep)


if __name__ == "__main__":
    main()
