"""A week of times as people choose from it, and where to look when it has none."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from datetime import time as time_of_day
from uuid import UUID

from counseling import slots
from counseling.models import Counsellor, Service
from counseling.slots import Time
from kit import clock

LOOK_AHEAD = 28
EVENING = time_of_day(17)
SATURDAY = 5


@dataclass(frozen=True)
class Day:
    date: date
    times: list[Time]

    @property
    def is_free(self) -> bool:
        return any(time.is_free for time in self.times)


@dataclass(frozen=True)
class Week:
    """Monday to Friday, and the weekend where it has times. Neighbours are None where nothing can be booked."""

    days: list[Day]
    previous: date | None
    following: date | None
    next_free: Time | None  # when this week is empty
    evening: Time | None  # the next one, unless it is shown anyway

    @property
    def is_free(self) -> bool:
        return any(day.is_free for day in self.days)

    @property
    def first(self) -> date:
        return self.days[0].date

    @property
    def last(self) -> date:
        return self.days[-1].date


def monday_of(day: date) -> date:
    return day - clock.days(day.weekday())


def first_week(service: Service) -> date:
    """This week; from Friday evening on the next one."""
    today = clock.today()
    return monday_of(today + clock.days(7)) if today.weekday() >= SATURDAY else monday_of(today)


def read_week(service: Service, text: str) -> date:
    """The Monday that the address names, within what can be booked; else the first week."""
    first, last = first_week(service), monday_of(slots.horizon(service))
    try:
        asked = monday_of(date.fromisoformat(text))
    except (ValueError, OverflowError):
        return first
    return min(max(asked, first), last)


def look(
    service: Service, monday: date, *, counsellors: Iterable[Counsellor], besides: UUID | None = None, **wishes
) -> Week:
    """One reading of the tables covers the week and the four weeks after it."""
    times = slots.timetable(
        service, first_day=monday, days=7 + LOOK_AHEAD, counsellors=counsellors, besides=besides, **wishes
    )
    sunday = monday + clock.days(6)
    later = [time for time in times if _day(time) > sunday and time.is_free]
    last = monday_of(slots.horizon(service))
    days = _days(monday, [time for time in times if _day(time) <= sunday])
    return Week(
        days=days,
        previous=monday - clock.days(7) if monday > first_week(service) else None,
        following=monday + clock.days(7) if monday < last else None,
        next_free=None if any(day.is_free for day in days) else next(iter(later), None),
        evening=None if any(map(_is_evening, _free(days))) else next(filter(_is_evening, later), None),
    )


def next_time(week: Week, after: datetime) -> Time | None:
    """For somebody whose time has just gone: the next free one, else one before it, else one in later weeks."""
    free = _free(week.days)
    return next((time for time in free if time.starts_at > after), None) or next(iter(free), week.next_free)


def _free(days: list[Day]) -> list[Time]:
    return [time for day in days for time in day.times if time.is_free]


def _days(monday: date, times: list[Time]) -> list[Day]:
    days = [Day(monday + clock.days(number), []) for number in range(7)]
    for time in times:
        days[_day(time).weekday()].times.append(time)
    return [day for day in days if day.times or day.date.weekday() < SATURDAY]


def _day(time: Time) -> date:
    return clock.local(time.starts_at).date()


def _is_evening(time: Time) -> bool:
    return clock.local(time.starts_at).time() >= EVENING
