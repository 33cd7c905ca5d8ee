"""The counsellor's own pages begin here: the week with what waits, a day on paper, the calls of the day."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import wraps

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from accounts.roles import Role
from counseling import permissions, slots
from counseling.actions import booking, changing, guiding
from counseling.models import Appointment, Callback, Counsellor, DayException, Service, WeeklyHours
from kit import access, clock
from taxonomy.models import Holiday

WEEKS = 60  # how far one can turn the pages, in both directions
NEXT_FREE_DAYS = 28
TABS = [
    ("week", gettext_lazy("Week"), "calendar3"),
    ("calls", gettext_lazy("Calls"), "telephone"),
    ("book", gettext_lazy("Book for a caller"), "calendar-plus"),
    ("shortlists", gettext_lazy("Course lists"), "list-ul"),
    ("wishes", gettext_lazy("Needs"), "chat-left-text"),
    ("hours", gettext_lazy("My times"), "clock"),
    ("rooms", gettext_lazy("Rooms"), "house"),
    ("team", gettext_lazy("Colleagues"), "people"),
]


def desk(view: Callable) -> Callable:
    """For counsellors: the one behind the login becomes the second argument."""

    @access.role(Role.COUNSELLOR)
    @wraps(view)
    def at_desk(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        counsellor = permissions.desk_of(request.user)
        if counsellor is None:
            return render(request, "counseling/desk_missing.html", status=404)
        return view(request, counsellor, *args, **kwargs)

    return at_desk


def page(request: HttpRequest, counsellor: Counsellor, template: str, here: str = "", **context) -> HttpResponse:
    """A page of the desk with its tabs; `here` is the tab it belongs to."""
    tabs = [
        {"label": label, "address": reverse(f"counseling_desk:{name}"), "icon": icon, "is_current": name == here}
        for name, label, icon in TABS
    ]
    return render(request, f"counseling/{template}.html", {"counsellor": counsellor, "tabs": tabs, **context})


def talk_or_404(counsellor: Counsellor, pk) -> Appointment:
    """An appointment that may be opened at this desk."""
    rows = Appointment.objects.at_desk_of(counsellor)
    return get_object_or_404(rows.select_related("service", "subject", "counsellor__standin", "room"), pk=pk)


def asked_day(request: HttpRequest, name: str) -> date:
    """The day in the address, kept within a year and a bit; rubbish means today."""
    today = clock.today()
    try:
        day = date.fromisoformat(request.GET.get(name, ""))
    except ValueError:
        return today
    reach = timedelta(weeks=WEEKS)
    return min(max(day, today - reach), today + reach)


def number_of(text: str) -> int:
    """A key out of a form or an address; 0, which no row has, for rubbish ("²" is a digit to Python)."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


# ── The week


@dataclass
class Day:
    """One day of a week as the counsellor sees it."""

    date: date
    is_today: bool
    talks: list[Appointment] = field(default_factory=list)
    hours: list[WeeklyHours] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)


@desk
@require_safe
def week(request: HttpRequest, counsellor: Counsellor) -> HttpResponse:
    asked = asked_day(request, "woche")
    monday = asked - timedelta(days=asked.weekday())
    return page(
        request, counsellor, "desk_week", "week",
        days=days_of(counsellor, monday),
        monday=monday,
        sunday=monday + timedelta(days=6),
        before=monday - timedelta(days=7),
        after=monday + timedelta(days=7),
        is_this_week=monday <= clock.today() < monday + timedelta(days=7),
        tasks=tasks_of(counsellor),
        next_free=next_free(counsellor),
    )  # fmt: skip


def days_of(counsellor: Counsellor, monday: date) -> list[Day]:
    """Monday to Friday, and the weekend where there is something; with a fixed number of queries."""
    sunday, today = monday + timedelta(days=6), clock.today()
    dates = [monday + timedelta(days=number) for number in range(7)]
    days = {each: Day(each, is_today=each == today) for each in dates}
    for talk in talks_between(counsellor, monday, sunday):
        days[clock.local(talk.starts_at).date()].talks.append(talk)
    for hours in counsellor.weekly_hours.order_by("weekday", "starts"):
        day = days[monday + timedelta(days=hours.weekday)]
        if hours.valid_from <= day.date and (hours.valid_to is None or day.date <= hours.valid_to):
            day.hours.append(hours)
    for first_day, last_day, words in remarks_between(counsellor, monday, sunday):
        for each in dates:
            if first_day <= each <= last_day:
                days[each].remarks.append(words)
    return [day for day in days.values() if day.date.weekday() < 5 or day.talks or day.hours]


def talks_between(counsellor: Counsellor, first_day: date, last_day: date):
    """What is booked or was held in these days; not what somebody is just filling in, nor what was cancelled."""
    states = [Appointment.State.CONFIRMED, Appointment.State.COMPLETED, Appointment.State.NO_SHOW]
    rows = Appointment.objects.of(counsellor).on_days(first_day, last_day).filter(state__in=states)
    return rows.select_related("subject", "service", "room").order_by("starts_at")


def remarks_between(counsellor: Counsellor, first_day: date, last_day: date) -> list[tuple[date, date, str]]:
    exceptions = DayException.objects.concerning(counsellor).between(first_day, last_day)
    found = [(row.first_day, row.last_day, exception_words(row)) for row in exceptions]
    holidays = Holiday.objects.between(first_day, last_day, counsellor.center.land_id)
    return [*found, *((row.first_day, row.last_day, row.name) for row in holidays)]


def exception_words(row: DayException) -> str:
    kind = row.get_kind_display()
    return f"{kind} {row.starts:%H:%M}–{row.ends:%H:%M}" if row.starts else kind


@dataclass(frozen=True)
class Task:
    """Something that waits for this counsellor, and where it is done."""

    label: str
    address: str
    count: int


def tasks_of(counsellor: Counsellor) -> list[Task]:
    """The empty ones too: nothing waits is good news."""
    calls = reverse("counseling_desk:calls")
    unattended = Appointment.objects.unattended().covered_by(counsellor)
    return [
        Task(_("Results missing"), reverse("counseling_desk:unresolved"), unresolved_of(counsellor).count()),
        Task(_("Talks without a counsellor"), f"{calls}#vertretung", unattended.count()),
        Task(_("Booked by phone, to be confirmed"), f"{calls}#bestaetigen", to_confirm(counsellor).count()),
        Task(_("Call-backs"), f"{calls}#rueckrufe", Callback.objects.for_desk_of(counsellor).count()),
        Task(_("Remind by phone"), f"{calls}#erinnern", to_remind(counsellor).count()),
    ]


def unresolved_of(counsellor: Counsellor):
    return Appointment.objects.unresolved().of(counsellor).select_related("subject", "service")


def to_confirm(counsellor: Counsellor):
    """Asked for with a phone number alone, at this centre."""
    rows = Appointment.objects.to_call().at_desk_of(counsellor).filter(confirm_until__gt=clock.now())
    return rows.select_related("subject", "counsellor").order_by("starts_at")


def to_remind(counsellor: Counsellor):
    """Clients of the next days whom no mail reminds: till the next working day, at weekends till Monday."""
    today = clock.today()
    ahead = {4: 3, 5: 2}.get(today.weekday(), 1)
    rows = Appointment.objects.upcoming().of(counsellor).without_mail().on_days(today, today + timedelta(days=ahead))
    return rows.select_related("subject", "service").order_by("starts_at")


def next_free(counsellor: Counsellor) -> slots.Slot | None:
    """The first time at which somebody could come to this counsellor, whatever the service."""
    found = []
    for service in Service.objects.bookable().of(counsellor):
        free = slots.free(service, first_day=clock.today(), days=NEXT_FREE_DAYS, counsellors=[counsellor])
        found += free[:1]
    return min(found, key=lambda slot: slot.starts_at, default=None)


# ── One day on paper, and what has no result yet


@desk
@require_safe
def day_list(request: HttpRequest, counsellor: Counsellor) -> HttpResponse:
    day = asked_day(request, "datum")
    talks = list(talks_between(counsellor, day, day))
    return page(request, counsellor, "desk_day", "week", day=day, talks=talks)


@desk
@require_safe
def unresolved(request: HttpRequest, counsellor: Counsellor) -> HttpResponse:
    return page(request, counsellor, "desk_unresolved", "week", talks=unresolved_of(counsellor))


# ── Calls


@desk
@require_safe
def calls(request: HttpRequest, counsellor: Counsellor) -> HttpResponse:
    unattended = Appointment.objects.unattended().covered_by(counsellor).select_related("subject", "counsellor")
    return page(
        request, counsellor, "desk_calls", "calls",
        callbacks=Callback.objects.for_desk_of(counsellor),
        to_confirm=to_confirm(counsellor),
        to_remind=to_remind(counsellor),
        unattended=unattended.order_by("starts_at"),
    )  # fmt: skip


@desk
@require_POST
def callback(request: HttpRequest, counsellor: Counsellor, pk: int) -> HttpResponse:
    """`tat`: nehmen (I call) or fertig (has been called)."""
    waiting = get_object_or_404(Callback.objects.for_desk_of(counsellor), pk=pk)
    if request.POST.get("tat") == "fertig":
        guiding.finish_callback(callback=waiting, by=request.user)
        messages.success(request, _("The call-back is done."))
    elif guiding.take_callback(callback=waiting, counsellor=counsellor, by=request.user):
        messages.success(request, _("You have taken the call-back."))
    else:
        messages.warning(request, _("A colleague was quicker."))
    return redirect(reverse("counseling_desk:calls") + "#rueckrufe")


@desk
@require_POST
def confirm(request: HttpRequest, counsellor: Counsellor, pk) -> HttpResponse:
    """The office has called: `tat` is ja (booked) or nein."""
    appointment = talk_or_404(counsellor, pk)
    try:
        if request.POST.get("tat") == "ja":
            booking.confirm(appointment=appointment, by=request.user)
            messages.success(request, _("The appointment is booked."))
        else:
            changing.cancel(appointment=appointment, by=request.user)
            messages.success(request, _("The request was declined; the time is free again."))
    except booking.Taken:
        messages.error(request, _("Somebody else has this time by now. Please offer another one."))
    except booking.NotPossible:
        messages.error(request, _("This is not possible any more."))
    return redirect(reverse("counseling_desk:calls") + "#bestaetigen")
