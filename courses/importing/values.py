"""Single values as files write them: dates with zones, German numbers, yes and no, phone numbers, split names."""

import re
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from kit.clock import BERLIN

YEARS = range(1950, 2101)  # outside of it a date is a slip of the pen
COUNTRIES = {
    "": "DE", "d": "DE", "de": "DE", "deu": "DE", "ger": "DE", "deutschland": "DE", "germany": "DE", "brd": "DE",
    "bundesrepublik deutschland": "DE", "a": "AT", "at": "AT", "aut": "AT", "österreich": "AT", "austria": "AT",
    "ch": "CH", "che": "CH", "schweiz": "CH", "switzerland": "CH", "nl": "NL", "niederlande": "NL", "pl": "PL",
    "polen": "PL", "fr": "FR", "frankreich": "FR", "dk": "DK", "dänemark": "DK", "cz": "CZ", "tschechien": "CZ",
    "it": "IT", "italien": "IT", "es": "ES", "spanien": "ES", "gb": "GB", "uk": "GB", "großbritannien": "GB",
    "us": "US", "usa": "US", "be": "BE", "belgien": "BE", "lu": "LU", "luxemburg": "LU",
}  # fmt: skip
LAENDER = {
    "baden-württemberg", "bayern", "berlin", "brandenburg", "bremen", "hamburg", "hessen", "mecklenburg-vorpommern",
    "niedersachsen", "nordrhein-westfalen", "rheinland-pfalz", "saarland", "sachsen", "sachsen-anhalt",
    "schleswig-holstein", "thüringen",
}  # fmt: skip
FREE = re.compile(
    r"\b(?:kostenlos\w*|kostenfrei\w*|gebührenfrei\w*|gebuehrenfrei\w*|entgeltfrei\w*|unentgeltlich\w*|gratis|"
    r"ohne gebühr\w*|ohne kosten|keine (?:kosten|gebühren?|teilnahmegebühren?|lehrgangskosten|kursgebühren?)|"
    r"(?:eintritt|teilnahme|angebot|kurs) (?:ist )?frei|free of charge)\b",
    re.IGNORECASE,
)
NOT_FREE = re.compile(
    r"\b(?:nicht|kein\w*) (?:kostenlos|kostenfrei|gebührenfrei|gratis|unentgeltlich)"
    r"|\b(?:kostenlos\w*|kostenfrei\w*|gratis|unentgeltlich\w*|gebührenfrei\w*)[ -]+(?:\w+ )?"
    r"(?:beratung\w*|probe\w*|stornier\w*|rücktritt\w*|parkpl\w*|parken|erstgespräch\w*|storno\w*|infoveranstaltung\w*)"
    r"|\b(?:kostenlos\w*|kostenfrei\w*|gebührenfrei\w*) (?:mit|per|über|bei|durch|für inhaber)\b"
    r"|\bkeine (?:gebühren|kosten) bei (?:storn|rücktritt|absage)",
    re.IGNORECASE,
)
_DATE = re.compile(r"(-?\d{1,6})-(\d{1,2})-(\d{1,2})(?:T([\d:.]+))?\s*(Z|[+-]\d{2}:?\d{2})?$")
_GERMAN = re.compile(
    r"(?:[A-Za-z]{2,10}\.?,?\s*)?(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4}|\d{2})(?:\s+\d{1,2}:\d{2}(?::\d{2})?)?$"
)
_CLOCK = re.compile(r"(\d{1,2})(?:[:.h](\d{2}))?(?::\d{2}(?:\.\d+)?)?\s*(?:Uhr)?$", re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_SMALL_WORDS = {
    "und", "oder", "für", "der", "die", "das", "des", "dem", "den", "zur", "zum", "von", "vom", "im", "in", "am", "an",
    "mit", "bei", "e.v.", "ev", "gmbh", "ag", "auf", "aus", "&", "und/oder", "gem.", "bzw.", "sowie", "nach", "über",
    "unter",
}  # fmt: skip


class BadValue(ValueError):
    """A value that cannot be read; the message says why, in words for the report."""


def tidy(raw: str | None) -> str:
    """One line without control characters and without blanks in a row."""
    return " ".join(_CONTROL.sub(" ", raw or "").split())


def multiline(raw: str | None) -> str:
    """Text that keeps its lines."""
    lines = (_CONTROL.sub("", raw or "")).replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join(line.rstrip() for line in lines).strip()


def day(raw: str | None) -> str | None:
    """A calendar day as ISO string from xsd:date, xsd:dateTime (with or without zone, milliseconds) or DD.MM.YYYY.

    Midnight is how most programs write "that day", with whatever offset: the written day counts. Any other time is
    a moment, and the day is the one in Germany. Raises BadValue.
    """
    value = tidy(raw)
    if not value:
        return None
    german = _GERMAN.fullmatch(value)
    if german:
        return _calendar(*_german_parts(german))
    match = _DATE.match(value)
    if not match:
        raise BadValue(value)
    year, month, number, clock, zone = match.groups()
    written = _calendar(int(year), int(month), int(number))
    if not clock or not zone or clock.replace(":", "").replace(".", "").strip("0") == "":
        return written
    return _german_day(f"{written}T{clock}", zone) or written


def _german_parts(match: re.Match) -> tuple[int, int, int]:
    number, month, year = match.groups()
    return int(year) + (2000 if len(year) == 2 else 0), int(month), int(number)


def _calendar(year: int, month: int, number: int) -> str:
    if year not in YEARS:
        raise BadValue(f"{number}.{month}.{year}")
    try:
        return date(year, month, number).isoformat()
    except ValueError as error:
        raise BadValue(f"{number}.{month}.{year}") from error


def _german_day(moment: str, zone: str) -> str | None:
    try:
        aware = datetime.fromisoformat(moment[:19] + ("+00:00" if zone == "Z" else zone))
        return aware.astimezone(BERLIN).date().isoformat()
    except (ValueError, OverflowError):
        return None


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


def clock(raw: str | None) -> str | None:
    """A time of day "HH:MM" from "9:00", "09.30 Uhr", "18". Raises BadValue."""
    value = tidy(raw)
    if not value:
        return None
    match = _CLOCK.fullmatch(value)
    if not match:
        raise BadValue(value)
    hour, minute = int(match[1]), int(match[2] or 0)
    if (hour, minute) == (24, 0):
        return "23:59"
    if hour > 23 or minute > 59:
        raise BadValue(value)
    return f"{hour:02d}:{minute:02d}"


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


def amount(raw: str | None, *, german: bool = False) -> Decimal | None:
    """Money or hours: "245.00", "1.234,50 €", "1.5E2", "EUR 99,-". Raises BadValue.

    "1.200" is one and a fifth in XML and twelve hundred in a German table: `german` decides.
    """
    value = re.sub(r"(?i)(?:€|eur(?:o)?\b)", "", tidy(raw)).replace("\u00a0", "").replace(" ", "").replace("'", "")
    value = re.sub(r",[-–—]+$", "", value)
    if not value:
        return None
    if "," in value and "." in value:
        value = value.replace("." if value.rfind(",") > value.rfind(".") else ",", "")
    elif german and re.fullmatch(r"\d{1,3}(?:\.\d{3})+", value):
        value = value.replace(".", "")
    try:
        number = Decimal(value.replace(",", "."))
    except InvalidOperation as error:
        raise BadValue(tidy(raw)) from error
    if not number.is_finite() or number < 0 or number >= 100_000_000:
        raise BadValue(tidy(raw))
    return number


def yes(raw: str | None) -> bool | None:
    """xsd:boolean and what people write. None where nothing or nothing clear is said."""
    value = tidy(raw).casefold()
    if value in {"true", "1", "ja", "j", "yes", "y", "x", "wahr"}:
        return True
    if value in {"false", "0", "nein", "n", "no", "falsch"}:
        return False
    return None


def country(raw: str | None) -> str:
    """Two letters. "deutschland", "D" and "DE" are the same; what nobody knows counts as Germany."""
    value = tidy(raw).casefold()
    return COUNTRIES.get(value, "DE")


def land(raw: str | None) -> str:
    """Name of the Land; some programs write the country there, which is no Land."""
    value = tidy(raw)
    return "" if value.casefold() in {"deutschland", "germany", "d", "de", "brd"} else value[:80]


def says_free(note: str) -> bool:
    """Whether a remark says that an offer costs nothing (and not only its advice or its cancellation)."""
    return bool(FREE.search(NOT_FREE.sub(" ", note)))


def joined_name(*parts: str | None) -> str:
    """A name from fields of 30 characters, which programs cut wherever the field ends (trap 13)."""
    name, full = "", False
    for part in parts:
        piece = tidy(part)
        if not piece or _repeats(name, piece):
            continue
        name = _glue(name, piece, full) if name else piece
        full = len((part or "").strip("\r\n\t")) == 30 and not (part or "").endswith(" ")
    return name[:255]


def _repeats(name: str, piece: str) -> bool:
    return bool(name) and piece.casefold() in name.casefold() and len(piece) > 3


def _glue(name: str, piece: str, full: bool) -> str:
    last = name.rsplit(" ", 1)[-1].casefold()
    if name.endswith(("-", "/")) and full:
        return name + piece
    cut = full and piece[0].islower() and last not in _SMALL_WORDS and piece.split()[0].casefold() not in _SMALL_WORDS
    return f"{name}{piece}" if cut else f"{name} {piece}"


def phone(raw: str | None) -> str:
    """As people dial it: "+49.3943.12345" of the Bundesagentur becomes "+49 3943 12345"."""
    value = tidy(raw)
    if re.fullmatch(r"\+\d+(?:\.\d+)+", value):
        value = value.replace(".", " ")
    return value[:60] if any(letter.isdigit() for letter in value) else ""


def email(raw: str | None) -> str:
    value = tidy(raw).removeprefix("mailto:")
    return value if re.fullmatch(r"[^@\s<>\"']+@[^@\s<>\"']+\.[^@\s<>\"'.]{2,}", value) and len(value) <= 254 else ""


def url(raw: str | None, root: str = "") -> str:
    """A web address that is safe to link; without a scheme it gets https. Other schemes are dropped."""
    value = (raw or "").strip()
    if not value or re.search(r"[\s<>\"\x00-\x1f\\^`{|}]", value):
        return ""
    if not re.match(r"[A-Za-z][A-Za-z0-9+.-]*:(?!\d)", value):
        value = _with_root(value, root)
    good = re.match(r"https?://[^/\s@]+\.[^/\s@.]+", value, re.IGNORECASE)
    return value if good and len(value) <= 500 else ""


def _with_root(value: str, root: str) -> str:
    host = value.split("/", 1)[0]
    if value.startswith("//"):
        return f"https:{value}"
    if re.fullmatch(r"(?:[\w-]+\.)+[A-Za-z]{2,}(?::\d+)?", host) and (host.startswith("www.") or not root):
        return f"https://{value}"
    return f"{root.rstrip('/')}/{value.lstrip('/')}" if root else value
