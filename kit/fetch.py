"""Downloads from addresses that other people name, so that nobody reaches the inside of our network through us.

Only https, only port 443, only names, and only when each address behind the name is public. The connection goes to
the very address that was checked, and asks again whom it has reached: a name that answers differently the second
time gains nothing. Redirects are checked like the first address. No cookies, no passwords, no proxy.
"""

import hashlib
import http.client
import io
import ipaddress
import queue
import re
import socket
import ssl
import threading
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from time import monotonic
from typing import BinaryIO, NamedTuple
from urllib.parse import quote, urljoin

from django.conf import settings
from django.utils.translation import gettext as _

RATIO = 100  # times that a packed answer may grow, once it is big enough to hurt
BIG = 1 << 20
CHUNK = 1 << 16
MOST_REDIRECTS = 3
MOST_ADDRESSES = 4  # of one name that are tried
REDIRECTS = {301, 302, 303, 307, 308}
PRINTABLE = "".join(map(chr, range(33, 127)))
# Asked of OpenSSL 3 by some Pythons (3.11.2 of Debian 12): a connection that breaks without TLS saying goodbye looks as
# if all had come, so that half of an answer without a length would be taken for whole.
OVERLOOK_A_BREAK = getattr(ssl, "OP_IGNORE_UNEXPECTED_EOF", 0)

_LABEL = r"(?!-)[A-Za-z0-9-]{1,63}(?<!-)"
_URL = re.compile(
    rf"https://(?P<host>(?=[^/?#:]{{1,253}}(?:[/?#:]|$))(?:{_LABEL}\.)+(?=[A-Za-z]){_LABEL})(?::443)?"
    r"(?P<target>(?:[/?][!$-;=?-\[\]^_`a-z{|}~]*)?)(?:#.*)?"
)

# What Python's is_global lets through though nobody outside lives there, or though it carries another address inside
# (RFC 6890 and its registries; 168.63.129.16 is the host of every machine in one big cloud).
_NOT_OUTSIDE = [
    ipaddress.ip_network(network)
    for network in (
        "0.0.0.0/8", "192.0.0.0/24", "192.88.99.0/24", "224.0.0.0/4", "240.0.0.0/4", "168.63.129.16/32",
        "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20",
    )
]  # fmt: skip
_OUTSIDE_6 = ipaddress.ip_network("2000::/3")  # all that has been given out; no embedded IPv4, no local networks


class FetchFailed(Exception):
    """Nothing usable came; `rule` is for programs, the message for people."""

    def __init__(self, rule: str, text: str):
        super().__init__(text)
        self.rule = rule


class Target(NamedTuple):
    """An address in its parts, checked; `path` with the query."""

    url: str
    host: str
    path: str


@dataclass(frozen=True)
class Limits:
    """Seconds and bytes."""

    connect: float = 5
    headers: float = 30
    total: float = 60
    largest: int = 2 * 1024**3


@dataclass(frozen=True)
class Fetched:
    """What came. `is_unchanged`: the server says that we have it already, and nothing was written."""

    url: str  # after redirects
    etag: str = ""
    last_modified: str = ""
    size: int = 0
    sha256: str = ""
    is_unchanged: bool = False


def is_public(address: str) -> bool:
    """Whether an IP address belongs to somebody on the internet. What cannot be read is none."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return False
    if not ip.is_global or ip.is_multicast or ip.is_reserved or getattr(ip, "scope_id", None):
        return False
    if ip.version == 6 and ip not in _OUTSIDE_6:
        return False
    return not any(ip in network for network in _NOT_OUTSIDE if network.version == ip.version)


class Network:
    """How the outside is reached. Tests bring their own; nothing that can be configured opens this door."""

    port = 443

    def resolve(self, host: str) -> list[str]:
        found = socket.getaddrinfo(host, self.port, type=socket.SOCK_STREAM)
        return list(dict.fromkeys(address[4][0] for address in found))

    def allows(self, address: str) -> bool:
        return is_public(address)

    def connect(self, address: str, timeout: float) -> socket.socket:
        return socket.create_connection((address, self.port), timeout)

    def tls(self) -> ssl.SSLContext:
        return ssl.create_default_context()


INTERNET = Network()


def check_url(url: str) -> Target:
    """The parts of an address that may be fetched. FetchFailed for every other spelling."""
    if len(url) > 2000 or "\\" in url or not url.isprintable() or any(letter.isspace() for letter in url):
        raise _bad_url()
    match = _URL.fullmatch(quote(url, safe=PRINTABLE))
    if match is None:
        raise _bad_url()
    target = match["target"]
    path = target if target.startswith("/") else f"/{target}"
    return Target(url, match["host"].lower(), path)


def _bad_url() -> FetchFailed:
    reason = _("Only addresses that begin with https:// and a name are fetched: without password, without port number.")
    return FetchFailed("url", reason)


def fetch(
    url: str, *, into: BinaryIO, etag: str = "", last_modified: str = "", limits: Limits | None = None,
    network: Network = INTERNET,
) -> Fetched:  # fmt: skip
    """Write what is at `url` to a file, unpacked. FetchFailed for everything that is not one whole answer 200.

    `etag` and `last_modified` of the copy that the caller has let the server say that nothing has changed.
    """
    limits = limits or Limits()
    visit = _Visit(network, limits, {"If-None-Match": etag, "If-Modified-Since": last_modified}, into)
    try:
        return visit.follow(url)
    except TimeoutError as error:
        raise FetchFailed("slow", _("The server is too slow: the file did not arrive in time.")) from error
    except ssl.SSLCertVerificationError as error:
        reason = _("The certificate of the server is not valid (%(reason)s).")
        raise FetchFailed("certificate", reason % {"reason": error.verify_message}) from error
    except http.client.HTTPException as error:
        raise FetchFailed("protocol", _("The answer of the server breaks off or cannot be understood.")) from error
    except zlib.error as error:
        raise FetchFailed("damaged", _("The compressed file is damaged or incomplete.")) from error
    except OSError as error:
        reason = _("The server cannot be reached (%(reason)s).")
        raise FetchFailed("connection", reason % {"reason": type(error).__name__}) from error


class _Visit:
    """One download over all its redirects: one clock, one limit."""

    def __init__(self, network: Network, limits: Limits, asked: dict[str, str], into: BinaryIO):
        self.network, self.limits, self.into = network, limits, into
        self.asked = {name: value for name, value in asked.items() if value}
        self.ends = monotonic() + limits.total

    def follow(self, url: str) -> Fetched:
        for _hop in range(MOST_REDIRECTS + 1):
            target = check_url(url)
            with self.wire(target) as wire:
                response = self.ask(target, wire)
                if response.status not in REDIRECTS:
                    return self.take(target, response)
                url = urljoin(target.url, response.getheader("Location", ""))
        raise FetchFailed("redirects", _("The server leads on and on to other addresses."))

    # ── Connecting

    def wire(self, target: Target) -> "_Wire":
        plain = self.connect(self.addresses(target.host))
        try:
            plain.settimeout(self.left(self.limits.headers))
            tls = self.network.tls()
            tls.options &= ~OVERLOOK_A_BREAK
            secure = tls.wrap_socket(plain, server_hostname=target.host, suppress_ragged_eofs=False)
        except BaseException:
            plain.close()
            raise
        return _Wire(secure, min(self.ends, monotonic() + self.limits.headers))

    def addresses(self, host: str) -> list[str]:
        """All addresses behind a name. One that is not public spoils the others: nobody needs such a mixture."""
        try:
            found = _within(self.left(self.limits.connect), self.network.resolve, host)
        except (socket.gaierror, UnicodeError) as error:
            raise FetchFailed("name", _("There is no server with the name %(host)s.") % {"host": host}) from error
        if not found or not all(self.network.allows(address) for address in found):
            raise _inside()
        return found[:MOST_ADDRESSES]

    def connect(self, addresses: list[str]) -> socket.socket:
        for address in addresses:
            try:
                plain = self.network.connect(address, self.left(self.limits.connect))
            except OSError as error:
                failure = error
                continue
            peer = plain.getpeername()[0]
            if ipaddress.ip_address(peer) == ipaddress.ip_address(address) and self.network.allows(peer):
                return plain
            plain.close()
            raise _inside()
        raise failure

    def left(self, most: float) -> float:
        left = min(self.ends - monotonic(), most)
        if left <= 0:
            raise TimeoutError
        return left

    # ── Asking and taking

    def ask(self, target: Target, wire: "_Wire") -> http.client.HTTPResponse:
        connection = http.client.HTTPConnection(target.host)
        connection.sock = wire
        connection.putrequest("GET", target.path, skip_host=True, skip_accept_encoding=True)
        headers = {
            "Host": target.host, "User-Agent": f"Lernregion (+{settings.SITE_BASE_URL})", "Accept": "*/*",
            "Accept-Encoding": "gzip", "Connection": "close", **self.asked,
        }  # fmt: skip
        for name, value in headers.items():
            connection.putheader(name, value)
        connection.endheaders()
        response = connection.getresponse()
        wire.until = self.ends
        return response

    def take(self, target: Target, response: http.client.HTTPResponse) -> Fetched:
        seen = {"etag": _header(response, "ETag"), "last_modified": _header(response, "Last-Modified")}
        if response.status == 304 and self.asked:
            return Fetched(target.url, **seen, is_unchanged=True)
        if response.status != 200:
            reason = _("The server answers with the error %(status)s.") % {"status": response.status}
            raise FetchFailed("status", reason)
        sha256, size = hashlib.sha256(), 0
        for data in self.unpacked(response):
            size += len(data)
            if size > self.limits.largest:
                raise self.too_big()
            sha256.update(data)
            self.into.write(data)
        if not size:
            raise FetchFailed("empty", _("The file is empty."))
        return Fetched(target.url, **seen, size=size, sha256=sha256.hexdigest())

    def unpacked(self, response: http.client.HTTPResponse) -> Iterator[bytes]:
        coding = response.getheader("Content-Encoding", "identity").strip().lower()
        if coding in {"gzip", "x-gzip"}:
            return _unzipped(self.raw(response))
        if coding != "identity":
            raise FetchFailed("coding", _("The answer is packed in a way that is not known here."))
        return self.raw(response)

    def raw(self, response: http.client.HTTPResponse) -> Iterator[bytes]:
        """The body as it is sent. http.client does not mind a body that is shorter than announced; we do."""
        announced, received = response.length, 0
        if (announced or 0) > self.limits.largest:
            raise self.too_big()
        while data := response.read(CHUNK):
            received += len(data)
            if received > self.limits.largest:
                raise self.too_big()
            yield data
        if announced is not None and received != announced:
            raise http.client.IncompleteRead(b"", announced - received)

    def too_big(self) -> FetchFailed:
        return FetchFailed("too-big", _("The file is bigger than %(size)s MB.") % {"size": self.limits.largest >> 20})


def _inside() -> FetchFailed:
    return FetchFailed("inside", _("The address leads into a closed network. Nothing is fetched from there."))


def _header(response: http.client.HTTPResponse, name: str) -> str:
    """A header that we send back next time; one that is long or odd is as good as none."""
    value = response.getheader(name, "")
    return value if len(value) <= 200 and value.isascii() and value.isprintable() else ""


def _unzipped(packed: Iterator[bytes]) -> Iterator[bytes]:
    """One gzip stream, whole; in small steps, so that a bomb is seen before it is in memory."""
    unpack, sent, grown = zlib.decompressobj(wbits=31), 0, 0
    for data in packed:
        sent += len(data)
        while data and not unpack.eof:
            out = unpack.decompress(data, CHUNK)
            grown += len(out)
            if grown > BIG and grown > RATIO * sent:
                raise FetchFailed("bomb", _("The compressed file grows beyond all measure when it is unpacked."))
            yield out
            data = unpack.unconsumed_tail
        if unpack.unused_data:
            raise zlib.error("something follows the end")
    yield unpack.flush()
    if not unpack.eof:
        raise zlib.error("breaks off")


def _within(seconds: float, work, *arguments):
    """Asking for a name may hang for minutes, and the system gives no way to say how long: another thread waits."""
    answer: queue.SimpleQueue = queue.SimpleQueue()

    def ask():
        try:
            answer.put((work(*arguments), None))
        except Exception as error:
            answer.put((None, error))

    threading.Thread(target=ask, daemon=True).start()
    try:
        result, error = answer.get(timeout=seconds)
    except queue.Empty:
        raise TimeoutError from None
    if error is not None:
        raise error
    return result


class _Wire:
    """A connection as http.client needs it, whose every step looks at the clock: many small bytes gain no time."""

    def __init__(self, sock: ssl.SSLSocket, until: float):
        self.sock, self.until = sock, until

    def __enter__(self) -> "_Wire":
        return self

    def __exit__(self, *error) -> None:
        self.sock.close()

    def close(self) -> None:
        """http.client closes when it has sent; the answer is still to be read."""

    def sendall(self, data: bytes) -> None:
        self.hurry()
        self.sock.sendall(data)

    def makefile(self, mode: str) -> io.BufferedReader:
        return io.BufferedReader(_Reader(self), CHUNK)

    def hurry(self) -> None:
        left = self.until - monotonic()
        if left <= 0:
            raise TimeoutError
        self.sock.settimeout(left)


class _Reader(io.RawIOBase):
    def __init__(self, wire: _Wire):
        self.wire = wire

    def readable(self) -> bool:
        return True

    def readinto(self, buffer) -> int:
        self.wire.hurry()
        return self.wire.sock.recv_into(buffer)
