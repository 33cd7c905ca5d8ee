"""Searches without a result are counted without a person, and a page that is read writes nothing."""

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from courses.models import SearchMiss
from courses.search import index, misses
from courses.tasks import store_search_misses
from kit import clock
from tests import make

pytestmark = pytest.mark.django_db

NEVER = [
    "anna.muster@example.org",
    "03631 123456",
    "0151-23456789",
    "Frau Muster",
    "Herr Dr. Beispiel",
    "99734",
    "Hauptstraße 12",
    "geboren 12.03.1985",
    "https://example.org/kurs",
    "x",
    "a" * 61,
]


@pytest.fixture(autouse=True)
def _catalogue():
    make.make_region()
    make.make_course(title="Pflege")
    index.refresh()


def counted() -> list[tuple]:
    store_search_misses()
    return list(SearchMiss.objects.values_list("term", "place", "day", "searches"))


def test_searches_without_result_are_counted_by_words_place_and_day(client):
    make.make_place()
    for _ in range(2):
        client.get("/kurse/?q=Klöppeln")
    client.get("/kurse/?q=Kl%C3%B6ppeln&ort=99734")
    client.get("/kurse/?q=Pflege")
    assert sorted(counted()) == [
        ("kloppeln", "", clock.today(), 2),
        ("kloppeln", "Nordhausen", clock.today(), 1),
    ]
    client.get("/kurse/?q=klöppeln")
    assert ("kloppeln", "", clock.today(), 3) in counted()


def test_page_that_finds_nothing_writes_nothing_to_the_database(client):
    with CaptureQueriesContext(connection) as captured:
        client.get("/kurse/?q=Klöppeln")
    assert not [query for query in captured if query["sql"].split()[0] not in {"SELECT", "WITH"}]


@pytest.mark.parametrize("words", NEVER)
def test_words_that_may_concern_a_person_are_not_counted(client, words):
    client.get("/kurse/", {"q": words})
    assert counted() == []


@pytest.mark.parametrize("words", ["Deutsch A1", "Excel 2024", "Schweißen E7018", "3D-Druck"])
def test_levels_and_years_are_counted(words):
    assert misses.kept(words)


def test_other_pages_of_nothing_are_not_counted(client):
    client.get("/kurse/?q=Klöppeln&seite=2")
    assert counted() == []


def test_counting_ends_where_a_machine_searches(monkeypatch):
    monkeypatch.setattr(misses, "MOST", 2)
    for words in ["eins eins", "zwei zwei", "drei drei"]:
        misses.note(words)
    assert len(counted()) == 2


def test_numbers_taken_and_not_stored_are_stored_by_the_next_sweep():
    misses.note("klöppeln")
    misses._client().rename(misses.COUNTING, misses.TAKEN)
    misses.note("klöppeln")
    assert counted()[0][3] == 1
    assert counted()[0][3] == 2


def test_sweep_without_anything_to_do_does_nothing():
    cache.clear()
    assert misses.store() == 0


def test_coordinators_see_them_with_a_way_to_a_synonym(login, coordinator):
    SearchMiss.objects.create(term="kloppeln", day=clock.today(), searches=3)
    desk = login(coordinator)
    html = desk.get(f"{reverse('admin:courses_searchmiss_changelist')}?tage=30").content.decode()
    assert "/verwaltung/courses/synonym/vorschau/?term=kloppeln" in html
    assert "Suchen ohne Treffer" in desk.get(reverse("admin:index")).content.decode()
