"""./dev bench http: the list of courses over sockets, against a bare Django view and against the naive ORM form.

Three web servers as in production, each asked by one client with the questions of the mix, in turns. Counted is the
processor time of all their processes and of the whole database server; a core answers as many requests a second as that
goes into one. The bare view has no middleware and no database; the naive form is the same page with another search.
"""

import os
import sys
import time
from argparse import Namespace
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection

from benchmarks import _addresses, _database, _processes, _targets
from benchmarks._machine import ROOT, command, parser, record, say
from benchmarks._measure import milliseconds, percentile, table
from benchmarks._mix import mix
from faults._web import Web, answering, ask, serve

OURS, BARE, NAIVE = "list of courses", "bare Django view", "list, naive ORM"
PEERS = ROOT / "benchmarks" / "peers"
NO_LIMIT = "0"  # milliseconds of a statement: the naive form needs more than the portal allows
WARM = 24  # requests at least before the first counted one, so that each worker has its templates
SEED = 42
Server = Callable[[], contextmanager]
Asked = Callable[[int], dict[str, list[str]]]  # round → server → addresses; round 0 warms


@dataclass
class Counted:
    """Requests to one server: processor seconds of web and database, seconds on the wall of each, bytes of all."""

    requests: int = 0
    web: float = 0
    database: float = 0
    bytes: int = 0
    walls: list[float] = field(default_factory=list)

    @property
    def cpu(self) -> float:
        """Per request."""
        return (self.web + self.database) / self.requests


def main() -> None:
    options = parse()
    for size in options.sizes.split(","):
        with _database.region(size, keep=options.keep):
            counted = run(size, options)
            title = f"Pages over HTTP, {size}: {', '.join(ratios(counted))}"
            record(title, report(counted), command=command("bench"), keep=not options.dry)
            note(size, counted, keep=not options.dry)
    say(_targets.overview())


def parse() -> Namespace:
    made = parser(__doc__, sizes="S,100k", rounds=2, rounds_help="of all questions")
    made.add_argument("--questions", type=int, default=100, help="of the mix, in a round")
    made.add_argument("--naive-up-to", default="100k", help="size; at a million runs the naive form takes hours")
    return made.parse_args()


def run(size: str, options: Namespace) -> dict[str, Counted]:
    say(f"{size}: {options.rounds} rounds of {options.questions} questions …")
    wanted = [name for name in SERVERS if name != NAIVE or _database.is_within(size, options.naive_up_to)]
    with ExitStack() as stack:
        webs = {name: stack.enter_context(SERVERS[name]()) for name in wanted}
        return in_blocks(webs, lambda number: asked(options.questions, number), rounds=options.rounds)


def asked(questions: int, number: int) -> dict[str, list[str]]:
    """Of each server in a round: other questions each time, for a process keeps what it was asked before."""
    addresses = _addresses.of(mix(questions, seed=SEED + number))
    slow = addresses if number else addresses[:WARM]  # it keeps nothing
    return {BARE: ["/"] * 1_000, OURS: addresses, NAIVE: slow}


def in_blocks(webs: dict[str, Web], asked: Asked, *, rounds: int) -> dict[str, Counted]:
    """A block of requests to each server, one server after the other; every other round in the other order."""
    counted, database = {name: Counted() for name in webs}, _processes.database_server()
    for name, web in webs.items():
        warm(web, asked(0)[name])
    for number in range(1, rounds + 1):
        addresses = asked(number)
        for name in list(webs)[:: 1 if number % 2 else -1]:
            count(webs[name], addresses[name], counted[name], database)
    counted.get(BARE, Counted()).database = 0  # it has none; what the server does by itself is not its doing
    return counted


# ── Servers


@contextmanager
def bare() -> Iterator[Web]:
    config = ["--config", str(PEERS / "gunicorn_bare.py"), "--pythonpath", str(PEERS), "bare_django:application"]
    environ = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    with answering([sys.executable, "-m", "portal.embedded.family", "gunicorn", *config], environ) as web:
        yield web


def portal(*options: str, **environ: str) -> contextmanager:
    """As in production: without the clock of a demo, which would be asked in the table each time."""
    return serve(*options, DEMO="0", **environ)


def naive() -> contextmanager:
    config = str(PEERS / "gunicorn_naive.py")
    return portal("--config", config, SEARCH_IN_MEMORY="0", STATEMENT_TIMEOUT_MS=NO_LIMIT, PYTHONPATH=str(ROOT))


SERVERS: dict[str, Server] = {BARE: bare, OURS: portal, NAIVE: naive}


# ── Requests


def warm(web: Web, addresses: list[str]) -> None:
    """New connections, so that all workers have their turn; as many as in a round, for processes live for days."""
    for address in (addresses * WARM)[: max(WARM, len(addresses))]:
        get(HTTPConnection("127.0.0.1", web.port, timeout=300), address)


def count(web: Web, addresses: list[str], counted: Counted, database: int) -> None:
    wire = HTTPConnection("127.0.0.1", web.port, timeout=300)
    before = _processes.seconds(web.pid), _processes.seconds(database)
    for address in addresses:
        began = time.perf_counter()
        counted.bytes += len(get(wire, address))
        counted.walls.append(time.perf_counter() - began)
    counted.web += _processes.seconds(web.pid) - before[0]
    counted.database += _processes.seconds(database) - before[1]
    counted.requests += len(addresses)
    wire.close()


def get(wire: HTTPConnection, address: str) -> bytes:
    status, body = ask(wire, address.encode())
    if status != 200:
        raise SystemExit(f"{status} for {address}")
    return body


# ── The report


def ratios(counted: dict[str, Counted]) -> list[str]:
    ours = counted[OURS].cpu
    naive = [f"naive {counted[NAIVE].cpu / ours:.1f} times ours"] if NAIVE in counted else []
    return [f"{ours / counted[BARE].cpu:.1f} times a bare view", *naive]


def report(counted: dict[str, Counted]) -> str:
    head = ["", "requests", "CPU, ms", "of it database", "requests per second and core", "kB", "wall p50", "wall p95"]
    return table(head, [row(name, each) for name, each in counted.items()])


def row(name: str, counted: Counted) -> list[str]:
    walls = [percentile(counted.walls, share) for share in (0.5, 0.95)]
    numbers = [milliseconds(counted.cpu), milliseconds(counted.database / counted.requests), f"{1 / counted.cpu:,.0f}"]
    size = f"{counted.bytes / counted.requests / 1000:,.0f}"
    return [name, f"{counted.requests:,}", *numbers, size, *map(milliseconds, walls)]


def note(size: str, counted: dict[str, Counted], *, keep: bool) -> None:
    ours = counted[OURS].cpu
    _targets.note("B5", ours / counted[BARE].cpu, size=size, keep=keep)
    if NAIVE in counted:
        _targets.note("B6", counted[NAIVE].cpu / ours, size=size, keep=keep)
    if keep:
        for name, each in counted.items():
            cost = {"ms": round(each.cpu * 1000, 2), "database ms": round(each.database / each.requests * 1000, 2)}
            _targets.write("page", {name: {size: cost}})


if __name__ == "__main__":
    main()
