"""Five sweeps at once and three in a row are one; an answer and a purge never cross. Real connections and locks."""

import threading
from contextlib import suppress
from datetime import timedelta

import pytest
from django.db import connection

from kit import clock, outbox
from kit.models import Heartbeat, OutboxMail
from kit.uptime import MARK
from talentpool import tasks
from talentpool.actions import cycle
from talentpool.actions.answering import answer
from talentpool.actions.confirming import Gone
from talentpool.models import CheckIn, Entry, Outcome
from tests.make import make_place
from tests.talentpool.make import make_entry, make_member, make_pool

pytestmark = pytest.mark.django_db(transaction=True)
PEOPLE = 40


@pytest.fixture
def now(at):
    return at("2026-05-12 10:00")


def at_once(*works) -> None:
    """Each in a thread with a connection of its own; all begin together."""
    gate = threading.Barrier(len(works))
    failures = []

    def run(work):
        gate.wait()
        try:
            work()
        except Exception as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[work]) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


def populate(now) -> None:
    """People in every state in which a sweep has something to do.

    Ten have just answered, ten are due for the first question, ten for the second, of ten nine as well; one is due to
    be hidden. Four of them, two in the first and two in the third ten, have left and are due to be erased.
    """
    pool, place = make_pool(), make_place()
    make_member(pool)
    for number in range(PEOPLE):
        entry = make_entry(pool, place=place, confirmed_at=now - timedelta(days=[1, 91, 110, 125][number % 4]))
        if number % 4 >= 2:
            ask(entry, 1, now - timedelta(days=[15, 30][number % 4 - 2]))
        if number % 40 == 3:
            ask(entry, 2, now - timedelta(days=15))
        if number % 10 == 0:
            Entry.objects.filter(pk=entry.pk).update(left_at=now - timedelta(days=8), leave_reason="hired")
    Heartbeat.objects.update_or_create(name=MARK, defaults={"at": now})


def ask(entry, ordinal, moment) -> None:
    mail = OutboxMail.objects.create(
        template="talentpool/email/check_in_first.txt", language="de", to=entry.user.email, purpose="talent pool",
        created_at=moment, state="accepted", accepted_at=moment,
    )  # fmt: skip
    CheckIn.objects.create(entry=entry, cycle=1, ordinal=ordinal, mail=mail, asked_at=moment)


def picture() -> tuple:
    """What sweeps leave behind, without chance numbers."""
    entries = Entry.objects.order_by("user__email").values_list("cycle", "left_at", "leave_reason", "orphaned_since")
    checks = CheckIn.objects.values_list("cycle", "ordinal", "closed_at")
    return (
        sorted(map(str, entries)),
        sorted(map(str, checks)),
        sorted(OutboxMail.objects.values_list("template", flat=True)),
        Outcome.objects.count(),
    )


@pytest.mark.parametrize("way", ["five at once", "three in a row"])
def test_many_sweeps_are_one(now, way):
    populate(now)
    if way == "five at once":
        at_once(*[tasks.sweep] * 5)
    tasks.sweep()
    if way == "three in a row":
        tasks.sweep()
        tasks.sweep()
    assert CheckIn.objects.filter(ordinal=1).count() == 28
    assert CheckIn.objects.filter(ordinal=2).count() == 18
    assert OutboxMail.objects.filter(template__endswith="check_in_first.txt", state="queued").count() == 10
    assert OutboxMail.objects.filter(template__endswith="check_in_second.txt").count() == 17
    assert OutboxMail.objects.filter(template__endswith="hidden.txt").count() == 1
    assert OutboxMail.objects.filter(template__endswith="erased.txt").count() == 4
    assert Outcome.objects.count() == 4
    before = picture()
    assert not any(tasks.sweep().values())
    assert picture() == before


def test_control_without_the_second_look_sweeps_collide(now, monkeypatch):
    """Whoever goes by the first look alone counts a question twice; the database keeps the second one out."""
    populate(now)
    pool = Entry.objects.first().pool
    gate = threading.Barrier(2)
    counts = []

    def at_first_sight(due):
        found = list(due.values_list("pk", flat=True))
        gate.wait(timeout=5)
        return found

    def ask_without_asking_again():
        counts.append(cycle._ask_batch(cycle.due_first(pool), ordinal=1))

    monkeypatch.setattr(cycle, "_hold", at_first_sight)
    at_once(*[ask_without_asking_again] * 2)
    assert CheckIn.objects.filter(ordinal=1, mail__state="queued").count() == 10
    assert sum(counts) == 10


def test_five_senders_deliver_each_mail_once(now, mailoutbox):
    populate(now)
    tasks.sweep()
    waiting = OutboxMail.objects.open().count()
    at_once(*[outbox.deliver_due] * 5)
    assert len(mailoutbox) == len({mail.extra_headers["Message-ID"] for mail in mailoutbox}) == waiting


@pytest.mark.parametrize("number", range(8))
def test_an_answer_and_a_purge_do_not_cross(now, number):
    """Who comes first wins: hidden and no answer noted, or answered and never hidden."""
    entry = make_entry(confirmed_at=now - timedelta(days=125))
    for ordinal, days in ((1, 30), (2, 15)):
        ask(entry, ordinal, now - timedelta(days=days))
    Heartbeat.objects.update_or_create(name=MARK, defaults={"at": now})
    check_in = entry.check_ins.last()

    def say():
        with suppress(Gone):
            answer(check_in=check_in, answer=CheckIn.Answer.LOOKING, by=entry.user)

    at_once(*([say, cycle.hide] if number % 2 else [cycle.hide, say]))
    entry.refresh_from_db()
    check_in.refresh_from_db()
    answered, hidden = check_in.answer == "looking", entry.left_at is not None
    assert answered is not hidden
    assert (entry.confirmed_at == clock.now()) is answered
