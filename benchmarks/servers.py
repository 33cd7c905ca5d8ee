"""./dev bench servers: the portal behind Gunicorn, as it runs, and behind Granian, an application server in Rust.

The list of courses over sockets, the same questions, two processes of four threads each, in turns; beside it the memory
of their workers. Granian is installed into an environment of its own, from which it runs our packages.
"""

import os
import sysconfig
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager

from benchmarks import _database, _peers, http
from benchmarks._machine import ROOT, command, parser, record, say
from benchmarks._measure import table
from benchmarks._memory import MB, workers
from benchmarks._processes import Memory, median_memory
from faults._web import Web, answered, child, portal_environ
from portal.embedded.servers import bind

GUNICORN, GRANIAN = "Gunicorn", "Granian"
OPTIONS = ["--interface", "wsgi", "--workers", "2", "--blocking-threads", "4", "--no-ws", "--host", "127.0.0.1"]


def main() -> None:
    options = parse()
    for size in options.sizes.split(","):
        with _database.region(size, keep=options.keep):
            try:
                counted, memories = run(size, options)
            except _peers.Missing as error:
                say(f"not compared, {error}")
                return
            ratio = counted[GRANIAN].cpu / counted[GUNICORN].cpu
            title = f"Application server, {size}: Granian costs {ratio:.2f} times what Gunicorn does"
            body = f"{http.report(counted)}\n\n{memory_report(memories)}"
            record(title, body, command=command("bench"), keep=not options.dry)


def parse() -> Namespace:
    made = parser(__doc__, sizes="100k", rounds=4, rounds_help="of all questions")
    made.add_argument("--questions", type=int, default=100, help="of the mix, in a round")
    return made.parse_args()


def run(size: str, options: Namespace) -> tuple[dict[str, http.Counted], dict[str, Memory]]:
    say(f"{size}: {options.rounds} rounds of {options.questions} questions …")
    with granian() as other, http.portal() as ours:
        webs = {GUNICORN: ours, GRANIAN: other}
        counted = http.in_blocks(webs, lambda number: asked(options.questions, number), rounds=options.rounds)
        return counted, {name: median_memory(workers(web)) for name, web in webs.items()}


def asked(questions: int, number: int) -> dict[str, list[str]]:
    addresses = http.asked(questions, number)[http.OURS]
    return {GUNICORN: addresses, GRANIAN: addresses}


@contextmanager
def granian() -> Iterator[Web]:
    """Raises benchmarks._peers.Missing."""
    python = str(_peers.python("granian"))
    with bind(0) as listener:  # free again when closed: Granian binds by itself
        port = listener.getsockname()[1]
    packages = os.pathsep.join([sysconfig.get_path("purelib"), str(ROOT)])
    run = [python, "-m", "granian", *OPTIONS, "--port", str(port), "portal.wsgi:application"]
    with answered(child(run, portal_environ(PYTHONPATH=packages, DEMO="0"), port), port) as web:
        yield web


def memory_report(memories: dict[str, Memory]) -> str:
    head = ["memory of a worker, MB", "its own", "its share of all"]
    rows = [[name, f"{each.private / MB:.0f}", f"{each.share / MB:.0f}"] for name, each in memories.items()]
    return table(head, rows)


if __name__ == "__main__":
    main()
