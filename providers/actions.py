"""What can happen to an organisation, its people and its certifications."""

from collections.abc import Iterable

from django.db import transaction
from django.utils.text import slugify

from accounts import audit
from accounts.actions import grant_role, revoke_role
from accounts.actors import Actor
from accounts.models import User
from accounts.roles import Role
from kit import clock, text
from providers.models import Certification, Location, Membership, Organization
from taxonomy import geo

State = Organization.State

# Roles that a membership in an organisation of a kind gives.
ROLES = {
    Organization.Kind.PROVIDER: Role.PROVIDER,
    Organization.Kind.COMPANY: Role.COMPANY,
    Organization.Kind.SCHOOL: Role.SCHOOL,
}


class WrongState(Exception):
    """The organisation is not in a state in which this can happen; the message names the state."""


class LastManager(Exception):
    """Nobody would be left who may let people in."""


@transaction.atomic
def register(*, name: str, kinds: Iterable[str], by: Actor, **fields) -> Organization:
    """A new organisation as a draft: it may be named on courses, but has no page."""
    organization = Organization(name=name.strip(), kinds=list(kinds), slug=free_slug(name), **fields)
    organization.state = State.DRAFT
    organization.save()
    audit.record("organization registered", organization, by=by)
    return organization


def free_slug(name: str) -> str:
    """The name as an address, with a number where the address is taken."""
    base = slugify(text.transliterate(name))[:100].strip("-") or "anbieter"
    taken = set(Organization.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    number = 2
    slug = base
    while slug in taken:
        slug, number = f"{base}-{number}", number + 1
    return slug


def submit(*, organization: Organization, by: Actor) -> Organization:
    """The organisation asks for its public page. Raises WrongState."""
    return _move(organization, {State.DRAFT, State.RETURNED}, State.SUBMITTED, by=by)


def publish(*, organization: Organization, by: Actor) -> Organization:
    """The page becomes public; publishing twice changes nothing. Raises WrongState for a blocked organisation."""
    return _move(organization, {State.DRAFT, State.SUBMITTED, State.RETURNED, State.ARCHIVED}, State.PUBLISHED, by=by)


def return_for_changes(*, organization: Organization, by: Actor, reason: str) -> Organization:
    """Back to the organisation with remarks. Raises WrongState, ValueError without a reason."""
    if not reason.strip():
        raise ValueError("a return needs a reason")
    sources = {State.SUBMITTED, State.PUBLISHED, State.DRAFT}
    return _move(organization, sources, State.RETURNED, by=by, reason=reason.strip())


@transaction.atomic
def _move(organization: Organization, sources: set[str], target: str, *, by: Actor, **facts: str) -> Organization:
    organization = _locked(organization)
    if organization.state == target:
        return organization
    if organization.state not in sources or organization.blocked_at:
        raise WrongState(organization.state)
    facts["before"], organization.state = organization.state, target
    organization.save(update_fields=["state"])
    audit.record(f"organization {target}", organization, by=by, **facts)
    return organization


@transaction.atomic
def block(*, organization: Organization, by: Actor, reason: str) -> Organization:
    """Page and courses vanish at once; nothing is deleted. A second block keeps the first day and its reason."""
    if not reason.strip():
        raise ValueError("a block needs a reason")
    organization = _locked(organization)
    if organization.blocked_at:
        return organization
    organization.blocked_at, organization.blocked_reason = clock.now(), reason.strip()[:255]
    organization.save(update_fields=["blocked_at", "blocked_reason"])
    audit.record("organization blocked", organization, by=by, reason=organization.blocked_reason)
    return organization


@transaction.atomic
def unblock(*, organization: Organization, by: Actor) -> Organization:
    organization = _locked(organization)
    if not organization.blocked_at:
        return organization
    reason, organization.blocked_at, organization.blocked_reason = organization.blocked_reason, None, ""
    organization.save(update_fields=["blocked_at", "blocked_reason"])
    audit.record("organization unblocked", organization, by=by, reason=reason)
    return organization


@transaction.atomic
def join(*, user: User, organization: Organization, role: str, by: Actor) -> Membership:
    """Somebody may act for the organisation from now on; a second time changes the role in it."""
    membership, made = Membership.objects.get_or_create(user=user, organization=organization, defaults={"role": role})
    if not made and membership.role != role:
        _refuse_without_manager(membership, unless=role == Membership.Role.ADMIN)
        membership.role = role
        membership.save(update_fields=["role"])
    for portal_role in sorted(_roles_of(organization)):
        grant_role(user=user, role=portal_role, by=by)
    audit.record("membership opened" if made else "membership changed", organization, by=by, user=user.pk, role=role)
    return membership


@transaction.atomic
def leave(*, membership: Membership, by: Actor) -> None:
    """The end of a membership, and of the portal roles that no other membership gives.

    Raises LastManager where people would remain that nobody may manage; a coordinator may do it all the same.
    """
    if not by.has_role(Role.COORDINATOR):
        _refuse_without_manager(membership)
    user, organization = membership.user, membership.organization
    membership.delete()
    others = Organization.objects.filter(memberships__user=user)
    still = set().union(*(_roles_of(other) for other in others))
    for portal_role in sorted(_roles_of(organization) - still):
        revoke_role(user=user, role=portal_role, by=by)
    audit.record("membership ended", organization, by=by, user=user.pk)


def _roles_of(organization: Organization) -> set[Role]:
    return {ROLES[kind] for kind in organization.kinds if kind in ROLES}


def _refuse_without_manager(membership: Membership, *, unless: bool = False) -> None:
    others = membership.organization.memberships.exclude(pk=membership.pk)
    managers = others.filter(role=Membership.Role.ADMIN)
    if not unless and membership.role == Membership.Role.ADMIN and others.exists() and not managers.exists():
        raise LastManager


@transaction.atomic
def check_certification(*, certification: Certification, by: Actor) -> Certification:
    """Somebody has seen the proof: from now on the certification shows, as long as it is valid."""
    certification = Certification.objects.select_for_update().get(pk=certification.pk)
    if certification.checked_at:
        return certification
    certification.checked_at, certification.checked_by = clock.now(), str(by)[:160]
    certification.save(update_fields=["checked_at", "checked_by"])
    audit.record("certification checked", certification, by=by, organization=certification.organization_id)
    return certification


@transaction.atomic
def uncheck_certification(*, certification: Certification, by: Actor) -> Certification:
    """What changes about a checked certification has to be looked at again; until then it does not show."""
    certification = Certification.objects.select_for_update().get(pk=certification.pk)
    if not certification.checked_at:
        return certification
    certification.checked_at, certification.checked_by = None, ""
    certification.save(update_fields=["checked_at", "checked_by"])
    audit.record("certification to be checked", certification, by=by, organization=certification.organization_id)
    return certification


def find_position(*, location: Location) -> Location:
    """Place and position from postcode and town, where nobody has set them by hand."""
    if location.latitude is not None and location.place_id:
        return location
    if found := geo.position_of(location.postcode, location.city):
        location.place = location.place or found.place
        location.latitude, location.longitude = found.latitude, found.longitude
        location.save(update_fields=["place", "latitude", "longitude"])
    return location


def _locked(organization: Organization) -> Organization:
    return Organization.objects.select_for_update().get(pk=organization.pk)
