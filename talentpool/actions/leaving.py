"""The way out: hidden at once, erased later, until then it can be undone."""

from django.db import transaction

from accounts import audit
from accounts.actors import Actor
from kit import clock
from talentpool.actions.confirming import Gone, confirm, locked
from talentpool.emails import cycle as emails
from talentpool.models import Entry, LeaveReason
from talentpool.models.choices import Whereabouts

__all__ = ["Gone", "leave", "undo"]


@transaction.atomic
def leave(*, entry: Entry, reason: LeaveReason, by: Actor) -> Entry:
    """Nobody sees the entry from now on; a sweep erases it after the time for undoing. Raises Gone."""
    entry = locked(entry)
    now = clock.now()
    entry.check_ins.open().update(closed_at=now)
    entry.left_at, entry.leave_reason = now, reason
    entry.save(update_fields=["left_at", "leave_reason"])
    audit.record("entry leaves", entry, by=by, reason=str(reason))
    return entry


@transaction.atomic
def undo(*, entry: Entry, by: Actor) -> Entry:
    """The person wants to stay after all. Counts as a sign of life. Raises Gone when it was erased meanwhile.

    Whoever nobody vouches for gets time anew to find somebody.
    """
    found = Entry.objects.select_for_update().filter(pk=entry.pk).first()
    if found is None:
        raise Gone
    found.left_at, found.leave_reason, found.orphaned_since = None, "", None
    found.through_pool, found.whereabouts = None, Whereabouts.UNKNOWN
    found.save(update_fields=["left_at", "leave_reason", "orphaned_since", "through_pool", "whereabouts"])
    emails.not_hidden(found)
    audit.record("entry stays", found, by=by)
    return confirm(entry=found, by=by)
