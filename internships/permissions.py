"""Who may do what around internships. Asked from the memberships at each request."""

from accounts.actors import Actor
from accounts.models import User
from accounts.roles import Role
from internships.models import Employer
from providers.models import Membership, Organization


def acts_for(actor: Actor, employer: Employer) -> bool:
    """Works for the company; of one that is blocked nobody acts."""
    if not isinstance(actor, User) or not actor.is_active or employer.organization.blocked_at:
        return False
    return employer.organization.memberships.filter(user=actor).exists()


def can_decide(actor: Actor) -> bool:
    """Approve companies and offers, settle what is open."""
    return actor.has_role(Role.COORDINATOR)


def can_match(actor: Actor) -> bool:
    """Read wishes with the name, and propose offers."""
    return actor.has_role(Role.COUNSELLOR)


def schools_of(actor: User):
    """The schools for which somebody works: there proposals and internship times are kept."""
    mine = Membership.objects.filter(user=actor).values("organization")
    return Organization.objects.of_kind(Organization.Kind.SCHOOL).nameable().filter(pk__in=mine)


def askable_schools():
    """The schools of which somebody can answer in the portal."""
    schools = Organization.objects.of_kind(Organization.Kind.SCHOOL).nameable()
    return schools.filter(memberships__user__is_active=True).distinct()
