"""What a delivery is, judged by its content and never by its name: format, encoding, compression."""

import codecs
import gzip
import re
import zlib
from dataclasses import dataclass
from io import BufferedIOBase
from tempfile import TemporaryFile
from typing import BinaryIO

from django.conf import settings
from django.utils.translation import gettext as _

from courses.importing.records import DeliveryRefused

MOST = 2 * 1024**3  # bytes of a delivery after unpacking
RATIO = 100  # times that a compressed delivery may grow, once it is big enough to hurt
BIG = 50 * 1024**2
CHUNK = 1 << 20
PROLOG = 1 << 16

_ROOT = re.compile(r"<((?:[A-Za-z_][\w.-]*:)?([A-Za-z_][\w.-]*))")
_DECLARED = re.compile(rb"^\s*<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9._-]{1,40})[\"']")
_UTF8_NAMES = {"utf-8", "utf8", "us-ascii", "ascii"}
_LATIN_NAMES = {"iso-8859-1", "iso-8859-15", "iso8859-1", "iso8859-15", "latin1", "latin-1", "latin9", "iso_8859-1",
                "iso_8859-15", "latin-9", "l9", "l1"}  # fmt: skip


@dataclass
class Opened:
    """A delivery ready to be read from its beginning; `stream` of XML is always UTF-8."""

    format: str
    encoding: str
    stream: BinaryIO


def scratch() -> BinaryIO:
    """A file that vanishes when it is closed: on the disk of the deliveries, because in containers /tmp is memory."""
    settings.STATE_DIR.mkdir(parents=True, exist_ok=True)
    return TemporaryFile(dir=settings.STATE_DIR)


def open_delivery(stream: BinaryIO) -> Opened:
    """Recognise a seekable file. Raises DeliveryRefused with a sentence for people."""
    stream.seek(0)
    head = stream.read(4096)
    if not head.strip(b"\x00 \t\r\n\xef\xbb\xbf"):
        raise DeliveryRefused("empty", _("The file is empty. The courses stay as they are."))
    if head.startswith(b"\x1f\x8b"):
        stream = Unpacked(stream)
        head = _read_head(stream)
    if head.startswith(b"PK\x03\x04"):
        stream.seek(0)
        return Opened("table", "xlsx", stream)
    _refuse_foreign(head)
    if _looks_like_xml(head):
        return _open_xml(stream, head)
    stream.seek(0)
    return Opened("table", "", stream)


def _read_head(stream: "Unpacked") -> bytes:
    stream.seek(0)
    head = stream.read(4096)
    if not head.strip():
        raise DeliveryRefused("empty", _("The file is empty. The courses stay as they are."))
    return head


def _refuse_foreign(head: bytes) -> None:
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    if head.startswith((b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8")):
        raise DeliveryRefused("not-data", _("This is a document or a picture, not a list of courses."))
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        raise DeliveryRefused("old-excel", _("This is an old Excel file. Please save it as .xlsx or as CSV."))
    if start[:1] in (b"{", b"["):
        raise DeliveryRefused("json", _("This is a JSON file. We read open-Q-cat, KuferSQL, CSV and XLSX."))


def _looks_like_xml(head: bytes) -> bool:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return head.decode("utf-16", errors="replace").lstrip().startswith("<")
    return head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<")


# ── XML


def _open_xml(stream: BinaryIO, head: bytes) -> Opened:
    encoding, label = _encoding(stream, head)
    root = _root_name(stream, encoding)
    kind = {"openqcat": "openqcat", "kurse": "kufer"}.get(root.lower())
    if root.lower() in {"html", "body", "head", "title", "div"}:
        raise DeliveryRefused(
            "html", _("This is a web page (perhaps an error page of the provider's server), not a list of courses.")
        )
    if kind is None:
        raise DeliveryRefused(
            "unknown-xml", _("This XML format is not known here: it begins with <%(root)s>.") % {"root": root[:60]}
        )
    stream.seek(0)
    return Opened(kind, label, Recoded(stream, encoding))


def _encoding(stream: BinaryIO, head: bytes) -> tuple[str, str]:
    """(codec to read with, name for the report). The declaration counts unless the bytes prove it wrong."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16", "utf-16"
    match = _DECLARED.match(head.removeprefix(b"\xef\xbb\xbf"))
    declared = match[1].decode().lower() if match else "utf-8"
    is_utf8, has_multibyte, has_c1 = _examine(stream)
    if is_utf8 and (has_multibyte or head.startswith(b"\xef\xbb\xbf") or declared in _UTF8_NAMES):
        return "utf-8-sig", "utf-8" if declared in _UTF8_NAMES else f"utf-8 ({declared})"
    if declared in _UTF8_NAMES or (declared in _LATIN_NAMES and has_c1):
        return "cp1252", f"cp1252 ({declared})"
    return _known(declared), declared


def _known(name: str) -> str:
    try:
        codec = codecs.lookup(name)
    except LookupError:
        codec = None
    if codec is None or not getattr(codec, "_is_text_encoding", True):
        raise DeliveryRefused("encoding", _("The character set “%(name)s” of the file is not known.") % {"name": name})
    return codec.name


def _examine(stream: BinaryIO) -> tuple[bool, bool, bool]:
    """One pass over the bytes: valid UTF-8? characters beyond ASCII in UTF-8? bytes 80-9F, which Latin-1 leaves out?"""
    stream.seek(0)
    decoder = codecs.getincrementaldecoder("utf-8")()
    is_utf8, has_multibyte, has_c1, total = True, False, False, 0
    while chunk := stream.read(CHUNK):
        total += len(chunk)
        if total > MOST:
            raise DeliveryRefused("too-big", _("The file is bigger than 2 GB."))
        if chunk.isascii() and not decoder.getstate()[0]:
            continue
        has_c1 = has_c1 or _C1.search(chunk) is not None
        if is_utf8:
            try:
                decoder.decode(chunk)
                has_multibyte = True
            except UnicodeDecodeError:
                is_utf8 = False
    if is_utf8 and decoder.getstate()[0]:
        is_utf8 = False
    return is_utf8, has_multibyte, has_c1


_C1 = re.compile(rb"[\x80-\x9f]")


def _root_name(stream: BinaryIO, encoding: str) -> str:
    """Name of the root element without prefix. A DOCTYPE is refused: no exchange format needs one."""
    stream.seek(0)
    rest = Recoded(stream, encoding).read(PROLOG).decode("utf-8", errors="replace").lstrip("\ufeff \t\r\n")
    while rest.startswith(("<?", "<!--")):
        end = "?>" if rest.startswith("<?") else "-->"
        rest = rest.partition(end)[2].lstrip()
    if rest[:9].upper() == "<!DOCTYPE":
        if re.match(r"<!doctype\s+html", rest, re.IGNORECASE):
            return "html"
        raise DeliveryRefused("doctype", _("The file carries a DOCTYPE. For safety such files are not read."))
    match = _ROOT.match(rest)
    if not match:
        raise DeliveryRefused("malformed", _("The file is no valid XML: it has no root element."), 1)
    return match[2]


class Recoded(BufferedIOBase):
    """Bytes of any encoding as UTF-8, chunk by chunk. What cannot be decoded becomes U+FFFD, never an error."""

    def __init__(self, stream: BinaryIO, encoding: str):
        self.stream = stream
        self.decoder = None if encoding in {"utf-8", "utf-8-sig"} else codecs.getincrementaldecoder(encoding)("replace")
        self.rest = b""
        self.begun = False

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        if size is None or size < 0:
            return b"".join(iter(lambda: self.read(CHUNK), b""))
        while not self.rest:
            chunk = self.stream.read(max(size, 4096))
            if not chunk and (self.decoder is None or not (tail := self.decoder.decode(b"", True))):
                return b""
            self.rest = self._convert(chunk) if chunk else tail.encode("utf-8", "replace")
            if not chunk:
                self.decoder = None
        taken, self.rest = self.rest[:size], self.rest[size:]
        return taken

    def _convert(self, chunk: bytes) -> bytes:
        data = chunk if self.decoder is None else self.decoder.decode(chunk).encode("utf-8", "replace")
        if not self.begun:  # some programs write an empty line before the declaration, where XML allows none
            data = data.lstrip(codecs.BOM_UTF8 + b" \t\r\n")
            self.begun = bool(data)
        return data


class Unpacked(BufferedIOBase):
    """A gzip file as it was before packing, within limits."""

    def __init__(self, packed: BinaryIO):
        self.packed = packed
        self.file = None

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = 0) -> int:
        if offset or whence:
            raise ValueError("only back to the beginning")
        self.packed.seek(0)
        self.file = gzip.GzipFile(fileobj=self.packed)
        return 0

    def read(self, size: int = -1) -> bytes:
        try:
            data = self.file.read(CHUNK if size is None or size < 0 else size)
        except (OSError, EOFError, zlib.error) as error:
            raise DeliveryRefused("truncated", _("The compressed file is damaged or incomplete.")) from error
        done = self.file.tell()
        if done > MOST or (done > BIG and done > RATIO * max(self.packed.tell(), 1)):
            raise DeliveryRefused("too-big", _("The file is bigger than 2 GB."))
        return data
