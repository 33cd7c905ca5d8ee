"""Referring a client to a provider. Without the client's own yes no word about the person leaves the house."""

from django.db import transaction

from accounts import audit
from accounts.actors import SYSTEM, Actor
from counseling.emails import guidance as emails
from counseling.models import Appointment, Referral
from courses.models import CourseRun
from kit import clock
from providers.models import Organization

State = Referral.State
ANSWERS = (State.ACKNOWLEDGED, State.ENROLLED, State.DECLINED)
ASKED = {State.SENT, State.NO_ANSWER, *ANSWERS}  # the provider has the client's data


class WrongState(Exception):
    """Too late or too early for this; the message names the state."""


class Unreachable(Exception):
    """The provider has no mail address."""


@transaction.atomic
def suggest(
    *,
    appointment: Appointment,
    provider: Organization,
    by: Actor,
    run: CourseRun | None = None,
    message: str = "",
) -> Referral:
    """Ask the client. The provider hears nothing. Raises Unreachable."""
    if not address_of(provider):
        raise Unreachable
    referral = Referral.objects.create(appointment=appointment, provider=provider, run=run, message=message.strip())
    if appointment.email:
        emails.ask_consent(referral)
    audit.record("referral suggested", referral, by=by)
    return referral


def address_of(provider: Organization) -> str:
    """Where the provider is asked: its own address, else that of a contact."""
    return provider.email or next((contact.email for contact in provider.contacts.all() if contact.email), "")


@transaction.atomic
def consent(*, referral: Referral, by: Actor) -> Referral:
    """The client says yes: now, and only now, the provider is written to. Twice changes nothing. Raises WrongState."""
    referral = _locked(referral)
    if referral.state in ASKED:
        return referral
    if referral.appointment.erased_at:
        raise WrongState(referral.state)
    now = clock.now()
    referral.state, referral.consented_at, referral.sent_at = State.SENT, now, now
    referral.save(update_fields=["state", "consented_at", "sent_at"])
    emails.refer(referral, address_of(referral.provider))
    audit.record("referral sent", referral, by=by)
    return referral


@transaction.atomic
def withdraw(*, referral: Referral, by: Actor) -> Referral:
    """The client says no. Afterwards, too: then the provider is told that the person does not want it any more."""
    referral = _locked(referral)
    if referral.state == State.WITHDRAWN:
        return referral
    before, referral.state = referral.state, State.WITHDRAWN
    referral.save(update_fields=["state"])
    if before in ASKED:
        emails.referral_withdrawn(referral, address_of(referral.provider))
    audit.record("referral withdrawn", referral, by=by, before=before)
    return referral


@transaction.atomic
def answer(*, referral: Referral, answer: str, by: Actor) -> Referral:
    """The provider takes care, has a place or has none; may be corrected. Raises WrongState after a withdrawal."""
    if answer not in ANSWERS:
        raise ValueError(answer)
    referral = _locked(referral)
    if referral.state not in ASKED:
        raise WrongState(referral.state)
    if referral.state == answer:
        return referral
    referral.state, referral.answered_at = answer, clock.now()
    referral.save(update_fields=["state", "answered_at"])
    audit.record(f"referral {answer}", referral, by=by)
    return referral


def chase() -> tuple[int, int]:
    """Remind providers once after five days; five days later it becomes a task. Returns how many of each."""
    reminded = [_remind(pk) for pk in Referral.objects.to_remind().values_list("pk", flat=True)]
    given_up = [_give_up(pk) for pk in Referral.objects.given_up().values_list("pk", flat=True)]
    return sum(reminded), sum(given_up)


@transaction.atomic
def _remind(pk) -> bool:
    referral = Referral.objects.to_remind().select_for_update(of=["self"]).filter(pk=pk).first()
    if referral is None:  # answered meanwhile
        return False
    referral.reminded_at = clock.now()
    referral.save(update_fields=["reminded_at"])
    emails.refer(referral, address_of(referral.provider), again=True)
    return True


@transaction.atomic
def _give_up(pk) -> bool:
    referral = Referral.objects.given_up().select_for_update(of=["self"]).filter(pk=pk).first()
    if referral is None:
        return False
    referral.state = State.NO_ANSWER
    referral.save(update_fields=["state"])
    audit.record("referral without an answer", referral, by=SYSTEM)
    return True


def _locked(referral: Referral) -> Referral:
    return Referral.objects.select_for_update(of=["self"]).get(pk=referral.pk)
