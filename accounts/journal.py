"""A file beside the database that remembers who was erased, so that a restored backup cannot bring anybody back.

Each erasure leaves an `ErasureReceipt` in its transaction. After the commit a line goes to the journal: the receipt's
number and a keyed digest of what was erased, no name. When the journal's last receipt is missing in the database, the
database is older than the journal: it was restored. Then sweeps do nothing and lists of people stay closed until
`./dev manage replay_erasures` has erased again whom the journal names.
"""

import fcntl
import os
from collections.abc import Iterator
from dataclasses import astuple, dataclass
from pathlib import Path

from django.conf import settings
from django.db import models, transaction
from django.utils.crypto import salted_hmac

from accounts.models import ErasureReceipt, User
from kit import clock

NAME = "erasures.journal"
LONGEST_LINE = 400


@dataclass(frozen=True)
class Line:
    """One erasure. The month is its first day, as 2026-05-01."""

    receipt: str
    label: str
    reason: str
    month: str
    digest: str


def path() -> Path:
    return settings.STATE_DIR / NAME


def identity(obj: models.Model) -> str:
    """What names an object for ever. Numbers of accounts may be given again after a restore, so the moment joins in."""
    if isinstance(obj, User):
        return f"{obj._meta.label} {obj.pk} {obj.date_joined.isoformat()}"
    return f"{obj._meta.label} {obj.pk}"


def digests(obj: models.Model) -> set[str]:
    """How the journal may know this object: by the present key or one that was in use before."""
    return {_digest(obj, key) for key in [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]}


def _digest(obj: models.Model, key: str) -> str:
    return salted_hmac("accounts.journal", identity(obj), secret=key, algorithm="sha256").hexdigest()


def record(obj: models.Model, *, reason: str) -> ErasureReceipt:
    """Receipt for an object that is erased in this transaction; the journal follows the commit."""
    receipt = ErasureReceipt.objects.create(
        label=obj._meta.label,
        reason=reason,
        month=clock.today().replace(day=1),
        digest=_digest(obj, settings.SECRET_KEY),
    )
    transaction.on_commit(write_down)
    return receipt


def write_down() -> int:
    """Bring receipts that are committed into the journal; a sweep catches up on those of a process that died.

    While the database is behind the journal nothing is added: its last line is how one sees that. Returns how many.
    """
    waiting = ErasureReceipt.objects.exclude(digest="").order_by("month", "pk")
    if not waiting.exists() or is_behind():
        return 0
    with _held() as file:
        rows = list(waiting)
        text = "".join("\t".join(astuple(_line(row))) + "\n" for row in rows)
        file.write(_end_of_torn_line(file) + text.encode())
        file.flush()
        os.fsync(file.fileno())
        ErasureReceipt.objects.filter(pk__in=[row.pk for row in rows]).update(digest="")
    return len(rows)


def _end_of_torn_line(file) -> bytes:
    """A crash in the middle of a line must not spoil the next one."""
    size = os.fstat(file.fileno()).st_size
    return b"" if size == 0 or os.pread(file.fileno(), 1, size - 1) == b"\n" else b"\n"


def _line(row: ErasureReceipt) -> Line:
    return Line(str(row.pk), row.label, row.reason, row.month.isoformat(), row.digest)


def _held():
    """The journal, open for one writer at a time."""
    path().parent.mkdir(parents=True, exist_ok=True)
    file = open(os.open(path(), os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600), "ab")  # noqa: SIM115  the caller closes
    fcntl.flock(file, fcntl.LOCK_EX)
    return file


def is_behind() -> bool:
    """Whether the database is older than the journal, that is: restored from a backup."""
    last = _last()
    return last is not None and not ErasureReceipt.objects.filter(pk=last.receipt).exists()


def lines() -> Iterator[Line]:
    """All erasures, oldest first. A line that a crash has torn is no line; its receipt is written down again."""
    if path().exists():
        with path().open() as file:
            yield from filter(None, map(_read, file))


def _last() -> Line | None:
    """From the end of the file: this is asked often."""
    try:
        with path().open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - 3 * LONGEST_LINE))
            found = file.read().decode(errors="replace").splitlines(keepends=True)
    except FileNotFoundError:
        return None
    return next(filter(None, map(_read, reversed(found))), None)


def _read(line: str) -> Line | None:
    parts = line.rstrip("\n").split("\t")
    return Line(*parts) if line.endswith("\n") and len(parts) == 5 and len(parts[4]) == 64 else None


def missing() -> list[Line]:
    """What the journal knows as erased and this database does not."""
    known = {str(pk) for pk in ErasureReceipt.objects.values_list("pk", flat=True)}
    return [line for line in lines() if line.receipt not in known]


def acknowledge(line: Line) -> None:
    """The erasure of this line holds in this database too."""
    values = {"label": line.label, "reason": line.reason, "month": line.month, "digest": ""}
    ErasureReceipt.objects.get_or_create(pk=line.receipt, defaults=values)
