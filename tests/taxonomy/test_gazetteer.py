"""The traps of the places file."""

import csv
import hashlib

import pytest

from taxonomy import gazetteer
from taxonomy.loading import DATA
from tests import shared

SOURCE = shared.DATA / "geo/places-DE.csv"


def row(place, postcode="99734", code="16062", state="TH", lat=51.5, lon=10.8, district="Landkreis Nordhausen"):
    return {
        "place": place, "postcode": postcode, "district": district, "district_code": code, "state_code": state,
        "latitude": str(lat), "longitude": str(lon),
    }  # fmt: skip


@pytest.mark.parametrize("firm", ["Atlas Reisen", "Finanzamt", "Stadt Rheine", "N26 AG"])
def test_rows_of_single_firms_are_dropped(firm):
    assert not gazetteer.is_place(row(firm, state="16"))


@pytest.mark.parametrize("village", ["Kassel", "Neuenkirchen", "Wußwerk", "Handeloh", "Dannewerk"])
def test_places_that_sound_like_firms_stay(village):
    assert gazetteer.is_place(row(village))


def test_rows_outside_germany_are_dropped():
    assert not gazetteer.is_place(row("Jungholz", state="", code=""))


def test_land_comes_from_the_district_code_and_not_from_the_state_code():
    """state_code 16 is Berlin in one system and Thüringen in the other."""
    assert gazetteer.land_code("11000") == "11"
    assert gazetteer.land_code("16062") == "16"


@pytest.mark.parametrize(
    ("code", "is_city"),
    [("16051", True), ("16062", False), ("08211", True), ("08215", False), ("05315", True), ("05334", False),
     ("09564", True), ("09574", False), ("14713", True), ("14729", False), ("10041", False), ("06611", True)],
)  # fmt: skip
def test_cities_are_known_by_their_number(code, is_city):
    assert gazetteer.is_city(code) is is_city


@pytest.mark.parametrize(
    ("code", "written", "name"),
    [("16062", "Nordhausen", "Landkreis Nordhausen"), ("14612", "Kreisfreie Stadt Dresden", "Dresden"),
     ("02000", "Hamburg, Freie und Hansestadt", "Hamburg"), ("06611", "Kassel, documenta-Stadt", "Kassel"),
     ("06633", "Kassel", "Landkreis Kassel"), ("05154", "Kleve", "Kreis Kleve"),
     ("16065", "Kyffhäuserkreis", "Kyffhäuserkreis"), ("15002", "Kreisfreie Stadt Halle", "Halle (Saale)")],
)  # fmt: skip
def test_districts_are_named_in_one_way(code, written, name):
    assert gazetteer.district_name(code, written) == name


def test_same_names_in_different_districts_stay_apart_and_carry_their_district_in_the_address():
    made = gazetteer.settlements(
        [
            row("Mühlhausen", "99974", "16064", district="Unstrut-Hainich-Kreis"),
            row("Mühlhausen", "69242", "08226", district="Rhein-Neckar-Kreis"),
            row("Nordhausen"),
        ]
    )
    assert [place.slug for place in made] == [
        "muehlhausen-rhein-neckar-kreis", "muehlhausen-unstrut-hainich-kreis", "nordhausen",
    ]  # fmt: skip


def test_two_spellings_close_together_are_one_place_with_both_postcodes():
    made = gazetteer.settlements(
        [row("Mühlhausen", "99974", lat=51.2), row("Mühlhausen/Thüringen", "99998", lat=51.21)]
    )
    assert [(place.name, sorted(place.points)) for place in made] == [("Mühlhausen", ["99974", "99998"])]


def test_spellings_far_apart_are_two_villages():
    made = gazetteer.settlements([row("Neukirchen", lat=51.2), row("Neukirchen (Altmark)", "39615", lat=51.6)])
    assert [place.slug for place in made] == ["neukirchen", "neukirchen-altmark"]


def test_a_city_that_is_listed_by_quarters_only_is_added():
    hamburg = {"code": "02000", "state": "HH", "district": "Hamburg, Freie und Hansestadt"}
    made = gazetteer.settlements([row("Hamburg Altona", "22765", **hamburg), row("Hamburg Horn", "22111", **hamburg)])
    city = next(place for place in made if place.name == "Hamburg")
    assert (city.slug, sorted(city.points)) == ("hamburg", ["22111", "22765"])


def test_a_postcode_over_the_border_makes_no_second_city():
    rows = [
        row("Hamburg", "22113", "01062", "SH", 53.53, 10.12, "Kreis Stormarn"),
        row("Hamburg", "22111", "02000", "HH", 53.55, 10.08, "Hamburg, Freie und Hansestadt"),
    ]
    made = gazetteer.settlements(rows)
    assert [(place.slug, sorted(place.points)) for place in made] == [("hamburg", ["22111", "22113"])]


def test_a_doubled_name_is_the_village_itself():
    assert gazetteer.once("Prötzel Prötzel") == "Prötzel"
    assert gazetteer.once("Bad Bad-Hof") == "Bad Bad-Hof"


def test_the_shipped_file_has_unique_addresses_and_no_firm():
    rows = list(gazetteer.read(DATA / "places.csv.gz"))
    assert len(rows) == len({row["slug"] for row in rows}) == len({(row["name"], row["district"]) for row in rows})
    assert not [row["name"] for row in rows if "GmbH" in row["name"] or row["name"].endswith(" AG")]
    assert len(rows) > 14_000


def test_the_shipped_file_is_what_the_source_makes(tmp_path):
    if not SOURCE.exists():
        pytest.skip(f"the source {SOURCE} is not on this machine")
    with SOURCE.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if gazetteer.is_place(row)]
    gazetteer.write(gazetteer.settlements(rows), tmp_path / "places.csv.gz")
    assert digest(tmp_path / "places.csv.gz") == digest(DATA / "places.csv.gz")


def digest(path):
    return hashlib.sha256("\n".join(map(str, gazetteer.read(path))).encode()).hexdigest()
