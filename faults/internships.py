"""./dev faults internships: 200 people press at once, for ten seats of one offer and for one day of one pupil.

Invariant of each round: as many yes as there are seats, one promise for a day, in the answers and in the tables; nobody
gets an error, and no two wait for each other. A control runs first: without the guards there must be a breach.
"""

import argparse

from benchmarks import _database
from benchmarks._machine import command, record, say
from benchmarks._measure import table
from faults import _internships
from faults._internships import Outcome

DATABASE = "faults_internships"
SEATS = 10
CONTROL_CALLERS = 60


def main() -> None:
    options = parse()
    with _database.database(DATABASE):
        control()
        outcomes = rounds(options.rounds, options.callers)
    broken = sum(bool(outcome.breaches) for _name, outcome in outcomes)
    title = f"{options.callers} acceptances at once, {options.rounds} rounds of two kinds: {broken} with a breach"
    record(title, report(outcomes), command=command("faults"), keep=not options.dry)
    raise SystemExit(1 if broken else 0)


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./dev faults internships", description=__doc__)
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--callers", type=int, default=200)
    parser.add_argument("--dry", action="store_true", help="write nothing into RESULTS.md")
    return parser.parse_args()


def control() -> None:
    """Whoever would not see a double promise where one is cannot tell that there is none."""
    with _internships.guards_removed():
        seats = _internships.race_for_seats(CONTROL_CALLERS, SEATS)
        day = _internships.race_for_a_day(CONTROL_CALLERS)
    if not (seats.breaches and day.breaches):
        raise SystemExit("The control shows no breach without the guards: this script sees nothing.")
    say(f"control: {seats.won} of {SEATS} seats, {day.won} promises for one day, as it should be without the guards")


def rounds(number: int, callers: int) -> list[tuple[str, Outcome]]:
    found = []
    for each in range(1, number + 1):
        found.append(("seats", _internships.race_for_seats(callers, SEATS)))
        found.append(("day", _internships.race_for_a_day(callers)))
        said = "; ".join(words for _kind, outcome in found[-2:] for words in outcome.breaches)
        say(f"round {each}: {said or 'ten seats, one day'}")
    return found


def report(outcomes: list[tuple[str, Outcome]]) -> str:
    rows = []
    for kind, words in (("seats", f"yes of {SEATS} seats"), ("day", "promises of one day")):
        of_kind = [outcome for name, outcome in outcomes if name == kind]
        rows.append(
            [words, str(sorted({outcome.won for outcome in of_kind})), str(sum(len(o.errors) for o in of_kind))]
        )
    return table(["", "told yes, in each round", "errors"], rows)


if __name__ == "__main__":
    main()
