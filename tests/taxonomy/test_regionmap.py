"""The map of the region: every place has an area, the drawing is the same each time, the page says it in words."""

import json
from types import SimpleNamespace

import pytest
from django.core.management import call_command
from django.template import Context, Template

from taxonomy import regionmap
from taxonomy.models import District, Place, RegionMap
from tests import make

pytestmark = pytest.mark.django_db
DEMO = ["15085", "16062", "16064", "16065"]
TOWNS = {"Nordhausen": (51.50, 10.80), "Ellrich": (51.59, 10.66), "Sondershausen": (51.37, 10.87), "Harz": (51.7, 10.9)}


def furnish() -> None:
    for name, (latitude, longitude) in TOWNS.items():
        make.make_place(name, latitude=latitude, longitude=longitude, postcodes=())
    beyond = make.make_district("03153", "Goslar", in_region=False)
    make.make_place("Goslar", latitude=51.9, longitude=10.43, postcodes=(), district=beyond)


def map_of(*locations) -> str:
    return Template("{% load regionmap %}{% region_map locations %}").render(Context({"locations": locations}))


def at(place: Place) -> SimpleNamespace:
    return SimpleNamespace(place_id=place.pk, place=place, latitude=None, longitude=None)


def test_every_place_of_the_region_has_an_area_and_no_other_place_has():
    furnish()
    drawn = regionmap.Map.of(regionmap.draw().drawing)
    assert set(drawn.by_place) == set(Place.objects.in_region().values_list("slug", flat=True))


def test_drawing_twice_gives_the_same_picture():
    furnish()
    assert regionmap.draw().drawing == regionmap.draw().drawing
    assert RegionMap.objects.count() == 1


def test_without_districts_there_is_no_map(capsys):
    furnish()
    call_command("draw_region")
    District.objects.update(in_region=False)
    call_command("draw_region")
    assert "4 areas" in capsys.readouterr().out
    assert not RegionMap.objects.exists()
    assert regionmap.current() is None


def test_two_places_in_one_spot_do_not_stop_the_drawing():
    furnish()
    make.make_place("Zwilling", latitude=51.50, longitude=10.80, postcodes=())
    assert "zwilling" in regionmap.Map.of(regionmap.draw().drawing).by_place


def test_the_picture_says_in_words_where_the_place_lies():
    furnish()
    regionmap.draw()
    html = map_of(at(Place.objects.get(name="Ellrich")))
    assert 'role="img"' in html
    assert "<title>" in html
    assert "Ellrich" in html
    assert html.count("area-here") == 1
    assert html.count("<circle") == 1


def test_a_place_beyond_the_region_has_no_map():
    furnish()
    regionmap.draw()
    assert "<svg" not in map_of(at(Place.objects.get(name="Goslar")))
    assert "<svg" not in map_of(SimpleNamespace(place_id=None, place=None, latitude=None, longitude=None))


def test_names_do_not_lie_on_each_other():
    kept = regionmap.labels([(100, 100, "Nordhausen"), (120, 104, "Werther"), (100, 300, "Ellrich")])
    assert [label.text for label in kept] == ["Nordhausen", "Ellrich"]


def test_a_name_stands_below_its_circle_else_above():
    cells = [regionmap.Cell("", name, "", x, 100, "", ()) for name, x in [("Werther", 140), ("Nordhausen", 100)]]
    areas = [regionmap.Area(cell, number, "", "", False) for number, cell in enumerate(cells, start=1)]
    picture = regionmap.picture(None, areas)
    assert [(label.text, label.y) for label in picture["labels"]] == [("Nordhausen", 124), ("Werther", 84)]
    assert [area.name for area in picture["areas"]] == ["Nordhausen", "Werther"]


def test_words_for_nine_parts():
    cells = tuple(regionmap.Cell("", "", "", x, y, "", ()) for x, y in [(0, 0), (300, 300)])
    drawn = regionmap.Map(640, 480, 0, 0, 1, 1, cells)
    assert drawn.part(10, 10) == "north-west"
    assert drawn.part(150, 150) == "middle"
    assert drawn.part(150, 290) == "south"
    assert drawn.part(290, 150) == "east"


def test_the_shipped_map_is_what_the_command_draws(germany, capsys):
    District.objects.update(in_region=False)
    District.objects.filter(code__in=DEMO).update(in_region=True)
    shipped = json.loads((regionmap.SHIPPED / f"{'-'.join(DEMO)}.json").read_text())
    assert regionmap.draw().drawing == shipped
    assert len(json.dumps(shipped)) < 20_000
    assert 60 <= len(shipped["cells"]) <= 90
