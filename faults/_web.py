"""The web server as in production, on loopback, over whatever database is in use."""

import os
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection

from django.conf import settings
from django.db import connection

from portal.embedded.prepare import collect_static
from portal.embedded.process import Child, tail
from portal.embedded.servers import bind
from portal.embedded.state import ROOT, State
from portal.embedded.supervisor import WEB_STATEMENT_TIMEOUT_MS

STATEMENT_SECONDS = int(WEB_STATEMENT_TIMEOUT_MS) / 1000
START_SECONDS = 180  # a million runs on a busy machine


@dataclass(frozen=True)
class Web:
    port: int
    pid: int  # of its first process, the parent of the others


@contextmanager
def serving(*, settings_module: str = "portal.settings") -> Iterator[int]:
    """The port, while the block lasts."""
    with serve(DJANGO_SETTINGS_MODULE=settings_module) as web:
        yield web.port


@contextmanager
def serve(*options: str, **environ: str) -> Iterator[Web]:
    """The web server with further options for Gunicorn and with more in its environment."""
    gunicorn = [sys.executable, "-m", "portal.embedded.family", "gunicorn", *options]
    with answering(gunicorn, portal_environ(**environ)) as web:
        yield web


def portal_environ(**more: str) -> dict[str, str]:
    """What our application needs, whichever server runs it."""
    collect_static()
    known = {"DATABASE_URL": database_url(), "STATEMENT_TIMEOUT_MS": WEB_STATEMENT_TIMEOUT_MS, "SEARCH_IN_MEMORY": "1"}
    return {**os.environ, **known, **more}


@contextmanager
def answering(gunicorn: list[str], environ: dict[str, str]) -> Iterator[Web]:
    """Any Gunicorn on a free port, from its first answer on."""
    with bind(0) as listener:
        port, descriptor = listener.getsockname()[1], listener.fileno()
        web = child([*gunicorn, "--bind", f"fd://{descriptor}"], environ, port, pass_fds=[descriptor])
    with answered(web, port) as found:
        yield found


def child(command: list[str], environ: dict[str, str], port: int, *, pass_fds: Sequence[int] = ()) -> Child:
    known = {**environ, "SITE_BASE_URL": f"http://127.0.0.1:{port}"}
    log = State(settings.STATE_DIR).logs / "web.log"
    return Child("web", command, log=log, env=known, cwd=ROOT, pass_fds=pass_fds)


@contextmanager
def answered(web: Child, port: int) -> Iterator[Web]:
    """From its first answer on; stopped after the block."""
    try:
        _wait(web, port)
        yield Web(port, web.process.pid)
    finally:
        web.stop(timeout=10)


def database_url() -> str:
    """The address that we were given, with the database that is in use now."""
    server, _slash, _name = os.environ["DATABASE_URL"].rpartition("/")
    return f"{server}/{connection.settings_dict['NAME']}"


def _wait(web: Child, port: int) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and not web.ended:
        try:
            if ask(HTTPConnection("127.0.0.1", port, timeout=5), b"/healthz")[0] == 200:
                return
        except OSError:
            time.sleep(0.1)
    raise SystemExit(f"The web server does not answer.\n{tail(web.log)}")


def ask(wire: HTTPConnection, target: bytes, **headers: str) -> tuple[int, bytes]:
    """GET of bytes as they are: http.client would refuse most of what is hostile."""
    wire.putrequest("GET", "/", skip_accept_encoding=True)
    wire._buffer[0] = b"GET " + target + b" HTTP/1.1"
    for name, value in headers.items():
        wire.putheader(name.replace("_", "-"), value)
    wire.endheaders()
    response = wire.getresponse()
    return response.status, response.read()
