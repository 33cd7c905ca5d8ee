"""Brings the shipped vocabulary into the database: geography, topics, code lists, funding, holidays, legal texts.

Runs after every migration and may run any number of times: only what is missing or differs is written, and what
people have edited (topics, explanations of funding, pages, the marks of districts) stays theirs.
"""

import csv
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path

from django.db import models, transaction

from kit import clock, text
from taxonomy import gazetteer, holidays
from taxonomy.models import Code, CodeList, District, FundingType, Holiday, Land, Page, Place, Postcode, Topic

DATA = Path(__file__).parent / "data"
BATCH = 4_000
MODELS = (Land, District, Place, Postcode, Code, FundingType, Holiday, Topic, Page)
"""What is loaded, in the order in which the rows need each other."""


@transaction.atomic
def load_vocabulary() -> dict[str, int]:
    """Everything; returns how many rows were written, by kind."""
    return {
        "districts": load_districts(),
        "places": load_places(),
        "codes": load_codes(),
        "funding": load_funding(),
        "holidays": load_holidays(),
        "topics": load_topics(),
        "pages": load_pages(),
    }


def load_districts() -> int:
    lands = [Land(**row) for row in read("lands.csv")]
    write(lands, unique=["code"], update=["name"])
    districts = [
        District(sort_key=text.fold(row["name"]), land_id=gazetteer.land_code(row["code"]), **row)
        for row in read("districts.csv")
    ]
    return write(districts, unique=["code"], update=["name", "sort_key", "land"])


def load_places() -> int:
    rows = list(gazetteer.read(DATA / "places.csv.gz"))
    fresh = [
        Place(
            name=row["name"],
            sort_key=text.fold(row["name"]),
            slug=row["slug"],
            district_id=row["district"],
            latitude=float(row["latitude"]),
            longitude=float(row["longitude"]),
        )
        for row in rows
    ]
    written = write(
        fresh, unique=["name", "district"], update=["sort_key", "slug", "latitude", "longitude"], compare=True
    )
    return written + load_postcodes(rows)


def load_postcodes(rows: list[dict[str, str]]) -> int:
    ids = {(name, district): pk for pk, name, district in Place.objects.values_list("pk", "name", "district_id")}
    fresh = [
        Postcode(code=code, place_id=ids[row["name"], row["district"]], latitude=float(lat), longitude=float(lon))
        for row in rows
        for code, lat, lon in (point.split(":") for point in row["postcodes"].split())
    ]
    return write(fresh, unique=["code", "place"], update=["latitude", "longitude"], compare=True)


def load_codes() -> int:
    """Official values. A value that a delivery brought before it was official becomes known with its right label."""
    fresh = [
        Code(list=name, number=int(row["number"]), label=row["label"], is_known=True)
        for name in CodeList.values
        for row in read(f"codes/{name}.csv")
    ]
    return write(fresh, unique=["list", "number"], update=["label", "is_known"], compare=True)


def load_funding() -> int:
    """New kinds come in whole. Of those that stand only what is official is renewed; texts belong to the editors."""
    fresh = [
        FundingType(
            level=row["level"],
            number=int(row["number"]),
            name=row["name"],
            short_name=row["short_name"],
            slug=row["slug"],
            land_id=row["land"] or None,
            explanation=row["explanation"],
        )
        for row in read("funding.csv")
    ]
    return write(fresh, unique=["level", "number"], update=["name", "land", "is_known"], compare=True)


def load_holidays() -> int:
    """Public holidays of last year and of ten years to come, school holidays as far as they are known.

    What coordinators have added stays; a day of ours that they have corrected is corrected back.
    """
    public = [
        Holiday(land_id=land, kind=Holiday.Kind.PUBLIC, name=name, first_day=day, last_day=day)
        for rule in holidays.rules(read("public_holidays.csv"))
        for year in range(clock.today().year - 1, clock.today().year + 11)
        for land, name, day in rule.days(year)
    ]
    school = [
        Holiday(land_id=row["land"], kind=Holiday.Kind.SCHOOL, name=row["name"], first_day=first, last_day=last)
        for row in read("school_holidays.csv")
        for first, last in [(date.fromisoformat(row["first_day"]), date.fromisoformat(row["last_day"]))]
    ]
    unique = ["land", "kind", "first_day", "name"]
    return write([*public, *school], unique=unique, update=["last_day"], compare=True)


def load_topics() -> int:
    """Topics that are missing. Names, order and cues of those that stand belong to the coordinators."""
    known = dict(Topic.objects.values_list("slug", "pk"))
    written = 0
    for position, row in enumerate(read("topics.csv")):
        if row["slug"] in known:
            continue
        topic = Topic.objects.create(
            slug=row["slug"],
            name=row["name"],
            name_en=row["name_en"],
            parent_id=known.get(row["parent"]),
            position=position,
            cues=row["cues"].split(),
        )
        known[topic.slug] = topic.pk
        written += 1
    return written


def load_pages() -> int:
    """Templates of legal and help texts, one file per language and page; the first <h1> is the title."""
    known = set(Page.objects.values_list("slug", "language"))
    fresh = [
        page_of(path) for path in sorted(DATA.glob("pages/*/*.html")) if (path.stem, path.parent.name) not in known
    ]
    return len(Page.objects.bulk_create(fresh))


def page_of(path: Path) -> Page:
    heading, _end, body = path.read_text(encoding="utf-8").partition("</h1>")
    return Page(
        slug=path.stem,
        language=path.parent.name,
        title=text.plain(heading),
        body=text.clean(body.strip()),
        is_template="[" in body,  # square brackets are what somebody still has to fill in
    )


def read(name: str) -> Iterator[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def write(fresh: Iterable[models.Model], *, unique: list[str], update: list[str], compare: bool = False) -> int:
    """Insert what is missing, update what is there. With `compare` rows that would not change are left alone:
    a second run over all of Germany then reads 30,000 rows instead of writing them."""
    fresh = list(fresh)
    model = type(fresh[0])
    columns = [model._meta.get_field(name).attname for name in [*unique, *update]]
    if compare:
        standing = set(model.objects.values_list(*columns))
        fresh = [row for row in fresh if tuple(getattr(row, column) for column in columns) not in standing]
    stamped = [*update, "updated_at"] if hasattr(model, "updated_at") else update
    for row in fresh:
        if hasattr(row, "updated_at"):
            row.updated_at = row.created_at = clock.now()
    model.objects.bulk_create(
        fresh, batch_size=BATCH, update_conflicts=True, unique_fields=unique, update_fields=stamped
    )
    return len(fresh)
