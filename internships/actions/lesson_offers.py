"""What companies can hold with a class: written, looked at, shown, paused, ended, by the rules of internships."""

from collections.abc import Iterator

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts import audit
from accounts.actors import SYSTEM, Actor
from internships.actions.offering import SAMPLE, NotAllowed, NotReady, WrongState
from internships.emails import lessons as emails
from internships.models import LessonOffer
from internships.permissions import acts_for, can_decide
from kit import clock

State = LessonOffer.State


def faults(offer: LessonOffer) -> Iterator[str | Promise]:
    """Everything that keeps an offer from schools, in sentences for the company."""
    if not offer.activity.strip():
        yield _("Please say what pupils do.")
    if offer.location_id is None:
        yield _("Please say where your company is.")
    if offer.shown_until and offer.shown_until < clock.today():
        yield _("The day until which it is shown is over.")


# ── The company


@transaction.atomic
def save(*, offer: LessonOffer, by: Actor) -> LessonOffer:
    """Keeps what was written. Raises NotAllowed, NotReady for a live offer that could not be shown any more."""
    if not acts_for(by, offer.employer) or offer.state == State.ARCHIVED:
        raise NotAllowed
    if offer.is_published and (found := list(faults(offer))):
        raise NotReady(found)
    is_new = offer.pk is None
    offer.is_right()
    offer.save()
    audit.record("lesson offer written" if is_new else "lesson offer changed", offer, by=by)
    return offer


@transaction.atomic
def submit(*, offer: LessonOffer, by: Actor) -> LessonOffer:
    """Show it to schools: at once for a company that is known, else after a look. Raises NotAllowed, NotReady."""
    offer = _own(offer, by)
    if offer.state not in {State.DRAFT, State.RETURNED}:
        raise WrongState
    if found := list(faults(offer)):
        raise NotReady(found)
    if needs_review(offer):
        return _move(offer, State.SUBMITTED, by=by)
    return _publish(offer, by=SYSTEM)


def needs_review(offer: LessonOffer) -> bool:
    """The first of a company is looked at, later ones as a sample."""
    known = offer.employer.is_active and offer.employer.lesson_offers.published().exclude(pk=offer.pk).exists()
    return not known or offer.pk % SAMPLE == 0


@transaction.atomic
def pause(*, offer: LessonOffer, by: Actor) -> LessonOffer:
    """No school finds it for now; what has been asked for goes on. Raises NotAllowed."""
    return _set_pause(_own(offer, by), clock.now(), by=by)


@transaction.atomic
def resume(*, offer: LessonOffer, by: Actor) -> LessonOffer:
    return _set_pause(_own(offer, by), None, by=by)


@transaction.atomic
def archive(*, offer: LessonOffer, by: Actor) -> LessonOffer:
    """The company does not hold it any more; lessons that are planned stay. Raises NotAllowed."""
    return _move(_own(offer, by), State.ARCHIVED, by=by)


def _set_pause(offer: LessonOffer, moment, *, by: Actor) -> LessonOffer:
    offer.paused_at = moment
    offer.is_right()
    offer.save(update_fields=["paused_at", *LessonOffer.CHECK_FIELDS])
    audit.record("lesson offer paused" if moment else "lesson offer resumed", offer, by=by)
    return offer


# ── The coordinator


@transaction.atomic
def publish(*, offer: LessonOffer, by: Actor) -> LessonOffer:
    """Looked at and good. Raises NotAllowed, WrongState, NotReady."""
    offer = _reviewed(offer, by, {State.SUBMITTED})
    if found := list(faults(offer)):
        raise NotReady(found)
    return _publish(offer, by=by)


@transaction.atomic
def return_for_changes(*, offer: LessonOffer, reason: str, by: Actor) -> LessonOffer:
    """Back to the company with remarks. Raises NotAllowed, WrongState, ValueError."""
    if not reason.strip():
        raise ValueError("a return needs a reason")
    offer = _reviewed(offer, by, {State.SUBMITTED, State.PUBLISHED})
    offer.returned_reason = reason.strip()[:255]
    offer.save(update_fields=["returned_reason"])
    _move(offer, State.RETURNED, by=by)
    emails.offer_is_returned(offer)
    return offer


def _publish(offer: LessonOffer, *, by: Actor) -> LessonOffer:
    offer.returned_reason = ""
    offer.is_right()
    offer.save(update_fields=["returned_reason", *LessonOffer.CHECK_FIELDS])
    _move(offer, State.PUBLISHED, by=by)
    emails.offer_is_published(offer)
    return offer


def _move(offer: LessonOffer, state: str, *, by: Actor) -> LessonOffer:
    before, offer.state = offer.state, state
    offer.save(update_fields=["state"])
    audit.record("lesson offer moved", offer, by=by, before=before, state=state)
    return offer


def _reviewed(offer: LessonOffer, by: Actor, states: set[str]) -> LessonOffer:
    if not can_decide(by):
        raise NotAllowed
    offer = _locked(offer)
    if offer.state not in states:
        raise WrongState
    return offer


def _own(offer: LessonOffer, by: Actor) -> LessonOffer:
    offer = _locked(offer)
    if not acts_for(by, offer.employer):
        raise NotAllowed
    return offer


def _locked(offer: LessonOffer) -> LessonOffer:
    related = ["employer__organization", "location"]
    return LessonOffer.objects.select_for_update(of=("self",)).select_related(*related).get(pk=offer.pk)
