"""A look at this machine's processes, for tests that end them."""

import time
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Process:
    """One process; `born` tells it from a later one with the same number."""

    pid: int
    born: str
    title: str

    @property
    def lives(self) -> bool:
        """A zombie is dead: only PID 1 has not noticed yet."""
        fields = stat_fields(self.pid)
        return bool(fields) and fields[0] != "Z" and fields[19] == self.born


def stat_fields(pid: int) -> list[str]:
    """Fields of /proc/PID/stat from the state on; the name before them may hold blanks."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


def descendants(pid: int) -> set[Process]:
    children: dict[int, list[int]] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        fields = stat_fields(int(folder.name))
        if fields:
            children.setdefault(int(fields[1]), []).append(int(folder.name))
    found, waiting = set(), [pid]
    while waiting:
        for child in children.get(waiting.pop(), []):
            waiting.append(child)
            fields = stat_fields(child)
            if fields:
                found.add(Process(child, fields[19], title(child)))
    return found


def title(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
    except OSError:
        return ""


def still_alive(processes: set[Process], *, seconds: float) -> list[str]:
    """Titles of those that live on after so many seconds."""
    deadline = time.monotonic() + seconds
    while any(process.lives for process in processes) and time.monotonic() < deadline:
        time.sleep(0.05)
    return [process.title for process in processes if process.lives]
