"""GTFS feeds for tests: `make_feed(stop_times="…")`. Tables that are not named are those of a bus from Nordhausen to
Ellrich at seven, which takes half an hour; `table=None` leaves one out.
"""

import zipfile
from io import BytesIO

TABLES = {
    "agency": "agency_name,agency_url,agency_timezone\nBusse Südharz,https://bus.example,Europe/Berlin\n",
    "stops": "stop_id,stop_name,stop_lat,stop_lon\nn,Nordhausen,51.50,10.80\ne,Ellrich,51.59,10.66\n",
    "routes": "route_id,route_type\n1,3\n",
    "calendar": "service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,start_date,end_date\n"
    "week,1,1,1,1,1,0,0,20260101,20261231\n",
    "trips": "route_id,service_id,trip_id\n1,week,t\n",
    "stop_times": "trip_id,arrival_time,departure_time,stop_id,stop_sequence\n"
    "t,7:00:00,7:00:00,n,1\nt,7:30:00,7:30:00,e,2\n",
}


def make_feed(*, folder: str = "", compression: int = zipfile.ZIP_DEFLATED, **tables: str | bytes | None) -> BytesIO:
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", compression) as archive:
        for name, content in {**TABLES, **tables}.items():
            if content is not None:
                archive.writestr(f"{folder}{name}.txt", content)
    packed.seek(0)
    return packed


def calls(*lines: str) -> str:
    """stop_times.txt of "trip arrival departure stop sequence" with blanks in between."""
    header = "trip_id,arrival_time,departure_time,stop_id,stop_sequence"
    return "\n".join([header, *(",".join(line.split(" ")) for line in lines)]) + "\n"
