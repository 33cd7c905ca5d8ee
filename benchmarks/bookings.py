"""./dev bench bookings: holding a time against the fastest statement that cannot overbook.

Eight clients want the same times at once. The one way is `booking.hold`, which the view calls: opening hours,
holidays, absences, rooms and pauses included. The other is a single conditional UPDATE with an INSERT, which knows
nothing of all that. Aim: at most 4 times its time per try.
"""

import argparse
import random
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

from django.conf import settings
from django.db import connection

from benchmarks import _database
from benchmarks._machine import command, record
from benchmarks._measure import milliseconds, table
from counseling.actions import booking
from counseling.actions.claiming import Taken
from counseling.models import Appointment, Claim
from faults._bookings import Offer, offer

AIM = 4
CLIENTS = 8
DATABASE = "bench_bookings"
SLOTS = """
DROP TABLE IF EXISTS bench_slot, bench_booking;
CREATE TABLE bench_slot (id int PRIMARY KEY, taken int NOT NULL DEFAULT 0, cap int NOT NULL CHECK (taken <= cap));
CREATE TABLE bench_booking (id bigserial PRIMARY KEY, slot int NOT NULL, name text NOT NULL);
INSERT INTO bench_slot (id, cap) SELECT n, 1 FROM generate_series(0, %s - 1) AS n;
"""
STATEMENT = """
WITH u AS (UPDATE bench_slot SET taken = taken + 1 WHERE id = %s AND taken < cap RETURNING id)
INSERT INTO bench_booking (slot, name) SELECT id, 'Sam Muster' FROM u RETURNING id
"""


def main() -> None:
    options = parse()
    settings.DEMO = False  # as in production: no clock that can be moved, which would be asked in the table each time
    with _database.database(DATABASE):
        offered = offer()
        times = offered.times(options.times)
        rounds = [(raw(options.tries, len(times)), held(offered, times, options.tries)) for _r in range(options.rounds)]
    ratio = sorted(ours / theirs for (theirs, _n), (ours, _m) in rounds)[options.rounds // 2]
    title = f"bookings under contention: {ratio:.1f} times the raw statement (aim: {AIM})"
    record(title, report(rounds, options.tries), command=command("bench"), keep=not options.dry)


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./dev bench bookings", description=__doc__)
    parser.add_argument("--tries", type=int, default=2_000)
    parser.add_argument("--times", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--dry", action="store_true", help="write nothing into RESULTS.md")
    return parser.parse_args()


def raw(tries: int, slots: int) -> tuple[float, int]:
    with connection.cursor() as cursor:
        cursor.execute(SLOTS, [slots])

    def attempt(number: int) -> bool:
        with connection.cursor() as cursor:
            cursor.execute(STATEMENT, [number % slots])
            return cursor.fetchone() is not None

    return contend(attempt, tries)


def held(offered: Offer, times: list[datetime], tries: int) -> tuple[float, int]:
    Claim.objects.all().delete()
    Appointment.objects.all().delete()
    wishes = {"service": offered.service, "subject": offered.subject, "mode": "phone", "language": "de"}

    def attempt(number: int) -> bool:
        try:
            booking.hold(counsellor=offered.counsellor, starts_at=times[number % len(times)], **wishes)
        except Taken:
            return False
        return True

    return contend(attempt, tries)


def contend(attempt: Callable[[int], bool], tries: int) -> tuple[float, int]:
    """Seconds per try and how many succeeded, with everybody at it at once."""
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

    with ThreadPoolExecutor(CLIENTS) as pool:
        clients = pool.map(client, (numbers[each::CLIENTS] for each in range(CLIENTS)))
        start.wait()
        began = time.perf_counter()
        successes = sum(clients)
    return (time.perf_counter() - began) / tries, successes


def report(rounds: list, tries: int) -> str:
    rows = []
    for name, results in zip(["one raw statement", "booking.hold"], zip(*rounds, strict=True), strict=True):
        seconds, booked = sorted(results)[len(results) // 2]
        rows.append([name, milliseconds(seconds), f"{1 / seconds:,.0f}", str(booked)])
    head = [f"{tries:,} tries, {CLIENTS} clients", "ms per try", "tries per s", "successes"]
    return table(head, rows)


if __name__ == "__main__":
    main()
