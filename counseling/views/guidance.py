"""Open to everybody: a call-back, “I do not know yet”, who advises on what, and the houses."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from counseling import orientation
from counseling.actions import guiding
from counseling.filters import CounsellorFilter
from counseling.forms.guidance import CallbackForm
from counseling.models import Center, Counsellor, RoomBooking
from courses import filters as catalogue
from courses.search import glance
from kit import access
from kit.pagination import paginate

GET_POST = ["GET", "HEAD", "POST"]
PER_PAGE = 24
MOST_DATES = 20


# ── Call-back


@access.form
@require_http_methods(GET_POST)
def callback(request: HttpRequest) -> HttpResponse:
    form = CallbackForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        guiding.ask_to_be_called(**form.cleaned_data)
        return redirect("counseling:callback_done")
    return render(request, "counseling/callback.html", {"form": form})


@access.public
@require_safe
def callback_done(request: HttpRequest) -> HttpResponse:
    return render(request, "counseling/callback_done.html")


# ── “I do not know yet”


@dataclass(frozen=True)
class Step:
    """Something to do next. The first of a list is the one that was asked for."""

    icon: str
    label: str | Promise
    text: str | Promise
    address: str


@access.public
@require_safe
def orient(request: HttpRequest) -> HttpResponse:
    answers = orientation.given(request.GET.dict())
    question = orientation.next_question(answers)
    hidden = [(key, answer.value) for key, answer in answers.items()]
    context = {"answers": answers, "hidden": hidden, "total": len(orientation.QUESTIONS)}
    if question:
        context |= {"question": question, "number": len(answers) + 1, "is_missing": question.key in request.GET}
        context["back"] = back_address(hidden)
        return render(request, "counseling/orientation.html", context)
    said = [(item.label, answers[item.key].label) for item in orientation.QUESTIONS]
    return render(request, "counseling/orientation_end.html", context | {"steps": steps(answers), "said": said})


def back_address(hidden: list[tuple[str, str]]) -> str:
    """The question before, with what was said before it."""
    if not hidden:
        return ""
    query = QueryDict(mutable=True)
    query.update(dict(hidden[:-1]))
    return f"?{query.urlencode()}" if len(hidden) > 1 else reverse("counseling:orientation")


def steps(answers: dict[str, orientation.Answer]) -> list[Step]:
    """Always at least a talk and a call; courses where there are any. What was wished for stands first."""
    wanted = answers["hilfe"].value
    found = {
        "reden": Step(
            "chat-dots", _("Book a talk"), _("In person, by phone or by video. Free of charge and confidential."),
            reverse("counseling:start"),
        ),
        "anruf": Step(
            "telephone", _("Have us call you"), _("Leave your number. We call you and find out together what fits."),
            reverse("counseling:callback"),
        ),
    }  # fmt: skip
    if courses := course_step(answers):
        found["schauen"] = courses
    return sorted(found.values(), key=lambda step: step is not found.get(wanted))


def course_step(answers: dict[str, orientation.Answer]) -> Step | None:
    """The narrowest question that finds something."""
    for query in orientation.wider_queries(answers):
        total = glance(catalogue.read(QueryDict(query)).query).total
        if total:
            label = ngettext("See {count} course", "See {count} courses", total).format(count=total)
            return Step("search", label, _("Chosen after your answers. You can change everything."),
                        f"{reverse('courses:list')}?{query}")  # fmt: skip
    return Step("search", _("See all courses"), _("With search by place, time and costs."), reverse("courses:list"))


# ── People and houses


@access.public
@require_safe
def team(request: HttpRequest) -> HttpResponse:
    found = CounsellorFilter(request.GET, queryset=Counsellor.objects.active())
    page = paginate(request, found.qs.for_cards(), PER_PAGE)
    return render(request, "counseling/team.html", {"filter": found, "page": page, "total": page.paginator.count})


@access.public
@require_safe
def center(request: HttpRequest, slug: str) -> HttpResponse:
    house = get_object_or_404(Center.objects.select_related("location__place", "organization", "land"), slug=slug)
    dates = RoomBooking.objects.upcoming().public().filter(room__center=house).select_related("room")
    context = {
        "center": house,
        "counsellors": Counsellor.objects.active().filter(center=house).for_cards(),
        "dates": dates[:MOST_DATES],
    }
    return render(request, "counseling/center.html", context)
