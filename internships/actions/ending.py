"""How an application ends before its time: every way gives the seat and the days back and tells who has to know."""

from django.db import transaction

from accounts import audit
from accounts.actors import LINK_HOLDER, SYSTEM, Actor
from internships.actions import seats
from internships.emails import company
from internships.emails import pupil as emails
from internships.models import Application
from kit import clock

State = Application.State


def locked(application: Application) -> Application:
    """As it stands, held until the end of the transaction."""
    return Application.objects.for_pages().select_for_update(of=("self",)).get(pk=application.pk)


def close(application: Application, state: str, *, by: Actor, **fields: str) -> Application:
    """The end of a held application: seat and days are free again in the same transaction."""
    before, application.state, application.ended_at = application.state, state, clock.now()
    for name, value in fields.items():
        setattr(application, name, value)
    application.save(update_fields=["state", "ended_at", *fields])
    if before in Application.SEATED and state not in Application.SEATED:
        seats.release(application.period_id)
        seats.free_days(application)
    audit.record("internship application ended", application, by=by, before=before, state=str(state))
    return application


@transaction.atomic
def withdraw(*, application: Application) -> Application:
    """The pupil does not want to come, and need not say why; twice changes nothing."""
    application = locked(application)
    if not application.is_open or (application.state == State.ACCEPTED and application.has_begun):
        return application
    was_told = application.submitted_at is not None
    close(application, State.WITHDRAWN, by=LINK_HOLDER, end=Application.End.PUPIL)
    if was_told:
        company.was_withdrawn(application)
    return application


def withdraw_for(application: Application, reason: Application.End) -> None:
    """Held already: it ends because of something else, and both sides are told."""
    was_told = application.submitted_at is not None
    close(application, State.WITHDRAWN, by=SYSTEM, end=reason)
    emails.is_withdrawn(application)
    if was_told:
        company.was_withdrawn(application)


def lapse(application: Application) -> None:
    """Not confirmed, not accepted or not agreed to in time."""
    was_told = application.submitted_at is not None
    close(application, State.EXPIRED_PUPIL, by=SYSTEM)
    if application.pupil.confirmed_at:
        emails.has_lapsed(application)
    if was_told:
        company.was_withdrawn(application)


@transaction.atomic
def lapse_if_open(pk) -> bool:
    """Looked at again under the lock: somebody may have answered while the sweep ran."""
    held = Application.objects.for_pages().select_for_update(of=("self",)).filter(pk=pk).first()
    if held is None or held.state not in {State.DRAFT, State.GUARDIAN}:
        return False
    lapse(held)
    return True
