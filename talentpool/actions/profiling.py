"""What a person does with the own entry. Every deed is a sign of life, and nobody else may do any of them."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from accounts import audit
from accounts.actors import Actor
from kit import clock
from providers.models import Organization
from talentpool.actions.confirming import Gone, confirm
from talentpool.actions.joining import NotOwner, owned, settle
from talentpool.models import Endorsement, Entry, Exclusion, Member

__all__ = ["Gone", "NotOwner"]

EDITABLE = {
    "birth_date", "phone", "seeking", "job_families", "level", "hours", "place", "radius", "available_from", "about",
    "experience",
}  # fmt: skip


class AgeSettled(Exception):
    """A parent was asked because of the date of birth: it is not the person alone any more who may change it."""


@transaction.atomic
def edit(*, entry: Entry, values: Mapping[str, Any], by: Actor) -> Entry:
    """Write down a section of the profile; `full_name` goes to the account. Raises Gone, NotOwner, AgeSettled."""
    entry = owned(entry, by)
    changes = {name: value for name, value in values.items() if name in EDITABLE}
    if changes.get("birth_date", entry.birth_date) != entry.birth_date and hasattr(entry, "guardian"):
        raise AgeSettled
    for name, value in changes.items():
        setattr(entry, name, value)
    entry.save(update_fields=list(changes))
    if "full_name" in values:
        entry.user.full_name = values["full_name"]
        entry.user.save(update_fields=["full_name"])
    audit.record("entry edited", entry, by=by, fields=sorted(values))
    confirm(entry=entry, by=by)
    return settle(entry)


@transaction.atomic
def decide_stamp(*, stamp: Endorsement, is_shown: bool, by: Actor) -> Endorsement:
    """The person decides whether others see who vouches, and may decide anew at any time. Raises Gone, NotOwner."""
    entry = owned(stamp.entry, by)
    stamp = Endorsement.objects.select_for_update().get(pk=stamp.pk, entry=entry)
    stamp.state = Endorsement.State.ACCEPTED if is_shown else Endorsement.State.HIDDEN
    stamp.decided_at = clock.now()
    stamp.save(update_fields=["state", "decided_at"])
    audit.record("stamp decided", stamp, by=by, state=str(stamp.state))
    if entry.orphaned_since and entry.endorsements.valid().exists():
        entry.orphaned_since = None
        entry.save(update_fields=["orphaned_since"])
    confirm(entry=entry, by=by)
    settle(entry)
    return stamp


@transaction.atomic
def exclude(*, entry: Entry, organization: Organization, by: Actor) -> Exclusion:
    """This organisation sees nothing from now on. Excluding twice changes nothing. Raises Gone, NotOwner."""
    entry = owned(entry, by)
    exclusion, _created = Exclusion.objects.get_or_create(entry=entry, organization=organization)
    audit.record("organisation excluded", entry, by=by, organization=organization.pk)
    confirm(entry=entry, by=by)
    return exclusion


@transaction.atomic
def readmit(*, exclusion: Exclusion, by: Actor) -> None:
    """The organisation may see the entry again. Raises Gone, NotOwner."""
    entry = owned(exclusion.entry, by)
    audit.record("organisation readmitted", entry, by=by, organization=exclusion.organization_id)
    exclusion.delete()
    confirm(entry=entry, by=by)


@transaction.atomic
def pause(*, entry: Entry, by: Actor) -> Entry:
    """Nobody sees the entry; the questions go on, so that a paused entry is not forgotten. Raises Gone, NotOwner."""
    return _turn(entry, by, Entry.State.ACTIVE, Entry.State.PAUSED)


@transaction.atomic
def resume(*, entry: Entry, by: Actor) -> Entry:
    """Shown again, or back at what is missing. Raises Gone, NotOwner."""
    return settle(_turn(entry, by, Entry.State.PAUSED, Entry.State.ONBOARDING))


def _turn(entry: Entry, by: Actor, before: Entry.State, after: Entry.State) -> Entry:
    entry = owned(entry, by)
    if entry.state == before:
        entry.state = after
        entry.save(update_fields=["state"])
        audit.record("entry is now", entry, by=by, state=str(after))
    confirm(entry=entry, by=by)
    return entry


def excludable(entry: Entry, words: str):
    """Organisations of the pool that are not excluded yet, by name."""
    of_pool = Member.objects.filter(pool=entry.pool_id, ended_at=None).values("organization")
    hidden_from = entry.exclusions.values("organization")
    return Organization.objects.filter(pk__in=of_pool).exclude(pk__in=hidden_from).named_like(words)
