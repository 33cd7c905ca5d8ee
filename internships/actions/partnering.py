"""A school and a company become partners when both have agreed; either may end it, and silence has a deadline."""

from django.db import IntegrityError, transaction

from accounts import audit
from accounts.actors import SYSTEM, Actor
from accounts.models import User
from internships.actions import reminding
from internships.emails import lessons as emails
from internships.models import Employer, Partner, Partnership
from internships.models.application import ANSWER_WITHIN
from internships.permissions import acts_for, askable_schools, schools_of
from kit import clock, uptime
from providers.models import Organization

State = Partnership.State
STAMPS = {Partner.SCHOOL: "school_agreed_at", Partner.COMPANY: "company_agreed_at"}


class NotAllowed(Exception):
    """Whoever asks may not speak for this side."""


class NotPossible(Exception):
    """The other side cannot be asked, or the partnership is over."""


def acts_as(side: Partner, *, school: Organization, employer: Employer, by: Actor) -> bool:
    """Whether this person speaks for the school, or for the company."""
    if side == Partner.COMPANY:
        return acts_for(by, employer)
    return isinstance(by, User) and by.is_active and schools_of(by).filter(pk=school.pk).exists()


@transaction.atomic
def propose(*, school: Organization, employer: Employer, side: Partner, by: Actor) -> Partnership:
    """One side wants it; where the other one has proposed it already, both have agreed. Twice changes nothing.

    Raises NotAllowed, NotPossible for a company that nobody sees, or a school without anybody who could answer.
    """
    if not acts_as(side, school=school, employer=employer, by=by):
        raise NotAllowed
    if not employer.is_active or not askable_schools().filter(pk=school.pk).exists():
        raise NotPossible
    held, made = _open(school, employer, side)
    if made:
        audit.record("partnership proposed", held, by=by, side=str(side))
        emails.partnership_is_proposed(held, to_company=side == Partner.SCHOOL)
        return held
    return _agree(held, side, by=by)


@transaction.atomic
def agree(*, partnership: Partnership, side: Partner, by: Actor) -> Partnership:
    """The other side says yes; twice changes nothing. Raises NotAllowed, NotPossible."""
    held = _locked(partnership)
    if not acts_as(side, school=held.school, employer=held.employer, by=by):
        raise NotAllowed
    if held.state == State.ENDED:
        raise NotPossible
    return _agree(held, side, by=by)


def joined(*, school: Organization, employer: Employer, by: Actor) -> Partnership:
    """Both want it now: the school has asked for a lesson, the company says yes. Inside a transaction."""
    held, _made = _open(school, employer, Partner.SCHOOL)
    return _agree(_agree(held, Partner.SCHOOL, by=by, is_told=False), Partner.COMPANY, by=by, is_told=False)


@transaction.atomic
def end(*, partnership: Partnership, side: Partner, by: Actor) -> Partnership:
    """Either side, without a reason: a no to a proposal, or the end. Twice changes nothing. Raises NotAllowed.

    Lessons that are planned stay planned; each of them can be cancelled by itself.
    """
    held = _locked(partnership)
    if not acts_as(side, school=held.school, employer=held.employer, by=by):
        raise NotAllowed
    if held.state == State.ENDED:
        return held
    _close(held, by=by)
    emails.partnership_has_ended(held, to_company=side == Partner.SCHOOL)
    return held


def _open(school: Organization, employer: Employer, side: Partner) -> tuple[Partnership, bool]:
    """The open one of these two, held; made with the word of this side where there is none."""
    pair = {"school": school, "employer": employer}
    if found := Partnership.objects.open().filter(**pair).first():
        return _locked(found), False
    try:
        with transaction.atomic():
            return Partnership.objects.create(**pair, **{STAMPS[side]: clock.now()}), True
    except IntegrityError:  # the other side was quicker
        return _locked(Partnership.objects.open().get(**pair)), False


def _agree(held: Partnership, side: Partner, *, by: Actor, is_told: bool = True) -> Partnership:
    if getattr(held, STAMPS[side]) is not None:
        return held
    setattr(held, STAMPS[side], clock.now())
    held.state = State.AGREED
    held.save(update_fields=[STAMPS[side], "state"])
    audit.record("partnership agreed", held, by=by, side=str(side))
    if is_told:
        emails.partnership_is_agreed(held, to_company=side == Partner.SCHOOL)
    return held


def _close(held: Partnership, *, by: Actor) -> None:
    before, held.state, held.ended_at = held.state, State.ENDED, clock.now()
    held.save(update_fields=["state", "ended_at"])
    audit.record("partnership ended", held, by=by, before=before)


def _locked(partnership: Partnership) -> Partnership:
    return Partnership.objects.for_lists().select_for_update(of=("self",)).get(pk=partnership.pk)


# ── Sweeps


def remind() -> int:
    """Whoever has not answered a proposal after 5 and 10 days of service. Returns how many were reminded."""
    return reminding.remind(Partnership.objects.proposed().for_lists(), emails.partnership_waits)


def lapse() -> int:
    """Proposals without an answer for 15 days of service end. Returns how many."""
    late = Partnership.objects.proposed().filter(created_at__lte=uptime.start_of(ANSWER_WITHIN, until=clock.now()))
    return sum(_lapse(pk) for pk in late.order_by("pk").values_list("pk", flat=True))


@transaction.atomic
def _lapse(pk: int) -> bool:
    held = Partnership.objects.for_lists().select_for_update(of=("self",)).get(pk=pk)
    if held.state != State.PROPOSED:
        return False
    _close(held, by=SYSTEM)
    emails.partnership_has_ended(held, to_company=held.school_agreed_at is None)
    return True
