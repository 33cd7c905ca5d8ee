"""The one clock of the portal. Everything that is due, visible or expired is measured with it.

In a demo (`settings.DEMO`) the clock can be moved ahead: `ClockState` holds the offset. Anywhere else the offset is
ignored. Logins and one-time codes stay on real time: a moved clock must not open a session again.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.apps import apps
from django.conf import settings

BERLIN = ZoneInfo("Europe/Berlin")
FULL_AGE = 18  # § 2 BGB


@dataclass
class _Reading:
    """What one request or task knows about the moved clock: (offset, high-water mark), read at first need."""

    state: tuple[timedelta, datetime | None] | None = None


_reading: ContextVar[_Reading | None] = ContextVar("clock_reading", default=None)


def now() -> datetime:
    """The present moment, aware, in UTC. Never earlier than a moment the moved clock has already shown."""
    real = datetime.now(UTC)
    if not settings.DEMO:
        return real
    offset, mark = _state()
    moved = real + offset
    return max(moved, mark) if mark else moved


def today() -> date:
    """The day it is in Germany, which between 22 and 24 o'clock UTC is already tomorrow."""
    return local(now()).date()


def days(number: int) -> timedelta:
    """A span of whole days, to be added to a date."""
    return timedelta(days=number)


def age(born: date, on: date) -> int:
    """Full years, as law counts them."""
    had_birthday = (on.month, on.day) >= (born.month, born.day)
    return on.year - born.year - (not had_birthday)


def years_before(day: date, years: int) -> date:
    """Whoever was born then or earlier is so many years old on the day; on 29 February that is the 28th."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)


def local(moment: datetime) -> datetime:
    """The moment as a German wall clock shows it. Refuses naive datetimes with ValueError."""
    if moment.tzinfo is None:
        raise ValueError("a naive datetime names no moment")
    return moment.astimezone(BERLIN)


@contextmanager
def read_once() -> Iterator[None]:
    """Within a request or task the offset is read from the database once, so that its time is of one piece."""
    token = _reading.set(_Reading())
    try:
        yield
    finally:
        _reading.reset(token)


class ReadOnce:
    """Middleware: one reading of the clock per request."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        with read_once():
            return self.get_response(request)


def _state() -> tuple[timedelta, datetime | None]:
    reading = _reading.get()
    if reading is None:
        return _load()
    if reading.state is None:
        reading.state = _load()
    return reading.state


def _load() -> tuple[timedelta, datetime | None]:
    row = apps.get_model("kit", "ClockState").objects.values_list("offset", "high_water").first()
    return row or (timedelta(0), None)
