"""The page of one course."""

import re
from dataclasses import dataclass

from django.db.models import Case, F, Prefetch, When
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from courses.models import Course, CourseRun, Keyword, Session
from courses.models.run import ADMITTED, VOUCHER
from courses.structured_data import course_data
from courses.views import runs
from courses.views.runs import Fact, RunView
from courses.views.similar import similar
from courses.views.wording import Tag
from kit import access, clock, text

MOST_RUNS = 30  # of one course on one page
LONGEST_LEAD = 320
FIRST_PARAGRAPH = re.compile(r"^\s*<p>(?P<lead>(?:(?!</?(?:p|ul|ol|li|h3|h4|a)\b).)+?)</p>\s*(?=\S)", re.DOTALL)
SHOWN = [Keyword.Kind.SUBJECT, Keyword.Kind.DEGREE, Keyword.Kind.CERTIFICATE, Keyword.Kind.AUDIENCE]


@access.published
@require_safe
def course_detail(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """The number decides; a wrong name leads to the right one."""
    course = Course.objects.select_related("provider", "source", "topic__parent", "contact").filter(pk=pk).first()
    if course is None or not (course.is_visible or has_ended(course)):
        raise Http404
    if not course.is_visible:
        return render(request, "courses/course_gone.html", {"course": course, "similar": similar(course)}, status=410)
    if slug != course.slug:
        return redirect(course, permanent=True)
    return render(request, "courses/course_detail.html", page_of(course))


@access.published
@require_safe
def course_by_number(request: HttpRequest, pk: int) -> HttpResponse:
    """/kurse/4711/, as it is said over the phone."""
    course = Course.objects.visible().filter(pk=pk).first()
    if course is None:
        raise Http404
    return redirect(course, permanent=True)


def has_ended(course: Course) -> bool:
    """Was public once: withdrawn by its source or put into the archive."""
    was_public = course.state in (Course.State.PUBLISHED, Course.State.ARCHIVED)
    return was_public and course.provider.blocked_at is None


def page_of(course: Course) -> dict:
    views = run_views(course)
    first = views[0] if views else None
    places = venues(views)
    words = list(course.keywords.exclude(kind__in=[Keyword.Kind.ADMIN, Keyword.Kind.HIDDEN_SYNONYM]))
    description = Description.of(course)
    return {
        "course": course,
        "description": description,
        "sections": sections(course, description),
        "links": links(course),
        "runs": views,
        "first": first,
        "tags": [*(first.tags if first else []), *(Tag(w.word) for w in words if w.kind == Keyword.Kind.FEATURE)],
        "facts": [*(first.facts() if first else []), *level_fact(course), provider_fact(course)],
        "keywords": [word for word in words if word.kind in SHOWN],
        "fundings": unique(funding for view in views for funding in view.fundings),
        "funding_notes": unique(view.run.funding_note for view in views if view.run.funding_note),
        "subsidies": unique_dicts(subsidy for view in views for subsidy in view.run.subsidies),
        "price_notes": unique(view.run.price_note for view in views if view.run.price_note),
        "prices": unique(view.price for view in views),
        "admission": next((view.admission for view in views if view.admission), []),
        "venues": places,
        "venue_locations": [view.location for view in places],
        "contact": contact(course),
        "similar": similar(course),
        "trail": trail(course),
        "structured": course_data(course, [(view.run, view.sessions, view.location) for view in views]),
    }


def run_views(course: Course) -> list[RunView]:
    """Those that can still be joined, the next one first, those that have begun last."""
    today = clock.today()
    sessions = Prefetch("sessions", Session.objects.select_related("location__place"))
    found = course.runs.visible().select_related("location__place").prefetch_related(sessions)
    has_begun = Case(When(starts_on__lt=today, then=1), default=0)
    found = list(found.order_by(has_begun, F("starts_on").asc(nulls_last=True), "pk")[:MOST_RUNS])
    for run in found:
        run.course = course
    names = runs.labels(found)
    vouchers = with_voucher(course, found)
    return [
        RunView(run, names, is_first=place == 0, takes_voucher=run.pk in vouchers) for place, run in enumerate(found)
    ]


def with_voucher(course: Course, found: list[CourseRun]) -> set[int]:
    """Runs that a Bildungsgutschein pays today; most courses claim none and are not asked."""
    if not any(VOUCHER in run.funding_federal or run.certificate_status == ADMITTED for run in found):
        return set()
    return set(course.runs.with_valid_voucher().values_list("pk", flat=True))


@dataclass(frozen=True)
class Description:
    """The provider's text, its first short paragraph set apart."""

    lead: str
    body: SafeString | str

    @classmethod
    def of(cls, course: Course) -> "Description":
        html = runs.rich(course.description) if course.description else ""
        match = FIRST_PARAGRAPH.match(html)
        lead = text.plain(match["lead"]) if match else ""
        if not lead or len(lead) > LONGEST_LEAD:
            return cls("", html)
        return cls(lead, mark_safe(html[match.end() :]))  # noqa: S308 - cut out of clean HTML at its paragraph


def sections(course: Course, description: Description) -> list[tuple[str, SafeString | str]]:
    """The provider's texts under headings that people ask for, empty ones left out."""
    said = [
        (_("In plain language"), course.text_simple),
        (_("Whom is the course for?"), course.audience),
        (_("About the course") if "<h3" in description.body else _("What you learn"), description.body),
        (_("What you need to bring"), course.requirements),
        (_("Credit for earlier learning"), course.credits),
        (_("Conditions"), course.terms),
    ]
    return [(heading, runs.rich(value)) for heading, value in said if value and text.plain(value)]


def links(course: Course) -> list[tuple[str, str]]:
    """Addresses of the web that the provider gives; anything else (javascript:, files) is none."""
    found = []
    for link in course.links:
        address = str(link.get("url", ""))
        if address.startswith(("https://", "http://")):
            found.append((link.get("label") or address, address))
    return found


def provider_fact(course: Course) -> Fact:
    valid = [str(certification) for certification in course.provider.certifications.valid()]
    return Fact("building", _("Provider"), [runs.german_name(course.provider.name), *dict.fromkeys(valid)])


def level_fact(course: Course) -> list[Fact]:
    if not course.level:
        return []
    derived = [_("read from the title")] if course.level_is_derived else []
    return [Fact("mortarboard", _("Level"), [course.get_level_display(), *derived])]


def venues(views: list[RunView]) -> list[RunView]:
    """One view per address, in the order of the runs."""
    seen: dict[int, RunView] = {}
    for view in views:
        if view.location and view.run.mode != CourseRun.Mode.ONLINE:
            seen.setdefault(view.location.pk, view)
    return list(seen.values())


def contact(course: Course) -> dict[str, str]:
    """Whom to ask: the person of the course, else the provider."""
    person, provider = course.contact, course.provider
    return {
        "name": person.full_name if person else "",
        "phone": (person and (person.phone or person.mobile)) or provider.phone,
        "email": (person and person.email) or provider.email,
    }


def trail(course: Course) -> list[tuple[str, str]]:
    steps = [(_("Courses"), reverse("courses:list"))]
    if course.topic:
        steps.append((str(course.topic), reverse("topic", args=[course.topic.slug])))
    return steps


def unique(values) -> list:
    return list(dict.fromkeys(values))


def unique_dicts(values) -> list[dict]:
    """Dicts have no hash; there are never more than a handful."""
    found: list[dict] = []
    for value in values:
        if value not in found:
            found.append(value)
    return found
