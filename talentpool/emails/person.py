"""Mails to people who are recommended, to their parents, and what companies hear of their answers."""

from datetime import datetime

from django.conf import settings

from kit import outbox
from kit.models import OutboxMail
from talentpool.models import ContactRequest, Endorsement, Entry, Guardian, Invitation

PURPOSE = "talent pool"
CODE = "talentpool/email/invitation_code.txt"
TO_STRANGERS = ["talentpool/email/invitation.txt", CODE]
"""To people who have no account: what they hold goes with the invitation."""


def invitation(invitation: Invitation) -> OutboxMail:
    """The first thing that somebody hears of the pool: who recommends, what it is, what to do (Art. 14 GDPR)."""
    return _send("invitation", invitation.email, invitation=invitation)


def code(invitation: Invitation, code: str) -> OutboxMail:
    """Six digits that show that the mailbox belongs to whoever opened the link."""
    return _send("invitation_code", invitation.email, invitation=invitation, code=code)


def codes_since(invitation: Invitation, moment: datetime) -> int:
    """How many codes were written to the invited address."""
    return OutboxMail.objects.filter(template=CODE, to=invitation.email, created_at__gt=moment).count()


def recommended_again(stamp: Endorsement) -> OutboxMail:
    """To somebody who is in the pool: one more member vouches."""
    return _send("recommended_again", stamp.entry.user.email, stamp=stamp)


def asks_guardian(guardian: Guardian) -> OutboxMail:
    return _send("guardian", guardian.email, guardian=guardian)


def asks_own_consent(entry: Entry) -> OutboxMail:
    """To somebody who is 16 now, and for whom a parent had agreed."""
    return _send("own_consent", entry.user.email, key=f"pool-own-consent:{entry.pk}", entry=entry)


def request_accepted(request: ContactRequest) -> OutboxMail | None:
    """To whoever asked for a talk, without a word about the person. None when nobody is left to tell."""
    asker = request.asked_by
    if asker is None or not asker.is_active:
        return None
    return _send("request_accepted", asker.email, request=request)


def _send(name: str, to: str, *, key: str | None = None, **context) -> OutboxMail:
    template = f"talentpool/email/{name}.txt"
    return outbox.send(template, to, context, purpose=PURPOSE, key=key, language=settings.LANGUAGE_CODE)
