"""What somebody says to "still looking?"."""

from django.db import transaction

from accounts.actors import Actor
from kit import clock
from talentpool.actions.confirming import confirm, locked
from talentpool.actions.leaving import leave
from talentpool.models import CheckIn, Entry, LeaveReason

LEAVES = {CheckIn.Answer.FOUND: LeaveReason.HIRED, CheckIn.Answer.ERASE: LeaveReason.WITHDRAWN}


@transaction.atomic
def answer(*, check_in: CheckIn, answer: CheckIn.Answer, by: Actor) -> CheckIn:
    """Note the answer and do what it says. A question that is closed stays as it is. Raises Gone.

    The entry is locked first, as the sweeps do: an answer and a purge never cross, whoever comes first wins.
    """
    entry = locked(check_in.entry)
    check_in = CheckIn.objects.select_for_update(of=("self",)).get(pk=check_in.pk)
    if check_in.closed_at is not None:
        return check_in
    check_in.closed_at, check_in.answer = clock.now(), answer
    check_in.save(update_fields=["closed_at", "answer"])
    if reason := LEAVES.get(answer):
        leave(entry=entry, reason=reason, by=by)
    else:
        confirm(entry=entry, by=by)
    return check_in


@transaction.atomic
def tell_whereabouts(*, entry: Entry, through_pool: bool | None, whereabouts: str) -> None:
    """Told of free will by whoever has found something; it becomes a number when the entry is erased."""
    leaving = Entry.objects.filter(pk=entry.pk, leave_reason=LeaveReason.HIRED)
    leaving.update(through_pool=through_pool, whereabouts=whereabouts)
