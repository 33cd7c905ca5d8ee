"""When courses of a kind take place: a shape (evening class, weekend, full-time …) becomes days and times."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from functools import cache, lru_cache
from math import ceil
from random import Random

from courses.importing import schedule
from portal.demo import days, texts

LESSON = 45  # minutes
DAY_NAMES = ["montags", "dienstags", "mittwochs", "donnerstags", "freitags", "samstags", "sonntags"]
DURATION_CLASSES = [(3, 1), (7, 2), (31, 3), (92, 4), (183, 5), (366, 6), (731, 7), (1096, 8)]  # days → code
UNTOLD = "Die Uhrzeit erfahren Sie bei der Anmeldung."
LONGEST = 120  # dates of one run that are listed one by one


FITS = {"course_day": days.is_course_day, "working_day": days.is_working_day, "free_day": days.is_free_day}


@dataclass(frozen=True)
class Shape:
    """One way to hold a course, see shapes.toml. `slots` are (from, to)."""

    weekdays: tuple[tuple[int, ...], ...]
    slots: tuple[tuple[str, str], ...]
    hours: tuple[int, int]
    fits: Callable[[date], bool]
    text: str
    lessons: int
    suffix: str
    full_time: bool
    mode: str
    begin: str

    @classmethod
    def read(cls, row: dict) -> "Shape":
        return cls(
            weekdays=tuple(map(tuple, row.get("weekdays", []))),
            slots=tuple(tuple(slot.split("-")) for slot in row.get("slots", [])),
            hours=tuple(row["hours"]),
            fits=FITS[row.get("fits", "course_day")],
            text=row.get("text", ""),
            lessons=row.get("lessons", 0),
            suffix=row.get("suffix", ""),
            full_time=row.get("full_time", False),
            mode=row.get("mode", "on_site"),
            begin=row.get("begin", "fixed"),
        )


SHAPES = {name: Shape.read(row) for name, row in texts.shapes().items()}
ONLINE = {"abend": "abend", "abend1": "abend1", "abend2": "abend2", "tag": "tag", "vollzeit": "vollzeit"}
FROM_TITLE = [
    ("informationsabend", "abend1"), ("infoabend", "abend1"), ("abend für alle", "abend1"),
    ("gesprächsabend", "abend1"), ("elternabend:", "abend1"), ("kochabend", "abend1"), ("vortrag", "abend1"),
    ("schnupper", "abend1"),
    ("am wochenende", "wochenende"), ("wochenendkurs", "wochenende"), ("an einem wochenende", "wochenende"),
    ("bildungswoche", "woche"), ("schnupperwoche", "ferien"), ("ferien", "ferien"), ("am vormittag", "vormittag"),
    ("am nachmittag", "nachmittag"), ("am abend", "abend"), ("an einem tag", "samstag"), ("am morgen", "vormittag"),
    ("nachmittag", "nachmittag"), ("teilzeit", "teilzeit"), ("vollzeit", "vollzeit"),
    ("berufsbegleitend", "teilzeit_we"),
    ("sternenhimmel", "abend1"), ("vogelstimmen", "morgen"), ("offener treff", "nachmittag"),
]  # fmt: skip


@dataclass
class Dates:
    """The dates of one run. `sessions` are (day, from, to), empty where only `note` tells the times."""

    starts_on: date | None = None
    ends_on: date | None = None
    sessions: list[tuple[date, time | None, time | None]] = field(default_factory=list)
    note: str = ""
    weekdays: int = 0
    times_of_day: list[str] = field(default_factory=list)
    times_from_text: bool = False

    @property
    def duration_class(self) -> int | None:
        if self.starts_on is None or self.ends_on is None:
            return None
        length = (self.ends_on - self.starts_on).days + 1
        return next((code for most, code in DURATION_CLASSES if length <= most), 9)


def is_online(plan: str) -> bool:
    return plan.endswith("_online")


def shape(plan: str) -> Shape:
    return SHAPES[plan.removesuffix("_online")]


def mode(plan: str) -> str:
    return "online" if is_online(plan) else shape(plan).mode


def from_title(title: str) -> str:
    """The plan that a title promises ("… am Wochenende"), or nothing."""
    lower = title.lower()
    return next((plan for words, plan in FROM_TITLE if words in lower), "")


def choose(plans: list[str], hours: list[int], rng: Random) -> tuple[str, int]:
    """A plan and a number of lessons that suit each other; where none do, the nearest number."""
    pairs = [(plan, number) for plan in plans for number in hours if is_good(plan, number)]
    if pairs:
        return rng.choice(pairs)
    plan = rng.choice(plans)
    low, high = shape(plan).hours
    return plan, min(max(hours[0], low), high)


def is_good(plan: str, hours: int) -> bool:
    low, high = shape(plan).hours
    return low <= hours <= high


def make(plan: str, hours: int, first: date, rng: Random, *, listed: bool = True) -> Dates:
    """Dates from the first fitting day on or after `first`. Not `listed`: the times stand in a sentence only."""
    form = shape(plan)
    if form.begin != "fixed":
        return Dates(note=form.text)
    if not form.slots:
        return long_term(form, hours, first)
    weekdays, slot = rng.choice(form.weekdays), rng.choice(suitable(form.slots, hours))
    count = max(1, ceil(hours / lessons(*slot)))
    found = days.take(first, count, weekdays, form.fits)
    return dated(found, *slot) if listed and count <= LONGEST else told(found, *slot)


def suitable(slots: tuple[tuple[str, str], ...], hours: int) -> list[tuple[str, str]]:
    """No whole day for three lessons, no half one for twenty."""
    longest, shortest = max(lessons(*slot) for slot in slots), min(lessons(*slot) for slot in slots)
    least, most = min(hours, longest) * 0.6, max(hours, shortest) + 1
    return [slot for slot in slots if least <= lessons(*slot) <= most] or list(slots)


@cache
def lessons(starts: str, ends: str) -> int:
    """Lessons between two times of day, with a break where it is long."""
    length = minutes(ends) - minutes(starts)
    return max(1, (length - (30 if length > 300 else 0)) // LESSON)


def minutes(clock_time: str) -> int:
    return int(clock_time[:2]) * 60 + int(clock_time[3:])


def dated(found: list[date], starts: str, ends: str) -> Dates:
    """Every date by itself."""
    begin, end = time.fromisoformat(starts), time.fromisoformat(ends)
    weekdays = sum(1 << day for day in {day.weekday() for day in found})
    times = [schedule.time_of_day(starts, ends), *(["weekend"] if schedule.is_weekend(weekdays) else [])]
    return Dates(found[0], found[-1], [(day, begin, end) for day in found], "", weekdays, times)


def told(found: list[date], starts: str, ends: str) -> Dates:
    """The same as a sentence: "dienstags und donnerstags, 17:30 bis 20:00 Uhr, 12 Termine"."""
    weekdays = sorted({day.weekday() for day in found})
    names = [DAY_NAMES[day] for day in weekdays]
    spoken = f"{names[0]} bis {names[-1]}" if len(names) > 2 else " und ".join(names)
    count = f", {len(found)} Termine" if len(found) > 1 else ""
    return read(f"{spoken}, {starts} bis {ends} Uhr{count}", found[0], found[-1])


def untimed(dates: Dates) -> Dates:
    """The same days without times of day, as many small providers deliver them."""
    days_only = [(day, None, None) for day, _starts, _ends in dates.sessions]
    return Dates(
        dates.starts_on, dates.ends_on, days_only, "Die Uhrzeit erfahren Sie bei der Anmeldung.", dates.weekdays
    )


def long_term(form: Shape, hours: int, first: date) -> Dates:
    """Months of lessons: begins on a Monday, the times stand in a sentence."""
    begins = days.take(days.monday(first), 1, (0,), form.fits)[0]
    ends = begins + timedelta(weeks=max(1, ceil(hours / form.lessons)) - 1, days=4)
    return read(form.text, begins, ends)


def read(note: str, first: date, last: date) -> Dates:
    weekdays, times = understood(note)
    return Dates(first, last, [], note, weekdays, list(times), times_from_text=True)


@lru_cache(maxsize=4096)
def understood(note: str) -> tuple[int, tuple[str, ...]]:
    """As the importers read such a sentence."""
    found = schedule.parse(note)
    return found.weekdays, found.times_of_day
