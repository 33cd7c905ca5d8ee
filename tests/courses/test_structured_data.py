"""What the page of a course tells machines: schema.org, complete, true, harmless."""

import json
from datetime import time, timedelta
from decimal import Decimal

import html5lib
import pytest
from django.conf import settings

from courses.search import index
from kit import clock
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _region():
    make.make_region()


def data_of(client, address: str) -> dict:
    response = client.get(address)
    assert response.status_code == 200
    page = html5lib.parse(response.content, namespaceHTMLElements=False, transport_encoding="utf-8")
    blocks = page.findall(".//script[@type='application/ld+json']")
    assert len(blocks) == 1
    return json.loads(blocks[0].text)


def course_with_run(**fields):
    course = make.make_course(title="Deutsch für alle", description="<p>Wörter &amp; Sätze</p>", number="K-1")
    run = make.make_run(course, **fields)
    for place in range(3):
        make.make_session(run, day=run.starts_on + timedelta(days=7 * place), starts=time(18), ends=time(19, 30))
    index.refresh()
    return course


def test_a_course_has_what_is_required(client):
    course = course_with_run()
    data = data_of(client, course.get_absolute_url())
    assert data["@type"] == "Course"
    assert data["name"] == "Deutsch für alle"
    assert data["description"] == "Wörter & Sätze"
    assert data["@id"] == settings.SITE_BASE_URL + course.get_absolute_url()
    assert data["provider"]["name"] == course.provider.name
    instance = data["hasCourseInstance"][0]
    assert instance["courseMode"] == "Onsite"
    assert instance["courseSchedule"]["repeatCount"] == 3
    assert instance["courseSchedule"]["repeatFrequency"] == "Weekly"
    assert instance["courseSchedule"]["startTime"] == "18:00"
    assert instance["location"]["address"]["addressLocality"] == "Nordhausen"
    assert data["offers"][0] | {"url": ""} == {
        "@type": "Offer", "url": "", "category": "Paid", "price": "100.00", "priceCurrency": "EUR",
    }  # fmt: skip


def test_a_free_course_costs_nothing_and_an_unknown_price_is_no_zero(client):
    free = data_of(client, course_with_run(price_kind="free", price=None).get_absolute_url())
    unknown = data_of(client, course_with_run(price_kind="on_request", price=None).get_absolute_url())
    assert free["offers"][0]["price"] == "0"
    assert free["offers"][0]["category"] == "Free"
    assert "price" not in unknown["offers"][0]


def test_the_reduced_price_counts_as_long_as_it_does(client):
    until = clock.today() + timedelta(days=1)
    course = course_with_run(special_price=Decimal(80), special_price_until=until)
    assert data_of(client, course.get_absolute_url())["offers"][0]["price"] == "80.00"
    course.runs.update(special_price_until=clock.today() - timedelta(days=1))
    assert data_of(client, course.get_absolute_url())["offers"][0]["price"] == "100.00"


def test_a_course_without_dates_says_nothing_about_them(client):
    course = make.make_course(title="Deutsch")
    data = data_of(client, course.get_absolute_url())
    assert "hasCourseInstance" not in data
    assert "offers" not in data


def test_a_title_cannot_end_the_block(client):
    title = 'A</script><script>alert(1)</script><!-- & "B"'
    course = make.make_course(title=title)
    response = client.get(course.get_absolute_url())
    assert data_of(client, course.get_absolute_url())["name"] == title
    assert b"alert(1)</script>" not in response.content


def test_the_page_of_a_provider_names_the_same_organisation(client):
    course = course_with_run()
    profile = data_of(client, course.provider.get_absolute_url())
    assert profile["@type"] == "Organization"
    assert profile["@id"] == data_of(client, course.get_absolute_url())["provider"]["@id"]
    assert profile["location"][0]["address"]["postalCode"] == "99734"
