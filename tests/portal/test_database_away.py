"""The database restarts under a running web server: 503 with Retry-After meanwhile, and then on as if nothing was.

The web server is a real gunicorn; its way to PostgreSQL is a relay that this test closes and opens. It has no
collected static files (they take 20 s), so its error pages are the last resort; the whole page is looked at below.
"""

import os
import signal
import socket
import socketserver
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote, urlsplit

import psycopg
import pytest
from django.conf import settings
from django.db import connection
from django.test import Client

from tests.kit.mailserver import free_port

pytestmark = pytest.mark.django_db(transaction=True)

ADDRESS = "/impressum/"  # reads a text from the database


class Relay(socketserver.ThreadingUnixStreamServer):
    """A socket in front of PostgreSQL's own; `cut` is what clients see of a server that goes down."""

    daemon_threads = True

    def __init__(self, folder: Path, behind: str):
        self.behind, self.open = behind, set()
        super().__init__(str(folder / ".s.PGSQL.5432"), Pass)
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def cut(self) -> None:
        self.shutdown()
        self.server_close()
        Path(self.server_address).unlink()
        for end in list(self.open):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)


class Pass(socketserver.BaseRequestHandler):
    def handle(self):
        with socket.socket(socket.AF_UNIX) as behind:
            behind.connect(self.server.behind)
            self.server.open |= {self.request, behind}
            back = threading.Thread(target=pump, args=(behind, self.request), daemon=True)
            back.start()
            pump(self.request, behind)
            back.join()


def pump(source, target) -> None:
    with suppress(OSError):
        while data := source.recv(65_536):
            target.sendall(data)
    with suppress(OSError):
        target.shutdown(socket.SHUT_RDWR)


@pytest.fixture
def relay(tmp_path_factory):
    """`relay()` opens the way to the database (again); returns the relay."""
    facts = connection.get_connection_params()
    behind = f"{facts['host']}/.s.PGSQL.{facts.get('port') or 5432}"
    folder = tmp_path_factory.mktemp("pg")
    opened = []

    def open_again() -> Relay:
        opened.append(Relay(folder, behind))
        return opened[-1]

    open_again.folder = folder
    yield open_again
    with suppress(OSError):
        opened[-1].cut()


@pytest.fixture
def web(relay, tmp_path):
    """Address of a gunicorn whose database lies behind the relay."""
    first = relay()
    facts = connection.get_connection_params()
    user = quote(facts.get("user") or urlsplit(os.environ["DATABASE_URL"]).username or "")
    url = f"postgresql://{user}@{quote(str(relay.folder), safe='')}/{connection.settings_dict['NAME']}"
    port = free_port()
    (tmp_path / "static").mkdir()
    environment = os.environ | {"DATABASE_URL": url, "STATIC_ROOT": str(tmp_path / "static"), "LOG_LEVEL": "CRITICAL"}
    command = [sys.executable, "-m", "gunicorn", "--workers", "1", "--log-level", "error"]
    command += ["--bind", f"127.0.0.1:{port}"]
    server = subprocess.Popen(command, env=environment, cwd=settings.BASE_DIR)
    address = f"http://127.0.0.1:{port}"
    try:
        wait_until(lambda: status(address + "/healthz")[0] == 200)
        yield address, first
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(timeout=15)


def status(url: str) -> tuple[int, dict, str]:
    request = urllib.request.Request(url, headers={"Host": "testserver"})
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, dict(answer.headers), answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, dict(error.headers), error.read().decode()
    except OSError:
        return 0, {}, ""


def wait_until(condition, *, seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "did not come true in time"
        time.sleep(0.1)


def test_a_restart_of_the_database_is_a_503_and_then_over(web, relay):
    address, way = web
    assert status(address + ADDRESS)[0] == 404  # the database was asked, and holds no such text

    way.cut()
    for _request in range(5):
        code, headers, body = status(address + ADDRESS)
        assert code == 503
        assert int(headers["Retry-After"]) > 0
        assert headers["Cache-Control"] == "private, no-store"
        assert 'lang="de"' in body
        assert "Traceback" not in body
    assert status(address + "/healthz")[0] == 200

    relay()
    assert status(address + ADDRESS)[0] == 404
    assert status(address + "/healthz/ready")[0] == 503  # nothing beats here, but the database answers


def test_connections_that_the_database_has_ended_are_replaced(web):
    """What a restart leaves behind in a web server that was idle meanwhile: no visitor sees it."""
    address, way = web
    assert status(address + ADDRESS)[0] == 404
    for end in list(way.open):
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)

    assert [status(address + ADDRESS)[0] for _request in range(4)] == [404] * 4


def test_a_search_that_takes_too_long_is_stopped_and_told_how_to_be_quicker():
    client = Client(raise_request_exception=False)
    with psycopg.connect(**connection.get_connection_params()) as other, connection.cursor() as cursor:
        other.execute("LOCK TABLE courses_searchcourse")  # until the end of the block
        cursor.execute("SET statement_timeout = 200")
        try:
            answer = client.get("/kurse/")
        finally:
            cursor.execute("RESET statement_timeout")

    assert answer.status_code == 503
    assert answer["Retry-After"] == "60"
    assert "mit weniger Wörtern" in answer.content.decode()
    assert client.get("/kurse/").status_code == 200


def test_an_exception_in_a_middleware_becomes_a_503_too(monkeypatch):
    """The session is read in a middleware, outside of every view."""
    client = Client(raise_request_exception=False)
    client.cookies["sessionid"] = "x" * 32
    connection.close()
    monkeypatch.setitem(connection.settings_dict, "PORT", "1")
    try:
        answer = client.get("/verwaltung/")
    finally:
        monkeypatch.undo()
        connection.close()

    assert answer.status_code == 503
    assert answer["Retry-After"] == "60"
    assert b"css/portal.css" in answer.content  # the whole page, not the last resort
    assert client.get("/verwaltung/").status_code == 302


def test_control_an_error_of_ours_stays_a_500(monkeypatch):
    monkeypatch.setattr("portal.health.cache", None)  # an AttributeError in a view
    answer = Client(raise_request_exception=False).get("/healthz/ready")

    assert answer.status_code == 500
    assert "Retry-After" not in answer
