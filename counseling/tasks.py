"""Sweeps of the counselling. The tables say what is due; a lost message costs a minute, a dead worker nobody's time."""

from celery import shared_task

from counseling.actions import booking, erasing, referring, reminding, waiting


@shared_task(ignore_result=True)
def sweep() -> None:
    """What nobody confirmed ends, and what has become free goes to those who wait for it."""
    waiting.lapse()
    booking.expire()
    waiting.offer_freed()


@shared_task(ignore_result=True)
def remind() -> int:
    """Talks that come near."""
    return reminding.remind()


@shared_task(ignore_result=True)
def ask_back() -> int:
    """Talks of some weeks ago."""
    return reminding.ask_back()


@shared_task(ignore_result=True)
def erase() -> None:
    """What has been kept long enough."""
    erasing.erase()


@shared_task(ignore_result=True)
def chase_referrals() -> None:
    """Providers that do not answer are reminded once, and then become a task."""
    referring.chase()
