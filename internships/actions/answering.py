"""The company reads and answers, the pupil accepts: one promise for a day, and no more than there are seats."""

from django.db import transaction

from accounts import audit
from accounts.actors import LINK_HOLDER, SYSTEM, Actor
from internships.actions import campaigning, ending, reminding, seats
from internships.actions.applying import NotPossible, is_old_enough
from internships.emails import company
from internships.emails import pupil as emails
from internships.models import Application, Employer, Pupil
from internships.models.application import ANSWER_WITHIN, HELD_FOR
from internships.models.employer import HINT_AFTER_SILENT, PAUSE_AFTER_SILENT
from internships.permissions import acts_for
from kit import clock, uptime

State = Application.State


class NotAllowed(Exception):
    """Somebody else's application, or one that is not for the company's eyes."""


# ── The company


@transaction.atomic
def see(*, application: Application, by: Actor) -> Application:
    """The company has opened it; the pupil sees that. Raises NotAllowed."""
    application = _at_company(application, by)
    if application.state == State.SUBMITTED:
        application.state = State.SEEN
        application.save(update_fields=["state"])
    return application


@transaction.atomic
def offer_place(*, application: Application, by: Actor) -> Application:
    """A seat is held for a week. Raises NotAllowed, NotPossible, seats.Full."""
    application = _unanswered(application, by)
    if not is_old_enough(application.pupil, application.period):
        raise NotPossible
    seats.take(application.period_id)
    application.state, application.held_until = State.OFFERED, clock.now() + HELD_FOR
    application.save(update_fields=["state", "held_until"])
    _has_answered(application.offer.employer)
    audit.record("internship place offered", application, by=by)
    emails.is_offered(application)
    return application


@transaction.atomic
def decline(*, application: Application, reason: str, by: Actor) -> Application:
    """For a reason of the list, in friendly words. Raises NotAllowed, NotPossible."""
    application = _unanswered(application, by)
    ending.close(application, State.REJECTED, by=by, reason=Application.Reason(reason))
    _has_answered(application.offer.employer)
    emails.is_rejected(application)
    return application


@transaction.atomic
def ask(*, application: Application, question: str, by: Actor) -> Application:
    """One question before the answer. The pupil answers on the own page. Raises NotAllowed, NotPossible."""
    application = _unanswered(application, by)
    application.question, application.answer = question.strip(), ""
    application.save(update_fields=["question", "answer"])
    _has_answered(application.offer.employer)
    audit.record("internship applicant asked", application, by=by)
    emails.is_asked(application)
    return application


@transaction.atomic
def cancel(*, application: Application, by: Actor) -> Application:
    """The company cannot keep what it has promised. Raises NotAllowed, NotPossible."""
    application = _at_company(application, by)
    if application.state not in {State.OFFERED, State.ACCEPTED} or application.is_over:
        raise NotPossible
    ending.close(application, State.CANCELLED, by=by)
    emails.is_cancelled(application)
    return application


def _at_company(application: Application, by: Actor) -> Application:
    application = ending.locked(application)
    if application.submitted_at is None or not acts_for(by, application.offer.employer):
        raise NotAllowed
    return application


def _unanswered(application: Application, by: Actor) -> Application:
    application = _at_company(application, by)
    if not application.is_unanswered or application.period.first_day <= clock.today():
        raise NotPossible
    return application


def _has_answered(employer: Employer) -> None:
    """Whoever answers is not silent."""
    Employer.objects.filter(pk=employer.pk, paused_at=None).update(silences=0, hinted_at=None)


# ── The pupil


@transaction.atomic
def reply(*, application: Application, answer: str) -> Application:
    """To the question of the company. Raises NotPossible."""
    application = ending.locked(application)
    if not application.is_unanswered or not application.question:
        raise NotPossible
    application.answer = answer.strip()
    application.save(update_fields=["answer"])
    return application


@transaction.atomic
def accept(*, application: Application) -> Application:
    """The place is taken: its days are promised, and what overlaps is withdrawn with a word to everybody.

    The pupil is held first, then applications, then periods in their order: so that no two of them wait for each
    other. Accepting twice changes nothing. Raises NotPossible (over, no parent's yes any more, enough days of the
    campaign), seats.DayTaken.
    """
    pupil = Pupil.objects.select_for_update(no_key=True).get(pk=application.pupil_id)
    application = ending.locked(application)
    if application.state == State.ACCEPTED:
        return application
    in_time = application.held_until is not None and clock.now() < application.held_until
    if application.state != State.OFFERED or not in_time or not pupil.may_apply:
        raise NotPossible
    if campaigning.most_days_reached(pupil, application.offer.campaign):
        raise NotPossible
    seats.book_days(application)
    application.state, application.agreed_at = State.ACCEPTED, clock.now()
    application.save(update_fields=["state", "agreed_at"])
    audit.record("internship place accepted", application, by=LINK_HOLDER)
    for other in _overlapping(application):
        ending.withdraw_for(other, Application.End.OTHER_PLACE)
    campaigning.note(application, has_place=True)
    pupil.wishes.filter(state="open").update(state="matched")
    emails.is_accepted(application)
    company.was_accepted(application)
    return application


def _overlapping(accepted: Application) -> list[Application]:
    """Open ones with a day in common, held; those on other days go on."""
    days = set(seats.days_of(accepted))
    others = accepted.pupil.applications.open().overlapping(days).exclude(state=State.ACCEPTED)
    held = others.exclude(pk=accepted.pk).for_pages().select_for_update(of=("self",)).order_by("pk")
    found = [other for other in held if days.intersection(seats.days_of(other))]
    return sorted(found, key=lambda other: other.period_id)


# ── Sweeps


def remind() -> int:
    """Companies that have not answered after 5 and 10 days of service. Returns how many mails were written."""
    waiting = Application.objects.unanswered().for_pages()
    return reminding.remind(waiting, company.please_answer, since="submitted_at")


def expire() -> int:
    """Without an answer for 15 days of service, or until the first day. Silence is counted. Returns how many."""
    late = uptime.start_of(ANSWER_WITHIN, until=clock.now())
    unanswered = Application.objects.unanswered()
    due = unanswered.filter(submitted_at__lte=late) | unanswered.filter(period__first_day__lte=clock.today())
    return sum(_expire(pk) for pk in due.values_list("pk", flat=True))


@transaction.atomic
def _expire(pk) -> bool:
    held = Application.objects.for_pages().select_for_update(of=("self",)).get(pk=pk)
    if not held.is_unanswered:
        return False
    ending.close(held, State.EXPIRED, by=SYSTEM)
    emails.is_unanswered(held)
    if not held.question:  # whoever has asked was not silent
        _count_silence(held.offer.employer)
    return True


def _count_silence(employer: Employer) -> None:
    """Three: a hint. Six: the offers vanish, and a coordinator calls."""
    employer = Employer.objects.select_for_update(of=("self",)).select_related("organization").get(pk=employer.pk)
    employer.silences += 1
    if employer.silences >= PAUSE_AFTER_SILENT and employer.paused_at is None:
        employer.paused_at = clock.now()
        audit.record("employer paused for silence", employer, by=SYSTEM, silences=employer.silences)
        company.is_paused(employer)
    elif employer.silences >= HINT_AFTER_SILENT and employer.hinted_at is None:
        employer.hinted_at = clock.now()
        company.is_silent(employer)
    employer.save(update_fields=["silences", "hinted_at", "paused_at"])


def lapse_held() -> int:
    """Places that were offered and not accepted within the week. Returns how many."""
    due = Application.objects.filter(state=State.OFFERED, held_until__lte=clock.now())
    return sum(_lapse(pk) for pk in due.values_list("pk", flat=True))


@transaction.atomic
def _lapse(pk) -> bool:
    held = Application.objects.for_pages().select_for_update(of=("self",)).get(pk=pk)
    if held.state != State.OFFERED or held.held_until > clock.now():
        return False
    ending.lapse(held)
    return True
