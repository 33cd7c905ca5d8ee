"""Times of day and weekdays: computed from single dates, or read from what people write ("Mo-Fr 8-15 Uhr").

The rule for times of day is the one that German course catalogues share: begins before 12 and ends by 14 = morning,
begins before 12 and ends later = all day, begins at 17 or later = evening, else afternoon; Saturday or Sunday without
any day from Monday to Thursday = weekend.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

MONDAY_TO_THURSDAY = 0b0001111
WORKDAYS = 0b0011111
WEEKEND = 0b1100000
ORDER = ["morning", "afternoon", "evening", "all_day", "weekend"]
RARE = 0.2  # a time of day that fewer dates than this share have does not describe the run

_DAY_STEMS = ["montag", "dienstag", "mittwoch", "donnerstag", "freitag", "samstag", "sonntag"]
SHORT = ["Mo", "Di", "Mi", "Do", "Fr", "Sa", "So"]
_LONG_DAY = (
    r"(?P<{0}>(?i:montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonnabend|sonntag))"
    r"(?:(?i:s|e|en|vormittags?|nachmittags?|abends?|morgens?|mittags?))?"
)
_DAY_A = rf"(?:{_LONG_DAY.format('long_a')}|(?P<short_a>Mo|Di|Mi|Do|Fr|Sa|So)\b\.?)"
_DAY_B = rf"(?:{_LONG_DAY.format('long_b')}|(?P<short_b>Mo|Di|Mi|Do|Fr|Sa|So)\b\.?)"
_DAYS = re.compile(rf"\b{_DAY_A}(?:\s*(?P<to>-|–|—|\bbis(?: einschließlich)?\b)\s*{_DAY_B})?")
_DAY_GROUPS = [
    (re.compile(r"\b(?:werktags|wochentags|werktäglich|arbeitstäglich|täglich|unter der woche)\b", re.I), WORKDAYS),
    (re.compile(r"\bwochenend\w*", re.I), WEEKEND),
]
_PARTS = [
    (re.compile(r"\b\w*(?:vormittag|morgens|früh(?:schicht|kurs))\w*", re.I), "morning"),
    (re.compile(r"\b\w*nachmittag\w*", re.I), "afternoon"),
    (re.compile(r"\b(?:\w*abends?|abendkurs\w*|abendlehrgang\w*|abendform|abendveranstaltung\w*)\b", re.I), "evening"),
    (re.compile(r"\b(?:ganztags|ganztägig\w*|ganztagskurs\w*|ganztagsunterricht)\b", re.I), "all_day"),
]
_NOT = re.compile(
    r"(?:\baußer\b|\bausser\b|\bkein\w*\b|\bnicht\b|\bohne\b|\bausgenommen\b)[^,.;:()]{0,24}$", re.IGNORECASE
)
_AT = r"(?P<h{0}>[01]?\d|2[0-4])(?:\s?(?P<s{0}>[:.h])\s?(?P<m{0}>[0-5]\d))?\s*(?P<u{0}>Uhr|h\b)?"
_RANGE = re.compile(
    r"(?<![\d.,/:+€])(?P<from>von |ab |zwischen )?" + _AT.format("a")
    + r"\s*(?:-|–|—|‑|bis(?: ca\.| gegen| etwa)?\b|und\b(?=.{0,9}Uhr))\s*(?:ca\.\s*)?" + _AT.format("b")
    + r"(?![\d]|[.,]\d|\.\s?\d|:\d|\s*(?:%|€|Euro\b|EUR\b|Std|Stund|UE\b|UStd|U-Std|Unterricht|Tag|Woche|Monat|Jahr|"
    r"Teiln|TN\b|Person|Plätz|Termin|Modul|Minut|Min\b|Kurs|Einheit|Semester|Mal\b|x\b))",
    re.IGNORECASE,
)  # fmt: skip
_SINGLE = re.compile(
    r"(?<![\d.,/:])(?P<word>ab |um |beginn:? |start:? |jeweils )?(?P<h>[01]?\d|2[0-3])(?:[:.](?P<m>[0-5]\d))?\s*Uhr",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Schedule:
    """What a text says about times. `ranges` are ("HH:MM", "HH:MM" or None)."""

    weekdays: int = 0
    ranges: tuple[tuple[str, str | None], ...] = ()
    times_of_day: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.weekdays or self.times_of_day)


def parse(text: str) -> Schedule:
    """Weekdays, clock times and times of day from free text. What it does not say for sure stays empty."""
    text = " ".join((text or "").split())
    if not text:
        return Schedule()
    weekdays = _weekdays(text)
    ranges = _ranges(text)
    found = {time_of_day(starts, ends) for starts, ends in ranges}
    if not ranges:
        found |= {name for pattern, name in _PARTS for match in pattern.finditer(text) if not _denied(text, match)}
    if is_weekend(weekdays):
        found.add("weekend")
    return Schedule(weekdays, tuple(ranges), tuple(in_order(found)))


def time_of_day(starts: str, ends: str | None) -> str:
    """One of morning, afternoon, evening, all_day; times as "HH:MM"."""
    if starts >= "17:00":
        return "evening"
    if starts >= "12:00":
        return "afternoon"
    return "morning" if ends is None or ends <= "14:00" else "all_day"


def is_weekend(weekdays: int) -> bool:
    return bool(weekdays & WEEKEND) and not weekdays & MONDAY_TO_THURSDAY


def from_sessions(sessions: Iterable[dict]) -> tuple[int, list[str]]:
    """(weekdays, times of day) of single dates with "day", "starts", "ends" as ISO strings."""
    weekdays, counts, total = 0, {}, 0
    for session in sessions:
        weekdays |= 1 << date.fromisoformat(session["day"]).weekday()
        if session.get("starts"):
            name = time_of_day(session["starts"], session.get("ends"))
            counts[name] = counts.get(name, 0) + 1
            total += 1
    found = {name for name, count in counts.items() if count >= total * RARE}
    if is_weekend(weekdays):
        found.add("weekend")
    return weekdays, in_order(found)


def in_order(found: Iterable[str]) -> list[str]:
    return sorted(found, key=ORDER.index)


def _weekdays(text: str) -> int:
    mask = 0
    for match in _DAYS.finditer(text):
        if _is_word(text, match) or _denied(text, match):
            continue
        first = _number(match["long_a"], match["short_a"])
        last = _number(match["long_b"], match["short_b"]) if match["to"] else first
        mask |= _span(first, last)
    for pattern, days in _DAY_GROUPS:
        if any(not _denied(text, match) for match in pattern.finditer(text)) and not (mask and days == WORKDAYS):
            mask |= days
    return mask


def _number(long: str | None, short: str | None) -> int:
    if short:
        return SHORT.index(short)
    return _DAY_STEMS.index(long.lower().replace("sonnabend", "samstag"))


def _span(first: int, last: int) -> int:
    length = (last - first) % 7 + 1
    return sum(1 << (first + step) % 7 for step in range(length))


def _is_word(text: str, match: re.Match) -> bool:
    """ "So" that begins a sentence and "Fr." before a name are no days."""
    if match["to"] or not match["short_a"] or match["short_a"] not in {"So", "Fr"}:
        return False
    after, before = text[match.end() :].lstrip(), text[: match.start()].rstrip()
    if match["short_a"] == "Fr" and match[0].endswith("."):
        return bool(re.match(r"(?:Dr\.|Prof\.|[A-ZÄÖÜ][a-zäöüß]{2,})(?! \d)", after)) and not _listed(before)
    return not (_listed(before) or not after or re.match(r"[\d,;/&+()-]|und\b|von\b|ab\b|jeweils\b|\.?$", after))


def _listed(before: str) -> bool:
    return bool(re.search(r"\b(?:Mo|Di|Mi|Do|Fr|Sa|\w+tag)\.?\s*(?:[,/&+]|und|oder|u\.)$", before))


def _denied(text: str, match: re.Match) -> bool:
    return bool(_NOT.search(text[: match.start()]))


def _ranges(text: str) -> list[tuple[str, str | None]]:
    ranges, end = [], None
    for match in _RANGE.finditer(text):
        starts, ends = _time(match, "a"), _time(match, "b")
        if not _is_time(text, match) or starts >= ends:
            continue
        if end is not None and _is_break(ranges[-1], starts, text[end : match.start()]):
            ranges[-1] = (ranges[-1][0], ends)
        else:
            ranges.append((starts, ends))
        end = match.end()
    return ranges or _single(text)


def _single(text: str) -> list[tuple[str, str | None]]:
    match = _SINGLE.search(text)
    if not match or (not match["word"] and re.search(r"\bbis (?:zu )?$", text[: match.start()], re.IGNORECASE)):
        return []
    return [(f"{int(match['h']):02d}:{match['m'] or '00'}", None)]


def _is_break(before: tuple[str, str | None], starts: str, between: str) -> bool:
    """8-12 and 13-17 is one day with lunch, unless it says "or" or names other days."""
    if "oder" in between.lower() or _DAYS.search(between) or len(between) > 20:
        return False
    return 0 <= _minutes(starts) - _minutes(before[1]) <= 120


def _minutes(clock: str) -> int:
    return int(clock[:2]) * 60 + int(clock[3:])


def _time(match: re.Match, part: str) -> str:
    return f"{int(match[f'h{part}']):02d}:{match[f'm{part}'] or '00'}"


def _is_time(text: str, match: re.Match) -> bool:
    """Numbers with a hyphen are a time when they carry minutes or "Uhr", or stand behind a weekday."""
    if match["ub"] or match["ua"] or ":" in (match["sa"] or match["sb"] or ""):
        return True
    if match["ma"] and match["mb"]:
        return {match["ma"], match["mb"]} <= {"00", "15", "30", "45"}
    if match["ma"] or match["mb"]:
        return False
    return bool(
        re.search(r"(?:\b(?:Mo|Di|Mi|Do|Fr|Sa|So)\b\.?|tags?|woch|abend)[:,]?\s*(?:von\s*)?$", text[: match.start()])
    )
