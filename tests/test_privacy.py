"""No table is forgotten, and what is stored about a person can be shown and erased."""

import json
from io import StringIO

import pytest
from allauth.account.models import EmailAddress
from django.apps import apps
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.db import connection, models
from django.test import Client

from accounts import actions, privacy
from accounts.actors import SYSTEM
from accounts.models import AuditEntry, Consent, User
from kit import outbox
from kit.models import OutboxMail
from tests.make import make_login, make_user

CANARY = "Wilhelmine Zaunkoenig"
ADDRESS = "wilhelmine.zaunkoenig@example.org"


def test_every_model_says_what_is_personal_in_it():
    assert list(privacy.faults(apps.get_models())) == []


def test_a_forgotten_model_is_found():
    class Forgotten(models.Model):
        class Meta:
            app_label = "tests"

    assert list(privacy.faults([Forgotten])) == ["tests.Forgotten says nothing about personal data"]


def test_a_misspelt_field_and_an_unnamed_person_are_found():
    class Careless(models.Model):
        user = models.ForeignKey(User, models.CASCADE, related_name="+")

        class Meta:
            app_label = "tests"

        class Privacy:
            personal = {"emial"}
            keep = None
            erase = "delete"

    assert list(privacy.faults([Careless])) == [
        "tests.Careless has no field emial",
        "tests.Careless.user points at a person and is not named as personal",
    ]


def test_a_field_that_cannot_be_blanked_is_found():
    class Stubborn(models.Model):
        user = models.ForeignKey(User, models.CASCADE, related_name="+")

        class Meta:
            app_label = "tests"

        class Privacy:
            personal = {"user"}
            keep = None
            erase = "blank"

    assert list(privacy.faults([Stubborn])) == ["tests.Stubborn.user cannot be blanked"]


def test_privacy_is_not_inherited():
    class Child(Consent):
        class Meta:
            proxy = True
            app_label = "tests"

    with pytest.raises(privacy.UnclassifiedError):
        privacy.rules_for(Child)


@pytest.fixture
def canary(db):
    person = make_user("editor", full_name=CANARY, email=ADDRESS)
    actions.give_consent(user=person, purpose="newsletter", text="Text 1", text_version="1")
    make_login(Client(), person)
    outbox.send("accounts/email/login_code.txt", person.email, {"code": "CANARY"}, purpose="account")
    actions.grant_role(user=person, role="moderator", by=person)
    return User.objects.get(pk=person.pk)


def test_export_shows_every_table_and_no_secret(canary):
    found = privacy.export_person(canary)
    assert set(found) == {
        "accounts.User",
        "accounts.Consent",
        "account.EmailAddress",
        "mfa.Authenticator",
        "kit.OutboxMail",
    }
    assert found["accounts.User"][0]["full_name"] == CANARY
    assert "password" not in found["accounts.User"][0]
    assert "data" not in found["mfa.Authenticator"][0]


def test_erasing_leaves_no_trace_in_any_table(canary, coordinator):
    actions.end_sessions(user=coordinator)
    privacy.erase_person(user=canary, by=coordinator)
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f'SELECT count(*) FROM "{table}" row WHERE row::text ~* %s', ["zaunkoenig|canary"])
            assert cursor.fetchone() == (0,), table
    assert not Session.objects.exists()
    assert not OutboxMail.objects.exists()


def test_erasing_leaves_others_alone(canary, coordinator):
    make_login(Client(), coordinator)
    privacy.erase_person(user=canary, by=coordinator)
    assert Session.objects.count() == 1
    assert EmailAddress.objects.get().user == coordinator


def test_erasing_is_noted_without_a_name(canary, coordinator):
    number = str(canary.pk)
    privacy.erase_person(user=canary, by=coordinator)
    entry = AuditEntry.objects.filter(verb="erased").get()
    assert (entry.object_id, entry.actor_id) == (number, str(coordinator.pk))
    assert CANARY not in json.dumps(entry.facts) + entry.object_label


def test_signatures_become_role_and_number(canary):
    """Who checked a proof stays traceable, and the constraint "by and at together" holds."""
    organization = apps.get_model("providers", "Organization").objects.create(
        name="Volkshochschule", slug="vhs", kinds=["provider"]
    )
    proof = organization.certifications.create(kind="iso_9001", checked_by=CANARY, checked_at=canary.date_joined)
    other = organization.certifications.create(kind="lqw", checked_by="Somebody", checked_at=canary.date_joined)
    label = canary.audit_label
    privacy.erase_person(user=canary, by=SYSTEM)
    proof.refresh_from_db()
    other.refresh_from_db()
    assert (proof.checked_by, other.checked_by) == (label, "Somebody")


def test_commands_export_and_erase(canary):
    out = StringIO()
    call_command("export_person", ADDRESS.upper(), stdout=out)
    assert json.loads(out.getvalue())["accounts.User"][0]["email"] == ADDRESS
    call_command("erase_person", ADDRESS, yes=True, stdout=out)
    assert not User.objects.filter(email=ADDRESS).exists()


@pytest.mark.parametrize("command", ["export_person", "erase_person"])
def test_commands_say_when_nobody_has_the_address(db, command):
    with pytest.raises(CommandError, match="Nobody"):
        call_command(command, "nobody@example.org")
