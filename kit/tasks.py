"""Sweeps of the tools. What is due stands in the database; the broker only says "look now"."""

from celery import shared_task

from kit import outbox
from kit.models import Heartbeat


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
