"""/mein/praktikum/: what a company does with applications and wishes. Its offers: `offers`."""

import uuid
from collections.abc import Callable
from functools import wraps

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from internships import matching as fitting
from internships.actions import answering, applying, matching, seats, settling
from internships.forms.company import AnswerForm, CompanyAttendedForm, CompanyMarksForm, ProposeForm
from internships.forms.pupil import YES
from internships.models import Application, Employer, Side, Wish
from internships.permissions import can_match, schools_of
from internships.views.trying import TOO_LATE
from kit import access
from kit.forms import posted
from kit.pagination import paginate

GET_POST = ["GET", "HEAD", "POST"]
PER_PAGE = 20


def of_employer(view: Callable) -> Callable:
    """The view of a company this person works for; for everybody else there is none."""

    @wraps(view)
    def opened(request: HttpRequest, pk: int, *args, **kwargs) -> HttpResponse:
        found = Employer.objects.of(request.user).select_related("organization").filter(organization__blocked_at=None)
        return view(request, get_object_or_404(found, pk=pk), *args, **kwargs)

    return opened


@access.login
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """Straight on where there is only one way."""
    employers = Employer.objects.of(request.user).select_related("organization")
    schools = schools_of(request.user)
    matches = can_match(request.user)
    if len(employers) == 1 and not schools and not matches:
        return redirect(employers[0])
    context = {"employers": employers, "schools": schools, "may_match": matches}
    return render(request, "internships/desk.html", context)


@access.login
@of_employer
@require_safe
def employer(request: HttpRequest, employer: Employer) -> HttpResponse:
    """What is to be done stands first: applications by their age."""
    at_us = Application.objects.at_company().of_employer(employer)
    context = {
        "employer": employer,
        "waiting": at_us.unanswered().for_pages().order_by("submitted_at"),
        "coming": at_us.coming().for_pages().order_by("period__first_day"),
        "over": at_us.over().filter(company_attended=None).for_pages().order_by("period__first_day"),
        "offers": offers_of(employer),
        "wishes": Wish.objects.open().count() if matching.may_read_wishes(request.user, employer) else 0,
        "lessons_waiting": employer.lesson_units.unanswered().count(),
    }
    return render(request, "internships/employer.html", context)


def offers_of(employer: Employer):
    waiting = Count("periods__applications", filter=Q(periods__applications__state__in=Application.UNANSWERED))
    return employer.offers.kept().select_related("scheme").annotate(waiting=waiting)


# ── Applications


def with_application(view: Callable) -> Callable:
    """What the company may see: nothing before pupil and parent have agreed."""

    @of_employer
    @wraps(view)
    def opened(request: HttpRequest, employer: Employer, application_pk: uuid.UUID) -> HttpResponse:
        at_us = Application.objects.at_company().of_employer(employer).for_pages()
        return view(request, employer, get_object_or_404(at_us, pk=application_pk))

    return opened


@access.login
@with_application
@require_safe
def application(request: HttpRequest, employer: Employer, application: Application) -> HttpResponse:
    return page(request, employer, application, AnswerForm())


def page(request, employer: Employer, application: Application, form: AnswerForm) -> HttpResponse:
    context = {
        "employer": employer,
        "application": application,
        "offer": application.offer,
        "form": form,
        "attended_form": CompanyAttendedForm(),
        "marks_form": CompanyMarksForm(),
    }
    return render(request, "internships/company_application.html", context, status=400 if form.errors else 200)


@access.login
@with_application
@require_POST
def application_read(request: HttpRequest, employer: Employer, application: Application) -> HttpResponse:
    """Opened: the pupil sees that somebody has read it."""
    answering.see(application=application, by=request.user)
    return redirect("internships:application", employer.pk, application.pk)


@access.login
@with_application
@require_POST
def application_answer(request: HttpRequest, employer: Employer, application: Application) -> HttpResponse:
    form = AnswerForm(request.POST)
    if not form.is_valid():
        return page(request, employer, application, form)
    try:
        answer(application, form.cleaned_data, by=request.user)
    except seats.Full:
        form.add_error(None, _("All places of this date are given. Raise the number of seats, or decline."))
        return page(request, employer, application, form)
    except applying.NotPossible:
        messages.error(request, TOO_LATE)
    else:
        messages.success(request, _("Your answer is on its way."))
    return redirect("internships:application", employer.pk, application.pk)


def answer(application: Application, data: dict, *, by) -> None:
    if data["answer"] == "ja":
        answering.offer_place(application=application, by=by)
    elif data["answer"] == "nein":
        answering.decline(application=application, reason=data["reason"], by=by)
    else:
        answering.ask(application=application, question=data["question"], by=by)


def deed(action: Callable) -> Callable:
    """A POST on an application: done, or a sentence why not; always back to its page."""

    @require_POST
    @wraps(action)
    def view(request: HttpRequest, employer: Employer, application: Application) -> HttpResponse:
        try:
            messages.success(request, action(request, application))
        except Unanswered as error:
            messages.error(request, str(error))
        except applying.NotPossible:
            messages.error(request, TOO_LATE)
        return redirect("internships:application", employer.pk, application.pk)

    return access.login(with_application(view))


class Unanswered(Exception):
    """Something was not chosen; the message says what."""


@deed
def application_cancel(request: HttpRequest, application: Application) -> str:
    """Before the first day it is cancelled, afterwards broken off."""
    if application.has_begun and application.state == Application.State.ACCEPTED:
        settling.abort(application=application, by=request.user)
    else:
        answering.cancel(application=application, by=request.user)
    return _("It is cancelled, and the intern is told.")


@deed
def application_over(request: HttpRequest, application: Application) -> str:
    """Did it take place?"""
    form = CompanyAttendedForm(request.POST)
    if not form.is_valid():
        raise Unanswered(_("Please choose one of the answers."))
    attended = form.cleaned_data["attended"] == YES
    settling.tell_as_company(application=application, attended=attended, by=request.user)
    return _("Thank you.")


@deed
def application_marks(request: HttpRequest, application: Application) -> str:
    form = CompanyMarksForm(request.POST)
    if not form.is_valid():
        raise Unanswered(_("Please answer all four questions."))
    settling.evaluate(application=application, side=Side.COMPANY, marks=form.marks)
    return _("Thank you.")


# ── Wishes as pseudonyms


@access.login
@of_employer
@require_safe
def wishes(request: HttpRequest, employer: Employer) -> HttpResponse:
    """Who looks for what, without a name: an approved company may answer with an offer of its own."""
    if not matching.may_read_wishes(request.user, employer):
        return render(request, "internships/employer_waits.html", {"employer": employer}, status=403)
    found = Wish.objects.open().select_related("place", "scheme", "pupil")
    context = {"employer": employer, "page": paginate(request, found, PER_PAGE)}
    return render(request, "internships/employer_wishes.html", context)


@access.login
@of_employer
@require_http_methods(GET_POST)
def wish_answer(request: HttpRequest, employer: Employer, wish_pk: uuid.UUID) -> HttpResponse:
    """Which of our offers fits, and the proposal. The company gets no contact."""
    if not matching.may_read_wishes(request.user, employer):
        return render(request, "internships/employer_waits.html", {"employer": employer}, status=403)
    wish = get_object_or_404(Wish.objects.open().select_related("place", "scheme", "pupil"), pk=wish_pk)
    fits = [each for each in fitting.offers_for(wish) if each.offer.employer_id == employer.pk]
    form = ProposeForm(posted(request), matches=fits)
    if request.method == "POST" and form.is_valid():
        matching.propose_to_wish(wish=wish, offer=form.chosen, by=request.user, words=form.cleaned_data["words"])
        messages.success(request, _("Your proposal is on its way. If it fits, an application comes to you."))
        return redirect("internships:wishes", employer.pk)
    context = {"employer": employer, "wish": wish, "form": form}
    return render(request, "internships/employer_wish.html", context, status=400 if form.errors else 200)
