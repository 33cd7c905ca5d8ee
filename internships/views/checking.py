"""/t/<token>/: a company makes an offer longer, or says that it is still right. Opening the page changes nothing."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from internships.actions import checking, offering
from internships.forms.checking import LongerForm, NextTimeForm, StillRightForm
from internships.forms.pupil import YES
from internships.models import LESSON_OFFER_CHECK, OFFER_CHECK, LessonOffer, Offer
from internships.models.offered import Offered
from kit import access
from kit.forms import posted

GET_POST = ["GET", "HEAD", "POST"]
GONE = "internships/link_gone.html"


@access.by_token(OFFER_CHECK, gone=GONE)
@require_http_methods(GET_POST)
def offer_check(request: HttpRequest, offer: Offer) -> HttpResponse:
    return still_right(request, offer)


@access.by_token(LESSON_OFFER_CHECK, gone=GONE)
@require_http_methods(GET_POST)
def lesson_offer_check(request: HttpRequest, offer: LessonOffer) -> HttpResponse:
    return still_right(request, offer)


def still_right(request: HttpRequest, offer: Offered) -> HttpResponse:
    if not checking.is_asked(offer):
        return answered(request, offer)
    form = StillRightForm(posted(request))
    if request.method == "POST" and form.is_valid():
        deed = checking.confirm if form.cleaned_data["answer"] == YES else checking.give_up
        try:
            offer = deed(offer=offer)
        except checking.Closed:
            offer.refresh_from_db()
        return answered(request, offer)
    return page(request, "internships/offer_check.html", offer, form)


@access.by_token(OFFER_CHECK, gone=GONE)
@require_http_methods(GET_POST)
def offer_extend(request: HttpRequest, offer: Offer) -> HttpResponse:
    """One more time of an internship, proposed four weeks after the last one."""
    if not checking.can_be_extended(offer):
        return answered(request, offer)
    last = offer.periods.order_by("-first_day").first()
    usual = {"first_day": last.first_day + checking.NEXT_AFTER, "seats": last.seats}
    form = NextTimeForm(posted(request), initial=usual)
    if request.method == "POST" and form.is_valid():
        try:
            checking.extend_offer(offer=offer, **form.cleaned_data)
        except offering.NotReady as error:
            for sentence in error.sentences:
                form.add_error("first_day", sentence)
        except checking.Closed:
            return answered(request, offer)
        else:
            return answered(request, offer)
    return page(request, "internships/offer_extend.html", offer, form)


@access.by_token(LESSON_OFFER_CHECK, gone=GONE)
@require_http_methods(GET_POST)
def lesson_offer_extend(request: HttpRequest, offer: LessonOffer) -> HttpResponse:
    """A year more for a topic."""
    if not checking.can_be_extended(offer):
        return answered(request, offer)
    form = LongerForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            offer = checking.extend_topic(offer=offer)
        except checking.Closed:
            offer.refresh_from_db()
        return answered(request, offer)
    return page(request, "internships/offer_extend.html", offer, form)


def page(request: HttpRequest, template: str, offer: Offered, form) -> HttpResponse:
    context = {"offer": offer, "form": form, "is_internship": isinstance(offer, Offer)}
    return render(request, template, context, status=400 if form.errors else 200)


def answered(request: HttpRequest, offer: Offered) -> HttpResponse:
    """How it stands now; drafts and what is with the coordinator are for the company's own pages."""
    if offer.state not in {offer.State.PUBLISHED, offer.State.ARCHIVED}:
        raise Http404
    context = {"offer": offer, "is_visible": offer.is_visible, "is_internship": isinstance(offer, Offer)}
    return render(request, "internships/offer_answered.html", context)
