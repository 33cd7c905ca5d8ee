"""Courses on a shortlist as cards; what is gone from the catalogue is shown as gone, not left out."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import F

from counseling.models import Shortlist, ShortlistItem
from courses.models import Course, CourseRun
from courses.search import Hit
from courses.views import cards
from courses.views.cards import Card


@dataclass(frozen=True)
class Offer:
    """A course that was found, with the number under which it is picked."""

    course: int
    card: Card


def items_of(shortlist: Shortlist) -> list[ShortlistItem]:
    """In order, each with `card`, or None where the course is not public any more. Three queries, however many."""
    items = list(shortlist.items.select_related("course__provider"))
    visible = [item.course for item in items if item.course.is_visible]
    known = cards_of(visible)
    for item in items:
        item.card = known.get(item.course_id)
    return items


def cards_of(courses: Iterable[Course]) -> dict[int, Card]:
    """By number of the course, with the next of its dates."""
    courses = list(courses)
    first: dict[int, int] = {}
    runs = CourseRun.objects.visible().filter(course__in=courses).order_by(F("starts_on").asc(nulls_last=True), "pk")
    for course, run in runs.values_list("course", "pk"):
        first.setdefault(course, run)
    return _made([Hit(course.pk, first.get(course.pk), 1) for course in courses], courses)


def offers(hits: Iterable[Hit], *, without: set[int]) -> list[Offer]:
    """Hits of a search that are not on the list yet."""
    wanted = [hit for hit in hits if hit.course not in without]
    made = _made(wanted, Course.objects.filter(pk__in=[hit.course for hit in wanted]))
    return [Offer(hit.course, made[hit.course]) for hit in wanted if hit.course in made]


def _made(hits: list[Hit], courses: Iterable[Course]) -> dict[int, Card]:
    """A card knows its address alone; one whose course was withdrawn in this very moment is missing."""
    numbers = {course.get_absolute_url(): course.pk for course in courses}
    return {numbers[card.address]: card for card in cards.make(hits) if card.address in numbers}
