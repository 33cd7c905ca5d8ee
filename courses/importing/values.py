"""Single values as files write them: lines and texts, dates with zones, times of day, counts, yes and no."""

import re
from datetime import date, datetime
from functools import lru_cache
from html import unescape

from kit.clock import BERLIN

YEARS = range(1950, 2101)  # outside of it a date is a slip of the pen
NEVER = {1, 1753, 1899, 1900, 9999}  # years with which programs say that there is no date
_DATE = re.compile(r"(-?\d{1,6})-(\d{1,2})-(\d{1,2})(?:[T ]([\d:.]+))?\s*(Z|[+-]\d{2}:?\d{2})?$")
_MONTHS = ["jan", "feb", "mär", "apr", "mai", "jun", "jul", "aug", "sep", "okt", "nov", "dez"]
_GERMAN = re.compile(
    r"(?<![\d.])(\d{1,2})(?:\.\s?(?:(\d{1,2})\.|(jan|feb|mär|apr|mai|jun|jul|aug|sep|okt|nov|dez)[a-zä]*\.?)\s?|/(\d{1,2})/)"
    r"(\d{4}|\d{2})(?!\d)",
    re.IGNORECASE,
)
_CLOCK = re.compile(
    r"(?:(?:ab|um|von|bis|ca\.?|gegen)\s+)?(\d{1,2})(?:\s?[:.,h]\s?(\d{2})|(\d{2}))?(?::\d{2}(?:\.\d+)?)?\s*"
    r"(?:Uhr|h)?$",
    re.IGNORECASE,
)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_ENTITY = re.compile(r"&(?:amp|lt|gt|quot|apos|nbsp|[aouAOU]uml|szlig|euro|[nm]dash|[bl]dquo|#\d{2,5});")
_BREAK = re.compile(r"<br\s*/?>|</(?:p|div|li)>", re.IGNORECASE)
_TAG = re.compile(r"</?(?:p|br|div|li|ul|ol|b|i|u|strong|em|span|font|sup|sub|a)\b[^<>]*>", re.IGNORECASE)


class BadValue(ValueError):
    """A value that cannot be read; the message says why, in words for the report."""


def tidy(raw: str | None) -> str:
    """One line without control characters and without blanks in a row. What was escaped twice is meant once."""
    if not raw:
        return ""
    if "&" not in raw and raw.isprintable():  # most values of most files
        return " ".join(raw.split())
    return " ".join(_CONTROL.sub(" ", _unescaped(raw)).split())


def line(raw: str | None) -> str:
    """A title or a name: one line in which no markup belongs."""
    value = tidy(raw)
    return tidy(_TAG.sub(" ", value)) if "<" in value else value


def multiline(raw: str | None) -> str:
    """Text that keeps its lines; markup in it becomes lines too."""
    text = _CONTROL.sub("", _unescaped(raw)).replace("\r\n", "\n").replace("\r", "\n")
    if "<" in text:
        text = _TAG.sub("", _BREAK.sub("\n", text))
    return "\n".join(row.rstrip() for row in text.split("\n")).strip()


def _unescaped(raw: str | None) -> str:
    text = raw or ""
    return _ENTITY.sub(lambda match: unescape(match[0]), text) if "&" in text else text


@lru_cache(maxsize=4096)  # a file names the same days over and over
def day(raw: str | None) -> str | None:
    """A calendar day as ISO string: xsd:date, xsd:dateTime (with or without zone, milliseconds), a German date, also
    with words around it or a month by name; of several the first. None for nothing and for "never". Raises BadValue.

    Midnight is how most programs write "that day", with whatever offset: the written day counts. Any other time is
    a moment, and the day is the one in Germany.
    """
    value = tidy(raw)
    if not value:
        return None
    match = _DATE.match(value)
    if not match:
        return _german_day(value)
    year, month, number, clock, zone = match.groups()
    if int(year) in NEVER:
        return None
    written = _calendar(int(year), int(month), int(number))
    if not clock or not zone or clock.replace(":", "").replace(".", "").strip("0") == "":
        return written
    return _day_in_germany(f"{written}T{clock}", zone) or written


def last_day(raw: str | None) -> str | None:
    """The last of the days of a span such as "01.04.2027 - 03.04.2027"; None for a single one. Raises BadValue."""
    found = list(_GERMAN.finditer(tidy(raw)))
    return _calendar(*_german_parts(found[-1])) if len(found) > 1 else None


def _german_day(value: str) -> str | None:
    match = _GERMAN.search(value)
    if not match:
        raise BadValue(value)
    parts = _german_parts(match)
    return None if parts[0] in NEVER else _calendar(*parts)


def _german_parts(match: re.Match) -> tuple[int, int, int]:
    number, month, name, slashed, year = match.groups()
    month = _MONTHS.index(name.lower()) + 1 if name else int(month or slashed)
    return int(year) + (2000 if len(year) == 2 else 0), month, int(number)


def _calendar(year: int, month: int, number: int) -> str:
    if year not in YEARS:
        raise BadValue(f"{number}.{month}.{year}")
    try:
        return date(year, month, number).isoformat()
    except ValueError as error:
        raise BadValue(f"{number}.{month}.{year}") from error


def _day_in_germany(moment: str, zone: str) -> str | None:
    try:
        aware = datetime.fromisoformat(moment[:19] + ("+00:00" if zone == "Z" else zone))
        return aware.astimezone(BERLIN).date().isoformat()
    except (ValueError, OverflowError):
        return None


@lru_cache(maxsize=4096)
def time_in(raw: str | None) -> str | None:
    """The time of day that a dateTime carries, "HH:MM" on a German clock; None for midnight and where none is given."""
    match = re.match(r"\d{4}-\d{2}-\d{2}T(\d{2}:\d{2})(?::\d{2}(?:\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?$", tidy(raw))
    if not match or match[1] == "00:00":
        return None
    try:
        moment = datetime.fromisoformat(tidy(raw)[:16] + (match[2] or "").replace("Z", "+00:00"))
    except ValueError:
        return None
    shown = (moment.astimezone(BERLIN) if moment.tzinfo else moment).strftime("%H:%M")
    return None if shown == "00:00" else shown


@lru_cache(maxsize=1024)
def clock(raw: str | None) -> str | None:
    """A time of day "HH:MM" from "9:00", "09.30 Uhr", "18", "1830", "ab 18 Uhr"; of a span the beginning. BadValue."""
    value = re.sub(r"^(?:\d{1,2}\.\d{1,2}\.\d{4}|\d{4}-\d{2}-\d{2})[T ]", "", tidy(raw))
    if not value:
        return None
    match = _CLOCK.fullmatch(re.split(r"\s*(?:-|–|—|\bbis\b)\s*(?=\d)", value)[0])
    if not match:
        raise BadValue(value)
    hour, minute = int(match[1]), int(match[2] or match[3] or 0)
    if (hour, minute) == (24, 0):
        return "23:59"
    if hour > 23 or minute > 59:
        raise BadValue(value)
    return f"{hour:02d}:{minute:02d}"


def last_clock(raw: str | None) -> str | None:
    """The end of a span such as "18:00-19:30 Uhr"; None for a single time. Raises BadValue."""
    parts = re.split(r"\s*(?:-|–|—|\bbis\b)\s*(?=\d)", tidy(raw))
    return clock(parts[-1]) if len(parts) > 1 else None


def whole(raw: str | None, highest: int = 2_000_000_000) -> int | None:
    """A count: "12", "12.0", "012". Raises BadValue for anything negative, broken or absurd."""
    value = tidy(raw)
    if not value:
        return None
    if not re.fullmatch(r"\d{1,12}(?:[.,]0+)?", value):
        raise BadValue(value)
    number = int(re.split(r"[.,]", value)[0])
    if number > highest:
        raise BadValue(value)
    return number


def count(raw: str | None, *, highest: int = 100_000, last: bool = True) -> int | None:
    """A count with words around it: "max. 12", "12 Personen"; of "8-12" the last or the first. Raises BadValue."""
    value = tidy(raw)
    numbers = re.findall(r"(?<![\d.,-])\d{1,6}(?![\d.,])", value.replace("–", "-").replace("-", " - "))
    if not numbers or re.match(r"-\s?\d|.*\d\s?[.,]\d", value):
        return whole(value, highest=highest)
    return whole(numbers[-1 if last else 0], highest=highest)


def yes(raw: str | None) -> bool | None:
    """xsd:boolean, what people write, and W and F of KuferSQL. None where nothing or nothing clear is said."""
    value = tidy(raw).casefold()
    if value in {"true", "1", "-1", "ja", "j", "yes", "y", "x", "wahr", "w", "t"}:
        return True
    if value in {"false", "0", "nein", "n", "no", "falsch", "f"}:
        return False
    return None
