"""A member recommends somebody. The request only writes a row; what becomes of it is decided later, by a sweep.

Nothing about the invited person is looked up in the request: whoever measures its answer or its time learns nothing.
"""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from django.db import models, transaction

from accounts import audit
from accounts.actors import Actor
from accounts.models import User
from kit import clock, outbox
from kit.models import OutboxMail
from talentpool.emails import person as emails
from talentpool.models import Endorsement, Entry, Invitation, Member
from talentpool.models.invitation import MAIL_EVERY, VALID_FOR
from talentpool.permissions import can_invite

State = Invitation.State
MOST_PER_HOUR = 20  # of one person
MOST_PER_DAY = 100  # of one member
MOST_PER_ADDRESS = 3  # a day; what goes beyond waits


class NotAllowed(Exception):
    """This person may not invite for this member, or the pool takes no invitations."""


class TooMany(Exception):
    """So many invitations at once are no recommendations."""


class RejectionMissing(Exception):
    """A company recommends after it has said no, never before: only then the consent is free."""


# ── In the request of the member


@transaction.atomic
def invite(
    *,
    member: Member,
    name: str,
    email: str,
    job_family: str,
    criterion: str,
    rejected_on: date | None = None,
    strengths: Sequence[str] = (),
    by: Actor,
) -> Invitation:
    """Recommend a person. Raises NotAllowed, RejectionMissing, TooMany; says nothing about the person."""
    if not can_invite(by, member):
        raise NotAllowed
    is_company = member.kind == Member.Kind.COMPANY
    if is_company and (rejected_on is None or rejected_on > clock.today()):
        raise RejectionMissing
    _check_limits(Member.objects.select_for_update(of=("self",)).get(pk=member.pk), by)
    invitation = Invitation.objects.create(
        pool_id=member.pool_id,
        member=member,
        invited_by=by if isinstance(by, User) else None,
        name=name.strip(),
        email=email.strip().lower(),  # as accounts have it, so that one look finds all mails to a person
        job_family=job_family,
        criterion=criterion,
        rejected_on=rejected_on if is_company else None,
        strengths=[] if is_company else list(strengths),
        expires_at=clock.now() + VALID_FOR,
    )
    audit.record("invited", invitation, by=by, member=member.pk)
    return invitation


def _check_limits(member: Member, by: Actor) -> None:
    """The member's row is locked, so that many requests at once do not slip through."""
    now = clock.now()
    by_person = Invitation.objects.filter(invited_by=by.pk, created_at__gt=now - timedelta(hours=1))
    by_member = member.invitations.filter(created_at__gt=now - timedelta(days=1))
    if by_person.count() >= MOST_PER_HOUR or by_member.count() >= MOST_PER_DAY:
        raise TooMany


@transaction.atomic
def revoke(*, invitation: Invitation, by: Actor) -> None:
    """Take a recommendation back. Answers the same whether it was still open or not. Raises NotAllowed."""
    invitation = Invitation.objects.select_for_update(of=("self",)).select_related("member").get(pk=invitation.pk)
    if not can_invite(by, invitation.member):
        raise NotAllowed
    if invitation.is_open:
        end([invitation], State.REVOKED)
    audit.record("invitation revoked", invitation, by=by)


# ── Ends of an invitation


def end(invitations: Iterable[Invitation], state: State) -> None:
    """They are over: their links open nothing from now on. Name and address go later, see `erase_ended`."""
    _end_open(Invitation.objects.filter(pk__in=[invitation.pk for invitation in invitations]), state)


def _end_open(invitations: models.QuerySet, state: State) -> int:
    """Of these those that are open at this very moment; mails that still wait here do not leave."""
    ids = list(invitations.open().values_list("pk", flat=True))
    ended = (
        Invitation.objects.open()
        .filter(pk__in=ids)
        .update(state=state, ended_at=clock.now(), code_digest="", code_until=None)
    )
    waiting = OutboxMail.objects.filter(
        state=OutboxMail.State.QUEUED, pk__in=_mails(Invitation.objects.filter(pk__in=ids))
    )
    waiting.exclude(pk__in=_mails(Invitation.objects.open())).delete()
    return ended


def _mails(invitations: models.QuerySet) -> models.QuerySet:
    return invitations.exclude(mail=None).values("mail")


def erase(invitations: models.QuerySet) -> int:
    """Name and address go, here and in the outbox; a number remains. Returns how many."""
    rows = Invitation.objects.filter(pk__in=list(invitations.values_list("pk", flat=True)))
    addresses = rows.exclude(email="").values("email")
    outbox.forget(OutboxMail.objects.filter(template__in=emails.TO_STRANGERS, to__in=addresses))
    return rows.update(name="", email="", mail=None, invited_by=None)


# ── Sweeps


def send_waiting() -> int:
    """Decide about every invitation that waits, address by address. Returns how many were decided."""
    waiting = Invitation.objects.to_send().order_by().values_list("address_digest", flat=True).distinct()
    return sum(_decide_for(digest) for digest in list(waiting))


@transaction.atomic
def _decide_for(digest: str) -> int:
    """All open invitations of an address are held while it is decided: two workers never write to it twice."""
    rows = Invitation.objects.select_for_update(of=("self",)).filter(address_digest=digest).open()
    held = list(rows.select_related("pool", "member__organization", "mail").order_by("created_at", "pk"))
    return sum(_decide(invitation, held) for invitation in held if invitation.state == State.QUEUED)


def _decide(invitation: Invitation, held: list[Invitation]) -> bool:
    """What becomes of one that waits. False: it goes on waiting."""
    if not invitation.member.is_active:
        return _ended(invitation, State.REVOKED)
    earlier = Invitation.objects.to_address(invitation.email).exclude(pk=invitation.pk)
    if earlier.filter(is_final=True).exists():
        return _ended(invitation, State.DECLINED)
    if _of_today(earlier) >= MOST_PER_ADDRESS:
        return False
    entry = _entry_of(invitation)
    if entry is not None:
        return entry.left_at is None and _added(invitation, entry, may_write=_may_write(earlier))
    siblings = [each for each in held if each.pool_id == invitation.pool_id and each.state == State.SENT]
    if siblings:
        return _sent(invitation, siblings[0].mail)
    return _may_write(earlier) and _sent(invitation, emails.invitation(invitation), mailed_at=clock.now())


def _ended(invitation: Invitation, state: State) -> bool:
    end([invitation], state)
    return True


def _of_today(invitations: models.QuerySet) -> int:
    """How many were decided on within a day; those that wait do not hold up each other."""
    return invitations.exclude(state=State.QUEUED).filter(created_at__gt=clock.now() - timedelta(days=1)).count()


def _may_write(invitations: models.QuerySet) -> bool:
    return not invitations.filter(mailed_at__gt=clock.now() - MAIL_EVERY).exists()


def _entry_of(invitation: Invitation) -> Entry | None:
    """The person may be in the pool already, or on the way out: then nobody writes before everything is erased."""
    people = User.objects.reached_by(invitation.email)
    return Entry.objects.filter(pool=invitation.pool_id, user__in=people).select_related("user", "pool").first()


def _sent(invitation: Invitation, mail: OutboxMail, *, mailed_at=None) -> bool:
    """On its way, with a mail of its own or with that of an earlier invitation to the same pool."""
    invitation.state, invitation.mail, invitation.mailed_at = State.SENT, mail, mailed_at
    invitation.save(update_fields=["state", "mail", "mailed_at"])
    return True


def _added(invitation: Invitation, entry: Entry, *, may_write: bool) -> bool:
    """A further stamp for somebody who is in. It counts when the person has accepted it, and for nothing until then."""
    stamp, is_new = stamp_from(invitation, entry)
    end([invitation], State.ADDED)
    if is_new and may_write and entry.unreachable_since is None:
        emails.recommended_again(stamp)
        Invitation.objects.filter(pk=invitation.pk).update(mailed_at=clock.now())
    erase(Invitation.objects.filter(pk=invitation.pk))
    return True


def stamp_from(invitation: Invitation, entry: Entry) -> tuple[Endorsement, bool]:
    """The stamp that an invitation brings, and whether it is new: each member has one per entry."""
    return Endorsement.objects.get_or_create(
        entry=entry,
        member_id=invitation.member_id,
        defaults={
            "criterion": invitation.criterion,
            "strengths": invitation.strengths,
            "month": clock.local(invitation.created_at).date().replace(day=1),
        },
    )


@transaction.atomic
def run_out() -> dict[str, int]:
    """End what nobody answered in time, what no mailbox took, and what members left behind. Harmless at any time."""
    now = clock.now()
    return {
        "bounced": _end_open(Invitation.objects.undelivered(), State.BOUNCED),
        "expired": _end_open(Invitation.objects.run_out(now) | Invitation.objects.overdue(now), State.EXPIRED),
        "revoked": _end_open(Invitation.objects.exclude(member__in=Member.objects.active()), State.REVOKED),
    }


@transaction.atomic
def erase_ended() -> int:
    """Name and address go three days after the end, what reminds of the address after 90. Returns how many."""
    return erase(Invitation.objects.to_erase()) + Invitation.objects.to_forget().update(address_digest="")
