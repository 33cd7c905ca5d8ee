"""Mails around the companies and schools of a pool, and what these cause people to be told."""

from django.conf import settings
from django.db.models import Model

from accounts.models import User
from kit import outbox
from kit.models import OutboxMail
from providers.models import Membership
from talentpool.models import ContactRequest, Entry, Member

PURPOSE = "talent pool"


def asks_to_join(member: Member) -> OutboxMail:
    """To the municipality: somebody waits to be let in."""
    return _send("member_asks", member.operator.person["email"], member=member)


def is_member(member: Member) -> list[OutboxMail]:
    """To the organisation: welcome, and what to do first."""
    return [_send("member_approved", address, member=member) for address in _managers(member)]


def is_refused(member: Member) -> list[OutboxMail]:
    return [_send("member_refused", address, member=member) for address in _managers(member)]


def leaves(member: Member) -> OutboxMail:
    """To the municipality: one of its organisations takes part no longer, by its own wish."""
    return _send("member_leaves", member.operator.person["email"], member=member)


def has_left(member: Member) -> list[OutboxMail]:
    """To the organisation: since when it reads nothing, and why."""
    return [_send("member_ended", address, member=member) for address in _managers(member)]


def member_has_left(entry: Entry, member: Member) -> OutboxMail:
    """To a person whom the member vouched for or had asked; once, however often this is called."""
    key = f"pool-member-left:{member.pk}:{entry.pk}"
    return _send("member_left", entry.user.email, key=key, entry=entry, member=member)


def asks_for_contact(request: ContactRequest) -> OutboxMail:
    """To a person: a company wants to talk."""
    return _send("contact_request", request.entry.user.email, request=request)


def _managers(member: Member) -> list[str]:
    """Addresses of those who manage the organisation; its own where nobody does."""
    managers = User.objects.active().filter(
        memberships__organization=member.organization, memberships__role=Membership.Role.ADMIN
    )
    found = list(managers.order_by("pk").values_list("email", flat=True))
    return found or [address for address in [member.organization.email] if address]


def _send(name: str, to: str, *, key: str | None = None, **context: Model) -> OutboxMail:
    template = f"talentpool/email/{name}.txt"
    return outbox.send(template, to, context, purpose=PURPOSE, key=key, language=settings.LANGUAGE_CODE)
