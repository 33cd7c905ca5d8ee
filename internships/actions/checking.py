"""Offers that end soon, and offers of which nobody has said for a year that they are right. Both kinds alike."""

from collections.abc import Callable
from datetime import date, timedelta

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts import audit
from accounts.actors import LINK_HOLDER, SYSTEM
from internships import rules
from internships.actions import offering
from internships.emails import offers as emails
from internships.models import LessonOffer, Offer, Period
from internships.models.checked import CHECK_WITHIN, MOST_CHECKS, TELL_BEFORE
from internships.models.offered import Offered
from kit import clock, uptime

KINDS: tuple[type[Offered], ...] = (Offer, LessonOffer)
LONGER_BY = timedelta(days=365)
NEXT_AFTER = timedelta(days=28)
TOO_EARLY = _("Please choose a day that is later than the others and still to come.")


class Closed(Exception):
    """Nobody asks any more: the offer is ended, or its company has answered."""


# ── Sweeps


def sweep() -> dict[str, int]:
    """One step for each offer that is due; a second run changes nothing. Returns how many of each."""
    return {"hidden": hide(), "asked": ask(), "told": tell_end()}


def tell_end() -> int:
    """The company hears of the end, once for each offer and day. Returns how many mails were written."""
    until = clock.today() + TELL_BEFORE
    return _each(lambda kind: kind.objects.ending(until), _tell_end)


def ask() -> int:
    """Is it still right? Once a year, and once more after two weeks of silence. Returns how many were asked."""
    silent = uptime.start_of(CHECK_WITHIN, until=clock.now())
    again = _each(lambda kind: kind.objects.visible().unchecked_since(silent, checks=1), _ask_again)
    return again + _each(lambda kind: kind.objects.visible().due_for_check(), _ask_first)


def hide() -> int:
    """Asked twice without an answer: nobody finds it until the company shows it again. Returns how many."""
    silent = uptime.start_of(CHECK_WITHIN, until=clock.now())
    return _each(lambda kind: kind.objects.visible().unchecked_since(silent, checks=MOST_CHECKS), _hide)


def _each(due: Callable, deed: Callable) -> int:
    """The deed for every offer that is due, each held and looked at again in a transaction of its own."""
    count = 0
    for kind in KINDS:
        for pk in list(due(kind).order_by("pk").values_list("pk", flat=True)):
            with transaction.atomic():
                held = kind.objects.held(pk)
                if due(kind).filter(pk=pk).exists():
                    deed(held)
                    count += 1
    return count


def _tell_end(held: Offered) -> None:
    held.end_told = held.ends_on
    held.save(update_fields=["end_told"])
    emails.ends_soon(held)


def _ask_first(held: Offered) -> None:
    _ask(held, 1)


def _ask_again(held: Offered) -> None:
    _ask(held, 2)


def _ask(held: Offered, number: int) -> None:
    held.checks, held.check_asked_at = number, clock.now()
    held.save(update_fields=["checks", "check_asked_at"])
    emails.still_right(held, number=number)


def _hide(held: Offered) -> None:
    held.paused_at = clock.now()
    held.save(update_fields=["paused_at"])
    audit.record("offer hidden unchecked", held, by=SYSTEM)
    emails.is_hidden(held)


# ── Answers by the link of the mail


@transaction.atomic
def confirm(*, offer: Offered) -> Offered:
    """It is still right; one that was hidden for the silence is shown again. Raises Closed."""
    held = _answerable(offer)
    if held.is_unchecked:
        held.paused_at = None
    held.is_right()
    held.save(update_fields=["paused_at", *Offered.CHECK_FIELDS])
    audit.record("offer said to be right", held, by=LINK_HOLDER)
    return held


@transaction.atomic
def give_up(*, offer: Offered) -> Offered:
    """The company does not offer it any more: it goes to the archive and is never deleted. Raises Closed."""
    held = _answerable(offer)
    before, held.state = held.state, held.State.ARCHIVED
    held.is_right()
    held.save(update_fields=["state", *Offered.CHECK_FIELDS])
    audit.record("offer given up", held, by=LINK_HOLDER, before=before)
    return held


def _answerable(offer: Offered) -> Offered:
    held = type(offer).objects.held(offer.pk)
    if not is_asked(held):
        raise Closed
    return held


def is_asked(offer: Offered) -> bool:
    """Whether an answer is waited for."""
    return offer.is_published and offer.checks > 0


def can_be_extended(offer: Offered) -> bool:
    """The company was told of this end, and it is not long ago."""
    told = offer.end_told
    return offer.is_published and told is not None and told == offer.ends_on and told >= clock.today() - 3 * TELL_BEFORE


@transaction.atomic
def extend_topic(*, offer: LessonOffer) -> LessonOffer:
    """Shown for a year longer; twice changes nothing. Raises Closed."""
    held = _extendable(offer)
    held.shown_until = max(held.shown_until, clock.today()) + LONGER_BY
    held.is_right()
    held.save(update_fields=["shown_until", *Offered.CHECK_FIELDS])
    offering.record_deed("offer extended", held, by=LINK_HOLDER, until=held.shown_until.isoformat())
    return held


@transaction.atomic
def extend_offer(*, offer: Offer, first_day: date, seats: int) -> Period:
    """One more time, as long as the last one. Raises Closed, offering.NotReady for a time that may not be."""
    held = _extendable(offer)
    last = held.periods.order_by("-first_day").first()
    last_day = first_day + (last.last_day - last.first_day)
    if found := list(time_faults(held, first_day, last_day)):
        raise offering.NotReady(found)
    period = Period.objects.create(offer=held, first_day=first_day, last_day=last_day, seats=seats)
    held.is_right()
    held.save(update_fields=list(Offered.CHECK_FIELDS))
    offering.record_deed("offer extended", held, by=LINK_HOLDER, first_day=first_day.isoformat())
    return period


def time_faults(offer: Offer, first_day: date, last_day: date) -> list[str | Promise]:
    """What stands against one more time."""
    period = Period(offer=offer, first_day=first_day, last_day=last_day)
    found = [] if period.is_applicable and first_day > offer.ends_on else [TOO_EARLY]
    found += offer.faults_of_time(first_day, last_day)
    return found + [sentence for _field, sentence in rules.faults(offer.work([period]))]


def _extendable(offer: Offered) -> Offered:
    held = type(offer).objects.held(offer.pk)
    if not can_be_extended(held):
        raise Closed
    return held
