"""The level of a course, read from its title: no format has a field for it."""

import re
from functools import lru_cache

_CEFR = re.compile(
    r"(?<![\w/])(?:niveau(?:stufe)?\s*)?([ABC])\s?([12])(?:[.\-/+]\d{1,2}(?:\.\d)?|\+)?(?![\w])", re.IGNORECASE
)
_SUBLEVEL = re.compile(r"(?<![\w])([ABC])\.([12])(?:\.\d)?(?![\w])")
_LANGUAGE = re.compile(
    r"deutsch|englisch|english|französisch|spanisch|italienisch|russisch|türkisch|polnisch|arabisch|ukrainisch|"
    r"portugiesisch|niederländisch|dänisch|schwedisch|norwegisch|japanisch|chinesisch|tschechisch|griechisch|"
    r"\bdaf\b|\bdaz\b|sprach|integrationskurs|niveau|\bger\b|telc|goethe|\bdtz\b|français|español|italiano|persisch|"
    r"farsi|kroatisch|rumänisch|ungarisch|latein|hebräisch|koreanisch|finnisch|isländisch",
    re.IGNORECASE,
)
_WORDS = [
    ("advanced", re.compile(
        r"\b(?:fortgeschritten\w*|profi\w*|expert\w*|advanced|masterclass|meisterkurs\w*|vertiefungs?\w*|"
        r"perfektion\w*)\b", re.I)),
    ("intermediate", re.compile(
        r"\b(?:aufbau(?:kurs\w*|seminar\w*|lehrgang\w*|modul\w*|stufe)?|mittelstufe\w*|intermediate|"
        r"mit vorkenntnissen|mit grundkenntnissen|leicht fortgeschritten\w*|wiedereinst\w*|auffrisch\w*|refresher|"
        r"teil (?:2|ii)|folgekurs\w*)\b", re.I)),
    ("basic", re.compile(
        r"\b(?:grundkurs\w*|grundlagen\w*|basis(?:kurs\w*|wissen|seminar\w*|modul\w*|lehrgang\w*)|einführung\w*|einstieg\w*|"
        r"anfänger\w*|einsteiger\w*|für beginner|basics?|ohne vorkenntnisse|schnupper\w*|erste schritte|grundstufe|"
        r"einstiegs\w*|grundlehrgang\w*)\b", re.I)),
]  # fmt: skip


@lru_cache(maxsize=64)  # runs of one course mostly repeat its title
def guess(title: str) -> str:
    """ "a1" … "c2", "basic", "intermediate", "advanced" or "" where the title says nothing."""
    cefr = _CEFR.search(title) or _SUBLEVEL.search(title)
    if cefr and _LANGUAGE.search(title):
        return f"{cefr[1]}{cefr[2]}".lower()
    if re.search(r"\bleicht fortgeschritten", title, re.IGNORECASE):
        return "intermediate"
    if re.search(r"\bohne vorkenntnisse", title, re.IGNORECASE):
        return "basic"
    found = [(match.start(), level) for level, pattern in _WORDS if (match := pattern.search(title))]
    levels = {level for _start, level in found}
    if {"basic", "advanced"} <= levels and re.search(r"\b(?:und|&|bis)\b|/", title):
        return ""  # "für Anfänger und Fortgeschrittene"
    return min(found)[1] if found else ""
