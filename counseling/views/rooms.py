"""The rooms of the house: who has which when, and booking one for a meeting or a workshop."""

from dataclasses import dataclass, field
from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from counseling.actions import claiming
from counseling.actions import rooms as deeds
from counseling.forms.desk import RoomForm
from counseling.models import Claim, Counsellor, Room, RoomBooking
from counseling.views.desk import asked_day, desk, page
from kit import clock

GET_POST = ["GET", "HEAD", "POST"]


@dataclass(frozen=True)
class Use:
    """A room is taken. Without a booking it is a talk, of which nothing is said here."""

    begin: datetime
    end: datetime
    booking: RoomBooking | None


@dataclass
class RoomDay:
    room: Room
    uses: list[Use] = field(default_factory=list)


@desk
@require_http_methods(GET_POST)
def rooms(request: HttpRequest, counsellor: Counsellor) -> HttpResponse:
    day = asked_day(request, "tag")
    form = RoomForm(request.POST if request.method == "POST" else None, center=counsellor.center, initial={"day": day})
    if request.method == "POST" and form.is_valid():
        given = {name: form.cleaned_data[name] for name in ("room", "title", "starts_at", "ends_at", "is_public")}
        try:
            deeds.book(by=request.user, **given)
        except claiming.Taken:
            form.add_error("starts", _("The room is taken at this time. Please choose another time or room"))
        else:
            messages.success(request, _("The room is booked."))
            return redirect(f"{reverse('counseling_desk:rooms')}?tag={form.cleaned_data['day']}")
    return page(
        request, counsellor, "desk_rooms", "rooms", form=form, day=day, plan=plan_of(counsellor, day),
        before=day - clock.days(1), after=day + clock.days(1),
    )  # fmt: skip


def plan_of(counsellor: Counsellor, day) -> list[RoomDay]:
    """Every room of the house with what takes it on a day. Three queries."""
    found = {room.pk: RoomDay(room) for room in counsellor.center.rooms.all()}
    begin = datetime.combine(day, datetime.min.time(), clock.BERLIN)
    claims = list(
        Claim.objects.in_force().within(begin, begin + clock.days(1)).filter(room__in=found, kind=Claim.Kind.CORE)
    )
    bookings = RoomBooking.objects.in_bulk([claim.use for claim in claims])
    for claim in sorted(claims, key=lambda each: each.during.lower):
        use = Use(claim.during.lower, claim.during.upper, bookings.get(claim.use))
        found[claim.room_id].uses.append(use)
    return list(found.values())


@desk
@require_POST
def room_cancel(request: HttpRequest, counsellor: Counsellor, pk) -> HttpResponse:
    booking = get_object_or_404(RoomBooking.objects.upcoming().filter(room__center=counsellor.center_id), pk=pk)
    deeds.cancel(booking=booking, by=request.user)
    messages.success(request, _("The room is free again."))
    return redirect(f"{reverse('counseling_desk:rooms')}?tag={clock.local(booking.starts_at).date()}")
