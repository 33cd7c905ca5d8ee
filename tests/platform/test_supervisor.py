"""`./dev up` for real: what starts together ends together, however it ends.

Three tests share a folder, as a developer does: the first to run starts from nothing, the others find a database that
is up to date and static files that are there. What one of them leaves behind must not disturb the next.
"""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from portal.embedded.servers import bind
from tests.platform.conftest import ROOT, make_folder
from tests.platform.processes import descendants, still_alive

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="dying with the parent is a call of Linux")


class Portal:
    """A running portal; `processes` are those that it started."""

    def __init__(self, embedded, environ, port):
        self.environ = environ
        self.port = port
        self.state = Path(environ["PORTAL_STATE_DIR"])
        self.top = subprocess.Popen(
            [*embedded, "up", "--port", str(port)],
            cwd=ROOT,
            env=environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self.output = self._read_until_ready()
        self.processes = descendants(self.top.pid)

    def _read_until_ready(self):
        lines = []
        for line in self.top.stdout:
            lines.append(line)
            if "^C stops everything" in line:
                return "".join(lines)
        pytest.fail("the portal did not start:\n" + "".join(lines))

    def get(self, path):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=10) as response:
            return response.status

    def child(self, words):
        """The first one started with these words in its command line; those that it forked have them too."""
        return min((process for process in self.processes if words in process.title), key=lambda each: each.pid)

    def wait(self):
        output, _ = self.top.communicate(timeout=30)
        return self.top.returncode, output


@pytest.fixture
def environ(clean_environ):
    return {**clean_environ, "DEMO": "0", "LOG_LEVEL": "INFO"}


@pytest.fixture(scope="module")
def used():
    """The state folder of the tests that share one."""
    return make_folder() / "state"


@pytest.fixture
def shared(environ, used):
    return {**environ, "PORTAL_STATE_DIR": str(used)}


@pytest.fixture
def start(embedded, shared):
    started = []

    def start():
        with bind(0) as free:
            port = free.getsockname()[1]
        started.append(Portal(embedded, shared, port))
        return started[-1]

    yield start
    for portal in started:
        if portal.top.poll() is None:
            portal.top.kill()
        portal.top.wait()
        portal.top.stdout.close()


def launcher(embedded, environ, *arguments, **options):
    return subprocess.run(
        [*embedded, *arguments], cwd=ROOT, env=environ, capture_output=True, text=True, timeout=180, **options
    )


def test_killed_supervisor_leaves_no_process_and_the_next_start_works(start, embedded, shared):
    portal = start()
    assert len(portal.processes) >= 9, [process.title for process in portal.processes]
    portal.top.kill()
    assert still_alive(portal.processes, seconds=5) == []

    again = start()
    assert again.get("/healthz") == 200
    down = launcher(embedded, shared, "down")
    assert (down.returncode, down.stdout) == (0, "Stopped.\n")
    assert again.wait()[0] == 0
    assert still_alive(again.processes, seconds=1) == []


def test_unexpected_end_of_a_child_ends_all_and_names_the_log(start):
    portal = start()
    os.kill(portal.child("worker@").pid, signal.SIGKILL)
    status, output = portal.wait()
    assert status == 1
    assert "ended unexpectedly" in output
    assert str(portal.state / "logs" / "worker") in output
    assert still_alive(portal.processes, seconds=5) == []


def test_portal_starts_serves_commands_and_stops_at_interrupt(start, embedded, shared):
    portal = start()
    assert portal.get("/healthz") == 200
    assert f"http://127.0.0.1:{portal.port}/" in portal.output
    assert str(portal.state) in portal.output

    check = "from django.db import connection; connection.ensure_connection(); print('database', 'answers')"
    beside = launcher(embedded, shared, "manage", "shell", "--no-imports", "-c", check)
    assert beside.returncode == 0, beside.stderr
    assert "database answers" in beside.stdout

    again = launcher(embedded, shared, "up", "--port", str(portal.port))
    assert again.returncode == 1
    assert f"runs already: http://127.0.0.1:{portal.port}" in again.stderr
    assert launcher(embedded, shared, "reset", "--yes").returncode == 1

    asked_at = time.monotonic()
    portal.top.send_signal(signal.SIGINT)
    status, output = portal.wait()
    assert status == 0, output
    assert time.monotonic() - asked_at < 10
    assert still_alive(portal.processes, seconds=1) == []
    assert not (portal.state / "running.json").exists()

    assert launcher(embedded, shared, "reset", input="no\n").returncode == 1
    assert launcher(embedded, shared, "reset", "--yes").returncode == 0
    assert not portal.state.exists()


def test_a_taken_port_is_told_before_anything_starts(embedded, environ):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        answer = launcher(embedded, environ, "up", "--port", str(other.getsockname()[1]))
    assert answer.returncode == 1
    assert "cannot be used" in answer.stderr
    assert not (Path(environ["PORTAL_STATE_DIR"]) / "postgres").exists()


def test_a_command_without_a_running_portal_gets_servers_of_its_own(embedded, environ):
    check = "from django.db import connection; connection.ensure_connection(); print('database', 'answers')"
    alone = launcher(embedded, environ, "manage", "shell", "--no-imports", "-c", check)
    assert alone.returncode == 0, alone.stderr
    assert "database answers" in alone.stdout
    assert launcher(embedded, environ, "manage", "no_such_command").returncode == 1
    assert launcher(embedded, environ, "down").stdout == "Nothing runs.\n"


def test_interrupt_while_starting_ends_all(embedded, environ):
    top = subprocess.Popen([*embedded, "up", "--port", "0"], cwd=ROOT, env=environ, stdout=subprocess.PIPE, text=True)
    deadline = time.monotonic() + 60
    processes = set()
    while not any("embedded.prepare" in process.title for process in processes):
        assert time.monotonic() < deadline
        time.sleep(0.1)
        processes = descendants(top.pid)
    top.send_signal(signal.SIGINT)
    assert top.wait(15) == 0
    top.stdout.close()
    assert still_alive(processes, seconds=1) == []
