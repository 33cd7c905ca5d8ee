"""Travel times by bus and train: search, pages, matches."""

import re

import pytest
from django.urls import reverse

from internships import matching
from kit import clock
from taxonomy.models import Timetable, TravelTime
from tests.internships.make import make_employer, make_offer, make_scheme, make_wish
from tests.make import make_location, make_organization, make_place, make_region

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen")]

TOWNS = {"Nordhausen": (51.50, 10.80, "99734"), "Ellrich": (51.59, 10.66, "99755"), "Ilfeld": (51.575, 10.78, "99768"),
         "Werther": (51.4667, 10.75, "99735")}  # fmt: skip


def town(name: str):
    latitude, longitude, code = TOWNS[name]
    return make_place(name, postcodes=(code,), latitude=latitude, longitude=longitude)


def offer_in(name: str, **fields):
    organization = make_organization(kinds=["company"])
    place = town(name)
    make_location(organization, place=place, latitude=place.latitude, longitude=place.longitude, is_main=True)
    return make_offer(make_employer(organization=organization), title=f"Praktikum in {name}", **fields)


def text(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def order(response) -> list[str]:
    return re.findall(r"Praktikum in (\w+)</a></h3>", response.content.decode())


@pytest.fixture
def timetable(frozen):
    """From Nordhausen: Ellrich is farther than Ilfeld and reached sooner; nothing goes to Werther, which is near."""
    Timetable.objects.create(pk=1, day="2026-05-12", source="Verbund Südharz", imported_at=clock.now())
    for name, minutes, rides in (("Ellrich", 22, 1), ("Ilfeld", 43, 2)):
        TravelTime.objects.create(origin=town("Nordhausen"), destination=town(name), minutes=minutes, rides=rides)


@pytest.fixture
def offers(frozen):
    make_region()
    return {name: offer_in(name) for name in TOWNS}


@pytest.mark.usefixtures("offers")
class TestWithoutTimetable:
    def test_nothing_is_said_and_nothing_asked(self, client):
        page = client.get("/praktikum/?ort=99734&km=50&fahrt=30")
        assert len(order(page)) == 4
        assert ('id="f-fahrt"' in page.content.decode(), "Bus und Bahn" in text(page)) == (False, False)


@pytest.mark.usefixtures("offers", "timetable")
class TestSearch:
    def test_without_a_place_there_is_nothing_to_choose(self, client):
        page = client.get("/praktikum/?fahrt=30")
        assert (len(order(page)), "Bus und Bahn" in text(page)) == (4, False)

    def test_each_hit_says_its_travel_time_and_an_unknown_one_hides_nothing(self, client):
        page = client.get("/praktikum/?ort=99734")
        assert order(page) == ["Nordhausen", "Werther", "Ilfeld", "Ellrich"]
        said = text(page)
        assert "etwa 25 Minuten mit Bus und Bahn von Nordhausen" in said
        assert "keine Verbindung mit Bus und Bahn von Nordhausen bekannt" in said
        assert said.count("von Nordhausen") == 4 + 3  # kilometres of all, travel times of those elsewhere

    @pytest.mark.parametrize(
        ("minutes", "found"),
        [(30, ["Nordhausen", "Ellrich"]), (45, ["Nordhausen", "Ellrich", "Ilfeld"])],
    )
    def test_minutes_narrow_and_the_quickest_comes_first(self, client, minutes, found):
        assert order(client.get(f"/praktikum/?ort=99734&fahrt={minutes}")) == found

    def test_minutes_count_instead_of_kilometres(self, client):
        assert order(client.get("/praktikum/?ort=99734&km=5&fahrt=45")) == ["Nordhausen", "Ellrich", "Ilfeld"]

    def test_online_is_near_everywhere(self, client):
        make_offer(title="Praktikum in Netz", location=None, scheme=make_scheme(is_online=True))
        assert order(client.get("/praktikum/?ort=99734&fahrt=30"))[-1] == "Netz"

    @pytest.mark.parametrize("nonsense", ["31", "x", "-30", "1e9"])
    def test_nonsense_is_no_filter(self, client, nonsense):
        assert len(order(client.get(f"/praktikum/?ort=99734&fahrt={nonsense}"))) == 4

    def test_the_choice_is_kept_and_can_be_removed(self, client):
        page = client.get("/praktikum/?ort=99734&fahrt=45&feld=S13").content.decode()
        assert '<option value="45" selected>in höchstens 45 Minuten</option>' in page
        chip = re.search(r'<a class="chip" href="([^"]*)">höchstens 45 Minuten mit Bus und Bahn<', page)
        assert chip[1] == "?ort=99734&amp;feld=S13"
        assert "99734, 20 km" not in page

    def test_the_source_and_the_day_are_named(self, client):
        said = text(client.get("/praktikum/?ort=99734"))
        assert "Fahrplan eines Schulmorgens (12. Mai 2026, Ankunft zwischen 6 und 9 Uhr)" in said
        assert "Quelle: Verbund Südharz" in said

    def test_map_and_list_show_the_same(self, client):
        assert "Praktikum in Ilfeld" not in text(client.get("/praktikum/?ort=99734&fahrt=30&ansicht=karte"))

    def test_counts_of_facets_follow(self, client):
        assert 'id="n-feld-S13">2<' in client.get("/praktikum/?ort=99734&fahrt=30").content.decode()

    def test_the_same_queries_for_one_and_many(self, client, django_assert_num_queries):
        client.get("/praktikum/?ort=99734&fahrt=90")
        with django_assert_num_queries(11) as counted:
            client.get("/praktikum/?ort=99734&fahrt=90")
        for name in TOWNS:
            offer_in(name)
        with django_assert_num_queries(len(counted)):
            client.get("/praktikum/?ort=99734&fahrt=90")


@pytest.mark.usefixtures("timetable")
class TestPage:
    def test_the_way_from_the_place_that_was_asked_for(self, client, offers):
        listed = client.get("/praktikum/?ort=99734&fahrt=45").content.decode()
        address = re.search(r'href="([^"]+)">Praktikum in Ilfeld', listed)[1]
        assert address == f"{offers['Ilfeld'].get_absolute_url()}?ort=99734"
        said = text(client.get(address))
        assert "Etwa 45 Minuten mit Bus und Bahn von Nordhausen, 1 Umstieg" in said
        assert "Quelle: Verbund Südharz" in said

    @pytest.mark.parametrize(
        ("name", "query", "words"),
        [
            ("Werther", "99734", "keine Verbindung mit Bus und Bahn von Nordhausen bekannt"),
            ("Nordhausen", "99734", "Dieses Praktikum ist in Nordhausen."),
            ("Ellrich", "99999", "Diesen Ort kennen wir nicht, oder es gibt mehrere."),
            ("Ellrich", "", "Wo fahren Sie los?"),
        ],
    )
    def test_what_else_can_be(self, client, offers, name, query, words):
        page = client.get(f"{offers[name].get_absolute_url()}?ort={query}")
        assert page.status_code == 200
        assert words in text(page)

    def test_online_one_goes_nowhere(self, client):
        make_region()
        offer = make_offer(location=None, scheme=make_scheme(is_online=True))
        assert "Bus und Bahn" not in text(client.get(f"{offer.get_absolute_url()}?ort=99734"))

    def test_without_a_timetable_nobody_is_asked(self, client, offers):
        Timetable.objects.all().delete()
        assert "Wo fahren Sie los?" not in text(client.get(f"{offers['Ellrich'].get_absolute_url()}?ort=99734"))


class TestMatching:
    def matched(self) -> dict[str, str]:
        found = matching.offers_for(make_wish(place=town("Nordhausen"), radius=50))
        return {each.offer.location.place.name: " · ".join(each.reasons) for each in found}

    @pytest.mark.usefixtures("offers")
    def test_by_distance_without_a_timetable(self):
        found = self.matched()
        assert list(found) == ["Nordhausen", "Werther", "Ilfeld", "Ellrich"]
        assert "Bus und Bahn" not in " ".join(found.values())

    @pytest.mark.usefixtures("offers", "timetable")
    def test_those_first_that_are_reached_soonest_each_with_its_reason(self):
        found = self.matched()
        assert list(found) == ["Nordhausen", "Ellrich", "Ilfeld", "Werther"]
        assert "etwa 25 Minuten mit Bus und Bahn von Nordhausen" in found["Ellrich"]
        assert "keine Verbindung mit Bus und Bahn von Nordhausen bekannt" in found["Werther"]
        assert "Bus und Bahn" not in found["Nordhausen"]

    @pytest.mark.usefixtures("offers", "timetable")
    def test_the_counsellor_reads_it(self, login, counsellor):
        wish = make_wish(place=town("Nordhausen"), radius=50)
        said = text(login(counsellor).get(reverse("internships:wish_match", args=[wish.pk])))
        assert said.index("etwa 25 Minuten mit Bus und Bahn") < said.index("etwa 45 Minuten mit Bus und Bahn")
