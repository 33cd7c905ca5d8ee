"""From a free time to a booked talk: hold, ask, confirm. People who call are booked by staff at once."""

import random
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from accounts import audit
from accounts.actors import LINK_HOLDER, Actor
from accounts.models import User
from counseling import slots
from counseling.actions import claiming
from counseling.actions.claiming import Taken
from counseling.emails import booking as emails
from counseling.models import Appointment, Counsellor, Service, Subject
from counseling.models.appointment import CALL_WITHIN, CONFIRM_WITHIN, HELD_FOR
from counseling.slots import Slot
from kit import clock

State = Appointment.State
MOST_UNCONFIRMED = 2
"""So many times can wait for one address or one phone number: nobody empties a calendar with made-up names."""
COOLING = (2 * 60, 10 * 60)
"""A freed time is back after a random number of seconds in between: two people cannot pass it on to each other."""


class NotOffered(Taken):
    """This time is no offer, or not any more."""


class TooMany(Exception):
    """There wait too many unconfirmed times for this person already."""


class NotPossible(Exception):
    """The appointment is not in a state for this."""


def cooled(moment: datetime) -> datetime:
    """When a time that is given up at this moment can be had by others."""
    return moment + timedelta(seconds=random.randint(*COOLING))  # noqa: S311 - fairness, not secrecy


def hold(*, counsellor: Counsellor, **wishes) -> Appointment:
    """Keep a time for somebody who fills in the form. `wishes` as in hold_first. Raises Taken."""
    return hold_first(counsellors=[counsellor], **wishes)


def hold_first(
    *,
    service: Service,
    subject: Subject,
    counsellors: Iterable[Counsellor],
    starts_at: datetime,
    mode: str,
    language: str,
) -> Appointment:
    """Keep the time with the first of these who still has it. Raises Taken, or its kind NotOffered."""
    ends_at = starts_at + timedelta(minutes=service.minutes)
    people = claiming.without_talk(counsellors, starts_at, ends_at)  # most of those who are too late end here
    if not people:
        raise Taken
    until = clock.now() + HELD_FOR
    details = {"service": service, "subject": subject, "mode": mode, "language": language}
    found = slots.at(service, starts_at, counsellors=people, mode=mode, language=language)
    if not found:
        raise NotOffered
    for slot in found:
        try:
            return _take(slot, state=State.HELD, held_until=until, **details)
        except Taken as error:
            refusal = error
    raise Taken from refusal


@transaction.atomic
def _take(slot: Slot, *, held_until: datetime | None = None, **fields) -> Appointment:
    appointment = Appointment(
        counsellor=slot.counsellor, starts_at=slot.starts_at, ends_at=slot.ends_at, held_until=held_until, **fields
    )
    claiming.seat(appointment, lapses_at=held_until and cooled(held_until))
    appointment.save(force_insert=True)
    return appointment


@transaction.atomic
def prolong(*, appointment: Appointment) -> Appointment:
    """Another quarter of an hour for the form. Raises Taken when somebody else has the time by now, NotPossible."""
    appointment = locked(appointment)
    if not appointment.is_form_open:
        raise NotPossible
    appointment.state, appointment.held_until, appointment.ended_at = State.HELD, clock.now() + HELD_FOR, None
    _keep(appointment, lapses_at=cooled(appointment.held_until))
    appointment.save()
    return appointment


@transaction.atomic
def let_go(*, appointment: Appointment) -> None:
    """Somebody chooses another time: what was held is free for others at once, since nobody else knew of it."""
    if Appointment.objects.filter(pk=appointment.pk, state=State.HELD).delete()[0]:
        claiming.release(use=appointment.pk)


@transaction.atomic
def describe(*, appointment: Appointment, **client: str) -> Appointment:
    """What the client says about itself, kept with the held time. Raises NotPossible when the form is closed."""
    appointment = locked(appointment)
    if not appointment.is_form_open:
        raise NotPossible
    _write(appointment, client)
    appointment.save(update_fields=[*client])
    return appointment


def _write(appointment: Appointment, client: dict[str, str]) -> None:
    if unknown := client.keys() - {*Appointment.CLIENT}:
        raise TypeError(f"a client has no {', '.join(unknown)}")
    for field, value in client.items():
        setattr(appointment, field, value)


@transaction.atomic
def exchange(*, held: Appointment, instead_of: Appointment) -> Appointment:
    """Somebody goes back in the form and takes another time: nothing is asked twice, and the first time is free."""
    if instead_of.is_form_open:
        held = describe(appointment=held, **instead_of.client)
        let_go(appointment=instead_of)
    return held


@transaction.atomic
def request(*, appointment: Appointment, **client: str) -> Appointment:
    """Ask for the held time. By mail the client confirms within the hour; with a phone number alone the office calls.

    `client`: name, email or phone, and the other fields of Appointment.CLIENT; what is left out stays as it was
    described. Raises Taken when the hold has run out and somebody else has the time, TooMany, NotPossible.
    """
    appointment = locked(appointment)
    if not appointment.is_form_open:
        raise NotPossible
    _write(appointment, client)
    _check_number_of_requests(appointment)
    appointment.state = State.REQUESTED if appointment.email else State.PENDING
    appointment.held_until, appointment.confirm_until = None, confirmable_until(appointment)
    _keep(appointment, lapses_at=cooled(appointment.confirm_until))
    appointment.save()
    if appointment.email:
        emails.please_confirm(appointment)
    return appointment


@transaction.atomic
def mail_again(*, appointment: Appointment) -> None:
    """The mail with the link once more, while there is something to confirm."""
    appointment = locked(appointment)
    if appointment.state == State.REQUESTED:
        emails.please_confirm(appointment, again=clock.now())


def confirmable_until(appointment: Appointment) -> datetime:
    """By mail an hour; by phone some days, but never longer than the talk is away."""
    if appointment.email:
        return clock.now() + CONFIRM_WITHIN
    return min(clock.now() + CALL_WITHIN, max(appointment.starts_at, clock.now() + HELD_FOR))


def _check_number_of_requests(appointment: Appointment) -> None:
    email, phone = appointment.email, appointment.phone
    same = Q(email__iexact=email) if email else Q(phone=phone, email="")
    waiting = Appointment.objects.filter(same, state__in=Appointment.UNCONFIRMED, confirm_until__gt=clock.now())
    if waiting.count() >= MOST_UNCONFIRMED:
        raise TooMany


def _keep(appointment: Appointment, *, lapses_at: datetime | None) -> None:
    """The time it has, or, when that has lapsed and gone, once more from the beginning. Raises Taken."""
    if not claiming.keep_until(use=appointment.pk, moment=lapses_at):
        claiming.seat(appointment, lapses_at=lapses_at)


@transaction.atomic
def confirm(*, appointment: Appointment, by: Actor = LINK_HOLDER) -> Appointment:
    """The talk is booked. Confirming twice changes nothing; late is fine as long as nobody else has the time.

    By phone the office confirms, never the link: it has shown nothing about who holds it. Raises Taken, NotPossible.
    """
    appointment = locked(appointment)
    if appointment.state == State.CONFIRMED:
        return appointment
    if appointment.state not in {*Appointment.UNCONFIRMED, State.EXPIRED} or appointment.is_past:
        raise NotPossible
    if appointment.is_form_open or (by == LINK_HOLDER and not appointment.email):
        raise NotPossible
    _keep(appointment, lapses_at=None)
    return _book(appointment, by=by)


@transaction.atomic
def accept(*, appointment: Appointment, by: Actor) -> Appointment:
    """A time that was held for a known person, who says yes. Raises Taken, NotPossible."""
    appointment = locked(appointment)
    if appointment.state not in {State.HELD, State.EXPIRED} or not appointment.name or appointment.is_past:
        raise NotPossible
    _keep(appointment, lapses_at=None)
    return _book(appointment, by=by)


@transaction.atomic
def book_for_caller(
    *,
    service: Service,
    subject: Subject,
    counsellor: Counsellor,
    starts_at: datetime,
    mode: str,
    language: str,
    by: User,
    **client: str,
) -> Appointment:
    """Booked at once for somebody on the phone or at the desk, up to the last minute. `client`: name, phone, email …

    Raises Taken.
    """
    slot = slots.find(
        service, counsellor=counsellor, starts_at=starts_at, mode=mode, language=language, with_notice=False
    )
    if slot is None:
        raise NotOffered
    appointment = _take(
        slot, state=State.CONFIRMED, service=service, subject=subject, mode=mode, language=language,
        booked_by=by, **client,
    )  # fmt: skip
    return _book(appointment, by=by)


def _book(appointment: Appointment, *, by: Actor) -> Appointment:
    appointment.state = State.CONFIRMED
    appointment.confirmed_at = appointment.changed_at = clock.now()
    appointment.held_until = appointment.ended_at = None
    appointment.save()
    audit.record("appointment booked", appointment, by=by)
    emails.booked(appointment)
    return appointment


@transaction.atomic
def expire() -> int:
    """What was held or asked for and not confirmed in time ends. Returns how many.

    The time itself is free again by its claim, whether anybody calls this or not.
    """
    run_out = Appointment.objects.run_out().order_by("pk").select_for_update(skip_locked=True)
    return Appointment.objects.filter(pk__in=[row.pk for row in run_out]).update(
        state=State.EXPIRED, ended_at=clock.now(), updated_at=clock.now()
    )


def locked(appointment: Appointment) -> Appointment:
    """The row as it is now, kept from others until the end of the transaction. NotPossible when it is gone."""
    rows = Appointment.objects.select_related("service", "counsellor__center").select_for_update(of=("self",))
    try:
        return rows.get(pk=appointment.pk)
    except Appointment.DoesNotExist as error:
        raise NotPossible from error
