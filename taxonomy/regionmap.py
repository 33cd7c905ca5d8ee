"""The region as a picture without boundary data: each town's cell is what lies nearer to its villages than to others.

Borders come out between the villages of the region and those just beyond it, because both have a position. Villages
join the nearest town of their district, so that a map has some seventy areas and not five hundred. The drawing is made
once (`manage.py draw_region`) and kept as one row: all web machines see it, a backup holds it, and no page computes
anything. The demo region's drawing is shipped, so that a new installation of the demo has its map at once.
"""

import csv
import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from hashlib import sha1
from math import cos, dist, radians
from pathlib import Path

from django.db.models import Count, Min, TextField
from django.db.models.functions import Cast

from kit import clock, voronoi
from kit.geo import KM_PER_DEGREE, bounding_box
from taxonomy.models import District, Place, RegionMap

SHIPPED = Path(__file__).parent / "data" / "maps"
WIDTH, HEIGHT, MARGIN = 640, 480, 12  # units of the picture
MOST_CELLS = 72
FIRST_GAP_KM = 3.0  # towns nearer to each other share a cell; grows until there are few enough
REACH_KM = 9.0  # how far a place's cell goes where nobody lives beyond, as at the sea
AROUND_KM = 30.0  # places so far beyond the region still shape its border
JITTER = 0.0004  # degrees; GeoNames rounds to minutes, and four places on one circle have no single common corner
LETTER, LINE = 7.0, 15.0  # size of a label, in units


@dataclass(frozen=True)
class Cell:
    """A town with the villages that are drawn with it."""

    slug: str
    name: str
    district: str
    x: int
    y: int
    path: str
    places: tuple[str, ...]  # slugs of everything in it, its own included


@dataclass(frozen=True)
class Label:
    x: int
    y: int
    text: str


@dataclass(frozen=True)
class Map:
    """A drawing with the way from degrees to its units."""

    width: int
    height: int
    west: float
    north: float
    unit: float  # per degree of latitude
    narrow: float  # a degree of longitude in degrees of latitude
    cells: tuple[Cell, ...]  # the most important first

    @classmethod
    def of(cls, drawing: dict) -> "Map":
        cells = tuple(Cell(**{**cell, "places": tuple(cell["places"])}) for cell in drawing["cells"])
        return cls(**{**drawing, "cells": cells})

    @cached_property
    def by_place(self) -> dict[str, Cell]:
        return {slug: cell for cell in self.cells for slug in cell.places}

    @cached_property
    def path(self) -> str:
        """All borders in one."""
        return "".join(cell.path for cell in self.cells)

    def point(self, latitude: float, longitude: float) -> tuple[int, int]:
        x = (longitude - self.west) * self.narrow * self.unit
        return round(x), round((self.north - latitude) * self.unit)

    def part(self, x: float, y: float) -> str:
        """Where in the region a point lies: "north", "south-east", "middle" …, in thirds of what is drawn."""
        xs, ys = [cell.x for cell in self.cells], [cell.y for cell in self.cells]
        column, row = _third(x, xs), _third(y, ys)
        words = [("north", "", "south")[row], ("west", "", "east")[column]]
        return "-".join(filter(None, words)) or "middle"


def _third(value: float, values: list[int]) -> int:
    low, high = min(values), max(values)
    return min(2, max(0, int(3 * (value - low) / (high - low or 1))))


def current() -> Map | None:
    """The map of this region: the row that was drawn, else the shipped one for exactly these districts, else none."""
    drawn = RegionMap.objects.values_list(Cast("drawing", TextField()), flat=True).first()
    if drawn:
        return _read(drawn)
    file = SHIPPED / f"{_key(District.objects.filter(in_region=True).values_list('code', flat=True))}.json"
    return _read(file.read_text(encoding="utf-8")) if file.is_file() else None


@lru_cache(maxsize=2)  # by the drawing itself: whoever draws anew is seen at once
def _read(drawing: str) -> Map:
    return Map.of(json.loads(drawing))


def by_cell(drawn: Map | None, numbers: Mapping[int, int]) -> dict[Cell, int]:
    """Numbers of places (by primary key) added up for the cells in which they lie; what lies beyond is left out."""
    if drawn is None:
        return {}
    found: Counter = Counter()
    for pk, slug in Place.objects.filter(pk__in=numbers).values_list("pk", "slug"):
        if cell := drawn.by_place.get(slug):
            found[cell] += numbers[pk]
    return dict(found)


@dataclass(frozen=True)
class Area:
    """A circle on the map and its row in the list beside it."""

    cell: Cell
    number: int
    count: str  # the number in words
    address: str
    is_chosen: bool

    @property
    def name(self) -> str:
        return self.cell.name

    @property
    def path(self) -> str:
        return self.cell.path

    @property
    def radius(self) -> int:
        return 7 + 4 * len(str(self.number))


def picture(drawn: Map | None, areas: list[Area]) -> dict:
    """For templates: the map, its areas by name, and the names of the biggest, below their circles or above."""
    bigger = sorted(areas, key=lambda each: -each.number)
    names = [
        (each.cell.x, each.cell.y + way, each.name) for each in bigger for way in (each.radius + 13, -each.radius - 5)
    ]
    dots = [Label(each.cell.x, each.cell.y, "") for each in areas]
    return {
        "map": drawn,
        "areas": sorted(areas, key=lambda each: each.name),
        "labels": labels(names, beside=dots),
    }


def draw() -> RegionMap | None:
    """Draws the region anew and keeps it; None, and nothing kept, where no district is marked as its part."""
    drawing = drawing_of(list(_ranked(Place.objects.in_region())), _around())
    if drawing is None:
        RegionMap.objects.all().delete()
        return None
    row, _made = RegionMap.objects.update_or_create(pk=1, defaults={"drawing": drawing, "drawn_at": clock.now()})
    return row


def ship() -> Path:
    """Writes the kept drawing into the files of the project."""
    row = RegionMap.objects.get()
    districts = District.objects.filter(in_region=True).values_list("code", flat=True)
    file = SHIPPED / f"{_key(districts)}.json"
    file.write_text(json.dumps(row.drawing, ensure_ascii=False, indent=0) + "\n", encoding="utf-8")
    return file


def labels(
    wanted: Iterable[tuple[float, float, str]], *, beside: Iterable[Label] = (), large: bool = False
) -> list[Label]:
    """Names, the important ones first, each at the first of its points where it lies on no other; one that fits
    nowhere is left out: the list beside the map has it.

    `beside` are labels that stand already (an empty one keeps its point free); large ones need twice the room.
    """
    scale = 2 if large else 1
    placed = [(label.x, label.y, len(label.text) * LETTER / 2 + 6) for label in beside]
    kept = []
    for x, y, text in wanted:
        if any(label.text == text for label in kept):
            continue
        half = len(text) * LETTER * scale / 2
        x = min(max(x, half + 2), WIDTH - half - 2)
        if any(abs(y - low) < LINE * scale and abs(x - middle) < half + width for middle, low, width in placed):
            continue
        placed.append((x, y, half))
        kept.append(Label(round(x), round(y), text))
    return kept


# ── Drawing
def _key(districts: Iterable[str]) -> str:
    return "-".join(sorted(districts)) or "none"


def _ranked(places) -> list[Place]:
    """Towns first: named ones, then those with many postcodes, then those that share theirs with few others."""
    found = list(places.annotate(codes=Count("postcodes"), code=Min("postcodes__code")).order_by("sort_key", "pk"))
    sharing = Counter(place.code for place in found)
    named = _towns()

    def importance(place: Place) -> tuple:
        known = named.get((place.district_id, place.name), len(named))
        return known, -place.codes, sharing[place.code]

    return sorted(found, key=importance)


def _towns() -> dict[tuple[str, str], int]:
    """Towns that always have an area of their own, with their place in the list: nothing else tells their size."""
    with (SHIPPED / "towns.csv").open(encoding="utf-8", newline="") as file:
        return {(row["district"], row["name"]): place for place, row in enumerate(csv.DictReader(file))}


def _around() -> list[Place]:
    inside = list(Place.objects.in_region().values_list("latitude", "longitude"))
    if not inside:
        return []
    boxes = [bounding_box(*point, AROUND_KM) for point in inside]
    return list(
        Place.objects.exclude(district__in_region=True).filter(
            latitude__range=(min(box.south for box in boxes), max(box.north for box in boxes)),
            longitude__range=(min(box.west for box in boxes), max(box.east for box in boxes)),
        )
    )


def drawing_of(places: list[Place], around: list[Place]) -> dict | None:
    """The drawing as data: `places` (the most important first) are the region, `around` shapes its border."""
    if not places:
        return None
    narrow = cos(radians(sum(place.latitude for place in places) / len(places)))
    sites = [_position(place, narrow) for place in [*places, *around]]
    polygons = voronoi.cells(sites, reach=REACH_KM / KM_PER_DEGREE)
    towns = _towns_of(places, sites)
    rings = {town: voronoi.outline(polygons, members) for town, members in towns.items()}
    corners = [corner for each in rings.values() for ring in each for corner in ring]
    west, north = min(x for x, _y in corners), max(y for _x, y in corners)
    wide, high = max(x for x, _y in corners) - west, north - min(y for _x, y in corners)
    unit = min((WIDTH - 2 * MARGIN) / wide, (HEIGHT - 2 * MARGIN) / high)
    west -= (WIDTH / unit - wide) / 2
    north += (HEIGHT / unit - high) / 2

    def units(point: voronoi.Point) -> tuple[int, int]:
        return round((point[0] - west) * unit), round((north - point[1]) * unit)

    cells = []
    for town, members in towns.items():
        place, (x, y) = places[town], units(sites[town])
        path = "".join(_path([units(corner) for corner in ring]) for ring in rings[town])
        slugs = sorted(places[member].slug for member in members)
        cell = {"slug": place.slug, "name": place.name, "district": place.district_id}
        cells.append({**cell, "x": x, "y": y, "path": path, "places": slugs})
    frame = {"width": WIDTH, "height": HEIGHT, "west": round(west / narrow, 6), "north": round(north, 6)}
    return {**frame, "unit": round(unit, 4), "narrow": round(narrow, 6), "cells": cells}


def _position(place: Place, narrow: float) -> voronoi.Point:
    """In degrees of latitude, moved by some steps in a direction that depends on the place alone."""
    noise = sha1(place.slug.encode(), usedforsecurity=False).digest()
    moved = [(byte / 127.5 - 1) * JITTER for byte in noise[:2]]
    return place.longitude * narrow + moved[0], place.latitude + moved[1]


def _towns_of(places: list[Place], sites: list[voronoi.Point]) -> dict[int, list[int]]:
    """Which places are drawn, each with those that join it: the nearest of the same district."""
    chosen, gap = _apart(places, sites, FIRST_GAP_KM), FIRST_GAP_KM
    while len(chosen) > MOST_CELLS:
        gap += 0.25
        chosen = _apart(places, sites, gap)
    towns: dict[int, list[int]] = {town: [] for town in chosen}
    for number, place in enumerate(places):
        same = [town for town in chosen if places[town].district_id == place.district_id]
        towns[min(same, key=lambda town: dist(sites[town], sites[number]))].append(number)
    return towns


def _apart(places: list[Place], sites: list[voronoi.Point], gap: float) -> list[int]:
    """Places no nearer to each other than the gap, the important ones first; the first of each district always."""
    chosen: list[int] = []
    seen = set()
    for number, place in enumerate(places):
        is_far = all(dist(sites[number], sites[town]) * KM_PER_DEGREE >= gap for town in chosen)
        if is_far or place.district_id not in seen:
            chosen.append(number)
            seen.add(place.district_id)
    return chosen


def _path(points: list[tuple[int, int]]) -> str:
    """A ring as SVG: one absolute corner, then steps; corners that fall together are one."""
    steps, (x, y) = [], points[0]
    for next_x, next_y in points[1:]:
        if (next_x, next_y) != (x, y):
            steps.append(f"{next_x - x}{'' if next_y - y < 0 else ' '}{next_y - y}")
            x, y = next_x, next_y
    return f"M{points[0][0]} {points[0][1]}l{' '.join(steps)}z"
