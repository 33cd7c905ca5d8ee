"""In a demo weeks pass in seconds, and everything happens that happens in weeks."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from kit import clock
from kit.models import ClockState, Downtime, OutboxMail
from talentpool.models import CheckIn, Entry
from tests.talentpool.make import make_entry

pytestmark = pytest.mark.django_db


@pytest.fixture
def demo(settings, at):
    settings.DEMO = True
    at("2026-01-13 10:00")


def advance(days: int) -> str:
    out = StringIO()
    call_command("advance_clock", days=days, stdout=out)
    return out.getvalue()


def test_a_newcomer_watches_a_whole_round(demo, mailoutbox):
    make_entry(confirmed_at=clock.now() - clock.days(85))
    told = advance(6)
    assert "1 asked for the first time" in told
    assert CheckIn.objects.get().mail.body  # to be read in the Postausgang
    assert "1 asked for the second time" in advance(15)
    assert "1 hidden for want of an answer" in advance(15)
    assert "1 erased" in advance(8)
    assert not Entry.objects.exists()
    assert not Downtime.objects.exists()  # moved time is no downtime
    assert [mail.subject for mail in mailoutbox] == [
        "Suchen Sie noch?",
        "Letzte Frage: Suchen Sie noch?",
        "Ihr Profil ist ausgeblendet und wird gelöscht",
        "Ihr Profil ist gelöscht",
    ]
    assert not OutboxMail.objects.exclude(to="").exists()


def test_the_clock_stands_where_it_should(demo):
    before = clock.now()
    advance(3)
    assert clock.now() - before == clock.days(3)


def test_only_a_demo_moves_its_clock(settings):
    settings.DEMO = False
    with pytest.raises(CommandError, match="demo"):
        advance(1)
    assert not ClockState.objects.exists()


@pytest.mark.parametrize("days", [0, -3])
def test_the_clock_never_runs_backwards(demo, days):
    with pytest.raises(CommandError, match="backwards"):
        advance(days)
