"""A mail server that behaves as told: accepts, defers, refuses, hangs up after the data, is slow."""

import socket
import time
from collections import Counter
from contextlib import contextmanager
from email import message_from_bytes, policy

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP


class Script:
    """Handler of aiosmtpd. `answers` says per recipient how the next mails to them are treated, then all is well."""

    def __init__(self):
        self.accepted = []  # messages for which the server has said 250
        self.seen = Counter()  # Message-IDs whose data arrived, accepted or not
        self.answers: dict[str, list[str]] = {}
        self.delay = 0.0

    def _next(self, to: str, at: str) -> str | None:
        waiting = self.answers.get(to, [])
        return waiting.pop(0).removeprefix(at) if waiting and waiting[0].startswith(at) else None

    async def handle_RCPT(self, server, session, envelope, address, options):
        answer = self._next(address, "rcpt ")
        if answer is None:
            envelope.rcpt_tos.append(address)
        return answer or "250 OK"

    async def handle_DATA(self, server, session, envelope):
        message = message_from_bytes(envelope.content, policy=policy.default)
        self.seen[message["Message-ID"]] += 1
        if self.delay:
            time.sleep(self.delay)
        answer = self._next(envelope.rcpt_tos[0], "data ")
        if answer == "hang up":
            server.transport.abort()
            return "451 nobody hears this"
        if answer is None:
            message.sender, message.recipients = envelope.mail_from, list(envelope.rcpt_tos)
            self.accepted.append(message)
        return answer or "250 accepted"


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


class Speaker(Controller):
    def factory(self):
        return SMTP(self.handler, hostname="localhost", enable_SMTPUTF8=True)


@contextmanager
def mail_server(script: Script):
    port = free_port()
    speaker = Speaker(script, hostname="127.0.0.1", port=port, ready_timeout=10)
    speaker.start()
    try:
        yield port
    finally:
        speaker.stop()
