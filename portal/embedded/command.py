"""Run one command with the database and broker of this checkout, whether the portal runs or not."""

import os
import signal
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

from portal.embedded.process import die_with_parent
from portal.embedded.servers import HANDED_ON, Servers, environment
from portal.embedded.state import ROOT, State
from portal.embedded.supervisor import Stopped, ignore_signals, stop_at_signals

ADDRESS = "http://127.0.0.1:8000"
LOCK_SECONDS = 30


def run(command: list[str], *, folder: Path | None = None) -> int:
    """The command's exit status. With `folder` the servers are those of another state than the checkout's own."""
    state = State.open(folder)
    deadline = time.monotonic() + LOCK_SECONDS
    while time.monotonic() < deadline:
        lock = state.try_lock()
        if lock is not None:
            return run_alone(state, command)
        note = state.read_note()
        if note and "environment" in note:
            return run_beside(note, command)
        time.sleep(0.2)  # whoever holds the lock is still starting
    print(f"Somebody holds {state.folder / 'lock'} without saying how to reach the database.", file=sys.stderr)
    return 1


def run_beside(note: dict, command: list[str]) -> int:
    """Take the running portal's servers; a variable that is set here wins."""
    ours = {name: value for name, value in os.environ.items() if value or name not in HANDED_ON}
    known = note["environment"]
    folder = {"PORTAL_STATE_DIR": known["PORTAL_STATE_DIR"]}  # ours may be relative
    return call(command, {"DJANGO_SETTINGS_MODULE": "portal.settings", **known, **ours, **folder})


def run_alone(state: State, command: list[str]) -> int:
    """Start servers for this one command."""
    environ = environment(state, address=ADDRESS)
    servers = Servers(state, environ)
    stop_at_signals()
    try:
        servers.start()
        known = {name: environ[name] for name in HANDED_ON if name in environ}
        state.write_note(kind="command", address="", environment=known)
        return call(command, environ)
    except Stopped:
        return 130
    finally:
        ignore_signals()
        servers.stop()
        state.note.unlink(missing_ok=True)


def call(command: list[str], environ: dict[str, str]) -> int:
    """In our own process group: the command may ask questions, and ^C is meant for it as well."""
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env=environ,
        preexec_fn=partial(die_with_parent, by=signal.SIGTERM, parent=os.getpid()),
    )
    try:
        return process.wait()
    except (KeyboardInterrupt, Stopped):
        return finish(process)


def finish(process: subprocess.Popen) -> int:
    process.terminate()
    try:
        process.wait(5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    return 130
