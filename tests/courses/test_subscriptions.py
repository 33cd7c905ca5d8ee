"""Dates and searches to take along: ICS of a run, iCal and RSS of a search."""

from datetime import time, timedelta
from xml.etree import ElementTree

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from icalendar import Calendar

from courses.models import Course
from courses.search import index
from courses.views import calendars
from kit import clock
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _region():
    make.make_region()


def events(client, address: str) -> list:
    response = client.get(address)
    assert response.status_code == 200, response.content[:300]
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    return Calendar.from_ical(response.content).walk("VEVENT")


def address(run, name: str = "") -> str:
    return f"/kurse/{name or run.course.slug}-{run.course_id}/{run.pk}.ics"


def run_with_dates(number: int = 2, **fields):
    run = make.make_run(make.make_course(title="Deutsch für alle"), **fields)
    for place in range(number):
        make.make_session(run, day=run.starts_on + timedelta(days=7 * place))
    return run


# ── One run
def test_every_date_of_a_run_is_in_its_file(client):
    run = run_with_dates(3)
    found = events(client, address(run))
    assert [str(event["SUMMARY"]) for event in found] == ["Deutsch für alle"] * 3
    assert len({event["UID"] for event in found}) == 3
    assert "Nordhausen" in found[0]["LOCATION"]
    assert found[0]["DTSTART"].dt.strftime("%H:%M") == "18:00"


def test_names_of_dates_survive_a_new_import_of_the_same_days(client):
    run = run_with_dates(2)
    before = {event["UID"] for event in events(client, address(run))}
    days = list(run.sessions.values_list("day", flat=True))
    run.sessions.all().delete()
    for day in days:
        make.make_session(run, day=day, starts=time(19), ends=time(20))
    assert {event["UID"] for event in events(client, address(run))} == before


def test_a_change_counts_up(client, at):
    at("2026-05-12 10:00")
    run = run_with_dates(1)
    first = events(client, address(run))[0]["SEQUENCE"]
    at("2026-05-12 11:00")
    run.save()
    assert events(client, address(run))[0]["SEQUENCE"] > first


def test_a_withdrawn_run_is_called_off_in_calendars_that_have_it(client):
    run = run_with_dates(1)
    run.withdrawn_at = clock.now()
    run.save()
    event = events(client, address(run))[0]
    assert event["STATUS"] == "CANCELLED"
    assert event["SUMMARY"].startswith("Fällt aus")


def test_a_run_without_planned_dates_is_its_first_day(client):
    run = make.make_run()
    event = events(client, address(run))[0]
    assert event["DTSTART"].dt == run.starts_on


@pytest.mark.parametrize(
    ("course", "run"),
    [
        ({"state": Course.State.DRAFT}, {}),
        ({}, {"starts_on": None}),
        ({}, {"announced_from": "2999-01-01"}),
    ],
)
def test_what_is_not_public_or_has_no_day_has_no_file(client, course, run):
    run = make.make_run(make.make_course(**course), **run)
    assert client.get(address(run)).status_code == 404


def test_a_blocked_provider_has_no_file(client):
    run = run_with_dates(1)
    run.course.provider.blocked_at, run.course.provider.blocked_reason = clock.now(), "Probe"
    run.course.provider.save()
    assert client.get(address(run)).status_code == 404


def test_the_page_offers_the_file(client):
    run = run_with_dates(2)
    index.refresh()
    assert f'href="{address(run)}"' in client.get(run.course.get_absolute_url()).content.decode()


# ── A search
def catalogue() -> None:
    for title in ["Deutsch Grundkurs", "Deutsch Aufbaukurs", "Schweißen"]:
        make.make_session(make.make_run(make.make_course(title=title)))
    index.refresh()


def titles(client, query: str) -> list[str]:
    response = client.get(f"/kurse/rss/{query}")
    assert response["Content-Type"].startswith("application/rss+xml")
    return [item.findtext("title") for item in ElementTree.fromstring(response.content).iter("item")]


def test_rss_has_what_the_list_has_the_newest_first(client):
    catalogue()
    assert titles(client, "?q=deutsch") == ["Deutsch Aufbaukurs", "Deutsch Grundkurs"]
    assert len(titles(client, "")) == 3
    assert titles(client, "?q=xyzxyz") == []


def test_rss_is_named_for_its_question_and_leads_to_it(client):
    catalogue()
    channel = ElementTree.fromstring(client.get("/kurse/rss/?q=deutsch&seite=2").content)[0]
    assert "deutsch" in channel.findtext("title")
    assert channel.findtext("link").endswith("/kurse/?q=deutsch")
    guids = [item.findtext("guid") for item in channel.iter("item")]
    assert len(set(guids)) == 2


def test_rss_ends_somewhere(client, monkeypatch):
    catalogue()
    monkeypatch.setattr("courses.views.subscriptions.MOST", 2)
    assert len(titles(client, "")) == 2


def test_calendar_has_the_dates_of_what_the_list_has(client):
    catalogue()
    assert {str(event["SUMMARY"]) for event in events(client, "/kurse/kalender.ics?q=deutsch")} == {
        "Deutsch Grundkurs",
        "Deutsch Aufbaukurs",
    }
    assert events(client, "/kurse/kalender.ics?q=xyzxyz") == []


def test_calendar_leaves_out_what_is_over(client):
    run = make.make_run(starts_on=clock.today() - timedelta(days=7))
    make.make_session(run, day=clock.today() - timedelta(days=7))
    make.make_session(run, day=clock.today() + timedelta(days=7))
    index.refresh()
    assert len(events(client, "/kurse/kalender.ics")) == 1


def test_calendar_ends_somewhere(client, monkeypatch):
    monkeypatch.setattr(calendars, "MOST", 2)
    catalogue()
    assert len(events(client, "/kurse/kalender.ics")) == 2


def test_subscriptions_take_as_many_queries_for_three_as_for_one(client):
    make.make_session(make.make_run(make.make_course(title="Deutsch")))
    index.refresh()
    before = [queries(client, path) for path in ("/kurse/rss/", "/kurse/kalender.ics")]
    catalogue()
    assert [queries(client, path) for path in ("/kurse/rss/", "/kurse/kalender.ics")] == before


def queries(client, path: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        client.get(path)
    return len(captured)


def test_the_list_names_its_subscriptions(client):
    catalogue()
    html = client.get("/kurse/?q=deutsch&seite=1&sort=preis").content.decode()
    assert html.count("/kurse/rss/?q=deutsch") == 2
    assert html.count("/kurse/kalender.ics?q=deutsch") == 2
    assert 'rel="alternate" type="application/rss+xml"' in html


def test_subscriptions_survive_what_people_type(client):
    catalogue()
    for query in ["seite=abc", "km=abc&ort=99734", "preis=NaN", "q=%27%22%5C%3A*%26%7C!", "ort=(", "q=" + "a" * 201]:
        assert client.get(f"/kurse/rss/?{query}").status_code == 200
        assert client.get(f"/kurse/kalender.ics?{query}").status_code == 200
