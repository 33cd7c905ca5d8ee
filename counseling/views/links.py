"""Pages behind links in mails: a client decides, a provider answers, a list of courses. GET changes nothing."""

from collections.abc import Callable
from contextlib import suppress
from functools import wraps

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.actors import LINK_HOLDER
from counseling.actions import absences, referring
from counseling.actions.booking import NotPossible, Taken
from counseling.forms.desk import ReferralAnswerForm
from counseling.forms.guidance import ConsentForm, IllnessChoiceForm
from counseling.models import (
    REFERRAL_ANSWER,
    REFERRAL_CONSENT,
    SHORTLIST,
    Appointment,
    Mode,
    Referral,
    Shortlist,
)
from counseling.views import picks
from counseling.views.appointment import by_link
from counseling.views.talks import copy_of
from kit import access, clock

GET_POST = ["GET", "HEAD", "POST"]
PROVIDER_SEES = clock.days(90)  # a client's data behind the link in a mail


# ── The counsellor is ill


@by_link
@require_http_methods(GET_POST)
def illness(request: HttpRequest, appointment: Appointment) -> HttpResponse:
    """Another time, a colleague, or by phone. Where it is settled already, the page of the talk says how it stands."""
    if not Appointment.objects.unattended().filter(pk=appointment.pk).exists():
        return render(request, "counseling/illness_settled.html", {"appointment": appointment})
    form = IllnessChoiceForm(request.POST if request.method == "POST" else None, choices=ways_out(appointment))
    if request.method == "POST" and form.is_valid():
        if form.cleaned_data["choice"] == "zeit":
            return redirect("counseling_links:move", token=request.resolver_match.kwargs["token"])
        try:
            absences.pass_on(appointment=appointment, mode=form.cleaned_data["choice"], by=LINK_HOLDER)
        except (Taken, NotPossible):
            form.add_error("choice", _("This is not free any more. Please choose something else"))
        else:
            return redirect(request.path)
    return render(request, "counseling/illness.html", {"appointment": appointment, "form": form})


def ways_out(appointment: Appointment) -> list[tuple[str, str]]:
    """The value is the mode in which the talk would be held with somebody else, or "zeit"."""
    found = []
    if same := absences.colleagues(appointment, mode=appointment.mode):
        found.append((appointment.mode, _("the same time, with {name}").format(name=same[0].display_name)))
    by_phone = absences.colleagues(appointment, mode=Mode.PHONE) if appointment.mode != Mode.PHONE else []
    if by_phone:
        found.append((Mode.PHONE, _("the same time, by phone with {name}").format(name=by_phone[0].display_name)))
    return [*found, ("zeit", _("another time"))]


# ── What the client takes along


@by_link
@require_safe
def copy(request: HttpRequest, appointment: Appointment) -> HttpResponse:
    if appointment.state != Appointment.State.COMPLETED or appointment.erased_at:
        raise Http404
    return render(request, "counseling/copy.html", {"appointment": appointment, **copy_of(appointment)})


def opened(purpose: str, language_of: Callable) -> Callable:
    """Opened by the link, in the language of the mail: these addresses carry none."""

    def decorate(view: Callable) -> Callable:
        @access.by_token(purpose)
        @wraps(view)
        def spoken(request, obj, *args, **kwargs):
            with translation.override(language_of(obj)):
                return view(request, obj, *args, **kwargs)

        return spoken

    return decorate


def language_of_list(shortlist: Shortlist) -> str:
    return shortlist.appointment.mail_language if shortlist.appointment else settings.LANGUAGE_CODE


@opened(SHORTLIST, language_of_list)
@require_safe
def shortlist(request: HttpRequest, shortlist: Shortlist) -> HttpResponse:
    if not shortlist.is_open:
        return render(request, "counseling/shortlist_gone.html", {"shortlist": shortlist}, status=410)
    context = {"shortlist": shortlist, "items": picks.items_of(shortlist)}
    return render(request, "counseling/shortlist.html", context)


# ── Referral: the client decides, the provider answers


@opened(REFERRAL_CONSENT, lambda referral: referral.appointment.mail_language)
@require_http_methods(GET_POST)
def referral(request: HttpRequest, referral: Referral) -> HttpResponse:
    if referral.appointment.erased_at:
        raise Http404
    form = ConsentForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        deed = referring.consent if form.cleaned_data["answer"] == "ja" else referring.withdraw
        deed(referral=referral, by=LINK_HOLDER)
        return redirect(request.path)
    return render(request, "counseling/referral.html", {"referral": referral, "form": form})


@opened(REFERRAL_ANSWER, lambda referral: settings.LANGUAGE_CODE)  # providers are written to in German
@require_http_methods(GET_POST)
def referral_answer(request: HttpRequest, referral: Referral) -> HttpResponse:
    """The client's data are shown only while the client wants that, and not for ever."""
    is_asked = referral.state in referring.ASKED and not referral.appointment.erased_at
    if not is_asked or referral.sent_at < clock.now() - PROVIDER_SEES:
        return render(request, "counseling/referral_over.html", {"referral": referral})
    form = ReferralAnswerForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        with suppress(referring.WrongState):  # taken back in this very moment: the page says so
            referring.answer(referral=referral, answer=form.cleaned_data["answer"], by=LINK_HOLDER)
        return redirect(request.path)
    return render(request, "counseling/referral_answer.html", {"referral": referral, "form": form})
