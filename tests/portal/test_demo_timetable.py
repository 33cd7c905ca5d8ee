"""The timetable of the demo region: invented, said to be so, and the same each time."""

from datetime import date
from types import SimpleNamespace

import pytest

from portal.demo import timetable
from taxonomy.gazetteer import read
from taxonomy.loading import DATA
from taxonomy.models import Timetable, TravelTime
from tests.make import make_place

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen")]
WEEK = SimpleNamespace(week=date(2026, 5, 11))


def rows() -> list[tuple]:
    return list(TravelTime.objects.values_list("origin__slug", "destination__slug", "minutes", "rides"))


def test_the_region_is_connected_by_invented_lines():
    towns = {"Nordhausen": (51.5018, 10.7957), "Niedersachswerfen": (51.555, 10.766), "Ellrich": (51.585, 10.665)}
    for name, (latitude, longitude) in towns.items():
        make_place(name, postcodes=(), latitude=latitude, longitude=longitude)
    assert timetable.make_travel_times(WEEK).pairs == 6
    first = rows()
    assert ("nordhausen", "ellrich") in {row[:2] for row in first}
    assert "rfunden" in Timetable.objects.get().source
    timetable.make_travel_times(WEEK)
    assert rows() == first


def test_each_town_of_a_line_exists():
    named = {town for line in timetable.LINES for town in line[3].split()}
    assert named <= {row["slug"] for row in read(DATA / "places.csv.gz")}
