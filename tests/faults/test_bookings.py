"""`./dev faults bookings` in small: thirty people, two rounds, and the control that has to fail."""

import threading
from collections import Counter
from contextlib import closing
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import OperationalError, connection, transaction
from django.test import Client

from counseling.actions import claiming
from counseling.models import Appointment, Claim
from faults import _bookings
from faults._bookings import Answer, Outcome
from tests.make import make_region

pytestmark = pytest.mark.django_db(transaction=True)
PEOPLE, ROUNDS = 30, 2


@pytest.fixture
def offer(frozen):
    make_region()
    return _bookings.offer()


def race(offer, starts_at) -> Outcome:
    """Everybody has the page open and presses the button at the same moment."""
    start, answers = threading.Barrier(PEOPLE), []
    address = _bookings.address(offer, starts_at)

    def press(number: int):
        client = Client(REMOTE_ADDR=f"192.0.2.{number}", raise_request_exception=False)
        start.wait()
        with closing(connection):
            response = client.post(address, {"zeit": f"{starts_at:%Y-%m-%dT%H:%MZ}"})
        is_helpful = response.status_code == 409 and "Nächste freie Zeit" in response.content.decode()
        answers.append(Answer(response.status_code, response.status_code == 302, is_helpful, 0))

    threads = [threading.Thread(target=press, args=[number]) for number in range(PEOPLE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    talks = Claim.objects.filter(kind=Claim.Kind.CORE, during__startswith=starts_at).count()
    return Outcome(answers, Appointment.objects.holding().filter(starts_at=starts_at).count(), talks)


def test_one_of_thirty_has_the_time(offer):
    for starts_at in offer.times(ROUNDS):
        assert race(offer, starts_at).breaches == []


def test_without_the_constraint_several_have_it(offer):
    """Negative control: what refuses the others is the database, and a breach would be seen."""
    with _bookings.guard_removed():
        outcomes = [race(offer, starts_at) for starts_at in offer.times(ROUNDS)]
    assert max(outcome.booked for outcome in outcomes) > 1
    assert any(outcome.breaches for outcome in outcomes)


# ── Times that overlap in part, each with pauses: claims that could wait for each other

STAGGERED = 8
PAUSE = """
CREATE FUNCTION pause() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(0.02); RETURN NEW; END';
CREATE TRIGGER pause BEFORE INSERT ON counseling_claim FOR EACH ROW EXECUTE FUNCTION pause();
"""
NO_PAUSE = "DROP TRIGGER pause ON counseling_claim; DROP FUNCTION pause();"


@pytest.fixture
def slow_inserts():
    """Between its two rows each claim waits until all others have written one."""
    with connection.cursor() as cursor:
        cursor.execute(PAUSE)
    yield
    with connection.cursor() as cursor:
        cursor.execute(NO_PAUSE)


def stagger(counsellor, starts_at) -> Counter:
    """Everybody claims twenty minutes at once, seven minutes after the one before; how often it ended in which way."""
    start, ends, ten = threading.Barrier(STAGGERED), Counter(), timedelta(minutes=10)

    def claim(number: int):
        begin = starts_at + timedelta(minutes=7 * number)
        start.wait()
        with closing(connection):
            try:
                with transaction.atomic():
                    claiming.claim(
                        use=uuid4(), starts_at=begin, ends_at=begin + 2 * ten, before=ten, after=ten,
                        counsellor=counsellor,
                    )  # fmt: skip
            except (claiming.Taken, OperationalError) as error:
                ends[type(error)] += 1
            else:
                ends["has it"] += 1

    threads = [threading.Thread(target=claim, args=[number]) for number in range(STAGGERED)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return ends


@pytest.mark.usefixtures("slow_inserts")
def test_whoever_comes_too_late_is_told_and_nobody_waits_for_each_other(offer):
    for starts_at in offer.times(ROUNDS):
        ends = stagger(offer.counsellor, starts_at)
        assert ends["has it"] >= 1
        assert ends.keys() == {"has it", claiming.Taken}


@pytest.mark.usefixtures("slow_inserts")
def test_without_the_line_they_wait_for_each_other(offer, monkeypatch):
    """Negative control: PostgreSQL would have to end deadlocks, and somebody would see an error."""
    monkeypatch.setattr(claiming, "_lines", lambda *holders: ["a line for me alone " + str(uuid4())])
    assert any(stagger(offer.counsellor, starts_at)[OperationalError] for starts_at in offer.times(10))
