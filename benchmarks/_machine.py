"""What a script was asked, and what its result has to say about where it comes from: machine, load, versions, commit,
command."""

import argparse
import os
import platform
import subprocess
import sys
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path

from django.db import connection

ROOT = Path(__file__).resolve().parents[1]
WRITTEN = [f":!{path}" for path in ("benchmarks/RESULTS.md", "benchmarks/figures.json", "benchmarks/cost.svg")]
RESULTS = ROOT / "benchmarks" / "RESULTS.md"


def parser(about: str, *, sizes: str, rounds: int, rounds_help: str | None = None) -> argparse.ArgumentParser:
    """What every comparison at several sizes understands."""
    made = argparse.ArgumentParser(prog=f"./dev bench {_script()}", description=about)
    made.add_argument("--sizes", default=sizes, help="demo profiles, or numbers of runs such as 100k")
    made.add_argument("--rounds", type=int, default=rounds, help=rounds_help)
    made.add_argument("--keep", action="store_true", help="keep the databases for the next time")
    made.add_argument("--dry", action="store_true", help="write nothing into RESULTS.md")
    return made


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def record(title: str, body: str, *, command: str, keep: bool = True) -> None:
    """Print a result, and append it to RESULTS.md with what one has to know to judge it."""
    entry = f"\n## {datetime.now(UTC):%Y-%m-%d} {title}\n\n`{command}` at {commit()}, {_machine()}\n\n{body.strip()}\n"
    say(entry)
    if keep:
        with RESULTS.open("a", encoding="utf-8") as file:
            file.write(entry)


def command(kind: str) -> str:
    """What was typed."""
    return " ".join(["./dev", kind, _script(), *sys.argv[1:]])


def _script() -> str:
    return Path(sys.argv[0]).stem


def _machine() -> str:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    facts = [
        f"{os.cpu_count()} cores ({_processor()})",
        f"{memory:.0f} GiB",
        f"Python {platform.python_version()}",
        f"Django {metadata.version('django')}",
        f"PostgreSQL {_postgres()}",
        f"load {os.getloadavg()[0]:.1f}",
    ]
    return ", ".join(facts)


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.machine()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())


def _postgres() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        version = cursor.fetchone()[0].split()[0]
        cursor.execute("SHOW shared_buffers")
        buffers = cursor.fetchone()[0]
        cursor.execute("SHOW work_mem")
        return f"{version} (shared_buffers {buffers}, work_mem {cursor.fetchone()[0]})"


def commit() -> str:
    """Short, with a plus where files differ from it, those aside that results are written into."""
    try:
        name = _git("rev-parse", "--short", "HEAD")
        return name + ("+" if _git("status", "--porcelain", "--untracked-files=no", "--", ".", *WRITTEN) else "")
    except (OSError, subprocess.CalledProcessError):
        return "no commit"


def _git(*arguments: str) -> str:
    return subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()
