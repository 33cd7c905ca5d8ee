"""Courses that fit into somebody's week: what is known of a run, list, chip, ways out, subscriptions."""

import re
from datetime import date, time

import pytest
from django.utils import translation

from courses.models import Course, SearchRun
from courses.search import generations, index, week
from courses.search.columns import NO_WEEK, Columns
from tests import make

pytestmark = pytest.mark.django_db

MONDAY = date(2026, 6, 1)
TUESDAY, SATURDAY, SUNDAY = MONDAY.replace(day=2), MONDAY.replace(day=6), MONDAY.replace(day=7)
MO, DI, SA = (week.bit(day, 0) for day in (0, 1, 5))  # mornings
M, A, E = week.MORNING, week.AFTERNOON, week.EVENING


@pytest.fixture(autouse=True)
def _may(at):
    at("2026-05-12 10:00")
    make.make_region()
    with translation.override("de"):
        yield


def course(title: str, *sessions: tuple, **fields) -> Course:
    """One with a run and its single dates: day, from, to."""
    run = make.make_run(make.make_course(title=title), starts_on=MONDAY, **fields)
    for day, starts, ends in sessions:
        make.make_session(run, day=day, starts=starts, ends=ends)
    return run.course


def titles(client, query: str) -> list[str]:
    html = client.get(f"/kurse/{query}").content.decode()
    return re.findall(r"<h3><a [^>]*>(?:<[^>]*>)*([^<]*)", html)


SESSIONS = [
    ((MONDAY, time(9), time(12)), M * MO),
    ((MONDAY, time(9), time(14)), M * MO),
    ((MONDAY, time(9), time(14, 1)), (M | A) * MO),
    ((MONDAY, time(9), time(20)), (M | A | E) * MO),
    ((MONDAY, time(11, 59), None), M * MO),
    ((MONDAY, time(12), time(19)), A * MO),
    ((TUESDAY, time(16, 30), time(19, 15)), (A | E) * DI),
    ((TUESDAY, time(17), time(18)), E * DI),
    ((SUNDAY, None, None), week.DAY << 18),
]


@pytest.mark.parametrize(("session", "bits"), SESSIONS)
def test_a_session_needs_the_parts_of_the_day_that_it_lies_in(session, bits):
    course("Kurs", session)
    index.refresh()
    assert SearchRun.objects.get().week == bits


WITHOUT_SESSIONS = [
    ({"weekdays": 0b0000011, "times_of_day": ["evening"]}, E * MO | E * DI),
    ({"weekdays": 1, "times_of_day": ["all_day"]}, (M | A) * MO),
    ({"weekdays": 1}, week.DAY * MO),
    ({"weekdays": 0b0100000, "times_of_day": ["weekend"]}, week.DAY * SA),
    ({"times_of_day": ["weekend"]}, week.DAY << 15 | week.DAY << 18),
    ({"times_of_day": ["morning"]}, sum(M << 3 * day for day in range(7))),
    ({}, week.ALWAYS),
]


@pytest.mark.parametrize(("fields", "bits"), WITHOUT_SESSIONS)
def test_without_sessions_what_is_not_known_may_be_at_any_time(fields, bits):
    course("Kurs", **fields)
    index.refresh()
    assert SearchRun.objects.get().week == bits


def test_the_list_has_courses_whose_dates_all_lie_in_the_week(client):
    course("Abends", (MONDAY, time(18), time(20)), (TUESDAY, time(18), time(20)))
    course("Abends und Samstag", (MONDAY, time(18), time(20)), (SATURDAY, time(9), time(12)))
    course("Unbekannt")
    make.make_course(title="Ohne Termin")
    index.refresh()
    evenings = "?woche=mo-abends&woche=di-abends&woche=mi-abends"
    assert titles(client, evenings) == ["Abends"]
    assert set(titles(client, f"{evenings}&woche=sa-vormittags")) == {"Abends", "Abends und Samstag"}
    always = "&".join(f"woche={day}-{part}" for day in DAYS for part in PARTS)
    assert set(titles(client, f"?{always}")) == {"Abends", "Abends und Samstag", "Unbekannt"}
    assert set(titles(client, "?tag=mo&wann=abends")) == set()  # the facets read what the source says of the whole run
    assert len(titles(client, "?woche=quatsch")) == 4


DAYS, PARTS = ["mo", "di", "mi", "do", "fr", "sa", "so"], ["vormittags", "nachmittags", "abends"]


def test_another_run_of_the_course_may_fit(client):
    found = course("Zweimal", (MONDAY, time(9), time(12)))
    make.make_session(make.make_run(found, starts_on=TUESDAY), day=TUESDAY, starts=time(18), ends=time(20))
    index.refresh()
    html = client.get("/kurse/?woche=di-abends").content.decode()
    assert "1 Kurs gefunden" in html
    assert 'datetime="2026-06-02"' in html


def test_the_chip_names_the_week_and_takes_it_away(client):
    course("Abends", (MONDAY, time(18), time(20)))
    index.refresh()
    ticks = "&".join(f"woche={day}-abends" for day in DAYS[:4])
    html = client.get(f"/kurse/?q=abends&{ticks}&woche=sa-vormittags&woche=sa-abends").content.decode()
    chip = re.search(r'<a class="chip" href="([^"]*)">([^<]*)', html)
    assert chip[1] == "?q=abends"
    assert chip[2] == "passt in meine Woche: Sa vormittags; Mo, Di, Mi, Do und Sa abends"
    assert "woche=mo-abends" in re.search(r'href="/kurse/rss/([^"]*)"', html)[1]
    assert '<input type="hidden" name="woche" value="mo-abends">' in html  # who searches again keeps the week
    english = client.get("/en/kurse/?woche=mo-abends").content.decode()
    assert "fits my week: Mon in the evening" in english


def test_the_week_can_be_ticked_without_a_script(client):
    course("Abends", (MONDAY, time(18), time(20)))
    index.refresh()
    plain = client.get("/kurse/").content.decode()
    assert 'name="woche" formaction="#woche">Nur was in meine Woche passt</button>' in plain
    assert "myweek" not in plain
    html = client.get("/kurse/?woche=").content.decode()
    week_of = html[html.index('<table class="myweek">') : html.index("</table>")]
    assert week_of.count('<input type="checkbox" name="woche"') == 21
    assert 'value="mi-nachmittags"><span class="visually-hidden">Mittwoch nachmittags</span>' in week_of
    assert "checked" not in week_of
    assert "Nur was in meine Woche passt" in html
    chosen = client.get("/kurse/?woche=mo-abends").content.decode()
    assert 'value="mo-abends" checked>' in chosen
    assert re.search(r'<details class="facet" open id="woche">\s*<summary>Nur was in meine Woche passt', chosen)


def test_where_nothing_fits_the_page_says_what_there_is_without_the_week(client):
    course("Abends", (MONDAY, time(18), time(20)))
    index.refresh()
    html = client.get("/kurse/?woche=mo-vormittags").content.decode()
    assert "passt in meine Woche: Mo vormittags" in html
    way = re.search(r'<li><a href="([^"]*)">([^<]*)</a><span>([^<]*)', html)
    assert way[1] == "/kurse/" or way[1] == "?"
    assert way[2] == "Filter „passt in meine Woche: Mo vormittags“ entfernen"
    assert way[3] == "1 Kurs"


def test_subscriptions_keep_the_week(client):
    course("Abends", (MONDAY, time(18), time(20)))
    course("Vormittags", (MONDAY, time(9), time(12)))
    index.refresh()
    feed = client.get("/kurse/rss/?woche=mo-abends").content.decode()
    assert "<title>Abends</title>" in feed
    assert "Vormittags" not in feed
    calendar = client.get("/kurse/kalender.ics?woche=mo-abends").content.decode()
    assert "Abends" in calendar
    assert "Vormittags" not in calendar


def test_a_generation_from_before_the_weeks_is_read_as_one_that_knows_none(monkeypatch):
    course("Abends", (MONDAY, time(18), time(20)))
    make.make_course(title="Ohne Termin")
    index.refresh()
    generation = generations.build(date(2026, 5, 12))
    made = Columns.load(generation.day, bytes(generation.columns))
    assert sorted(made.week.tolist()) == [NO_WEEK, E * MO]
    monkeypatch.setattr("courses.search.columns.ARRAYS", [name for name in ARRAYS_NOW if name != "week"])
    assert sorted(Columns.load(generation.day, made.dump()).week.tolist()) == [NO_WEEK, week.ALWAYS]


ARRAYS_NOW = [*Columns.__dataclass_fields__.keys() - {"day", "names", "pairs"}]
