"""pytest plugin: a throw-away PostgreSQL and Valkey per run, up before the settings are read.

DATABASE_URL or REDIS_URL in the environment win over them. With xdist the workers share the PostgreSQL server, where
each has a database of its own, and start a Valkey each.
"""

import fcntl
import os
import shutil
import stat
import tempfile
import time
from pathlib import Path

import pytest

from portal import locales
from portal.embedded.postgres import Postgres
from portal.embedded.state import ROOT, default_folder, private_folder
from portal.embedded.valkey import Valkey

PREFIX = "lernregion-test-"
MARK = "PORTAL_TEST_FOLDER"  # set by the first process of a run, inherited by its workers
ABANDONED_AFTER = 3600  # seconds; a folder without its lock file was never finished
# The developer's own shell must not change what tests see.
ENVIRONMENT = {
    "DJANGO_SETTINGS_MODULE": "portal.settings",
    "SECRET_KEY": "only-for-tests-" + "x" * 50,
    "DEBUG": "0",
    "DEMO": "0",
    "SITE_BASE_URL": "http://testserver",
    "ALLOWED_HOSTS": "testserver,127.0.0.1,localhost",
    "EMAIL_URL": "smtp://127.0.0.1:1",
    "DEFAULT_FROM_EMAIL": "Lernregion <portal@lernregion.example>",
    "STATEMENT_TIMEOUT_MS": "0",
    "SEARCH_IN_MEMORY": "0",
    "DATABASE_REPLICA_URL": "",
    "REPLICA_LAG_SECONDS": "10",
    "PROXY_COUNT": "0",
    "LOG_LEVEL": "WARNING",
}


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests(early_config):
    """A wrapper runs before pytest-django, which reads the settings here."""
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    folder = private_folder(Path(os.environ[MARK]) / worker) if worker else _new_folder(early_config)
    start_servers(folder, cleanup=early_config.add_cleanup, is_worker=bool(worker))
    if not worker:
        locales.compile_all(ROOT / "locale")
    return (yield)


def start_servers(folder: Path, *, cleanup, is_worker: bool) -> None:
    # Where PostgreSQL's account may read, other than in this run's own state folder.
    copies = default_folder() / "programs" if os.geteuid() == 0 else folder
    os.environ.update(ENVIRONMENT)
    os.environ["PORTAL_STATE_DIR"] = str(private_folder(folder / "state"))
    os.environ["STATIC_ROOT"] = str(folder / "static")
    if "DATABASE_URL" not in os.environ:
        postgres = Postgres(folder / "postgres", log=folder / "postgres.log", copies=copies, throw_away=True)
        cleanup(postgres.stop)
        os.environ["DATABASE_URL"] = postgres.start().url
    if "REDIS_URL" not in os.environ or (
        is_worker and os.environ["REDIS_URL"].startswith(f"unix://{os.environ[MARK]}")
    ):
        valkey = Valkey(folder / "valkey", log=folder / "valkey.log", throw_away=True)
        cleanup(valkey.stop)
        os.environ["REDIS_URL"] = valkey.start().url


def _new_folder(config) -> Path:
    temporary = Path(tempfile.gettempdir())
    sweep(temporary)
    folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=temporary))
    folder.chmod(0o711)  # PostgreSQL's account passes through
    lock = os.open(folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    fcntl.flock(lock, fcntl.LOCK_EX)
    os.environ[MARK] = str(folder)
    config.add_cleanup(lambda: shutil.rmtree(folder, ignore_errors=True))
    return folder


def sweep(temporary: Path) -> None:
    """Remove what killed runs left behind; a run that lives holds the lock in its folder."""
    for folder in temporary.glob(f"{PREFIX}*"):
        try:
            status = folder.lstat()
        except FileNotFoundError:  # its run has just ended
            continue
        if stat.S_ISDIR(status.st_mode) and status.st_uid == os.geteuid() and not _is_alive(folder, status.st_mtime):
            shutil.rmtree(folder, ignore_errors=True)


def _is_alive(folder: Path, changed_at: float) -> bool:
    try:
        lock = os.open(folder / "lock", os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        return time.time() - changed_at < ABANDONED_AFTER
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(lock)
    return False
