"""Whom companies see is a query: each condition alone takes a person off the list, with no worker running."""

from datetime import timedelta

import pytest
from django.db import IntegrityError

from kit import clock
from talentpool.models import Endorsement, Entry, Exclusion
from tests.make import make_user
from tests.talentpool.make import make_consent, make_entry, make_member

pytestmark = pytest.mark.django_db


def hide(entry, **fields):
    Entry.objects.filter(pk=entry.pk).update(**fields)


HIDING = {
    "paused": lambda entry: hide(entry, state="paused"),
    "still being filled in": lambda entry: hide(entry, state="onboarding"),
    "waits for a parent": lambda entry: hide(entry, state="guardian"),
    "on the way out": lambda entry: hide(entry, left_at=clock.now(), leave_reason="withdrawn"),
    "unreachable": lambda entry: hide(entry, unreachable_since=clock.now()),
    "orphaned": lambda entry: hide(entry, orphaned_since=clock.now()),
    "held": lambda entry: hide(entry, held_since=clock.now()),
    "confirmed in the future": lambda entry: hide(entry, confirmed_at=clock.now() + timedelta(hours=1)),
    "answer too old": lambda entry: hide(
        entry, confirmed_at=clock.now() - timedelta(days=125), visible_until=clock.now()
    ),
    "no consent": lambda entry: entry.user.consents.all().delete(),
    "consent withdrawn": lambda entry: entry.user.consents.update(withdrawn_at=clock.now()),
    "consent to another pool": lambda entry: entry.user.consents.update(purpose="pool-0"),
    "stamp not accepted": lambda entry: entry.endorsements.update(state="hidden"),
    "no stamp": lambda entry: entry.endorsements.all().delete(),
}


def test_a_complete_entry_is_visible():
    entry = make_entry()
    assert list(Entry.objects.visible()) == [entry]


@pytest.mark.parametrize("why", HIDING)
def test_each_condition_alone_hides(why):
    entry = make_entry()
    HIDING[why](entry)
    assert not Entry.objects.visible().exists()


def test_nobody_is_visible_for_ever_without_an_answer(at):
    at("2026-01-10 10:00")
    make_entry()
    at("2026-05-15 10:59")  # 125 days later; summer has come, the clocks are an hour ahead
    assert Entry.objects.visible().count() == 1
    at("2026-05-15 11:01")
    assert not Entry.objects.visible().exists()


def test_the_database_refuses_an_answer_that_carries_for_ever():
    entry = make_entry()
    with pytest.raises(IntegrityError, match="entry_no_answer_carries_for_ever"):
        hide(entry, visible_until=clock.now() + timedelta(days=400))


def test_a_new_text_leaves_a_month_to_agree():
    entry = make_entry()
    entry.pool.consent_version, entry.pool.consent_since = "2026-2", clock.now() - timedelta(days=29)
    entry.pool.save()
    assert Entry.objects.visible().exists()
    entry.pool.consent_since = clock.now() - timedelta(days=31)
    entry.pool.save()
    assert not Entry.objects.visible().exists()
    entry.user.consents.update(withdrawn_at=clock.now())
    make_consent(entry, text_version="2026-2")
    assert Entry.objects.visible().exists()


@pytest.mark.parametrize(("days", "counts"), [(179, True), (181, False)])
def test_a_stamp_outlives_the_membership_by_half_a_year(days, counts):
    entry = make_entry()
    member = entry.endorsements.get().member
    member.ended_at, member.end_reason = clock.now() - timedelta(days=days), "left"
    member.save()
    assert Entry.objects.visible().exists() is counts


def test_several_stamps_show_a_person_once():
    entry = make_entry()
    for _number in range(2):
        Endorsement.objects.create(
            entry=entry, member=make_member(entry.pool), criterion="trial", state="accepted",
            month=clock.today().replace(day=1), decided_at=clock.now(),
        )  # fmt: skip
    assert Entry.objects.visible().count() == 1


def test_a_company_sees_its_own_pool_only():
    entry = make_entry()
    assert list(Entry.objects.visible_to(make_member(entry.pool))) == [entry]
    assert not Entry.objects.visible_to(make_member()).exists()


@pytest.mark.parametrize(
    "fields", [{"approved_at": None}, {"kind": "school"}, {"ended_at": clock.now() - timedelta(minutes=1)}]
)
def test_who_is_not_an_active_company_sees_nobody(fields):
    entry = make_entry()
    assert not Entry.objects.visible_to(make_member(entry.pool, **fields)).exists()


def test_an_excluded_organisation_sees_nothing():
    entry = make_entry()
    member = make_member(entry.pool)
    Exclusion.objects.create(entry=entry, organization=member.organization)
    assert not Entry.objects.visible_to(member).exists()
    assert Entry.objects.visible_to(make_member(entry.pool)).exists()


def test_somebody_in_two_pools_has_two_consents():
    person = make_user("candidate")
    first, second = make_entry(user=person), make_entry(user=person)
    person.consents.filter(purpose=first.consent_purpose).update(withdrawn_at=clock.now())
    assert list(Entry.objects.visible()) == [second]
