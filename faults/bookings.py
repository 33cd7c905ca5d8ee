"""./dev faults bookings: a thousand people want the same time, against the web server as in production.

Invariant of each round: exactly one of them has it, in the answers, in the appointments and in the claims; nobody
gets a 5xx; everybody else gets the same page with the next free time. A control runs first: without the constraint
of the database, and with a pause in which others catch up, there must be a breach.
"""

import argparse
from contextlib import nullcontext

from benchmarks import _database
from benchmarks._machine import command, record, say
from benchmarks._measure import percentile, table
from faults import _bookings
from faults._bookings import Outcome
from faults._web import serving

CONTROL_ROUNDS = 3
CONTROL_CLIENTS = 100
DATABASE = "faults_bookings"


def main() -> None:
    options = parse()
    if options.without_constraint:
        outcomes = run(options.rounds, options.clients, guarded=False)
        raise SystemExit(tell(outcomes))
    control()
    outcomes = run(options.rounds, options.clients, guarded=True)
    broken = tell(outcomes)
    title = f"{options.clients:,} bookings of one time at once, {options.rounds} rounds: {broken} rounds with a breach"
    record(title, report(outcomes), command=command("faults"), keep=not options.dry)
    raise SystemExit(1 if broken else 0)


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./dev faults bookings", description=__doc__)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--clients", type=int, default=1_000)
    parser.add_argument("--without-constraint", action="store_true", help="the control alone: it has to fail")
    parser.add_argument("--dry", action="store_true", help="write nothing into RESULTS.md")
    return parser.parse_args()


def control() -> None:
    """Whoever would not see a double booking where one is cannot tell that there is none."""
    say(f"control: {CONTROL_ROUNDS} rounds without the constraint …")
    seen = sum(bool(outcome.breaches) for outcome in run(CONTROL_ROUNDS, CONTROL_CLIENTS, guarded=False))
    if not seen:
        raise SystemExit("The control booked nothing twice without the constraint: this script sees nothing.")
    say(f"control: {seen} of {CONTROL_ROUNDS} rounds booked twice, as they should")


def run(rounds: int, clients: int, *, guarded: bool) -> list[Outcome]:
    """Each round for another time of one counsellor, in a database of its own."""
    outcomes = []
    with _database.database(DATABASE):
        offer = _bookings.offer()
        with nullcontext() if guarded else _bookings.guard_removed(), serving() as port:
            for number, starts_at in enumerate(offer.times(rounds), start=1):
                outcomes.append(_bookings.race(port, offer, starts_at, clients))
                say(f"round {number}: {'; '.join(outcomes[-1].breaches) or 'one has it'}")
    return outcomes


def tell(outcomes: list[Outcome]) -> int:
    """How many rounds had a breach."""
    return sum(bool(outcome.breaches) for outcome in outcomes)


def report(outcomes: list[Outcome]) -> str:
    answers = [answer for outcome in outcomes for answer in outcome.answers]
    seconds = [answer.seconds for answer in answers]
    rows = [
        ["have the time", str(sum(answer.is_held for answer in answers))],
        ["told that it is taken, with the next free time", str(sum(answer.is_helpful for answer in answers))],
        ["5xx or no answer", str(sum(answer.status >= 500 or not answer.status for answer in answers))],
        ["median until the answer, s", f"{percentile(seconds, 0.5):.1f}"],
        ["95th percentile, s", f"{percentile(seconds, 0.95):.1f}"],
    ]
    return table(["", "number"], rows)


if __name__ == "__main__":
    main()
