"""Another time, another mode, or no talk: the row stays, its version rises, its link keeps working."""

from copy import copy
from datetime import datetime

from django.db import transaction

from accounts import audit
from accounts.actors import Actor, LinkHolder
from counseling import slots
from counseling.actions import claiming
from counseling.actions.booking import NotOffered, NotPossible, cooled, locked
from counseling.emails import booking as emails
from counseling.models import Appointment, Counsellor
from kit import clock

State = Appointment.State


@transaction.atomic
def move(
    *,
    appointment: Appointment,
    starts_at: datetime,
    counsellor: Counsellor | None = None,
    mode: str | None = None,
    by: Actor,
) -> Appointment:
    """To another time, or another counsellor at the same, in another mode if need be.

    Raises Taken, NotPossible; then the old time still holds.
    """
    appointment = _open(appointment)
    counsellor, mode = counsellor or appointment.counsellor, mode or appointment.mode
    if (counsellor.pk, starts_at) == (appointment.counsellor_id, appointment.starts_at):
        return appointment
    slot, before = _slot(appointment, counsellor, starts_at, mode, by), copy(appointment)
    appointment.counsellor, appointment.starts_at, appointment.ends_at = counsellor, slot.starts_at, slot.ends_at
    appointment.mode = mode
    return _change(appointment, "appointment moved", before, by=by)


@transaction.atomic
def change_mode(*, appointment: Appointment, mode: str, by: Actor, phone: str = "") -> Appointment:
    """Same time, same person, met in another way; for a call the number may be missing yet.

    Raises NotOffered when that is not on offer, Taken when no room is free, NotPossible.
    """
    appointment = _open(appointment)
    if mode == appointment.mode:
        return appointment
    _slot(appointment, appointment.counsellor, appointment.starts_at, mode, by)
    before = copy(appointment)
    appointment.mode, appointment.phone = mode, phone or appointment.phone
    return _change(appointment, "appointment mode changed", before, by=by)


def _slot(appointment: Appointment, counsellor: Counsellor, starts_at: datetime, mode: str, by: Actor) -> slots.Slot:
    """Clients keep to the notice of the service, unless the time is theirs already; staff may do more."""
    is_same_time = starts_at == appointment.starts_at
    slot = slots.find(
        appointment.service, counsellor=counsellor, starts_at=starts_at, mode=mode, besides=appointment.pk,
        with_notice=isinstance(by, LinkHolder) and not is_same_time,
    )  # fmt: skip
    if slot is None:
        raise NotOffered
    return slot


def _change(appointment: Appointment, verb: str, before: Appointment, *, by: Actor) -> Appointment:
    claiming.seat(appointment)
    appointment.sequence, appointment.changed_at = appointment.sequence + 1, clock.now()
    appointment.save()
    audit.record(verb, appointment, by=by)
    emails.changed(appointment, before)
    return appointment


def _open(appointment: Appointment) -> Appointment:
    appointment = locked(appointment)
    if not appointment.is_open:
        raise NotPossible
    return appointment


@transaction.atomic
def cancel(*, appointment: Appointment, by: Actor) -> Appointment:
    """The talk does not take place. Cancelling twice changes nothing. Raises NotPossible for what is over.

    A client's cancellation after the limit is kept apart from one in time, and neither is a no-show.
    """
    appointment = locked(appointment)
    if appointment.is_cancelled:
        return appointment
    if appointment.state not in {State.CONFIRMED, *Appointment.UNCONFIRMED} or appointment.is_past:
        raise NotPossible
    was_booked = appointment.state == State.CONFIRMED
    appointment.state = _cancelled(appointment, by)
    appointment.ended_at = appointment.changed_at = clock.now()
    appointment.sequence += 1
    appointment.save(update_fields=["state", "ended_at", "changed_at", "sequence"])
    claiming.keep_until(use=appointment.pk, moment=cooled(clock.now()))
    audit.record("appointment cancelled", appointment, by=by, state=appointment.state)
    if was_booked:
        emails.cancelled(appointment)
    return appointment


def _cancelled(appointment: Appointment, by: Actor) -> State:
    if not isinstance(by, LinkHolder):
        return State.CANCELLED_OFFICE
    return State.CANCELLED_LATE if appointment.is_late else State.CANCELLED_CLIENT
