"""What comes back: reads reports of mail servers about mails that were accepted and then not delivered.

Which mail a report speaks of is told by the address it was sent to (`return_path`, a keyed number that nobody can
guess) or by the Message-ID in the returned part. Servers write reports after RFC 3464, after RFC 5965 (complaints),
or as they like. Whatever is none of these, above all notes of absence, is never anything.
"""

import imaplib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.errors import MessageError
from email.message import Message
from enum import Enum
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac

from kit.models import OutboxMail

LONGEST = 512_000  # bytes that are looked at; reports carry the mail they speak of
MOST_AT_ONCE = 500
IMAP_SECONDS = 20
SEAL_LENGTH = 16

VERP = re.compile(r"\+(\d{1,18})\.([a-z0-9]{16})@", re.IGNORECASE)
MESSAGE_ID = re.compile(r"<[^<>@\s]{8,150}@[^<>@\s]{1,150}>")
ENHANCED = re.compile(r"(?<![\d.])([245])\.\d{1,3}\.\d{1,3}(?![\d.])")  # RFC 3463; no date and no IP address
PLAIN_REPLY = re.compile(r"(?:^|[\s:>])([45])\d\d[ -]", re.MULTILINE)
ROBOT = re.compile(r"mailer-daemon|postmaster|mail delivery (?:sub)?system", re.IGNORECASE)
GAVE_UP = re.compile(
    r"could not be delivered|undeliver|permanent|giving up|gave up|unzustellbar|nicht zugestellt", re.I
)
STILL_TRYING = re.compile(r"will (?:keep|continue|be retried)|still trying|warning message only|delayed", re.I)
ADDRESSED = ("To", "Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To", "X-Failed-Recipients")


class Verdict(Enum):
    HARD = "hard"  # did not get there, and nobody will try again
    SOFT = "soft"  # still under way


@dataclass(frozen=True)
class Report:
    """What a mail server says about one of our mails."""

    verdict: Verdict
    reply: str
    mail_pk: int | None = None
    message_ids: tuple[str, ...] = ()


# ── Our envelope sender


def return_path(pk: int) -> str:
    """Where reports about this mail go; the usual sender where no address for them is set."""
    if not settings.BOUNCE_ADDRESS:
        return settings.DEFAULT_FROM_EMAIL
    name, _at, domain = settings.BOUNCE_ADDRESS.partition("@")
    return f"{name}+{pk}.{_seal(pk)}@{domain}"


def _seal(pk: int, *, key: str | None = None) -> str:
    return salted_hmac("kit.bounces", str(pk), secret=key, algorithm="sha256").hexdigest()[:SEAL_LENGTH]


def _opened(addresses: str) -> int | None:
    """The number of the mail for which one of these addresses was made."""
    for number, seal in VERP.findall(addresses):
        keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
        if any(constant_time_compare(seal.lower(), _seal(int(number), key=key)) for key in keys):
            return int(number)
    return None


# ── Reading


def read(raw: bytes) -> Report | None:
    """The report in this message; None for everything else."""
    try:
        message = message_from_bytes(raw[:LONGEST], policy=policy.compat32)
        return _report(message)
    except (MessageError, LookupError, ValueError):  # what the mail parser stumbles over
        return None


def _report(message: Message) -> Report | None:
    if _header(message, "Feedback-Type") or message.get_param("report-type") == "feedback-report":
        return _found(message, Verdict.HARD, "complaint")
    if status := next(_parts(message, "message/delivery-status"), None):
        return _standard(message, status)
    return _free(message)


def _standard(message: Message, status: Message) -> Report | None:
    """RFC 3464: the first recipient block decides, for our mails go to one recipient each."""
    blocks = status.get_payload() if status.is_multipart() else []
    recipient = next((block for block in blocks if block["Action"] or block["Status"]), None)
    if recipient is None:
        return None
    action, code = _header(recipient, "Action").lower(), _header(recipient, "Status")
    reply = " ".join(part for part in (code, _header(recipient, "Diagnostic-Code")) if part)
    if action in {"delivered", "relayed", "expanded"}:
        return None
    is_hard = action == "failed" or (action != "delayed" and code.startswith("5"))
    return _found(message, Verdict.HARD if is_hard else Verdict.SOFT, reply)


def _free(message: Message) -> Report | None:
    """A report in words. Only of a robot of a mail server, with a code, and about a mail that is named."""
    if not ROBOT.search(_header(message, "From")) or _is_automatic_answer(message):
        return None
    text = _text(message)
    codes = ENHANCED.findall(text) or PLAIN_REPLY.findall(text)
    if "5" in codes:
        is_hard = True
    elif "4" in codes:
        is_hard = bool(GAVE_UP.search(text)) and not STILL_TRYING.search(text)
    else:
        return None
    return _found(message, Verdict.HARD if is_hard else Verdict.SOFT, "report in words")


def _is_automatic_answer(message: Message) -> bool:
    """Notes of absence and the like; a report says so of itself too, but comes as a report."""
    precedence = _header(message, "Precedence").lower()
    return bool(_header(message, "X-Autoreply") or _header(message, "X-Autorespond")) or precedence == "auto_reply"


def _found(message: Message, verdict: Verdict, reply: str) -> Report | None:
    """The report, if it says which mail it is about."""
    pk = _opened(" ".join(_header(message, name) for name in ADDRESSED))
    ids = tuple(dict.fromkeys(MESSAGE_ID.findall(_returned(message))))
    return Report(verdict, reply[:500], pk, ids) if pk or ids else None


def _returned(message: Message) -> str:
    """What the report repeats of our mail: its header as a part of its own, or somewhere in the text."""
    parts = [part for kind in ("message/rfc822", "text/rfc822-headers") for part in _parts(message, kind)]
    named = [_header(inner, "Message-ID") for part in parts for inner in part.walk()]
    return "\n".join([*named, _header(message, "References"), _header(message, "In-Reply-To"), _text(message)])


def _parts(message: Message, kind: str) -> Iterator[Message]:
    return (part for part in message.walk() if part.get_content_type() == kind)


def _text(message: Message) -> str:
    """All words of all parts, decoded as far as they can be."""
    found = []
    for part in message.walk():
        if part.get_content_maintype() == "text":
            raw = part.get_payload(decode=True) or b""
            found.append(raw.decode(_charset(part), errors="replace"))
    return "\n".join(found)


def _charset(part: Message) -> str:
    name = str(part.get_content_charset() or "utf-8")
    try:
        "".encode(name)
    except LookupError:
        return "utf-8"
    return name


def _header(message: Message, name: str) -> str:
    return " ".join(str(value) for value in message.get_all(name, []))


# ── Writing down


def take(raw: bytes) -> bool:
    """Note what a message says about one of our mails. True if it was a report about one that had been accepted.

    A mail that came back counts as not delivered, whenever the report arrives. What is still under way is the other
    server's matter. Taking the same report twice changes nothing.
    """
    report = read(raw)
    if report is None or report.verdict is not Verdict.HARD:
        return False
    ours = OutboxMail.objects.filter(state=OutboxMail.State.ACCEPTED)
    ours = ours.filter(pk=report.mail_pk) if report.mail_pk else ours.filter(message_id__in=report.message_ids)
    reply = " ".join("".join(c if c.isprintable() else " " for c in report.reply).split())
    known = ours.filter(is_last=False).update(state=OutboxMail.State.BOUNCED, smtp_reply=reply)
    return bool(known or ours.filter(is_last=True).update(state=OutboxMail.State.BOUNCED))  # replies name the address


# ── The mailbox


def fetch() -> int:
    """Read what is new in the mailbox BOUNCE_IMAP_URL. Returns how many were reports about mails of ours.

    Those are removed, for they name people; the others stay, marked as read, for whoever looks after the mailbox. Both
    after what they say is written down: a crash in between reads a message once more, and that is all.
    Raises OSError or imaplib.IMAP4.error when the mail server cannot be asked.
    """
    count = 0
    with _mailbox() as box:
        _status, found = box.uid("SEARCH", "UNSEEN")
        for uid in (found[0] or b"").split()[:MOST_AT_ONCE]:
            _status, answer = box.uid("FETCH", uid, "(BODY.PEEK[])")
            is_ours = take(next((part[1] for part in answer if isinstance(part, tuple)), b""))
            box.uid("STORE", uid, "+FLAGS.SILENT", r"(\Deleted)" if is_ours else r"(\Seen)")
            count += is_ours
        box.expunge()
    return count


@contextmanager
def _mailbox() -> Iterator[imaplib.IMAP4]:
    url = urlsplit(settings.BOUNCE_IMAP_URL)
    kind = imaplib.IMAP4_SSL if url.scheme == "imaps" else imaplib.IMAP4
    port = url.port or (993 if url.scheme == "imaps" else 143)
    with kind(url.hostname or "", port, timeout=IMAP_SECONDS) as box:
        box.login(unquote(url.username or ""), unquote(url.password or ""))
        box.select(unquote(url.path.strip("/")) or "INBOX")
        yield box
