"""Sweeps of the accounts: what is kept too long goes."""

from celery import shared_task

from accounts import actions


@shared_task(ignore_result=True)
def purge_expired() -> None:
    """Sessions that ran out, and entries older than their period of keeping. May run at any time and twice."""
    actions.purge_expired()
