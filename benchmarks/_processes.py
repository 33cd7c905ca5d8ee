"""Processor time and memory of whole families of processes, as Linux tells them: a web server, a database server."""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from django.db import connection

TICK = os.sysconf("SC_CLK_TCK")
PROC = Path("/proc")


def family(pid: int) -> list[int]:
    """A process and all that it started, and these, as far as they live."""
    children: dict[int, list[int]] = {}
    for each in PROC.iterdir():
        if each.name.isdigit() and (fields := _stat(int(each.name))):
            children.setdefault(int(fields[1]), []).append(int(each.name))
    found = [pid]
    for each in found:
        found += children.get(each, [])
    return found


def seconds(pid: int) -> float:
    """Processor time of a family, those included that have ended meanwhile: their parent keeps their account."""
    return sum(sum(map(int, fields[11:15])) for each in family(pid) if (fields := _stat(each))) / TICK


def _stat(pid: int) -> list[str]:
    """The fields from the state on, see proc(5); none where it has ended."""
    try:
        return (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return []


def database_server() -> int:
    """The process that is the parent of all backends."""
    connection.ensure_connection()
    return int(_stat(connection.connection.info.backend_pid)[1])


@dataclass(frozen=True)
class Memory:
    """Bytes. `private` is nobody else's, `share` is the process's part of all (PSS), `resident` all that it sees."""

    private: int
    share: int
    resident: int


def memory(pid: int) -> Memory:
    lines = (PROC / str(pid) / "smaps_rollup").read_text().splitlines()[1:]
    kilobytes = {name: int(rest.split()[0]) for name, _colon, rest in (line.partition(":") for line in lines)}
    private = kilobytes["Private_Clean"] + kilobytes["Private_Dirty"]
    return Memory(*(1024 * number for number in (private, kilobytes["Pss"], kilobytes["Rss"])))


def median_memory(pids: Iterable[int]) -> Memory:
    each = sorted((memory(pid) for pid in pids), key=lambda found: found.private)
    return each[len(each) // 2]
