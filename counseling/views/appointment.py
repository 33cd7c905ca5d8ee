"""The one link of an appointment, for life: it shows the present state; each deed has a page with a button.

Mail programs open links to look for viruses; nothing happens by opening one.
"""

from collections.abc import Callable
from functools import wraps

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.actors import LINK_HOLDER
from counseling import slots
from counseling.actions import booking, changing
from counseling.actions.booking import NotPossible
from counseling.actions.claiming import Taken
from counseling.emails import files
from counseling.forms.booking import ModeForm, read_moment
from counseling.models import APPOINTMENT, Appointment, Counsellor, Mode
from counseling.views import calendar
from kit import access, downloads, ical, tokens
from kit.templatetags.kit import clocktime


def by_link(view: Callable) -> Callable:
    """Opened by the link, in the language of the mails: these addresses carry none."""

    @access.by_token(APPOINTMENT)
    @wraps(view)
    def opened(request, appointment, *args, **kwargs):
        with translation.override(appointment.mail_language):
            return view(request, appointment, *args, **kwargs)

    return opened


def _home(appointment: Appointment) -> HttpResponse:
    return redirect("counseling_links:appointment", token=tokens.make_for(APPOINTMENT, appointment))


def _page(request: HttpRequest, template: str, appointment: Appointment, status: int = 200, **context) -> HttpResponse:
    context |= {"appointment": appointment, "token": tokens.make_for(APPOINTMENT, appointment)}
    return render(request, f"counseling/{template}.html", context, status=status)


@by_link
@require_http_methods(["GET", "HEAD", "POST"])
def appointment(request: HttpRequest, appointment: Appointment) -> HttpResponse:
    """What holds at this moment. The button confirms, as long as there is something to confirm."""
    if request.method != "POST":
        return _page(request, "appointment", appointment, other_modes=_other_modes(appointment))
    try:
        booking.confirm(appointment=appointment)
    except Taken:
        messages.error(request, _("Somebody else has this time by now. Please choose another one."))
    except NotPossible:
        messages.error(request, _("This appointment cannot be confirmed any more."))
    return _home(appointment)


def _other_modes(appointment: Appointment) -> frozenset[str]:
    """How the talk could be held too, at the same time with the same person."""
    if not appointment.is_open:
        return frozenset()
    slot = slots.find(
        appointment.service, counsellor=appointment.counsellor, starts_at=appointment.starts_at,
        with_notice=False, besides=appointment.pk,
    )  # fmt: skip
    here = {Mode.IN_PERSON, Mode.PHONE, Mode.VIDEO}  # a visit needs time for the way: the office arranges it
    return (slot.modes & here) - {appointment.mode} if slot else frozenset()


@by_link
@require_http_methods(["GET", "HEAD", "POST"])
def move(request: HttpRequest, appointment: Appointment) -> HttpResponse:
    """The same calendar as at booking; first the same counsellor, then whoever else could hold this talk."""
    if not appointment.is_open:
        return _home(appointment)
    monday = calendar.read_week(appointment.service, request.GET.get("woche", ""))
    week = _week(appointment, monday)
    if request.method != "POST":
        return _page(request, "appointment_move", appointment, week=week)
    return _move(request, appointment, week)


def _week(appointment: Appointment, monday) -> calendar.Week:
    people = Counsellor.objects.for_talk(appointment.service, appointment.subject, appointment.language)
    return calendar.look(
        appointment.service, monday, counsellors=people, mode=appointment.mode, language=appointment.language,
        besides=appointment.pk,
    )  # fmt: skip


def _move(request: HttpRequest, appointment: Appointment, week: calendar.Week) -> HttpResponse:
    chosen = read_moment(request.POST.get("zeit", ""))
    if chosen is None:
        return _page(request, "appointment_move", appointment, 400, week=week, error=_("Choose a time"))
    found = next((each for day in week.days for each in day.times if each.starts_at == chosen), None)
    people = found.counsellors if found else ()
    counsellor = appointment.counsellor if appointment.counsellor in people else next(iter(people), None)
    try:
        changing.move(appointment=appointment, starts_at=chosen, counsellor=counsellor, by=LINK_HOLDER)
    except Taken:
        fresh = _week(appointment, week.first)
        error = _("{time} is just taken.").format(time=clocktime(chosen))
        following = calendar.next_time(fresh, chosen)
        return _page(request, "appointment_move", appointment, 409, week=fresh, error=error, following=following)
    messages.success(request, _("Your appointment is moved."))
    return _home(appointment)


@by_link
@require_http_methods(["GET", "HEAD", "POST"])
def mode(request: HttpRequest, appointment: Appointment) -> HttpResponse:
    """Same time, same person, met in another way."""
    form = ModeForm(
        request.POST if request.method == "POST" else None, appointment=appointment, modes=_other_modes(appointment)
    )
    if not appointment.is_open or not form.fields["art"].choices:
        return _home(appointment)
    if request.method == "POST" and form.is_valid():
        return _change_mode(request, appointment, **form.cleaned_data)
    return _page(request, "appointment_mode", appointment, form=form)


def _change_mode(request: HttpRequest, appointment: Appointment, art: str, phone: str = "") -> HttpResponse:
    try:
        changing.change_mode(appointment=appointment, mode=art, phone=phone, by=LINK_HOLDER)
    except Taken:
        messages.error(request, _("This way is not free at your time. Please call us or choose another time."))
    else:
        messages.success(request, _("It is changed. Your time stays the same."))
    return _home(appointment)


@by_link
@require_http_methods(["GET", "HEAD", "POST"])
def cancel(request: HttpRequest, appointment: Appointment) -> HttpResponse:
    """Asks once more; what a program that presses every button on the first page cannot do."""
    if appointment.is_past or not (appointment.is_booked or appointment.is_waiting):
        return _home(appointment)
    if request.method != "POST":
        return _page(request, "appointment_cancel", appointment)
    changing.cancel(appointment=appointment, by=LINK_HOLDER)
    return _home(appointment)


@by_link
@require_safe
def calendar_file(request: HttpRequest, appointment: Appointment) -> HttpResponse:
    """For one's own calendar; after a change it replaces what is there."""
    return downloads.made(files.of(appointment).content, name=files.NAME, media_type=ical.CONTENT_TYPE)
