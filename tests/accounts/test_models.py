"""Logins, consents and the audit log, as far as the database guarantees them."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from accounts import actions, audit
from accounts.actors import SYSTEM
from accounts.models import AuditEntry, User
from accounts.roles import Role
from kit import clock
from tests.make import make_user

pytestmark = pytest.mark.django_db


def test_an_unknown_role_cannot_be_stored(learner):
    with pytest.raises(IntegrityError, match="user_known_roles"), transaction.atomic():
        User.objects.filter(pk=learner.pk).update(roles=["emperor"])


def test_an_address_in_capitals_cannot_be_stored(learner):
    with pytest.raises(IntegrityError, match="user_lower_email"), transaction.atomic():
        User.objects.filter(pk=learner.pk).update(email="Anna@example.org")


def test_create_user_lowers_the_address():
    assert User.objects.create_user(" Anna@Example.org ").email == "anna@example.org"


@pytest.mark.parametrize("role", Role.values)
def test_staff_are_coordination_editors_moderators_and_data_protection(role):
    expected = role in {"coordinator", "editor", "moderator", "data_protection"}
    assert User(roles=[role]).is_staff is expected


def test_a_role_ends_with_the_login():
    assert not User(roles=["coordinator"], is_active=False).has_role("coordinator")


def test_nobody_stands_above_the_roles(coordinator):
    assert not coordinator.is_superuser
    assert not coordinator.has_perm("accounts.delete_user")


def test_with_role_finds_those_who_have_any_of_them(coordinator, editor, learner):
    assert set(User.objects.with_role("coordinator", "editor")) == {coordinator, editor}


def test_the_audit_log_names_nobody(coordinator):
    anna = make_user("learner", full_name="Anna Muster")
    entry = audit.record("greeted", anna, by=coordinator, reason="test")
    stored = " ".join(str(value) for value in AuditEntry.objects.filter(pk=entry.pk).values_list()[0])
    assert "Anna" not in stored
    assert "@" not in stored
    assert (entry.object_label, entry.actor_label) == (f"learner {anna.pk}", f"coordinator {coordinator.pk}")


def test_an_entry_of_the_audit_log_cannot_be_changed(learner):
    entry = audit.record("greeted", learner, by=SYSTEM)
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        AuditEntry.objects.filter(pk=entry.pk).update(verb="never greeted")


def test_an_entry_of_the_audit_log_cannot_be_removed(learner):
    entry = audit.record("greeted", learner, by=SYSTEM)
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        AuditEntry.objects.filter(pk=entry.pk).delete()


def test_after_three_years_an_entry_may_go(learner):
    AuditEntry.objects.create(verb="old", actor_label="system", at=clock.now() - timedelta(days=1096))
    audit.record("new", learner, by=SYSTEM)
    assert AuditEntry.objects.filter(verb="old").delete()[0] == 1


def test_a_deed_that_is_rolled_back_leaves_no_entry(learner):
    with transaction.atomic():
        audit.record("greeted", learner, by=SYSTEM)
        transaction.set_rollback(True)
    assert not AuditEntry.objects.exists()


def test_a_new_consent_withdraws_the_older_one(learner):
    actions.give_consent(user=learner, purpose="newsletter", text="Text 1", text_version="1")
    actions.give_consent(user=learner, purpose="newsletter", text="Text 2", text_version="2")
    assert learner.consents.count() == 2
    assert learner.consents.given().get().text_version == "2"


def test_withdrawing_leaves_the_proof(learner):
    actions.give_consent(user=learner, purpose="newsletter", text="Text 1", text_version="1")
    assert actions.withdraw_consent(user=learner, purpose="newsletter") == 1
    assert learner.consents.count() == 1
    assert not learner.consents.given().exists()
