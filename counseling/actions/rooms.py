"""A room of the house for something else than a talk. Whether it is free is decided by the claims alone."""

from datetime import datetime

from django.db import transaction

from accounts import audit
from accounts.actors import Actor
from accounts.models import User
from counseling.actions import claiming
from counseling.models import Room, RoomBooking
from kit import clock
from providers.models import Organization


@transaction.atomic
def book(
    *,
    room: Room,
    title: str,
    starts_at: datetime,
    ends_at: datetime,
    by: Actor,
    organization: Organization | None = None,
    is_public: bool = False,
) -> RoomBooking:
    """Raises claiming.Taken when a talk or another booking has the room, and then nothing is written."""
    booking = RoomBooking.objects.create(
        room=room, title=title.strip(), organization=organization, starts_at=starts_at, ends_at=ends_at,
        is_public=is_public, booked_by=by if isinstance(by, User) else None,
    )  # fmt: skip
    claiming.claim(use=booking.pk, starts_at=starts_at, ends_at=ends_at, room=room)
    audit.record("room booked", booking, by=by)
    return booking


@transaction.atomic
def cancel(*, booking: RoomBooking, by: Actor) -> RoomBooking:
    """The room is free again; cancelling twice changes nothing."""
    booking = RoomBooking.objects.select_for_update(of=["self"]).get(pk=booking.pk)
    if booking.cancelled_at:
        return booking
    booking.cancelled_at = clock.now()
    booking.save(update_fields=["cancelled_at"])
    claiming.release(use=booking.pk)
    audit.record("room booking cancelled", booking, by=by)
    return booking
