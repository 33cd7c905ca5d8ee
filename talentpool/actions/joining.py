"""From the link in a mail to a profile that companies see: the second proof, the consent, the parents of the young."""

import secrets
from collections.abc import Iterable
from datetime import timedelta

from django.db import models, transaction
from django.db.models import Q
from django.utils.crypto import constant_time_compare, salted_hmac

from accounts import audit
from accounts.actions import AccountClosed, enter_by_mailbox, give_consent, withdraw_consent
from accounts.actors import SYSTEM, Actor
from accounts.models import Consent, ConsentText
from accounts.roles import Role
from kit import clock
from kit.models import OutboxMail
from talentpool.actions import inviting
from talentpool.actions.confirming import Gone, confirm, locked
from talentpool.actions.leaving import leave, undo
from talentpool.emails import person as emails
from talentpool.models import Agreement, Entry, Guardian, Invitation, LeaveReason
from talentpool.models.entry import GUARDIAN_ANSWERS_WITHIN, OWN_CONSENT_AGE
from talentpool.permissions import owns

CODE_VALID_FOR = timedelta(minutes=30)
CODE_AGAIN_AFTER = timedelta(minutes=1)
MOST_CODES_PER_HOUR = 5
MOST_TRIES = 5
LOCKED_FOR = timedelta(hours=1)
FINISHED_WITHIN = timedelta(days=14)  # counted from the last sign of life
OWN_CONSENT_WITHIN = timedelta(days=30)
ASK_GUARDIAN_AGAIN_AFTER = timedelta(days=1)


class Closed(Exception):
    """The invitation is over, or its member takes part no longer."""


class WrongCode(Exception):
    """Mistyped, too old, or never sent."""


class Locked(Exception):
    """Too many wrong codes: for an hour no code is taken and none is sent."""


class TooSoon(Exception):
    """The last mail has just left."""


class TooMany(Exception):
    """One after the other: whoever presses the button, the mailbox belongs to somebody."""


class NotOwner(Exception):
    """Only the person itself may do that."""


class AgeMissing(Exception):
    """The law asks for the age before the consent."""


# ── With the link of the mail


@transaction.atomic
def send_code(*, invitation: Invitation) -> None:
    """Mail six digits to the invited address. Raises Closed, Locked, TooSoon, TooMany."""
    invitation = _answerable(invitation)[0]
    now = clock.now()
    if emails.codes_since(invitation, now - timedelta(hours=1)) >= MOST_CODES_PER_HOUR:
        raise TooMany
    if invitation.code_until and now < invitation.code_until - CODE_VALID_FOR + CODE_AGAIN_AFTER:
        raise TooSoon
    code = f"{secrets.randbelow(10**6):06}"
    invitation.code_digest, invitation.code_until = _digest(invitation, code), now + CODE_VALID_FOR
    invitation.save(update_fields=["code_digest", "code_until"])
    emails.code(invitation, code)


def accept(*, invitation: Invitation, code: str) -> Entry:
    """The person has shown the mailbox: an account, an entry, and the stamps of all open invitations to the pool.

    Raises Closed, Locked, WrongCode.
    """
    entry = _accept(invitation, code)
    if entry is None:
        raise WrongCode  # out here, so that the try is counted
    return entry


@transaction.atomic
def _accept(invitation: Invitation, code: str) -> Entry | None:
    invitation, *others = _answerable(invitation)
    if not _fits(invitation, code):
        _count_try(invitation)
        return None
    try:
        user = enter_by_mailbox(email=invitation.email, full_name=invitation.name, role=Role.CANDIDATE, by=SYSTEM)
    except AccountClosed:
        raise Closed from None
    entry, _created = Entry.objects.get_or_create(pool_id=invitation.pool_id, user=user)
    entry = undo(entry=entry, by=user) if entry.left_at else entry
    for each in (invitation, *others):
        inviting.stamp_from(each, entry)
        audit.record("invitation accepted", each, by=user, entry=str(entry.pk))
    _close(invitation, others, Invitation.State.ACCEPTED)
    return entry


@transaction.atomic
def decline(*, invitation: Invitation, for_ever: bool) -> None:
    """No, thank you; `for_ever`: no member can invite this address again. Raises Closed."""
    invitation, *others = _answerable(invitation, even_if_locked=True)
    _close(invitation, others, Invitation.State.DECLINED)
    Invitation.objects.filter(pk=invitation.pk).update(is_final=for_ever)
    audit.record("invitation declined", invitation, by=SYSTEM, for_ever=for_ever)


@transaction.atomic
def disown(*, invitation: Invitation) -> None:
    """ "That is not me": the mail has reached somebody else. Raises Closed."""
    invitation, *others = _answerable(invitation, even_if_locked=True)
    _close(invitation, others, Invitation.State.MISTAKEN)
    audit.record("invitation mistaken", invitation, by=SYSTEM)


def open_beside(invitation: Invitation) -> models.QuerySet:
    """All invitations of this address to this pool that one answer answers, the oldest first; itself among them."""
    same = Invitation.objects.open().filter(pool=invitation.pool_id, address_digest=invitation.address_digest)
    return same.filter(member__organization__blocked_at=None, member__ended_at=None).order_by("created_at", "pk")


def _answerable(invitation: Invitation, *, even_if_locked: bool = False) -> list[Invitation]:
    """The invitation as it stands and, behind it, the others that one answer answers; held. Raises Closed, Locked."""
    held = list(open_beside(invitation).select_for_update(of=("self",)).select_related("member__organization", "mail"))
    found = next((each for each in held if each.pk == invitation.pk), None)
    if found is None or not found.is_answerable:
        raise Closed
    if found.locked_until and found.locked_until > clock.now() and not even_if_locked:
        raise Locked
    return [found, *(each for each in held if each.pk != found.pk)]


def _digest(invitation: Invitation, code: str) -> str:
    """Keyed: six digits are soon guessed by whoever has a copy of the database alone."""
    return salted_hmac(f"talentpool.code.{invitation.pk}", code, algorithm="sha256").hexdigest()


def _fits(invitation: Invitation, code: str) -> bool:
    in_time = invitation.code_until is not None and clock.now() < invitation.code_until
    return in_time and constant_time_compare(invitation.code_digest, _digest(invitation, code))


def _count_try(invitation: Invitation) -> None:
    """A new code does not start the count anew, the end of the hour does."""
    invitation.code_tries += 1
    if invitation.code_tries >= MOST_TRIES:
        invitation.locked_until = clock.now() + LOCKED_FOR
        invitation.code_tries, invitation.code_digest, invitation.code_until = 0, "", None
    invitation.save(update_fields=["code_tries", "locked_until", "code_digest", "code_until"])


def _close(invitation: Invitation, others: list[Invitation], state: Invitation.State) -> None:
    """With the answer the name and the address have served their purpose."""
    every = [invitation, *others]
    inviting.end(every, state)
    inviting.erase(Invitation.objects.filter(pk__in=[each.pk for each in every]))


# ── Consent


@transaction.atomic
def agree(*, entry: Entry, agreements: Iterable[Agreement], by: Actor) -> Entry:
    """Each by itself, in the words of today. Raises Gone, NotOwner, AgeMissing."""
    entry = owned(entry, by)
    if entry.birth_date is None:
        raise AgeMissing
    for agreement in agreements:
        give_consent(
            user=entry.user,
            purpose=agreement.purpose_for(entry),
            text=agreement.words_for(entry),
            text_version=entry.pool.consent_version,
            age_band=age_band(entry),
        )
        audit.record("consent given", entry, by=by, agreement=agreement.value)
    if Agreement.SEEN in agreements and entry.state == Entry.State.PAUSED and _was_asked_at_16(entry):
        _set_state(entry, Entry.State.ACTIVE)
    confirm(entry=entry, by=by)
    return settle(entry)


@transaction.atomic
def withdraw(*, entry: Entry, agreement: Agreement, by: Actor) -> Entry:
    """As easy as agreeing. Without the first nobody sees the entry from this moment on; it waits as an unfinished one.

    Raises Gone, NotOwner.
    """
    entry = owned(entry, by)
    withdraw_consent(user=entry.user, purpose=agreement.purpose_for(entry))
    audit.record("consent withdrawn", entry, by=by, agreement=agreement.value)
    if agreement is Agreement.SEEN:
        _set_state(entry, Entry.State.ONBOARDING)
    return confirm(entry=entry, by=by)


def age_band(entry: Entry) -> str:
    """All that a consent keeps of the age."""
    age = entry.age_on(clock.today())
    if age is None:
        return ""
    if age < OWN_CONSENT_AGE:
        return Consent.AgeBand.CHILD
    return Consent.AgeBand.YOUTH if age < clock.FULL_AGE else Consent.AgeBand.ADULT


def consents_to_be_seen(entry: Entry) -> models.QuerySet:
    """The person's own consent to the present text; from 16 on that of the child it was does not count."""
    given = entry.user.consents.given().to(entry.consent_purpose).filter(text_version=entry.pool.consent_version)
    return given if entry.needs_guardian else given.exclude(age_band=Consent.AgeBand.CHILD)


def owned(entry: Entry, by: Actor) -> Entry:
    """The entry as it stands, held. Raises Gone, NotOwner."""
    if not owns(by, entry):
        raise NotOwner
    return locked(entry)


def settle(entry: Entry) -> Entry:
    """Moves an entry to where what it holds puts it: shown when nothing is missing, else back to filling in."""
    is_ready = entry.is_complete and consents_to_be_seen(entry).exists() and entry.endorsements.accepted().exists()
    waits = entry.needs_guardian and not Guardian.objects.filter(entry=entry, agreed=True).exists()
    if entry.state == Entry.State.PAUSED or (entry.state == Entry.State.ACTIVE and not waits):
        return entry
    if waits and (is_ready or entry.state == Entry.State.ACTIVE):
        return _set_state(entry, Entry.State.GUARDIAN)
    return _set_state(entry, Entry.State.ACTIVE if is_ready else Entry.State.ONBOARDING)


def _set_state(entry: Entry, state: Entry.State) -> Entry:
    if entry.state != state:
        entry.state = state
        entry.save(update_fields=["state"])
        audit.record("entry is now", entry, by=SYSTEM, state=str(state))
    return entry


# ── Parents of people under 16


@transaction.atomic
def ask_guardian(*, entry: Entry, name: str, email: str, by: Actor) -> Guardian:
    """Ask a parent. A second question replaces the first. Raises Gone, NotOwner, TooSoon."""
    entry = owned(entry, by)
    earlier = Guardian.objects.select_for_update(of=("self",)).select_related("mail").filter(entry=entry).first()
    if earlier and not earlier.is_undelivered and earlier.asked_at > clock.now() - ASK_GUARDIAN_AGAIN_AFTER:
        raise TooSoon
    if earlier:
        _forget_guardians(Guardian.objects.filter(pk=earlier.pk))
    text_hash = ConsentText.keep(Agreement.SEEN.words_for(entry))
    guardian = Guardian.objects.create(
        entry=entry, name=name, email=email, text_version=entry.pool.consent_version, text_hash=text_hash
    )
    guardian.mail = emails.asks_guardian(guardian)
    guardian.save(update_fields=["mail"])
    audit.record("parent asked", entry, by=by)
    confirm(entry=entry, by=by)
    settle(entry)
    return guardian


@transaction.atomic
def answer_for_child(*, guardian: Guardian, agrees: bool) -> Guardian:
    """The answer of a parent, who may change a yes to a no as long as it counts. Raises Gone, Closed."""
    entry = locked(guardian.entry)
    guardian = Guardian.objects.select_for_update(of=("self",)).select_related("mail").filter(pk=guardian.pk).first()
    if guardian is None or not guardian.is_answerable:
        raise Closed
    guardian.agreed, guardian.answered_at = agrees, clock.now()
    guardian.text_version = entry.pool.consent_version
    guardian.text_hash = ConsentText.keep(Agreement.SEEN.words_for(entry))
    guardian.save(update_fields=["agreed", "answered_at", "text_version", "text_hash"])
    audit.record("parent answered", entry, by=SYSTEM, agreed=agrees)
    if agrees:
        settle(entry)
    else:
        leave(entry=entry, reason=LeaveReason.GUARDIAN, by=SYSTEM)
    return guardian


def _forget_guardians(guardians: models.QuerySet) -> int:
    """The row, and the mail with the address: one that still waits would ask for what nobody needs any more."""
    mails = list(guardians.exclude(mail=None).values_list("mail", flat=True))
    count = guardians.delete()[0]
    OutboxMail.objects.filter(pk__in=mails).delete()
    return count


# ── Sweeps


def drop_unfinished() -> int:
    """Who has not finished within two weeks, or whose parent has not answered, is on the way out. Returns how many."""
    since = clock.now() - FINISHED_WITHIN
    unfinished = Entry.objects.filter(
        Q(state=Entry.State.ONBOARDING) | Q(state=Entry.State.GUARDIAN, guardian=None),
        left_at=None, confirmed_at__lte=since,
    )  # fmt: skip
    unheard = Entry.objects.filter(state=Entry.State.GUARDIAN, left_at=None, guardian__answered_at=None).filter(
        Q(guardian__mail__accepted_at__lte=clock.now() - GUARDIAN_ANSWERS_WITHIN)
        | Q(guardian__mail__accepted_at=None, guardian__asked_at__lte=since)
        & ~Q(guardian__mail__state__in=[OutboxMail.State.QUEUED, OutboxMail.State.SENDING])
    )
    reasons = [(unfinished, LeaveReason.UNFINISHED), (unheard, LeaveReason.GUARDIAN)]
    return sum(_drop(entry, reason) for entries, reason in reasons for entry in list(entries))


@transaction.atomic
def _drop(entry: Entry, reason: LeaveReason) -> bool:
    """Looked at again under the lock: the person may have come back while the sweep ran."""
    try:
        held = locked(entry)
    except Gone:
        return False
    if (held.state, held.confirmed_at) != (entry.state, entry.confirmed_at):
        return False
    leave(entry=held, reason=reason, by=SYSTEM)
    return True


def note_birthdays() -> dict[str, int]:
    """At 16 people are asked themselves, and paused when they do not answer; at 18 the data of the parents go."""
    today = clock.today()
    grown = Guardian.objects.filter(
        entry__birth_date__lte=clock.years_before(today, OWN_CONSENT_AGE), agreed=True, entry__left_at=None
    ).select_related("entry__user", "entry__pool", "own_mail")
    due = [guardian for guardian in grown if not consents_to_be_seen(guardian.entry).exists()]
    late = clock.now() - OWN_CONSENT_WITHIN
    silent = [each for each in due if each.own_mail and each.own_mail.accepted_at and each.own_mail.accepted_at <= late]
    of_age = Guardian.objects.filter(entry__birth_date__lte=clock.years_before(today, clock.FULL_AGE))
    return {
        "asked": sum(_ask_at_16(guardian) for guardian in due if guardian.own_mail is None),
        "paused": sum(_pause(guardian.entry) for guardian in silent),
        "forgotten": _forget_guardians(of_age),
    }


@transaction.atomic
def _ask_at_16(guardian: Guardian) -> bool:
    mail = emails.asks_own_consent(guardian.entry)  # its key keeps a second worker from writing twice
    return bool(Guardian.objects.filter(pk=guardian.pk, own_mail=None).update(own_mail=mail))


@transaction.atomic
def _pause(entry: Entry) -> bool:
    try:
        entry = locked(entry)
    except Gone:
        return False
    if entry.state != Entry.State.ACTIVE or consents_to_be_seen(entry).exists():
        return False
    _set_state(entry, Entry.State.PAUSED)
    return True


def _was_asked_at_16(entry: Entry) -> bool:
    return Guardian.objects.filter(entry=entry).exclude(own_mail=None).exists()
