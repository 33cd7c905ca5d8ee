"""What can happen to an organisation, its people and its certifications."""

import pytest
from django.db import IntegrityError, transaction

from accounts.actors import SYSTEM
from accounts.models import AuditEntry
from courses.models import Course
from kit import clock
from providers import actions, permissions
from providers.models import Membership, Organization
from tests import make

pytestmark = pytest.mark.django_db
State = Organization.State


def verbs():
    return list(AuditEntry.objects.order_by("pk").values_list("verb", flat=True))


def test_a_registered_organisation_is_a_draft_without_page(coordinator):
    made = actions.register(name="Bildungswerk Süd", kinds=["provider"], by=coordinator)
    assert (made.state, made.slug, made.has_profile) == (State.DRAFT, "bildungswerk-sued", False)
    assert verbs() == ["organization registered"]


def test_two_of_the_same_name_have_two_addresses(coordinator):
    slugs = [actions.register(name="VHS", kinds=["provider"], by=coordinator).slug for _ in range(3)]
    assert slugs == ["vhs", "vhs-2", "vhs-3"]


def test_a_name_without_letters_has_an_address(coordinator):
    assert actions.register(name="!!!", kinds=["provider"], by=coordinator).slug == "anbieter"


def test_publish_makes_the_page_public_and_twice_is_once(coordinator):
    draft = make.make_organization(state=State.DRAFT)
    assert actions.publish(organization=draft, by=coordinator).has_profile
    actions.publish(organization=draft, by=coordinator)
    assert verbs() == ["organization published"]


def test_a_blocked_organisation_is_not_published(coordinator):
    blocked = make.make_organization(state=State.DRAFT, blocked_at=clock.now(), blocked_reason="x")
    with pytest.raises(actions.WrongState):
        actions.publish(organization=blocked, by=coordinator)


def test_only_drafts_and_returned_are_submitted(coordinator):
    with pytest.raises(actions.WrongState):
        actions.submit(organization=make.make_organization(), by=coordinator)
    draft = make.make_organization(state=State.DRAFT)
    assert actions.submit(organization=draft, by=coordinator).state == State.SUBMITTED


@pytest.mark.parametrize("deed", [actions.return_for_changes, actions.block])
def test_bad_news_need_a_reason(coordinator, deed):
    with pytest.raises(ValueError, match="reason"):
        deed(organization=make.make_organization(), by=coordinator, reason="  ")


def test_block_takes_page_and_courses_away_and_unblock_brings_them_back(coordinator):
    organization = make.make_course().provider
    actions.block(organization=organization, by=coordinator, reason="Falsche Angaben")
    assert not Organization.objects.visible().exists()
    assert not Course.objects.visible().exists()
    actions.unblock(organization=organization, by=coordinator)
    assert Organization.objects.visible().exists()
    assert Course.objects.visible().exists()
    assert verbs() == ["organization blocked", "organization unblocked"]


def test_a_second_block_keeps_the_first_reason(coordinator):
    organization = make.make_organization()
    actions.block(organization=organization, by=coordinator, reason="Erstens")
    assert actions.block(organization=organization, by=coordinator, reason="Zweitens").blocked_reason == "Erstens"


def test_the_database_refuses_a_block_without_reason():
    with pytest.raises(IntegrityError), transaction.atomic():
        make.make_organization(blocked_at=clock.now())


@pytest.mark.parametrize("kinds", [[], ["bakery"]])
def test_the_database_refuses_kinds_that_nobody_knows(kinds):
    with pytest.raises(IntegrityError), transaction.atomic():
        make.make_organization(kinds=kinds)


def test_the_database_refuses_states_that_nobody_knows():
    with pytest.raises(IntegrityError), transaction.atomic():
        make.make_organization(state="gone")


def test_joining_gives_the_roles_of_the_organisation(coordinator):
    person = make.make_user()
    organization = make.make_organization(kinds=["provider", "company"])
    actions.join(user=person, organization=organization, role="editor", by=coordinator)
    person.refresh_from_db()
    assert person.roles == ["company", "provider"]
    assert permissions.can_edit(person, organization)
    assert not permissions.can_manage(person, organization)


def test_leaving_takes_only_roles_that_no_other_membership_gives(coordinator):
    person = make.make_user()
    both = make.make_organization(kinds=["provider", "company"])
    other = make.make_organization(kinds=["provider"])
    membership = actions.join(user=person, organization=both, role="admin", by=coordinator)
    actions.join(user=person, organization=other, role="admin", by=coordinator)
    actions.leave(membership=membership, by=person)
    person.refresh_from_db()
    assert person.roles == ["provider"]
    assert not permissions.can_edit(person, both)


def test_the_last_manager_stays_while_others_are_there(coordinator):
    organization = make.make_organization()
    manager, editor = make.make_user(), make.make_user()
    membership = actions.join(user=manager, organization=organization, role="admin", by=coordinator)
    actions.join(user=editor, organization=organization, role="editor", by=manager)
    with pytest.raises(actions.LastManager):
        actions.leave(membership=membership, by=manager)
    with pytest.raises(actions.LastManager):
        actions.join(user=manager, organization=organization, role="editor", by=manager)
    actions.leave(membership=membership, by=coordinator)
    assert list(organization.memberships.values_list("role", flat=True)) == ["editor"]


def test_joining_twice_changes_the_role():
    person, organization = make.make_user(), make.make_organization()
    actions.join(user=person, organization=organization, role="editor", by=SYSTEM)
    actions.join(user=person, organization=organization, role="admin", by=SYSTEM)
    assert Membership.objects.get().role == "admin"


def test_members_of_a_blocked_organisation_may_not_edit(coordinator):
    person, organization = make.make_user(), make.make_organization()
    actions.join(user=person, organization=organization, role="admin", by=SYSTEM)
    organization = actions.block(organization=organization, by=coordinator, reason="x")
    assert not permissions.can_edit(person, organization)
    assert permissions.can_edit(coordinator, organization)


def test_strangers_may_nothing():
    organization = make.make_organization()
    for person in (make.make_user(), make.make_user("provider"), make.make_user("editor")):
        assert not permissions.can_edit(person, organization)
        assert not permissions.can_manage(person, organization)
        assert not permissions.can_review(person)


def test_a_check_says_who_and_when(coordinator):
    made = make.make_certification(checked_at=None)
    checked = actions.check_certification(certification=made, by=coordinator)
    assert checked.checked_by == str(coordinator)
    assert made.organization.certifications.valid().exists()
    assert not actions.uncheck_certification(certification=made, by=coordinator).checked_at
    assert not made.organization.certifications.valid().exists()
    assert verbs() == ["certification checked", "certification to be checked"]
