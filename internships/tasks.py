"""Sweeps of the internships. The tables say what is due; a lost message costs some minutes."""

from celery import shared_task

from certificates.actions import drop_outdated
from internships.actions import answering, applying, campaigning, erasing, matching, settling


@shared_task(ignore_result=True)
def sweep() -> None:
    """What nobody answered in time ends; companies are reminded before."""
    applying.unheard()
    answering.lapse_held()
    answering.remind()
    answering.expire()
    matching.lapse()
    matching.close_wishes()


@shared_task(ignore_result=True)
def ask_afterwards() -> int:
    """In the morning: how was it?"""
    return settling.ask() + campaigning.remind()


@shared_task(ignore_result=True)
def erase() -> None:
    """What has been kept long enough."""
    erasing.sweep()
    drop_outdated()
