"""The portal on one machine: servers, web, workers and beat, up together and down together."""

import os
import signal
import sys
import time
import urllib.error
import urllib.request

from portal.embedded.process import Child, tail
from portal.embedded.servers import HANDED_ON, Servers, bind, environment
from portal.embedded.state import ROOT, State

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
STOP_SECONDS = 4  # for web and workers together; ^C promises ten seconds, the database takes some of them
READY_SECONDS = 120
WEB_STATEMENT_TIMEOUT_MS = "2000"
CELERY = ["celery", "--app", "portal", "--quiet"]


class Stopped(BaseException):
    """Somebody asked us to stop."""


class Failed(Exception):
    """The portal cannot go on; the message says why and where to look."""


def stop_at_signals() -> None:
    """Handlers of our own: a background job of a shell has SIGINT ignored."""

    def stop(number, frame):
        for each in STOP_SIGNALS:
            signal.signal(each, signal.SIG_IGN)
        raise Stopped

    for each in STOP_SIGNALS:
        signal.signal(each, stop)


def ignore_signals() -> None:
    for each in STOP_SIGNALS:
        signal.signal(each, signal.SIG_IGN)


class Supervisor:
    def __init__(self, state: State, *, port: int):
        self.state = state
        self.address = f"http://127.0.0.1:{port}"
        self.environ = environment(state, address=self.address)
        self.servers = Servers(state, self.environ)
        self.programs: list[Child] = []
        self.started_at = time.monotonic()

    def run(self, listener) -> None:
        """Returns never: ends by Stopped or Failed."""
        with listener:
            self.say("starting database, broker and mail server …")
            self.servers.start()
            self.write_note()
            self.prepare()
            self.start_programs(listener)
        self.wait_until_ready()
        self.greet()
        while True:
            self.look_after_children()
            time.sleep(0.2)

    def stop(self) -> None:
        for program in self.programs:
            program.ask_to_stop()
        deadline = time.monotonic() + STOP_SECONDS
        for program in self.programs:
            program.stop(timeout=max(0.1, deadline - time.monotonic()))
        self.servers.stop()
        self.state.note.unlink(missing_ok=True)

    def say(self, text: str) -> None:
        print(f"[{time.monotonic() - self.started_at:5.1f} s] {text}", flush=True)

    def write_note(self) -> None:
        known = {name: self.environ[name] for name in HANDED_ON if name in self.environ}
        self.state.write_note(kind="portal", address=self.address, environment=known)

    def prepare(self) -> None:
        self.say("preparing database, demo region and static files …")
        command = [sys.executable, "-m", "portal.embedded.prepare"]
        if Child("prepare", command, log=None, env=self.environ, cwd=ROOT).finish():
            raise Failed("preparing the portal failed; the reason stands above")

    def start_programs(self, listener) -> None:
        self.say("starting web server, workers and beat …")
        web = ["gunicorn", "--bind", f"fd://{listener.fileno()}"]
        web_environ = {"STATEMENT_TIMEOUT_MS": WEB_STATEMENT_TIMEOUT_MS, "SEARCH_IN_MEMORY": "1", **self.environ}
        self.start_program("web", web, environ=web_environ, pass_fds=[listener.fileno()])
        self.start_program("worker", self.worker("worker", queues="mail,default"))
        self.start_program("worker-imports", self.worker("worker-imports", queues="imports"))
        schedule = self.state.folder / "beat-schedule"
        self.start_program("beat", [*CELERY, "beat", "--schedule", schedule, "--pidfile="])

    @staticmethod
    def worker(name: str, *, queues: str) -> list[str]:
        options = ["--queues", queues, "--concurrency", "1", "--hostname", f"{name}@%h"]
        return [*CELERY, "worker", *options, "--without-gossip", "--without-mingle"]

    def start_program(self, name: str, command: list, *, environ: dict | None = None, pass_fds=()) -> None:
        family = [sys.executable, "-m", "portal.embedded.family"]
        log = self.state.logs / f"{name}.log"
        program = Child(name, [*family, *command], log=log, env=environ or self.environ, cwd=ROOT, pass_fds=pass_fds)
        self.programs.append(program)

    def look_after_children(self) -> None:
        for child in [*self.programs, *self.servers.children]:
            if child.ended:
                raise Failed(
                    f"{child.name} ended unexpectedly ({child.process.returncode}), see {child.log}\n{tail(child.log)}"
                )

    def wait_until_ready(self) -> None:
        deadline = time.monotonic() + READY_SECONDS
        while not self.answers():
            self.look_after_children()
            if time.monotonic() > deadline:
                raise Failed(f"the web server does not answer, see {self.state.logs / 'web.log'}")
            time.sleep(0.1)

    def answers(self) -> bool:
        """Asks without a proxy, which an environment may name for everything."""
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(f"{self.address}/healthz", timeout=5) as response:
                return response.status == 200
        except (OSError, urllib.error.URLError):
            return False

    def greet(self) -> None:
        logins = self.state.folder / "demo-logins.txt"
        self.say("ready")
        print(f"\n  {self.address}/\n")
        if logins.exists() and logins.read_text().strip():
            print(logins.read_text())
        print(f"  data  {self.state.folder}\n  logs  {self.state.logs}\n  mail  {self.state.mail}")
        print("  ^C stops everything.", flush=True)


def up(*, port: int) -> int:
    """Run until asked to stop. Exit status: 0 asked, 1 something failed."""
    state = State.open()
    lock = state.try_lock()
    if lock is None:
        note = state.read_note() or {}
        where = note.get("address") or f"process {note.get('pid', 'unknown')}"
        print(f"The portal of {state.folder} runs already: {where}. `./dev down` stops it.", file=sys.stderr)
        return 1
    try:
        listener = bind(port)
    except OSError as error:
        print(f"Port {port} cannot be used ({error.strerror}). Choose another: ./dev up --port 8001", file=sys.stderr)
        return 1
    return supervise(Supervisor(state, port=port), listener)


def supervise(supervisor: Supervisor, listener) -> int:
    stop_at_signals()
    try:
        supervisor.run(listener)
    except Stopped:
        supervisor.say("stopping …")
        return 0
    except Failed as error:
        print(f"\n{error}", file=sys.stderr, flush=True)
        return 1
    finally:
        ignore_signals()
        supervisor.stop()
        supervisor.say("stopped")


def down(state: State) -> int:
    note = state.read_note()
    if note is None:
        print("Nothing runs.")
        return 0
    if "pid" not in note:
        print(f"Somebody holds {state.folder / 'lock'} without saying who. Try again in a moment.", file=sys.stderr)
        return 1
    os.kill(note["pid"], signal.SIGTERM)
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        if state.read_note() is None:
            print("Stopped.")
            return 0
        time.sleep(0.1)
    print(f"Process {note['pid']} does not end.", file=sys.stderr)
    return 1
