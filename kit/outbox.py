"""Mail that cannot be lost: a row in the caller's transaction, delivered by a sweep until a mail server accepts it.

Delivery is at least once: when a sender dies between the server's "250" and our commit, the mail leaves again with
the same Message-ID. Nothing counts as sent before the server has accepted it (`record_acceptance`).
"""

import logging
import smtplib
from collections.abc import Mapping
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import timedelta
from email.encoders import encode_base64
from email.mime.base import MIMEBase
from email.utils import format_datetime
from time import monotonic
from urllib.parse import urlsplit

from celery import current_app
from django.apps import apps
from django.conf import settings
from django.contrib.postgres.functions import RandomUUID
from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.core.mail import EmailMessage, get_connection
from django.core.validators import validate_email
from django.db import InterfaceError, OperationalError, models, transaction
from django.db.models import Expression, Value
from django.db.models.functions import Cast, Concat, JSONObject
from django.template import Context
from django.template.loader import get_template
from django.utils import translation
from django.utils.http import parse_header_parameters
from django.utils.module_loading import import_string
from kombu.exceptions import OperationalError as BrokerError

from kit import bounces, clock
from kit.bulk import insert_from
from kit.models import OBJECT_GONE, OutboxMail

log = logging.getLogger(__name__)
State = OutboxMail.State

LEASE = timedelta(minutes=5)  # longer than the slowest conversation with a mail server (EMAIL_TIMEOUT per step)
BACK_OFF = [timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240)]
MOST_TRIES = 34  # with this back-off five days, as mail servers do among themselves (RFC 5321, 4.5.4.1)
POISON_TRIES = 5
ATTACHMENT, REPLY_TO = "attachment", "reply_to"  # their places in the context
SWEEP_SECONDS = 50
BELL_PATIENCE = {
    "socket_timeout": 0.2,
    "socket_connect_timeout": 0.2,
    "retry_on_timeout": False,
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0,
    "connect_retries_timeout": 0.2,
}
BUNDLE_SECONDS = 0.05
SILENT_SECONDS = 10

_silent_until = 0.0


class BadRecipient(ValueError):
    """Not one mail address."""


@dataclass(frozen=True)
class Attachment:
    """A file that goes with a mail, made when the mail leaves."""

    name: str
    content: bytes
    content_type: str

    def part(self) -> MIMEBase:
        """In base64, so that no mail server on the way mends its lines."""
        kind, parameters = parse_header_parameters(self.content_type)
        part = MIMEBase(*kind.split("/"), **parameters)
        part.add_header("Content-Disposition", "attachment", filename=self.name)
        part.set_payload(self.content)
        encode_base64(part)
        return part


# ── Writing a mail


def send(
    template: str,
    to: str,
    context: Mapping | None = None,
    *,
    purpose: str,
    key: str | None = None,
    language: str | None = None,
    is_last: bool = False,
    attachment: str = "",
    reply_to: str = "",
) -> OutboxMail:
    """Put a mail in the outbox, in the transaction of the caller: it leaves if and only if that is committed.

    `attachment` names a function ("app.module.function") that makes an `Attachment` from the context at delivery.
    Answers go to `reply_to` where that is named. `context` holds words, numbers and model objects (kept as their ids,
    read again at delivery). A second mail with the same `key` is not written; the first is returned. Of the `is_last`
    mail to somebody who is erased nothing personal stays when it is done. Raises BadRecipient.
    """
    fields = {
        "template": template,
        "to": _address(to),
        "context": _kept({**(context or {}), **_named(attachment, reply_to)}),
        "purpose": purpose,
        "language": language or translation.get_language() or settings.LANGUAGE_CODE,
        "is_last": is_last,
    }
    if key is None:
        mail, created = OutboxMail.objects.create(**fields), True
    else:
        mail, created = OutboxMail.objects.get_or_create(key=key, defaults=fields)
    if created:
        transaction.on_commit(ring)
    return mail


@transaction.atomic
def send_many(
    template: str, rows: models.QuerySet, *, about: str, to: str, key: Expression, purpose: str, language: str
) -> int:
    """As `send`, for each of these rows in one statement; returns how many mails were written.

    `about` is what the template calls the row, `to` the lookup of its address, `key` an expression that says what only
    one mail may be written for. The addresses are taken as they are: they were checked when they were stored.
    """
    host = urlsplit(settings.SITE_BASE_URL).hostname or "localhost"
    row = JSONObject(model=Value(rows.model._meta.label_lower), pk=Cast("pk", models.CharField()))
    count = insert_from(
        OutboxMail,
        rows,
        template=template,
        language=language,
        to=models.F(to),
        context=JSONObject(**{about: row}),
        purpose=purpose,
        key=key,
        message_id=Concat(Value("<"), Cast(RandomUUID(), models.CharField()), Value(f"@{host}>")),
    )
    transaction.on_commit(ring)
    return count


def _kept(context: Mapping) -> dict:
    return {name: _frozen(value) for name, value in context.items()}


def _named(attachment: str, reply_to: str) -> dict[str, str]:
    named = {ATTACHMENT: attachment, REPLY_TO: reply_to and _address(reply_to)}
    return {place: name for place, name in named.items() if name}


def _address(to: str) -> str:
    try:
        validate_email(to)
    except ValidationError as error:
        raise BadRecipient("not a mail address") from error
    return to


def _frozen(value):
    if isinstance(value, models.Model):
        return {"model": value._meta.label_lower, "pk": str(value.pk)}
    if value is None or isinstance(value, str | int | float | bool):
        return value
    raise TypeError(f"a mail keeps ids and words, not {type(value).__name__}")


def ring() -> None:
    """Tell a worker to look now. When the broker does not answer at once, the next sweep finds the mail all the same.

    Rings once for a bundle of mails, and after a failure leaves the broker alone for a while: 2,000 invitations in
    one transaction must not wait 2,000 times.
    """
    global _silent_until
    if monotonic() < _silent_until:
        return
    app = current_app._get_current_object()
    options = {**app.conf.broker_transport_options, **BELL_PATIENCE}
    try:
        with app.connection_for_write(transport_options=options) as connection:
            app.send_task("kit.tasks.deliver_mail", connection=connection, retry=False, expires=60)
        _silent_until = monotonic() + BUNDLE_SECONDS
    except (BrokerError, OSError) as error:
        _silent_until = monotonic() + SILENT_SECONDS
        log.warning("no bell for the outbox: %s", type(error).__name__)


# ── Delivering


class ServerAway(Exception):
    """No conversation with the mail server: nobody's mail is at fault."""


class ObjectGone(Exception):
    """What the mail is about has been erased meanwhile."""


def deliver_due(*, seconds: float = SWEEP_SECONDS, lease: timedelta = LEASE) -> int:
    """Send what is due, one after the other, until nothing is left or the time is over. Returns how many left.

    Never call this inside a transaction: what one mail has come to is committed before the next is touched.
    """
    deadline = monotonic() + seconds
    accepted = 0
    with closing(MailServer()) as server:
        while monotonic() < deadline and (mail := claim(lease=lease)):
            try:
                accepted += deliver(mail, server)
            except ServerAway as error:
                log.warning("mail server away: %s", error)
                break
    return accepted


@transaction.atomic(durable=True)
def claim(*, lease: timedelta = LEASE) -> OutboxMail | None:
    """Take the next due mail out of the reach of other senders until the lease ends.

    If its sender dies, it goes behind what is due by then: at the head it would meet every further death.
    """
    now = clock.now()
    mail = OutboxMail.objects.due(now).select_for_update(skip_locked=True).first()
    if mail is None:
        return None
    mail.state, mail.next_try_at, mail.tries = State.SENDING, now + lease, mail.tries + 1
    mail.save(update_fields=["state", "next_try_at", "tries"])
    return mail


def deliver(mail: OutboxMail, server: "MailServer") -> bool:
    """Try a claimed mail once and write down what came of it. True when it was accepted."""
    try:
        message = written(mail)
    except ObjectGone:
        return _end(mail, State.FAILED, OBJECT_GONE)
    except (OperationalError, InterfaceError):  # the database is away, the mail is well
        raise
    except Exception as error:  # a template can raise anything
        log.exception("mail %s cannot be written", mail.pk)
        return _poisoned(mail, error)
    try:
        server.send(message)
    except ServerAway as error:
        _wait_for_server(mail, str(error))
        raise
    except (smtplib.SMTPException, OSError) as error:
        return _refused(mail, error)
    record_acceptance(mail, message)
    return True


def written(mail: OutboxMail) -> EmailMessage:
    """The mail as it leaves: template → subject (first line) and text, with links made at this moment."""
    with translation.override(mail.language):
        context = {name: _thawed(value) for name, value in mail.context.items()}
        text = get_template(mail.template).template.render(Context({**context, "mail": mail}, autoescape=False))
    subject, _newline, body = text.strip().partition("\n")
    headers = {
        "Message-ID": mail.message_id,
        "Date": format_datetime(clock.now()),
        "Auto-Submitted": "auto-generated",  # RFC 3834: holiday notes stay away
        "From": settings.DEFAULT_FROM_EMAIL,  # what people read; the envelope says where reports go
    }
    sender = bounces.return_path(mail.pk)
    text = body.strip() + "\n"
    answers = [context[REPLY_TO]] if REPLY_TO in context else []
    message = EmailMessage(one_line(subject), text, sender, [mail.to], reply_to=answers, headers=headers)
    if maker := context.get(ATTACHMENT):
        with translation.override(mail.language):
            message.attach(import_string(maker)(context).part())
    return message


def one_line(text: str) -> str:
    """No text of anybody ends a header line or hides in it."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:250]


def _thawed(value):
    if not isinstance(value, dict):
        return value
    try:
        return apps.get_model(value["model"])._base_manager.get(pk=value["pk"])
    except ObjectDoesNotExist as error:
        raise ObjectGone from error


def record_acceptance(mail: OutboxMail, message: EmailMessage) -> None:
    """The mail server said 250. The only place that writes `accepted_at`; the first acceptance counts.

    The text goes with this moment, and so do words in the context (they may be a login code). A demo keeps both.
    """
    kept = {"subject": message.subject, "body": message.body} if settings.DEMO else {"context": {}}
    kept |= _forgotten(mail)
    OutboxMail.objects.filter(pk=mail.pk, accepted_at=None).update(
        state=State.ACCEPTED, accepted_at=clock.now(), smtp_reply="", **kept
    )


def _forgotten(mail: OutboxMail) -> dict[str, object]:
    """What goes from a mail that is done, if it was the last one to somebody who is erased."""
    return {"to": "", "context": {}} if mail.is_last else {}


def _poisoned(mail: OutboxMail, error: Exception) -> bool:
    reason = f"{type(error).__name__}: {error}"
    return _end(mail, State.QUARANTINED, reason) if mail.tries >= POISON_TRIES else _again(mail, reason)


def _refused(mail: OutboxMail, error: Exception) -> bool:
    reply = _reply(error)
    if _is_for_good(error) or mail.tries >= MOST_TRIES:
        return _end(mail, State.FAILED, reply)
    return _again(mail, reply)


def _is_for_good(error: Exception) -> bool:
    """5xx for this recipient or this text. A refused sender (5xx too) is our configuration and can be mended."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code >= 500 for code, _text in error.recipients.values())
    if isinstance(error, smtplib.SMTPDataError):
        return error.smtp_code >= 500
    return isinstance(error, smtplib.SMTPNotSupportedError)


def _reply(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, text = next(iter(error.recipients.values()))
    elif isinstance(error, smtplib.SMTPResponseException):
        code, text = error.smtp_code, error.smtp_error
    else:
        return f"{type(error).__name__}: {error}"
    return f"{code} {text.decode(errors='replace') if isinstance(text, bytes) else text}"


def _again(mail: OutboxMail, reason: str) -> bool:
    pause = BACK_OFF[min(mail.tries, len(BACK_OFF)) - 1]
    return _let_go(mail, reason, state=State.QUEUED, next_try_at=clock.now() + pause)


def _end(mail: OutboxMail, state: State, reason: str) -> bool:
    log.error("mail %s (%s): %s", mail.pk, mail.purpose, state)
    reason = "" if mail.is_last else reason  # servers repeat the address in their answer
    return _let_go(mail, reason, state=state, **_forgotten(mail))


def _wait_for_server(mail: OutboxMail, reason: str) -> None:
    """Such a try does not count: a mail server that is away for a week must not cost a mail."""
    _let_go(mail, reason, state=State.QUEUED, tries=mail.tries - 1, next_try_at=clock.now() + BACK_OFF[0])


def _let_go(mail: OutboxMail, reason: str, **fields) -> bool:
    """Only while it is still ours: a sender whose lease ran out has no say any more."""
    ours = OutboxMail.objects.filter(pk=mail.pk, state=State.SENDING, next_try_at=mail.next_try_at)
    ours.update(smtp_reply=one_line(reason), **fields)
    return False


class MailServer:
    """One conversation for many mails; after any trouble the next mail opens a new one."""

    def __init__(self):
        self._connection = None

    def send(self, message: EmailMessage) -> None:
        """Returns when the server has accepted the mail, else raises what smtplib raises, or ServerAway."""
        connection = self._open()
        try:
            if connection.send_messages([message]) != 1:
                raise ServerAway("the mail was not taken")
        except Exception:
            self.close()
            raise

    def _open(self):
        if self._connection is None:
            connection = get_connection()
            try:
                connection.open()
            except (OSError, smtplib.SMTPException) as error:
                raise ServerAway(_reply(error)) from error
            self._connection = connection
        return self._connection

    def close(self) -> None:
        """What goes wrong while saying goodbye is of no interest: the mails are accepted."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(OSError, smtplib.SMTPException):
                connection.close()


# ── For the people who look after it


@transaction.atomic
def retry(mails: models.QuerySet) -> int:
    """Put mails that were given up back in the queue. Returns how many."""
    given_up = mails.filter(state__in=[State.FAILED, State.QUARANTINED]).exclude(to="")
    count = given_up.update(state=State.QUEUED, tries=0, next_try_at=clock.now())
    transaction.on_commit(ring)
    return count


def forget_old() -> int:
    """Blank what is personal in mails that are done and older than their period of keeping. Returns how many.

    The rows stay, with key and Message-ID: otherwise an old key would let the same reminder leave a second time.
    """
    done = OutboxMail.objects.exclude(state__in=[State.QUEUED, State.SENDING]).exclude(to="")
    return forget(done.filter(created_at__lt=clock.now() - OutboxMail.Privacy.keep))


def forget(mails: models.QuerySet) -> int:
    """Blank what is personal in these mails, save those that still wait to leave. Returns how many."""
    done = mails.exclude(state__in=[State.QUEUED, State.SENDING])
    return done.update(to="", context={}, subject="", body="", smtp_reply="")
