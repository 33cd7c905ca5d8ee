"""Who may be answered by a replica: the rules by themselves. tests/portal/test_replica.py has two real servers."""

from contextlib import contextmanager, suppress

import pytest
from django.db import DatabaseError, connections, transaction
from django.http import HttpResponse
from django.test import RequestFactory
from django.urls import get_resolver

from kit import access, checks, db
from providers.models import Organization
from tests.access_matrix import ALL, MATRIX, NOBODY
from tests.make import make_organization

# A view that is declared published shows nothing of its visitor's own and may be some seconds old. Think, then add it.
PUBLISHED = {
    "home", "page", "region_css", "region_logo", "sitemap", "sitemap_section", "topics", "topic", "places", "place",
    "courses:list", "courses:number", "courses:detail", "courses:run_calendar", "courses:feed", "courses:calendar",
    "courses:suggestions", "providers:list", "providers:detail",
}  # fmt: skip


@contextmanager
def on_replica():
    """As within a published view whose visitor may be answered by the replica."""
    token = db._on_replica.set(True)
    try:
        yield
    finally:
        db._on_replica.reset(token)


def published(patterns, space: str = ""):
    for pattern in patterns:
        if hasattr(pattern, "url_patterns"):
            yield from published(pattern.url_patterns, f"{pattern.namespace}:" if pattern.namespace else space)
        elif getattr(pattern.callback, "is_published", False):
            yield space + pattern.name


def test_only_these_views_may_be_some_seconds_old():
    assert set(published(get_resolver().url_patterns)) == PUBLISHED


def test_they_are_open_to_all_and_take_nothing():
    assert {MATRIX[name].read for name in PUBLISHED} == {ALL}
    assert {MATRIX[name].write for name in PUBLISHED} == {NOBODY}
    assert checks.every_view_declares_access() == []


def test_a_published_view_is_public():
    view = access.published(lambda request: HttpResponse("shown"))

    assert (view.access, view.login_required) == ("public", False)
    assert view(RequestFactory().get("/")).content == b"shown"


def test_without_a_replica_nobody_reads_from_it():
    assert not db.has_replica()
    assert not db.may_read_replica(RequestFactory().get("/"))


@pytest.mark.parametrize(
    ("cookies", "is_stranger"),
    [
        ({}, True),
        ({"_pk_id": "1"}, True),  # of another site under the same domain
        ({"sessionid": "x"}, False),
        ({"csrftoken": "x"}, False),
        ({"sessionid": ""}, False),
    ],
)
def test_whoever_could_have_done_something_is_no_stranger(cookies, is_stranger):
    request = RequestFactory().get("/")
    request.COOKIES = cookies

    assert db._is_stranger(request) is is_stranger


@pytest.mark.django_db(transaction=True)
def test_reads_go_there_and_writes_and_transactions_do_not():
    router = db.Router()
    with on_replica():
        assert router.db_for_read(Organization) == db.REPLICA
        assert router.db_for_write(Organization) == db.PRIMARY
        with transaction.atomic():
            assert router.db_for_read(Organization) == db.PRIMARY
            assert db.reading() is connections["default"]
    assert router.db_for_read(Organization) == db.PRIMARY
    assert db.reading() is connections["default"]


@pytest.mark.django_db
def test_what_was_read_there_is_written_to_the_primary(settings):
    """Without an answer of the router Django writes an object to where it came from."""
    settings.DATABASE_ROUTERS = ["kit.db.Router"]
    house = make_organization("Altes Haus")
    house._state.db = "replica"
    house.name = "Neues Haus"
    house.save()

    assert Organization.objects.get(pk=house.pk).name == "Neues Haus"
    assert house._state.db == "default"


@pytest.mark.django_db(transaction=True)
def test_an_error_that_a_page_has_caught_is_noticed_too(monkeypatch):
    """The page around it shows less than it should. The one server that a test has stands for the replica."""
    monkeypatch.setattr(db, "REPLICA", db.PRIMARY)

    def page(statement: str) -> HttpResponse:
        with suppress(DatabaseError), db.reading().cursor() as cursor:
            cursor.execute(statement)
        return HttpResponse("shown")

    try:
        assert db._from_replica(lambda: page("SELECT 1")).content == b"shown"
        assert db._from_replica(lambda: page("SELECT nothing")) is None
    finally:
        connections[db.PRIMARY].close()


@pytest.mark.django_db(transaction=True)
def test_what_is_kept_under_a_state_of_the_primary_is_read_from_it():
    router = db.Router()
    with on_replica():
        with db.from_primary():
            assert router.db_for_read(Organization) == db.PRIMARY
        assert router.db_for_read(Organization) == db.REPLICA


def test_no_table_is_made_on_the_replica():
    assert db.Router().allow_migrate("replica", "courses") is False
    assert db.Router().allow_migrate("default", "courses") is None


def test_a_replica_may_be_as_far_behind_as_the_primary_was_in_time():
    """A long import commits nothing for minutes, and the replica is always some blocks behind: it is fit."""
    trail = db.Trail()
    assert trail.oldest("0/1", now=100.0, seconds=10) == "0/1"
    assert trail.oldest("0/2", now=102.0, seconds=10) == "0/1"
    assert trail.oldest("0/3", now=110.5, seconds=10) == "0/2"
    assert trail.oldest("0/4", now=200.0, seconds=10) == "0/4"  # nobody has looked for long
