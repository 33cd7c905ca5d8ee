"""Sweeps of the internships. The tables say what is due; a lost message costs some minutes."""

from celery import shared_task

from certificates.actions import drop_outdated
from internships.actions import (
    answering,
    applying,
    campaigning,
    checking,
    erasing,
    matching,
    partnering,
    settling,
    teaching,
)


@shared_task(ignore_result=True)
def sweep() -> None:
    """What nobody answered in time ends; companies are reminded before."""
    applying.unheard()
    answering.lapse_held()
    answering.remind()
    answering.expire()
    matching.lapse()
    matching.close_wishes()
    teaching.remind()
    teaching.expire()
    partnering.remind()
    partnering.lapse()


@shared_task(ignore_result=True)
def ask_afterwards() -> int:
    """In the morning: how was it?"""
    return settling.ask() + campaigning.remind() + teaching.ask_afterwards()


@shared_task(ignore_result=True)
def check_offers() -> dict[str, int]:
    """In the morning: offers that end soon, and those of which nobody has said for a year that they are right."""
    return checking.sweep()


@shared_task(ignore_result=True)
def erase() -> None:
    """What has been kept long enough."""
    erasing.sweep()
    teaching.forget()
    drop_outdated()
