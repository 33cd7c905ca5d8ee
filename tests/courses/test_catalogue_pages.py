"""The list of courses, the page of a course and the home page, as a visitor meets them."""

import gzip
import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from courses.filters import LANGUAGES
from courses.models import Course, Keyword
from courses.search import index
from kit import clock
from taxonomy import regionmap
from taxonomy.models import Topic
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _region():
    make.make_region()
    with translation.override("de"):  # a request in English leaves its language behind
        yield


def page(client, address: str, status: int = 200) -> str:
    response = client.get(address)
    assert response.status_code == status, response.content[:500]
    return response.content.decode()


def queries(client, address: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as captured:
        page(client, address)
    return len(captured)


def catalogue(number: int = 1, **fields) -> list[Course]:
    """That many courses with two runs each, findable."""
    provider = make.make_organization("Volkshochschule Nordhausen")
    topic = make.make_topic("Deutsch lernen", parent=make.make_topic("Sprachen"))
    courses = [make.make_course(provider, topic=topic, title=f"Deutsch {place}", **fields) for place in range(number)]
    for course in courses:
        run = make.make_run(course, times_of_day=["evening"], weekdays=1)
        make.make_session(run)
        make.make_run(course, starts_on=clock.today() + timedelta(days=40))
    index.refresh()
    return courses


# ── List
def test_list_shows_a_course_once_with_its_first_run(client):
    catalogue()
    html = page(client, "/kurse/")
    assert "1 Kurs gefunden" in html
    assert html.count('<article class="course">') == 1
    assert "1 weiterer Termin<" in html
    assert "1 weiterer Termin passt<" in page(client, "/kurse/?kosten=preis")


def test_list_takes_as_many_queries_for_three_courses_as_for_one(client):
    catalogue(1)
    page(client, "/kurse/")  # what is kept in memory is read once
    one = queries(client, "/kurse/?q=deutsch&ort=99734")
    catalogue_of_three = catalogue_more(2)
    assert queries(client, "/kurse/?q=deutsch&ort=99734") == one
    assert catalogue_of_three
    assert queries(client, "/kurse/") <= 8


def catalogue_more(number: int) -> list[Course]:
    provider = Course.objects.first().provider
    courses = [make.make_course(provider, title=f"Deutsch mehr {place}") for place in range(number)]
    for course in courses:
        make.make_session(make.make_run(course))
    index.refresh()
    return courses


def test_list_survives_what_people_type(client):
    catalogue()
    for query in [
        "seite=99999999999",
        "seite=-1",
        "seite=abc",
        "km=abc&ort=99734",
        "preis=NaN",
        "preis=1e999",
        "preis=-5",
        "ab=99999-01-01",
        "ab=31.02.2027",
        "bis=x",
        "sort=x",
        "thema=x",
        "anbieter=x",
        "q=%27%22%5C%3A*%26%7C!",
        "q=" + "a" * 201,
        "q=der die das",
        "ort=" + "x" * 121,
        "ort=(",
        "ort=()",
        "tag=mo&tag=xx",
        "frei=x",
    ]:
        page(client, f"/kurse/?{query}")


@pytest.mark.parametrize(("km", "used"), [("1", 1), ("200", 200), ("25", 25), ("0", 20), ("201", 20), ("x", 20)])
def test_radius_goes_from_1_to_200_km_and_what_is_written_stays_chosen(client, km, used):
    catalogue()
    make.make_place()
    html = page(client, f"/kurse/?ort=Nordhausen&km={km}")
    assert f'<option value="{used}" selected>' in html
    assert ("zwischen 1 und 200 km" in html) is (str(used) != km)


def test_what_was_not_understood_is_said_beside_its_field(client):
    catalogue()
    html = page(client, "/kurse/?ab=gestern&preis=viel")
    assert "12.01.2027" in html
    assert 'id="f-ab-fehler"' in html
    assert 'id="f-preis-fehler"' in html


def test_what_was_not_understood_is_said_where_nothing_is_found_too(client):
    assert "12.01.2027" in page(client, "/kurse/?q=nirgends&ab=gestern")


def test_unknown_place_shows_everything_and_suggests(client):
    catalogue()
    html = page(client, "/kurse/?ort=Nordhasen")
    assert "1 Kurs gefunden" in html
    assert "Nordhausen (Landkreis Nordhausen)" in html


def test_ambiguous_place_asks(client):
    for code, name in [("16064", "Unstrut-Hainich-Kreis"), ("08226", "Rhein-Neckar-Kreis")]:
        make.make_place(
            "Mühlhausen", district=make.make_district(code, name, in_region=False), postcodes=(), sort_key="muhlhausen"
        )
    catalogue()
    html = page(client, "/kurse/?ort=M%C3%BChlhausen")
    assert "Mühlhausen (Unstrut-Hainich-Kreis)" in html
    assert "Mühlhausen (Rhein-Neckar-Kreis)" in html
    assert "1 Kurs gefunden" in html


def test_word_that_nothing_contains_is_mended_and_the_page_says_so(client):
    catalogue()
    html = page(client, "/kurse/?q=Deutch")
    assert "1 Kurs gefunden" in html
    assert "<strong>Deutsch</strong>" in html
    assert 'value="Deutch"' in html


def test_other_spelling_is_offered_where_few_are_found(client):
    catalogue(4)
    make.make_course(title="Deutch fuer alle")
    index.refresh()
    html = page(client, "/kurse/?q=Deutch")
    assert "1 Kurs gefunden" in html
    assert 'Meinten Sie <a href="?q=Deutsch">Deutsch</a> (4 Kurse)?' in html


def test_nothing_found_in_a_topic_offers_the_one_above(client):
    catalogue()
    make.make_topic("Arabisch", parent=make.make_topic("Sprachen"))
    html = page(client, "/kurse/?thema=arabisch")
    assert '<a href="?thema=sprachen">' in html


def test_nothing_found_counts_what_dropping_a_filter_would_find(client):
    catalogue()
    html = page(client, "/kurse/?kosten=frei&wann=abends")
    assert "Keine Kurse gefunden" in html
    assert '<a href="?wann=abends">' in html
    assert '<a href="?kosten=frei">' not in html


def names(html: str) -> set[str]:
    return set(re.findall(r' id="([^"]+)"', html))


def test_tick_with_htmx_renews_counts_and_button_alone(client):
    catalogue(2)
    response = client.get("/kurse/?wann=abends", headers={"HX-Request": "true"})
    html = response.content.decode()
    assert "HX-Request" in response["Vary"]
    assert "<html" not in html
    assert 'id="filter-knopf" hx-swap-oob="true">2 Kurse zeigen' in html
    assert 'role="status"' in html
    whole = page(client, "/kurse/?wann=abends")
    assert 'hx-get="/kurse/"' in whole
    assert names(html) == {name for name in names(whole) if name.startswith("n-")} | {"filter-knopf", "filter-meldung"}
    assert len(names(html)) > 12


def test_long_list_of_providers_can_be_narrowed(client):
    for name in ["Imkerschule", *(f"Bildungswerk Nummer {number}" for number in range(8))]:
        make.make_run(make.make_course(make.make_organization(name)))
    index.refresh()
    assert 'name="anbietername"' in page(client, "/kurse/")
    html = page(client, "/kurse/?anbietername=imker")
    assert 'value="imkerschule"' in html
    assert 'value="bildungswerk-nummer-1"' not in html


@pytest.mark.parametrize("address", ["/kurse/?q=deutsch", "/kurse/?ort=99734", "/kurse/?ort=Nordhausen&km=50"])
def test_list_with_words_or_a_place_takes_few_queries(client, address):
    catalogue(3)
    make.make_place()
    assert queries(client, address) <= 8


def full_page() -> None:
    """A whole page of cards, and facets as long as they get in a region with hundreds of providers."""
    roots = [make.make_topic(f"Ein Thema Nummer {number}") for number in range(10)]
    for number in range(6):
        make.make_topic(f"Darunter das Thema {number}", parent=roots[0])
    topics = list(Topic.objects.all())
    fundings = [make.make_funding(number, "federal", name=f"Eine Förderung {number}") for number in range(1, 10)]
    for number in range(60):
        provider = make.make_organization(f"Kreisvolkshochschule Musterland {number}")
        title = f"Deutsch am Abend für den Beruf – Aufbaukurs {number}"
        course = make.make_course(provider, title=title, topic=topics[number % len(topics)], handicaps=[4])
        course.keywords.add(Keyword.objects.create(kind="audience", word=f"Menschen im Beruf {number}"))
        for place, mode in enumerate(["on_site", "online", "blended", "distance"]):
            run = make.make_run(
                course,
                mode=mode,
                title=title if place else "",
                places=10,
                places_taken=8,
                weekdays=127,
                times_of_day=["morning", "evening"],
                funding_federal=[funding.number for funding in fundings],
                languages=list(LANGUAGES)[: number % 8 + 1],
                digitally_accessible=True,
                instruction_time=1 + number % 2,
            )
            make.make_session(run)
    index.refresh()


@pytest.mark.parametrize("language", ["", "/en"])
def test_html_of_a_full_list_stays_within_its_budget(client, language):
    """60 kB as sent, packed a fifth of that: what an old phone on a slow line can read at once."""
    full_page()
    html = page(client, f"{language}/kurse/?q=deutsch&ort=Nordhausen&km=50&thema=ein-thema-nummer-0")
    assert html.count('<article class="course">') == 20
    assert html.count('name="anbieter"') == 15
    assert len(html.encode()) < 60_000
    assert len(gzip.compress(html.encode())) < 12_000


def test_chips_take_a_filter_away(client):
    catalogue()
    html = page(client, "/kurse/?q=deutsch&wann=abends&kosten=preis")
    assert 'href="?q=deutsch&amp;kosten=preis"' in html


def test_list_in_english_keeps_german_titles_marked(client):
    catalogue()
    html = page(client, "/en/kurse/")
    assert "1 course found" in html
    assert '<bdi lang="de">Deutsch 0</bdi>' in html


def test_list_in_english_marks_no_english_label_as_german(client):
    catalogue()
    html = page(client, "/en/kurse/?kosten=preis&anbieter=volkshochschule-nordhausen")
    assert 'value="preis" checked>costs money<' in html
    assert '"?anbieter=volkshochschule-nordhausen">costs money<' in html
    assert 'value="volkshochschule-nordhausen" checked><bdi lang="de">' in html
    assert '"?kosten=preis"><bdi lang="de">' in html


# ── One course
def test_course_page_shows_all_its_dates_and_facts(client):
    course = catalogue(description="<p>Sie lernen sprechen.</p><p>Und mehr.</p>", checked_at=clock.now())[0]
    html = page(client, course.get_absolute_url())
    for words in [
        "Sie lernen sprechen.",
        "18:00–19:30 Uhr",
        "Nordhausen",
        "100",
        "Zuletzt geprüft am",
        "Volkshochschule",
    ]:
        assert words in html, words


def test_course_page_takes_as_many_queries_for_three_runs_as_for_one(client):
    one, three = make.make_course(title="Eins"), make.make_course(title="Drei")
    for course, number in [(one, 1), (three, 3)]:
        for _run in range(number):
            run = make.make_run(course, funding_federal=[1], location=make.make_location(course.provider))
            make.make_session(run)
            make.make_session(run, day=run.starts_on + timedelta(days=7))
    index.refresh()
    regionmap.draw()
    page(client, one.get_absolute_url())  # the advice beside it is kept for a while
    assert queries(client, three.get_absolute_url()) == queries(client, one.get_absolute_url()) <= 9


def test_number_decides_and_a_wrong_name_leads_to_the_right_one(client):
    course = catalogue()[0]
    response = client.get(f"/kurse/falsch-{course.pk}/")
    assert (response.status_code, response["Location"]) == (301, course.get_absolute_url())
    assert client.get(f"/kurse/{course.pk}/")["Location"] == course.get_absolute_url()
    assert client.get(f"/kurse/{course.slug}-99999999999999999999/").status_code == 404


def test_withdrawn_course_is_gone_and_offers_similar_ones(client):
    gone, _other = catalogue(2)
    gone.withdrawn_at = clock.now()
    gone.save()
    index.refresh([gone.pk])
    html = page(client, gone.get_absolute_url(), status=410)
    assert "Deutsch 1" in html


@pytest.mark.parametrize("state", ["draft", "submitted", "returned"])
def test_course_that_never_was_public_is_missing(client, state):
    course = catalogue(state=state)[0]
    page(client, course.get_absolute_url(), status=404)


def test_course_of_a_blocked_provider_is_missing(client):
    course = catalogue()[0]
    course.provider.blocked_at, course.provider.blocked_reason = clock.now(), "Insolvenz"
    course.provider.save()
    page(client, course.get_absolute_url(), status=404)


def test_course_without_a_coming_date_says_so_with_a_phone_number(client):
    course = make.make_course(title="Imkern")
    make.make_run(course, starts_on=clock.today() - timedelta(days=30))
    index.refresh()
    assert "nächste Termin ist noch nicht bekannt" in page(client, course.get_absolute_url())
    assert "03631 000000" in page(client, course.get_absolute_url())
    assert "Imkern" in page(client, "/kurse/?q=imkern")


def test_expired_voucher_disappears_by_itself(client, at):
    at("2026-05-12 10:00")
    course = make.make_course(title="Schweißen")
    make.make_funding(2)
    run = make.make_run(
        course,
        funding_federal=[2],
        certificate_status=1,
        measure_number="M-1",
        certificate_until=clock.today() + timedelta(days=10),
        starts_on=clock.today() + timedelta(days=60),
    )
    index.refresh()
    assert "M-1" in page(client, course.get_absolute_url())
    assert "Bildungsgutschein" in page(client, "/kurse/?foerderung=federal-2")
    at("2026-05-25 10:00")
    assert "M-1" not in page(client, course.get_absolute_url())
    assert "Keine Kurse gefunden" in page(client, "/kurse/?foerderung=federal-2")
    assert run.funding_federal == [2]


def test_text_of_a_provider_cannot_carry_a_script(client):
    course = catalogue(description="<p>gut</p><script>alert(1)</script><a href='javascript:alert(1)'>x</a>")[0]
    html = page(client, course.get_absolute_url())
    assert "alert(1)" not in html
    assert "javascript:" not in html


def test_free_places_are_said_in_words(client):
    course = make.make_course()
    make.make_run(course, places=10, places_taken=8, price_kind="free", price=None)
    index.refresh()
    html = page(client, course.get_absolute_url())
    assert "noch 2 Plätze" in html
    assert "kostenfrei" in html


def test_hidden_synonyms_find_but_do_not_show(client):
    course = catalogue()[0]
    course.keywords.add(Keyword.objects.create(kind=Keyword.Kind.HIDDEN_SYNONYM, word="Quatschwort"))
    index.refresh([course.pk])
    assert "Deutsch 0" in page(client, "/kurse/?q=quatschwort")
    assert "Quatschwort" not in page(client, course.get_absolute_url())


def test_reduced_price_counts_until_its_day(client, at):
    at("2026-05-12 10:00")
    course = make.make_course(title="Früh buchen")
    make.make_run(course, price=Decimal(100), special_price=Decimal(80), special_price_until=clock.today())
    index.refresh()
    assert "Früh buchen" in page(client, "/kurse/?preis=80")
    assert "80" in page(client, course.get_absolute_url())
    at("2026-05-13 10:00")
    assert "Keine Kurse gefunden" in page(client, "/kurse/?preis=80")


# ── Home
def test_home_counts_the_courses_and_shows_what_begins_soon(client):
    catalogue(2)
    html = page(client, "/")
    assert "2 Kurse und persönliche Beratung" in html
    assert "Deutsch 1" in html
    assert "/kurse/?thema=deutsch-lernen" in html


def test_home_works_without_any_course(client):
    page(client, "/")
