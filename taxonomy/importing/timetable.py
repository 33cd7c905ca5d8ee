"""What runs in the region on one morning, out of a GTFS feed. Everything else is passed over, row by row."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta

from kit.geo import Box
from taxonomy.importing import feed as cells
from taxonomy.importing.feed import Feed, TimetableRefused, refuse

DAY = 24 * 3600  # seconds
MOST_CALLS = 3_000_000  # of one morning in the region; beyond that something is wrong
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
STATION = "1"
ENTERED_AT = {"", "0", STATION}  # platforms and stations; entrances and the like need no position
NEVER = "1"  # pickup_type, drop_off_type
IMPOSSIBLE = "3"  # transfer_type
TAKES_TIME = "2"


@dataclass(frozen=True, slots=True)
class Stop:
    """A platform or a bus stop; `station` binds those that belong together."""

    latitude: float
    longitude: float
    station: str


@dataclass(frozen=True, slots=True)
class Call:
    """A vehicle at a stop; seconds since midnight of the day asked for."""

    stop: str
    arrival: int
    departure: int
    may_board: bool = True
    may_alight: bool = True


@dataclass
class Timetable:
    """Stops by id; trips as lists of calls in the order of the way; how long named changes take (None: impossible)."""

    stops: dict[str, Stop] = field(default_factory=dict)
    trips: list[list[Call]] = field(default_factory=list)
    changes: dict[tuple[str, str], int | None] = field(default_factory=dict)


def read(feed: Feed, day: date, box: Box, first: int, last: int) -> Timetable:
    """Calls between two times (seconds since midnight) at stops in the box. Raises TimetableRefused."""
    stops = read_stops(feed, box)
    trips = read_trips(feed, read_services(feed, {day, day - timedelta(days=1)}), day)
    calls = _read_calls(feed, stops, trips, first, last)
    _refuse_frequencies(feed, {trip for trip, _shift in calls})
    timed = [_timed(calls[key]) for key in sorted(calls)]
    return Timetable(stops, [trip for trip in timed if len(trip) > 1], read_changes(feed, stops))


def read_stops(feed: Feed, box: Box) -> dict[str, Stop]:
    found = {}
    table, extra = "stops.txt", ("location_type", "parent_station")
    for line, (key, lat, lon, kind, station) in feed.rows(table, "stop_id", "stop_lat", "stop_lon", optional=extra):
        if kind.strip() not in ENTERED_AT:
            continue
        latitude, longitude = cells.degrees(table, line, lat, 90), cells.degrees(table, line, lon, 180)
        if box.south <= latitude <= box.north and box.west <= longitude <= box.east:
            found[key] = Stop(latitude, longitude, station or key)
    return found


# ── Which trips run


def read_services(feed: Feed, days: set[date]) -> dict[date, set[str]]:
    """What runs on these days: weeks of calendar.txt, days added and taken away by calendar_dates.txt; one suffices."""
    if "calendar.txt" not in feed and "calendar_dates.txt" not in feed:
        raise TimetableRefused("calendar.txt and calendar_dates.txt are missing: one of them has to be there.")
    running: dict[date, set[str]] = {each: set() for each in days}
    if "calendar.txt" in feed:
        for line, (service, start, end, *week) in feed.rows(
            "calendar.txt", "service_id", "start_date", "end_date", *WEEKDAYS
        ):
            since, until = cells.day("calendar.txt", line, start), cells.day("calendar.txt", line, end)
            for each in days:
                if since <= each <= until and week[each.weekday()].strip() == "1":
                    running[each].add(service)
    if "calendar_dates.txt" in feed:
        _read_exceptions(feed, running)
    return running


def _read_exceptions(feed: Feed, running: dict[date, set[str]]) -> None:
    table = "calendar_dates.txt"
    for line, (service, on, kind) in feed.rows(table, "service_id", "date", "exception_type"):
        if kind.strip() not in {"1", "2"}:
            refuse(table, line, f"“{kind[:20]}” is no exception_type")
        if (services := running.get(cells.day(table, line, on))) is not None:
            services.add(service) if kind.strip() == "1" else services.discard(service)


def read_trips(feed: Feed, running: dict[date, set[str]], day: date) -> dict[str, list[int]]:
    """Trips that may run on the morning, each with the seconds to add: those of yesterday count on behind midnight."""
    shifts: dict[str, list[int]] = {}
    for each, shift in ((day, 0), (day - timedelta(days=1), -DAY)):
        for service in running[each]:
            shifts.setdefault(service, []).append(shift)
    rows = feed.rows("trips.txt", "trip_id", "service_id")
    return {trip: shifts[service] for _line, (trip, service) in rows if service in shifts}


# ── Their calls


@dataclass(slots=True)
class _Row:
    line: int
    sequence: int
    stop: str
    arrival: int | None
    departure: int | None
    may_board: bool
    may_alight: bool


def _read_calls(
    feed: Feed, stops: dict[str, Stop], trips: dict[str, list[int]], first: int, last: int
) -> dict[tuple[str, int], list[_Row]]:
    """By trip and shift. A row without times is kept: those around it tell when."""
    found: dict[tuple[str, int], list[_Row]] = defaultdict(list)
    table, count = "stop_times.txt", 0
    named = ("trip_id", "stop_id", "stop_sequence", "arrival_time", "departure_time")
    for line, cell in feed.rows(table, *named, optional=("pickup_type", "drop_off_type")):
        trip, stop, sequence, arrives, departs, pickup, drop_off = cell
        if trip not in trips or stop not in stops:
            continue
        order = cells.number(table, line, sequence)
        times = [cells.seconds(table, line, each) for each in (arrives, departs) if each.strip()]
        for shift in trips[trip]:
            arrival, departure = (times[0] + shift, times[-1] + shift) if times else (None, None)
            if times and (departure < first or arrival > last):
                continue
            row = _Row(line, order, stop, arrival, departure, pickup.strip() != NEVER, drop_off.strip() != NEVER)
            found[trip, shift].append(row)
            count += 1
            if count > MOST_CALLS:
                raise TimetableRefused(f"More than {MOST_CALLS:,} calls on one morning: is the region right?")
    return found


def _timed(rows: list[_Row]) -> list[Call]:
    """In the order of the way. Calls without a time lie evenly between those that have one; at the ends they go."""
    rows.sort(key=lambda row: row.sequence)
    known = [index for index, row in enumerate(rows) if row.arrival is not None]
    calls: list[Call] = []
    before: _Row | None = None
    for index in range(known[0], known[-1] + 1) if known else ():
        row = rows[index]
        if row.arrival is None:
            left, right = _around(known, index)
            share = (index - left) / (right - left)
            row.arrival = row.departure = round(
                rows[left].departure + share * (rows[right].arrival - rows[left].departure)
            )
        _refuse_backwards(before, row)
        calls.append(Call(row.stop, row.arrival, row.departure, row.may_board, row.may_alight))
        before = row
    return calls


def _around(known: list[int], index: int) -> tuple[int, int]:
    return max(each for each in known if each < index), min(each for each in known if each > index)


def _refuse_backwards(before: _Row | None, row: _Row) -> None:
    if row.departure < row.arrival:
        refuse("stop_times.txt", row.line, "departs before it arrives")
    if before and before.sequence == row.sequence:
        refuse("stop_times.txt", row.line, f"the stop_sequence of line {before.line} comes twice in this trip")
    if before and row.arrival < before.departure:
        refuse("stop_times.txt", row.line, f"arrives before it departs in line {before.line}")


def _refuse_frequencies(feed: Feed, trips: Iterable[str]) -> None:
    """Trips that are given as "every ten minutes" would be seen once a day."""
    if "frequencies.txt" not in feed:
        return
    for line, (trip,) in feed.rows("frequencies.txt", "trip_id"):
        if trip in trips:
            refuse("frequencies.txt", line, "trips by frequency are not supported; please take a feed with all trips")


# ── Changes


def read_changes(feed: Feed, stops: dict[str, Stop]) -> dict[tuple[str, str], int | None]:
    """Seconds of a change between two stops where the feed names them; rows for single trips or lines are left out."""
    if "transfers.txt" not in feed:
        return {}
    members: dict[str, set[str]] = defaultdict(set)
    for key, stop in stops.items():
        members[key].add(key)
        members[stop.station].add(key)
    found: dict[tuple[str, str], int | None] = {}
    table, special = "transfers.txt", ("from_trip_id", "to_trip_id", "from_route_id", "to_route_id")
    rows = feed.rows(table, "from_stop_id", "to_stop_id", "transfer_type", optional=("min_transfer_time", *special))
    for line, (start, end, kind, least, *only) in rows:
        if any(only) or kind.strip() not in {TAKES_TIME, IMPOSSIBLE} or not (members[start] and members[end]):
            continue
        takes = None if kind.strip() == IMPOSSIBLE else cells.number(table, line, least or "0")
        found |= {(one, other): takes for one in members[start] for other in members[end]}
    return found
