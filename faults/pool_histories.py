"""./dev faults pool_histories: thousands of random histories of the talent pool against the model of its rules.

Each person is a history; a world has dozens of them, a worker that is down for weeks, a mail server that refuses,
defers, is away or reports mails as undelivered later, processes that die before a commit, a clock that jumps, machines
that open links, and a coordinator at the brake. Invariant: portal and model never differ (`tests/talentpool`), and I1
to I5, I7 and I8 hold by a ledger that believes neither. A control runs first: each rule taken away must be a breach.
"""

import argparse
import logging
import time
from collections import Counter

from django.test import override_settings

from benchmarks import _database
from benchmarks._machine import command, record, say
from benchmarks._measure import table
from tests.talentpool.mutants import MUTANTS, is_seen
from tests.talentpool.world import Breach, World, settings_of_a_world

QUICK = {"PASSWORD_HASHERS": ["django.contrib.auth.hashers.MD5PasswordHasher"]}
SEEDS_PER_MUTANT = 5


def main() -> None:
    options = parse()
    logging.disable(logging.CRITICAL)  # refused mails and machines at closed doors are what happens here
    started = time.monotonic()
    with _database.database("fault_histories"), override_settings(**settings_of_a_world(), **QUICK):
        caught = [] if options.no_control else control()
        worlds = [told(options.seed + number, options) for number in range(options.worlds)]
    seconds = time.monotonic() - started
    people = sum(len(world.reference.people) for world in worlds)
    body = table(["what", "how many"], [*figures(worlds), ["missing rules that were seen", f"{len(caught)}"]])
    title = f"Talent pool: {people:,} histories, no difference to the model, {seconds:.0f} s"
    record(title, body, command=command("faults"), keep=not options.dry)


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./dev faults pool_histories", description=__doc__)
    parser.add_argument("--worlds", type=int, default=42)
    parser.add_argument("--people", type=int, default=50, help="in each world")
    parser.add_argument("--events", type=int, default=60, help="in each world; most are days of work")
    parser.add_argument("--seed", type=int, default=1_000, help="of the first world")
    parser.add_argument("--no-control", action="store_true", help="leave out the missing rules")
    parser.add_argument("--dry", action="store_true", help="write nothing into RESULTS.md")
    return parser.parse_args()


def figures(worlds: list[World]) -> list[list[str]]:
    people = [person for world in worlds for person in world.reference.people.values()]
    ends = Counter(person.reason for person in people if person.left)
    brakes = [brake for world in worlds for stops in world.reference.brakes.values() for brake in stops]
    return [
        ["histories", f"{len(people):,}"],
        ["worlds", f"{len(worlds)}"],
        ["questions asked", f"{sum(len(person.checks) for person in people):,}"],
        [
            "left",
            f"{sum(ends.values()):,}: " + ", ".join(f"{count:,} {reason}" for reason, count in sorted(ends.items())),
        ],
        ["erased", f"{sum(person.is_erased for person in people):,}"],
        ["stops of the brake", f"{len(brakes)}"],
        ["pauses of the worker", f"{sum(len(world.reference.pauses) for world in worlds)}"],
        ["differences and breaches", "0"],
    ]


def told(seed: int, options: argparse.Namespace) -> World:
    """One world; a breach ends the run and tells what came before."""
    world = World(seed, people=options.people, events=options.events)
    try:
        world.run()
    except Breach:
        say("\n".join(world.log[-30:]))
        raise
    say(f"world {seed}: {options.people} people, until {world.now:%Y-%m-%d}")
    return world


def control() -> list[str]:
    """The names of the rules whose absence is seen; ends the run where one is not."""
    for name in MUTANTS:
        if not any(is_seen(name, seed=seed) for seed in (MUTANTS[name].seed, *range(SEEDS_PER_MUTANT))):
            raise SystemExit(f'the histories do not see that this is wrong: "{name}"')
        say(f"control, seen: {name}")
    return list(MUTANTS)


if __name__ == "__main__":
    main()
