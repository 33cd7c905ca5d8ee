"""To an appointment in four short pages, without an account: subject, time, who you are, check.

The first two pages keep everything in the address. From the moment a time is held, a token in the address names it;
no page needs a session.
"""

from datetime import date
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from counseling.actions import booking
from counseling.actions.booking import NotPossible, TooMany
from counseling.actions.claiming import Taken
from counseling.forms.booking import ClientForm, FindForm, Wish, WishForm, read_moment
from counseling.models import APPOINTMENT, APPOINTMENT_FORM, Appointment, Audience, Center, Service
from counseling.views import calendar
from kit import access, clock, limits, tokens
from kit.templatetags.kit import clocktime

STEPS = [
    gettext_lazy("Subject of the talk"),
    gettext_lazy("Day and time"),
    gettext_lazy("Your details"),
    gettext_lazy("Check and book"),
]
HOUR, DAY = 3600, 86_400
HOLDS_PER_HOUR = 60  # of one address: a library or a job centre has one for everybody
REQUESTS_PER_DAY = 20
FINDS_PER_HOUR = 10
MAILS_PER_HOUR = 3


@access.public
@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """What one gets, who gives it, where, and the phone number."""
    services = Service.objects.bookable().prefetch_related("subjects")
    doors = [(value, label) for value, label in Audience.choices if any(each.audience == value for each in services)]
    centers = Center.objects.filter(is_open=True).select_related("location")
    return render(request, "counseling/start.html", {"doors": doors, "services": services, "centers": centers})


@access.public
@require_safe
def topic(request: HttpRequest) -> HttpResponse:
    """First page. It sends itself by GET; with everything answered it leads on."""
    audience = audience_of(request)
    is_answered = any(name in request.GET for name in ("thema", "art", "sprache"))
    form = WishForm(request.GET if is_answered else None, audience=audience)
    if "weiter" in request.GET and form.is_valid():
        return onward("counseling:time", request, without=["weiter"])
    return render(request, "counseling/topic.html", {"form": form, "steps": STEPS, "audience": Audience(audience)})


def audience_of(request: HttpRequest) -> str:
    asked = request.GET.get("fuer", "")
    return asked if asked in Audience.values else Audience.PERSON.value


def onward(name: str, request: HttpRequest, *, without=(), **more) -> HttpResponseRedirect:
    query = {key: value for key, value in request.GET.items() if key not in without} | more
    return redirect(f"{reverse(name)}?{urlencode(query)}")


@access.public
@require_http_methods(["GET", "HEAD", "POST"])
def time(request: HttpRequest) -> HttpResponse:
    """Second page: a week of times. Choosing one holds it for a quarter of an hour."""
    form = WishForm(request.GET, audience=audience_of(request))
    if not form.is_valid():
        return onward("counseling:topic", request, weiter="1")
    wish = form.wish
    monday = calendar.read_week(wish.service, request.GET.get("woche", ""))
    if request.method != "POST":
        return _week(request, wish, monday, gone=read_moment(request.GET.get("vergeben", "")))
    if limits.exceeded(request, "hold", most=HOLDS_PER_HOUR, seconds=HOUR):
        return too_many(request)
    return _choose(request, wish, monday)


def _choose(request: HttpRequest, wish: Wish, monday: date) -> HttpResponse:
    chosen = read_moment(request.POST.get("zeit", ""))
    if chosen is None:
        return _week(request, wish, monday, error=_("Choose a time"), status=400)
    try:
        held = booking.hold_first(
            counsellors=wish.counsellors, service=wish.service, subject=wish.subject,
            starts_at=chosen, mode=wish.mode, language=wish.language,
        )  # fmt: skip
    except Taken:
        return _week(request, wish, monday, gone=chosen, status=409)
    if before := tokens.resolve(APPOINTMENT_FORM, request.GET.get("statt", "")):
        booking.exchange(held=held, instead_of=before)
    return redirect("counseling:details", token=tokens.make_for(APPOINTMENT_FORM, held))


def _week(request, wish: Wish, monday: date, *, gone=None, error="", status=200) -> HttpResponse:
    """`gone`: a time that somebody else was quicker to take; what is free next stands beside it."""
    week = calendar.look(wish.service, monday, counsellors=wish.counsellors, mode=wish.mode, language=wish.language)
    following = calendar.next_time(week, gone) if gone else None
    if gone:
        error = _("{time} is just taken.").format(time=clocktime(gone))
    query = request.GET.copy()
    for key in ("woche", "vergeben"):
        query.pop(key, None)
    context = {
        "wish": wish, "week": week, "error": error, "following": following, "steps": STEPS,
        "query": query.urlencode(), "waiting_address": f"{reverse('counseling:waiting')}?{query.urlencode()}",
        "chosen": request.POST.get("zeit", "") if not gone else "",
    }  # fmt: skip
    return render(request, "counseling/time.html", context, status=status)


def too_many(request: HttpRequest) -> HttpResponse:
    return limits.too_many(request, seconds=HOUR)


# ── With a time that is held


def _closed(request: HttpRequest, appointment: Appointment) -> HttpResponse | None:
    """Where to go when this form is not open any more."""
    if appointment.is_form_open:
        return None
    return redirect("counseling:booked", token=tokens.make_for(APPOINTMENT_FORM, appointment))


@access.by_token(APPOINTMENT_FORM)
@require_http_methods(["GET", "HEAD", "POST"])
def details(request: HttpRequest, appointment: Appointment) -> HttpResponse:
    """Third page: who comes."""
    if elsewhere := _closed(request, appointment):
        return elsewhere
    form = ClientForm(request.POST if request.method == "POST" else None, appointment=appointment)
    if request.method == "POST" and form.is_valid():
        booking.describe(appointment=appointment, **form.client(get_language()))
        return redirect("counseling:check", token=tokens.make_for(APPOINTMENT_FORM, appointment))
    return render(request, "counseling/details.html", {**_held(appointment), "form": form, "current": 3})


@access.by_token(APPOINTMENT_FORM)
@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest, appointment: Appointment) -> HttpResponse:
    """Fourth page: everything once more, and the button that counts."""
    if elsewhere := _closed(request, appointment):
        return elsewhere
    token = tokens.make_for(APPOINTMENT_FORM, appointment)
    if not appointment.name:
        return redirect("counseling:details", token=token)
    if request.method != "POST":
        return render(request, "counseling/check.html", {**_held(appointment), "current": 4})
    if limits.exceeded(request, "request", most=REQUESTS_PER_DAY, seconds=DAY):
        return too_many(request)
    return _request(request, appointment, token)


def _request(request: HttpRequest, appointment: Appointment, token: str) -> HttpResponse:
    try:
        booking.request(appointment=appointment)
    except Taken:
        return redirect(_other_time(appointment, vergeben=f"{appointment.starts_at:%Y-%m-%dT%H:%MZ}"))
    except TooMany:
        messages.error(request, _("Two appointments wait for your confirmation already. Please confirm them first."))
        return redirect("counseling:check", token=token)
    except NotPossible:  # the same button twice
        pass
    return redirect("counseling:booked", token=token)


def _held(appointment: Appointment) -> dict:
    token = tokens.make_for(APPOINTMENT_FORM, appointment)
    seconds = (appointment.held_until - clock.now()).total_seconds()
    return {
        "appointment": appointment, "token": token, "steps": STEPS,
        "minutes": max(0, round(seconds / 60)) if appointment.state == Appointment.State.HELD else 0,
        "other_time": _other_time(appointment), "other_subject": _other_subject(appointment),
    }  # fmt: skip


def _query(appointment: Appointment, **more) -> str:
    wish = {
        "fuer": appointment.audience, "thema": appointment.subject_id, "art": appointment.mode,
        "sprache": appointment.language, "statt": tokens.make_for(APPOINTMENT_FORM, appointment),
    }  # fmt: skip
    return urlencode({**wish, **more})


def _other_time(appointment: Appointment, **more) -> str:
    week = calendar.monday_of(clock.local(appointment.starts_at).date()).isoformat()
    return f"{reverse('counseling:time')}?{_query(appointment, woche=week, **more)}"


def _other_subject(appointment: Appointment) -> str:
    return f"{reverse('counseling:topic')}?{_query(appointment)}"


@access.by_token(APPOINTMENT_FORM)
@require_POST
def prolong(request: HttpRequest, appointment: Appointment) -> HttpResponse:
    """More time for the form."""
    try:
        booking.prolong(appointment=appointment)
    except Taken:
        return redirect(_other_time(appointment, vergeben=f"{appointment.starts_at:%Y-%m-%dT%H:%MZ}"))
    except NotPossible:
        return redirect("counseling:booked", token=tokens.make_for(APPOINTMENT_FORM, appointment))
    messages.success(request, _("We keep the appointment for another 15 minutes."))
    page = "counseling:check" if request.POST.get("seite") == "pruefen" else "counseling:details"
    return redirect(page, token=tokens.make_for(APPOINTMENT_FORM, appointment))


@access.by_token(APPOINTMENT_FORM)
@require_safe
def booked(request: HttpRequest, appointment: Appointment) -> HttpResponse:
    """What happens next. Shows no more of the client than the address that the mail went to."""
    if appointment.is_form_open:
        return redirect("counseling:details", token=tokens.make_for(APPOINTMENT_FORM, appointment))
    return render(
        request, "counseling/booked.html", {"appointment": appointment, "token": request.resolver_match.kwargs["token"]}
    )


@access.by_token(APPOINTMENT_FORM)
@require_POST
def mail_again(request: HttpRequest, appointment: Appointment) -> HttpResponse:
    """The mail has not come."""
    back = redirect("counseling:booked", token=tokens.make_for(APPOINTMENT_FORM, appointment))
    if appointment.state != Appointment.State.REQUESTED:
        return back
    if limits.exceeded(request, "mail again", most=MAILS_PER_HOUR, seconds=HOUR, key=str(appointment.pk)):
        return too_many(request)
    booking.mail_again(appointment=appointment)
    messages.success(request, _("We have sent the mail once more."))
    return back


# ── Without the link


@access.public
@require_http_methods(["GET", "HEAD", "POST"])
def find(request: HttpRequest) -> HttpResponse:
    """Number and address together open what the link opens."""
    if request.method == "POST" and limits.exceeded(request, "find appointment", most=FINDS_PER_HOUR, seconds=HOUR):
        return too_many(request)
    form = FindForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        return redirect("counseling_links:appointment", token=tokens.make_for(APPOINTMENT, form.appointment))
    return render(request, "counseling/find.html", {"form": form})
