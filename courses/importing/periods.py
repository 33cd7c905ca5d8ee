"""Begins in words, and the class of duration that a span of days has."""

import re

from courses.importing import values

BEGINS = [
    (
        "any_time",
        re.compile(
            r"\b(?:jederzeit|laufend\w*|fortlaufend\w*|flexib\w+|individuell\w*|permanent\w*|täglich\w*)\b", re.I
        ),
    ),
    (
        "weekly",
        re.compile(r"\b(?:wöchentlich\w*|jede woche|jeden (?:mon|diens|donners|frei|sams)tag|jeden mittwoch)\b", re.I),
    ),
    ("quarterly", re.compile(r"\b(?:quartalsweise|vierteljährlich\w*|jedes quartal)\b", re.I)),
    ("half_yearly", re.compile(r"\b(?:halbjährlich\w*|zweimal (?:im jahr|jährlich)|2 ?x jährlich)\b", re.I)),
    ("monthly", re.compile(r"\b(?:monatlich\w*|jeden monat)\b", re.I)),
    ("yearly", re.compile(r"\b(?:jährlich\w*|einmal (?:im jahr|jährlich)|jedes jahr)\b", re.I)),
    (
        "open",
        re.compile(
            r"\b(?:auf anfrage|nach (?:absprache|vereinbarung|bedarf)|in planung|noch offen|steht noch nicht fest)\b",
            re.I,
        ),
    ),
]
# Longest run of days of each duration class, in order (class 9 has no end).
DURATIONS = [(1, 3), (2, 7), (3, 31), (4, 93), (5, 186), (6, 366), (7, 732), (8, 1098)]


def duration_class(starts: str | None, ends: str | None) -> int | None:
    """Number of DURATION@type for a span of days; None without both ends."""
    if not starts or not ends or ends < starts:
        return None
    days = (values.date.fromisoformat(ends) - values.date.fromisoformat(starts)).days + 1
    return next((number for number, longest in DURATIONS if days <= longest), 9)


def begin(starts: str | None, note: str, *, flexible: bool) -> str:
    if flexible:
        return "any_time"
    if starts:
        return "fixed"
    return next((name for name, pattern in BEGINS if pattern.search(note)), "open")
