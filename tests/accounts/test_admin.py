"""The administration of people, and what data protection does there."""

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts import actions, audit
from accounts.actors import SYSTEM
from accounts.models import AuditEntry, User
from kit.models import OutboxMail
from tests.make import make_user

pytestmark = pytest.mark.django_db

PEOPLE = "/verwaltung/accounts/user/"


def change(user: User) -> str:
    return reverse("admin:accounts_user_change", args=[user.pk])


def test_a_coordinator_opens_an_account(login, coordinator):
    answer = login(coordinator).post(
        f"{PEOPLE}add/", {"email": "Rosa@Example.org", "full_name": "Rosa", "roles": ["editor", "moderator"]}
    )
    assert answer.status_code == 302
    rosa = User.objects.get(email="rosa@example.org")
    assert rosa.roles == ["editor", "moderator"]
    assert not rosa.has_usable_password()
    assert OutboxMail.objects.get().to == "rosa@example.org"
    assert AuditEntry.objects.get(verb="account opened").actor_label == coordinator.audit_label


def test_an_address_is_given_once(login, coordinator, learner):
    answer = login(coordinator).post(f"{PEOPLE}add/", {"email": learner.email.upper()})
    assert answer.status_code == 200
    assert User.objects.count() == 2


def test_roles_of_memberships_are_not_offered(login, coordinator, learner):
    login(coordinator).post(change(learner), {"full_name": "", "roles": ["provider"], "is_active": "on"})
    learner.refresh_from_db()
    assert learner.roles == ["learner"]


def test_a_coordinator_changes_roles_and_the_log_knows(login, coordinator):
    person = make_user("editor", "provider")
    client = login(coordinator)
    client.post(change(person), {"full_name": "New Name", "roles": ["moderator"], "is_active": "on"})
    person.refresh_from_db()
    assert (person.roles, person.full_name) == (["moderator", "provider"], "New Name")
    assert set(AuditEntry.objects.values_list("verb", flat=True)) == {"role granted", "role revoked"}


def test_the_address_of_somebody_else_cannot_be_changed(login, coordinator, learner):
    before = learner.email
    login(coordinator).post(
        change(learner), {"email": "mine@example.org", "full_name": "", "roles": ["learner"], "is_active": "on"}
    )
    learner.refresh_from_db()
    assert learner.email == before


def test_closing_and_opening_a_login(login, coordinator, learner):
    client = login(coordinator)
    client.post(change(learner), {"full_name": "", "roles": ["learner"]})
    assert not User.objects.get(pk=learner.pk).is_active
    client.post(change(learner), {"full_name": "", "roles": ["learner"], "is_active": "on"})
    assert User.objects.get(pk=learner.pk).is_active
    assert list(AuditEntry.objects.order_by("pk").values_list("verb", flat=True)) == ["deactivated", "reactivated"]


def test_people_are_found_by_role(login, coordinator, learner):
    found = login(coordinator).get(f"{PEOPLE}?rolle=learner").context["cl"].queryset
    assert list(found) == [learner]


def test_an_unknown_role_in_the_address_shows_everybody(login, coordinator, learner):
    found = login(coordinator).get(f"{PEOPLE}?rolle=emperor").context["cl"].queryset
    assert set(found) == {coordinator, learner}


def act(client, action: str, *people: User, **extra):
    return client.post(PEOPLE, {"action": action, "_selected_action": [p.pk for p in people], **extra})


def test_data_protection_discloses_what_is_stored(login, data_protection, learner):
    answer = act(login(data_protection), "disclose", learner)
    assert answer["Content-Disposition"] == f'attachment; filename="person-{learner.pk}.json"'
    assert json.loads(answer.content)["accounts.User"][0]["email"] == learner.email
    assert AuditEntry.objects.get(verb="exported").object_id == str(learner.pk)


def test_erasing_asks_first(login, data_protection, learner):
    client = login(data_protection)
    question = act(client, "erase", learner)
    assert learner.email in question.content.decode()
    assert User.objects.filter(pk=learner.pk).exists()
    act(client, "erase", learner, confirmed="1")
    assert not User.objects.filter(pk=learner.pk).exists()


def test_nobody_erases_himself(login, data_protection):
    act(login(data_protection), "erase", data_protection, confirmed="1")
    assert User.objects.filter(pk=data_protection.pk).exists()


def test_coordinators_neither_disclose_nor_erase(login, coordinator, learner):
    client = login(coordinator)
    act(client, "disclose", learner)
    act(client, "erase", learner, confirmed="1")
    assert User.objects.filter(pk=learner.pk).exists()
    assert not AuditEntry.objects.filter(verb__in=["exported", "erased"]).exists()


def test_the_audit_log_speaks_german(login, coordinator, learner):
    audit.record("role granted", learner, by=coordinator)
    audit.record("erased", learner, by=SYSTEM)
    client = login(coordinator)
    page = client.get("/verwaltung/accounts/auditentry/").content.decode()
    for words in ("Rolle gegeben", f"Koordination {coordinator.pk}", "Person gelöscht", "Portal"):
        assert words in page, words
    chosen = client.get("/verwaltung/accounts/auditentry/?verb=erased").content.decode()
    assert f"Koordination {coordinator.pk}" not in chosen


def test_nobody_changes_the_audit_log(login, data_protection, learner):
    entry = audit.record("greeted", learner, by=SYSTEM)
    url = reverse("admin:accounts_auditentry_change", args=[entry.pk])
    client = login(data_protection)
    assert client.get(url).status_code == 200
    assert client.post(url, {"verb": "never"}).status_code == 403


def queries(client, table: str) -> int:
    with CaptureQueriesContext(connection) as seen:
        assert client.get(f"/verwaltung/accounts/{table}/").status_code == 200
    return len(seen)


@pytest.mark.parametrize("table", ["user", "auditentry", "consent"])
def test_lists_ask_as_often_for_three_as_for_one(login, data_protection, table):
    client = login(data_protection)
    more(1)
    queries(client, table)  # the first page of a login also notes when it was used
    one = queries(client, table)
    more(2)
    assert queries(client, table) == one


def more(number: int) -> None:
    for _ in range(number):
        person = make_user("learner")
        audit.record("greeted", person, by=SYSTEM)
        actions.give_consent(user=person, purpose="newsletter", text="Text 1", text_version="1")
