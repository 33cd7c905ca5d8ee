"""Finding places as people write them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from taxonomy import geo
from taxonomy.models import Place, Postcode

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("germany")]


def names(places):
    return [place.slug for place in places]


@pytest.mark.parametrize(
    ("written", "slug"),
    [
        ("99734", "nordhausen"),
        ("D-99734", "nordhausen"),
        ("Nordhausen", "nordhausen"),
        ("  nordhausen ", "nordhausen"),
        ("99734 Nordhausen", "nordhausen"),
        ("Mühlhausen/Thür.", "muehlhausen-unstrut-hainich-kreis"),
        ("Muehlhausen, Thüringen", "muehlhausen-unstrut-hainich-kreis"),
        ("99974 Muehlhausen", "muehlhausen-unstrut-hainich-kreis"),
        ("Frankfurt/M.", "frankfurt-am-main"),
        ("Frankfurt a. M.", "frankfurt-am-main"),
        ("Neustadt (Harz)", "neustadt-harz"),
        ("KOELN", "koeln"),
        ("Halle/Saale", "halle-saale"),
        ("St. Wendel", "sankt-wendel"),
        ("Eisleben", "lutherstadt-eisleben"),
        ("Neuenkirchen-Vörden", "neuenkirchen-voerden"),
    ],
)
def test_one_place_is_found(written, slug):
    assert names(geo.find(written)) == [slug]


def test_an_ambiguous_name_finds_all_with_the_region_first():
    found = geo.find("Mühlhausen")
    assert names(found)[0] == "muehlhausen-unstrut-hainich-kreis"
    assert len(found) == 4
    assert names(geo.find("Muehlhausen")) == names(found)


def test_one_of_the_region_is_meant_where_nobody_asks():
    assert geo.locate("Mühlhausen").place.slug == "muehlhausen-unstrut-hainich-kreis"


def test_an_ambiguous_name_outside_the_region_is_no_position():
    assert geo.locate("Halle") is None
    assert len(geo.find("Halle")) > 1


def test_a_postcode_of_many_villages_is_one_position():
    assert len(geo.find("06528")) > 20
    assert geo.locate("06528").latitude == pytest.approx(51.49, abs=0.1)


@pytest.mark.parametrize("written", ["Nordhasuen", "Nordhaussen", "Nrodhausen", "Nordhauen", "Mordhausen"])
def test_a_misspelt_name_finds_nothing_and_is_suggested(written):
    assert geo.find(written) == []
    assert "nordhausen" in names(geo.suggest(written))


@pytest.mark.parametrize("written", ["", " ", "00000", "x'\"\\%_", "\x00", "9" * 500, "%", "(", "St."])
def test_rubbish_finds_nothing(written):
    assert geo.find(written) == []
    assert geo.locate(written) is None


def test_a_venue_lies_at_its_postcode():
    munich = Postcode.objects.filter(code="81369").first()
    assert geo.position_of("81369", "München") == (munich.place, munich.latitude, munich.longitude)


def test_a_venue_in_a_village_named_after_its_town_lies_in_the_town_of_its_postcode():
    assert geo.position_of("99734", "Nordhausen OT Krimderode").place.slug == "nordhausen"


def test_a_postcode_of_a_letter_box_falls_back_to_the_town_in_the_same_part_of_the_country():
    assert geo.position_of("99964", "Mühlhausen").place.slug == "muehlhausen-unstrut-hainich-kreis"
    assert geo.position_of("69999", "Mühlhausen").place.slug == "muehlhausen-rhein-neckar-kreis"


def test_a_venue_nobody_knows_has_no_position():
    assert geo.position_of("", "Nirgendheim") is None
    assert geo.position_of("", "") is None


@pytest.mark.parametrize(
    ("a", "b", "near"),
    [("a", "a", True), ("ab", "ba", True), ("abc", "ac", True), ("ac", "abc", True), ("abc", "adc", True),
     ("abcd", "badc", False), ("abc", "cab", False), ("", "a", True), ("", "ab", False)],
)  # fmt: skip
def test_nearness_of_words(a, b, near):
    assert geo.is_near(a, b) is near


@given(st.text(max_size=40))
@settings(max_examples=60, deadline=None)
def test_whatever_is_written_is_survived(written):
    places = geo.find(written)
    assert all(isinstance(place, Place) for place in places)
    geo.suggest(written)
    geo.position_of(written[:14], written)


@given(st.data())
@settings(max_examples=40, deadline=None)
def test_every_place_is_found_by_its_name_with_or_without_umlauts(data):
    slugs = Place.objects.values_list("slug", flat=True)
    place = Place.objects.get(slug=data.draw(st.sampled_from(list(slugs.order_by("slug")[:4000:13]))))
    written_out = place.name.replace("ä", "ae").replace("ö", "oe").replace("ü", "ue").replace("ß", "ss")
    assert place.sort_key in {found.sort_key for found in geo.find(place.name)}
    assert place.sort_key in {found.sort_key for found in geo.find(written_out)}
