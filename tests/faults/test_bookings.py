"""`./dev faults bookings` in small: thirty people, two rounds, and the control that has to fail."""

import threading
from contextlib import closing

import pytest
from django.db import connection
from django.test import Client

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
