"""A search as something to subscribe to: what it is called, and its newest courses as RSS."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.utils.feedgenerator import Rss201rev2Feed
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from courses import filters
from courses.filters import Question
from courses.models import Course
from courses.search import extent
from courses.views import facets
from kit import access, text
from kit.pagination import PARAMETER

MOST = 200
LONGEST_TEXT = 400
# Keys that say how to show an answer, not what is asked
BESIDE_THE_QUESTION = [PARAMETER, "ansicht", "sort", "monat", "gebiet", "datum"]


@access.published
@require_safe
def course_feed(request: HttpRequest) -> HttpResponse:
    """The newest courses that this search finds."""
    question = filters.read(request.GET)
    base = settings.SITE_BASE_URL
    asked = summary(question, request.GET)
    feed = Rss201rev2Feed(
        title=" · ".join(filter(None, [_("New courses"), asked])),
        link=f"{base}{reverse('courses:list')}{query_of(request.GET)}",
        description=_("Courses of the region that this search finds, the newest first."),
        language=get_language(),
        feed_url=f"{base}{request.get_full_path()}",
        ttl="720",
    )
    ids = extent.newest(question.query, MOST)
    courses = Course.objects.select_related("provider", "topic").in_bulk(ids)
    for course in (courses[pk] for pk in ids if pk in courses):
        feed.add_item(**item(course))
    content = feed.writeString("utf-8")
    headers = {"Cache-Control": "public, max-age=900"}
    return HttpResponse(content, content_type="application/rss+xml; charset=utf-8", headers=headers)


def item(course: Course) -> dict:
    address = settings.SITE_BASE_URL + course.get_absolute_url()
    words = text.truncate(text.plain(course.description), LONGEST_TEXT)
    return {
        "title": course.title,
        "link": address,
        "description": " – ".join(filter(None, [course.provider.name, words])),
        "unique_id": f"{settings.SITE_BASE_URL}/kurse/{course.pk}/",  # without the title, which may change
        "unique_id_is_permalink": False,
        "pubdate": course.created_at,
        "updateddate": course.updated_at,
        "categories": [str(course.topic)] if course.topic else [],
    }


def summary(question: Question, query: QueryDict) -> str:
    """What is asked, in words: text, place and everything ticked."""
    position = question.query.position
    where = f"{question.place.name}, {position.km} km" if position else ""
    return " · ".join(filter(None, [question.query.text, where, *(c.label for c in facets.chips(question, query))]))


def query_of(query: QueryDict) -> str:
    """The question of an address without what only says how to show its answer; "" for all courses."""
    kept = query.copy()
    for key in BESIDE_THE_QUESTION:
        kept.pop(key, None)
    return f"?{kept.urlencode()}" if kept else ""


def addresses(query: QueryDict) -> dict[str, str]:
    """Where the same search can be subscribed to."""
    asked = query_of(query)
    return {"feed": reverse("courses:feed") + asked, "calendar": reverse("courses:calendar") + asked}
