"""Service time: how long the portal has really worked between two moments.

A deadline for a person must not run while the portal was away: an answer that could not be given, or a mail that could
not leave, is nobody's silence. Each sweep leaves a mark (`tick`). A pause between two marks that is longer than
LONGEST_PAUSE is written down as a `Downtime` and counts for nobody; so is a clock that was set ahead. A clock that
runs behind the mark has shown moments that are not yet: ClockAlarm, and nothing is due until somebody has looked.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import DurationField, ExpressionWrapper, F

from kit import clock
from kit.models import Downtime, Heartbeat, OutboxMail

MARK = "service"
LONGEST_PAUSE = timedelta(hours=6)
CLOCK_TOLERANCE = timedelta(hours=1)  # small steps back happen: time servers, a machine that takes over
SUSPICIOUS = timedelta(days=1)  # a pause that long may have been a clock that ran ahead


class ClockAlarm(Exception):
    """The clock shows a moment that lies clearly before one that was shown already."""


@transaction.atomic
def tick() -> datetime:
    """Note that the portal works at this moment, and the pause before if there was one. Any number may tick at once.

    Returns the moment. Raises ClockAlarm, and then nothing is noted.
    """
    now = clock.now()
    _mark, created = Heartbeat.objects.get_or_create(name=MARK, defaults={"at": now})
    if created:
        return now
    mark = Heartbeat.objects.select_for_update().get(name=MARK)
    if now < mark.at - CLOCK_TOLERANCE:
        raise ClockAlarm(f"it was {mark.at:%Y-%m-%d %H:%M} already")
    if now - mark.at > LONGEST_PAUSE:
        Downtime.objects.create(since=mark.at, until=now)
    if now > mark.at:
        mark.at = now
        mark.save(update_fields=["at"])
    return now


def is_alarmed() -> bool:
    """Whether the clock cannot be trusted at this moment."""
    return Heartbeat.objects.filter(name=MARK, at__gt=clock.now() + CLOCK_TOLERANCE).exists()


def served(since: datetime, until: datetime) -> timedelta:
    """Service time between two moments: what has passed without the downtimes."""
    lost = timedelta(0)
    for start, end in _pauses(until):
        lost += max(timedelta(0), min(end, until) - max(start, since))
    return until - since - lost


def start_of(span: timedelta, *, until: datetime) -> datetime:
    """The latest moment since which the portal has served for `span`.

    `moment <= start_of(span, until=now)` says the same as `served(moment, now) >= span`, but as a plain comparison: a
    sweep over any number of rows asks the table of downtimes once.
    """
    start = until - span
    for since, end in _pauses(until):
        if end <= start:
            break
        start -= min(end, until) - since
    return start


def _pauses(until: datetime) -> Iterator[tuple[datetime, datetime]]:
    """Downtimes that begin before a moment, the latest first; one that runs and is not written down yet is one too."""
    mark = Heartbeat.objects.filter(name=MARK, at__lt=until - LONGEST_PAUSE).values_list("at", flat=True).first()
    if mark:
        yield mark, until
    yield from Downtime.objects.filter(since__lt=until).order_by("-since").values_list("since", "until")


@transaction.atomic
def repair() -> datetime | None:
    """Believe the clock again, after somebody has looked at it. Returns since when moments are doubtful, or None.

    The doubt begins with the oldest long pause that nobody has explained: if the clock ran ahead, it began there.
    Pauses that end in the future were none and go. What the doubt means for people is for the caller.
    """
    now = clock.now()
    Heartbeat.objects.get_or_create(name=MARK, defaults={"at": now})
    Heartbeat.objects.select_for_update().get(name=MARK)
    length = ExpressionWrapper(F("until") - F("since"), output_field=DurationField())
    suspicious = Downtime.objects.annotate(length=length).filter(length__gte=SUSPICIOUS, is_explained=False)
    doubtful = suspicious.order_by("since").values_list("since", flat=True).first()
    Downtime.objects.filter(until__gt=now).delete()
    _mails_in_time(now)
    Downtime.objects.update(is_explained=True)
    Heartbeat.objects.filter(name=MARK).update(at=now)
    return doubtful


def _mails_in_time(now: datetime) -> None:
    """Mails that were written by the wrong clock would wait for it."""
    ahead = now + CLOCK_TOLERANCE
    OutboxMail.objects.filter(state=OutboxMail.State.SENDING, next_try_at__gt=ahead).update(next_try_at=ahead)
    OutboxMail.objects.filter(state=OutboxMail.State.QUEUED, next_try_at__gt=now + 5 * CLOCK_TOLERANCE).update(
        next_try_at=now
    )
