"""Companies and schools take part in a pool: they ask, are let in or refused, and leave."""

from collections.abc import Callable
from datetime import date

from django.db import IntegrityError, transaction

from accounts import audit
from accounts.actors import Actor
from kit import clock
from providers.models import Organization
from providers.permissions import can_manage
from talentpool.emails import company as emails
from talentpool.models import ContactRequest, Entry, Invitation, Member, Operator
from talentpool.permissions import can_decide, can_leave


class NotAllowed(Exception):
    """Whoever asks may not decide this, or may not any more."""


class AlreadyMember(Exception):
    """The organisation takes part already, or waits to be let in."""


class WrongState(Exception):
    """The membership has ended."""


@transaction.atomic
def apply(*, organization: Organization, operator: Operator, kind: str, by: Actor) -> Member:
    """The organisation wants to take part; reads nothing until the municipality lets it in.

    Raises NotAllowed (who does not manage the organisation cannot bind it), AlreadyMember.
    """
    if organization.blocked_at or kind not in organization.kinds or not can_manage(by, organization):
        raise NotAllowed
    try:
        with transaction.atomic():
            member = Member.objects.create(pool=operator.pool, operator=operator, organization=organization, kind=kind)
    except IntegrityError:
        raise AlreadyMember from None
    audit.record("pool membership asked", member, by=by, organization=organization.pk, operator=operator.pk)
    emails.asks_to_join(member)
    return member


@transaction.atomic
def approve(*, member: Member, signed_on: date, by: Actor) -> Member:
    """The organisation takes part from now on, under the agreement as it reads today (Art. 26 GDPR).

    Raises NotAllowed, WrongState, ValueError for a signature of tomorrow. Approving twice changes nothing.
    """
    member = _locked(member, by, may=can_decide)
    if member.approved_at:
        return member
    if signed_on > clock.today():
        raise ValueError("nobody signs in the future")
    member.approved_at, member.approved_by = clock.now(), str(by)[:160]
    member.agreement_version, member.agreement_signed_on = member.pool.agreement_version, signed_on
    member.save(update_fields=["approved_at", "approved_by", "agreement_version", "agreement_signed_on"])
    audit.record("pool member approved", member, by=by, agreement=member.agreement_version, signed_on=signed_on)
    emails.is_member(member)
    return member


@transaction.atomic
def refuse(*, member: Member, reason: str, by: Actor) -> Member:
    """The organisation does not take part, and is told why. Raises NotAllowed, WrongState, ValueError."""
    member = _locked(member, by, may=can_decide)
    if member.approved_at:
        raise WrongState
    _end(member, reason)
    audit.record("pool member refused", member, by=by, reason=member.end_reason)
    emails.is_refused(member)
    return member


@transaction.atomic
def end_membership(*, member: Member, reason: str, by: Actor) -> Member:
    """The organisation reads nothing from this moment on, and what it has begun ends.

    Its stamps still count for a while, as those of a former member; whom that concerns is told once.
    Raises NotAllowed, WrongState, ValueError.
    """
    member = _locked(member, by, may=can_decide)
    return _close(member, reason, by=by)


@transaction.atomic
def leave(*, member: Member, reason: str, by: Actor) -> Member:
    """As above, by the organisation's own wish; the municipality is told. Raises NotAllowed, WrongState, ValueError."""
    member = _locked(member, by, may=can_leave)
    emails.leaves(member)
    return _close(member, reason, by=by)


def _close(member: Member, reason: str, *, by: Actor) -> Member:
    now = clock.now()
    _end(member, reason)
    concerned = list(_concerned(member))
    revoked = member.invitations.open().update(state=Invitation.State.REVOKED, ended_at=now)
    closed = member.requests.open().update(state=ContactRequest.State.EXPIRED, answered_at=now)
    audit.record("pool membership ended", member, by=by, reason=member.end_reason, invitations=revoked, requests=closed)
    emails.has_left(member)
    for entry in concerned:
        emails.member_has_left(entry, member)
    return member


def clean_up_after_ended() -> int:
    """A sweep: what members that left a month ago had asked people goes, and who had recommended. Returns how many."""
    members = Member.objects.to_clean_up()
    Invitation.objects.filter(member__in=members).exclude(invited_by=None).update(invited_by=None)
    return ContactRequest.objects.filter(member__in=members).delete()[0]


def _locked(member: Member, by: Actor, *, may: Callable[[Actor, Member], bool]) -> Member:
    """The membership as it stands, held until the end of the transaction. Raises NotAllowed, WrongState."""
    related = ["pool", "organization", "operator__organization", "operator__pool"]
    member = Member.objects.select_for_update(of=("self",)).select_related(*related).get(pk=member.pk)
    if member.ended_at:
        raise WrongState
    if not may(by, member):
        raise NotAllowed
    return member


def _end(member: Member, reason: str) -> None:
    if not reason.strip():
        raise ValueError("the end of a membership needs a reason")
    member.ended_at, member.end_reason = clock.now(), reason.strip()[:255]
    member.save(update_fields=["ended_at", "end_reason"])


def _concerned(member: Member):
    """Those whom the member vouches for, and those who wait for a talk with it."""
    stamped = member.endorsements.values("entry")
    asked = member.requests.exclude(state=ContactRequest.State.DECLINED).values("entry")
    return Entry.objects.filter(pk__in=stamped.union(asked), left_at=None).select_related("user").order_by("pk")
