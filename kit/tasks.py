"""Sweeps of the tools. What is due stands in the database; the broker only says "look now"."""

import imaplib
import logging

from celery import shared_task
from django.conf import settings

from kit import bounces, outbox
from kit.models import Heartbeat

log = logging.getLogger(__name__)


@shared_task(ignore_result=True)
def deliver_mail() -> int:
    """Send what is due. Any number of these may run at once."""
    return outbox.deliver_due()


@shared_task(ignore_result=True)
def beat(queue: str = "default") -> None:
    """A worker of this queue lives."""
    Heartbeat.objects.beat(f"worker {queue}")


@shared_task(ignore_result=True)
def forget_old_mail() -> int:
    """Addresses and words of mails that are done go after their period of keeping."""
    return outbox.forget_old()


@shared_task(ignore_result=True)
def fetch_bounces() -> int:
    """What mail servers report back, where a mailbox for it is set."""
    if not settings.BOUNCE_IMAP_URL:
        return 0
    try:
        return bounces.fetch()
    except (OSError, imaplib.IMAP4.error) as error:
        log.warning("mailbox with reports cannot be read: %s", type(error).__name__)
        return 0
