"""A mail server that keeps every message as a file and passes none on.

So the demo's mails really leave through SMTP, and no invented address is ever written to.
"""

import argparse
import asyncio
import itertools
import signal
import socket
import time
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope

SIZE_LIMIT = 20_000_000  # bytes


class KeepAsFile:
    """Handler of aiosmtpd: one .eml file per accepted message, complete or not there at all."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.numbers = itertools.count(1)

    async def handle_DATA(self, server, session, envelope: Envelope) -> str:  # noqa: N802  named by aiosmtpd
        name = f"{time.strftime('%Y%m%dT%H%M%SZ', time.gmtime())}-{time.monotonic_ns()}-{next(self.numbers)}.eml"
        fresh = self.folder / f"{name}.new"
        fresh.touch(mode=0o600)
        fresh.write_bytes(self._delivered(envelope))
        fresh.rename(self.folder / name)
        return "250 kept as " + name

    @staticmethod
    def _delivered(envelope: Envelope) -> bytes:
        """The message with its envelope on top, as a mail server writes it at delivery."""
        head = [f"Return-Path: <{envelope.mail_from or ''}>", *(f"Delivered-To: {to}" for to in envelope.rcpt_tos)]
        return "".join(f"{line}\r\n" for line in head).encode() + (envelope.original_content or b"")


async def serve(listener: socket.socket, folder: Path) -> None:
    loop = asyncio.get_running_loop()
    ended = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ended.set)
    handler = KeepAsFile(folder)

    def connection() -> SMTP:
        return SMTP(handler, data_size_limit=SIZE_LIMIT, hostname="localhost", enable_SMTPUTF8=True)

    await loop.create_server(connection, sock=listener)
    await ended.wait()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--fd", type=int, required=True, help="a bound socket")
    parser.add_argument("--folder", type=Path, required=True)
    options = parser.parse_args()
    asyncio.run(serve(socket.socket(fileno=options.fd), options.folder))


if __name__ == "__main__":
    main()
