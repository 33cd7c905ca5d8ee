"""What somebody asks for, checked and complete: made by courses.filters, answered by courses.search."""

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from functools import cached_property

from courses.search.words import Asked, understand

SOON, MONTHS = timedelta(days=28), timedelta(days=91)  # from today on, see SearchRun.Start
REGIONAL = 10_000  # added to the numbers of regional funding, which overlap with the federal ones


def funding_code(level: str, number: int) -> int:
    """One number for a funding type of either level."""
    return number + REGIONAL if level == "regional" else number


class Facet(StrEnum):
    """What people tick; several ticks in one facet widen the list, ticks in different facets narrow it."""

    TOPIC = "thema"
    COST = "kosten"
    START = "beginn"
    TIME = "wann"
    MODE = "format"
    WEEKDAY = "tag"
    WORKLOAD = "zeit"
    FUNDING = "foerderung"
    LEVEL = "niveau"
    AUDIENCE = "zielgruppe"
    ACCESS = "barrierefrei"
    LANGUAGE = "sprache"
    PROVIDER = "anbieter"


class Order(StrEnum):
    BEGIN = "beginn"
    RELEVANCE = "relevanz"
    DISTANCE = "entfernung"
    PRICE = "preis"


@dataclass(frozen=True)
class Position:
    """Around where, and how far (kilometres as the crow flies)."""

    latitude: float
    longitude: float
    km: int


@dataclass(frozen=True)
class SearchQuery:
    """A list of courses as the address bar describes it.

    `chosen` holds the ticked values per facet: ids of topics, providers and keywords, funding codes, bits of
    SearchRun.Cost, of SearchRun.Start, of SearchRun.Access, of times of day and of weekdays, values of CourseRun.Mode
    and Course.Level, 1 full time and 2 part time, ISO 639-2 codes of languages. `asked` is `text` understood, where
    somebody has done that already; whoever changes one of them changes both, with `asking`.
    """

    text: str = ""
    asked: Asked | None = None
    position: Position | None = None
    with_online: bool = False  # courses without a place, too, where a position is given
    chosen: dict[Facet, frozenset] = field(default_factory=dict)
    starts_from: date | None = None
    starts_until: date | None = None
    price_up_to: Decimal | None = None
    week: int = 0  # when somebody has time, as bits of courses.search.week: no session lies elsewhere; 0: not asked
    free_places: bool = False
    order: Order = Order.BEGIN
    page: int = 1
    per_page: int = 20

    def asking(self, text: str) -> "SearchQuery":
        """The same question with other words."""
        return replace(self, text=text, asked=None)

    @cached_property
    def words(self) -> Asked:
        """One look at the database, the first time."""
        return self.asked or understand(self.text)

    def ticked(self, facet: Facet) -> list:
        return sorted(self.chosen.get(facet, ()))
