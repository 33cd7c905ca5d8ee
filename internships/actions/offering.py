"""What a company does with its offers, and what a coordinator says to them: internships and topics of lessons alike.

Kinds differ in what their models say: `faults`, `keep_times`, and the data of `Offered`.
"""

from collections.abc import Iterable
from datetime import date

from django.db import transaction

from accounts import audit
from accounts.actors import SYSTEM, Actor
from internships.emails import offers as emails
from internships.models import Offer
from internships.models.offered import Offered
from internships.permissions import acts_for, can_decide
from kit import clock

State = Offered.State
SAMPLE = 5  # of the offers of a known company every fifth is looked at


class NotAllowed(Exception):
    """Whoever asks may not do this with the offer."""


class NotReady(Exception):
    """Something is missing or unlawful; `sentences` say what."""

    def __init__(self, sentences: list):
        super().__init__("; ".join(str(sentence) for sentence in sentences))
        self.sentences = sentences


class WrongState(Exception):
    """The offer is not in a state in which this can happen."""


# ── The company


@transaction.atomic
def save(*, offer: Offered, by: Actor, periods: Iterable[tuple[date, date, int]] = ()) -> Offered:
    """Keeps what was written, with its times as (first day, last day, seats). A live offer stays live if it may.

    Raises NotAllowed, NotReady for a live offer that would not be allowed any more.
    """
    if not acts_for(by, offer.employer) or not offer.is_editable:
        raise NotAllowed
    is_new = offer.pk is None
    if is_new:
        offer.save()
    offer.keep_times(periods)
    if offer.is_published:
        must_be_ready(offer)
    offer.is_right()
    offer.save()
    record_deed("offer written" if is_new else "offer changed", offer, by=by)
    return offer


@transaction.atomic
def submit(*, offer: Offered, by: Actor) -> Offered:
    """Show it: at once for a company that is known, else after a look. Raises NotAllowed, WrongState, NotReady."""
    offer = own(offer, by)
    if offer.state not in {State.DRAFT, State.RETURNED}:
        raise WrongState
    must_be_ready(offer)
    if needs_review(offer):
        return _move(offer, State.SUBMITTED, by=by)
    return _publish(offer, by=SYSTEM)


def needs_review(offer: Offered) -> bool:
    """The first of its kind of a company is looked at, later ones as a sample."""
    others = type(offer).objects.published().filter(employer=offer.employer).exclude(pk=offer.pk)
    return not (offer.employer.is_active and others.exists()) or offer.pk % SAMPLE == 0


@transaction.atomic
def pause(*, offer: Offered, by: Actor) -> Offered:
    """Nobody finds it for now; what was asked for goes on. Raises NotAllowed."""
    offer = own(offer, by)
    offer.paused_at = clock.now()
    return _say(offer, "offer paused", by=by)


@transaction.atomic
def resume(*, offer: Offered, by: Actor) -> Offered:
    """It can be found again. Raises NotAllowed."""
    offer = own(offer, by)
    offer.paused_at = None
    return _say(offer, "offer resumed", by=by)


@transaction.atomic
def archive(*, offer: Offered, by: Actor) -> Offered:
    """The company does not offer it any more; what was agreed stays. Raises NotAllowed."""
    return _move(own(offer, by), State.ARCHIVED, by=by)


def own(offer: Offered, by: Actor) -> Offered:
    """As it stands, held. Raises NotAllowed for everybody but its company."""
    offer = type(offer).objects.held(offer.pk)
    if not acts_for(by, offer.employer):
        raise NotAllowed
    return offer


def _say(offer: Offered, deed: str, *, by: Actor) -> Offered:
    offer.is_right()
    offer.save(update_fields=["paused_at", *Offered.CHECK_FIELDS])
    record_deed(deed, offer, by=by)
    return offer


# ── The coordinator


@transaction.atomic
def publish(offer: Offered, *, by: Actor) -> Offered:
    """Looked at and good. Raises NotAllowed, WrongState, NotReady."""
    offer = _looked_at(offer, by)
    if not offer.waits:
        raise WrongState
    must_be_ready(offer)
    return _publish(offer, by=by)


@transaction.atomic
def return_for_changes(offer: Offered, *, reason: str, by: Actor) -> Offered:
    """Back to the company with remarks. Raises NotAllowed, WrongState, ValueError."""
    offer = _looked_at(offer, by)
    if not offer.can_be_returned:
        raise WrongState
    offer.returned_reason = remarks(reason)
    offer.save(update_fields=["returned_reason"])
    _move(offer, State.RETURNED, by=by)
    emails.is_returned(offer)
    return offer


@transaction.atomic
def talked_about(offer: Offer, *, by: Actor) -> Offer:
    """Somebody has talked with the company about the bad evaluations of an internship. Raises NotAllowed."""
    offer = _looked_at(offer, by)
    offer.bad_marks = 0
    offer.save(update_fields=["bad_marks"])
    audit.record("internship evaluations talked about", offer, by=by)
    return offer


def remarks(reason: str) -> str:
    """What is told to a company that is to change something. Raises ValueError where nothing is said."""
    if not reason.strip():
        raise ValueError("a return needs a reason")
    return reason.strip()[:255]


def _looked_at(offer: Offered, by: Actor) -> Offered:
    if not can_decide(by):
        raise NotAllowed
    return type(offer).objects.held(offer.pk)


def _publish(offer: Offered, *, by: Actor) -> Offered:
    offer.returned_reason = ""
    offer.is_right()
    offer.save(update_fields=["returned_reason", *Offered.CHECK_FIELDS])
    _move(offer, State.PUBLISHED, by=by)
    emails.is_published(offer)
    return offer


def _move(offer: Offered, state: str, *, by: Actor) -> Offered:
    before, offer.state = offer.state, state
    offer.save(update_fields=["state"])
    record_deed("offer moved", offer, by=by, before=before, state=state)
    return offer


# ── For both


def must_be_ready(offer: Offered) -> None:
    """Raises NotReady where something keeps it from being shown."""
    if found := list(offer.faults()):
        raise NotReady(found)


def record_deed(deed: str, offer: Offered, *, by: Actor, **facts) -> None:
    """In the audit log, where the deed is named with the kind: "lesson offer paused"."""
    audit.record(f"{offer.AREA} {deed}", offer, by=by, **facts)
