"""The forms that everybody may fill in: apply, wish, sign up. Each ends in a mail that has to be answered."""

from collections import Counter
from contextlib import suppress
from datetime import date, timedelta

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from internships.actions import applying, campaigning, matching
from internships.forms.pupil import ApplyForm, PersonForm, SignupForm, WishForm
from internships.models import Campaign, Offer, Period, Pupil, Source
from kit import access, clock, limits
from kit.forms import posted

GET_POST = ["GET", "HEAD", "POST"]
HOUR = 3600
FORMS_PER_HOUR = 40  # of one address: a school has one for everybody
MAILS_PER_DAY = 8  # to one mailbox


@access.form
@require_http_methods(GET_POST)
def apply(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """One page: a date, three questions, who you are."""
    offer = get_object_or_404(Offer.objects.visible().for_cards(), pk=pk)
    form = ApplyForm(posted(request), offer=offer)
    if request.method == "POST" and form.is_valid():
        if is_too_often(request, form):
            return limits.too_many(request, seconds=HOUR)
        pupil = pupil_of(form)
        try:
            applying.apply(pupil=pupil, period=form.period, source=source_of(request), **form.answers)
        except applying.TooYoung:
            form.add_error(None, too_young(offer))
        except applying.TooMany:
            form.add_error(None, _("You have enough open applications. Wait for the answers, or take one back."))
        except applying.NotPossible:
            form.add_error(None, _("This place has just been taken. Please choose another date."))
        except applying.Twice:
            return redirect("internships:applied")
        else:
            return redirect("internships:applied")
    return render(request, "internships/apply.html", {"form": form, "offer": offer})


def too_young(offer: Offer) -> str:
    youngest = max([offer.min_age, offer.campaign.min_age if offer.campaign else 0])
    return _("For this internship one has to be {age} years old on the first day.").format(age=youngest)


def pupil_of(form: PersonForm) -> Pupil:
    pupil = applying.known(**form.person, mail_language=get_language())
    applying.name_guardian(pupil=pupil, email=form.cleaned_data["guardian_email"])
    return pupil


def is_too_often(request: HttpRequest, form: PersonForm) -> bool:
    """Nobody fills a stranger's mailbox with our questions."""
    mailbox = form.cleaned_data["email"].lower()
    if limits.exceeded(request, "internship form", most=FORMS_PER_HOUR, seconds=HOUR):
        return True
    return limits.exceeded(request, "internship mails", most=MAILS_PER_DAY, seconds=24 * HOUR, key=mailbox)


def source_of(request: HttpRequest) -> Source | None:
    """The code of a poster, carried along in the address."""
    return Source.objects.filter(code=request.GET.get("quelle", "")[:12]).first()


@access.public
@require_safe
def applied(request: HttpRequest) -> HttpResponse:
    """What happens next; shows nothing of what was written."""
    return render(request, "internships/applied.html")


# ── Wish


@access.form
@require_http_methods(GET_POST)
def wish(request: HttpRequest) -> HttpResponse:
    today = clock.today()
    start = {"first_day": today + timedelta(days=7), "last_day": today + timedelta(days=120)}
    form = WishForm(posted(request), initial=start)
    if request.method == "POST" and form.is_valid():
        if is_too_often(request, form):
            return limits.too_many(request, seconds=HOUR)
        with suppress(matching.OneIsOpen):  # the same page for everybody, whoever has a wish already
            matching.wish(pupil=pupil_of(form), **form.wish)
        return redirect("internships:wished")
    return render(request, "internships/wish.html", {"form": form})


@access.public
@require_safe
def wished(request: HttpRequest) -> HttpResponse:
    return render(request, "internships/wished.html")


# ── Campaign


@access.public
@require_safe
def campaign(request: HttpRequest, slug: str) -> HttpResponse:
    found = get_object_or_404(Campaign.objects.public(), slug=slug)
    offers = Offer.objects.visible().filter(campaign=found)
    context = {
        "campaign": found,
        "offers": offers.count(),
        "companies": offers.values("employer").distinct().count(),
        "days": free_by_day(found),
        "source": source_of(request),
    }
    return render(request, "internships/campaign.html", context)


def free_by_day(campaign: Campaign) -> list[tuple[date, int]]:
    """The days that are still to come, each with its free places."""
    offers = Offer.objects.visible().filter(campaign=campaign).values("pk")
    rows = Period.objects.applicable().filter(offer__in=offers).values_list("first_day", "seats", "taken")
    free: Counter = Counter()
    for day, seats, taken in rows:
        free[day] += seats - taken
    return [(day, free[day]) for day in campaign.days if free[day]]


@access.form
@require_http_methods(GET_POST)
def sign_up(request: HttpRequest, slug: str) -> HttpResponse:
    found = get_object_or_404(Campaign.objects.public(), slug=slug)
    if not found.is_open:
        raise Http404
    form = SignupForm(posted(request))
    if request.method == "POST" and form.is_valid():
        if is_too_often(request, form):
            return limits.too_many(request, seconds=HOUR)
        source = source_of(request)
        try:
            campaigning.sign_up(campaign=found, pupil=pupil_of(form), source=source)
        except campaigning.TooYoung:
            form.add_error(None, _("For this campaign one has to be {age} years old.").format(age=found.min_age))
        except campaigning.Closed:
            raise Http404 from None
        else:
            return redirect("internships:signed_up", found.slug)
    return render(request, "internships/sign_up.html", {"form": form, "campaign": found})


@access.public
@require_safe
def signed_up(request: HttpRequest, slug: str) -> HttpResponse:
    found = get_object_or_404(Campaign.objects.public(), slug=slug)
    return render(request, "internships/signed_up.html", {"campaign": found})
