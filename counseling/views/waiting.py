"""The waiting list: onto it, off it, and the page of an offer."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from counseling.actions import waiting as actions
from counseling.actions.booking import NotPossible
from counseling.actions.claiming import Taken
from counseling.forms.booking import WishForm
from counseling.forms.waiting import OfferForm, WaitingForm
from counseling.models import APPOINTMENT, WAITING, Waiting
from counseling.views.booking import HOUR, audience_of, onward, too_many
from kit import access, limits, tokens

JOINS_PER_HOUR = 5


@access.public
@require_http_methods(["GET", "HEAD", "POST"])
def join(request: HttpRequest) -> HttpResponse:
    """Comes from the page of times, with what one wants in the address."""
    wishes = WishForm(request.GET, audience=audience_of(request))
    if not wishes.is_valid():
        return onward("counseling:topic", request, weiter="1")
    form = WaitingForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and limits.exceeded(request, "wait", most=JOINS_PER_HOUR, seconds=HOUR):
        return too_many(request)
    if request.method == "POST" and form.is_valid():
        wish = wishes.wish
        waiting = actions.join(
            service=wish.service, subject=wish.subject, mode=wish.mode, language=wish.language,
            mail_language=get_language(), **form.cleaned_data,
        )  # fmt: skip
        return render(request, "counseling/waiting_joined.html", {"email": waiting.email, "until": waiting.until})
    context = {"form": form, "wish": wishes.wish, "query": request.GET.urlencode()}
    return render(request, "counseling/waiting_join.html", context)


@access.by_token(WAITING)
@require_http_methods(["GET", "HEAD", "POST"])
def offer(request: HttpRequest, waiting: Waiting) -> HttpResponse:
    """What one waits for; with an offer, the question whether one takes it. No answer is ticked beforehand."""
    with translation.override(waiting.mail_language):
        form = OfferForm(request.POST if request.method == "POST" else None, has_offer=waiting.has_offer)
        if request.method == "POST" and form.is_valid():
            return _answer(request, waiting, form.cleaned_data["antwort"])
        context = {"waiting": waiting, "appointment": waiting.offered, "form": form}
        return render(request, "counseling/waiting_offer.html", context)


def _answer(request: HttpRequest, waiting: Waiting, word: str) -> HttpResponse:
    if word == OfferForm.TAKE:
        try:
            appointment = actions.take(waiting=waiting)
        except (Taken, NotPossible):
            messages.error(request, _("This time is gone by now. You stay on the list."))
            return redirect(request.path)
        return redirect("counseling_links:appointment", token=tokens.make_for(APPOINTMENT, appointment))
    deed = actions.decline if word == OfferForm.DECLINE else actions.leave
    deed(waiting=waiting)
    return redirect(request.path)
