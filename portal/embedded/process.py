"""Child processes that never outlive the process that started them."""

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from contextlib import nullcontext
from functools import partial
from pathlib import Path

from portal.embedded.account import Account

PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def die_with_parent(*, by: signal.Signals, parent: int) -> None:
    """Have Linux send us the signal `by` when the thread that started us ends, even by kill -9.

    Other systems have no such call; there a killed supervisor leaves its children behind.
    """
    if LIBC is None:
        return
    LIBC.prctl(PR_SET_PDEATHSIG, by)
    if os.getppid() != parent:  # it died before we asked
        os._exit(1)


def tail(log: Path, *, size: int = 1500) -> str:
    """The end of a log, for an error message."""
    return log.read_text(errors="replace")[-size:].strip() if log.exists() else ""


class Child:
    """One process in a session of its own, so that ^C in the terminal reaches the supervisor alone.

    Without a log its output is ours.
    """

    def __init__(
        self,
        name: str,
        command: list,
        *,
        log: Path | None,
        env: dict[str, str] | None = None,
        cwd: Path = Path("/"),
        account: Account | None = None,
        pass_fds: Sequence[int] = (),
        stop_by: signal.Signals = signal.SIGTERM,
        orphan_by: signal.Signals = signal.SIGKILL,
    ):
        self.name = name
        self.log = log
        self.stop_by = stop_by
        self.was_asked = False
        with open(log, "ab") if log else nullcontext() as output:
            self.process = subprocess.Popen(
                [str(part) for part in command],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                cwd=cwd,
                env=env,
                pass_fds=pass_fds,
                start_new_session=True,
                # Runs after the change of account, which would clear the request.
                preexec_fn=partial(die_with_parent, by=orphan_by, parent=os.getpid()),
                **(account.credentials if account else {}),
            )

    @property
    def ended(self) -> bool:
        return self.process.poll() is not None

    def ask_to_stop(self) -> None:
        """Ask once: some programs take a second signal for impatience."""
        if not self.ended and not self.was_asked:
            self.was_asked = True
            self.process.send_signal(self.stop_by)

    def finish(self) -> int:
        """Wait for its end and tell its status; an exception on the way, such as a signal's, ends it."""
        try:
            return self.process.wait()
        finally:
            if not self.ended:
                self.kill()

    def kill(self) -> None:
        """End it at once with all that it started."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def stop(self, *, timeout: float = 5) -> None:
        """Ask, wait `timeout` seconds, then kill."""
        self.ask_to_stop()
        try:
            self.process.wait(timeout)
        except subprocess.TimeoutExpired:
            self.kill()
