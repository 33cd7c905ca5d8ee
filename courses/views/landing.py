"""Topics and places as pages of their own: what there is, what begins next, who offers it. For people and for search
engines; each number leads to the list that it counts."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from courses.models import CourseRun
from courses.search import Facet, Position, SearchQuery, SearchResult, extent, places, search
from courses.views import cards, wording
from courses.views.subscriptions import addresses
from kit import access, geo
from providers.models import Organization
from taxonomy.models import Place, Topic

NEXT = 6
MOST_PROVIDERS = 12
MOST_PLACES = 12
MOST_TOPICS = 16
RADIUS = 10  # km around a place: one of the choices of the search, so that the list shows the same


@dataclass(frozen=True)
class Counted:
    """A link with a number."""

    label: str
    address: str
    count: str


@access.published
@require_safe
def topics(request: HttpRequest) -> HttpResponse:
    counts = search(SearchQuery(per_page=1)).counts[Facet.TOPIC]
    found = [each for each in Topic.objects.all() if counts.get(each.pk)]
    groups = [
        (counted_topic(root, counts), [counted_topic(each, counts) for each in found if each.parent_id == root.pk])
        for root in found
        if root.parent_id is None
    ]
    return render(request, "courses/topic_list.html", {"groups": groups})


@access.published
@require_safe
def topic(request: HttpRequest, slug: str) -> HttpResponse:
    subject = get_object_or_404(Topic.objects.select_related("parent"), slug=slug)
    query = SearchQuery(chosen={Facet.TOPIC: frozenset([subject.pk])}, per_page=NEXT)
    result = search(query)
    asked = QueryDict(mutable=True)
    asked["thema"] = subject.slug
    context = {
        **common(result, asked),
        "topic": subject,
        "topics": related(subject, result),
        "places": towns(query),
        "trail": topic_trail(subject),
    }
    return render(request, "courses/topic_detail.html", context)


@access.published
@require_safe
def place_list(request: HttpRequest) -> HttpResponse:
    with_courses = Place.objects.in_region().filter(pk__in=CourseRun.objects.public().values("location__place"))
    by_district: dict = {}
    for place in with_courses.select_related("district").order_by("district__sort_key", "sort_key", "pk"):
        by_district.setdefault(place.district, []).append(place)
    return render(request, "courses/place_list.html", {"districts": list(by_district.items())})


@access.published
@require_safe
def place(request: HttpRequest, slug: str) -> HttpResponse:
    here = get_object_or_404(Place.objects.in_region().select_related("district"), slug=slug)
    result = search(SearchQuery(position=Position(here.latitude, here.longitude, RADIUS), per_page=NEXT))
    asked = QueryDict(mutable=True)
    asked["ort"], asked["km"] = places.label(here), str(RADIUS)
    context = {
        **common(result, asked),
        "place": here,
        "radius": RADIUS,
        "spots": [Spot(here)],
        "topics": topics_of(result, asked),
        "neighbours": neighbours(here),
        "trail": [(_("Courses"), reverse("courses:list")), (_("Towns and villages"), reverse("places"))],
    }
    return render(request, "courses/place_detail.html", context)


@dataclass(frozen=True)
class Spot:
    """A place as the tag region_map wants it."""

    place: Place

    @property
    def place_id(self) -> int:
        return self.place.pk

    @property
    def latitude(self) -> float:
        return self.place.latitude

    @property
    def longitude(self) -> float:
        return self.place.longitude


def common(result: SearchResult, asked: QueryDict) -> dict:
    return {
        "total": result.total,
        "found": wording.number(result.total),
        "cards": cards.make(result),
        "address": f"{reverse('courses:list')}?{asked.urlencode()}",
        "providers": providers(result),
        "provider_total": len(result.counts[Facet.PROVIDER]),
        "subscribe": addresses(asked),
    }


def courses(number: int) -> str:
    return ngettext("{number} course", "{number} courses", number).format(number=wording.number(number))


def counted_topic(subject: Topic, counts: dict) -> Counted:
    return Counted(str(subject), reverse("topic", args=[subject.slug]), courses(counts.get(subject.pk, 0)))


def main_topics(counts: dict) -> list[Counted]:
    return [counted_topic(root, counts) for root in Topic.objects.roots() if counts.get(root.pk)]


def related(subject: Topic, result: SearchResult) -> list[Counted]:
    """Those below it; for one that has none those beside it."""
    counts = result.counts[Facet.TOPIC]
    family = Topic.objects.filter(parent=subject.parent_id or subject.pk).exclude(pk=subject.pk)
    return [counted_topic(each, counts) for each in family if counts.get(each.pk)]


def topics_of(result: SearchResult, asked: QueryDict) -> list[Counted]:
    """What is taught around a place, the most frequent first."""
    counts = result.counts[Facet.TOPIC]
    found = [each for each in Topic.objects.exclude(parent=None) if counts.get(each.pk)]
    found = sorted(found, key=lambda each: -counts[each.pk])[:MOST_TOPICS]
    base = f"{reverse('courses:list')}?{asked.urlencode()}"
    return [Counted(str(each), f"{base}&thema={each.slug}", courses(counts[each.pk])) for each in found]


def towns(query: SearchQuery) -> list[Counted]:
    counts = {row.place: row.courses for row in extent.places(query) if row.place}
    found = sorted(Place.objects.in_region().filter(pk__in=counts), key=lambda each: (-counts[each.pk], each.sort_key))
    return [Counted(p.name, reverse("place", args=[p.slug]), courses(counts[p.pk])) for p in found[:MOST_PLACES]]


def neighbours(here: Place) -> list[Place]:
    """The nearest other places with courses."""
    others = Place.objects.in_region().filter(pk__in=CourseRun.objects.public().values("location__place"))
    near = [(geo.distance_km(here.latitude, here.longitude, p.latitude, p.longitude), p) for p in others if p != here]
    return [p for _km, p in sorted(near, key=lambda pair: (pair[0], pair[1].pk))[:MOST_PLACES]]


def providers(result: SearchResult) -> list[Counted]:
    counts = result.counts[Facet.PROVIDER]
    found = Organization.objects.visible().filter(pk__in=counts).only("pk", "slug", "name", "sort_key")
    most = sorted(found, key=lambda each: (-counts[each.pk], each.sort_key))[:MOST_PROVIDERS]
    return [Counted(each.name, each.get_absolute_url(), courses(counts[each.pk])) for each in most]


def topic_trail(subject: Topic) -> list[tuple[str, str]]:
    above = [(str(subject.parent), reverse("topic", args=[subject.parent.slug]))] if subject.parent else []
    return [(_("Courses"), reverse("courses:list")), (_("Topics"), reverse("topics")), *above]
