"""Deliveries that the portal fetches by itself: what comes is imported, what fails harms nothing, somebody is told."""

import threading
import time
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from accounts.actors import SYSTEM
from courses import tasks
from courses.importing import deliveries, feeds
from courses.models import Course, Delivery, Feed, FeedRun, ImportPlan
from kit import clock, outbox
from kit.fetch import Limits
from kit.models import OutboxMail
from tests import make
from tests.courses import deliveries as d
from tests.kit.webserver import Guarded, Open, reply, serving

pytestmark = pytest.mark.django_db
URL = "https://feed.example.org/kurse.xml"
LIMITS = Limits(connect=5, headers=10, total=15)  # a busy machine is no slow server
Outcome, State = FeedRun.Outcome, ImportPlan.State


def make_feed(url: str = URL, *, trusted: bool = True, **fields) -> Feed:
    provider = fields.pop("provider", None) or make.make_organization(
        "Testwerk", is_trusted=trusted, email="a@testwerk.example"
    )
    return Feed.objects.create(provider=provider, url=url, **fields)


def catalog(*products: str, **options) -> bytes:
    return d.catalog(*(d.service(product) for product in products), **options)


@contextmanager
def provider_server(*answers):
    """Gives one answer after the other, the last for ever; bytes are a file."""
    ready = [reply(answer) if isinstance(answer, bytes) else answer for answer in answers]

    def answer(wire, request, number):
        ready[min(number, len(ready)) - 1](wire, request, number)

    with serving(answer) as server:
        yield server


def fetch_all(server, *, network=None, limits=LIMITS) -> None:
    """The sweep and what it rings, one after the other."""
    plans, _more = feeds.fetch_due(network=network or Open(server.port), limits=limits)
    for plan in plans:
        tasks.read_plan(plan.pk)
    tasks.sweep_imports()


def again(server, feed: Feed, *, network=None) -> Feed:
    Feed.objects.filter(pk=feed.pk).update(next_due_at=clock.now())
    fetch_all(server, network=network)
    feed.refresh_from_db()
    return feed


def outcomes(feed: Feed) -> list[str]:
    return list(feed.runs.order_by("pk").values_list("outcome", flat=True))


# ── What comes is imported


def test_a_trusted_provider_is_public_at_once():
    feed = make_feed()
    with provider_server(catalog("1", "2")) as server:
        fetch_all(server)
    feed.refresh_from_db()
    assert Course.objects.visible().count() == 2
    assert (feed.failures, feed.error, feed.last_ok_at is not None) == (0, "", True)
    assert feed.next_due_at > clock.now() + timedelta(hours=23)
    delivery = Delivery.objects.get()
    assert (delivery.provider, delivery.file_name, delivery.received_by) == (feed.provider, "kurse.xml", "system")
    assert outcomes(feed) == [Outcome.ACCEPTED]


def test_new_courses_of_others_wait_for_approval_and_changes_do_not():
    feed = make_feed(trusted=False)
    first = d.catalog(d.service("1", title="Alt"))
    second = d.catalog(d.service("1", title="Neu"), d.service("2", title="Zweiter"))
    with provider_server(first, first + b"\n", second) as server:
        fetch_all(server)
        assert Course.objects.get().state == "submitted"
        again(server, feed)
        assert Course.objects.get().state == "submitted"
        Course.objects.update(state="published")
        again(server, feed)
    assert set(Course.objects.values_list("title", "state")) == {("Neu", "published"), ("Zweiter", "submitted")}


def test_what_waits_stays_waiting_when_its_text_changes():
    feed = make_feed(trusted=False)
    with provider_server(d.catalog(d.service("1", title="A")), d.catalog(d.service("1", title="B"))) as server:
        fetch_all(server)
        again(server, feed)
    course = Course.objects.get()
    assert (course.title, course.state) == ("B", "submitted")


def test_whoever_applies_by_hand_approves():
    make_feed(trusted=False)
    with provider_server(catalog("1")) as server:
        fetch_all(server)
    provider = Feed.objects.get().provider
    file = d.stream(d.catalog(d.service("1", title="Anders"), d.service("2")))
    delivery = deliveries.receive(file=file, name="x", provider=provider, by=SYSTEM)
    (plan,) = deliveries.plan_delivery(delivery=delivery, by=SYSTEM)
    deliveries.approve(plan=plan, by=SYSTEM)
    deliveries.apply_plan(plan=plan, by=SYSTEM)
    assert set(Course.objects.values_list("state", flat=True)) == {"published"}


def test_a_brake_holds_however_trusted():
    feed = make_feed()
    with provider_server(catalog("1", "2", "3", "4"), catalog("1")) as server:
        fetch_all(server)
        again(server, feed)
    assert Course.objects.visible().count() == 4
    assert ImportPlan.objects.latest("pk").state == State.WAITING
    assert feed.failures == 0


def test_what_speaks_of_another_provider_waits():
    """Two suppliers in one file: nobody's courses change because somebody else's address says so."""
    make.make_organization("Anderswerk")
    make_feed()
    both = d.supplier("4711", "Testwerk") + d.supplier("4712", "Anderswerk")
    file = d.catalog(d.service("1", ref="4711"), d.service("2", ref="4712"), suppliers=both)
    with provider_server(file) as server:
        fetch_all(server)
    states = dict(ImportPlan.objects.values_list("supplier_name", "state"))
    assert states == {"Testwerk": State.APPLIED, "Anderswerk": State.WAITING}


def test_a_newer_catalogue_overtakes_one_that_waits():
    feed = make_feed()
    with provider_server(catalog("1", "2", "3", "4"), catalog("1"), catalog("2")) as server:
        fetch_all(server)
        again(server, feed)
        again(server, feed)
    assert list(ImportPlan.objects.order_by("pk").values_list("state", flat=True)) == [
        State.APPLIED, State.DISCARDED, State.WAITING,
    ]  # fmt: skip


# ── Nothing new


def test_the_server_says_that_nothing_is_new():
    feed = make_feed()
    with provider_server(reply(catalog("1"), 'ETag: "7"'), reply(status="304 Not Modified")) as server:
        fetch_all(server)
        feed = again(server, feed)
    assert 'If-None-Match: "7"' in server.requests[1]
    assert (outcomes(feed), Delivery.objects.count()) == ([Outcome.ACCEPTED, Outcome.UNCHANGED], 1)


def test_the_same_file_is_nothing_to_do():
    feed = make_feed()
    with provider_server(catalog("1")) as server:
        fetch_all(server)
        feed = again(server, feed)
    assert (outcomes(feed), Delivery.objects.count()) == ([Outcome.ACCEPTED, Outcome.UNCHANGED], 1)


def test_what_is_said_again_counts_as_checked_today(at):
    at("2026-05-12 10:00")
    feed = make_feed()
    with provider_server(catalog("1", "2")) as server:
        fetch_all(server)
        Course.objects.filter(external_id="2").update(withdrawn_at=clock.now())
        later = at("2026-05-13 10:00")
        again(server, feed)
        checked = dict(Course.objects.values_list("external_id", "checked_at"))
        assert (checked["1"], checked["2"] < later) == (later, True)
        file = d.stream(catalog("1", "3"))
        delivery = deliveries.receive(file=file, name="x", provider=feed.provider, by=SYSTEM)
        (plan,) = deliveries.plan_delivery(delivery=delivery, by=SYSTEM)
        deliveries.approve(plan=plan, by=SYSTEM)
        deliveries.apply_plan(plan=plan, by=SYSTEM)
        at("2026-05-14 10:00")
        again(server, feed)
    assert set(Course.objects.filter(withdrawn_at=None).values_list("checked_at", flat=True)) == {later}


# ── Failures


BROKEN = {
    "html": b"<!DOCTYPE html><html><body>502 Bad Gateway</body></html>",
    "truncated xml": catalog("1", "2", "9")[:-60],
    "words": b"Service temporarily unavailable",
    "nothing": b"",
    "spaces": b"  \n ",
    "json": b'{"error": 1}',
    "cut off": reply(catalog("1"), length=99999),
    "500": reply(b"oops", status="500 Internal Server Error"),
    "404": reply(b"gone", status="404 Not Found"),
    "redirect to the inside": reply(b"", "Location: https://inner.example.org/", status="302 Found"),
}


@pytest.mark.parametrize("broken", BROKEN)
def test_what_fails_leaves_the_catalogue_as_it_was(broken):
    feed = make_feed()
    with provider_server(catalog("1", "2"), BROKEN[broken], BROKEN[broken], catalog("1", "2", "3")) as server:
        network = Open(server.port, {"inner.example.org": ["10.0.0.1"]})
        fetch_all(server, network=network)
        before = d_state()
        feed = again(server, feed, network=network)
        assert (feed.failures, bool(feed.error), d_state()) == (1, True, before)
        assert clock.now() < feed.next_due_at < clock.now() + timedelta(hours=2)
        assert again(server, feed, network=network).failures == 2
        assert d_state() == before
        feed = again(server, feed, network=network)
    assert (feed.failures, feed.error, Course.objects.visible().count()) == (0, "", 3)


def d_state() -> set:
    return set(Course.objects.visible().values_list("pk", "title", "digest", "withdrawn_at"))


def test_a_feed_that_leads_inside_reaches_nobody():
    feed = make_feed()
    with provider_server(catalog("1")) as server:
        fetch_all(server, network=Guarded(server.port))
        assert server.accepted == 0
    assert outcomes(feed) == [Outcome.FAILED]


def fail(feed: Feed, times: int) -> Feed:
    with provider_server(BROKEN["500"]) as server:
        for _time in range(times):
            feed = again(server, feed)
    return feed


def test_after_three_failures_the_provider_gets_one_mail_in_seven_days(at):
    make.make_region()
    at("2026-05-12 10:00")
    feed = fail(make_feed(), 2)
    assert OutboxMail.objects.count() == 0
    fail(feed, 3)
    mail = OutboxMail.objects.get()
    assert mail.to == "a@testwerk.example"
    message = outbox.written(mail)
    for part in ("Testwerk", URL, "500", "03631 000000"):
        assert part in message.subject + message.body
    at("2026-05-19 09:59")
    fail(Feed.objects.get(), 1)
    assert OutboxMail.objects.count() == 1
    at("2026-05-19 10:01")
    fail(Feed.objects.get(), 1)
    assert OutboxMail.objects.count() == 2


def test_two_feeds_of_one_provider_make_one_mail():
    first = make_feed()
    second = make_feed("https://feed.example.org/zwei.xml", provider=first.provider)
    fail(first, 3)
    fail(second, 3)
    assert OutboxMail.objects.count() == 1


def test_without_an_address_of_the_provider_a_contact_is_asked():
    feed = make_feed()
    feed.provider.email = ""
    feed.provider.save()
    make.make_contact(feed.provider, email="kim@testwerk.example")
    fail(feed, 3)
    assert OutboxMail.objects.get().to == "kim@testwerk.example"


def test_coordinators_see_what_fails(login, coordinator):
    feed = fail(make_feed(), 2)
    client = login(coordinator)
    url = reverse("admin:courses_feed_changelist") + "?faellt_aus=1"
    assert "feed.example.org" not in client.get(url).content.decode()
    fail(feed, 1)
    assert "feed.example.org" in client.get(url).content.decode()
    page = client.get(reverse("admin:courses_feed_change", args=[feed.pk])).content.decode()
    assert page.count("500") >= 3


def test_the_pause_grows():
    feed = make_feed()
    pauses = []
    for _time in range(4):
        feed = fail(feed, 1)
        pauses.append(round((feed.next_due_at - clock.now()).total_seconds() / 3600))
    assert pauses == [1, 6, 24, 24]


# ── Many at once


def test_hanging_servers_hold_up_nobody():
    release = threading.Event()

    def hang(wire, request, number):
        if "HTTP/1.1\r\nHost: feed" in request:
            reply(catalog("1"))(wire, request, number)
        else:
            release.wait(10)

    for number in range(feeds.SIDE_BY_SIDE - 1):
        make_feed(f"https://other.example.org/{number}", provider=make.make_organization())
    make_feed()
    with serving(hang) as server:
        begun = time.monotonic()
        fetch_all(server, limits=Limits(connect=3, headers=3, total=4))
        assert time.monotonic() - begun < 9  # side by side: one after the other they would take 21
        release.set()
    assert Course.objects.visible().count() == 1
    assert Feed.objects.filter(failures=1).count() == feeds.SIDE_BY_SIDE - 1


def test_those_that_fail_stand_behind_the_others():
    failing = fail(make_feed(), 1)
    Feed.objects.update(next_due_at=clock.now() - timedelta(days=1))
    fresh = make_feed("https://feed.example.org/zwei.xml", provider=failing.provider)
    assert list(Feed.objects.due()) == [fresh, failing]


def test_a_feed_is_claimed_once():
    feed = make_feed()
    assert feeds.claim() == [feed]
    assert feeds.claim() == []
    Feed.objects.update(next_due_at=clock.now())
    assert feeds.claim() == [feed]


@pytest.mark.django_db(transaction=True)
def test_two_sweeps_at_once_do_not_wait_for_each_other():
    make_feed()
    seen = []

    def other():
        seen.append(feeds.claim())
        connection.close()

    with transaction.atomic():
        assert len(feeds.claim()) == 1
        thread = threading.Thread(target=other)
        thread.start()
        thread.join(10)
    assert seen == [[]]


@pytest.mark.parametrize("how", ["switched off", "blocked"])
def test_who_is_switched_off_is_left_alone(how):
    feed = make_feed(is_active=how != "switched off")
    if how == "blocked":
        feed.provider.blocked_at, feed.provider.blocked_reason = clock.now(), "Betrug"
        feed.provider.save()
    assert feeds.claim() == []
    with pytest.raises(feeds.NotPossible):
        feeds.ask_now(feed=feed, by=SYSTEM)


def test_a_process_that_died_after_reading_is_followed_by_the_next():
    feed = make_feed()
    with provider_server(catalog("1")) as server:
        plans, _more = feeds.fetch_due(network=Open(server.port), limits=LIMITS)
    assert feeds.left_behind() == []
    deliveries.read_plan(plan=plans[0], by=SYSTEM)  # and then the process dies
    Feed.objects.update(next_due_at=clock.now() + timedelta(days=1))
    tasks.fetch_feeds()
    tasks.sweep_imports()
    assert (outcomes(feed), Course.objects.visible().count()) == ([Outcome.ACCEPTED], 1)
    assert feeds.settle(feed.runs.get().pk) == []


def test_old_fetches_are_forgotten():
    feed = make_feed()
    for days in (91, 89):
        FeedRun.objects.create(feed=feed, outcome=Outcome.UNCHANGED, at=clock.now() - timedelta(days=days))
    assert feeds.forget_old_runs() == 1


# ── Entering an address


@pytest.mark.parametrize(
    "url", ["http://feed.example.org/", "https://127.0.0.1/", "https://a:b@feed.example.org/", "x"]
)
def test_only_addresses_that_may_be_fetched_are_taken(url):
    with pytest.raises(ValidationError):
        Feed(provider=make.make_organization(), url=url).full_clean()


@pytest.mark.parametrize(
    "fields", [{"url": "http://x.example/"}, {"every": 0}, {"every": 169}, {"failures": 1}, {"error": "x"}]
)
def test_the_database_refuses_what_cannot_be(fields):
    with pytest.raises(IntegrityError), transaction.atomic():
        make_feed(**fields)


def test_a_coordinator_adds_a_feed_and_fetches_at_once(login, coordinator):
    client = login(coordinator)
    provider = make.make_organization()
    data = {"provider": provider.pk, "url": URL, "every": "12", "is_active": "on"}
    add = reverse("admin:courses_feed_add")
    assert client.post(add, {**data, "url": "http://feed.example.org/"}).status_code == 200
    assert client.post(add, data).status_code == 302
    feed = Feed.objects.get()
    Feed.objects.update(next_due_at=clock.now() + timedelta(days=1), digest="x", failures=4, error="x")
    now = reverse("admin:courses_feed_fetch", args=[feed.pk])
    assert client.get(now).status_code == 405
    assert client.post(now).status_code == 302
    assert list(Feed.objects.due()) == [feed]
    change = reverse("admin:courses_feed_change", args=[feed.pk])
    client.post(change, {**data, "every": "6"})
    feed.refresh_from_db()
    assert (feed.every, feed.digest, feed.failures) == (6, "x", 4)
    client.post(change, {**data, "url": URL + "?neu"})
    feed.refresh_from_db()
    assert (feed.digest, feed.failures, feed.error) == ("", 0, "")


@pytest.mark.parametrize("role", ["editor", "moderator", "data_protection"])
def test_nobody_else_sees_feeds(login, role):
    feed = make_feed()
    client = login(make.make_user(role))
    for name, args in (("changelist", []), ("add", []), ("change", [feed.pk])):
        assert client.get(reverse(f"admin:courses_feed_{name}", args=args)).status_code in {302, 403}
    assert client.post(reverse("admin:courses_feed_fetch", args=[feed.pk])).status_code in {403, 404}
