"""A teacher asks for a lesson, the company answers, both hold it, the teacher tells how it was."""

from django.db import IntegrityError, transaction

from accounts import audit
from accounts.actors import SYSTEM, Actor
from accounts.models import User
from internships.actions import partnering, reminding
from internships.emails import lessons as emails
from internships.models import Employer, LessonOffer, LessonUnit, Partner
from internships.models.application import ANSWER_WITHIN
from internships.models.lesson import LESSON_KEPT_FOR
from internships.permissions import acts_for, can_decide, schools_of
from kit import clock, uptime

State = LessonUnit.State


class NotAllowed(Exception):
    """Whoever asks may not do this with the lesson."""


class NotPossible(Exception):
    """The lesson is not in a state in which this can happen, or nobody can be asked."""


class Twice(Exception):
    """The class has asked this company for this day already."""


# ── The school


@transaction.atomic
def ask(*, unit: LessonUnit, by: User) -> LessonUnit:
    """A teacher asks a company, for a topic that it offers or for an own one. Raises NotAllowed, NotPossible, Twice."""
    if not schools_of(by).filter(pk=unit.school_id).exists():
        raise NotAllowed
    if not _can_be_asked(unit.employer, unit.offer) or any(unit.faults()):
        raise NotPossible
    unit.teacher, unit.state = by, State.REQUESTED
    try:
        with transaction.atomic():
            unit.save(force_insert=True)
    except IntegrityError:
        raise Twice from None
    audit.record("lesson asked for", unit, by=by, school=unit.school_id, employer=unit.employer_id)
    emails.lesson_is_asked(unit)
    return unit


def _can_be_asked(employer: Employer, offer: LessonOffer | None) -> bool:
    if offer is None:
        return Employer.objects.active().filter(pk=employer.pk).exists()
    return offer.employer_id == employer.pk and offer.is_visible


@transaction.atomic
def withdraw(*, unit: LessonUnit, by: Actor) -> LessonUnit:
    """The school takes it back, before the day. Raises NotAllowed, NotPossible."""
    held = _of_school(unit, by)
    if not held.is_open or held.is_over:
        raise NotPossible
    _close(held, State.WITHDRAWN, by=by)
    emails.lesson_is_withdrawn(held)
    return held


@transaction.atomic
def tell(*, unit: LessonUnit, took_place: bool, mark: int | None = None, by: Actor) -> LessonUnit:
    """The day has come: did it take place, and would the teacher hold it again? Raises NotAllowed, NotPossible."""
    held = _of_school(unit, by)
    return _settle(held, took_place=took_place, mark=mark, by=by)


def _of_school(unit: LessonUnit, by: Actor) -> LessonUnit:
    held = _locked(unit.pk)
    if not partnering.acts_as(Partner.SCHOOL, school=held.school, employer=held.employer, by=by):
        raise NotAllowed
    return held


def _settle(held: LessonUnit, *, took_place: bool, mark: int | None, by: Actor) -> LessonUnit:
    if held.state != State.PLANNED or held.day > clock.today():
        raise NotPossible
    _close(held, State.DONE if took_place else State.NOT_DONE, by=by, mark=mark if took_place else None)
    return held


# ── The company


@transaction.atomic
def plan(*, unit: LessonUnit, by: Actor) -> LessonUnit:
    """The company says yes; school and company are partners from now on. Raises NotAllowed, NotPossible."""
    held = _unanswered(unit, by)
    held.partnership = partnering.joined(school=held.school, employer=held.employer, by=by)
    held.state = State.PLANNED
    held.save(update_fields=["partnership", "state"])
    audit.record("lesson planned", held, by=by)
    emails.lesson_is_planned(held)
    return held


@transaction.atomic
def decline(*, unit: LessonUnit, reason: str, by: Actor) -> LessonUnit:
    """For a reason of the list. Raises NotAllowed, NotPossible, ValueError."""
    reason = LessonUnit.Reason(reason)
    held = _unanswered(unit, by)
    _close(held, State.DECLINED, by=by, reason=reason)
    emails.lesson_is_declined(held)
    return held


@transaction.atomic
def cancel(*, unit: LessonUnit, by: Actor) -> LessonUnit:
    """The company cannot keep what it has promised. Raises NotAllowed, NotPossible."""
    held = _of_company(unit, by)
    if held.state != State.PLANNED or held.is_over:
        raise NotPossible
    _close(held, State.CANCELLED, by=by)
    emails.lesson_is_cancelled(held)
    return held


def _of_company(unit: LessonUnit, by: Actor) -> LessonUnit:
    held = _locked(unit.pk)
    if not acts_for(by, held.employer):
        raise NotAllowed
    return held


def _unanswered(unit: LessonUnit, by: Actor) -> LessonUnit:
    held = _of_company(unit, by)
    if held.state != State.REQUESTED or held.day <= clock.today():
        raise NotPossible
    return held


# ── The coordinator


@transaction.atomic
def decide(*, unit: LessonUnit, took_place: bool, by: Actor) -> LessonUnit:
    """The school says nothing: a coordinator has asked. Raises NotAllowed, NotPossible."""
    if not can_decide(by):
        raise NotAllowed
    return _settle(_locked(unit.pk), took_place=took_place, mark=None, by=by)


# ── Sweeps


def remind() -> int:
    """Companies that have not answered after 5 and 10 days of service. Returns how many were reminded."""
    return reminding.remind(LessonUnit.objects.unanswered().for_pages(), emails.lesson_waits)


def expire() -> int:
    """Without an answer for 15 days of service, or until the day itself. Returns how many."""
    late = uptime.start_of(ANSWER_WITHIN, until=clock.now())
    waiting = LessonUnit.objects.unanswered()
    due = waiting.filter(created_at__lte=late) | waiting.filter(day__lte=clock.today())
    return sum(_expire(pk) for pk in due.order_by("pk").values_list("pk", flat=True))


@transaction.atomic
def _expire(pk: int) -> bool:
    held = _locked(pk)
    if held.state != State.REQUESTED:
        return False
    _close(held, State.EXPIRED, by=SYSTEM)
    emails.lesson_has_expired(held)
    return True


def ask_afterwards() -> int:
    """The morning after, once: did it take place? Returns how many teachers were asked."""
    due = LessonUnit.objects.over().filter(asked_at=None).order_by("pk").values_list("pk", flat=True)
    return sum(_ask_afterwards(pk) for pk in due)


@transaction.atomic
def _ask_afterwards(pk: int) -> bool:
    held = _locked(pk)
    if held.state != State.PLANNED or held.asked_at:
        return False
    held.asked_at = clock.now()
    held.save(update_fields=["asked_at"])
    emails.please_tell(held)
    return True


def forget() -> int:
    """A year after its day a lesson is a number: teacher and words go. Returns how many."""
    old = LessonUnit.objects.filter(day__lt=clock.today() - LESSON_KEPT_FOR)
    return old.exclude(teacher=None, words="").update(teacher=None, words="")


def _close(held: LessonUnit, state: str, *, by: Actor, **fields) -> None:
    before, held.state, held.ended_at = held.state, state, clock.now()
    for name, value in fields.items():
        setattr(held, name, value)
    held.save(update_fields=["state", "ended_at", *fields])
    audit.record("lesson ended", held, by=by, before=before, state=str(state))


def _locked(pk: int) -> LessonUnit:
    return LessonUnit.objects.for_pages().select_for_update(of=("self",)).get(pk=pk)
