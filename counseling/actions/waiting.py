"""The waiting list: a time that becomes free is offered to one person after the other, for a day each."""

from datetime import date, timedelta

from django.db import transaction

from accounts.actors import LINK_HOLDER
from counseling import slots
from counseling.actions import booking, claiming
from counseling.actions.booking import NotPossible, cooled, locked
from counseling.actions.claiming import Taken
from counseling.emails import waiting as emails
from counseling.models import Appointment, Claim, Service, Subject, Waiting
from counseling.models.appointment import MOST_OFFERS, OFFERED_FOR
from kit import clock

State = Waiting.State
WORTHWHILE = timedelta(hours=2)  # to read a mail, and to come


@transaction.atomic
def join(
    *,
    service: Service,
    subject: Subject,
    mode: str,
    language: str,
    name: str,
    email: str,
    until: date,
    phone: str = "",
    mail_language: str = "de",
) -> Waiting:
    """Somebody would take an earlier time. Whoever waits for this service already is not put on the list twice."""
    standing = Waiting.objects.waiting().filter(service=service, email__iexact=email).first()
    if standing:
        return standing
    waiting = Waiting.objects.create(
        service=service, subject=subject, mode=mode, language=language, name=name, email=email, phone=phone,
        until=until, mail_language=mail_language,
    )  # fmt: skip
    emails.joined(waiting)
    return waiting


def offer_freed() -> int:
    """Times that were given up go to the waiting list before they are back for everybody. Returns how many."""
    return sum(_offer(appointment) for appointment in _freed())


def _freed() -> list[Appointment]:
    """Given up, and still kept from others."""
    cooling = Claim.objects.filter(lapses_at__gt=clock.now(), kind=Claim.Kind.CORE, counsellor__isnull=False)
    rows = Appointment.objects.exclude(state__in=Appointment.HOLDING).filter(
        pk__in=cooling.values("use"), starts_at__gt=clock.now() + WORTHWHILE
    )
    return list(rows.select_related("service", "subject", "counsellor__center").order_by("starts_at", "pk"))


@transaction.atomic
def _offer(freed: Appointment) -> bool:
    rows = Waiting.objects.waiting().filter(
        service=freed.service, subject__in=freed.counsellor.subjects.all(), language__in=freed.counsellor.languages
    )
    for waiting in rows.exclude(email__iexact=freed.email).select_for_update(skip_locked=True):
        slot = slots.find(
            freed.service, counsellor=freed.counsellor, starts_at=freed.starts_at, mode=waiting.mode,
            language=waiting.language, besides=freed.pk,
        )  # fmt: skip
        if slot and _hold(waiting, slot, freed):
            return True
    return False


def _hold(waiting: Waiting, slot: slots.Slot, freed: Appointment) -> bool:
    """The time goes over to the one who waits; False when others were quicker."""
    until = min(clock.now() + OFFERED_FOR, freed.starts_at - WORTHWHILE / 2)
    offered = Appointment(
        service=waiting.service, subject=waiting.subject, counsellor=slot.counsellor, mode=waiting.mode,
        language=waiting.language, starts_at=slot.starts_at, ends_at=slot.ends_at, held_until=until, name=waiting.name,
        email=waiting.email, phone=waiting.phone, mail_language=waiting.mail_language,
    )  # fmt: skip
    try:
        with transaction.atomic():
            claiming.release(use=freed.pk)
            claiming.seat(offered, lapses_at=cooled(until))
            offered.save(force_insert=True)
    except Taken:
        return False
    waiting.state, waiting.offered, waiting.offers = State.OFFERED, offered, waiting.offers + 1
    waiting.save(update_fields=["state", "offered", "offers"])
    emails.offered(waiting)
    return True


@transaction.atomic
def take(*, waiting: Waiting) -> Appointment:
    """Yes. The link came by mail, so nothing else needs to be confirmed. Raises NotPossible, Taken."""
    waiting = _locked(waiting)
    if waiting.state != State.OFFERED:
        raise NotPossible
    appointment = booking.accept(appointment=waiting.offered, by=LINK_HOLDER)
    waiting.state = State.TAKEN
    waiting.save(update_fields=["state"])
    return appointment


@transaction.atomic
def decline(*, waiting: Waiting) -> Waiting:
    """No, but perhaps the next one."""
    waiting = _locked(waiting)
    if waiting.state == State.OFFERED:
        _give_back(waiting)
    return waiting


@transaction.atomic
def leave(*, waiting: Waiting) -> Waiting:
    """Off the list; leaving twice changes nothing."""
    waiting = _locked(waiting)
    if waiting.state == State.OFFERED:
        _give_back(waiting)
    if waiting.state == State.WAITING:
        waiting.state = State.ENDED
        waiting.save(update_fields=["state"])
    return waiting


def lapse() -> int:
    """Offers that nobody took within their day. Returns how many."""
    return sum(_lapse(pk) for pk in Waiting.objects.lapsed().values_list("pk", flat=True))


@transaction.atomic
def _lapse(pk: int) -> bool:
    waiting = Waiting.objects.lapsed().select_for_update(skip_locked=True, of=("self",)).filter(pk=pk).first()
    if waiting is None:
        return False
    _give_back(waiting)
    return True


def _give_back(waiting: Waiting) -> None:
    """The time is free for the next in line; whoever had the last offer is off the list."""
    appointment = locked(waiting.offered)
    appointment.state, appointment.ended_at = Appointment.State.EXPIRED, clock.now()
    appointment.save(update_fields=["state", "ended_at"])
    claiming.keep_until(use=appointment.pk, moment=cooled(clock.now()))
    waiting.state = State.WAITING if waiting.offers < MOST_OFFERS else State.ENDED
    waiting.save(update_fields=["state"])


def _locked(waiting: Waiting) -> Waiting:
    return Waiting.objects.select_related("offered").select_for_update(of=("self",)).get(pk=waiting.pk)
