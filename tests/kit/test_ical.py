"""Calendar files, read back by the library that others read them with."""

from datetime import UTC, date, datetime, time

import pytest
from icalendar import Calendar

from kit import ical

DEFAULTS = {
    "uid": "run-1-20270112-1@portal.example",
    "title": "Deutsch für den Beruf",
    "day": date(2027, 1, 12),
    "starts": time(17, 30),
    "ends": time(20, 0),
    "place": "Volkshochschule, Markt 1, 99734 Nordhausen",
    "text": "Zeile eins\nZeile; zwei, drei",
    "address": "http://portal.example/kurse/deutsch-1/",
    "changed_at": datetime(2026, 11, 22, 8, tzinfo=UTC),
    "sequence": 3,
}


def read(*entries, **options):
    return Calendar.from_ical(ical.calendar("Kurse", entries, **options))


def entry(**fields) -> ical.Entry:
    return ical.Entry(**{**DEFAULTS, **fields})


def test_an_entry_comes_back_as_it_went_in():
    event = read(entry()).walk("VEVENT")[0]
    assert event["UID"] == DEFAULTS["uid"]
    assert event["SEQUENCE"] == 3
    assert event["STATUS"] == "CONFIRMED"
    assert event["DESCRIPTION"] == DEFAULTS["text"]
    assert event["DTSTART"].dt.isoformat() == "2027-01-12T17:30:00+01:00"
    assert event["DTEND"].dt.isoformat() == "2027-01-12T20:00:00+01:00"


@pytest.mark.parametrize(("day", "offset"), [(date(2027, 3, 27), "+01:00"), (date(2027, 3, 28), "+02:00")])
def test_the_hour_at_the_door_stays_when_the_clocks_change(day, offset):
    found = read(entry(day=day))
    assert found.walk("VEVENT")[0]["DTSTART"].dt.isoformat() == f"{day}T17:30:00{offset}"
    assert found.walk("VEVENT")[0]["DTSTART"].params["TZID"] == "Europe/Berlin"


def test_the_zone_is_described_for_every_year_that_occurs():
    found = read(entry(), entry(uid="2", day=date(2029, 7, 1)))
    zone = found.walk("VTIMEZONE")[0]
    assert zone["TZID"] == "Europe/Berlin"
    summer = zone.to_tz(lookup_tzid=False)
    assert datetime(2029, 7, 1, 12, tzinfo=summer).utcoffset().total_seconds() == 7200
    assert datetime(2029, 12, 1, 12, tzinfo=summer).utcoffset().total_seconds() == 3600


def test_a_whole_day_needs_no_zone():
    found = read(entry(starts=None, ends=None))
    assert not found.walk("VTIMEZONE")
    assert found.walk("VEVENT")[0]["DTSTART"].dt == date(2027, 1, 12)
    assert found.walk("VEVENT")[0]["DTEND"].dt == date(2027, 1, 13)


def test_what_is_called_off_says_so():
    assert read(entry(is_cancelled=True)).walk("VEVENT")[0]["STATUS"] == "CANCELLED"


def test_lines_are_folded_after_75_bytes():
    content = ical.calendar("Kurse", [entry(title="Überbrückung " * 30)])
    assert content.endswith(b"\r\n")
    assert max(map(len, content.split(b"\r\n"))) <= 75
