"""GTFS feeds as they come, and the travel times that become of them."""

import zipfile
from datetime import date
from io import BytesIO, StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from kit.geo import Box
from taxonomy.importing import feed as feeds
from taxonomy.importing import timetable, travel
from taxonomy.importing.feed import Feed, TimetableRefused
from taxonomy.importing.travel import import_timetable
from taxonomy.models import Holiday, Land, Place, Timetable, TravelTime
from taxonomy.travel import travel_from
from tests import make
from tests.taxonomy.gtfs import TABLES, calls, make_feed

DAY = date(2026, 5, 12)  # a Tuesday
GERMANY = Box(47, 5, 56, 16)
FIRST, LAST = 4 * 3600, 9 * 3600


def read(day: date = DAY, **tables) -> timetable.Timetable:
    with Feed(make_feed(**tables)) as feed:
        return timetable.read(feed, day, GERMANY, FIRST, LAST)


def minutes(found: timetable.Timetable) -> list[list[tuple[str, int, int]]]:
    return [[(call.stop, call.arrival // 60, call.departure // 60) for call in trip] for trip in found.trips]


class TestReading:
    BUS = [("n", 420, 420), ("e", 450, 450)]

    def test_the_plain_one(self):
        assert minutes(read()) == [self.BUS]

    @pytest.mark.parametrize(
        "tables",
        [
            {name: b"\xef\xbb\xbf" + content.encode() for name, content in TABLES.items()},
            {name: content.replace("\n", "\r\n") for name, content in TABLES.items()},
            {name: content.replace("_id,", "_id ,") for name, content in TABLES.items()},
            {"agency": None, "routes": None},
            {"calendar": None, "calendar_dates": "service_id,date,exception_type\nweek,20260512,1\n"},
            {"stop_times": calls("t 7:30:00 7:30:00 e 20", "t 07:00:00 07:00:00 n 3", "x 8:00:00 8:00:00 n 1")},
            {"stop_times": TABLES["stop_times"] + "\n"},
            {"frequencies": "trip_id,start_time,end_time,headway_secs\nanother,5:00:00,9:00:00,600\n"},
        ],
        ids=["bom", "crlf", "blanks", "few-tables", "dates-only", "any-order", "empty-line", "other-frequencies"],
    )
    def test_written_otherwise_it_is_the_same(self, tables):
        assert minutes(read(**tables)) == [self.BUS]

    @pytest.mark.parametrize("day", [date(2026, 5, 16), date(2027, 1, 5)], ids=["saturday", "over"])
    def test_what_does_not_run_is_left_out(self, day):
        assert read(day).trips == []

    def test_an_exception_takes_a_day_away(self):
        dates = "service_id,date,exception_type\nweek,20260512,2\n"
        assert read(calendar_dates=dates).trips == []
        assert minutes(read(date(2026, 5, 13), calendar_dates=dates)) == [self.BUS]

    def test_yesterday_runs_on_behind_midnight(self):
        night = calls("t 31:00:00 31:00:00 n 1", "t 31:30:00 31:30:00 e 2")
        assert minutes(read(stop_times=night)) == [self.BUS]
        assert read(date(2026, 5, 11), stop_times=night).trips == []  # nothing has begun on Sunday

    def test_only_the_morning_and_the_region_count(self):
        beyond = calls("t 2:00:00 2:00:00 n 1", "t 7:00:00 7:00:00 n 2", "t 7:30:00 7:30:00 e 3",
                       "t 8:00:00 8:00:00 far 4", "t 12:00:00 12:00:00 n 5")  # fmt: skip
        assert minutes(read(stop_times=beyond, stops=TABLES["stops"] + "far,Paris,48.8,2.3\n")) == [self.BUS]

    def test_times_that_are_missing_lie_between_the_others(self):
        stops = TABLES["stops"] + "a,A,51.53,10.75\nb,B,51.56,10.70\n"
        rows = calls("t   b 0", "t 7:00:00 7:00:00 n 1", "t   a 2", "t   b 3", "t 7:30:00 7:30:00 e 4", "t   a 5")
        assert minutes(read(stops=stops, stop_times=rows)) == [
            [("n", 420, 420), ("a", 430, 430), ("b", 440, 440), ("e", 450, 450)]
        ]

    def test_where_nobody_may_board_or_alight(self):
        header = "trip_id,arrival_time,departure_time,stop_id,stop_sequence,pickup_type,drop_off_type\n"
        (trip,) = read(stop_times=header + "t,7:00:00,7:00:00,n,1,0,1\nt,7:30:00,7:30:00,e,2,1,3\n").trips
        assert [(call.may_board, call.may_alight) for call in trip] == [(True, False), (False, True)]

    def test_changes_of_a_station_are_those_of_its_platforms(self):
        stops = (
            "stop_id,stop_name,stop_lat,stop_lon,location_type,parent_station\nN,Bahnhof,51.5,10.8,1,\n"
            "n1,Gleis 1,51.5,10.8,0,N\nn2,Gleis 2,51.5,10.8,,N\nin,Eingang,,,2,N\n"
        )
        named = "from_stop_id,to_stop_id,transfer_type,min_transfer_time,from_trip_id\n"
        found = read(stops=stops, transfers=named + "N,N,2,240,\nn1,n2,3,,\nn2,n1,2,9,t\nN,N,0,,\ngone,N,2,1,\n")
        assert found.changes["n1", "n2"] is None
        assert found.changes["n2", "n1"] == found.changes["n1", "n1"] == 240


class TestRefusing:
    @pytest.mark.parametrize(
        ("tables", "words"),
        [
            ({"stops": None}, "stops.txt is missing"),
            ({"calendar": None}, "calendar.txt and calendar_dates.txt are missing"),
            ({"folder": "gtfs/"}, "stops.txt lies in a folder"),
            ({"stops": "stop_id,stop_name\nn,Nordhausen\n"}, "stops.txt, line 1: the column stop_lat, stop_lon is"),
            ({"stops": ""}, "stops.txt, line 1: the column stop_id"),
            ({"stops": "stop_id,stop_lat,stop_lon\nn,51.5,10.8\ne,,\n"}, "stops.txt, line 3: “” is no coordinate"),
            ({"stops": "stop_id,stop_lat,stop_lon\nn,51.5,nan\n"}, "stops.txt, line 2: “nan” is no coordinate"),
            ({"stops": "stop_id,stop_lat,stop_lon\nn,95,10\n"}, "stops.txt, line 2: “95” is no coordinate"),
            ({"calendar": TABLES["calendar"].replace("20260101", "2026-01-01")}, "calendar.txt, line 2: “2026-01-01”"),
            ({"calendar_dates": "service_id,date,exception_type\nweek,20260512,3\n"}, "“3” is no exception_type"),
            ({"stop_times": calls("t 7:00:00 7:00:00 n 1", "t 7:61:00 7:61:00 e 2")}, "line 3: “7:61:00” is no time"),
            ({"stop_times": calls("t 7:00:00 6:00:00 n 1")}, "line 2: departs before it arrives"),
            ({"stop_times": calls("t 7:00:00 7:00:00 n 1", "t 6:30:00 6:30:00 e 2")}, "line 3: arrives before"),
            ({"stop_times": calls("t 7:00:00 7:00:00 n 1", "t 7:30:00 7:30:00 e 1")}, "line 3: the stop_sequence of"),
            ({"stop_times": calls("t 7:00:00 7:00:00 n x")}, "stop_times.txt, line 2: “x” is no number"),
            ({"frequencies": "trip_id,start_time\nt,5:00:00\n"}, "frequencies.txt, line 2: trips by frequency"),
            ({"trips": "trip_id,service_id\n\xfc".encode("latin-1")}, "trips.txt, after line 1: this is not UTF-8"),
            ({"trips": "trip_id,service_id\n" + "x" * 70_000}, "trips.txt, line 2: the line is too long"),
            ({"stops": TABLES["stops"] + "\n" * 60_000_000}, "stops.txt: unpacks to more than 100 times"),
        ],
    )  # fmt: skip
    def test_with_table_line_and_reason(self, tables, words):
        with pytest.raises(TimetableRefused) as refused:
            read(**tables)
        assert words in str(refused.value)

    def test_what_is_no_archive_or_a_damaged_one(self):
        with pytest.raises(TimetableRefused, match="no ZIP archive"):
            Feed(BytesIO(b"stop_id,stop_lat"))
        packed = bytearray(make_feed(compression=zipfile.ZIP_STORED).getvalue())
        packed[packed.index(b"Ellrich")] ^= 1
        with (
            pytest.raises(TimetableRefused, match=r"stops\.txt, after line \d: cannot be read"),
            Feed(BytesIO(packed)) as feed,
        ):
            list(feed.rows("stops.txt", "stop_id"))

    def test_too_much_in_all(self, monkeypatch):
        monkeypatch.setattr(feeds, "MOST_UNPACKED", 100)
        with pytest.raises(TimetableRefused, match="The archive unpacks to more than"):
            Feed(make_feed())
        monkeypatch.setattr(timetable, "MOST_CALLS", 1)
        monkeypatch.setattr(feeds, "MOST_UNPACKED", 10**6)
        with pytest.raises(TimetableRefused, match="More than 1 calls"):
            read()


def furnish() -> dict[str, Place]:
    """Nordhausen and Ellrich in the region; Walkenried just outside, Berlin far away."""
    outside = make.make_district("03153", "Goslar", in_region=False)
    return {
        "nordhausen": make.make_place("Nordhausen", latitude=51.50, longitude=10.80, postcodes=()),
        "ellrich": make.make_place("Ellrich", latitude=51.59, longitude=10.66, postcodes=()),
        "walkenried": make.make_place("Walkenried", latitude=51.585, longitude=10.617, postcodes=(), district=outside),
        "berlin": make.make_place("Berlin", latitude=52.5, longitude=13.4, postcodes=(), district=outside),
    }


def times() -> dict[tuple[str, str], tuple[int, int]]:
    rows = TravelTime.objects.select_related("origin", "destination")
    return {(row.origin.slug, row.destination.slug): (row.minutes, row.rides) for row in rows}


@pytest.mark.django_db
@pytest.mark.usefixtures("frozen")
class TestImporting:
    FAR = TABLES["stops"] + "w,Walkenried,51.585,10.617\nb,Berlin,52.5,13.4\n"

    def test_there_and_not_back(self):
        furnish()
        done = import_timetable(make_feed(), day=DAY)
        assert times() == {("nordhausen", "ellrich"): (30, 1)}
        assert (done.pairs, done.timetable.source, Timetable.objects.get().day) == (1, "Busse Südharz", DAY)

    def test_walks_to_and_from_the_stop_count(self):
        furnish()
        stops = "stop_id,stop_lat,stop_lon\nn,51.509,10.80\ne,51.59,10.66\n"  # a kilometre north: 15 minutes
        import_timetable(make_feed(stops=stops), day=DAY)
        assert times() == {("nordhausen", "ellrich"): (46, 1)}

    def test_a_stop_too_far_away_serves_nobody(self):
        furnish()
        import_timetable(make_feed(stops="stop_id,stop_lat,stop_lon\nn,51.53,10.80\ne,51.59,10.66\n"), day=DAY)
        assert times() == {}

    @pytest.mark.parametrize(
        ("leaves", "arrives", "is_found"),
        [("5:30", "5:59", False), ("5:30", "6:00", True), ("8:30", "9:00", True), ("8:30", "9:01", False)],
    )
    def test_only_who_is_there_between_six_and_nine(self, leaves, arrives, is_found):
        furnish()
        rows = calls(f"t {leaves}:00 {leaves}:00 n 1", f"t {arrives}:00 {arrives}:00 e 2", "u 7:00:00 7:00:00 e 1",
                     "u 7:20:00 7:20:00 n 2")  # fmt: skip
        import_timetable(make_feed(trips="trip_id,service_id\nt,week\nu,week\n", stop_times=rows), day=DAY)
        assert (("nordhausen", "ellrich") in times()) == is_found

    def test_longer_than_two_hours_is_no_way_to_work(self):
        furnish()
        import_timetable(make_feed(stop_times=calls("t 6:00:00 6:00:00 n 1", "t 8:00:00 8:00:00 e 2")), day=DAY)
        assert times() == {("nordhausen", "ellrich"): (120, 1)}
        import_timetable(make_feed(stop_times=calls("t 6:00:00 6:00:00 n 1", "t 8:01:00 8:01:00 e 2")), day=DAY)
        assert times() == {}

    def test_near_places_count_and_far_ones_do_not(self):
        furnish()
        way = calls("t 7:00:00 7:00:00 w 1", "t 7:10:00 7:10:00 n 2", "t 7:50:00 7:50:00 b 3")
        import_timetable(make_feed(stops=self.FAR, stop_times=way), day=DAY)
        assert times() == {("walkenried", "nordhausen"): (10, 1)}

    def test_between_two_places_outside_nobody_asks(self):
        furnish()
        make.make_place("Zorge", latitude=51.635, longitude=10.645, postcodes=(),
                        district=make.make_district("03153"))  # fmt: skip
        stops = self.FAR + "z,Zorge,51.635,10.645\n"
        way = calls("t 7:00:00 7:00:00 w 1", "t 7:10:00 7:10:00 z 2", "t 7:20:00 7:20:00 e 3")
        import_timetable(make_feed(stops=stops, stop_times=way), day=DAY)
        assert times() == {("walkenried", "ellrich"): (20, 1), ("zorge", "ellrich"): (10, 1)}

    def test_neighbours_are_reached_on_foot(self):
        furnish()
        make.make_place("Salza", latitude=51.51, longitude=10.80, postcodes=())
        import_timetable(make_feed(), day=DAY)
        assert times()["nordhausen", "salza"] == times()["salza", "nordhausen"] == (17, 0)
        assert times()["salza", "ellrich"] == (47, 1)

    def test_a_change_takes_its_time(self):
        furnish()
        stops = TABLES["stops"] + "m,Mitte,51.55,10.73\n"
        trips = "trip_id,service_id\nt,week\nu,week\n"

        def ridden(departs: str, **tables) -> bool:
            rows = calls("t 7:00:00 7:00:00 n 1", "t 7:10:00 7:10:00 m 2", f"u {departs} {departs} m 1",
                         "u 7:30:00 7:30:00 e 2")  # fmt: skip
            import_timetable(make_feed(stops=stops, trips=trips, stop_times=rows, **tables), day=DAY)
            return times() == {("nordhausen", "ellrich"): (30, 2)}

        named = "from_stop_id,to_stop_id,transfer_type,min_transfer_time\nm,m,"
        assert ridden("7:12:00")
        assert not ridden("7:11:00")
        assert ridden("7:11:00", transfers=f"{named}2,0\n")
        assert not ridden("7:12:00", transfers=f"{named}2,180\n")
        assert not ridden("7:20:00", transfers=f"{named}3,\n")

    def test_a_second_import_replaces_all(self):
        furnish()
        import_timetable(make_feed(), day=DAY)
        back = calls("t 7:00:00 7:00:00 e 1", "t 7:20:00 7:20:00 n 2")
        import_timetable(make_feed(stop_times=back), day=DAY, source="DELFI e. V., CC BY 4.0")
        assert times() == {("ellrich", "nordhausen"): (20, 1)}
        assert str(Timetable.objects.get()) == "DELFI e. V., CC BY 4.0, 12.05.2026"

    def test_what_is_refused_changes_nothing(self):
        furnish()
        import_timetable(make_feed(), day=DAY)
        for tables in ({"stops": None}, {"stop_times": calls("t 7:00:00 7:00:00 n x")}, {"calendar": TABLES["calendar"].replace("1,1,1,1,1", "0,0,0,0,0")}):  # fmt: skip  # noqa: E501
            with pytest.raises(TimetableRefused):
                import_timetable(make_feed(**tables), day=DAY)
        assert times() == {("nordhausen", "ellrich"): (30, 1)}

    def test_without_a_region_there_is_nothing_to_do(self):
        with pytest.raises(TimetableRefused, match="No district"):
            import_timetable(make_feed(), day=DAY)

    def test_the_database_refuses_what_makes_no_sense(self):
        here = furnish()
        n, e = here["nordhausen"], here["ellrich"]
        TravelTime.objects.create(origin=n, destination=e, minutes=5, rides=1)
        for row in ((n, e, 9), (n, n, 5), (e, n, 0), (e, n, 121)):
            with pytest.raises(IntegrityError), transaction.atomic():
                TravelTime.objects.create(origin=row[0], destination=row[1], minutes=row[2], rides=1)


@pytest.mark.django_db
@pytest.mark.usefixtures("frozen")
class TestDay:
    """Today is Tuesday, 12 May 2026."""

    def chosen(self, **tables) -> date:
        with Feed(make_feed(**tables)) as feed:
            return travel.next_school_day(feed)

    def test_the_next_school_day(self):
        land = make.make_district().land
        assert self.chosen() == DAY
        Holiday.objects.create(land=land, kind="school", name="Ferien", first_day=DAY, last_day=date(2026, 5, 19))
        other, _made = Land.objects.get_or_create(code="02", defaults={"name": "Hamburg"})
        Holiday.objects.create(land=other, kind="school", name="Ferien", first_day=DAY, last_day=date(2026, 6, 1))
        assert self.chosen() == date(2026, 5, 20)

    def test_the_day_on_which_most_runs(self):
        more = "service_id,date,exception_type\nmore,20260521,1\n"
        assert self.chosen(calendar_dates=more) == date(2026, 5, 21)

    def test_an_old_feed_is_refused(self):
        with pytest.raises(TimetableRefused, match="is the feed old"):
            self.chosen(calendar=TABLES["calendar"].replace("20261231", "20260401"))


@pytest.mark.parametrize(
    ("tables", "source"),
    [
        ({}, "Busse Südharz"),
        ({"feed_info": "feed_publisher_name\nVerbund Mitte\n"}, "Verbund Mitte"),
        ({"agency": "agency_name\nA\nB\n"}, "GTFS"),
        ({"agency": "agency_name\n  \n"}, "GTFS"),
        ({"agency": None}, "GTFS"),
    ],
)
def test_the_source_is_what_the_feed_says_of_itself(tables, source):
    with Feed(make_feed(**tables)) as feed:
        assert travel.publisher(feed) == source


@pytest.mark.django_db
@pytest.mark.usefixtures("frozen")
class TestCommand:
    def test_it_says_what_it_did(self, tmp_path):
        furnish()
        path, out = tmp_path / "feed.zip", StringIO()
        path.write_bytes(make_feed().getvalue())
        call_command("import_timetable", str(path), stdout=out)
        assert "1 trips at 2 stops, 1 travel times between 3 places" in out.getvalue()
        call_command("import_timetable", str(path), "--day", "2026-05-13", "--source", "Verbund", stdout=out)
        assert (Timetable.objects.get().day, Timetable.objects.get().source) == (date(2026, 5, 13), "Verbund")

    def test_it_says_why_not(self, tmp_path):
        furnish()
        path = tmp_path / "feed.zip"
        path.write_bytes(make_feed(trips=None).getvalue())
        with pytest.raises(CommandError, match=r"trips\.txt is missing"):
            call_command("import_timetable", str(path))
        with pytest.raises(CommandError, match="No such file"):
            call_command("import_timetable", str(tmp_path / "none.zip"))


@pytest.mark.django_db
@pytest.mark.usefixtures("frozen")
class TestWords:
    def test_they_promise_no_more_than_is_known(self):
        here = furnish()
        assert travel_from(here["nordhausen"]) is None  # no timetable: nothing is said
        assert travel_from(None) is None
        import_timetable(make_feed(stop_times=calls("t 7:00:00 7:00:00 n 1", "t 7:31:00 7:31:00 e 2")), day=DAY)
        found = travel_from(here["nordhausen"])
        assert found.words_to(here["ellrich"].pk) == "etwa 35 Minuten mit Bus und Bahn von Nordhausen"
        assert found.changes_to(here["ellrich"].pk) == "ohne Umstieg"
        assert found.words_to(here["berlin"].pk) == "keine Verbindung mit Bus und Bahn von Nordhausen bekannt"
        assert (found.words_to(here["nordhausen"].pk), found.words_to(None)) == ("", "")
        minutes = [found.minutes_to(here[name].pk) for name in ("nordhausen", "ellrich", "berlin")]
        assert minutes == [0, 31, None]

    def test_on_foot(self):
        here = furnish()
        salza = make.make_place("Salza", latitude=51.51, longitude=10.80, postcodes=())
        import_timetable(make_feed(), day=DAY)
        found = travel_from(here["nordhausen"])
        assert found.words_to(salza.pk) == "etwa 20 Minuten zu Fuß von Nordhausen"
        assert found.changes_to(salza.pk) == ""
