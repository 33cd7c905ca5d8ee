"""Days on which courses take place: weeks of the calendar, public holidays, roughly the school holidays."""

from collections.abc import Callable
from datetime import date, timedelta
from functools import cache

WEEK = timedelta(weeks=1)


def monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


@cache
def easter(year: int) -> date:
    """Easter Sunday, by the algorithm of Meeus, Jones and Butcher."""
    century, rest = divmod(year, 100)
    moon = (19 * (year % 19) + century - century // 4 - (century - (century + 8) // 25 + 1) // 3 + 15) % 30
    weekday = (32 + 2 * (century % 4) + 2 * (rest // 4) - moon - rest % 4) % 7
    shift = moon + weekday - 7 * ((year % 19 + 11 * moon + 22 * weekday) // 451) + 114
    return date(year, shift // 31, shift % 31 + 1)


@cache
def public_holidays(year: int) -> frozenset[date]:
    """Those of Thüringen and Sachsen-Anhalt together: a date that suits both."""
    sunday = easter(year)
    moving = {sunday + timedelta(days=days) for days in (-2, 0, 1, 39, 49, 50)}
    fixed = [(1, 1), (1, 6), (5, 1), (9, 20), (10, 3), (10, 31), (12, 24), (12, 25), (12, 26), (12, 31)]
    return frozenset(moving | {date(year, month, day) for month, day in fixed})


@cache
def school_holidays(year: int) -> tuple[tuple[date, date], ...]:
    """Rough: the true dates differ by Land and year, evening classes do not notice."""
    sunday = easter(year)
    return (
        (date(year, 1, 1), date(year, 1, 3)),
        (date(year, 2, 8), date(year, 2, 14)),
        (sunday - timedelta(days=6), sunday + timedelta(days=6)),
        (date(year, 7, 4), date(year, 8, 14)),
        (date(year, 10, 10), date(year, 10, 23)),
        (date(year, 12, 22), date(year, 12, 31)),
    )


@cache
def is_public_holiday(day: date) -> bool:
    return day in public_holidays(day.year)


@cache
def is_school_holiday(day: date) -> bool:
    return any(first <= day <= last for first, last in school_holidays(day.year))


def is_course_day(day: date) -> bool:
    """Neither a public holiday nor within the school holidays: when evening classes meet."""
    return not is_public_holiday(day) and not is_school_holiday(day)


def is_working_day(day: date) -> bool:
    """Monday to Friday without public holidays; between Christmas and New Year everybody rests."""
    return day.weekday() < 5 and not is_public_holiday(day) and (day.month, day.day) < (12, 24)


def is_free_day(day: date) -> bool:
    """A weekday within the school holidays."""
    return is_school_holiday(day) and day.weekday() < 5 and not is_public_holiday(day)


def take(first: date, count: int, weekdays: tuple[int, ...], fits: Callable[[date], bool]) -> list[date]:
    """The next `count` days from `first` on that fall on these weekdays and fit."""
    found: list[date] = []
    day = first
    while len(found) < count:
        if day.weekday() in weekdays and fits(day):
            found.append(day)
        day += timedelta(days=1)
    return found
