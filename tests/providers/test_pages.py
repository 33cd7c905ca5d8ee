"""The public pages of organisations."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from courses.search import index
from kit import clock
from providers.models import Certification, Organization
from tests import make

pytestmark = pytest.mark.django_db
LIST = "/anbieter/"


def body(answer):
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize("state", ["draft", "submitted", "returned", "archived"])
def test_only_published_organisations_have_a_page(client, state):
    organization = make.make_organization("Unsichtbar", state=state)
    assert client.get(organization.get_absolute_url()).status_code == 404
    assert "Unsichtbar" not in body(client.get(LIST))


def test_a_blocked_organisation_has_no_page(client):
    organization = make.make_organization("Gesperrt")
    assert client.get(organization.get_absolute_url()).status_code == 200
    Organization.objects.update(blocked_at=clock.now(), blocked_reason="x")
    assert client.get(organization.get_absolute_url()).status_code == 404
    assert "Gesperrt" not in body(client.get(LIST))


def test_organisations_stand_in_german_order(client):
    for name in ("Zunft", "Äpfel und mehr", "Akademie", "Bildungswerk"):
        make.make_organization(name)
    page = body(client.get(LIST))
    positions = [page.index(name) for name in ("Akademie", "Äpfel", "Bildungswerk", "Zunft")]
    assert positions == sorted(positions)


@pytest.mark.parametrize("words", ["bildungswerk süd", "BILDUNGSWERK", "sud", "Süd Bildung"])
def test_a_name_is_found_in_any_spelling(client, words):
    make.make_organization("Bildungswerk Süd")
    make.make_organization("Sprachschule")
    page = body(client.get(LIST, {"q": words}))
    assert "Bildungswerk Süd" in page
    assert "Sprachschule" not in page


def test_kinds_narrow_the_list(client):
    make.make_organization("Betrieb", kinds=["company"])
    make.make_organization("Schule Nord", kinds=["school", "provider"])
    page = body(client.get(LIST, {"art": "school"}))
    assert "Schule Nord" in page
    assert ">Betrieb<" not in page


def test_topics_narrow_the_list_by_public_courses(client):
    root = make.make_topic("Sprachen")
    child = make.make_topic("Englisch", parent=root)
    make.make_course(make.make_organization("Englisch Haus"), topic=child)
    make.make_course(make.make_organization("Entwurf Haus"), topic=child, state="draft")
    make.make_organization("Ohne Kurse")
    page = body(client.get(LIST, {"thema": "sprachen"}))
    assert "Englisch Haus" in page
    assert "Entwurf Haus" not in page
    assert "Ohne Kurse" not in page


def test_a_place_narrows_the_list_to_its_surroundings(client):
    make.make_location(make.make_organization("Nah"))
    far = make.make_place("Sangerhausen", postcodes=("06526",), latitude=51.47, longitude=11.3)
    make.make_location(make.make_organization("Weit weg"), place=far, city="Sangerhausen", postcode="06526")
    page = body(client.get(LIST, {"ort": "99734"}))
    assert "Nah" in page
    assert "Weit weg" not in page


def test_an_unknown_place_filters_nothing_and_says_so(client):
    make.make_organization("Bildungswerk")
    page = body(client.get(LIST, {"ort": "Nirgendheim"}))
    assert "Bildungswerk" in page
    assert "notice-warning" in page


def test_an_ambiguous_place_asks_back(client):
    for code in ("16064", "08226"):
        make.make_place(
            "Mühlhausen", district=make.make_district(code, f"Kreis {code}", in_region=False), postcodes=(code,)
        )
    assert "Kreis 08226" in body(client.get(LIST, {"ort": "Mühlhausen"}))


@pytest.mark.parametrize(
    "query", ["seite=99999999999", "art=x&thema=y", "q=%00", "ort=%00", "q=" + "x" * 900, "thema=1"]
)
def test_rubbish_in_the_address_is_survived(client, query):
    make.make_organization("Bildungswerk")
    assert client.get(f"{LIST}?{query}").status_code in (200, 400)


def queries(client, address):
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


def rich_organization(number):
    organization = make.make_organization(f"Anbieter {number}")
    for _ in range(number):
        make.make_location(organization)
        make.make_contact(organization)
        make.make_certification(organization)
        make.make_run(make.make_course(organization))
    return organization


def test_the_list_costs_the_same_for_one_and_three(client):
    rich_organization(1)
    client.get(LIST)
    one = queries(client, LIST)
    rich_organization(2), rich_organization(3)
    assert queries(client, LIST) == one


def test_the_list_tells_how_many_courses_each_has(client):
    busy, quiet = make.make_organization("Viel Werk"), make.make_organization("Still Werk")
    for state in ("published", "published", "draft"):
        make.make_course(busy, state=state)
    make.make_course(quiet, withdrawn_at=clock.now())
    page = body(client.get(LIST))
    assert f'href="/kurse/?anbieter={busy.slug}">2 Kurse<' in page
    assert f"anbieter={quiet.slug}" not in page


def test_the_profile_costs_the_same_for_one_and_three(client):
    first, third = rich_organization(1), rich_organization(3)
    index.refresh()
    client.get(first.get_absolute_url())
    assert queries(client, first.get_absolute_url()) == queries(client, third.get_absolute_url())


def test_headings_stand_in_their_order_and_only_where_there_is_text(client):
    organization = make.make_organization(mission="Wir bilden.", staff_note="Alle geprüft.")
    page = body(client.get(organization.get_absolute_url()))
    assert page.index("Wir bilden.") < page.index("Alle geprüft.")
    assert len(organization.portrait) == 2


def test_markup_in_texts_is_text(client):
    organization = make.make_organization(mission="<script>alert(1)</script>")
    assert "<script>alert" not in body(client.get(organization.get_absolute_url()))


def test_a_certification_vanishes_the_day_after_its_end(client, at):
    at("2026-05-12 10:00")
    organization = make.make_certification(kind=Certification.Kind.LQW, valid_to=clock.today()).organization
    assert "LQW" in body(client.get(organization.get_absolute_url()))
    at("2026-05-13 00:01")
    assert "LQW" not in body(client.get(organization.get_absolute_url()))


def test_an_unchecked_certification_does_not_show(client):
    organization = make.make_certification(kind=Certification.Kind.LQW, checked_at=None).organization
    assert "LQW" not in body(client.get(organization.get_absolute_url()))


def test_what_is_not_known_about_steps_is_said(client):
    organization = make.make_location(is_barrier_free=None).organization
    unknown = body(client.get(organization.get_absolute_url()))
    organization.locations.update(is_barrier_free=True)
    assert unknown != body(client.get(organization.get_absolute_url()))


def test_the_profile_shows_its_courses_and_links_to_all(client):
    run = make.make_run()
    index.refresh()
    page = body(client.get(run.course.provider.get_absolute_url()))
    assert run.course.title in page
    assert f"/kurse/?anbieter={run.course.provider.slug}" in page


def test_public_pages_can_be_cached(client):
    organization = make.make_organization()
    assert "Cookie" not in client.get(organization.get_absolute_url()).headers.get("Vary", "")
