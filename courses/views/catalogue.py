"""The list of courses: search band, filters, cards; or ways out where nothing was found."""

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from courses import filters
from courses.filters import ORDERS, Question
from courses.search import SearchResult, generations, misses, search
from courses.views import advice, cards, facets, pictures, subscriptions, wording
from kit import access, clock, kept
from kit.pagination import PARAMETER, paginate
from kit.revalidated import revalidated, withdraw
from kit.templatetags.kit import query_with

BAND = ["q", "ort", "km"]
DETAILS = ["ab", "bis", "preis", "woche", "frei", "online"]
FACET_KEYS = [str(facet) for facet in filters.Facet]
# What a list is made of beside the rows of the search. Places of Germany, which no page changes, may be a day old.
TABLES = [
    "taxonomy_region", "taxonomy_district", "taxonomy_topic", "taxonomy_fundingtype", "providers_organization",
    "providers_location", "courses_synonym", "courses_keyword WHERE kind = 'audience'",
]  # fmt: skip


def _state(request: HttpRequest) -> tuple | None:
    """What the answer depends on. None for map and month, and where the database is searched itself."""
    loaded = None if pictures.asked(request.GET) else generations.current()
    return loaded and (loaded.state, clock.today(), get_language(), kept.stamp(*TABLES))


@access.published
@require_safe
@vary_on_headers("HX-Request")
@revalidated(_state)
def course_list(request: HttpRequest) -> HttpResponse:
    question = filters.read(request.GET, page=_page(request.GET))
    result = search(question.query)
    if request.headers.get("HX-Request") == "true":
        return _counts(request, question, result)
    chips = facets.chips(question, request.GET)
    context = {
        **_band(question, request.GET),
        "question": question,
        "total": result.total,
        "found": wording.number(result.total),
        "chips": chips,
        "facets": facets.boxes(question.form, result),
        "extra_state": _untouched(question, request.GET),
        "facets_hidden": _pairs(request.GET, [*BAND, "sort", "ansicht"]),
        "orders": _orders(question),
        "sort_hidden": _pairs(request.GET, [*BAND, *DETAILS, *FACET_KEYS]),
        "views": pictures.tabs(request.GET),
        "reset": _reset(request.GET, chips),
        "subscribe": subscriptions.addresses(request.GET),
        "spelling": advice.spelling(question, result, request.GET),
    }
    if not result.total:
        _count_miss(question)
        context |= _nothing(request, question, result, chips, context["spelling"].missing)
        return withdraw(render(request, "courses/course_list_empty.html", context))  # each of them is counted
    if pictures.asked(request.GET):
        return pictures.answer(request, question, result, context)
    page = paginate(request, result, filters.PER_PAGE)
    found = cards.make(page, is_narrowed=bool(chips or question.query.position))
    response = render(request, "courses/course_list.html", {**context, "page": page, "cards": found})
    return withdraw(response) if question.errors or context["band_error"] else response


def _untouched(question: Question, query: QueryDict) -> tuple | None:
    """What the written filters look like while nobody has written anything; None otherwise."""
    is_touched = question.form.shows_week or any(query.get(key) for key in DETAILS)
    return None if is_touched else (get_language(), bool(question.place))


def _counts(request: HttpRequest, question: Question, result: SearchResult) -> HttpResponse:
    """Only what a tick changes; asking for it is no search that could be counted as a vain one."""
    boxes = facets.boxes(question.form, result)
    counted = {"facets": boxes, "total": result.total, "found": wording.number(result.total)}
    return render(request, "courses/_counts.html", counted)


def _count_miss(question: Question) -> None:
    """Once per search, with the municipality and no more of the place."""
    if question.query.text and question.query.page == 1:
        place = question.place.name if question.place and question.place.is_known else ""
        misses.note(question.query.text, place.lstrip("0123456789 "))


def _page(query: QueryDict) -> int:
    """Rubbish is the first page, as for the paginator; the search itself knows which is the last."""
    asked = query.get(PARAMETER, "")
    return max(int(asked), 1) if asked.isascii() and asked.isdigit() and len(asked) < 10 else 1


def _band(question: Question, query: QueryDict) -> dict:
    """What components/_search_band.html needs; the place is written as it was understood."""
    values, place = question.form.cleaned_data, question.place
    errors = [message for key in BAND for message in question.errors.get(key, [])]
    km = values.get("km") or filters.RADIUS
    if place and not place.is_known:
        unknown = _("We do not know the place “{place}”. All results are shown without a radius.")
        several = _("There are several places called “{place}”. All results are shown without a radius.")
        errors.append((several if place.others else unknown).format(place=values["ort"]))
    return {
        "q": values.get("q", ""),
        "ort": values.get("ort", ""),
        "km": km,
        "radii": sorted({*filters.RADII, km}),
        "summary": _summary(question),
        "band_hidden": _pairs(query, [*DETAILS, *FACET_KEYS, "sort", "ansicht"]),
        "band_error": " ".join(str(message) for message in errors),
        "other_places": [(name, query_with(query, "ort", name)) for name in place.others] if place else [],
    }


def _summary(question: Question) -> str:
    position, text = question.query.position, question.query.text
    where = f"{question.place.name}, {position.km} km" if position else ""
    return " · ".join(filter(None, [text, where]))


def _orders(question: Question) -> list[dict]:
    return [
        {"value": order, "label": ORDERS[order], "is_current": order == question.query.order}
        for order in question.orders
    ]


def _pairs(query: QueryDict, keys: list[str]) -> list[tuple[str, str]]:
    return [(key, value) for key in keys for value in query.getlist(key) if value]


def _reset(query: QueryDict, chips: list) -> str:
    """The same words and place without any filter; empty where there is none."""
    if not chips:
        return ""
    kept = QueryDict(mutable=True)
    for key, value in _pairs(query, [*BAND, "sort", "ansicht"]):
        kept.appendlist(key, value)
    return f"?{kept.urlencode()}"


def _nothing(request: HttpRequest, question: Question, result: SearchResult, chips: list, missing: str) -> dict:
    return {
        "sentence": advice.sentence(question, chips, missing),
        "ways": advice.ways(question, result, chips, request.GET),
        "errors": [message for key in DETAILS for message in question.errors.get(key, [])],
    }
