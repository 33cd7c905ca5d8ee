"""A way out for mails that behaves as a mail server does: takes, defers, refuses, is away; or we die after its 250."""

import random
import smtplib
from dataclasses import dataclass, field

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend


class Killed(BaseException):
    """The sending process dies here. No handler of ours sees it, as with kill -9."""


@dataclass
class Server:
    """What the mail server does next, and what it has taken: (address, subject, Message-ID)."""

    chance: random.Random = field(default_factory=random.Random)
    is_away: bool = False
    refuses: set[str] = field(default_factory=set)
    defers: float = 0.0
    kills: float = 0.0
    taken: list[tuple[str, str, str]] = field(default_factory=list)  # and told to us
    lost: list[tuple[str, str, str]] = field(default_factory=list)  # taken, and we died before we could note it
    refused: list[tuple[str, str, str]] = field(default_factory=list)

    def receive(self, message: EmailMessage) -> None:
        [to] = message.to
        mail = (to, message.subject, message.extra_headers["Message-ID"])
        if to in self.refuses:
            self.refused.append(mail)
            raise smtplib.SMTPRecipientsRefused({to: (550, b"5.1.1 no such user")})
        if self.chance.random() < self.defers:
            raise smtplib.SMTPRecipientsRefused({to: (451, b"4.7.1 try again later")})
        if self.chance.random() < self.kills:
            self.lost.append(mail)
            raise Killed
        self.taken.append(mail)


SERVER = Server()


class Backend(BaseEmailBackend):
    def open(self):
        if SERVER.is_away:
            raise ConnectionRefusedError
        return True

    def send_messages(self, messages):
        for message in messages:
            SERVER.receive(message)
        return len(messages)
