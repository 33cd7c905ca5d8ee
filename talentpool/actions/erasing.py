"""The end of an entry: the person's traces in this pool go, a number without a person stays.

Proof is a receipt and a line of the journal (`accounts.journal`), so that no backup brings the entry back. Rows go in
one transaction; files follow the commit, and a sweep removes what a crash has left.
"""

from datetime import timedelta

from django.core.files.storage import Storage
from django.db import transaction
from django.db.models import Q, QuerySet

from accounts import audit, journal
from accounts.actions import revoke_role
from accounts.actors import SYSTEM
from accounts.models import User
from accounts.privacy import erase_person
from accounts.roles import Role
from kit import clock, uptime
from kit.models import OutboxMail
from talentpool.emails import cycle as emails
from talentpool.models import Document, Entry, Guardian, Invitation, LeaveReason, Outcome, Pool

WITHDRAWN_UNDO = timedelta(hours=12)  # the person's own wish is done within a day, and can be taken back for half of it
AT_ONCE = (LeaveReason.UNFINISHED, LeaveReason.GUARDIAN)
WITH_TIME_TO_UNDO = (LeaveReason.NO_ANSWER, LeaveReason.HIRED, LeaveReason.UNREACHABLE, LeaveReason.NO_STAMP)
UPLOADS_TAKE_AT_MOST = timedelta(days=1)


def due(pool: Pool) -> QuerySet:
    """Hidden, and the time for taking it back is over: service time, as for every answer."""
    now = clock.now()
    undone = Q(leave_reason__in=WITH_TIME_TO_UNDO, left_at__lte=uptime.start_of(pool.undo_time, until=now))
    withdrawn = Q(leave_reason=LeaveReason.WITHDRAWN, left_at__lte=now - WITHDRAWN_UNDO)
    return pool.entries.filter(undone | withdrawn | Q(leave_reason__in=AT_ONCE), left_at__isnull=False)


def erase_due() -> int:
    """Returns how many were erased. Each is a transaction of its own: a person is whole or gone."""
    erased = 0
    for pool in Pool.objects.order_by("pk"):
        for pk in list(due(pool).values_list("pk", flat=True)):
            erased += _erase_if_due(pool, pk)
    return erased


@transaction.atomic
def _erase_if_due(pool: Pool, pk) -> bool:
    """Asked again under the lock: somebody may have wanted to stay in this moment."""
    entry = Entry.objects.select_for_update(skip_locked=True, of=("self",)).filter(pk=pk).first()
    if entry is None or not due(pool).filter(pk=pk).exists():
        return False
    erase(entry=entry)
    return True


@transaction.atomic
def erase(*, entry: Entry, is_told: bool = True) -> None:
    """Erase an entry, and the account too if it was there for the pool alone. `is_told`: with a last mail."""
    user, pool, reason = entry.user, entry.pool, entry.leave_reason or LeaveReason.WITHDRAWN
    _count(entry, reason)
    journal.record(entry, reason=reason)
    audit.record("entry erased", entry, by=SYSTEM, reason=reason)
    _forget_mails(entry)
    _forget_invitations(entry)
    _delete_files(entry)
    user.consents.to(entry.consent_purpose).delete()
    entry.delete()
    _leave_account(user, reason=reason)
    if is_told and reason != LeaveReason.UNREACHABLE and pool.contact:
        emails.erased(to=user.email, pool_name=pool.name, contact=pool.contact.person)


def _count(entry: Entry, reason: str) -> None:
    """What remains: a number. Only somebody who has found something was asked for more than the reason."""
    Outcome.objects.create(
        pool=entry.pool,
        month=clock.today().replace(day=1),
        reason=reason,
        through_pool=entry.through_pool,
        region=entry.whereabouts,
        job_family=next(iter(entry.job_families), ""),
    )


def _forget_mails(entry: Entry) -> None:
    """Mails of this entry, to the person and to parents. Of another pool's mails to the same person nothing goes."""
    ours = OutboxMail.objects.filter(purpose=emails.PURPOSE)
    ours.filter(pool_check_in__entry=entry).delete()
    ours.open().filter(context__entry__pk=str(entry.pk)).delete()
    ours.filter(pk__in=Guardian.objects.filter(entry=entry).values("mail")).delete()  # a parent may be in a pool, too
    if not entry.user.pool_entries.exclude(pk=entry.pk).exists():
        ours.filter(to=entry.user.email).delete()


def _forget_invitations(entry: Entry) -> None:
    """Those to this address and pool end, with name and address. The keyed digest stays: it keeps limits and a "never
    again" alive, and says nothing without the key."""
    theirs = Invitation.objects.filter(pool=entry.pool, email__iexact=entry.user.email)
    theirs.open().update(state=Invitation.State.REVOKED, ended_at=clock.now(), name="", email="")
    theirs.update(name="", email="", code_digest="")


def _delete_files(entry: Entry) -> None:
    for document in entry.documents.all():
        transaction.on_commit(lambda file=document.file: file.storage.delete(file.name))


def _leave_account(user: User, *, reason: str) -> None:
    """An account that was there for the pool alone goes with the last entry."""
    if user.pool_entries.exists():
        return
    if set(user.roles) <= {Role.CANDIDATE} and not user.memberships.exists():
        erase_person(user=user, by=SYSTEM, reason=reason)
    else:
        revoke_role(user=user, role=Role.CANDIDATE, by=SYSTEM)


# ── Files


def sweep_files() -> int:
    """Delete files of documents that no row knows: what a crash left between commit and deletion. Returns how many."""
    field = Document._meta.get_field("file")
    storage, folder = field.storage, str(field.upload_to).rstrip("/")
    if not storage.exists(folder):
        return 0
    names = [f"{folder}/{name}" for name in storage.listdir(folder)[1]]
    known = set(Document.objects.values_list("file", flat=True))
    lost = [name for name in names if name not in known and _is_settled(storage, name)]
    for name in lost:
        storage.delete(name)
    return len(lost)


def _is_settled(storage: Storage, name: str) -> bool:
    """Not the file of an upload whose row is not committed yet."""
    return storage.get_modified_time(name) < clock.now() - UPLOADS_TAKE_AT_MOST
