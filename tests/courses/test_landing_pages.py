"""Topics and places as pages: what they count is what the list behind them shows."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from courses.search import index
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _region():
    make.make_region()


@pytest.fixture
def german(db):
    return make.make_topic("Deutsch lernen", parent=make.make_topic("Sprachen"))


def offer(topic, *, number: int = 1, provider=None):
    for _each in range(number):
        make.make_session(make.make_run(make.make_course(provider, topic=topic)))
    index.refresh()


def page(client, address: str, status: int = 200) -> str:
    response = client.get(address)
    assert response.status_code == status
    return response.content.decode()


def test_a_topic_counts_its_courses_and_leads_to_all_of_them(client, german):
    offer(german, number=7)
    html = page(client, "/themen/deutsch-lernen/")
    assert "gibt es in der Region 7 Kurse" in html
    assert html.count('<article class="course">') == 6
    assert 'href="/kurse/?thema=deutsch-lernen"' in html
    assert "7 Kurse gefunden" in page(client, "/kurse/?thema=deutsch-lernen")


def test_a_main_topic_names_those_below_it_and_the_other_way_round(client, german):
    offer(german)
    assert '/themen/deutsch-lernen/">' in page(client, "/themen/sprachen/")
    assert '/themen/sprachen/">' in page(client, "/themen/deutsch-lernen/")
    assert '/themen/deutsch-lernen/">' in page(client, "/themen/")


def test_a_topic_names_places_and_providers(client, german):
    provider = make.make_organization("Volkshochschule Probe")
    offer(german, provider=provider)
    html = page(client, "/themen/deutsch-lernen/")
    assert provider.get_absolute_url() in html
    assert "/orte/nordhausen/" in html


def test_an_empty_topic_says_so_and_stays_out_of_search_engines(client, german):
    html = page(client, "/themen/deutsch-lernen/")
    assert "Zurzeit gibt es hier keinen Kurs" in html
    assert 'name="robots" content="noindex"' in html


def test_a_place_counts_what_its_list_shows(client, german):
    offer(german, number=2)
    html = page(client, "/orte/nordhausen/")
    assert "2 Kurse finden höchstens 10 km von Nordhausen" in html
    address = re.search(r'class="btn btn-primary" href="([^"]+)"', html)[1].replace("&amp;", "&")
    assert "2 Kurse gefunden" in page(client, address)
    assert "/orte/nordhausen/" in page(client, "/orte/")


def test_places_beyond_the_region_and_unknown_ones_have_no_page(client, german):
    make.make_place("Goslar", district=make.make_district("03153", "Goslar", in_region=False), postcodes=())
    page(client, "/orte/goslar/", 404)
    page(client, "/orte/nirgends/", 404)
    page(client, "/themen/nichts/", 404)


def test_pages_name_their_canonical_address(client, german):
    offer(german)
    assert re.search(
        r'rel="canonical" href="[^"]+/themen/deutsch-lernen/"', page(client, "/themen/deutsch-lernen/?x=1")
    )


def test_home_and_footer_lead_there(client, german):
    offer(german)
    html = page(client, "/")
    assert 'href="/themen/sprachen/"' in html
    assert 'href="/themen/"' in html
    assert 'href="/orte/"' in html


def test_pages_take_as_many_queries_for_three_courses_as_for_one(client, german):
    provider = make.make_organization("Volkshochschule Probe")
    paths = ["/themen/deutsch-lernen/", "/orte/nordhausen/", "/themen/", "/orte/"]
    offer(german, provider=provider)
    page(client, paths[0])  # what is kept in memory is read once
    before = [queries(client, path) for path in paths]
    offer(german, number=2, provider=provider)
    assert [queries(client, path) for path in paths] == before


def queries(client, path: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        page(client, path)
    return len(captured)
