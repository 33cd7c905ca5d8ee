"""What everybody may read: the offers as list and map, one offer, and how many places there are in which week."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from internships import search
from internships.filters import OfferFilter
from internships.matching import away, place_of
from internships.models import Campaign, Offer, Period
from kit import access
from kit.pagination import paginate
from kit.templatetags.kit import daterange, plaindate, query_with, query_without
from taxonomy import regionmap, travel
from taxonomy.models import JobFamily, Place, Timetable
from taxonomy.regionmap import Area, Cell

PER_PAGE = 20
MAP = "karte"
OPEN_FACETS = {"feld", "modell"}
MOST_SIMILAR = 3
MINIMUM_WAGE_AFTER = 92  # days, § 22 MiLoG


# ── List and map


@dataclass(frozen=True)
class Card:
    """An offer in a list; `reasons` say why it stands there."""

    offer: Offer
    period: Period
    more: str
    reasons: list[str]
    address: str


@access.public
@require_safe
def offer_list(request: HttpRequest) -> HttpResponse:
    form = OfferFilter(request.GET)
    chosen = area_of(request.GET)
    places = frozenset(Place.objects.filter(slug__in=chosen.places).values_list("pk", flat=True)) if chosen else None
    result = search.search(form.query(places=places or frozenset()))
    page = paginate(request, result, PER_PAGE)
    context = {
        "filter": form,
        "page": page,
        "cards": cards(page, form),
        "total": len(result),
        "facets": facets(form, result, request.GET),
        "chips": chips(form, chosen, request.GET),
        "views": tabs(request.GET),
        "campaigns": Campaign.objects.public(),
    }
    if request.GET.get("ansicht") == MAP:
        return render(request, "internships/offer_map.html", context | map_of(result, chosen, request.GET))
    return render(request, "internships/offer_list.html", context)


def cards(hits, form: OfferFilter) -> list[Card]:
    """In the order of the hits, with two queries."""
    hits = list(hits)
    offers = Offer.objects.for_cards().in_bulk([hit.offer for hit in hits])
    periods = Period.objects.in_bulk([hit.period for hit in hits])
    return [
        Card(
            offers[hit.offer],
            periods[hit.period],
            more_times(hit.more),
            why(hit, offers[hit.offer], form),
            address_of(offers[hit.offer], form),
        )
        for hit in hits
        if hit.offer in offers and hit.period in periods
    ]


def more_times(number: int) -> str:
    return ngettext("{number} more date", "{number} more dates", number).format(number=number) if number else ""


def address_of(offer: Offer, form: OfferFilter) -> str:
    """With the place that was asked for, where the page of the offer can say how to get there."""
    query = urlencode({"ort": form.asked("ort")}) if form.travel else ""
    return f"{offer.get_absolute_url()}?{query}" if query else offer.get_absolute_url()


def why(hit: search.Hit, offer: Offer, form: OfferFilter) -> list[str]:
    """What of the question this offer answers; without a question, from when on it is free."""
    said = []
    if offer.job_family in (form.asked("feld") or ()):
        said.append(str(JobFamily(offer.job_family).label))
    if hit.km is not None:
        said.append(away(hit.km, form.position.place.name if form.position.place else form.asked("ort")))
    if form.travel and (words := form.travel.words_to(hit.place)):
        said.append(words)
    if age := form.asked("alter"):
        said.append(_("allowed at {age}").format(age=age))
    if form.asked("ab") or form.asked("bis"):
        said.append(_("in your time"))
    if words := form.asked("q"):
        said.append(_("about “{words}”").format(words=words))
    return said or [_("free from {day}").format(day=plaindate(hit.first_day))]


def facets(form: OfferFilter, result: search.Result, query: QueryDict) -> list[dict]:
    """Boxes of ticks for components/_facet.html."""
    found = []
    for name in search.FACETS:
        chosen = query.getlist(name)
        options = [
            {"key": value, "value": value, "label": label, "count": result.counts[name][value],
             "is_chosen": value in chosen}
            for value, label in form.fields[name].choices
        ]  # fmt: skip
        label = form.fields[name].label
        found.append({"key": name, "label": label, "legend": label, "is_open": name in OPEN_FACETS, "options": options})
    return found


def chips(form: OfferFilter, chosen: Cell | None, query: QueryDict) -> list[dict]:
    """What was asked, each with the address that leaves it out."""
    found = [
        {"label": label, "address": query_without(query, name, value)}
        for name in search.FACETS
        for value, label in form.fields[name].choices
        if value in query.getlist(name)
    ]
    said = {
        "q": form.asked("q"),
        "alter": form.asked("alter") and _("{age} years old").format(age=form.asked("alter")),
        "ab": form.asked("ab") and _("from {day}").format(day=plaindate(form.asked("ab"))),
        "bis": form.asked("bis") and _("until {day}").format(day=plaindate(form.asked("bis"))),
        "ort": form.position and place_asked(form),
        "fahrt": form.minutes_asked and within(form.minutes_asked),
        "woche": form.campaign and form.campaign.name,
        "gebiet": chosen and chosen.name,
    }
    return found + [{"label": label, "address": query_without(query, key)} for key, label in said.items() if label]


def place_asked(form: OfferFilter) -> str:
    if form.minutes_asked:
        return form.asked("ort")
    return _("{place}, {km} km").format(place=form.asked("ort"), km=form.km_asked)


def within(minutes: int) -> str:
    return _("at most {minutes} minutes by bus and train").format(minutes=minutes)


def tabs(query: QueryDict) -> list[dict]:
    """For components/_view_tabs.html."""
    here = query.get("ansicht") == MAP
    return [
        {"label": _("List"), "icon": "list-ul", "address": query_with(query, "ansicht", ""), "is_current": not here},
        {"label": _("Map"), "icon": "map", "address": query_with(query, "ansicht", MAP), "is_current": here},
    ]


# ── Map


def area_of(query: QueryDict) -> Cell | None:
    """The cell of the map that was chosen."""
    drawn = regionmap.current() if query.get("gebiet") else None
    return next((cell for cell in drawn.cells if cell.slug == query["gebiet"]), None) if drawn else None


def map_of(result: search.Result, chosen: Cell | None, query: QueryDict) -> dict:
    """For components/_map_areas.html."""
    drawn = regionmap.current()
    areas = [
        Area(cell, number, internships(number), query_with(query, "gebiet", cell.slug) + "#treffer", cell == chosen)
        for cell, number in regionmap.by_cell(drawn, result.places).items()
    ]
    return {**regionmap.picture(drawn, areas), "chosen": chosen}


def internships(number: int) -> str:
    return ngettext("{number} internship", "{number} internships", number).format(number=number)


# ── One offer


@access.public
@require_safe
def offer_detail(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """The number decides; a wrong name leads to the right one. What was public once is gone, not missing."""
    offer = Offer.objects.for_cards().filter(pk=pk, employer__organization__blocked_at=None).first()
    if offer is None or offer.state not in {Offer.State.PUBLISHED, Offer.State.ARCHIVED}:
        raise Http404
    if not offer.is_visible:
        context = {"offer": offer, "similar": similar(offer)}
        return render(request, "internships/offer_gone.html", context, status=410)
    if slug != offer.slug:
        return redirect(offer, permanent=True)
    return render(request, "internships/offer_detail.html", page_of(offer, OfferFilter(request.GET)))


def page_of(offer: Offer, form: OfferFilter) -> dict:
    periods = list(offer.periods.upcoming())
    open_ = [period for period in periods if period.is_applicable]
    way = way_to(offer, form)
    return {
        "offer": offer,
        "periods": periods,
        "first": open_[0],
        "facts": facts(offer, open_, way),
        "filter": form,
        "timetable": timetable_for(offer, form),
        "way": way,
        "similar": similar(offer),
        "locations": [offer.location] if offer.location else [],
        "is_long": any((each.last_day - each.first_day).days > MINIMUM_WAGE_AFTER for each in open_),
    }


def timetable_for(offer: Offer, form: OfferFilter) -> Timetable | None:
    """None where there is no way to go, or nobody knows it."""
    if place_of(offer) is None:
        return None
    return form.travel.timetable if form.travel else travel.timetable()


def way_to(offer: Offer, form: OfferFilter) -> list[str]:
    """How to get there from the place that was asked for; nothing where nobody asked."""
    place = place_of(offer)
    if not form.travel or place is None:
        return []
    if place == form.travel.origin.pk:
        return [_("This internship is in {place}.").format(place=form.travel.origin.name)]
    return [each for each in (form.travel.words_to(place), form.travel.changes_to(place)) if each]


def facts(offer: Offer, periods: list[Period], way: list[str]) -> list[dict]:
    """For components/_keyfacts.html."""
    first = periods[0]
    days = [daterange(first.first_day, first.last_day), *([more_times(len(periods) - 1)] if len(periods) > 1 else [])]
    hours = f"{offer.starts:%H:%M}–{offer.ends:%H:%M}"
    found = [
        ("calendar-event", _("When"), days),
        ("clock", _("Time"), [_("{hours} h").format(hours=hours), _("{minutes} minutes of pause").format(
            minutes=offer.pause_minutes)]),
        ("geo-alt", _("Where"), [str(offer.location) if offer.location else _("online"), *way[:1]]),
        ("person-circle", _("Age"), [_("from {age} years").format(age=offer.min_age)]),
        ("briefcase", _("Model"), [offer.scheme.name]),
        ("universal-access", _("Step-free"), {True: [_("yes")], False: [_("no")]}.get(offer.is_step_free, [])),
    ]  # fmt: skip
    return [{"icon": icon, "label": label, "lines": lines} for icon, label, lines in found if lines]


def similar(offer: Offer) -> list[Offer]:
    """Of the same field, at other companies only; what changed last stands first."""
    same = Offer.objects.visible().filter(job_family=offer.job_family).exclude(pk=offer.pk).for_cards()
    return list(same.exclude(employer=offer.employer).order_by("-updated_at", "pk")[:MOST_SIMILAR])
