"""Courses in lists: what a hit of the search becomes on a page."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from courses.models import CourseRun
from courses.search import Hit, facts, generations
from courses.search.facts import Facts
from courses.views import wording
from courses.views.wording import Tag
from kit import clock, db, kept

MONTHS_AHEAD = timedelta(days=270)
# What a card shows beside what the search is told of: whoever renames one of these tells nobody.
NAMES = ["providers_organization", "providers_location"]
_memory = kept.Memory(most=5_000)  # cards, of about a kilobyte


@dataclass(frozen=True, eq=False)
class Card:
    """See components/_course_card.html. A card is itself alone, so that what was drawn of it can be kept with it."""

    address: str
    title: str
    provider: str
    day: date | None = None
    year: int | None = None  # only where the month alone could be misread
    start: str = ""
    tags: list[Tag] = field(default_factory=list)
    times: str = ""
    place: str = ""
    price: str = ""
    more: str = ""
    reason: str = ""  # why it stands here, where that is not the search


def make(hits: Iterable[Hit], *, is_narrowed: bool = False) -> list[Card]:
    """In the order of the hits, with one query at most. `is_narrowed`: other runs may not fit what was asked.

    Cards that were made before are kept as long as nothing has changed that a card could show.
    """
    known, language = _known(), get_language()
    named = {(language, is_narrowed, *_shown(hit)): hit for hit in hits}
    with db.from_primary():  # a replica may be older than the state under which they are kept
        made = _made([hit for key, hit in named.items() if key not in known], is_narrowed=is_narrowed)
    cards = {key: known[key] if key in known else made.get(hit) for key, hit in named.items()}
    known.update({key: card for key, card in cards.items() if card})
    return [card for card in cards.values() if card]


def _known() -> dict:
    loaded = generations.current()
    return _memory.at((loaded.state, clock.today(), kept.stamp(*NAMES))) if loaded else {}


def _shown(hit: Hit) -> tuple:
    """What of a hit its card shows."""
    km = hit.km if hit.km is None else 0 if hit.km < 1 else max(1, round(hit.km))
    return hit.course, hit.run, hit.runs, km, hit.takes_voucher


def _made(hits: list[Hit], *, is_narrowed: bool) -> dict[Hit, Card]:
    rows = facts.read(hits)
    found = {hit: row for hit in hits if (row := rows.get((hit.course, hit.run)))}
    address = reverse("courses:detail", args=["slug", 0]).replace("slug-0", "{}-{}")  # once, for it is slow
    return {hit: _card(row, hit, address.format(row.slug, row.course), is_narrowed) for hit, row in found.items()}


def _card(row: Facts, hit: Hit, address: str, is_narrowed: bool) -> Card:
    if row.run is None:
        return Card(address, row.title, row.provider, start=_("next date not known yet"))
    return Card(
        address,
        row.title,
        row.provider,
        day=row.starts_on,
        year=_year(row.starts_on),
        start="" if row.starts_on else wording.begin(row),
        tags=_tags(row, hit),
        times=wording.times(row, row.schedule),
        place=wording.venue(row, row.location, hit.km),
        price="" if row.price_kind == CourseRun.PriceKind.FREE else wording.price(row),
        more=_more(hit.runs - 1, is_narrowed=is_narrowed),
    )


def _year(day: date | None) -> int | None:
    return day.year if day and day > clock.today() + MONTHS_AHEAD else None


def _tags(row: Facts, hit: Hit) -> list[Tag]:
    found = wording.tags(row)
    return [*found, Tag("Bildungsgutschein")] if hit.takes_voucher else found


def _more(others: int, *, is_narrowed: bool) -> str:
    if others < 1:
        return ""
    if is_narrowed:
        return ngettext("{number} more date fits", "{number} more dates fit", others).format(number=others)
    return ngettext("{number} more date", "{number} more dates", others).format(number=others)
