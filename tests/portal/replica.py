"""A second PostgreSQL that follows that of the test run by streaming, and web servers that read from both."""

import json
import os
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import quote, urlencode

import psycopg
from django.conf import settings
from django.db import connection

from portal.embedded.postgres import Postgres, binaries
from portal.embedded.process import Child, tail
from portal.embedded.state import private_folder
from tests.kit.mailserver import free_port

SETTINGS = "tests.portal.plain_settings"


def wait_until(condition, *, seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "did not come true in time"
        time.sleep(0.05)


class Replica:
    """Made by pg_basebackup; a copy of every database of the run, of which it shows the one in use."""

    def __init__(self, folder: Path):
        self.cluster = Postgres(folder / "replica", log=folder / "replica.log", copies=folder, throw_away=True)

    def make(self) -> "Replica":
        cluster, primary = self.cluster, connection.get_connection_params()
        cluster._own(private_folder(cluster.folder))
        command = [binaries(account=cluster.account, copies=cluster.copies) / "pg_basebackup"]
        command += ["-D", cluster.data, "-h", primary["host"], "-U", primary["user"], "-w"]
        command += ["--write-recovery-conf", "--wal-method=stream", "--checkpoint=fast", "--no-sync"]
        copying = Child("copy", command, log=cluster.log, env=cluster._environment(), account=cluster.account)
        assert copying.finish() == 0, tail(cluster.log)
        return self.start()

    def start(self) -> "Replica":
        self.cluster.start()
        return self

    def kill(self) -> None:
        """kill -9 of the postmaster; its children notice and end."""
        self.cluster.child.kill()

    @property
    def url(self) -> str:
        return address_of(self.cluster.sockets, self.cluster.url.partition("//")[2].partition("@")[0])

    def ask(self, statement: str, *values):
        """The first column of the first row."""
        facts = {"host": str(self.cluster.sockets), "user": "portal", "dbname": connection.settings_dict["NAME"]}
        with psycopg.connect(**facts, autocommit=True) as own:
            return own.execute(statement, values).fetchone()[0]

    @contextmanager
    def paused(self):
        """What the primary does from now on arrives after the block, which begins when all before has arrived."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_current_wal_lsn()::text")
            [position] = cursor.fetchone()
        wait_until(lambda: self.ask("SELECT pg_last_wal_replay_lsn() >= %s::pg_lsn", position))
        self.ask("SELECT pg_wal_replay_pause()::text")
        wait_until(lambda: self.ask("SELECT pg_get_wal_replay_pause_state()") == "paused")
        try:
            yield
        finally:
            self.ask("SELECT pg_wal_replay_resume()::text")

    @property
    def waiting(self) -> int:
        """How many of its sessions wait for a lock."""
        return self.ask("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")


def address_of(sockets: Path | str, user: str) -> str:
    return f"postgresql://{user}@{quote(str(sockets), safe='')}/{connection.settings_dict['NAME']}"


@dataclass(frozen=True)
class Answer:
    status: int
    body: str
    headers: dict[str, str]
    cookies: dict[str, str]


@dataclass(frozen=True)
class Web:
    port: int
    log: Path

    def ask(self, method: str, address: str, *, cookies: dict | None = None, fields: dict | None = None) -> Answer:
        wire = HTTPConnection("127.0.0.1", self.port, timeout=60)
        headers = {"Host": "testserver", "Content-Type": "application/x-www-form-urlencoded"}
        if cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in cookies.items())
        try:
            wire.request(method, address, body=urlencode(fields) if fields else None, headers=headers)
            response = wire.getresponse()
            body = response.read().decode(errors="replace")
        finally:
            wire.close()
        given = [value.partition(";")[0].partition("=") for value in response.headers.get_all("Set-Cookie", [])]
        cookies = {name: value for name, _sign, value in given}
        return Answer(response.status, body, dict(response.headers), cookies)

    def get(self, address: str, **cookies: str) -> Answer:
        return self.ask("GET", address, cookies=cookies)

    @property
    def replica(self) -> str:
        """What the health page says of it."""
        return json.loads(self.get("/healthz/ready").body)["parts"]["replica"]


@contextmanager
def serving(replica: Replica, folder: Path, *, lag: int, timeout_ms: int):
    """One process of gunicorn with four threads, in the middle between both."""
    facts = connection.get_connection_params()
    web = Web(free_port(), folder / f"web-{lag}.log")
    (folder / "static").mkdir(exist_ok=True)
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": SETTINGS,
        "DATABASE_URL": address_of(facts["host"], facts["user"]),
        "DATABASE_REPLICA_URL": replica.url,
        "REPLICA_LAG_SECONDS": str(lag),
        "STATEMENT_TIMEOUT_MS": str(timeout_ms),
        "STATIC_ROOT": str(folder / "static"),
    }
    command = [sys.executable, "-m", "gunicorn", "--workers", "1", "--log-level", "error"]
    command += ["--bind", f"127.0.0.1:{web.port}"]
    server = Child("web", command, log=web.log, env=environment, cwd=settings.BASE_DIR)
    try:
        wait_until(lambda: server.ended or is_up(web), seconds=60)
        assert not server.ended, tail(web.log)
        yield web
    finally:
        server.stop(timeout=15)


def is_up(web: Web) -> bool:
    try:
        return web.get("/healthz").status == 200
    except OSError:
        return False
