"""For people who call or stand at the desk: find a time, book it at once, print a slip. E-mail is optional."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from counseling import slots
from counseling.actions import booking, changing
from counseling.forms.booking import read_moment
from counseling.forms.desk import CallerForm, SearchForm
from counseling.models import Appointment, Counsellor, Mode
from counseling.views.desk import desk, number_of, page, talk_or_404
from kit import clock

DAYS = 7  # shown at once
GET_POST = ["GET", "HEAD", "POST"]


@dataclass(frozen=True)
class Row:
    """The free times of one person on one day."""

    counsellor: Counsellor
    slots: list[slots.Slot]


@dataclass(frozen=True)
class Day:
    """For counseling/_slot_days.html."""

    date: date
    rows: list[Row]


def by_day(free: list[slots.Slot]) -> list[Day]:
    """Day by day, and in it person by person in alphabetical order."""
    found: dict[date, dict[Counsellor, list[slots.Slot]]] = {}
    for slot in free:
        found.setdefault(clock.local(slot.starts_at).date(), {}).setdefault(slot.counsellor, []).append(slot)
    return [
        Day(day, [Row(person, found[day][person]) for person in sorted(found[day], key=lambda each: each.display_name)])
        for day in found
    ]


@desk
@require_safe
def search(request: HttpRequest, counsellor: Counsellor) -> HttpResponse:
    form = SearchForm(request.GET or None)
    if not form.is_bound or not form.is_valid():
        return page(request, counsellor, "desk_book", "book", form=form, days=None)
    asked, (service, subject) = form.cleaned_data, form.cleaned_data["anliegen"]
    first_day = max(asked["ab"] or clock.today(), clock.today())
    people = Counsellor.objects.for_talk(service, subject, asked["sprache"])
    if asked["bei"]:
        people = people.filter(pk=asked["bei"].pk)
    free = slots.free(
        service, first_day=first_day, days=DAYS, counsellors=people, mode=asked["art"] or None, with_notice=False
    )
    return page(
        request, counsellor, "desk_book", "book", form=form, days=by_day(free), first_day=first_day,
        last_day=first_day + timedelta(days=DAYS - 1), later=first_day + timedelta(days=DAYS),
    )  # fmt: skip


@desk
@require_http_methods(GET_POST)
def book(request: HttpRequest, counsellor: Counsellor) -> HttpResponse:
    """The chosen time stands in the address: `zeit` and `wer` beside what was searched for."""
    search_form = SearchForm(request.GET)
    if not search_form.is_valid():
        return redirect("counseling_desk:book")
    service, subject = search_form.cleaned_data["anliegen"]
    slot = chosen_slot(request, service, search_form.cleaned_data["sprache"])
    if slot is None:
        return _taken_meanwhile(request)
    mode = mode_of(slot, search_form.cleaned_data["art"], request.GET.get("wie", ""))
    form = CallerForm(request.POST if request.method == "POST" else None, service=service, mode=mode)
    if request.method == "POST" and form.is_valid():
        try:
            appointment = booking.book_for_caller(
                service=service, subject=subject, counsellor=slot.counsellor, starts_at=slot.starts_at, mode=mode,
                language=search_form.cleaned_data["sprache"], by=request.user, **form.cleaned_data,
            )  # fmt: skip
        except booking.Taken:
            return _taken_meanwhile(request)
        messages.success(request, _("Booked. Please tell the person the number, or print the slip."))
        return redirect("counseling_desk:talk", appointment.pk)
    others = [(each, Mode(each).label) for each in sorted(slot.modes - {mode})]
    context = {"form": form, "slot": slot, "subject": subject, "mode_label": Mode(mode).label, "other_modes": others}
    return page(request, counsellor, "desk_book_caller", "book", **context)


def _taken_meanwhile(request: HttpRequest) -> HttpResponse:
    messages.warning(request, _("This time has just been taken. Here are the others."))
    return redirect(f"{reverse('counseling_desk:book')}?{request.GET.urlencode()}")


def chosen_slot(request: HttpRequest, service, language: str) -> slots.Slot | None:
    starts_at, who = read_moment(request.GET.get("zeit", "")), number_of(request.GET.get("wer", ""))
    person = Counsellor.objects.active().select_related("center").filter(pk=who).first()
    if starts_at is None or person is None:
        return None
    return slots.find(service, counsellor=person, starts_at=starts_at, language=language, with_notice=False)


def mode_of(slot: slots.Slot, wanted: str, chosen: str) -> str:
    """The one that was chosen, else that which was asked for, else the nearest to a meeting."""
    for mode in (chosen, wanted, *Mode.values):
        if mode in slot.modes:
            return mode
    raise Http404


@desk
@require_safe
def slip(request: HttpRequest, counsellor: Counsellor, pk) -> HttpResponse:
    """On paper for those who have no mail: number, time, place, whom to call."""
    return page(request, counsellor, "desk_slip", "book", appointment=talk_or_404(counsellor, pk))


# ── Moving and cancelling for somebody who calls


@desk
@require_http_methods(GET_POST)
def move(request: HttpRequest, counsellor: Counsellor, pk) -> HttpResponse:
    appointment = talk_or_404(counsellor, pk)
    if request.method == "POST":
        return redirect_after(request, appointment, lambda: change(request, appointment))
    if not appointment.is_open:
        return too_late(request, appointment)
    first_day = clock.today()
    free = slots.free(
        appointment.service, first_day=first_day, days=DAYS * 2, mode=appointment.mode, language=appointment.language,
        with_notice=False, besides=appointment.pk,
    )  # fmt: skip
    advising = set(Counsellor.objects.advising_on(appointment.subject).values_list("pk", flat=True))
    own = {slot for slot in free if slot.counsellor.pk == appointment.counsellor_id}
    days = by_day([slot for slot in free if slot in own or slot.counsellor.pk in advising])
    return page(request, counsellor, "desk_move", "week", appointment=appointment, days=days)


def change(request: HttpRequest, appointment: Appointment) -> None:
    who, _space, begin = request.POST.get("zeit", "").partition(" ")
    starts_at = read_moment(begin)
    if starts_at is None:
        raise booking.NotOffered
    person = get_object_or_404(Counsellor.objects.active(), pk=number_of(who))
    changing.move(appointment=appointment, starts_at=starts_at, counsellor=person, by=request.user)
    messages.success(request, _("Moved. The number stays the same."))


def redirect_after(request: HttpRequest, appointment: Appointment, deed) -> HttpResponse:
    try:
        deed()
    except booking.Taken:
        messages.error(request, _("This time has just been taken. Please choose another one."))
        return redirect("counseling_desk:move", appointment.pk)
    except booking.NotPossible:
        return too_late(request, appointment)
    return redirect("counseling_desk:talk", appointment.pk)


def too_late(request: HttpRequest, appointment: Appointment) -> HttpResponse:
    messages.error(request, _("This is not possible any more."))
    return redirect("counseling_desk:talk", appointment.pk)


@desk
@require_http_methods(GET_POST)
def cancel(request: HttpRequest, counsellor: Counsellor, pk) -> HttpResponse:
    """A page of its own before anything happens: the client gets a mail."""
    appointment = talk_or_404(counsellor, pk)
    if request.method == "POST":
        return redirect_after(request, appointment, lambda: cancel_now(request, appointment))
    if appointment.is_past or not (appointment.is_booked or appointment.is_waiting):
        return too_late(request, appointment)
    return page(request, counsellor, "desk_cancel", "week", appointment=appointment)


def cancel_now(request: HttpRequest, appointment: Appointment) -> None:
    changing.cancel(appointment=appointment, by=request.user)
    messages.success(request, _("Cancelled by the office. The time is free again."))
