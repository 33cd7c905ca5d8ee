"""Two real clusters and a real web server: what is read from the replica, what is not, and what happens without it.

Replay is paused to tell the two apart: what was changed since is known to the primary alone.
"""

import os
import tempfile
import threading
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from kit.models import Heartbeat
from portal import health
from portal.embedded import pytest_servers
from providers.models import Organization
from taxonomy.models import Page
from tests import make
from tests.portal.replica import Answer, Replica, Web, serving, wait_until

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        "%2F" not in os.environ["DATABASE_URL"], reason="a server that is not ours streams to nobody from here"
    ),
]

LIST = "/anbieter/"
OLD, NEW = "Altes Haus", "Neues Haus"
TOKEN = "a" * 32


@pytest.fixture(scope="module")
def folder():
    """PostgreSQL's account passes through; it goes with the test run."""
    made = Path(tempfile.mkdtemp(dir=os.environ[pytest_servers.MARK]))
    made.chmod(0o711)
    return made


@pytest.fixture(scope="module")
def pair(folder, django_db_setup, django_db_blocker):
    """The replica, and a web server for which no lag is too long."""
    with django_db_blocker.unblock():
        twin = Replica(folder).make()
        try:
            with serving(twin, folder, lag=3600, timeout_ms=30_000) as web:
                yield twin, web
        finally:
            twin.cluster.stop()


@pytest.fixture(scope="module")
def strict(pair, folder, django_db_blocker):
    """A web server that asks no replica which is two seconds behind, and ends statements as in production."""
    with django_db_blocker.unblock(), serving(pair[0], folder, lag=1, timeout_ms=2000) as web:
        yield web


@pytest.fixture
def twin(pair) -> Replica:
    """Alive, whatever the test before has done to it."""
    replica, _web = pair
    return replica.start() if replica.cluster.child.ended else replica


@pytest.fixture
def web(pair) -> Web:
    return pair[1]


@pytest.fixture
def house(pair) -> Organization:
    make.make_region()
    for name in health.HEARTBEATS:
        Heartbeat.objects.beat(name)
    return make.make_organization(OLD, slug="haus")


def rename(house: Organization) -> None:
    Organization.objects.filter(pk=house.pk).update(name=NEW)


def wait_for_replica(web: Web) -> None:
    """Any organisation that was made before has arrived, and the web server reads it from there."""
    wait_until(lambda: web.replica == "ok")
    wait_until(lambda: OLD in web.get(LIST).body)


@contextmanager
def changed_behind(twin: Replica, web: Web, house: Organization):
    """The house has its new name at the primary, and its old one at the replica."""
    wait_for_replica(web)
    with twin.paused():
        rename(house)
        yield


# ── Who reads where


def test_a_public_list_is_read_from_the_replica_and_follows(twin, web, house):
    with changed_behind(twin, web, house):
        for address in (LIST, "/anbieter/haus/"):
            assert OLD in web.get(address).body
            assert NEW not in web.get(address).body
        assert web.ask("HEAD", LIST).status == 200
        assert "cookie" not in web.get(LIST).headers.get("Vary", "").lower()  # a cache may keep it
    wait_until(lambda: NEW in web.get(LIST).body)


def test_what_has_not_arrived_yet_is_no_404(twin, web, house):
    with changed_behind(twin, web, house):
        make.make_organization("Ganz neu", slug="ganz-neu")
        assert "Ganz neu" in web.get("/anbieter/ganz-neu/").body
        assert web.get("/anbieter/gibt-es-nicht/").status == 404


def test_staff_see_at_once_what_they_have_done(twin, web, house):
    waiting = make.make_organization("Wartendes Haus", slug="wartet", state=Organization.State.SUBMITTED)
    session = make.make_login(Client(), make.make_user("coordinator")).cookies["sessionid"].value
    cookies = {"sessionid": session, "csrftoken": TOKEN}
    fields = {"action": "publish", "_selected_action": waiting.pk, "csrfmiddlewaretoken": TOKEN}
    with changed_behind(twin, web, house):
        admin = reverse("admin:providers_organization_changelist")
        assert web.ask("POST", admin, cookies=cookies, fields=fields).status == 302
        assert waiting.name in web.get(LIST, **cookies).body
        assert waiting.name in web.get(LIST, sessionid=session).body
        assert waiting.name in web.get(LIST, csrftoken=TOKEN).body  # after the logout
        assert waiting.name not in web.get(LIST).body  # others wait until it has arrived


def test_whoever_had_a_form_of_ours_reads_from_the_primary(twin, web, house):
    """A booking needs no account, but its form sets the cookie of the token."""
    form = web.get("/konto/login/")
    assert "csrftoken" in form.cookies
    with changed_behind(twin, web, house):
        assert NEW in web.get(LIST, **form.cookies).body


def test_a_view_that_is_not_declared_published_reads_from_the_primary(twin, web, house):
    """The health page is open to all and `access.public` alone: it must know of a heart that has just stopped."""
    with changed_behind(twin, web, house):
        Heartbeat.objects.filter(name="beat").delete()
        assert "never seen" in web.get("/healthz/ready").body


def test_every_published_page_can_be_read_from_a_replica(twin, web, house):
    """A statement that writes, locks or makes a temporary table would fall back to the primary each time."""
    topic, place = make.make_topic(), make.make_place()
    run = make.make_run(make.make_course(house, topic=topic), location=make.make_location(house, place=place))
    Page.objects.create(slug="impressum", language="de", title="Impressum", body="<p>Wer wir sind</p>")
    wait_for_replica(web)
    wait_until(lambda: web.get(run.course.get_absolute_url()).status == 200)
    addresses = ["/", "/themen/", f"/themen/{topic.slug}/", "/orte/", f"/orte/{place.slug}/", LIST, "/anbieter/haus/"]
    addresses += ["/kurse/", "/kurse/?q=Kurs", "/kurse/rss/", "/kurse/kalender.ics", run.course.get_absolute_url()]
    addresses += [f"{run.course.get_absolute_url().rstrip('/')}/{run.pk}.ics", "/impressum/", "/region.css"]
    addresses += ["/sitemap.xml", "/sitemap-kurse.xml", "/sitemap-anbieter.xml", "/kurse/?ansicht=kalender"]

    said = web.log.read_text()
    assert {address: web.get(address).status for address in addresses} == dict.fromkeys(addresses, 200)
    assert web.log.read_text() == said


# ── A replica that is late, away or slow


def test_a_replica_that_lags_is_not_read(twin, strict, house):
    wait_for_replica(strict)
    with twin.paused():
        rename(house)
        wait_until(lambda: strict.replica.startswith("behind by"))
        assert NEW in strict.get(LIST).body
        assert strict.get("/healthz/ready").status == 200  # told, and no reason to take the host away
    wait_until(lambda: strict.replica == "ok")
    assert NEW in strict.get(LIST).body


@contextmanager
def reading(twin: Replica, web: Web, table: str, address: str = LIST):
    """A stranger's page waits for a lock on this table at the replica, which repeats what the primary has locked. The
    block begins when it waits; the lock ends with it. Yields a list for the answer, complete after the block."""
    answers: list[Answer] = []
    reader = threading.Thread(target=lambda: answers.append(web.get(address)))
    with psycopg.connect(**connection.get_connection_params()) as other:
        other.execute(f"LOCK TABLE {table}")
        other.execute("SELECT pg_switch_wal()")  # sends the lock on its way
        wait_until(lambda: twin.ask("SELECT count(*) FROM pg_locks WHERE mode = 'AccessExclusiveLock'"))
        reader.start()
        wait_until(lambda: twin.waiting == 1)
        yield answers
    reader.join()


def test_a_statement_ends_in_time_on_the_replica_too(twin, strict, house):
    wait_for_replica(strict)
    with reading(twin, strict, "providers_organization") as answers:
        wait_until(lambda: answers)

    assert [answer.status for answer in answers] == [503]


def test_nobody_notices_that_the_replica_dies_in_the_middle_of_a_page(twin, web, house):
    wait_for_replica(web)
    with reading(twin, web, "providers_organization") as answers:
        twin.kill()

    assert [(answer.status, OLD in answer.body) for answer in answers] == [(200, True)]
    assert web.replica == "away"
    assert web.get("/healthz/ready").status == 200
    twin.start()
    wait_for_replica(web)  # and is found again


def test_nobody_notices_that_the_replica_dies_under_load(twin, web, house):
    wait_for_replica(web)
    pages, answers = ["/", LIST, "/anbieter/haus/", "/orte/"], []
    started = threading.Barrier(len(pages) + 1)

    def read(address: str):
        answers.append(web.get(address))
        started.wait()
        answers.extend(web.get(address) for _number in range(8))

    readers = [threading.Thread(target=read, args=[page]) for page in pages]
    for reader in readers:
        reader.start()
    started.wait()
    twin.kill()
    for reader in readers:
        reader.join()

    assert {answer.status for answer in answers} == {200}
    assert web.replica == "away"
