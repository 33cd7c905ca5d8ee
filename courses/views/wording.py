"""How facts of a run are said: times of the week, prices, free places, venue. For cards and the page of a course."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from django.utils import formats
from django.utils.dates import WEEKDAYS_ABBR
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from courses.filters import PARTS, TIMES
from courses.models import CourseRun
from courses.search import week as weeks
from courses.search.facts import Facts, Venue
from kit import clock
from kit.templatetags.kit import german, money
from kit.text import truncate
from providers.models import Location

FEW_PLACES = 3
MOST_TIMES = 2  # different times of the week that a card names
LONGEST_NOTE = 70


@dataclass(frozen=True)
class Tag:
    """A state or a feature in words; kinds as in components/_tags.html."""

    label: str
    kind: str = ""


def number(value: int) -> str:
    """1.882"""
    return formats.number_format(value, use_l10n=True, force_grouping=True)


def listing(parts: Sequence[str]) -> str:
    """Mo, Mi und Fr"""
    if len(parts) < 2:
        return "".join(parts)
    return _("{first} and {last}").format(first=", ".join(parts[:-1]), last=parts[-1])


def weekdays(bits: int) -> str:
    """Di und Do; Mo bis Fr where three or more days follow each other"""
    days = [number for number in range(7) if bits >> number & 1]
    names = [str(WEEKDAYS_ABBR[number]) for number in days]
    if len(days) > 2 and days[-1] - days[0] == len(days) - 1:
        return _("{start} to {end}").format(start=names[0], end=names[-1])
    return listing(names)


def week(schedule: Sequence[Sequence]) -> str:
    """Di und Do, 17:30–20:00 Uhr, out of [[weekday bits, "17:30", "20:00"], …]"""
    said = [_at(bits, begins, ends, get_language()) for bits, begins, ends in schedule[:MOST_TIMES]]
    if len(schedule) > MOST_TIMES:
        said.append(_("and more times"))
    return "; ".join(said)


def own_week(bits: int) -> str:
    """Mo bis Do abends; Sa und So vormittags, out of bits of courses.search.week"""
    parts: dict[int, list[str]] = {}
    for place, part in enumerate(PARTS):
        if days := weeks.days(bits, place):
            parts.setdefault(days, []).append(str(TIMES[part][1]))
    return "; ".join(f"{weekdays(days)} {listing(said)}" for days, said in parts.items())


@lru_cache(maxsize=5_000)  # courses begin at few times of the week
def _at(bits: int, begins: str, ends: str | None, language: str | None) -> str:
    hours = f"{begins}–{ends}" if ends else begins
    return _("{days}, {hours} h").format(days=weekdays(bits), hours=hours)


def times(run: CourseRun | Facts, schedule: Sequence[Sequence]) -> str:
    """When in the week, from the sessions; else as the provider wrote it; else from what was read out of it."""
    if schedule:
        return week(schedule)
    if run.schedule_note:
        return german(truncate(" ".join(run.schedule_note.split()), LONGEST_NOTE))
    labels = {name: str(label) for name, (_bit, label) in zip(CourseRun.TimeOfDay.values, TIMES.values(), strict=True)}
    said = [labels[time] for time in run.times_of_day if time in labels]
    return ", ".join(filter(None, [weekdays(run.weekdays), listing(said)]))


def price(run: CourseRun | Facts) -> str:
    if run.price_kind == CourseRun.PriceKind.FREE:
        return _("free of charge")
    if run.price_kind == CourseRun.PriceKind.KNOWN:
        return money(run.price_today)
    return _("price on request")


def places(run: CourseRun | Facts, *, exact: bool = False) -> Tag | None:
    """The traffic light in words; None where the source says nothing."""
    free = run.places_free
    if free is None:
        return None
    if free == 0:
        return Tag(_("fully booked"), "full")
    if free <= FEW_PLACES:
        few = ngettext("{number} place left", "{number} places left", free).format(number=free)
        return Tag(few if exact else _("few places left"), "few")
    return Tag(_("places free"), "seats")


def begin(run: CourseRun | Facts) -> str:
    """When it begins if there is no fixed date."""
    if run.begin in (CourseRun.Begin.FIXED, CourseRun.Begin.OPEN):
        return _("Date on request")
    return {
        CourseRun.Begin.ANY_TIME: _("Start at any time"),
        CourseRun.Begin.WEEKLY: _("Starts every week"),
        CourseRun.Begin.MONTHLY: _("Starts every month"),
        CourseRun.Begin.QUARTERLY: _("Starts every quarter"),
        CourseRun.Begin.HALF_YEARLY: _("Starts twice a year"),
        CourseRun.Begin.YEARLY: _("Starts every year"),
    }[run.begin]


def venue(run: CourseRun | Facts, location: Location | Venue | None, km: float | None = None) -> str:
    """Brunnstadt · 4 km; Online"""
    if run.mode == CourseRun.Mode.ONLINE:
        return _("Online")
    if run.mode == CourseRun.Mode.DISTANCE and not location:
        return _("Distance learning")
    parts = [location.city or location.name] if location else []
    if km is not None:
        parts.append(_("under 1 km") if km < 1 else f"{round(km)} km")
    if run.mode == CourseRun.Mode.BLENDED:
        parts.append(_("partly online"))
    return " · ".join(filter(None, parts))


def tags(run: CourseRun | Facts) -> list[Tag]:
    """Costs and free places, as they stand on a card."""
    found = [Tag(_("free of charge"), "ok")] if run.price_kind == CourseRun.PriceKind.FREE else []
    return [*found, *filter(None, [places(run)])]


def upcoming(day: date | None) -> bool:
    return day is not None and day >= clock.today()
