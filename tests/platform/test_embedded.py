"""The servers of a machine that has none: where they put what, and what they survive."""

import fcntl
import os
import smtplib
import socket
import stat
import subprocess
import sys
import time
from email.message import EmailMessage
from pathlib import Path

import psycopg
import pytest

from portal.embedded import pytest_servers, state
from portal.embedded.account import Account, service_account
from portal.embedded.postgres import SOCKET, Postgres
from portal.embedded.process import Child
from portal.embedded.servers import Servers, bind, environment
from portal.embedded.state import State, socket_folder
from portal.embedded.valkey import Valkey
from tests.platform.conftest import ROOT
from tests.platform.processes import descendants, still_alive

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root drops to another account")


@pytest.fixture
def postgres(folder):
    server = Postgres(folder / "postgres", log=folder / "postgres.log", copies=folder / "programs", throw_away=True)
    yield server
    server.stop()


# ── Where the state lies


@as_root
def test_state_of_root_lies_where_nobody_else_writes(monkeypatch):
    monkeypatch.delenv("PORTAL_STATE_DIR", raising=False)
    assert state.default_folder().parent == Path("/var/lib")


def test_state_of_an_ordinary_user_lies_in_the_checkout(monkeypatch):
    monkeypatch.delenv("PORTAL_STATE_DIR", raising=False)
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert state.default_folder() == ROOT / "var"


def test_state_lets_others_pass_but_not_look(folder):
    opened = State.open(folder / "state")
    assert stat.S_IMODE(opened.folder.stat().st_mode) == 0o711
    assert stat.S_IMODE(opened.logs.stat().st_mode) == 0o700
    assert opened.secret_key() == opened.secret_key()
    assert stat.S_IMODE((opened.folder / "secret-key").stat().st_mode) == 0o600
    opened.write_note(kind="portal")
    assert stat.S_IMODE(opened.note.stat().st_mode) == 0o600


def test_note_counts_only_while_its_writer_lives(folder):
    opened = State.open(folder / "state")
    lock = opened.try_lock()
    assert opened.read_note() == {}
    opened.write_note(kind="portal")
    assert opened.read_note()["kind"] == "portal"
    assert opened.try_lock() is None
    os.close(lock)
    assert opened.read_note() is None


def test_long_socket_path_gets_a_private_folder_that_is_found_again(folder):
    wanted = folder / ("long" * 30) / "sockets"
    wanted.parent.mkdir()
    chosen = socket_folder(wanted, longest_name=SOCKET)
    assert chosen != wanted
    assert len(str(chosen / SOCKET)) < 107
    assert stat.S_IMODE(chosen.stat().st_mode) == 0o700
    assert socket_folder(wanted, longest_name=SOCKET) == chosen
    chosen.chmod(0o755)  # no longer private: perhaps somebody else's by now
    other = socket_folder(wanted, longest_name=SOCKET)
    assert other != chosen
    other.rmdir()
    chosen.rmdir()


def test_what_is_set_in_the_environment_stays(folder, monkeypatch):
    monkeypatch.setenv("DEMO", "0")
    monkeypatch.setenv("SITE_BASE_URL", "https://example.org")
    monkeypatch.setenv("SECRET_KEY", "")
    environ = environment(State.open(folder / "state"), address="http://127.0.0.1:1")
    assert environ["DEMO"] == "0"
    assert environ["SITE_BASE_URL"] == "https://example.org"
    assert len(environ["SECRET_KEY"]) > 50


# ── PostgreSQL


def test_postgres_keeps_data_over_restarts_and_kills(postgres):
    postgres.throw_away = False  # a test run's own server may lose what it was told last
    postgres.start()
    with psycopg.connect(postgres.url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 'Äpfel' AS word")
    postgres.child.kill()  # leaves postmaster.pid and the socket's lock behind
    postgres.start()
    with psycopg.connect(postgres.url) as connection:
        assert connection.execute("SELECT lower(word), word ILIKE 'äPFEL' FROM kept").fetchone() == ("äpfel", True)
    postgres.stop()
    assert postgres.start().child.ended is False


def test_a_pid_that_belongs_to_somebody_else_does_not_stop_the_start(postgres):
    postgres.start()
    postgres.stop()
    (postgres.data / "postmaster.pid").write_text(f"{os.getpid()}\n{postgres.data}\n")
    (postgres.sockets / f"{SOCKET}.lock").write_text(f"{os.getpid()}\n")
    postgres.start()


def test_half_made_cluster_is_thrown_away(postgres):
    fresh = postgres.folder / "data.new"
    fresh.mkdir(parents=True)
    (fresh / "PG_VERSION").write_text("18\n")
    postgres.start()
    assert not fresh.exists()


def test_second_server_on_the_same_data_is_refused(postgres, folder):
    postgres.start()
    other = Postgres(postgres.folder, log=folder / "other.log", copies=folder / "programs", throw_away=True)
    with pytest.raises(SystemExit, match="ended at once"):
        other.start()
    with psycopg.connect(postgres.url) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_postgres_is_reached_through_its_socket_alone(postgres):
    postgres.start()
    with psycopg.connect(postgres.url) as connection:
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)
        assert connection.execute("SELECT datlocprovider::text, datlocale FROM pg_database LIMIT 1").fetchone() == (
            "b",
            "C.UTF-8",
        )
    assert stat.S_IMODE(postgres.sockets.stat().st_mode) == 0o700


@as_root
def test_root_drops_to_another_account_and_opens_no_folder_of_its_own(folder, postgres):
    before = stat.S_IMODE(Path("/root").stat().st_mode)
    postgres.start()
    owner = Path(f"/proc/{postgres.child.process.pid}").stat().st_uid
    assert owner == service_account().uid != 0
    assert stat.S_IMODE(Path("/root").stat().st_mode) == before


@as_root
def test_unreachable_programs_are_copied(folder, monkeypatch):
    monkeypatch.setattr(Account, "may_enter", lambda self, path: "site-packages" not in str(path))
    server = Postgres(folder / "postgres", log=folder / "postgres.log", copies=folder / "programs", throw_away=True)
    try:
        program = os.readlink(f"/proc/{server.start().child.process.pid}/exe")
    finally:
        server.stop()
    assert program.startswith(str(folder / "programs"))
    assert [path.name for path in (folder / "programs").iterdir() if path.name.startswith("copying")] == []


@as_root
def test_a_state_folder_that_postgres_cannot_enter_is_told(folder):
    closed = folder / "closed"
    closed.mkdir(mode=0o700)
    with pytest.raises(SystemExit, match="PORTAL_STATE_DIR"):
        Postgres(closed / "postgres", log=folder / "log", copies=folder / "programs").start()


def test_may_enter_looks_at_every_folder_on_the_way(folder):
    stranger = Account("stranger", 4_000_001, 4_000_001)
    inner = folder / "a" / "b"
    inner.mkdir(parents=True)
    for mode, answer in [(0o711, True), (0o710, False), (0o700, False)]:
        (folder / "a").chmod(mode)
        assert stranger.may_enter(inner) is answer


# ── Valkey, mail, the choice between ours and theirs


def test_valkey_keeps_what_it_accepted(folder):
    server = Valkey(folder / "valkey", log=folder / "valkey.log").start()
    assert ask(server, "SET kept yes") == "+OK"
    server.stop()
    server.start()
    try:
        assert ask(server, "GET kept") == "$3"
        assert ask(server, "CONFIG GET maxmemory-policy") == "*2"
    finally:
        server.stop()


def ask(server, command):
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(str(server.socket))
        connection.sendall(f"{command}\r\n".encode())
        return connection.recv(1000).decode().splitlines()[0]


def test_mail_is_kept_as_a_file_and_named_servers_are_not_started(folder):
    opened = State.open(folder / "state")
    environ = {
        **os.environ,
        "DATABASE_URL": "postgresql://elsewhere/db",
        "REDIS_URL": "redis://elsewhere",
        "EMAIL_URL": "",
    }
    servers = Servers(opened, environ)
    try:
        servers.start()
        assert [child.name for child in servers.children] == ["mail"]
        send(environ["EMAIL_URL"])
    finally:
        servers.stop()
    (kept,) = opened.mail.glob("*.eml")
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    text = kept.read_text()
    assert text.startswith("Return-Path: <portal@region.example>\nDelivered-To: anna@region.example\n")
    assert "Bis bald!" in text


def send(url):
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "portal@region.example", "anna@region.example", "Grüße"
    message.set_content("Bis bald!")
    host, port = url.removeprefix("smtp://").split(":")
    deadline = time.monotonic() + 20
    while True:
        try:
            with smtplib.SMTP(host, int(port), timeout=10) as connection:
                return connection.send_message(message)
        except ConnectionRefusedError:
            assert time.monotonic() < deadline
            time.sleep(0.1)


def test_a_port_is_taken_once_somebody_answers_on_it():
    with bind(0) as reserved:
        port = reserved.getsockname()[1]
        reserved.listen()
        with pytest.raises(OSError, match="in use"):
            bind(port)


# ── Children


def test_forked_children_die_with_a_killed_parent(tmp_path):
    """As Gunicorn and Celery fork theirs."""
    (tmp_path / "forking.py").write_text(
        "import os, signal, time\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\nos.fork()\nos.fork()\ntime.sleep(60)\n"
    )
    environ = {**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{tmp_path}"}
    command = [sys.executable, "-m", "portal.embedded.family", "forking"]
    child = Child("forking", command, log=tmp_path / "log", env=environ, cwd=tmp_path)
    deadline = time.monotonic() + 20
    while len(family := descendants(child.process.pid)) < 3:
        assert time.monotonic() < deadline, (tmp_path / "log").read_text()
        time.sleep(0.05)
    child.process.kill()
    child.process.wait()
    assert still_alive(family, seconds=2) == []


def test_a_child_that_does_not_listen_is_killed_with_its_family(tmp_path):
    child = Child("deaf", ["sh", "-c", "trap '' TERM; sleep 60; sleep 60"], log=tmp_path / "log")
    time.sleep(0.3)
    family = descendants(child.process.pid)
    child.stop(timeout=0.3)
    assert child.ended
    assert still_alive(family, seconds=1) == []


# ── Test servers


def test_folders_of_killed_runs_are_swept_and_those_of_living_ones_stay(tmp_path):
    folders = {name: tmp_path / f"{pytest_servers.PREFIX}{name}" for name in ("dead", "alive", "young", "old")}
    for path in folders.values():
        path.mkdir()
    (folders["dead"] / "lock").touch()
    lock = os.open(folders["alive"] / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    fcntl.flock(lock, fcntl.LOCK_EX)
    yesterday = time.time() - 86_400
    os.utime(folders["old"], (yesterday, yesterday))
    pytest_servers.sweep(tmp_path)
    os.close(lock)
    assert {name for name, path in folders.items() if path.exists()} == {"alive", "young"}


def test_killed_test_run_leaves_no_server(tmp_path, folder, clean_environ):
    (tmp_path / "test_waits.py").write_text(
        "import time\n\n\ndef test_waits():\n    print('waiting', flush=True)\n    time.sleep(60)\n"
    )
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-s",
        "-p",
        "no:django",
        "-p",
        "no:cacheprovider",
        str(tmp_path / "test_waits.py"),
    ]
    run = subprocess.Popen(
        [*command, f"--confcutdir={tmp_path}", f"--rootdir={ROOT}", "-c", str(ROOT / "pyproject.toml")],
        cwd=ROOT,
        env={**clean_environ, "TMPDIR": str(folder)},
        stdout=subprocess.PIPE,
        text=True,
    )
    seen = ""
    for line in run.stdout:
        seen += line
        if "waiting" in line:
            break
    family = descendants(run.pid)
    assert len(family) >= 2, seen
    run.kill()
    run.wait()
    run.stdout.close()
    assert still_alive(family, seconds=5) == []
