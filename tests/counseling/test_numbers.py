"""Numbers tell nothing about fewer than five, neither directly nor by subtraction."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counseling import numbers
from counseling.models import FollowUp
from kit import clock
from tests.counseling.guidance import make_past_talk, make_record
from tests.counseling.make import make_counsellor
from tests.make import make_user

ADDRESS = "/verwaltung/counseling/record/"


@pytest.mark.parametrize(
    ("counts", "told"),
    [
        ({"a": 0, "b": 12}, {"a": 0, "b": 12}),
        ({"a": 4, "b": 12, "c": 30}, {"c": 30}),
        ({"a": 2, "b": 3, "c": 30}, {"c": 30}),
        ({"a": 1, "b": 1, "c": 9, "d": 30}, {"d": 30}),
        ({"a": 4}, {}),
        ({"a": 5, "b": 6}, {"a": 5, "b": 6}),
    ],
)
def test_small_cells_and_what_would_give_them_away_are_hidden(counts, told):
    secret = numbers.hidden(counts)
    assert {key: count for key, count in counts.items() if key not in secret} == told


@given(st.dictionaries(st.integers(), st.integers(0, 40), max_size=8))
def test_a_known_total_gives_no_cell_away(counts):
    secret = numbers.hidden(counts)
    small = {key for key, count in counts.items() if 0 < count < numbers.LEAST}
    assert small <= secret
    told = [key for key, count in counts.items() if count and key not in secret]
    if secret and told:
        assert len(secret) > 1
        assert sum(counts[key] for key in secret) >= numbers.LEAST


def test_without_the_second_step_one_cell_could_be_calculated():
    """Negative control: hiding the small cell alone is not enough, which the property above would find."""
    counts = {"a": 4, "b": 12}
    only_small = {key for key, count in counts.items() if count < numbers.LEAST}
    assert sum(counts.values()) - sum(count for key, count in counts.items() if key not in only_small) == counts["a"]


@pytest.fixture
def year(db, frozen):
    counsellor = make_counsellor()
    for _each in range(6):
        make_record(make_past_talk(counsellor, state="completed"))
    return 2026


def told(title: str, year: int) -> dict[str, str]:
    table = next(table for table in numbers.of_year(year) if table.title == title)
    return {cell.label: cell.told for cell in table.cells}


def test_talks_are_counted_by_code(year):
    assert told("Gespräche nach Monat", year)["Mai"] == "6"
    assert told("Gespräche nach Zielgruppe", year) == {
        "für Menschen": "6",
        "für Betriebe": "0",
        "für Einrichtungen": "0",
    }
    assert numbers.minutes_of(year) == "270"
    assert numbers.years() == [2026]


def test_few_are_not_told(year):
    make_record(make_past_talk(state="no_show"), mode="video")
    assert "7" not in told("Gespräche nach Art", year).values()
    assert set(told("Termine ohne Gespräch", year).values()) == {"zu wenige", "0"}
    assert numbers.minutes_of(2025) == "zu wenige"


def test_answers_afterwards_are_counted(year):
    subject = make_counsellor().subjects.first()
    FollowUp.objects.bulk_create(
        FollowUp(month=clock.today().replace(day=1), audience="person", subject=subject, helped="yes", next_step=True)
        for _each in range(5)
    )
    assert told("Hat es geholfen?", year) == {"ja": "5", "teils": "0", "nein": "0"}
    assert told("Hat einen nächsten Schritt gemacht", year)["ja"] == "5"


def test_the_page_shows_a_year_and_no_single_talk(year, login, coordinator):
    client = login(coordinator)
    page = client.get(ADDRESS, {"jahr": "2026"}).content.decode()
    assert "270" in page
    assert client.get(ADDRESS, {"jahr": "1850"}).context["year"] == 2026
    record = numbers.Record.objects.first()
    assert client.get(f"{ADDRESS}{record.pk}/change/").status_code == 403


@pytest.mark.parametrize("role", ["editor", "moderator", "counsellor", "data_protection"])
def test_others_do_not_see_it(db, login, role):
    assert login(make_user(role)).get(ADDRESS).status_code in {302, 403}
