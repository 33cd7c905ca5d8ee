"""What a process of the portal needs around it: an environment, and those servers that it does not name."""

import os
import socket
import sys

from portal.embedded.postgres import Postgres
from portal.embedded.process import Child
from portal.embedded.state import ROOT, State
from portal.embedded.valkey import Valkey

# What a second command needs to act like a process of the running portal.
HANDED_ON = (
    "DATABASE_URL",
    "REDIS_URL",
    "EMAIL_URL",
    "SECRET_KEY",
    "DEBUG",
    "DEMO",
    "SITE_BASE_URL",
    "ALLOWED_HOSTS",
    "PORTAL_STATE_DIR",
    "STATIC_ROOT",
    "DEFAULT_FROM_EMAIL",
)


def environment(state: State, *, address: str) -> dict[str, str]:
    """Ours, completed by what an embedded run needs; a variable that is set stays."""
    return {
        "DJANGO_SETTINGS_MODULE": "portal.settings",
        "DEMO": "1",
        "SITE_BASE_URL": address,
        "SECRET_KEY": os.environ.get("SECRET_KEY") or state.secret_key(),
        **{name: value for name, value in os.environ.items() if name != "SECRET_KEY"},
        "PORTAL_STATE_DIR": str(state.folder),
        "PYTHONUNBUFFERED": "1",
    }


def bind(port: int) -> socket.socket:
    """Reserve a port of this machine (0: any) without answering on it. OSError where somebody answers already."""
    listener = socket.socket()
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", port))
    except OSError:
        listener.close()
        raise
    return listener


class Servers:
    """PostgreSQL, Valkey and the SMTP sink, started in this order and stopped in the other."""

    def __init__(self, state: State, environ: dict[str, str]):
        self.state = state
        self.environ = environ
        self.started: list[Postgres | Valkey | Child] = []

    def start(self) -> None:
        if not self.environ.get("DATABASE_URL"):
            self._start_postgres()
        if not self.environ.get("REDIS_URL"):
            self._start_valkey()
        if not self.environ.get("EMAIL_URL"):
            self._start_sink()

    def stop(self) -> None:
        for child in self.children:  # all at once, for the last checkpoint may take seconds
            child.ask_to_stop()
        while self.started:
            self.started.pop().stop()

    @property
    def children(self) -> list[Child]:
        """Those that were really started."""
        children = [server if isinstance(server, Child) else server.child for server in self.started]
        return [child for child in children if child]

    def _start_postgres(self) -> None:
        postgres = Postgres(
            self.state.folder / "postgres",
            log=self.state.logs / "postgres.log",
            copies=self.state.folder / "programs",
        )
        self.started.append(postgres)
        self.environ["DATABASE_URL"] = postgres.start().url

    def _start_valkey(self) -> None:
        valkey = Valkey(self.state.folder / "valkey", log=self.state.logs / "valkey.log")
        self.started.append(valkey)
        self.environ["REDIS_URL"] = valkey.start().url

    def _start_sink(self) -> None:
        command = [sys.executable, "-m", "portal.embedded.smtp_sink"]
        with bind(0) as listener:
            sink = Child(
                "mail",
                [*command, "--fd", listener.fileno(), "--folder", self.state.mail],
                log=self.state.logs / "mail.log",
                env=self.environ,
                cwd=ROOT,
                pass_fds=[listener.fileno()],
            )
            self.environ["EMAIL_URL"] = f"smtp://127.0.0.1:{listener.getsockname()[1]}"
        self.started.append(sink)
