"""Logging in: by password, by a code, with the second factor; and what strangers learn from it (nothing)."""

import re
import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.contrib.auth.hashers import MD5PasswordHasher
from django.test import Client

from accounts import actions, demo
from accounts.actors import SYSTEM
from accounts.models import User
from kit.models import OutboxMail
from tests.make import PASSWORD, TOTP_SECRET, make_login, make_user

pytestmark = pytest.mark.django_db

LOGIN = "/konto/login/"
CODE = "/konto/login/code/"
RESET = "/konto/password/reset/"
ADMIN = "/verwaltung/"


def code(secret: str = TOTP_SECRET) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


def by_password(client: Client, user: User, password: str = PASSWORD, **extra):
    return client.post(LOGIN, {"login": user.email, "password": password}, **extra)


def is_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def test_password_alone_lets_a_learner_in(client, learner):
    assert by_password(client, learner).status_code == 302
    assert is_in(client)


def test_password_alone_does_not_let_a_coordinator_in(client, coordinator):
    assert by_password(client, coordinator).url == "/konto/2fa/authenticate/"
    assert not is_in(client)


def test_password_and_second_factor_open_the_administration(client, coordinator):
    by_password(client, coordinator, QUERY_STRING="next=/verwaltung/")
    client.post("/konto/2fa/authenticate/", {"code": code()})
    assert is_in(client)
    assert client.get(ADMIN).status_code == 200


def test_a_code_of_the_second_factor_works_once(client, coordinator):
    for attempt in (client, other := Client()):
        by_password(attempt, coordinator)
        attempt.post("/konto/2fa/authenticate/", {"code": code()})
    assert is_in(client)
    assert not is_in(other)


def test_a_code_by_mail_lets_somebody_in_who_has_no_password(client):
    person = actions.open_account(email="new@example.org", roles=["learner"], by=SYSTEM)
    assert client.post(CODE, {"email": person.email}).url == "/konto/login/code/confirm/"
    mail = OutboxMail.objects.get(template="accounts/email/login_code.txt")
    client.post("/konto/login/code/confirm/", {"code": mail.context["code"]})
    assert is_in(client)


def test_a_code_by_mail_does_not_replace_the_second_factor(client, editor):
    client.post(CODE, {"email": editor.email})
    mail = OutboxMail.objects.get(template="accounts/email/login_code.txt")
    response = client.post("/konto/login/code/confirm/", {"code": mail.context["code"]})
    assert response.url == "/konto/2fa/authenticate/"
    assert not is_in(client)


def test_nobody_signs_up(client):
    answer = client.post("/konto/signup/", {"email": "new@example.org", "password1": PASSWORD})
    assert answer.status_code in {200, 403}
    assert not User.objects.exists()


def test_the_session_key_changes_at_login(client, learner):
    client.get(LOGIN)
    session = client.session
    session["planted"] = 1
    session.save()
    client.cookies["sessionid"] = planted = session.session_key
    by_password(client, learner)
    assert is_in(client)
    assert client.cookies["sessionid"].value != planted


# ── Roles and sessions


@pytest.mark.parametrize("role", ["coordinator", "editor", "moderator", "data_protection"])
def test_without_the_second_factor_no_staff_role_opens_the_administration(client, role):
    person = make_user(role)
    answer = make_login(client, person, second_factor=False).get(ADMIN)
    assert (answer.status_code, answer.url) == (302, "/konto/2fa/reauthenticate/?next=%2Fverwaltung%2F")


def test_whoever_has_no_second_factor_yet_is_led_to_its_set_up(client, coordinator):
    Authenticator.objects.all().delete()
    answer = make_login(client, coordinator, second_factor=False).get(ADMIN)
    assert (answer.status_code, answer.url) == (302, "/konto/2fa/totp/activate/")
    assert client.get(answer.url).status_code == 200


def test_setting_up_the_second_factor_leads_into_the_administration(client, coordinator):
    Authenticator.objects.all().delete()
    make_login(client, coordinator, second_factor=False)
    client.get("/konto/2fa/totp/activate/")
    client.post("/konto/2fa/totp/activate/", {"code": code(client.session["mfa.totp.secret"])})
    assert Authenticator.objects.filter(user=coordinator, type=Authenticator.Type.TOTP).exists()
    asked = client.get(ADMIN)
    assert asked.url.startswith("/konto/2fa/reauthenticate/")
    secret = Authenticator.objects.get(type=Authenticator.Type.TOTP).data["secret"]
    client.post(asked.url, {"code": code(secret)})
    assert client.get(ADMIN).status_code == 200


def test_a_second_factor_cannot_be_taken_away_without_showing_it(client, coordinator):
    answer = make_login(client, coordinator, second_factor=False).post("/konto/2fa/totp/deactivate/")
    assert answer.status_code == 302
    assert Authenticator.objects.filter(user=coordinator, type=Authenticator.Type.TOTP).exists()


def test_whoever_loses_the_role_is_out_at_the_next_click(login, coordinator):
    client = login(coordinator)
    assert client.get(ADMIN).status_code == 200
    actions.revoke_role(user=coordinator, role="coordinator", by=SYSTEM)
    assert client.get(ADMIN, follow=True).status_code == 403


def test_whoever_is_deactivated_is_logged_out_at_the_next_click(login, coordinator):
    client = login(coordinator)
    actions.deactivate(user=coordinator, by=SYSTEM, reason="left")
    answer = client.get(ADMIN, follow=True)
    assert answer.redirect_chain[-1] == ("/konto/login/?next=%2Fverwaltung%2F", 302)


def test_a_deactivated_person_cannot_come_back(client, learner):
    actions.deactivate(user=learner, by=SYSTEM, reason="left")
    by_password(client, learner)
    assert not is_in(client)


def test_a_new_password_ends_other_sessions(login, learner):
    client = login(learner)
    learner.set_password("another-long-password")
    learner.save()
    assert client.get("/konto/password/change/").url.startswith(LOGIN)


def test_a_new_address_counts_when_it_is_confirmed(login, learner):
    """allauth keeps addresses in lower case; the database would refuse others."""
    client = login(learner)
    client.post("/konto/email/", {"action_add": "", "email": "New@Example.org"})
    link = OutboxMail.objects.get(to="new@example.org", template="accounts/email/email_confirmation.txt")
    client.post(link.context["activate_url"].removeprefix("http://testserver"))
    client.post("/konto/email/", {"action_primary": "", "email": "new@example.org"})
    learner.refresh_from_db()
    assert learner.email == "new@example.org"


# ── What strangers learn (T-ENUM), and how often they may try (T-BRUTE)


def stripped(response) -> bytes:
    """The page without the token and without the address that the visitor typed."""
    page = re.sub(rb'name="csrfmiddlewaretoken" value="[^"]*"', b"", response.content)
    return re.sub(rb"[\w.-]+@example\.org", b"ADDRESS", page)


@pytest.mark.parametrize(
    ("url", "fields"),
    [
        (LOGIN, {"login": "{}", "password": "wrong-password-here"}),
        (CODE, {"email": "{}"}),
        (RESET, {"email": "{}"}),
    ],
)
def test_known_and_unknown_addresses_get_the_same_answer(url, fields):
    known = make_user("learner", email="known@example.org")
    answers = []
    for address in (known.email, "stranger@example.org"):
        client = Client()
        answer = client.post(url, {name: value.format(address) for name, value in fields.items()})
        pages = [answer] + ([client.get(answer.url)] if answer.status_code == 302 else [])
        answers.append([(page.status_code, page.get("Location"), stripped(page)) for page in pages])
    assert answers[0] == answers[1]


@pytest.mark.parametrize("url", [CODE, RESET])
def test_known_and_unknown_addresses_cause_one_mail_each(url):
    known = make_user("learner", email="known@example.org")
    for address in (known.email, "stranger@example.org"):
        Client().post(url, {"email": address})
        assert OutboxMail.objects.filter(to=address).count() == 1


class CountingHasher(MD5PasswordHasher):
    hashed = 0

    def encode(self, *args, **kwargs):
        type(self).hashed += 1
        return super().encode(*args, **kwargs)


def test_unknown_addresses_cost_as_much_hashing_as_known_ones(settings):
    settings.PASSWORD_HASHERS = [f"{__name__}.CountingHasher"]
    known = make_user("learner", email="known@example.org")
    effort = []
    for address in (known.email, "stranger@example.org"):
        before = CountingHasher.hashed
        Client().post(LOGIN, {"login": address, "password": "wrong-password-here"})
        effort.append(CountingHasher.hashed - before)
    assert effort == [1, 1]


def test_after_five_wrong_passwords_the_right_one_waits(learner):
    for _ in range(5):
        by_password(Client(), learner, "wrong-password-here")
    client = Client()
    by_password(client, learner)
    assert not is_in(client)


def test_guessing_one_address_locks_nobody_else_out(learner, provider_staff):
    for _ in range(6):
        by_password(Client(REMOTE_ADDR="192.0.2.7"), learner, "wrong-password-here")
    client = Client(REMOTE_ADDR="192.0.2.8")
    by_password(client, provider_staff)
    assert is_in(client)


def test_codes_are_not_sent_without_end(learner):
    statuses = [Client().post(CODE, {"email": learner.email}).status_code for _ in range(5)]
    assert statuses == [302, 302, 302, 200, 200]  # from the fourth on the form says that it is too much
    assert OutboxMail.objects.filter(to=learner.email).count() == 3


def test_links_in_mails_never_follow_a_forged_host(client, learner, settings):
    settings.ALLOWED_HOSTS = ["*"]
    client.post(RESET, {"email": learner.email}, HTTP_HOST="evil.example")
    link = OutboxMail.objects.get().context["password_reset_url"]
    assert link.startswith("http://testserver/konto/password/reset/key/")


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"]
)
def test_login_never_leads_to_a_foreign_page(client, learner, target):
    answer = client.post(LOGIN, {"login": learner.email, "password": PASSWORD, "next": target})
    assert is_in(client)
    assert "evil" not in answer.url
    assert "javascript" not in answer.url


# ── Demo


def test_demo_logins_open_what_their_role_opens(client, settings):
    settings.DEMO = True
    people = demo.create_logins()
    assert {key: person.roles for key, person in people.items()} == {login.key: [*login.roles] for login in demo.LOGINS}
    client.post(LOGIN, {"login": people["coordinator"].email, "password": demo.PASSWORD})
    client.post("/konto/2fa/authenticate/", {"code": demo.current_code()})
    assert client.get(ADMIN).status_code == 200


def test_demo_logins_are_made_twice_without_harm(settings):
    settings.DEMO = True
    assert demo.create_logins() == demo.create_logins()
    assert User.objects.count() == len(demo.LOGINS)


@pytest.mark.parametrize("deed", [demo.create_logins, demo.current_code])
def test_outside_the_demo_there_are_no_demo_logins(settings, deed):
    settings.DEMO = False
    with pytest.raises(demo.NotADemoError):
        deed()


def test_an_activated_demo_login_uses_the_shown_secret(settings):
    settings.DEMO = True
    person = demo.create_logins()["editor"]
    assert TOTP(Authenticator.objects.get(user=person)).validate_code(demo.current_code())
