"""For whom a course is, read out of what providers write about it: no format has a field with values for that.

Each group is a keyword of the kind "target group" with cues, the beginnings of words. Looked at are the text on the
audience and what follows "für" in the title: "Erste Hilfe am Kind" is not for children, "Kochen für Kinder" is.
Keywords that editors gave a course count as well.
"""

import csv
import re
from functools import cache
from pathlib import Path

from courses.models import Course, Keyword
from courses.search import analyser
from kit import text

DATA = Path(__file__).parents[1] / "data" / "audiences.csv"
WANTED = re.compile(r"\bfür\b(.*)", re.IGNORECASE)


@cache
def cues() -> dict[str, tuple[str, ...]]:
    """Group → beginnings of words, with umlauts and with them written out; not folded: mothers are no Muttersprache."""
    with DATA.open(encoding="utf-8", newline="") as file:
        rows = [(row["word"], row["cues"]) for row in csv.DictReader(file)]
    return {word: tuple(f"{cues} {text.transliterate(cues)}".split()) for word, cues in rows}


def named(course: Course) -> list[str]:
    """The groups that a course names."""
    wanted = WANTED.search(course.title)
    said = f"{text.plain(course.audience)} {wanted[1] if wanted else ''}"
    words = analyser.plain_words(said)
    return [group for group, beginnings in cues().items() if any(word.startswith(beginnings) for word in words)]


def keys(courses: list[Course]) -> dict[int, list[int]]:
    """The keywords of the groups that each course names; what is missing is made."""
    found = {course.pk: named(course) for course in courses}
    used = {group for groups in found.values() for group in groups}
    known = _known(used)
    if missing := sorted(used - known.keys()):
        rows = (Keyword(kind=Keyword.Kind.AUDIENCE, word=word) for word in missing)
        Keyword.objects.bulk_create(rows, ignore_conflicts=True)
        known = _known(used)
    return {pk: [known[group] for group in groups] for pk, groups in found.items()}


def _known(words: set[str]) -> dict[str, int]:
    keywords = Keyword.objects.filter(kind=Keyword.Kind.AUDIENCE, word__in=words)
    return dict(keywords.values_list("word", "pk")) if words else {}
