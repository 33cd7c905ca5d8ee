"""Time that passes while the portal works."""

from datetime import timedelta

import pytest

from kit import clock, outbox
from kit.models import Heartbeat
from kit.uptime import MARK


@pytest.fixture
def days(at):
    """`days(14)` lets a fortnight pass in which every sweep had its turn, and returns the moment."""
    at("2026-01-13 10:00")  # so that no step of a round falls on a Sunday

    def move(number: float):
        moment = at(clock.now() + timedelta(days=number))
        Heartbeat.objects.update_or_create(name=MARK, defaults={"at": clock.now()})
        return moment

    return move


@pytest.fixture
def post(mailoutbox):
    """`post()` delivers what is due and returns the mails that left with it."""

    def deliver():
        before = len(mailoutbox)
        outbox.deliver_due()
        return mailoutbox[before:]

    return deliver
