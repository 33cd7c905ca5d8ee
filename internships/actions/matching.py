"""Wishes and proposals: people bring an offer and a pupil together, and the pupil says yes or no."""

from collections.abc import Iterable

from django.db import IntegrityError, transaction

from accounts import audit
from accounts.actors import LINK_HOLDER, Actor
from accounts.models import User
from internships.actions import applying
from internships.emails import pupil as emails
from internships.models import Employer, Offer, Proposal, Pupil, Wish
from internships.permissions import acts_for, can_match, schools_of
from kit import clock
from providers.models import Organization

MOST_ADDRESSES = 35  # a class


class NotAllowed(Exception):
    """Whoever asks may not propose this."""


class Closed(Exception):
    """The wish or the proposal is over."""


class OneIsOpen(Exception):
    """The pupil has a wish that is open already."""


# ── Wishes


@transaction.atomic
def wish(*, pupil: Pupil, **fields) -> Wish:
    """What somebody looks for; seen by nobody before the mailbox has answered. Raises OneIsOpen."""
    try:
        with transaction.atomic():
            made = Wish.objects.create(pupil=pupil, **fields)
    except IntegrityError:
        raise OneIsOpen from None
    emails.confirm_wish(made)
    return made


@transaction.atomic
def confirm(*, wish: Wish) -> Wish:
    """The mailbox has answered; a parent is asked where one has to be."""
    held = Wish.objects.select_for_update(of=("self",)).select_related("pupil").get(pk=wish.pk)
    if held.state != Wish.State.DRAFT:
        return held
    held.pupil.prove_mailbox()
    held.state = Wish.State.OPEN if held.pupil.may_apply else Wish.State.GUARDIAN
    held.save(update_fields=["state"])
    audit.record("internship wish confirmed", held, by=LINK_HOLDER)
    if held.state == Wish.State.GUARDIAN:
        applying.ask_guardian(pupil=held.pupil)
    return held


@transaction.atomic
def withdraw(*, wish: Wish) -> Wish:
    """Twice changes nothing."""
    held = Wish.objects.select_for_update().get(pk=wish.pk)
    if held.state in {Wish.State.DRAFT, Wish.State.GUARDIAN, Wish.State.OPEN}:
        held.state = Wish.State.WITHDRAWN
        held.save(update_fields=["state"])
        held.proposals.open().update(state=Proposal.State.EXPIRED)
        audit.record("internship wish withdrawn", held, by=LINK_HOLDER)
    return held


# ── Proposals


@transaction.atomic
def propose_to_wish(*, wish: Wish, offer: Offer, words: str = "", by: User) -> Proposal:
    """A counsellor, or the company itself, shows an offer to somebody who looks for one. The company learns no name.

    A second proposal of the same offer is the first. Raises NotAllowed, Closed.
    """
    if not (can_match(by) or acts_for(by, offer.employer)) or not offer.is_visible:
        raise NotAllowed
    if not Wish.objects.open().filter(pk=wish.pk).exists():
        raise Closed
    organization = None if can_match(by) else offer.employer.organization
    proposal, made = Proposal.objects.get_or_create(
        offer=offer, wish=wish, defaults={"sender": by, "organization": organization, "words": words.strip()}
    )
    if made:
        audit.record("internship proposed", proposal, by=by)
        emails.proposal_to_wish(proposal)
    return proposal


@transaction.atomic
def propose_to_class(
    *, offer: Offer, school: Organization, addresses: Iterable[str], group: str, words: str, by: User
) -> int:
    """A teacher shows an offer to chosen pupils. Returns how many are written to now; the company learns nothing.

    Who was written to before is left out without a word. Raises NotAllowed.
    """
    if not schools_of(by).filter(pk=school.pk).exists() or not offer.is_visible:
        raise NotAllowed
    count = 0
    for address in dict.fromkeys(address.strip().lower() for address in addresses):
        defaults = {"sender": by, "organization": school, "group": group.strip(), "words": words.strip()}
        proposal, made = Proposal.objects.get_or_create(offer=offer, email=address, defaults=defaults)
        if made:
            emails.proposal_to_address(proposal)
            count += 1
    audit.record("internship proposed to a class", offer, by=by, school=school.pk, count=count)
    return count


@transaction.atomic
def answer(*, proposal: Proposal, takes: bool, is_told: bool) -> Proposal:
    """The pupil's word. The address has served its purpose with it. Raises Closed."""
    held = Proposal.objects.select_for_update(of=("self",)).get(pk=proposal.pk)
    if not held.is_answerable:
        raise Closed
    held.state = Proposal.State.TAKEN if takes else Proposal.State.DECLINED
    held.is_told, held.email = is_told, ""
    held.save(update_fields=["state", "is_told", "email"])
    audit.record("internship proposal answered", held, by=LINK_HOLDER, takes=takes)
    return held


def lapse() -> int:
    """Not answered for three weeks: the address goes, the number stays. Returns how many."""
    return Proposal.objects.lapsed().update(state=Proposal.State.EXPIRED, email="")


def close_wishes() -> int:
    """Past their last day: nobody reads them any more (`Wish.objects.open`), now they say so, too."""
    over = Wish.objects.filter(state__in=["draft", "guardian", "open"], last_day__lt=clock.today())
    return over.update(state=Wish.State.EXPIRED)


def may_read_wishes(actor: Actor, employer: Employer) -> bool:
    """Pseudonyms, for approved companies."""
    return employer.is_active and acts_for(actor, employer)
