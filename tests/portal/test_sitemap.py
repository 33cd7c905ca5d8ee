"""Search engines get every public address, in every language, and nothing else."""

from xml.etree import ElementTree

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from courses.models import Course
from kit import clock
from portal.sitemaps import SITEMAPS, InEveryLanguage, courses
from providers.models import Organization
from taxonomy.models import Page
from tests import make

pytestmark = pytest.mark.django_db
NAMES = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}


@pytest.fixture(autouse=True)
def _catalogue():
    make.make_region()
    make.make_course(title="Deutsch")
    make.make_course(title="Entwurf", state=Course.State.DRAFT)
    make.make_course(title="Weg", withdrawn_at=clock.now())
    make.make_organization("Nur benannt", state=Organization.State.DRAFT)
    Page.objects.create(slug="impressum", language="de", title="Impressum", body="")


def addresses(client, path: str) -> list[str]:
    response = client.get(path)
    assert response.status_code == 200
    assert response["Content-Type"] == "application/xml"
    found = ElementTree.fromstring(response.content).iterfind(".//s:loc", NAMES)
    return [element.text.removeprefix("http://testserver").removeprefix(settings.SITE_BASE_URL) for element in found]


def everything(client) -> list[str]:
    return [address for path in addresses(client, "/sitemap.xml") for address in addresses(client, path)]


def test_the_index_names_every_part(client):
    assert len(addresses(client, "/sitemap.xml")) == len(SITEMAPS)


def test_public_pages_stand_in_it_in_both_languages(client):
    found = everything(client)
    course = Course.objects.get(title="Deutsch")
    for address in ["/", "/kurse/", "/anbieter/", "/impressum/", course.get_absolute_url()]:
        assert address in found
        assert f"/en{address}" in found


def test_nothing_hidden_stands_in_it(client):
    found = " ".join(everything(client))
    assert "entwurf" not in found
    assert "weg-" not in found
    assert "nur-benannt" not in found
    assert "/verwaltung/" not in found


def test_every_address_in_it_answers(client):
    for address in everything(client):
        assert client.get(address).status_code == 200, address


def test_a_file_reads_no_more_than_its_own_part():
    for number in range(3):
        make.make_course(title=f"Englisch {number}")
    everything = [(course, code) for course in courses() for code in ("de", "en")]
    pairs = InEveryLanguage(courses())
    assert len(pairs) == len(everything) == 8
    for size in (1, 3, 8, 20):
        assert [pair for start in range(0, 8, size) for pair in pairs[start : start + size]] == everything
    with CaptureQueriesContext(connection) as queries:
        assert pairs[2:4] == everything[2:4]
    assert queries.captured_queries[0]["sql"].endswith("LIMIT 1 OFFSET 1")


def test_index_says_when_the_newest_course_changed_without_reading_them_all(client):
    newest = max(courses().values_list("updated_at", flat=True))
    with CaptureQueriesContext(connection) as queries:
        index = client.get("/sitemap.xml").content.decode()
    assert timezone.localtime(newest).isoformat() in index
    assert not [query["sql"] for query in queries if '"courses_course"."slug"' in query["sql"]]


def test_a_part_that_does_not_exist_is_missing(client):
    assert client.get("/sitemap-nichts.xml").status_code == 404
    assert client.get("/sitemap-kurse.xml?p=99").status_code == 404


def test_it_may_be_cached_and_robots_name_it(client):
    assert "no-store" not in client.get("/sitemap.xml").get("Cache-Control", "")
    assert f"Sitemap: {settings.SITE_BASE_URL}/sitemap.xml" in client.get("/robots.txt").content.decode()
