"""A company changes an offer that others see. What a person has to look at waits; the offer stays as it was until then.

A machine checks dates, hours, grades, sizes and places: they are live at once. Words (`WORDS` of each kind) are looked
at where the offer was: the first of a company, and a sample (`offering.needs_review`).
"""

from collections.abc import Iterable, Mapping
from datetime import date

from django.db import transaction

from accounts.actors import Actor
from internships.actions import offering
from internships.actions.offering import NotAllowed, WrongState, must_be_ready, own, record_deed, remarks
from internships.emails import offers as emails
from internships.models import OfferChange
from internships.models.offered import Offered
from internships.permissions import can_decide

State = OfferChange.State
LONGEST = 1000  # letters of one field of a draft
MOST_FIELDS = 80


# ── The company


@transaction.atomic
def save(*, offer: Offered, by: Actor, periods: Iterable[tuple[date, date, int]] = ()) -> OfferChange | None:
    """Keeps what was written, and returns the words that wait for a look now, if any. Raises as `offering.save`."""
    live = type(offer).objects.held(offer.pk) if offer.pk else None
    if live is None or not live.is_published or not offering.needs_review(live):
        offering.save(offer=offer, periods=periods, by=by)
        _drop(offer)
        return None
    words = {name: getattr(offer, name) for name in offer.WORDS}
    for name in offer.WORDS:
        setattr(offer, name, getattr(live, name))
    offering.save(offer=offer, periods=periods, by=by)
    if all(getattr(live, name) == value for name, value in words.items()):
        _drop(offer)
        return None
    return _replace(offer, State.SUBMITTED, words, by=by)


@transaction.atomic
def keep_draft(*, offer: Offered, values: Mapping[str, str], by: Actor) -> OfferChange:
    """Keeps what stands in the form beside the offer, unchecked; what waited for a look waits no more.

    Raises NotAllowed, WrongState for an offer that nobody sees: that is a draft itself.
    """
    held = own(offer, by)
    if not held.is_published:
        raise WrongState
    kept = {name: value[:LONGEST] for name, value in list(values.items())[:MOST_FIELDS]}
    return _replace(held, State.DRAFT, kept, by=by)


@transaction.atomic
def drop(*, offer: Offered, by: Actor) -> None:
    """The company does not want the change any more; twice changes nothing. Raises NotAllowed."""
    held = own(offer, by)
    if _drop(held):
        record_deed("change dropped", held, by=by)


def _replace(offer: Offered, state: str, values: dict, *, by: Actor) -> OfferChange:
    """A new row for each version, so that nobody approves what they have not read. The offer is held."""
    _drop(offer)
    change = OfferChange.objects.create(**{offer.NAME: offer}, state=state, values=values)
    record_deed("change kept", offer, by=by, state=str(state))
    return change


def _drop(offer: Offered) -> bool:
    return bool(OfferChange.objects.of(offer).delete()[0])


# ── The coordinator


@transaction.atomic
def publish(change: OfferChange, *, by: Actor) -> Offered:
    """The new words take the place of the old ones. Raises NotAllowed, WrongState, NotReady."""
    held, offer = _reviewed(change, by)
    for name in offer.WORDS:
        setattr(offer, name, held.values[name])
    must_be_ready(offer)
    offer.is_right()
    offer.save()
    held.delete()
    record_deed("change approved", offer, by=by)
    emails.change_is_published(offer)
    return offer


@transaction.atomic
def return_for_changes(change: OfferChange, *, reason: str, by: Actor) -> OfferChange:
    """Back to the company with remarks; the offer stays as it is. Raises NotAllowed, WrongState, ValueError."""
    held, offer = _reviewed(change, by)
    held.state, held.reason = State.RETURNED, remarks(reason)
    held.save(update_fields=["state", "reason"])
    record_deed("change returned", offer, by=by)
    emails.change_is_returned(offer, reason=held.reason)
    return held


def _reviewed(change: OfferChange, by: Actor) -> tuple[OfferChange, Offered]:
    """As it stands: the offer is held first, as the company does, so that one of both is first."""
    if not can_decide(by):
        raise NotAllowed
    offer = type(change.of).objects.held(change.of.pk)
    held = OfferChange.objects.waiting().filter(pk=change.pk).first()
    if held is None:
        raise WrongState
    return held, offer
