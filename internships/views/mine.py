"""/t/<token>/praktikum/…: everything of a pupil behind one link, without an account. A GET changes nothing."""

import uuid
from collections.abc import Callable
from functools import wraps

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from internships.actions import answering, applying, campaigning, ending, erasing, exporting, matching, seats, settling
from internships.forms.pupil import (
    YES,
    AbsenceForm,
    AttendedForm,
    EraseForm,
    FitForm,
    GuardianAnswerForm,
    GuardianForm,
    MarksForm,
    ProposalAnswerForm,
    ReplyForm,
)
from internships.models import GUARDIAN, PROPOSAL, PUPIL, Application, Guardian, Proposal, Pupil, Side, Signup, Wish
from internships.models.pupil import CONSENT_TEXT
from internships.views.trying import TOO_LATE
from kit import access, downloads, tokens
from kit.forms import posted

GET_POST = ["GET", "HEAD", "POST"]
GONE = "internships/link_gone.html"


def home(pupil: Pupil) -> HttpResponseRedirect:
    return redirect("internship_links:mine", token=tokens.make_for(PUPIL, pupil))


def back(application: Application) -> HttpResponseRedirect:
    return redirect("internship_links:application", tokens.make_for(PUPIL, application.pupil), application.pk)


def with_application(view: Callable) -> Callable:
    """A view of one application of the pupil whose link it is."""

    @wraps(view)
    def opened(request: HttpRequest, pupil: Pupil, pk: uuid.UUID) -> HttpResponse:
        application = get_object_or_404(pupil.applications.for_pages(), pk=pk)
        return view(request, application)

    return opened


def context_of(pupil: Pupil, **more) -> dict:
    return {"pupil": pupil, "token": tokens.make_for(PUPIL, pupil), **more}


@access.by_token(PUPIL, gone=GONE)
@require_safe
def mine(request: HttpRequest, pupil: Pupil) -> HttpResponse:
    """Applications, wish, proposals, campaigns: what is to be done stands first."""
    applications = list(pupil.applications.for_pages())
    proposals = Proposal.objects.open().filter(wish__pupil=pupil).select_related("offer__employer__organization")
    context = context_of(
        pupil,
        todo=[each for each in applications if needs_pupil(each)],
        running=[each for each in applications if each.is_open and not needs_pupil(each)],
        done=[each for each in applications if not each.is_open and not needs_pupil(each)],
        wishes=pupil.wishes.exclude(state=Wish.State.WITHDRAWN),
        proposals=[(each, tokens.make_for(PROPOSAL, each)) for each in proposals],
        signups=pupil.signups.select_related("campaign"),
        guardian=Guardian.objects.filter(pupil=pupil).select_related("mail").first(),
    )
    return render(request, "internships/mine.html", context)


def needs_pupil(application: Application) -> bool:
    """Whether the next step is the pupil's."""
    state, states = application.state, Application.State
    asked = application.is_unanswered and application.question and not application.answer
    after = state == states.ACCEPTED and application.is_over and application.pupil_attended is None
    evaluate = state == states.COMPLETED and not application.pupil_marked
    return bool(state in {states.DRAFT, states.OFFERED} or asked or after or evaluate)


@access.by_token(PUPIL, gone=GONE)
@with_application
@require_safe
def application(request: HttpRequest, application: Application) -> HttpResponse:
    """One application: how it stands, and what can be done."""
    context = context_of(
        application.pupil,
        application=application,
        offer=application.offer,
        reply_form=ReplyForm(),
        attended_form=AttendedForm(),
        marks_form=MarksForm(),
        fit_form=FitForm(initial={"fit": application.fit}),
    )
    return render(request, "internships/application.html", context)


def deed(action: Callable) -> Callable:
    """A POST on an application: done, or a sentence why not; always back to its page."""

    @require_POST
    def view(request: HttpRequest, application: Application) -> HttpResponse:
        try:
            if said := action(request, application):
                messages.success(request, said)
        except (applying.NotPossible, applying.TooYoung):
            messages.error(request, TOO_LATE)
        except seats.DayTaken:
            messages.error(request, _("You have promised this day to another company already."))
        return back(application)

    return access.by_token(PUPIL, gone=GONE)(with_application(wraps(action)(view)))


@deed
def confirm(request: HttpRequest, application: Application) -> str:
    held = applying.confirm(application=application)
    if held.state == Application.State.GUARDIAN:
        return _("Thank you. Now we ask your parent.")
    return _("Your application is at the company.")


@deed
def accept(request: HttpRequest, application: Application) -> str:
    answering.accept(application=application)
    return _("You have the place. Have fun!")


@deed
def withdraw(request: HttpRequest, application: Application) -> str:
    ending.withdraw(application=application)
    return _("The application is taken back.")


@deed
def reply(request: HttpRequest, application: Application) -> str:
    form = ReplyForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Please write a few words."))
        return ""
    answering.reply(application=application, answer=form.cleaned_data["answer"])
    return _("Your answer is at the company.")


@deed
def attended(request: HttpRequest, application: Application) -> str:
    form = AttendedForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Please choose one of the answers."))
        return ""
    settling.tell_as_pupil(application=application, attended=form.cleaned_data["attended"] == YES)
    return _("Thank you.")


@deed
def evaluate(request: HttpRequest, application: Application) -> str:
    form = MarksForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Please answer all four questions."))
        return ""
    settling.evaluate(application=application, side=Side.PUPIL, marks=form.marks)
    return _("Thank you. Nobody sees who has answered.")


@deed
def fit(request: HttpRequest, application: Application) -> str:
    form = FitForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Please choose one of the answers."))
        return ""
    settling.tell_fit(application=application, fit=form.cleaned_data["fit"])
    return _("Saved. Only you see that.")


# ── Wish, campaign, parent, end


@access.by_token(PUPIL, gone=GONE)
@require_POST
def wish_deed(request: HttpRequest, pupil: Pupil, pk: uuid.UUID, deed: str) -> HttpResponse:
    """Confirm or withdraw a wish."""
    found = get_object_or_404(pupil.wishes, pk=pk)
    if deed == "bestaetigen":
        matching.confirm(wish=found)
        messages.success(request, _("Thank you. Our counselling looks for you."))
    else:
        matching.withdraw(wish=found)
        messages.success(request, _("The wish is taken back."))
    return home(pupil)


@access.by_token(PUPIL, gone=GONE)
@require_POST
def signup_confirm(request: HttpRequest, pupil: Pupil, pk: int) -> HttpResponse:
    campaigning.confirm(signup=get_object_or_404(pupil.signups, pk=pk))
    messages.success(request, _("You are signed up. Now choose your days."))
    return home(pupil)


@access.by_token(PUPIL, gone=GONE)
@require_http_methods(GET_POST)
def absence(request: HttpRequest, pupil: Pupil, pk: int) -> HttpResponse:
    """Why somebody could not take part in a campaign."""
    signup: Signup = get_object_or_404(pupil.signups.select_related("campaign"), pk=pk, has_attended=False)
    form = AbsenceForm(posted(request))
    if request.method == "POST" and form.is_valid():
        campaigning.tell_absence(signup=signup, reason=form.cleaned_data["reason"])
        messages.success(request, _("Thank you."))
        return home(pupil)
    context = context_of(pupil, form=form, campaign=signup.campaign)
    return render(request, "internships/absence.html", context, status=400 if form.errors else 200)


@access.by_token(PUPIL, gone=GONE)
@require_http_methods(GET_POST)
def parent(request: HttpRequest, pupil: Pupil) -> HttpResponse:
    """Another address of a parent, where the first one did not answer."""
    form = GuardianForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            applying.change_guardian(pupil=pupil, email=form.cleaned_data["email"])
        except applying.NotPossible:
            form.add_error(None, _("We have just asked somebody. You can name another address tomorrow."))
        else:
            messages.success(request, _("We have sent a mail."))
            return home(pupil)
    return render(request, "internships/parent.html", context_of(pupil, form=form), status=400 if form.errors else 200)


@access.by_token(PUPIL, gone=GONE)
@require_http_methods(GET_POST)
def erase(request: HttpRequest, pupil: Pupil) -> HttpResponse:
    """Everything goes at once; companies that wait are told without a name."""
    form = EraseForm(posted(request))
    if request.method == "POST" and form.is_valid():
        if form.cleaned_data["sure"] != YES:
            return home(pupil)
        erasing.forget_pupil(pupil=pupil)
        return redirect("internships:erased")
    return render(request, "internships/erase.html", context_of(pupil, form=form), status=400 if form.errors else 200)


@access.by_token(PUPIL, gone=GONE)
@require_safe
def data(request: HttpRequest, pupil: Pupil) -> HttpResponse:
    """Everything that is stored, as one file."""
    return downloads.made(exporting.export(pupil), name="meine-daten.json", media_type="application/json")


@access.public
@require_safe
def erased(request: HttpRequest) -> HttpResponse:
    return render(request, "internships/erased.html")


# ── Other links


@access.by_token(GUARDIAN, gone=GONE)
@require_http_methods(GET_POST)
def guardian(request: HttpRequest, guardian: Guardian) -> HttpResponse:
    """A parent reads what it is about and decides; a yes can be taken back on the same page."""
    if not guardian.pupil.is_minor:
        raise Http404
    form = GuardianAnswerForm(posted(request))
    if request.method == "POST" and form.is_valid():
        applying.answer_for_child(guardian=guardian, agrees=form.cleaned_data["answer"] == YES)
        return redirect("internship_links:guardian", token=tokens.make_for(GUARDIAN, guardian))
    applications = guardian.pupil.applications.open().for_pages()
    context = {"guardian": guardian, "form": form, "text": CONSENT_TEXT, "applications": applications}
    return render(request, "internships/guardian.html", context, status=400 if form.errors else 200)


@access.by_token(PROPOSAL, gone=GONE)
@require_http_methods(GET_POST)
def proposal(request: HttpRequest, proposal: Proposal) -> HttpResponse:
    """Yes leads to the application, no ends it. The company learns of neither."""
    if not proposal.is_answerable or not proposal.offer.is_visible:
        raise Http404
    form = ProposalAnswerForm(posted(request))
    if request.method == "POST" and form.is_valid():
        takes = form.cleaned_data["answer"] == YES
        try:
            matching.answer(proposal=proposal, takes=takes, is_told=form.cleaned_data["is_told"])
        except matching.Closed:
            raise Http404 from None
        offer = proposal.offer
        return redirect("internships:apply", offer.slug, offer.pk) if takes else redirect("internships:list")
    context = {"proposal": proposal, "offer": proposal.offer, "form": form}
    return render(request, "internships/proposal.html", context, status=400 if form.errors else 200)
