"""Where a running portal keeps its data, and how a second command finds it."""

import fcntl
import hashlib
import json
import os
import secrets
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOCKET_PATH_LIMIT = 107  # bytes in sockaddr_un.sun_path, less the closing zero


def default_folder() -> Path:
    """The state folder of this checkout.

    Root's checkout often lies in /root, which PostgreSQL's account must not enter; so root's state lies in /var/lib,
    where nobody else can put something in the way. Never in a folder that everybody may write to.
    """
    if os.environ.get("PORTAL_STATE_DIR"):
        return Path(os.environ["PORTAL_STATE_DIR"]).resolve()
    if os.geteuid() == 0:
        return Path("/var/lib") / f"lernregion-{hashlib.sha256(str(ROOT).encode()).hexdigest()[:10]}"
    return ROOT / "var"


def private_folder(path: Path, *, mode: int = 0o700) -> Path:
    path.mkdir(mode=mode, parents=True, exist_ok=True)
    path.chmod(mode)
    return path


def socket_folder(wanted: Path, *, longest_name: str) -> Path:
    """`wanted`, or a private folder in the temporary directory where a socket's path would grow too long.

    The folder found last time stands in a file beside `wanted`, so that restarts leave no trail of folders.
    """
    if len(os.fsencode(wanted / longest_name)) <= SOCKET_PATH_LIMIT:
        return wanted
    note = wanted.with_name(f"{wanted.name}.path")
    known = Path(note.read_text()) if note.exists() else None
    if known and _is_private(known):
        return known
    folder = Path(tempfile.mkdtemp(prefix="lernregion-"))
    note.write_text(str(folder))
    return folder


def _is_private(folder: Path) -> bool:
    try:
        status = folder.lstat()
    except OSError:
        return False
    return stat.S_ISDIR(status.st_mode) and not status.st_mode & 0o077 and _is_ours(status.st_uid)


def _is_ours(uid: int) -> bool:
    return os.geteuid() in (0, uid)


@dataclass(frozen=True)
class State:
    """The folders and notes of one installation on this machine."""

    folder: Path

    @classmethod
    def open(cls, folder: Path | None = None) -> "State":
        # 0711: PostgreSQL's account passes through to its own folder and sees nothing else.
        return cls(private_folder(folder or default_folder(), mode=0o711))

    @property
    def logs(self) -> Path:
        return private_folder(self.folder / "logs")

    @property
    def mail(self) -> Path:
        return private_folder(self.folder / "mail")

    @property
    def note(self) -> Path:
        return self.folder / "running.json"

    def secret_key(self) -> str:
        """The key of this installation; made at the first call."""
        path = self.folder / "secret-key"
        if not path.exists():
            fresh = path.with_suffix(".new")
            fresh.unlink(missing_ok=True)
            fresh.touch(mode=0o600)
            fresh.write_text(secrets.token_urlsafe(50))
            fresh.rename(path)
        return path.read_text().strip()

    def write_note(self, **facts) -> None:
        """Tell other commands who runs here and how to reach the servers; only we may read it: it holds the key."""
        fresh = self.note.with_suffix(".new")
        fresh.unlink(missing_ok=True)
        fresh.touch(mode=0o600)
        fresh.write_text(json.dumps({"pid": os.getpid(), **facts}))
        fresh.rename(self.note)

    def read_note(self) -> dict | None:
        """What the process that holds the lock wrote, or None where nobody holds it."""
        lock = self.try_lock()
        if lock is not None:
            os.close(lock)
            return None
        try:
            return json.loads(self.note.read_text())
        except (OSError, ValueError):  # it has the lock and has not come to the note yet
            return {}

    def try_lock(self) -> int | None:
        """A file descriptor that holds the lock until it is closed or we die; None where somebody else holds it."""
        lock = os.open(self.folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(lock)
            return None
        return lock
