"""Makes an invented timetable for the demo region, in the format GTFS, and imports it as any other.

The towns exist, the lines and their times do not. No chance is in it: the same week has the same timetable.
"""

import csv
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO, StringIO
from itertools import pairwise

from kit.geo import distance_km
from portal.demo.organizations import Maker
from taxonomy.importing.travel import Done, import_timetable
from taxonomy.models import Place

SOURCE = "Erfundener Fahrplan der Demonstration"
FIRST, LAST = 4 * 60 + 40, 9 * 60  # minutes since midnight
TRAIN, BUS = 55, 36  # km/h as the crow flies, with stops on the way
STOP_NORTH = 0.003  # degrees: the stop lies five minutes from the middle of the town
LINES = (  # km/h, minutes between two departures, minutes after the first hour, towns by their part of the address
    (TRAIN, 60, 5, "nordhausen niedersachswerfen ellrich"),
    (TRAIN, 60, 20, "nordhausen wolkramshausen sondershausen greussen"),
    (TRAIN, 60, 0, "nordhausen heringen-helme artern"),
    (TRAIN, 30, 10, "halberstadt wernigerode ilsenburg"),
    (TRAIN, 30, 15, "halberstadt quedlinburg thale"),
    (TRAIN, 60, 25, "halberstadt blankenburg-harz"),
    (TRAIN, 60, 15, "muehlhausen-unstrut-hainich-kreis bad-langensalza"),
    (BUS, 30, 0, "nordhausen niedersachswerfen ilfeld"),
    (BUS, 60, 35, "ilfeld hasselfelde blankenburg-harz"),
    (BUS, 60, 10, "sondershausen bad-frankenhausen oldisleben heldrungen artern rossleben"),
    (BUS, 60, 30, "sondershausen ebeleben schlotheim muehlhausen-unstrut-hainich-kreis"),
    (BUS, 60, 5, "wernigerode elbingerode-harz benneckenstein"),
    (BUS, 60, 40, "wernigerode blankenburg-harz thale quedlinburg"),
    (BUS, 60, 20, "quedlinburg harzgerode"),
)


def make_travel_times(maker: Maker) -> Done:
    """Of the Tuesday of the current week, whatever holiday it may be: buses that do not exist run then, too."""
    names = {name for line in LINES for name in line[3].split()}
    places = {place.slug: place for place in Place.objects.filter(slug__in=names)}
    return import_timetable(feed(maker, places), day=maker.week + timedelta(days=1), source=SOURCE)


def feed(maker: Maker, places: dict[str, Place]) -> BytesIO:
    """The archive. Towns that are missing are passed by."""
    trips = list(_trips(places))
    days = [f"{maker.week:%Y%m%d}", f"{maker.week + timedelta(days=364):%Y%m%d}"]
    tables = {
        "agency": [("agency_name", "agency_url", "agency_timezone"), (SOURCE, "https://demo.example", "Europe/Berlin")],
        "stops": [("stop_id", "stop_name", "stop_lat", "stop_lon"), *_stops(places)],
        "routes": [("route_id", "route_type"), *((index, 2 if line[0] == TRAIN else 3) for index, line in _numbered())],
        "calendar": [
            ("service_id", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "start_date",
             "end_date"),
            ("week", 1, 1, 1, 1, 1, 0, 0, *days),
        ],
        "trips": [("route_id", "service_id", "trip_id"), *((trip[0], "week", trip[1]) for trip in trips)],
        "stop_times": [
            ("trip_id", "arrival_time", "departure_time", "stop_id", "stop_sequence"),
            *((trip, _clock(at), _clock(at), stop, order) for _line, trip, calls in trips
              for order, (stop, at) in enumerate(calls)),
        ],
    }  # fmt: skip
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, rows in tables.items():
            archive.writestr(f"{name}.txt", _table(rows))
    packed.seek(0)
    return packed


def _numbered() -> Iterator[tuple[int, tuple]]:
    return enumerate(LINES, start=1)


def _stops(places: dict[str, Place]) -> list[tuple]:
    return [
        (slug, f"{place.name}, Marktplatz", place.latitude + STOP_NORTH, place.longitude)
        for slug, place in sorted(places.items())
    ]


def _trips(places: dict[str, Place]) -> Iterator[tuple[int, str, list[tuple[str, int]]]]:
    """Line, name of the trip, and stops with minutes since midnight; each line runs in both directions."""
    for number, (speed, interval, minute, towns) in _numbered():
        way = [slug for slug in towns.split() if slug in places]
        for direction in (way, way[::-1]) if len(way) > 1 else ():
            offsets = _offsets([places[slug] for slug in direction], speed)
            for start in range(FIRST + minute, LAST, interval):
                calls = [(slug, start + offset) for slug, offset in zip(direction, offsets, strict=True)]
                yield number, f"{number}-{direction[0]}-{start}", calls


def _offsets(way: list[Place], speed: int) -> list[int]:
    found = [0]
    for here, there in pairwise(way):
        km = distance_km(here.latitude, here.longitude, there.latitude, there.longitude)
        found.append(found[-1] + round(km / speed * 60) + 1)
    return found


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}:00"


def _table(rows: list[tuple]) -> str:
    out = StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue()
