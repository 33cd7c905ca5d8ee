"""A web server with TLS on 127.0.0.1 that does what a test tells it, and a network in which names lead to it."""

import socket
import ssl
import threading
from collections.abc import Callable
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from functools import cache
from ipaddress import ip_address
from pathlib import Path
from tempfile import TemporaryDirectory

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from kit.fetch import Network, is_public

NAMES = ("feed.example.org", "other.example.org")
OUTSIDE = "198.41.0.4"  # a public address that no packet of a test ever reaches


@cache
def certificate(*names: str) -> tuple[str, str]:
    """(certificate, key) as PEM; it signs itself, and tests trust it as the only authority."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "tests")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=3650)).not_valid_after(now + timedelta(days=3650))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(each) for each in names]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    plain = serialization.NoEncryption()
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    return made.public_bytes(serialization.Encoding.PEM).decode(), pem.decode()


class Server:
    """`answer(connection, request, number)` writes what it likes; `accepted` counts connections, before any TLS."""

    def __init__(self, answer: Callable, names: tuple[str, ...] = NAMES):
        self.answer, self.accepted, self.requests = answer, 0, []
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        with TemporaryDirectory() as folder:
            for file, text in zip(("cert", "key"), certificate(*names), strict=True):
                Path(folder, file).write_text(text)
            self.context.load_cert_chain(Path(folder, "cert"), Path(folder, "key"))
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.over = threading.Event()
        self.threads = [threading.Thread(target=self.run, daemon=True)]
        self.threads[0].start()

    def run(self):
        while not self.over.is_set():
            try:
                plain, _address = self.listener.accept()
            except OSError:
                return
            if self.over.is_set():
                plain.close()
                return
            self.accepted += 1
            thread = threading.Thread(target=self.serve, args=(plain,), daemon=True)
            self.threads.append(thread)
            thread.start()

    def serve(self, plain):
        with plain, suppress(OSError):
            plain.settimeout(20)
            with self.context.wrap_socket(plain, server_side=True, suppress_ragged_eofs=True) as wire:
                request = b""
                while b"\r\n\r\n" not in request and (data := wire.recv(4096)):
                    request += data
                self.requests.append(request.decode("latin-1"))
                self.answer(wire, request.decode("latin-1"), len(self.requests))
                with suppress(OSError):
                    wire.unwrap()

    def close(self):
        self.over.set()
        with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1):
            pass
        self.listener.close()
        for thread in self.threads:
            thread.join(5)


@contextmanager
def serving(answer: Callable, names: tuple[str, ...] = NAMES):
    server = Server(answer, names)
    try:
        yield server
    finally:
        server.close()


class Guarded(Network):
    """The real rules about addresses; every name leads where the test says, at the port of its listener."""

    def __init__(self, port: int, addresses: dict[str, list[str]] | None = None):
        self.port, self.known, self.asked = port, addresses or {}, []

    def resolve(self, host: str) -> list[str]:
        self.asked.append(host)
        return self.known.get(host, ["127.0.0.1"])

    def tls(self) -> ssl.SSLContext:
        """As Python 3.11.2 makes it: with a break of the connection overlooked."""
        context = ssl.create_default_context(cadata=certificate(*NAMES)[0])
        context.options |= getattr(ssl, "OP_IGNORE_UNEXPECTED_EOF", 0)
        return context


class Open(Guarded):
    """The same network with this machine declared to be outside."""

    def allows(self, address: str) -> bool:
        return ip_address(address).is_loopback or is_public(address)


def reply(body: bytes = b"", *headers: str, status: str = "200 OK", length: int | None = None) -> Callable:
    """An ordinary answer; `length` announces another size than the body has."""
    size = len(body) if length is None else length
    head = "\r\n".join([f"HTTP/1.1 {status}", f"Content-Length: {size}", *headers, "", ""]).encode("latin-1")
    return lambda wire, request, number: wire.sendall(head + body)
