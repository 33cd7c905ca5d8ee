"""A company changes an offer that others see. What a person has to look at waits; the offer stays as it was until then.

A machine checks dates, hours, age, model and place: they are live at once. Words are looked at where the offer was: the
first of a company, and a sample (`offering.needs_review`).
"""

from collections.abc import Mapping
from datetime import date

from django.db import transaction

from accounts import audit
from accounts.actors import Actor
from internships.actions import offering
from internships.actions.offering import NotAllowed, WrongState, must_be_ready, own, remarks
from internships.emails import offers as emails
from internships.models import Offer, OfferChange
from internships.permissions import can_decide

State = OfferChange.State
LONGEST = 1000  # letters of one field of a draft
MOST_FIELDS = 80


# ── The company


@transaction.atomic
def save(*, offer: Offer, periods: list[tuple[date, date, int]], by: Actor) -> OfferChange | None:
    """Keeps what was written, and returns the words that wait for a look now, if any. Raises as `offering.save`."""
    live = Offer.objects.held(offer.pk) if offer.pk else None
    if live is None or not live.is_published or not offering.needs_review(live):
        offering.save(offer=offer, periods=periods, by=by)
        _drop(offer)
        return None
    words = {name: getattr(offer, name) for name in Offer.WORDS}
    for name in Offer.WORDS:
        setattr(offer, name, getattr(live, name))
    offering.save(offer=offer, periods=periods, by=by)
    if all(getattr(live, name) == value for name, value in words.items()):
        _drop(offer)
        return None
    return _replace(offer, State.SUBMITTED, words, by=by)


@transaction.atomic
def keep_draft(*, offer: Offer, values: Mapping[str, str], by: Actor) -> OfferChange:
    """Keeps what stands in the form beside the offer, unchecked; what waited for a look waits no more.

    Raises NotAllowed, WrongState for an offer that nobody sees: that is a draft itself.
    """
    held = own(offer, by)
    if not held.is_published:
        raise WrongState
    kept = {name: value[:LONGEST] for name, value in list(values.items())[:MOST_FIELDS]}
    return _replace(held, State.DRAFT, kept, by=by)


@transaction.atomic
def drop(*, offer: Offer, by: Actor) -> None:
    """The company does not want the change any more; twice changes nothing. Raises NotAllowed."""
    held = own(offer, by)
    if _drop(held):
        audit.record("internship change dropped", held, by=by)


def _replace(offer: Offer, state: str, values: dict, *, by: Actor) -> OfferChange:
    """A new row for each version, so that nobody approves what they have not read. The offer is held."""
    _drop(offer)
    change = OfferChange.objects.create(offer=offer, state=state, values=values)
    audit.record("internship change kept", offer, by=by, state=str(state))
    return change


def _drop(offer: Offer) -> bool:
    return bool(OfferChange.objects.filter(offer=offer).delete()[0])


# ── The coordinator


@transaction.atomic
def publish(change: OfferChange, *, by: Actor) -> Offer:
    """The new words take the place of the old ones. Raises NotAllowed, WrongState, NotReady."""
    held, offer = _reviewed(change, by)
    for name in Offer.WORDS:
        setattr(offer, name, held.values[name])
    must_be_ready(offer)
    offer.is_right()
    offer.save()
    held.delete()
    audit.record("internship change approved", offer, by=by)
    emails.change_is_published(offer)
    return offer


@transaction.atomic
def return_for_changes(change: OfferChange, *, reason: str, by: Actor) -> OfferChange:
    """Back to the company with remarks; the offer stays as it is. Raises NotAllowed, WrongState, ValueError."""
    held, offer = _reviewed(change, by)
    held.state, held.reason = State.RETURNED, remarks(reason)
    held.save(update_fields=["state", "reason"])
    audit.record("internship change returned", offer, by=by)
    emails.change_is_returned(offer, reason=held.reason)
    return held


def _reviewed(change: OfferChange, by: Actor) -> tuple[OfferChange, Offer]:
    """As it stands: the offer is held first, as the company does, so that one of both is first."""
    if not can_decide(by):
        raise NotAllowed
    offer = Offer.objects.held(change.offer_id)
    held = OfferChange.objects.waiting().filter(pk=change.pk).first()
    if held is None:
        raise WrongState
    return held, offer
