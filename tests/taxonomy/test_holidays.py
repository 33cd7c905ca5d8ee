"""Public holidays follow from the laws of the Länder; school holidays are data."""

from collections import Counter
from datetime import date

import pytest
from django.core.management import call_command

from taxonomy import holidays, loading
from taxonomy.models import Holiday, Land

RULES = list(holidays.rules(loading.read("public_holidays.csv")))


def days(land: str, year: int) -> dict[str, date]:
    return {name: day for rule in RULES for of, name, day in rule.days(year) if of == land}


def test_thueringen_has_childrens_day_and_reformation_day():
    found = days("16", 2027)
    assert (len(found), found["Weltkindertag"], found["Reformationstag"]) == (11, date(2027, 9, 20), date(2027, 10, 31))
    assert "Heilige Drei Könige" not in found


def test_sachsen_anhalt_has_epiphany_and_reformation_day():
    found = days("15", 2027)
    assert (len(found), found["Heilige Drei Könige"]) == (11, date(2027, 1, 6))
    assert "Weltkindertag" not in found


def test_a_law_counts_from_its_first_year_on():
    assert "Weltkindertag" not in days("16", 2018)
    assert "Reformationstag" in days("02", 2018)
    assert "Reformationstag" not in days("02", 2016)


@pytest.mark.parametrize(("year", "friday", "whit_monday"), [
    (2024, date(2024, 3, 29), date(2024, 5, 20)),
    (2027, date(2027, 3, 26), date(2027, 5, 17)),
    (2038, date(2038, 4, 23), date(2038, 6, 14)),  # the latest Easter there is
])  # fmt: skip
def test_movable_days_follow_easter(year, friday, whit_monday):
    found = days("16", year)
    assert (found["Karfreitag"], found["Pfingstmontag"]) == (friday, whit_monday)


@pytest.mark.parametrize(("year", "day"), [(2025, 19), (2026, 18), (2027, 17), (2022, 16), (2023, 22)])
def test_repentance_day_is_the_wednesday_before_the_23rd_of_november(year, day):
    assert days("14", year)["Buß- und Bettag"] == date(year, 11, day)


@pytest.mark.django_db
def test_loading_gives_each_land_its_days_ten_years_ahead(frozen, capsys):
    loading.load_districts()
    call_command("load_holidays")
    public = Holiday.objects.filter(kind="public")
    assert public.filter(land="16").count() == 12 * 11
    assert set(public.values_list("land", flat=True)) == set(Land.objects.values_list("pk", flat=True))
    assert public.latest("first_day").first_day == date(2036, 12, 26)
    assert Holiday.objects.on(date(2027, 7, 15), "16").get().name == "Sommerferien"


def test_school_holidays_of_a_land_are_apart_and_summers_are_long():
    summers = Counter()
    last = {}
    for row in loading.read("school_holidays.csv"):
        first_day, last_day = date.fromisoformat(row["first_day"]), date.fromisoformat(row["last_day"])
        assert last.get(row["land"], date.min) < first_day <= last_day, row
        last[row["land"]] = last_day
        if row["name"] == "Sommerferien":
            assert 35 <= (last_day - first_day).days < 46, row
            summers[row["land"]] += 1
        else:
            assert (last_day - first_day).days < 25, row
    assert summers == dict.fromkeys(holidays.LANDS, 4)


@pytest.mark.django_db
def test_loading_again_keeps_what_coordinators_added(frozen):
    loading.load_districts()
    loading.load_holidays()
    Holiday.objects.create(
        land_id="10", kind="school", name="Herbstferien", first_day=date(2026, 10, 5), last_day=date(2026, 10, 16)
    )
    before = Holiday.objects.count()
    assert loading.load_holidays() == 0
    assert Holiday.objects.count() == before
