"""What can happen to a login."""

import pytest
from allauth.account.models import EmailAddress
from django.contrib.sessions.models import Session
from django.test import Client

from accounts import actions
from accounts.actors import SYSTEM
from accounts.models import AuditEntry, User
from accounts.roles import Role
from kit.models import OutboxMail
from tests.make import make_login, make_user

pytestmark = pytest.mark.django_db


def verbs() -> list[str]:
    return list(AuditEntry.objects.order_by("pk").values_list("verb", flat=True))


def test_granting_a_role_twice_leaves_one_entry(learner, coordinator):
    for _ in range(2):
        actions.grant_role(user=learner, role=Role.EDITOR, by=coordinator)
    learner.refresh_from_db()
    assert learner.roles == ["editor", "learner"]
    assert verbs() == ["role granted"]


def test_revoking_a_role_leaves_the_others(coordinator):
    person = make_user("editor", "moderator")
    assert actions.revoke_role(user=person, role=Role.EDITOR, by=coordinator).roles == ["moderator"]
    assert verbs() == ["role revoked"]


def test_roles_from_memberships_are_neither_given_nor_taken_by_hand(coordinator):
    person = make_user("provider", "learner")
    actions.set_roles(user=person, roles={Role.EDITOR, Role.COMPANY}, by=coordinator)
    person.refresh_from_db()
    assert person.roles == ["editor", "provider"]


def test_opening_an_account_sends_a_mail_and_proves_nothing_yet(coordinator):
    person = actions.open_account(email="New@Example.org", full_name="New", roles=[Role.EDITOR], by=coordinator)
    assert person.roles == ["editor"]
    assert not EmailAddress.objects.get(user=person).verified
    mail = OutboxMail.objects.get()
    assert (mail.to, mail.template) == ("new@example.org", "accounts/email/account_opened.txt")
    assert mail.context["login_url"] == "http://testserver/konto/login/code/"


def test_deactivating_ends_only_the_sessions_of_this_person(learner, coordinator):
    theirs, other = make_login(Client(), learner), make_login(Client(), coordinator)
    actions.deactivate(user=learner, by=coordinator, reason="left")
    kept = Session.objects.get()
    assert kept.session_key == other.session.session_key
    assert kept.session_key != theirs.cookies["sessionid"].value
    assert AuditEntry.objects.get().facts == {"reason": "left", "sessions": 1}


def test_reactivating_opens_the_login_again(learner, coordinator):
    actions.deactivate(user=learner, by=coordinator, reason="left")
    actions.reactivate(user=learner, by=SYSTEM)
    assert User.objects.get(pk=learner.pk).is_active
