"""Questions of the mix as addresses of the list of courses, so that they may be asked over HTTP."""

from collections.abc import Iterable, Iterator
from urllib.parse import urlencode

from django.http import QueryDict

from benchmarks._mix import Case
from courses import filters
from courses.search import Facet, Position, SearchQuery, places
from kit.pagination import PARAMETER
from taxonomy.models import FundingType, Place, Topic

LIST = "/kurse/"
TICKS = {
    Facet.COST: filters.COSTS,
    Facet.TIME: filters.TIMES,
    Facet.MODE: filters.MODES,
    Facet.WEEKDAY: filters.DAYS,
    Facet.LEVEL: filters.LEVELS,
}


def of(cases: Iterable[Case]) -> list[str]:
    """Those that the page reads as they are meant: some towns share their name, and the page asks which is meant."""
    queries = ((case.query, urlencode(list(_pairs(case.query)))) for case in cases)
    return [f"{LIST}?{query}" for asked, query in queries if _means(query, asked)]


def _means(query: str, asked: SearchQuery) -> bool:
    read = filters.read(QueryDict(query), page=asked.page).query
    names = ("position", "chosen", "starts_from", "starts_until", "order", "page")
    return all(getattr(read, name) == getattr(asked, name) for name in names)


def _pairs(asked: SearchQuery) -> Iterator[tuple[str, str]]:
    if asked.text:
        yield "q", asked.text
    if asked.position:
        yield "ort", _place(asked.position)
        yield "km", str(asked.position.km)
    for facet, ticks in asked.chosen.items():
        yield from ((str(facet), _tick(facet, tick)) for tick in sorted(ticks))
    days = {"ab": asked.starts_from, "bis": asked.starts_until}
    yield from ((key, day.isoformat()) for key, day in days.items() if day)
    if asked.page > 1:
        yield PARAMETER, str(asked.page)


def _place(at: Position) -> str:
    found = Place.objects.select_related("district").filter(latitude=at.latitude, longitude=at.longitude)
    return places.label(found.order_by("pk")[0])


def _tick(facet: Facet, tick: int | str) -> str:
    if facet == Facet.TOPIC:
        return Topic.objects.get(pk=tick).slug
    if facet == Facet.FUNDING:
        return FundingType.objects.get(level="federal", number=tick).slug
    return next(name for name, (value, _label) in TICKS[facet].items() if value == tick)
