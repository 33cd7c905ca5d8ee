"""What people type and what they should find in the first five: questions over the demo and over real files."""

import csv
from pathlib import Path

import pytest
from django.core.management import call_command
from django.http import QueryDict

from courses import filters
from courses.loading import load_synonyms
from courses.models import Course
from courses.search import index, search
from portal.demo.loading import load
from portal.demo.profiles import PROFILES
from tests import guards, shared
from tests.courses.importing import deliver

QUESTIONS = Path(__file__).parent / "data" / "queries.csv"
REAL = {"kufer": shared.DATA / "kufer/kurse-40.xml"}
FIRST = 5
WEEK = "2026-11-18 10:00"  # the demo is the same within a week


def rows(*sources: str) -> list[dict]:
    with QUESTIONS.open(encoding="utf-8", newline="") as file:
        return [row for row in csv.DictReader(file) if row["source"] in sources]


def named(row: dict) -> str:
    return " ".join(filter(None, [row["why"], row["query"], row["place"]]))


@pytest.fixture(scope="module")
def region(django_db_setup, django_db_blocker):
    """The smallest demo, loaded once for all questions and removed after them."""
    traveller = guards.Traveller()
    traveller(WEEK)
    with django_db_blocker.unblock():
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("django.conf.settings.DEMO", True)
            load(PROFILES["XS"], say=lambda line: None, reset=True)
        yield
        call_command("flush", interactive=False, verbosity=0)
    traveller.stop()


def found(row: dict) -> list[str]:
    """Titles of the first hits, asked as the page asks."""
    asked = QueryDict(mutable=True)
    asked.update({"q": row["query"], "ort": row["place"], "sort": "relevanz"})
    hits = search(filters.read(asked).query).hits[:FIRST]
    titles = Course.objects.in_bulk([hit.course for hit in hits])
    return [titles[hit.course].title for hit in hits]


def test_there_are_enough_questions_of_each_kind():
    kinds = {row["why"] for row in rows("demo")}
    assert len(rows("demo")) >= 60
    assert {"stem", "umlaut", "compound", "typo", "synonym", "number", "provider", "place"} <= kinds


@pytest.mark.parametrize("row", rows("demo"), ids=named)
def test_question_over_the_demo_finds(region, db, row):
    titles = found(row)
    assert any(title.startswith(row["expected"]) for title in titles), titles


@pytest.mark.parametrize("row", rows("kufer"), ids=named)
def test_question_over_a_real_file_finds(db, row):
    path = REAL[row["source"]]
    if not path.exists():
        pytest.skip(f"the sample file {path.name} is not here")
    deliver(path.read_bytes(), confirm=True)
    load_synonyms()
    index.refresh()
    titles = found(row)
    assert any(title.startswith(row["expected"]) for title in titles), titles
