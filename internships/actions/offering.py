"""What a company does with its offers, and what a coordinator says to them."""

from collections.abc import Iterable, Iterator
from datetime import date

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts import audit
from accounts.actors import SYSTEM, Actor
from internships import rules
from internships.emails import company as emails
from internships.models import Offer, Period, Scheme
from internships.permissions import acts_for, can_decide
from kit import clock

State = Offer.State
TOO_EARLY = _("Please choose a day that is later than the others and still to come.")
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


# ── What stands against an offer


def faults(offer: Offer) -> Iterator[str | Promise]:
    """Everything that keeps an offer from being shown, in sentences for the company."""
    if not all(words.strip() for _heading, words in offer.quality):
        yield _("Please say what the task is, who guides, how you talk about it and what one takes home.")
    if not offer.scheme.is_online and offer.location_id is None:
        yield _("Please say where the internship takes place.")
    periods = list(offer.periods.upcoming())
    if not any(period.is_applicable for period in periods):
        yield _("Please name at least one time that is still to come.")
    for period in periods:
        yield from period_faults(offer, period.first_day, period.last_day)
    for _field, sentence in rules.faults(work_of(offer, periods)):
        yield sentence


def period_faults(offer: Offer, first_day: date, last_day: date) -> Iterator[str | Promise]:
    """Does the time fit the model, and lie inside of the campaign?"""
    length = (last_day - first_day).days + 1
    if offer.scheme.unit == Scheme.Unit.DAY and length > 1:
        yield _("With this model each time is a single day.")
    elif length > offer.scheme.longest_days:
        yield _("With this model a time is shorter. Please choose another last day.")
    if offer.campaign and not offer.campaign.contains(first_day, last_day):
        yield _("This day lies outside of the campaign.")


def work_of(offer: Offer, periods: Iterable[Period]) -> rules.Work:
    """What is asked of the youngest."""
    return rules.Work(
        age=offer.min_age,
        starts=offer.starts,
        ends=offer.ends,
        pause_minutes=offer.pause_minutes,
        days=tuple(day for period in periods for day in (period.days or [period.first_day])),
        weekend_ground=offer.weekend_ground,
        is_voluntary=offer.is_voluntary,
    )


# ── The company


@transaction.atomic
def save(*, offer: Offer, periods: list[tuple[date, date, int]], by: Actor) -> Offer:
    """Keeps what was written, with its times as (first day, last day, seats). A live offer stays live if it may.

    Times for which somebody has applied are kept; their seats never fall below those that are taken.
    Raises NotAllowed, NotReady for a live offer that would not be allowed any more.
    """
    if not acts_for(by, offer.employer) or not offer.is_editable:
        raise NotAllowed
    is_new = offer.pk is None
    offer.is_right()
    offer.save()
    _keep_periods(offer, periods)
    audit.record("internship offer written" if is_new else "internship offer changed", offer, by=by)
    if offer.is_published and (found := list(faults(offer))):
        raise NotReady(found)
    return offer


def _keep_periods(offer: Offer, wanted: list[tuple[date, date, int]]) -> None:
    held = {period.first_day: period for period in offer.periods.select_for_update()}
    for first_day, last_day, seats in wanted:
        period = held.pop(first_day, None) or Period(offer=offer, first_day=first_day)
        if not period.taken:
            period.last_day = last_day
        period.seats = max(seats, period.taken)
        period.save()
    for period in held.values():
        if not period.applications.exists():
            period.delete()


@transaction.atomic
def submit(*, offer: Offer, by: Actor) -> Offer:
    """Show it to everybody: at once for a company that is known, else after a look. Raises NotAllowed, NotReady."""
    offer = _own(offer, by)
    if offer.state not in {State.DRAFT, State.RETURNED, State.ARCHIVED}:
        raise WrongState
    if found := list(faults(offer)):
        raise NotReady(found)
    if needs_review(offer):
        return _move(offer, State.SUBMITTED, by=by)
    return _publish(offer, by=SYSTEM)


def needs_review(offer: Offer) -> bool:
    """The first offer of a company is looked at, later ones as a sample."""
    known = offer.employer.is_active and offer.employer.offers.published().exclude(pk=offer.pk).exists()
    return not known or offer.pk % SAMPLE == 0


@transaction.atomic
def pause(*, offer: Offer, by: Actor) -> Offer:
    """Nobody finds it for now; what has been applied for goes on. Raises NotAllowed."""
    return _set_pause(_own(offer, by), clock.now(), by=by)


@transaction.atomic
def resume(*, offer: Offer, by: Actor) -> Offer:
    return _set_pause(_own(offer, by), None, by=by)


@transaction.atomic
def archive(*, offer: Offer, by: Actor) -> Offer:
    """The company does not offer it any more. Raises NotAllowed."""
    return _move(_own(offer, by), State.ARCHIVED, by=by)


def _set_pause(offer: Offer, moment, *, by: Actor) -> Offer:
    offer.paused_at = moment
    offer.is_right()
    offer.save(update_fields=["paused_at", *Offer.CHECK_FIELDS])
    audit.record("internship offer paused" if moment else "internship offer resumed", offer, by=by)
    return offer


# ── The coordinator


@transaction.atomic
def publish(*, offer: Offer, by: Actor) -> Offer:
    """Looked at and good. Raises NotAllowed, WrongState, NotReady."""
    offer = _reviewed(offer, by)
    if found := list(faults(offer)):
        raise NotReady(found)
    return _publish(offer, by=by)


@transaction.atomic
def return_for_changes(*, offer: Offer, reason: str, by: Actor) -> Offer:
    """Back to the company with remarks. Raises NotAllowed, WrongState, ValueError."""
    if not reason.strip():
        raise ValueError("a return needs a reason")
    offer = _reviewed(offer, by, live=True)
    offer.returned_reason = reason.strip()[:255]
    offer.save(update_fields=["returned_reason"])
    _move(offer, State.RETURNED, by=by)
    emails.is_returned(offer)
    return offer


@transaction.atomic
def talked_about(*, offer: Offer, by: Actor) -> Offer:
    """Somebody has talked with the company about its bad evaluations. Raises NotAllowed."""
    if not can_decide(by):
        raise NotAllowed
    offer = _locked(offer)
    offer.bad_marks = 0
    offer.save(update_fields=["bad_marks"])
    audit.record("internship evaluations talked about", offer, by=by)
    return offer


def _publish(offer: Offer, *, by: Actor) -> Offer:
    offer.returned_reason = ""
    offer.is_right()
    offer.save(update_fields=["returned_reason", *Offer.CHECK_FIELDS])
    _move(offer, State.PUBLISHED, by=by)
    emails.is_published(offer)
    return offer


def _move(offer: Offer, state: str, *, by: Actor) -> Offer:
    before, offer.state = offer.state, state
    offer.save(update_fields=["state"])
    audit.record("internship offer moved", offer, by=by, before=before, state=state)
    return offer


def _reviewed(offer: Offer, by: Actor, *, live: bool = False) -> Offer:
    if not can_decide(by):
        raise NotAllowed
    offer = _locked(offer)
    if offer.state not in ({State.SUBMITTED, State.PUBLISHED} if live else {State.SUBMITTED}):
        raise WrongState
    return offer


def _own(offer: Offer, by: Actor) -> Offer:
    offer = _locked(offer)
    if not acts_for(by, offer.employer):
        raise NotAllowed
    return offer


def _locked(offer: Offer) -> Offer:
    related = ["employer__organization", "scheme", "campaign"]
    return Offer.objects.select_for_update(of=("self",)).select_related(*related).get(pk=offer.pk)
