"""When a counsellor has time: weekly hours, days that are different, illness. No administration needed."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from counseling.actions import absences
from counseling.forms.desk import ExceptionForm, IllnessForm, WeeklyHoursForm
from counseling.models import Appointment, Counsellor
from counseling.views.desk import desk, page
from kit import clock

GET_POST = ["GET", "HEAD", "POST"]


@desk
@require_safe
def hours(request: HttpRequest, counsellor: Counsellor) -> HttpResponse:
    today = clock.today()
    return page(
        request, counsellor, "desk_hours", "hours",
        weekly=counsellor.weekly_hours.not_over(today).order_by("weekday", "starts"),
        exceptions=counsellor.exceptions.filter(last_day__gte=today),
    )  # fmt: skip


@desk
@require_http_methods(GET_POST)
def hours_edit(request: HttpRequest, counsellor: Counsellor, pk: int | None = None) -> HttpResponse:
    row = get_object_or_404(counsellor.weekly_hours, pk=pk) if pk else None
    form = WeeklyHoursForm(request.POST if request.method == "POST" else None, instance=row, counsellor=counsellor)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("Your times are saved. Booked talks stay as they are."))
        return redirect("counseling_desk:hours")
    return page(request, counsellor, "desk_hours_edit", "hours", form=form, row=row)


@desk
@require_POST
def hours_end(request: HttpRequest, counsellor: Counsellor, pk: int) -> HttpResponse:
    absences.end_hours(hours=get_object_or_404(counsellor.weekly_hours, pk=pk), by=request.user)
    messages.success(request, _("These times are not offered any more. Booked talks stay as they are."))
    return redirect("counseling_desk:hours")


@desk
@require_http_methods(GET_POST)
def exception(request: HttpRequest, counsellor: Counsellor) -> HttpResponse:
    form = ExceptionForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        absences.except_days(counsellor=counsellor, by=request.user, **form.cleaned_data)
        messages.success(request, _("The days are saved."))
        warn_of_talks(request, counsellor, form.cleaned_data["first_day"], form.cleaned_data["last_day"])
        return redirect("counseling_desk:hours")
    return page(request, counsellor, "desk_exception", "hours", form=form)


def warn_of_talks(request: HttpRequest, counsellor: Counsellor, first_day, last_day) -> None:
    """Absence moves no talk: somebody has to call these people."""
    count = Appointment.objects.unattended().of(counsellor).on_days(first_day, last_day).count()
    if count:
        words = ngettext(
            "{count} talk is booked on these days. Please find another time: see Calls.",
            "{count} talks are booked on these days. Please find other times: see Calls.",
            count,
        )
        messages.warning(request, words.format(count=count))


@desk
@require_POST
def exception_delete(request: HttpRequest, counsellor: Counsellor, pk: int) -> HttpResponse:
    absences.take_back(exception=get_object_or_404(counsellor.exceptions, pk=pk), by=request.user)
    messages.success(request, _("The days are as usual again."))
    return redirect("counseling_desk:hours")


@desk
@require_http_methods(GET_POST)
def illness(request: HttpRequest, counsellor: Counsellor) -> HttpResponse:
    form = IllnessForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        talks = absences.report_ill(
            counsellor=counsellor, first_day=form.cleaned_data["first_day"],
            last_day=form.cleaned_data["last_day"], by=request.user,
        )  # fmt: skip
        return page(request, counsellor, "desk_illness_done", "hours", talks=talks)
    return page(request, counsellor, "desk_illness", "hours", form=form)
