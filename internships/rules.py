"""What the law allows young people to do, as plain functions: hours, pauses, weekends, ages (JArbSchG, KindArbSchV).

Each fault is a sentence for whoever fills in the form. The rules loosen with age, so that an offer that is lawful for
its youngest is lawful for all.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, time

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kit import clock

VOLUNTARY_FROM = 15  # § 5 (4) JArbSchG: in the holidays
SATURDAY, SUNDAY = 5, 6
SUNDAY_GROUNDS = {"care", "farm", "restaurant", "culture", "sport"}
EARLY = {"bakery": time(5), "farm": time(5), "care": time(6)}
LATE = {"restaurant": time(22), "farm": time(21), "culture": time(22)}  # from 16 on


@dataclass(frozen=True)
class Work:
    """What is asked of the youngest whom an offer admits."""

    age: int
    starts: time
    ends: time
    pause_minutes: int
    days: tuple[date, ...] = ()
    weekend_ground: str = ""
    is_voluntary: bool = False

    @property
    def minutes(self) -> int:
        span = (self.ends.hour - self.starts.hour) * 60 + self.ends.minute - self.starts.minute
        return span - self.pause_minutes

    @property
    def most_in_a_week(self) -> int:
        """Days of the fullest week."""
        weeks = [day.isocalendar()[:2] for day in self.days]
        return max((weeks.count(week) for week in set(weeks)), default=0)


def faults(work: Work) -> Iterator[tuple[str, str | Promise]]:
    """(field, sentence) of everything that is not allowed."""
    if work.is_voluntary and work.age < VOLUNTARY_FROM:
        yield "min_age", _("Outside of school an internship is allowed from 15 years on.")
    if work.age >= clock.FULL_AGE:
        return
    yield from _hours(work)
    yield from _pauses(work)
    yield from _times(work)
    yield from _weekends(work)


def _hours(work: Work) -> Iterator[tuple[str, str | Promise]]:
    if work.age < VOLUNTARY_FROM and work.minutes > 7 * 60:
        yield "ends", _("Under 15 years at most 7 hours a day are allowed, without the pauses.")
    elif work.minutes > 8 * 60:
        yield "ends", _("Under 18 years at most 8 hours a day are allowed, without the pauses.")
    if work.most_in_a_week > 5:
        yield "weekend_ground", _("Under 18 years at most five days a week are allowed.")


def _pauses(work: Work) -> Iterator[tuple[str, str | Promise]]:
    if work.minutes > 6 * 60 and work.pause_minutes < 60:
        yield "pause_minutes", _("More than 6 hours need 60 minutes of pause.")
    elif work.minutes > 4.5 * 60 and work.pause_minutes < 30:
        yield "pause_minutes", _("More than 4.5 hours need 30 minutes of pause.")


def _times(work: Work) -> Iterator[tuple[str, str | Promise]]:
    older = work.age >= 16
    if work.starts < (EARLY.get(work.weekend_ground, time(6)) if older else time(6)):
        yield "starts", _("Under 18 years work begins at 6 o'clock at the earliest.")
    if work.ends > (LATE.get(work.weekend_ground, time(20)) if older else time(20)):
        yield "ends", _("Under 18 years work ends at 20 o'clock at the latest.")


def _weekends(work: Work) -> Iterator[tuple[str, str | Promise]]:
    weekdays = {day.weekday() for day in work.days}
    if weekdays & {SATURDAY, SUNDAY} and not work.weekend_ground:
        yield "weekend_ground", _("At weekends young people may work in some industries only. Please choose yours.")
    elif SUNDAY in weekdays and work.weekend_ground not in SUNDAY_GROUNDS:
        yield "weekend_ground", _("In this industry young people may work on Saturdays, not on Sundays.")


def admits(age: int, *, youngest: Iterable[int], is_voluntary: bool) -> bool:
    """Whether somebody of this age may come, by the offer, the campaign and the law."""
    return age >= max([*youngest, VOLUNTARY_FROM if is_voluntary else 0])
