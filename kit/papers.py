"""Papers that people hand in (PDF, JPEG, PNG): what is stored was written anew, by a process of its own."""

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

LARGEST_FILE = 5 * 1024**2
PATIENCE = 30  # seconds by the clock on the wall
PROGRAM = Path(__file__).with_name("inert.py")
ENDINGS = {"application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png"}

TOO_LARGE_FILE = _("The file is larger than 5 MB. Please choose a smaller one.")
UNREADABLE = _("We cannot read this file. Please save it anew as PDF, JPEG or PNG and try again.")
REFUSALS = {
    "encrypted": _("This PDF is locked with a password. Please save it without one and try again."),
    "active": _("This PDF contains active parts that we do not accept. Please print it into a new PDF."),
    "too large": _("This file is too large when it is opened: too many pages or pixels. Please make it smaller."),
    "unknown": _("This is neither PDF nor JPEG nor PNG. Please choose another file."),
}


@dataclass(frozen=True)
class Paper:
    content: bytes
    media_type: str

    @property
    def ending(self) -> str:
        return ENDINGS[self.media_type]


def rewritten(upload) -> Paper:
    """The paper without scripts, attachments, comments and metadata. ValidationError with a sentence for people."""
    if upload.size > LARGEST_FILE:
        raise ValidationError(TOO_LARGE_FILE)
    if not upload.size:
        raise ValidationError(UNREADABLE)
    first_line, content = _answer(upload.read())
    kind = first_line.decode()
    if kind not in ENDINGS:
        raise ValidationError(REFUSALS.get(kind.removeprefix("refused "), UNREADABLE))
    return Paper(content, kind)


def _answer(data: bytes) -> tuple[bytes, bytes]:
    """First line and rest; both empty where the system had to end the process."""
    command = [sys.executable, "-I", "-B", str(PROGRAM)]
    try:
        done = subprocess.run(command, input=data, capture_output=True, timeout=PATIENCE, cwd="/", env={}, check=False)
    except subprocess.TimeoutExpired:
        return b"refused too large", b""
    first_line, _newline, content = done.stdout.partition(b"\n")
    return (first_line, content) if done.returncode == 0 else (b"", b"")
