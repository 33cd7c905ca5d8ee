"""What makes the test environment hostile, and the cast of people.

Guards of ours, on top of pyproject.toml (warnings are errors, so an unordered queryset in a paginator is one; no
socket leaves the machine):

- a variable that a template of ours uses and nobody gave it is an error (Django prints nothing instead)
- a page that answers 200 with a POST form without csrf token is an error
- each test starts with an empty cache, which is a real Valkey
"""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.conf import settings
from django.core.cache import cache
from django.core.management import call_command
from django.template import engines
from django.test import Client
from hypothesis import settings as hypothesis

from accounts import journal
from kit import kept
from kit.templatetags import keeping
from portal.demo.loading import load
from portal.demo.profiles import PROFILES
from tests import guards, make

DEMO_WEEK = "2026-11-18 10:00"  # the demo is the same within a week


def pytest_configure(config):
    """Before anything is rendered or hashed: plain static names, quick passwords (one Argon2 takes 50 ms)."""
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}
    settings.WHITENOISE_AUTOREFRESH = True  # nobody collects static files for a test
    hypothesis.register_profile("repeatable", derandomize=True)  # the same cases each time: red is red for everybody
    hypothesis.load_profile("repeatable")
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def _undefined_variables_are_errors():
    """For each test anew: a change of settings.DEBUG makes Django build its engines again."""
    engines["django"].engine.string_if_invalid = guards.Undefined()


@pytest.fixture(autouse=True)
def _every_post_form_has_a_token(monkeypatch):
    plain_request = Client.request

    def request(self, **environ):
        response = plain_request(self, **environ)
        guards.check_forms(response)
        return response

    monkeypatch.setattr(Client, "request", request)


@pytest.fixture(autouse=True)
def _empty_cache():
    cache.clear()


@pytest.fixture(autouse=True)
def _each_request_looks_for_changes(monkeypatch):
    """Where a process otherwise looks once a second; parts of pages were made under other settings."""
    keeping.forget()
    kept.look_again()
    plain_request = Client.request

    def request(self, **environ):
        kept.look_again()
        return plain_request(self, **environ)

    monkeypatch.setattr(Client, "request", request)


@pytest.fixture(autouse=True)
def _empty_journal():
    """The database of a test begins empty; a journal that knows more would say it was restored."""
    journal.path().unlink(missing_ok=True)


@pytest.fixture
def at():
    """Stops every clock: `at("2026-05-12 10:00")` is that moment in Germany, until the next call or the test's end."""
    traveller = guards.Traveller()
    yield traveller
    traveller.stop()


@pytest.fixture
def frozen(at):
    """An ordinary Tuesday morning in term time."""
    return at("2026-05-12 10:00")


@pytest.fixture(scope="module")
def demo_region(django_db_setup, django_db_blocker):
    """The smallest demo, loaded once for all questions and removed after them."""
    traveller = guards.Traveller()
    traveller(DEMO_WEEK)
    with loaded_demo(django_db_blocker):
        yield
    traveller.stop()


@contextmanager
def loaded_demo(blocker) -> Iterator[None]:
    """The smallest profile for all tests of a file, removed with the vocabulary after them."""
    with blocker.unblock():
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("django.conf.settings.DEMO", True)
            load(PROFILES["XS"], say=lambda line: None, reset=True)
        yield
        call_command("flush", interactive=False, verbosity=0)


# ── The cast: one person per role, and how they come in


@pytest.fixture
def login(client):
    """`login(user)` logs the person in, with the second factor shown where the role asks for one."""

    def enter(user):
        make.make_login(client, user)
        return client

    return enter


@pytest.fixture
def coordinator(db):
    return make.make_user("coordinator")


@pytest.fixture
def editor(db):
    return make.make_user("editor")


@pytest.fixture
def moderator(db):
    return make.make_user("moderator")


@pytest.fixture
def data_protection(db):
    return make.make_user("data_protection")


@pytest.fixture
def counsellor(db):
    return make.make_user("counsellor")


@pytest.fixture
def provider_staff(db):
    return make.make_user("provider")


@pytest.fixture
def company_staff(db):
    return make.make_user("company")


@pytest.fixture
def school_staff(db):
    return make.make_user("school")


@pytest.fixture
def learner(db):
    return make.make_user("learner")
