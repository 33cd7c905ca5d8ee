"""Where something lies: the map of the region with marked places."""

from collections.abc import Iterable
from dataclasses import dataclass

from django import template
from django.utils.translation import gettext as _

from taxonomy import regionmap
from taxonomy.models import Place
from taxonomy.regionmap import Cell, Label, Map

register = template.Library()

NAMES = 20  # towns that are named on a small map
BELOW = 22  # from the middle of a dot to the foot of its name


@dataclass(frozen=True)
class Spot:
    """A point in the region, with the place it belongs to."""

    place: Place
    cell: Cell
    x: int
    y: int


@register.inclusion_tag("components/_region_map.html")
def region_map(locations: Iterable) -> dict:
    """`locations` have `place`, `latitude`, `longitude`; those beyond the region are left out, without any left there
    is no map."""
    placed = [location for location in locations if location.place_id]
    drawn = regionmap.current() if placed else None
    spots = [spot for location in placed if drawn and (spot := spot_of(drawn, location))]
    if not spots:
        return {"map": None}
    here = list(dict.fromkeys(spot.cell for spot in spots))
    marked = {(spot.x, spot.y): spot for spot in spots}
    names = {spot.place.name: (spot.x, spot.y + BELOW, spot.place.name) for spot in spots}
    others = [*names.values(), *((cell.x, cell.y, cell.name) for cell in drawn.cells[:NAMES] if cell not in here)]
    big = regionmap.labels(names.values(), large=True)
    said = {label.text for label in big}
    dots = [Label(spot.x, spot.y, "") for spot in spots]
    return {
        "map": drawn,
        "title": title(drawn, spots),
        "here": here,
        "spots": list(marked.values()),
        "names": big,
        "labels": regionmap.labels((name for name in others if name[2] not in said), beside=[*big, *dots]),
    }


def spot_of(drawn: Map, location) -> Spot | None:
    cell = drawn.by_place.get(location.place.slug)
    if cell is None:
        return None
    latitude, longitude = location.latitude, location.longitude
    if latitude is None:
        latitude, longitude = location.place.latitude, location.place.longitude
    return Spot(location.place, cell, *drawn.point(latitude, longitude))


def title(drawn: Map, spots: list[Spot]) -> str:
    """In words what the picture shows."""
    parts = {
        "north": _("{place} lies in the north of the region."),
        "north-east": _("{place} lies in the north-east of the region."),
        "east": _("{place} lies in the east of the region."),
        "south-east": _("{place} lies in the south-east of the region."),
        "south": _("{place} lies in the south of the region."),
        "south-west": _("{place} lies in the south-west of the region."),
        "west": _("{place} lies in the west of the region."),
        "north-west": _("{place} lies in the north-west of the region."),
        "middle": _("{place} lies in the middle of the region."),
    }
    said = dict.fromkeys(parts[drawn.part(spot.x, spot.y)].format(place=spot.place.name) for spot in spots)
    return " ".join([_("Map:"), *said])
