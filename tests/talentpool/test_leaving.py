"""An answer starts the clock anew; leaving hides at once and can be undone until the purge."""

from datetime import timedelta

import pytest

from kit import clock
from talentpool.actions.confirming import Gone, confirm
from talentpool.actions.leaving import leave, undo
from talentpool.models import Entry, LeaveReason
from tests.talentpool.make import make_check_in, make_entry

pytestmark = pytest.mark.django_db


def test_an_answer_starts_the_clock_anew(at):
    at("2026-01-10 10:00")
    entry = make_entry()
    at("2026-04-12 10:00")
    asked = make_check_in(entry)
    confirm(entry=entry, by=entry.user)
    entry.refresh_from_db()
    asked.refresh_from_db()
    assert (entry.confirmed_at, entry.cycle, asked.closed_at) == (clock.now(), 2, clock.now())
    assert entry.visible_until == clock.now() + timedelta(days=125)


def test_whoever_leaves_is_hidden_at_once():
    entry = make_entry()
    leave(entry=entry, reason=LeaveReason.WITHDRAWN, by=entry.user)
    assert not Entry.objects.visible().exists()
    with pytest.raises(Gone):
        confirm(entry=entry, by=entry.user)


def test_leaving_can_be_undone():
    entry = make_entry()
    leave(entry=entry, reason=LeaveReason.HIRED, by=entry.user)
    undo(entry=entry, by=entry.user)
    assert list(Entry.objects.visible()) == [entry]


def test_nothing_can_be_undone_after_the_purge():
    entry = make_entry()
    Entry.objects.filter(pk=entry.pk).delete()
    with pytest.raises(Gone):
        undo(entry=entry, by=entry.user)
