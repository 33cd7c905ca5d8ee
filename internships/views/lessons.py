"""Lessons with companies: the pages of a school, and those of a company."""

from collections.abc import Callable
from functools import wraps

from django.contrib import messages
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from internships import lessons
from internships.actions import partnering, teaching
from internships.filters import LessonFilter
from internships.forms.lessons import (
    EmployerForm,
    LessonAnswerForm,
    LessonForm,
    SchoolForm,
    TellForm,
)
from internships.forms.pupil import YES
from internships.models import Employer, LessonOffer, LessonUnit, Partner, Partnership
from internships.views.company import of_employer
from internships.views.desks import of_school
from internships.views.trying import try_to
from kit import access
from kit.forms import posted
from kit.pagination import paginate
from providers.models import Organization

GET_POST = ["GET", "HEAD", "POST"]
PER_PAGE = 20


# ── A school


@access.login
@of_school
@require_safe
def school_lessons(request: HttpRequest, school: Organization) -> HttpResponse:
    """What is to be told stands first, then what is planned and asked for, then the partners."""
    units = school.lesson_units.for_pages()
    context = {
        "school": school,
        "over": units.over(),
        "coming": units.coming(),
        "waiting": units.unanswered(),
        "past": units.exclude(state__in=LessonUnit.OPEN).order_by("-day", "pk")[:PER_PAGE],
        "partnerships": school.partnerships.open().for_lists(),
    }
    return render(request, "internships/school_lessons.html", context)


@access.login
@of_school
@require_safe
def school_lesson_offers(request: HttpRequest, school: Organization) -> HttpResponse:
    """What companies can hold: by subject, grade and place."""
    form = LessonFilter(request.GET)
    found = lessons.find(
        subject=form.asked("fach") or "", grade=form.asked("klasse"), position=form.position, km=form.km_asked
    )
    context = {"school": school, "filter": form, "total": len(found), "page": paginate(request, found, PER_PAGE)}
    return render(request, "internships/school_lesson_offers.html", context)


@access.login
@of_school
@require_http_methods(GET_POST)
def school_lesson_ask(request: HttpRequest, school: Organization, offer_pk: int | None = None) -> HttpResponse:
    """For a topic that a company offers, or for an own one."""
    offer = get_object_or_404(LessonOffer.objects.visible().for_cards(), pk=offer_pk) if offer_pk else None
    form = LessonForm(posted(request), school=school, offer=offer)
    if request.method == "POST" and form.is_valid():
        try:
            unit = teaching.ask(unit=form.save(commit=False), by=request.user)
        except teaching.Twice:
            form.add_error("day", _("You have asked this company for this class and day already."))
        except teaching.NotPossible:
            form.add_error(None, _("This company cannot be asked at the moment."))
        else:
            messages.success(request, _("Your question is on its way. The company answers within 15 days."))
            return redirect("internships:school_lesson", school.pk, unit.pk)
    context = {"school": school, "offer": offer, "form": form}
    return render(request, "internships/school_lesson_ask.html", context, status=400 if form.errors else 200)


def with_unit_of_school(view: Callable) -> Callable:
    """The lesson of a school for which this person works."""

    @of_school
    @wraps(view)
    def opened(request: HttpRequest, school: Organization, unit_pk: int) -> HttpResponse:
        return view(request, school, get_object_or_404(school.lesson_units.for_pages(), pk=unit_pk))

    return opened


@access.login
@with_unit_of_school
@require_safe
def school_lesson(request: HttpRequest, school: Organization, unit: LessonUnit) -> HttpResponse:
    return school_page(request, school, unit, TellForm())


def school_page(request: HttpRequest, school: Organization, unit: LessonUnit, form: TellForm) -> HttpResponse:
    context = {"school": school, "unit": unit, "form": form}
    return render(request, "internships/school_lesson.html", context, status=400 if form.errors else 200)


@access.login
@with_unit_of_school
@require_POST
def school_lesson_withdraw(request: HttpRequest, school: Organization, unit: LessonUnit) -> HttpResponse:
    try_to(request, _("It is taken back, and the company is told."), teaching.withdraw, unit=unit)
    return redirect("internships:school_lesson", school.pk, unit.pk)


@access.login
@with_unit_of_school
@require_POST
def school_lesson_tell(request: HttpRequest, school: Organization, unit: LessonUnit) -> HttpResponse:
    form = TellForm(request.POST)
    if not form.is_valid():
        return school_page(request, school, unit, form)
    try_to(request, _("Thank you."), teaching.tell, unit=unit, **form.told)
    return redirect("internships:school_lesson", school.pk, unit.pk)


@access.login
@of_school
@require_http_methods(GET_POST)
def school_partner_new(request: HttpRequest, school: Organization) -> HttpResponse:
    known = school.partnerships.open().values("employer")
    form = EmployerForm(posted(request), without=known)
    return proposal(request, form, school, "internships:school_lessons", {"school": school, "side": Partner.SCHOOL})


@access.login
@of_school
@require_POST
def school_partner_agree(request: HttpRequest, school: Organization, partnership_pk: int) -> HttpResponse:
    found = get_object_or_404(school.partnerships.open(), pk=partnership_pk)
    try_to(request, _("You are partners now."), partnering.agree, partnership=found, side=Partner.SCHOOL)
    return redirect("internships:school_lessons", school.pk)


@access.login
@of_school
@require_POST
def school_partner_end(request: HttpRequest, school: Organization, partnership_pk: int) -> HttpResponse:
    found = get_object_or_404(school.partnerships, pk=partnership_pk)
    try_to(request, _("The partnership has ended."), partnering.end, partnership=found, side=Partner.SCHOOL)
    return redirect("internships:school_lessons", school.pk)


def proposal(request: HttpRequest, form, own: Model, back: str, context: dict) -> HttpResponse:
    """Either side proposes a partnership to the other one, which is chosen in the form."""
    if request.method == "POST" and form.is_valid():
        other = form.cleaned_data["partner"]
        school, employer = (own, other) if context["side"] == Partner.SCHOOL else (other, own)
        said = _("Your proposal is on its way. The other side answers within 15 days.")
        try_to(request, said, partnering.propose, side=context["side"], school=school, employer=employer)
        return redirect(back, own.pk)
    status = 400 if form.errors else 200
    return render(request, "internships/partner_new.html", context | {"form": form}, status=status)


# ── A company


@access.login
@of_employer
@require_safe
def company_lessons(request: HttpRequest, employer: Employer) -> HttpResponse:
    """Questions that wait stand first, then what is planned, the offers, the partners."""
    units = employer.lesson_units.for_pages()
    context = {
        "employer": employer,
        "waiting": units.unanswered().order_by("created_at", "pk"),
        "coming": units.coming(),
        "offers": employer.lesson_offers.kept(),
        "partnerships": employer.partnerships.open().for_lists(),
    }
    return render(request, "internships/company_lessons.html", context)


def with_unit_of_company(view: Callable) -> Callable:
    """A lesson for which a company of this person was asked."""

    @of_employer
    @wraps(view)
    def opened(request: HttpRequest, employer: Employer, unit_pk: int) -> HttpResponse:
        return view(request, employer, get_object_or_404(employer.lesson_units.for_pages(), pk=unit_pk))

    return opened


@access.login
@with_unit_of_company
@require_safe
def lesson(request: HttpRequest, employer: Employer, unit: LessonUnit) -> HttpResponse:
    return company_page(request, employer, unit, LessonAnswerForm())


def company_page(request: HttpRequest, employer: Employer, unit: LessonUnit, form: LessonAnswerForm) -> HttpResponse:
    are_partners = Partnership.objects.agreed().filter(school=unit.school, employer=employer).exists()
    context = {"employer": employer, "unit": unit, "form": form, "are_partners": are_partners}
    return render(request, "internships/company_lesson.html", context, status=400 if form.errors else 200)


@access.login
@with_unit_of_company
@require_POST
def lesson_answer(request: HttpRequest, employer: Employer, unit: LessonUnit) -> HttpResponse:
    form = LessonAnswerForm(request.POST)
    if not form.is_valid():
        return company_page(request, employer, unit, form)
    said = _("Your answer is on its way.")
    if form.cleaned_data["answer"] == YES:
        try_to(request, said, teaching.plan, unit=unit)
    else:
        try_to(request, said, teaching.decline, unit=unit, reason=form.cleaned_data["reason"])
    return redirect("internships:lesson", employer.pk, unit.pk)


@access.login
@with_unit_of_company
@require_POST
def lesson_cancel(request: HttpRequest, employer: Employer, unit: LessonUnit) -> HttpResponse:
    try_to(request, _("It is cancelled, and the school is told."), teaching.cancel, unit=unit)
    return redirect("internships:lesson", employer.pk, unit.pk)


@access.login
@of_employer
@require_http_methods(GET_POST)
def partner_new(request: HttpRequest, employer: Employer) -> HttpResponse:
    known = employer.partnerships.open().values("school")
    form = SchoolForm(posted(request), without=known)
    return proposal(request, form, employer, "internships:lessons", {"employer": employer, "side": Partner.COMPANY})


@access.login
@of_employer
@require_POST
def partner_agree(request: HttpRequest, employer: Employer, partnership_pk: int) -> HttpResponse:
    found = get_object_or_404(employer.partnerships.open(), pk=partnership_pk)
    try_to(request, _("You are partners now."), partnering.agree, partnership=found, side=Partner.COMPANY)
    return redirect("internships:lessons", employer.pk)


@access.login
@of_employer
@require_POST
def partner_end(request: HttpRequest, employer: Employer, partnership_pk: int) -> HttpResponse:
    found = get_object_or_404(employer.partnerships, pk=partnership_pk)
    try_to(request, _("The partnership has ended."), partnering.end, partnership=found, side=Partner.COMPANY)
    return redirect("internships:lessons", employer.pk)
