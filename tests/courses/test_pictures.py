"""Map and month of a search: the same courses as its list, each number leading to what it counts."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from courses.search import index
from kit import clock
from taxonomy import regionmap
from tests import make

pytestmark = pytest.mark.django_db
TOWNS = {"Nordhausen": (51.50, 10.80), "Ellrich": (51.59, 10.66)}


@pytest.fixture(autouse=True)
def _region():
    make.make_region()
    for name, (latitude, longitude) in TOWNS.items():
        make.make_place(name, latitude=latitude, longitude=longitude, postcodes=())
    regionmap.draw()


def offer(title: str, city: str | None = "Nordhausen", *, sessions: int = 1, **fields):
    course = make.make_course(title=title)
    if city:
        place = make.make_place(city, postcodes=())
        fields["location"] = make.make_location(course.provider, place=place, city=city)
    else:
        fields |= {"location": None, "mode": "online"}
    run = make.make_run(course, **fields)
    for number in range(sessions):
        make.make_session(run, day=run.starts_on + timedelta(days=number))
    index.refresh()
    return course


def page(client, query: str) -> str:
    response = client.get(f"/kurse/?{query}")
    assert response.status_code == 200, response.content[:300]
    return response.content.decode()


def links(html: str) -> dict[str, str]:
    found = re.findall(r'<a href="([^"]+)" aria-label="([^"]+)"', html)
    return {label: address.replace("&amp;", "&") for address, label in found}


# ── Map
def test_circles_count_courses_and_lead_to_them(client):
    offer("Deutsch A1")
    offer("Deutsch A2")
    offer("Deutsch B1", "Ellrich")
    html = page(client, "ansicht=karte&q=deutsch")
    assert "3 Kurse auf der Karte" in html
    found = links(html)
    assert set(found) == {"Nordhausen: 2 Kurse", "Ellrich: 1 Kurs"}
    inside = client.get("/kurse/" + found["Nordhausen: 2 Kurse"]).content.decode()
    assert inside.count('<article class="course">') == 2
    assert "Deutsch B1" not in inside.split('id="gebiet"')[1]


def test_the_map_answers_the_same_question_as_the_list(client):
    offer("Deutsch A1")
    offer("Schweißen")
    assert set(links(page(client, "ansicht=karte&q=deutsch"))) == {"Nordhausen: 1 Kurs"}


def test_online_and_far_away_are_said_in_the_list(client):
    beyond = make.make_district("03153", "Goslar", in_region=False)
    make.make_place("Goslar", latitude=51.9, longitude=10.43, postcodes=(), district=beyond)
    course = make.make_course()
    make.make_run(course, location=make.make_location(course.provider, place=beyond.places.get(), city="Goslar"))
    offer("Online-Kurs", None)
    html = page(client, "ansicht=karte")
    assert "Außerhalb der Region" in html
    assert "format=online" in html


def test_without_a_drawing_the_list_of_places_stays(client):
    offer("Deutsch")
    regionmap.RegionMap.objects.all().delete()
    html = page(client, "ansicht=karte")
    assert 'class="map"' not in html
    assert "Außerhalb der Region" in html


def test_map_takes_as_many_queries_for_three_courses_as_for_one(client):
    offer("Deutsch A1")
    before = queries(client, "ansicht=karte&gebiet=nordhausen")
    offer("Deutsch A2")
    offer("Deutsch B1", "Ellrich")
    assert queries(client, "ansicht=karte&gebiet=nordhausen") == before


# ── Month
def test_the_month_of_the_next_date_is_shown(client, at):
    at("2026-05-12 10:00")
    offer("Deutsch A1", starts_on=clock.today() + timedelta(days=30))
    html = page(client, "ansicht=kalender")
    assert "<h1>Juni 2026</h1>" in html
    assert "18:00 " in html
    assert "Deutsch A1" in html
    assert "monat=2026-05" in html


def test_what_is_over_is_not_in_the_month(client, at):
    at("2026-05-12 10:00")
    offer("Deutsch A1", starts_on=clock.today() - timedelta(days=1), sessions=3)
    assert page(client, "ansicht=kalender").count("#termin-") == 2


def test_a_full_day_shows_some_and_leads_to_all(client, at):
    at("2026-05-12 10:00")
    for number in range(6):
        offer(f"Deutsch {number}")
    html = page(client, "ansicht=kalender")
    assert html.count("#termin-") == 4
    assert "2 weitere Termine" in html
    day = page(client, "ansicht=kalender&datum=2026-05-26")
    assert day.split('id="tag"')[1].count("#termin-") == 6


def test_month_takes_as_many_queries_for_three_courses_as_for_one(client):
    offer("Deutsch A1")
    before = queries(client, "ansicht=kalender")
    offer("Deutsch A2")
    offer("Deutsch B1", "Ellrich")
    assert queries(client, "ansicht=kalender") == before


# ── Both
def test_tabs_keep_the_question(client):
    offer("Deutsch")
    html = page(client, "q=deutsch&ansicht=karte&gebiet=nordhausen")
    assert 'href="?q=deutsch&amp;ansicht=kalender"' in html
    assert 'href="?q=deutsch"' in html
    assert '<input type="hidden" name="ansicht" value="karte">' in html


def test_views_survive_what_people_type(client):
    offer("Deutsch")
    for query in [
        "ansicht=x",
        "ansicht=kalender&monat=2026-13",
        "ansicht=kalender&monat=0000-01",
        "ansicht=kalender&monat=2099-12",
        "ansicht=kalender&datum=2026-02-31",
        "ansicht=kalender&datum=x",
        "ansicht=karte&gebiet=x",
        "ansicht=karte&q=%27%22%5C%3A*%26%7C!",
        "ansicht=karte&ort=Nordhausen&km=5",
        "ansicht=karte&q=xyzxyz",
        "ansicht=kalender&q=xyzxyz",
    ]:
        page(client, query)


def queries(client, query: str) -> int:
    page(client, query)  # what is kept in memory is read once
    with CaptureQueriesContext(connection) as captured:
        page(client, query)
    return len(captured)
