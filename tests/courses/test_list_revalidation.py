"""What a browser or a cache may keep of the list of courses, and when it has to fetch it again."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from courses.models import Synonym
from courses.search import generations, index
from kit import clock, revalidated
from tests import make

pytestmark = pytest.mark.django_db
LIST = "/kurse/"


@pytest.fixture(autouse=True)
def in_memory(settings, monkeypatch, at):
    settings.SEARCH_IN_MEMORY = True
    monkeypatch.setattr(generations, "FRESH_SECONDS", -1)  # each question looks
    at("2026-05-12 10:00")
    make.make_region()
    published("Töpfern")
    generations.build(clock.today())
    generations.forget()
    with translation.override("de"):
        yield
    generations.forget()


def published(title: str):
    course = make.make_course(title=title)
    make.make_run(course, location=make.make_location(course.provider))
    index.refresh([course.pk])
    return course


def make_synonym() -> None:
    Synonym.objects.create(term="Ton", meaning="Lehm", term_stems=["ton"], meaning_stems=["lehm"])


def again(client, etag: str, address: str = LIST) -> int:
    return client.get(address, headers={"If-None-Match": etag}).status_code


def test_list_of_a_stranger_is_marked_and_bound_to_no_cookie(client):
    response = client.get(LIST)
    assert response["ETag"].startswith('W/"')
    assert response["Last-Modified"]
    assert response["Cache-Control"] == revalidated.SHARED
    assert response["Vary"] == "HX-Request"
    assert not response.cookies


def test_known_list_is_neither_searched_nor_rendered(client):
    etag = client.get(LIST)["ETag"]
    with CaptureQueriesContext(connection) as asked:
        response = client.get(LIST, headers={"If-None-Match": etag})
    assert (response.status_code, response.content) == (304, b"")
    assert (response["ETag"], response["Cache-Control"], response["Vary"]) == (etag, revalidated.SHARED, "HX-Request")
    assert len(asked) == 2  # has the catalogue changed, have the names


CHANGES = {
    "a course is published": lambda: published("Filzen"),
    "a provider is renamed": lambda: _renamed("providers_organization"),
    "a venue is renamed": lambda: _renamed("providers_location"),
    "the region is renamed": lambda: _renamed("taxonomy_region"),
    "a synonym is added": lambda: make_synonym(),
    "a new generation": lambda: generations.build(clock.today()),
}


def _renamed(table: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {table} SET name = 'Anders'")


@pytest.mark.parametrize("change", CHANGES)
def test_change_that_a_list_could_show_changes_its_mark(client, change):
    etag = client.get(LIST)["ETag"]
    assert again(client, etag) == 304
    CHANGES[change]()
    assert again(client, etag) == 200


def test_renamed_provider_and_venue_stand_on_the_card_at_once(client):
    assert "Anders" not in client.get(LIST).content.decode()
    _renamed("providers_organization")
    assert "<p>Anders</p>" in client.get(LIST).content.decode()


def test_new_synonym_answers_the_next_question(client):
    assert "Töpfern" not in client.get(f"{LIST}?q=Keramik").content.decode()
    Synonym.objects.create(term="Keramik", meaning="Töpfern", term_stems=["keram"], meaning_stems=["topf"])
    assert "Töpfern" in client.get(f"{LIST}?q=Keramik").content.decode()


def test_next_day_is_another_list(client, at):
    etag = client.get(LIST)["ETag"]
    generations.build(clock.today() + timedelta(days=1))
    at("2026-05-13 08:00")
    assert again(client, etag) == 200


def test_each_address_language_and_part_has_its_own_mark(client):
    responses = [
        client.get(LIST),
        client.get("/en/kurse/"),
        client.get(f"{LIST}?kosten=preis"),
        client.get(LIST, headers={"HX-Request": "true"}),
    ]
    assert len({response["ETag"] for response in responses}) == 4
    assert again(client, responses[0]["ETag"], "/en/kurse/") == 200


def test_new_code_is_another_list(client, monkeypatch):
    etag = client.get(LIST)["ETag"]
    monkeypatch.setattr(revalidated, "version", lambda: "next")
    assert again(client, etag) == 200


def test_time_alone_is_no_mark(client):
    modified = client.get(LIST)["Last-Modified"]
    assert client.get(LIST, headers={"If-Modified-Since": modified}).status_code == 200


# ── What nobody may keep


def test_whoever_is_logged_in_gets_a_page_of_their_own(client, login, learner):
    etag = client.get(LIST)["ETag"]
    login(learner)
    response = client.get(LIST, headers={"If-None-Match": etag})
    assert response.status_code == 200
    assert "Abmelden" in response.content.decode()
    assert (response["Cache-Control"], response.has_header("ETag")) == (revalidated.PRIVATE, False)


def test_session_cookie_alone_is_enough(client, settings):
    etag = client.get(LIST)["ETag"]
    client.cookies[settings.SESSION_COOKIE_NAME] = "made-up"
    response = client.get(LIST, headers={"If-None-Match": etag, "HX-Request": "true"})
    assert (response.status_code, response["Cache-Control"]) == (200, revalidated.PRIVATE)


@pytest.mark.parametrize("query", ["preis=viel", "ab=gestern", "ort=Nirgendwo", "q=gibtesnicht"])
def test_errors_and_vain_searches_are_kept_by_nobody(client, query):
    response = client.get(f"{LIST}?{query}")
    assert (response["Cache-Control"], response.has_header("ETag")) == (revalidated.PRIVATE, False)


@pytest.mark.parametrize("view", ["karte", "kalender"])
def test_map_and_month_have_no_mark(client, view):
    assert not client.get(f"{LIST}?ansicht={view}").has_header("ETag")


def test_without_a_generation_there_is_no_mark(client):
    index.refresh()
    assert not client.get(LIST).has_header("ETag")
