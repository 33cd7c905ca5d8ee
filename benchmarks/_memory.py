"""What the workers of the web server hold of their own, once the catalogue was loaded before the fork."""

from dataclasses import asdict, dataclass
from http.client import HTTPConnection

from benchmarks import _addresses
from benchmarks._mix import Case
from benchmarks._processes import Memory, family, median_memory
from faults._web import Web, ask, serve

MB = 1e6


@dataclass(frozen=True)
class Workers:
    """Of the worker in the middle: before its first request, and after some questions of the mix."""

    fresh: Memory
    busy: Memory

    def said(self) -> str:
        return (
            f"A web process has {self.fresh.private / MB:.0f} MB of its own after the fork,"
            f" {self.busy.private / MB:.0f} MB after some questions (its share of all {self.busy.share / MB:.0f} MB)."
        )

    def facts(self) -> dict[str, float]:
        each = {"fresh": asdict(self.fresh), "busy": asdict(self.busy)}
        return {f"{when} {name}": round(value / MB, 1) for when, of in each.items() for name, value in of.items()}


def of_workers(cases: list[Case]) -> Workers:
    with serve() as web:
        fresh = median_memory(workers(web))
        for address in _addresses.of(cases):
            wire = HTTPConnection("127.0.0.1", web.port, timeout=60)  # anew: any worker may answer
            ask(wire, address.encode())
            wire.close()
        return Workers(fresh, median_memory(workers(web)))


def workers(web: Web) -> list[int]:
    """All processes but the one that started them."""
    return [pid for pid in family(web.pid) if pid != web.pid]
