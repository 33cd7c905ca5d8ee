"""What people type and what they should find, for tests: read from data/queries.csv and asked as the page asks."""

import csv
from pathlib import Path

from django.http import QueryDict

from courses import filters
from courses.models import Course
from courses.search import search

QUESTIONS = Path(__file__).parent / "data" / "queries.csv"
FIRST = 5


def rows(*sources: str) -> list[dict]:
    with QUESTIONS.open(encoding="utf-8", newline="") as file:
        return [row for row in csv.DictReader(file) if row["source"] in sources]


def named(row: dict) -> str:
    return " ".join(filter(None, [row["why"], row["query"], row["place"]]))


def found(row: dict) -> list[str]:
    """Titles of the first hits."""
    asked = QueryDict(mutable=True)
    asked.update({"q": row["query"], "ort": row["place"], "sort": "relevanz"})
    hits = search(filters.read(asked).query).hits[:FIRST]
    titles = Course.objects.in_bulk([hit.course for hit in hits])
    return [titles[hit.course].title for hit in hits]
