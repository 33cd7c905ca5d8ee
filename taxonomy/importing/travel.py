"""Travel times between the places of the region, and to those around it, out of a timetable."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil, floor
from pathlib import Path
from typing import BinaryIO

from django.db import connection, transaction

from kit import clock
from kit.geo import Box, bounding_box, distance_km
from taxonomy.importing import journeys
from taxonomy.importing.feed import Feed, TimetableRefused
from taxonomy.importing.timetable import Stop, read, read_services
from taxonomy.importing.timetable import Timetable as Read
from taxonomy.models import LONGEST_JOURNEY, Holiday, Place, Timetable, TravelTime

HOUR = 3600  # seconds
ARRIVES = (6 * HOUR, 9 * HOUR)  # of a school morning
LONGEST = LONGEST_JOURNEY * 60
NEAR_KM = 10  # a place so near to the region belongs to it for travelling
BEYOND_KM = 25  # a journey may lead so far around
WALK_KM = 2.0  # as the crow flies, from the middle of a place to a stop or to the next place
CHANGE_KM = 0.4  # between two stops
SECONDS_PER_KM = 900  # 5.2 km/h on a way 1.3 times as long as that of the crow
CHANGE = 120  # seconds at least, where the timetable does not say otherwise
LEAST_CHANGE = 60  # even where it says none
SCHOOL_DAYS = {1, 2, 3}  # Tuesday to Thursday
WEEKS_AHEAD = 8
BATCH = 4_000


class Around:
    """Points in squares, to find those within a distance without measuring all."""

    def __init__(self, points: Iterable[tuple[object, float, float]], km: float):
        self.km = km
        self.squares = defaultdict(list)
        for key, latitude, longitude in points:
            self.squares[self._square(latitude, longitude)].append((key, latitude, longitude))

    def _square(self, latitude: float, longitude: float) -> tuple[int, int]:
        """At least `km` wide up to 60 degrees north."""
        return floor(latitude * 111 / self.km), floor(longitude * 55 / self.km)

    def of(self, latitude: float, longitude: float) -> Iterator[tuple]:
        """Key and kilometres of each point within the distance."""
        row, column = self._square(latitude, longitude)
        for square in ((row + y, column + x) for y in (-1, 0, 1) for x in (-1, 0, 1)):
            for key, other_lat, other_lon in self.squares.get(square, ()):
                if (km := distance_km(latitude, longitude, other_lat, other_lon)) <= self.km:
                    yield key, km


@dataclass
class Done:
    """What an import did, for its report."""

    timetable: Timetable
    stops: int
    trips: int
    places: int
    pairs: int


def import_timetable(file: Path | BinaryIO, *, day: date | None = None, source: str = "") -> Done:
    """Replaces all travel times, or none. Raises TimetableRefused."""
    region = list(Place.objects.in_region())
    if not region:
        raise TimetableRefused("No district is marked as part of the region: there is nothing to travel to.")
    places = _with_near(region)
    with Feed(file) as feed:
        day = day or next_school_day(feed)
        found = read(feed, day, _box(region, BEYOND_KM), ARRIVES[0] - LONGEST, ARRIVES[1])
        source = source or publisher(feed)
    if not found.trips:
        raise TimetableRefused(f"Nothing runs in the region on the morning of {day}. Name another day with --day.")
    rows = travel_times(found, places, {place.pk for place in region})
    timetable = _replace(rows, Timetable(pk=1, day=day, source=source[:200], imported_at=clock.now()))
    return Done(timetable, len(found.stops), len(found.trips), len(places), len(rows))


def _box(places: list[Place], km: float) -> Box:
    boxes = [bounding_box(place.latitude, place.longitude, km) for place in places]
    south, west, north, east = zip(*boxes, strict=True)
    return Box(min(south), min(west), max(north), max(east))


def _with_near(region: list[Place]) -> list[Place]:
    box = _box(region, NEAR_KM)
    around = Around(((place.pk, place.latitude, place.longitude) for place in region), NEAR_KM)
    others = Place.objects.filter(
        latitude__range=(box.south, box.north), longitude__range=(box.west, box.east)
    ).exclude(district__in_region=True)
    return region + [place for place in others if any(around.of(place.latitude, place.longitude))]


def next_school_day(feed: Feed) -> date:
    """The day of the next weeks on which most runs: Tuesday to Thursday, no holidays in any Land of the region."""
    days = {
        day
        for day in (clock.today() + timedelta(days=number) for number in range(7 * WEEKS_AHEAD))
        if day.weekday() in SCHOOL_DAYS and not Holiday.objects.in_region(day).exists()
    }
    running = read_services(feed, days)
    best = max(sorted(days), key=lambda day: len(running[day]), default=None)
    if best is None or not running[best]:
        raise TimetableRefused(
            f"Nothing runs on a school day of the next {WEEKS_AHEAD} weeks: is the feed old? Name a day with --day."
        )
    return best


def publisher(feed: Feed) -> str:
    """Who has to be named, as far as the feed says it."""
    for table, column in (("feed_info.txt", "feed_publisher_name"), ("agency.txt", "agency_name")):
        if table in feed:
            names = {name.strip() for _line, (name,) in feed.rows(table, column)} - {""}
            if len(names) == 1:
                return names.pop()
    return "GTFS"


def travel_times(found: Read, places: list[Place], region: set[int]) -> list[TravelTime]:
    """Rows to be written. A journey between two places that both lie outside of the region interests nobody."""
    served = {call.stop for trip in found.trips for call in trip}
    stops = {key: stop for key, stop in found.stops.items() if key in served}
    by_stop = Around(((key, stop.latitude, stop.longitude) for key, stop in stops.items()), WALK_KM)
    by_place = Around(((place.pk, place.latitude, place.longitude) for place in places), WALK_KM)
    starts = {place.pk: _walks(by_stop, place) for place in places}
    ends: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for pk, walks in starts.items():
        for stop, walk in walks.items():
            ends[stop].append((pk, walk))
    inside = {stop: [(pk, walk) for pk, walk in goals if pk in region] for stop, goals in ends.items()}
    changes, sweep = ways_to_change(stops, found.changes), journeys.events(found.trips)
    rows = []
    for place in places:
        best = {pk: (walk, 0) for pk, walk in _walks(by_place, place).items()}
        goals = ends if place.pk in region else inside
        for pk, reached in journeys.shortest(
            sweep, starts=starts[place.pk], ends=goals, changes=changes, window=ARRIVES, longest=LONGEST
        ).items():
            best[pk] = min(best.get(pk, reached), reached)
        rows += [
            TravelTime(origin_id=place.pk, destination_id=pk, minutes=max(1, ceil(seconds / 60)), rides=rides)
            for pk, (seconds, rides) in sorted(best.items())
            if pk != place.pk and (place.pk in region or pk in region)
        ]
    return rows


def _walks(around: Around, place: Place) -> dict:
    return {key: round(km * SECONDS_PER_KM) for key, km in around.of(place.latitude, place.longitude)}


def ways_to_change(
    stops: dict[str, Stop], named: dict[tuple[str, str], int | None]
) -> dict[str, list[tuple[str, int]]]:
    """Stop → where one may board next, with seconds: on foot to stops around, unless the timetable says otherwise."""
    around = Around(((key, stop.latitude, stop.longitude) for key, stop in stops.items()), CHANGE_KM)
    found: dict[tuple[str, str], int | None] = {
        (key, other): max(CHANGE, round(km * SECONDS_PER_KM))
        for key, stop in stops.items()
        for other, km in around.of(stop.latitude, stop.longitude)
    }
    found |= {pair: takes for pair, takes in named.items() if pair[0] in stops and pair[1] in stops}
    ways: dict[str, list[tuple[str, int]]] = {key: [] for key in stops}
    for (key, other), takes in found.items():
        if takes is not None:
            ways[key].append((other, max(takes, LEAST_CHANGE)))
    return ways


@transaction.atomic
def _replace(rows: list[TravelTime], timetable: Timetable) -> Timetable:
    """Whoever reads meanwhile sees the old ones; a second import waits."""
    with connection.cursor() as cursor:
        cursor.execute(f"LOCK TABLE {TravelTime._meta.db_table} IN SHARE ROW EXCLUSIVE MODE")
    TravelTime.objects.all().delete()
    TravelTime.objects.bulk_create(rows, batch_size=BATCH)
    timetable.save()
    return timetable
