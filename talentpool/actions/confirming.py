"""A person says, in whatever way, that the entry is still wanted: the clock starts anew."""

from django.db import transaction

from accounts import audit
from accounts.actors import Actor
from kit import clock
from talentpool.models import Entry


class Gone(Exception):
    """The entry does not exist any more, or is about to be erased."""


@transaction.atomic
def confirm(*, entry: Entry, by: Actor) -> Entry:
    """Yes, still looking. Ends the round of check-ins and whatever hid the entry for want of an answer or an address.

    Called for every sign of life: an answer, a saved profile, an accepted stamp. Raises Gone.
    """
    entry = locked(entry)
    now = clock.now()
    entry.check_ins.open().update(closed_at=now)
    entry.confirmed_at, entry.visible_until = now, now + entry.pool.shown_for
    entry.cycle += 1
    entry.held_since = entry.unreachable_since = None
    entry.save(update_fields=["confirmed_at", "visible_until", "cycle", "held_since", "unreachable_since"])
    audit.record("entry confirmed", entry, by=by, cycle=entry.cycle)
    return entry


def locked(entry: Entry) -> Entry:
    """The entry as it stands, held until the end of the transaction: an answer and a purge never cross. Raises Gone."""
    found = Entry.objects.select_for_update(of=("self",)).select_related("pool").filter(pk=entry.pk).first()
    if found is None or found.left_at is not None:
        raise Gone
    return found
