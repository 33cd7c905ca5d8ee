"""A person answers a company that wants to talk. Only a yes opens name, address and phone, for this company alone."""

from django.db import transaction

from accounts import audit
from accounts.actors import Actor
from kit import clock
from talentpool.actions.confirming import Gone, confirm
from talentpool.actions.joining import NotOwner, owned
from talentpool.emails import person as emails
from talentpool.models import ContactRequest

__all__ = ["Gone", "NotOwner"]

State = ContactRequest.State


class Answered(Exception):
    """The request has been answered, or has run out."""


@transaction.atomic
def answer(*, request: ContactRequest, is_yes: bool, by: Actor) -> ContactRequest:
    """Yes or no; who does not answer is asked nothing more. Raises Gone, NotOwner, Answered."""
    entry = owned(request.entry, by)
    related = ["member__organization", "member__operator", "asked_by"]
    request = ContactRequest.objects.select_for_update(of=("self",)).select_related(*related).get(pk=request.pk)
    if not request.is_answerable:
        raise Answered
    request.state = State.ACCEPTED if is_yes else State.DECLINED
    request.answered_at = clock.now()
    request.save(update_fields=["state", "answered_at"])
    audit.record("contact answered", request, by=by, state=str(request.state))
    if is_yes:
        emails.request_accepted(request)
    confirm(entry=entry, by=by)
    return request
