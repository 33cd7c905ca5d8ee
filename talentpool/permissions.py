"""Who may do what in a pool. Asked from the tables at each request: access ends with the membership, not later."""

from accounts import journal
from accounts.actors import Actor
from accounts.models import User
from accounts.roles import Role
from kit import uptime
from providers.models import Membership
from providers.permissions import can_manage
from talentpool.models import Entry, Member, Operator


def is_closed() -> bool:
    """Nobody reads the pools: the clock is wrong, or a backup was restored. "Der Pool wird gerade geprüft"."""
    return uptime.is_alarmed() or journal.is_behind()


def can_run(actor: Actor, operator: Operator) -> bool:
    """Let companies in, name the contact person, read the numbers: people who manage the municipality."""
    if actor.has_role(Role.COORDINATOR):
        return True
    if not isinstance(actor, User) or not actor.is_active or operator.organization.blocked_at:
        return False
    return operator.organization.memberships.filter(user=actor, role=Membership.Role.ADMIN).exists()


def can_decide(actor: Actor, member: Member) -> bool:
    """Let it in, refuse it, end its membership: people of the municipality that answers for it."""
    return can_run(actor, member.operator)


def can_leave(actor: Actor, member: Member) -> bool:
    """End the membership from inside: whoever manages the organisation, as for asking to take part."""
    return member.is_active and can_manage(actor, member.organization)


def acts_for(actor: Actor, member: Member) -> bool:
    """Works for the company or school that takes part."""
    if not isinstance(actor, User) or not actor.is_active:
        return False
    return member.organization.memberships.filter(user=actor).exists()


def can_invite(actor: Actor, member: Member) -> bool:
    """Recommend somebody: whoever works for an active member, while the pool takes invitations."""
    return member.is_active and member.pool.is_open and acts_for(actor, member)


def can_search(actor: Actor, member: Member) -> bool:
    """Read the pool: people of companies. Schools recommend and see nobody."""
    return member.may_search and acts_for(actor, member)


def owns(actor: Actor, entry: Entry) -> bool:
    """Only the person itself edits an entry; no coordinator, company or teacher does."""
    return isinstance(actor, User) and actor.is_active and actor.pk == entry.user_id
