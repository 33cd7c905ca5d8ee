"""./dev bench all: every benchmark of B1 to B16 one after the other, and at last who holds.

`./dev bench search` takes the longest, at a million runs, and is run only with --with-search; the overview shows what
it recorded before. The import of 100,000 courses takes long, too, and comes last: ^C ends with what there is.
With --small all of it is tried at sizes that say nothing.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks import _targets
from benchmarks._machine import ROOT, say

SEARCH = "search"


@dataclass(frozen=True)
class Step:
    """A script with what it is asked in earnest, and in small."""

    module: str
    usual: str
    small: str


STEPS = [
    Step("benchmarks.search", "--sizes 10k,100k,1M --keep", "--sizes XS,10k --keep --questions 30"),
    Step("benchmarks.engine", "--sizes 10k,100k,1M --keep", "--sizes 10k --keep --questions 40"),
    Step("benchmarks.correctness", "--sizes 100k --keep", "--sizes 10k --keep --questions 100"),
    Step("benchmarks.rebuild", "--sizes 100k --keep", "--sizes 10k --keep --rounds 1"),
    Step("benchmarks.http", "--sizes 10k,100k,1M --keep", "--sizes 10k --keep --rounds 1"),
    Step("benchmarks.wagtail", "--sizes 10k,100k,1M --keep", "--sizes 10k --keep --rounds 1"),
    Step("benchmarks.bookings", "", "--tries 400 --rounds 1"),
    Step("benchmarks.sweep", "", "--sizes 1000 --rounds 1 --singly 200 --workers 6000"),
    Step("faults.freshness", "--keep", "--size 10k --keep --rounds 2"),
    Step(
        "benchmarks.importing",
        "--courses 100000 --deliveries 2 --memory 10000,100000",
        "--courses 200 --memory 200,400",
    ),
]


def main() -> None:
    options = parse()
    wanted = options.only.split(",") if options.only else None
    if options.small or options.dry:
        os.environ["BENCH_FIGURES"] = str(Path(tempfile.mkdtemp()) / "figures.json")
    failed = []
    try:
        for step in STEPS:
            name = step.module.rpartition(".")[2]
            if name in wanted if wanted else name != SEARCH or options.with_search:
                failed += run(step, small=options.small, dry=options.small or options.dry)
    finally:  # also where somebody has no time for the last one
        say(f"\n{_targets.overview(_targets.TARGETS)}")
    if failed:
        raise SystemExit(f"Ended with an error, or missed a bound of their own: {', '.join(failed)}")


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./dev bench all", description=__doc__)
    parser.add_argument("--with-search", action="store_true", help="./dev bench search at three sizes as well")
    parser.add_argument("--only", help="names of scripts, such as engine,http")
    parser.add_argument("--small", action="store_true", help="try everything in small, record nothing")
    parser.add_argument("--dry", action="store_true", help="record nothing")
    return parser.parse_args()


def run(step: Step, *, small: bool, dry: bool) -> list[str]:
    """The name of the script if it failed."""
    arguments = (step.small if small else step.usual).split() + ["--dry"] * dry
    say(f"── {step.module} {' '.join(arguments)}")
    began = time.monotonic()
    status = subprocess.run([sys.executable, "-m", step.module, *arguments], cwd=ROOT).returncode
    say(f"── {time.monotonic() - began:,.0f} s")
    return [step.module] if status else []


if __name__ == "__main__":
    main()
