"""Mail that cannot be lost: a row in the caller's transaction, delivered by a sweep until a mail server accepts it.

Delivery is at least once: when a sender dies between the server's "250" and our commit, the mail leaves again with
the same Message-ID. Nothing counts as sent before the server has accepted it (`record_acceptance`).
"""

import logging
import smtplib
from collections.abc import Mapping
from datetime import timedelta
from email.utils import format_datetime
from time import monotonic

from celery import current_app
from django.apps import apps
from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.core.mail import EmailMessage, get_connection
from django.core.validators import validate_email
from django.db import models, transaction
from django.template import Context
from django.template.loader import get_template
from django.utils import translation

from kit import clock
from kit.models import OutboxMail

log = logging.getLogger(__name__)
State = OutboxMail.State

LEASE = timedelta(minutes=5)  # longer than the slowest conversation with a mail server (EMAIL_TIMEOUT per step)
BACK_OFF = [timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240)]
GIVE_UP_AFTER = timedelta(days=5)  # as mail servers do among themselves (RFC 5321, 4.5.4.1)
POISON_TRIES = 5
SWEEP_SECONDS = 50
SERVER_AWAY = (ConnectionError, TimeoutError, OSError, smtplib.SMTPConnectError, smtplib.SMTPHeloError,
               smtplib.SMTPAuthenticationError)  # fmt: skip


class BadRecipient(ValueError):
    """Not one mail address."""


# ── Writing a mail


def send(
    template: str,
    to: str,
    context: Mapping | None = None,
    *,
    purpose: str,
    key: str | None = None,
    language: str | None = None,
) -> OutboxMail:
    """Put a mail in the outbox, in the transaction of the caller: it leaves if and only if that is committed.

    `context` holds words, numbers and model objects (kept as their ids, read again at delivery). A second mail with
    the same `key` is not written; the first is returned. Raises BadRecipient.
    """
    fields = {
        "template": template,
        "to": _address(to),
        "context": {name: _frozen(value) for name, value in (context or {}).items()},
        "purpose": purpose,
        "language": language or translation.get_language() or settings.LANGUAGE_CODE,
    }
    if key is None:
        mail, created = OutboxMail.objects.create(**fields), True
    else:
        mail, created = OutboxMail.objects.get_or_create(key=key, defaults=fields)
    if created:
        transaction.on_commit(ring)
    return mail


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
    """Tell a worker to look now. When the broker does not answer at once, the next sweep finds the mail."""
    current_app.send_task("kit.tasks.deliver_mail", retry=False)


# ── Delivering


def deliver_due(*, seconds: float = SWEEP_SECONDS, lease: timedelta = LEASE) -> int:
    """Send what is due, one after the other, until nothing is left or the time is over. Returns how many left."""
    raise NotImplementedError
