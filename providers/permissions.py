"""Who may do what with an organisation. Portal roles come from the person, all else from the membership itself."""

from accounts.actors import Actor
from accounts.models import User
from accounts.roles import Role
from providers.models import Membership, Organization

_KEEPERS = (Membership.Role.ADMIN, Membership.Role.EDITOR)


def can_review(actor: Actor) -> bool:
    """Publish, return, block, check certifications."""
    return actor.has_role(Role.COORDINATOR)


def can_edit(actor: Actor, organization: Organization) -> bool:
    """Change the profile and the courses."""
    return can_review(actor) or _has_membership(actor, organization, *_KEEPERS)


def can_manage(actor: Actor, organization: Organization) -> bool:
    """Let people in and out."""
    return can_review(actor) or _has_membership(actor, organization, Membership.Role.ADMIN)


def _has_membership(actor: Actor, organization: Organization, *roles: str) -> bool:
    if not isinstance(actor, User) or not actor.is_active or organization.blocked_at:
        return False
    return organization.memberships.filter(user=actor, role__in=roles).exists()
