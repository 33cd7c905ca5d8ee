"""Finds offers. A region has hundreds of them, so that one query fetches all that is visible and Python does the rest:
every facet is counted as if it alone were not asked for, and every hit knows why it is one.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from internships.models import Offer, Period
from kit import text
from kit.geo import distance_km
from taxonomy.geo import Position
from taxonomy.travel import Travel

FACETS = ("feld", "modell", "mehr")


@dataclass(frozen=True)
class Query:
    """What somebody looks for. Empty means anything."""

    words: str = ""
    fields: frozenset[str] = frozenset()
    schemes: frozenset[str] = frozenset()
    more: frozenset[str] = frozenset()  # "direkt", "stufenlos", "online"
    age: int | None = None
    first_day: date | None = None
    last_day: date | None = None
    position: Position | None = None
    km: int = 20
    travel: Travel | None = None  # from the position
    minutes: int | None = None  # by bus and train, instead of km
    campaign: str = ""
    places: frozenset[int] = frozenset()  # of an area of the map


@dataclass(frozen=True)
class Row:
    """One time of one offer, with what can be asked for."""

    offer: int
    period: int
    first_day: date
    last_day: date
    field: str
    scheme: str
    more: frozenset[str]
    min_age: int
    place: int | None
    latitude: float | None
    longitude: float | None
    words: str
    campaign: str


@dataclass(frozen=True)
class Hit:
    """An offer with the first of its times that fits, and how many more do."""

    offer: int
    period: int
    first_day: date
    more: int = 0
    km: float | None = None
    minutes: int | None = None  # by bus and train, where somebody asked for them
    place: int | None = None


@dataclass
class Result:
    hits: list[Hit]
    counts: dict[str, Counter] = field(default_factory=dict)
    places: Counter = field(default_factory=Counter)

    def __len__(self) -> int:
        return len(self.hits)

    def __getitem__(self, wanted):
        return self.hits[wanted]


COLUMNS = {
    "offer": "offer_id", "period": "pk", "first_day": "first_day", "last_day": "last_day", "field": "offer__job_family",
    "scheme": "offer__scheme__slug", "is_direct": "offer__is_direct", "is_step_free": "offer__is_step_free",
    "is_online": "offer__scheme__is_online", "min_age": "offer__min_age", "campaign_age": "offer__campaign__min_age",
    "place": "offer__location__place", "latitude": "offer__location__latitude",
    "longitude": "offer__location__longitude", "title": "offer__title", "task": "offer__task",
    "company": "offer__employer__organization__name", "campaign": "offer__campaign__slug",
}  # fmt: skip


def rows() -> list[Row]:
    """Every time of every visible offer for which one can apply today, the next one first."""
    visible = Offer.objects.visible().values("pk")
    found = Period.objects.applicable().filter(offer__in=visible).order_by("first_day", "offer_id", "pk")
    return [_row(dict(zip(COLUMNS, values, strict=True))) for values in found.values_list(*COLUMNS.values())]


def _row(read: dict) -> Row:
    ticks = {"direkt": read.pop("is_direct"), "stufenlos": read.pop("is_step_free"), "online": read.pop("is_online")}
    words = text.fold(" ".join([read.pop("title"), read.pop("task"), read.pop("company")]))
    read["min_age"] = max(read["min_age"], read.pop("campaign_age") or 0)
    read["campaign"] = read["campaign"] or ""
    return Row(**read, words=words, more=frozenset(name for name, is_true in ticks.items() if is_true))


def search(query: Query) -> Result:
    """Hits in the order of travel time, distance or date, and for each facet how many offers each tick would show."""
    tests = _tests(query)
    fitting: dict[int, list[tuple[Row, float | None]]] = {}
    counts: dict[str, dict] = {facet: {} for facet in FACETS}
    places: dict[int, set] = {}
    for row in rows():
        km = _km(query, row)
        failed = {name for name, test in tests.items() if not test(row, km)}
        if not failed:
            fitting.setdefault(row.offer, []).append((row, km))
        if not failed - {"places"} and row.place:
            places.setdefault(row.place, set()).add(row.offer)
        for facet in FACETS:
            if not failed - {facet}:
                _count(counts[facet], facet, row)
    numbers = {facet: Counter({value: len(ids) for value, ids in found.items()}) for facet, found in counts.items()}
    return Result(_hits(query, fitting), numbers, Counter({place: len(ids) for place, ids in places.items()}))


def _tests(query: Query) -> dict[str, Callable[[Row, float | None], bool]]:
    words = text.fold(query.words).split()
    return {
        "q": lambda row, km: all(word in row.words for word in words),
        "feld": lambda row, km: not query.fields or row.field in query.fields,
        "modell": lambda row, km: not query.schemes or row.scheme in query.schemes,
        "mehr": lambda row, km: query.more <= row.more,
        "alter": lambda row, km: query.age is None or query.age >= row.min_age,
        "ab": lambda row, km: query.first_day is None or row.first_day >= query.first_day,
        "bis": lambda row, km: query.last_day is None or row.last_day <= query.last_day,
        "ort": lambda row, km: query.position is None or "online" in row.more or _is_near(query, row, km),
        "woche": lambda row, km: not query.campaign or row.campaign == query.campaign,
        "places": lambda row, km: not query.places or row.place in query.places,
    }


def _is_near(query: Query, row: Row, km: float | None) -> bool:
    """Minutes count instead of kilometres; a place to which no connection is known is not near then."""
    if query.minutes is None:
        return km is not None and km <= query.km
    minutes = _minutes(query, row)
    return minutes is not None and minutes <= query.minutes


def _minutes(query: Query, row: Row) -> int | None:
    return query.travel.minutes_to(row.place) if query.travel and query.minutes is not None else None


def _km(query: Query, row: Row) -> float | None:
    if query.position is None or row.latitude is None:
        return None
    return distance_km(query.position.latitude, query.position.longitude, row.latitude, row.longitude)


def _count(found: dict, facet: str, row: Row) -> None:
    values = row.more if facet == "mehr" else [row.field if facet == "feld" else row.scheme]
    for value in values:
        found.setdefault(value, set()).add(row.offer)


def _hits(query: Query, fitting: dict[int, list[tuple[Row, float | None]]]) -> list[Hit]:
    hits = [
        Hit(offer, row.period, row.first_day, len(times) - 1, km, _minutes(query, row), row.place)
        for offer, times in fitting.items()
        for row, km in times[:1]
    ]
    if query.position is None:
        return hits
    return sorted(
        hits,
        key=lambda hit: (hit.minutes is None, hit.minutes or 0, hit.km is None, hit.km or 0, hit.first_day, hit.offer),
    )
