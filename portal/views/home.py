"""The first page: search, doors, what begins soon. Composed here because it shows what several apps hold."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from courses.search import Facet, SearchQuery, SearchResult, search
from courses.views import cards, landing, wording
from kit import access
from taxonomy.models import Topic

SOON = 4
OFTEN = 5


@access.published
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    result = search(SearchQuery(per_page=SOON))
    context = {"hero_text": hero_text(result.total), "often_searched": often(result), "soon": cards.make(result)}
    context["topics"] = landing.main_topics(result.counts[Facet.TOPIC])
    return render(request, "portal/home.html", context)


def hero_text(total: int) -> str:
    """Empty while there are no courses: the page has a sentence for that."""
    if not total:
        return ""
    return ngettext(
        "{number} course and personal advice. Free of charge and independent.",
        "{number} courses and personal advice. Free of charge and independent.",
        total,
    ).format(number=wording.number(total))


def often(result: SearchResult) -> list[tuple[str, str]]:
    """The topics with the most courses: what nobody teaches here is not suggested."""
    counts = result.counts[Facet.TOPIC]
    topics = [topic for topic in Topic.objects.exclude(parent=None) if counts.get(topic.pk)]
    most = sorted(topics, key=lambda topic: -counts[topic.pk])[:OFTEN]
    return [(str(topic), f"{reverse('courses:list')}?thema={topic.slug}") for topic in most]
