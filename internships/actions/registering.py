"""A company comes in: it registers, its mailbox answers, a coordinator approves it."""

import re
from difflib import SequenceMatcher

from django.db import transaction
from django.db.models import Q

from accounts import audit
from accounts.actions import enter_by_mailbox
from accounts.actors import SYSTEM, Actor
from accounts.roles import Role
from internships.emails import company as emails
from internships.models import Employer, Registration
from internships.permissions import can_decide
from kit import clock, text
from providers import actions as organizations
from providers.models import Location, Membership, Organization
from taxonomy.models import Place

LEGAL_FORMS = re.compile(r"\b(gmbh|g?mbh|ug|ag|kg|kgaa|ohg|gbr|e\.?\s?k\.?|e\.?\s?v\.?|inh\.?|co|und|u|&)\b|[^\w\s]")
ALIKE = 0.85  # of SequenceMatcher; one letter in ten may differ


class NotAllowed(Exception):
    """Whoever asks may not decide this."""


class Closed(Exception):
    """The registration is over: answered, or too old."""


# ── Registering


def core(name: str) -> str:
    """A company's name without its legal form: "Holte Maschinenbau GmbH & Co. KG" is "holte maschinenbau"."""
    return " ".join(LEGAL_FORMS.sub(" ", text.fold(name)).split())


def similar(*, name: str, place: Place) -> list[Organization]:
    """Organisations of the same town that may be meant: called almost so, or with more words."""
    there = Q(locations__place=place) | Q(locations__city__iexact=place.name)
    mine = core(name)
    found = Organization.objects.nameable().filter(there).distinct().order_by("sort_key", "pk")
    return [each for each in found if mine and is_alike(mine, core(each.name))]


def is_alike(one: str, other: str) -> bool:
    shorter, longer = sorted((set(one.split()), set(other.split())), key=len)
    return (bool(shorter) and shorter <= longer) or SequenceMatcher(None, one, other).ratio() >= ALIKE


def register(*, organization: Organization | None = None, **fields) -> Registration:
    """Somebody registers a company, or asks to act for `organization`. Only the mail that leaves now makes it count."""
    with transaction.atomic():
        registration = Registration.objects.create(organization=organization, **fields)
        emails.please_confirm(registration)
    return registration


@transaction.atomic
def confirm(*, registration: Registration) -> Employer | None:
    """The mailbox has answered. A new company can prepare offers at once; None where a coordinator decides first.

    Raises Closed.
    """
    registration = Registration.objects.select_for_update(of=("self",)).select_related("place").get(pk=registration.pk)
    if not registration.is_answerable:
        raise Closed
    registration.confirmed_at = clock.now()
    registration.save(update_fields=["confirmed_at"])
    audit.record("company registration confirmed", registration, by=SYSTEM)
    if registration.organization_id:
        return None
    return _found(registration)


def _found(registration: Registration) -> Employer:
    """A new organisation with its first person, not public yet."""
    organization = organizations.register(
        name=registration.name, kinds=[Organization.Kind.COMPANY], by=SYSTEM, phone=registration.phone,
        email=registration.email,
    )  # fmt: skip
    place = registration.place
    code = place.postcodes.order_by("code").values_list("code", flat=True).first() or ""
    Location.objects.create(
        organization=organization, city=place.name, postcode=code, place=place, is_main=True,
        latitude=place.latitude, longitude=place.longitude,
    )  # fmt: skip
    _open(registration, organization, Membership.Role.ADMIN)
    employer = make_employer(organization=organization, registration=registration)
    Registration.objects.filter(pk=registration.pk).update(decided_at=clock.now(), organization=organization)
    return employer


def _open(registration: Registration, organization: Organization, role: str) -> None:
    user = enter_by_mailbox(email=registration.email, full_name=registration.contact_name, role=Role.COMPANY, by=SYSTEM)
    organizations.join(user=user, organization=organization, role=role, by=SYSTEM)


def make_employer(*, organization: Organization, registration: Registration) -> Employer:
    """The organisation takes interns; once, however many people register it."""
    defaults = {
        "contact_name": registration.contact_name,
        "contact_email": registration.email,
        "contact_phone": registration.phone,
    }
    return Employer.objects.get_or_create(organization=organization, defaults=defaults)[0]


# ── Deciding


@transaction.atomic
def approve(employer: Employer, *, by: Actor) -> Employer:
    """The company is known and may publish. Its offers that wait are looked at one by one. Raises NotAllowed."""
    employer = _locked(employer, by)
    if employer.approved_at:
        return employer
    employer.approved_at, employer.approved_by = clock.now(), str(by)[:160]
    employer.save(update_fields=["approved_at", "approved_by"])
    if employer.organization.state != Organization.State.PUBLISHED:
        organizations.publish(organization=employer.organization, by=by)
    audit.record("employer approved", employer, by=by)
    emails.is_approved(employer)
    return employer


@transaction.atomic
def resume(employer: Employer, *, by: Actor) -> Employer:
    """Somebody has talked with a company that was silent: its offers are seen again. Raises NotAllowed."""
    employer = _locked(employer, by)
    employer.paused_at, employer.hinted_at, employer.silences = None, None, 0
    employer.save(update_fields=["paused_at", "hinted_at", "silences"])
    audit.record("employer resumed", employer, by=by)
    return employer


@transaction.atomic
def let_in(registration: Registration, *, by: Actor) -> Registration:
    """The person may act for a company that is there. Raises NotAllowed, Closed."""
    registration = _undecided(registration, by)
    _open(registration, registration.organization, Membership.Role.EDITOR)
    make_employer(organization=registration.organization, registration=registration)
    audit.record("company registration let in", registration, by=by)
    emails.is_let_in(registration)
    return registration


@transaction.atomic
def refuse(registration: Registration, *, by: Actor) -> Registration:
    """The person does not act for the company. Raises NotAllowed, Closed."""
    registration = _undecided(registration, by)
    audit.record("company registration refused", registration, by=by)
    emails.is_not_let_in(registration)
    return registration


def _undecided(registration: Registration, by: Actor) -> Registration:
    if not can_decide(by):
        raise NotAllowed
    held = Registration.objects.waiting().select_for_update(of=("self",)).select_related("organization")
    registration = held.filter(pk=registration.pk).first()
    if registration is None:
        raise Closed
    registration.decided_at = clock.now()
    registration.save(update_fields=["decided_at"])
    return registration


def _locked(employer: Employer, by: Actor) -> Employer:
    if not can_decide(by):
        raise NotAllowed
    return Employer.objects.select_for_update(of=("self",)).select_related("organization").get(pk=employer.pk)
