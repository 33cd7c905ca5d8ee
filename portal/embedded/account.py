"""The account PostgreSQL runs under when the portal is started by root, which PostgreSQL refuses."""

import os
import pwd
import stat
from dataclasses import dataclass
from pathlib import Path

# initdb wants an entry in /etc/passwd, and we add no users to other people's machines.
CANDIDATES = ("postgres", "nobody", "daemon")


@dataclass(frozen=True)
class Account:
    name: str
    uid: int
    gid: int

    @property
    def credentials(self) -> dict:
        """Arguments of subprocess.Popen that drop to this account."""
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def may_enter(self, folder: Path) -> bool:
        """Whether every folder down to this one can be passed; access control lists are not looked at."""
        return all(self._may_pass(part) for part in [folder, *folder.parents])

    def _may_pass(self, folder: Path) -> bool:
        status = folder.stat()
        if status.st_uid == self.uid:
            return bool(status.st_mode & stat.S_IXUSR)
        if status.st_gid == self.gid:
            return bool(status.st_mode & stat.S_IXGRP)
        return bool(status.st_mode & stat.S_IXOTH)


def service_account() -> Account | None:
    """Somebody to drop to, or None where we are an ordinary user already."""
    if os.geteuid() != 0:
        return None
    for name in CANDIDATES:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)
    raise SystemExit(f"PostgreSQL does not run as root, and there is no account {' or '.join(CANDIDATES)} to run it.")
