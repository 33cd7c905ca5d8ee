"""Offers that end soon, and the yearly question whether they are still right."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from internships.actions import checking, offering
from internships.models import LESSON_OFFER_CHECK, OFFER_CHECK, Employer, LessonOffer, Offer, Period
from kit import clock, outbox, tokens, uptime
from kit.models import OutboxMail
from portal.schedule import BEAT_SCHEDULE
from tests.internships.conftest import mails
from tests.internships.make import (
    make_campaign,
    make_employer,
    make_lesson_offer,
    make_offer,
    make_period,
    make_scheme,
    next_monday,
)
from tests.internships.test_pages import staff_of, text

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen")]

NOTHING = {"hidden": 0, "asked": 0, "told": 0}


def link(page: str, offer) -> str:
    purpose = OFFER_CHECK if isinstance(offer, Offer) else LESSON_OFFER_CHECK
    name = page if isinstance(offer, Offer) else f"lesson_{page}"
    return reverse(f"internship_links:{name}", args=[tokens.make_for(purpose, offer)])


def day(number: int):
    return clock.today() + timedelta(days=number)


class TestEnding:
    @pytest.mark.parametrize(("in_days", "is_told"), [(10, True), (0, True), (11, False), (-1, False)])
    def test_a_topic_before_its_last_day(self, in_days, is_told):
        make_lesson_offer(shown_until=day(in_days))
        assert checking.sweep()["told"] == is_told
        assert checking.sweep() == NOTHING
        assert mails() == ["offer_ends"] * is_told

    @pytest.mark.parametrize(("in_days", "is_told"), [(13, True), (3, True), (14, False), (2, False)])
    def test_an_internship_before_one_cannot_apply_for_its_last_time(self, in_days, is_told):
        make_offer(days=[day(4), day(in_days)] if in_days > 4 else [day(in_days)])
        assert checking.sweep()["told"] == is_told

    def test_again_for_another_end_but_not_for_the_same(self, at):
        offer = make_offer(days=[day(6)])
        checking.sweep()
        make_period(offer, day(12))
        assert [checking.sweep()["told"], checking.sweep()["told"]] == [1, 0]
        OutboxMail.objects.all().delete()  # old mail is forgotten
        assert checking.sweep() == NOTHING

    def test_no_mail_about_what_nobody_sees(self):
        make_offer(days=[day(6)], paused_at=clock.now())
        make_offer(days=[day(6)], state="submitted")
        make_lesson_offer(make_employer(paused_at=clock.now()), shown_until=day(3))
        make_offer(make_employer(approved_at=None), days=[day(6)])
        assert checking.sweep() == NOTHING

    def test_what_ends_with_its_campaign_is_left_alone(self):
        campaign = make_campaign(first_day=day(6), last_day=day(8), closes_on=day(6))
        make_offer(campaign=campaign, days=[day(8)])
        assert checking.sweep() == NOTHING
        make_offer(campaign=campaign, days=[day(7)])
        assert checking.sweep()["told"] == 1

    def test_three_weeks_without_a_sweep_tell_nothing_that_is_over(self, at):
        make_lesson_offer(shown_until=day(12))
        at("2026-06-02 10:00")
        assert checking.sweep() == NOTHING


class TestLonger:
    def test_one_step_for_a_topic(self, client):
        offer = make_lesson_offer(shown_until=day(5))
        page = link("offer_extend", offer)
        client.get(page)
        checking.sweep()
        assert "Ein weiteres Jahr zeigen" in text(client.get(page))
        offer.refresh_from_db()
        assert offer.shown_until == day(5)
        for _twice in range(2):
            assert "17. Mai 2027" in text(client.post(page))
        offer.refresh_from_db()
        assert offer.shown_until == day(370)

    def test_not_before_the_company_was_told(self, client):
        offer = make_lesson_offer(shown_until=day(50))
        client.post(link("offer_extend", offer))
        offer.refresh_from_db()
        assert offer.shown_until == day(50)

    def test_one_step_for_an_internship(self, client):
        offer = make_offer(days=[next_monday(1)], seats=2)
        checking.sweep()
        page = link("offer_extend", offer)
        opened = client.get(page).content.decode()
        assert f'value="{next_monday(5).isoformat()}"' in opened
        assert offer.periods.count() == 1
        assert client.post(page, {"first_day": next_monday(1).isoformat(), "seats": 2}).status_code == 400
        client.post(page, {"first_day": next_monday(5).isoformat(), "seats": 2})
        assert [(each.first_day, each.seats) for each in offer.periods.all()][1:] == [(next_monday(5), 2)]
        client.post(page, {"first_day": next_monday(9).isoformat(), "seats": 2})
        assert offer.periods.count() == 2

    def test_as_long_as_the_last_time_and_within_the_law(self, client):
        offer = make_offer(days=[], scheme=make_scheme("block"))
        make_period(offer, next_monday(1), next_monday(1) + timedelta(days=4))
        checking.sweep()
        sunday = next_monday(5) - timedelta(days=1)
        with pytest.raises(offering.NotReady):
            checking.extend_offer(offer=make_told(make_offer(days=[next_monday(1)])), first_day=sunday, seats=1)
        period = checking.extend_offer(offer=offer, first_day=next_monday(5), seats=1)
        assert (period.last_day - period.first_day).days == 4

    def test_it_is_seen_after_its_end_for_a_month(self, client, at):
        offer = make_lesson_offer(shown_until=day(5))
        checking.sweep()
        at("2026-06-10 10:00")
        client.post(link("offer_extend", offer))
        offer.refresh_from_db()
        assert offer.shown_until.isoformat() == "2027-06-10"


def make_told(offer: Offer) -> Offer:
    Offer.objects.filter(pk=offer.pk).update(end_told=offer.ends_on)
    return Offer.objects.get(pk=offer.pk)


@pytest.fixture(params=["internship", "topic"])
def old(request):
    """An offer of whose right nobody has said anything for a year less a day."""
    far = clock.today() + timedelta(days=400)
    if request.param == "topic":
        return make_lesson_offer(checked_at=clock.now() - timedelta(days=364))
    return make_offer(days=[far - timedelta(days=far.weekday())], checked_at=clock.now() - timedelta(days=364))


class TestYearly:
    def test_asked_twice_then_hidden_and_never_deleted(self, old, at, client):
        said = {}
        for number in range(12, 31):
            at(f"2026-05-{number} 10:00")
            checking.sweep()
            assert checking.sweep() == NOTHING
            said[number] = len(mails())
        at("2026-06-09 10:00")
        checking.sweep()
        at("2026-06-10 10:00")
        assert checking.sweep()["hidden"] == 1
        assert [number for number in range(13, 31) if said[number] > said[number - 1]] == [13, 27]
        assert mails() == ["offer_check", "offer_check", "offer_hidden"]
        old.refresh_from_db()
        assert (old.state, old.is_visible, old.is_unchecked) == ("published", False, True)
        at("2026-08-10 10:00")
        assert checking.sweep() == NOTHING

    def test_three_weeks_in_which_the_portal_was_away_are_nobodys_silence(self, old, at):
        at("2026-05-13 10:00")
        checking.sweep()
        uptime.tick()
        at("2026-06-05 10:00")
        uptime.tick()
        assert (checking.sweep(), mails()) == (NOTHING, ["offer_check"])

    def test_after_three_weeks_without_a_sweep_one_step_at_a_time(self, old, at):
        at("2026-06-05 10:00")
        assert (checking.sweep()["asked"], checking.sweep(), mails()) == (1, NOTHING, ["offer_check"])

    def test_opening_the_page_changes_nothing_and_a_yes_does(self, old, at, client):
        at("2026-05-13 10:00")
        checking.sweep()
        page = link("offer_check", old)
        before = type(old).objects.filter(pk=old.pk).values().get()
        assert "Stimmt dieses Angebot noch?" in text(client.get(page))
        assert client.post(page).status_code == 400
        assert type(old).objects.filter(pk=old.pk).values().get() == before
        client.post(page, {"answer": "ja"})
        old.refresh_from_db()
        assert (old.checks, old.checked_at, old.is_visible) == (0, clock.now(), True)
        client.post(page, {"answer": "nein"})
        old.refresh_from_db()
        assert old.state == "published"
        at("2027-05-12 10:00")
        assert checking.ask() == 0
        at("2027-05-13 10:00")
        assert checking.ask() == (1 if isinstance(old, LessonOffer) else old.is_visible)

    def test_a_yes_shows_what_was_hidden(self, old, at, client):
        for moment in ("2026-05-13", "2026-05-27", "2026-06-10"):
            at(f"{moment} 10:00")
            checking.sweep()
        old.refresh_from_db()
        assert not old.is_visible
        client.post(link("offer_check", old), {"answer": "ja"})
        old.refresh_from_db()
        assert (old.is_visible, old.checks) == (True, 0)

    def test_a_no_ends_it_and_deletes_nothing(self, old, at, client):
        at("2026-05-13 10:00")
        checking.sweep()
        assert "Das Angebot ist beendet" in text(client.post(link("offer_check", old), {"answer": "nein"}))
        old.refresh_from_db()
        assert old.state == "archived"

    def test_a_pause_of_the_company_itself_stays(self, old, at, client):
        at("2026-05-13 10:00")
        checking.sweep()
        type(old).objects.filter(pk=old.pk).update(paused_at=clock.now())
        checking.confirm(offer=old)
        old.refresh_from_db()
        assert old.paused_at

    def test_whatever_the_company_does_with_it_is_a_word(self, old, at):
        at("2026-05-13 10:00")
        checking.sweep()
        offering.resume(offer=old, by=staff_of(old.employer))
        old.refresh_from_db()
        assert (old.checks, old.checked_at) == (0, clock.now())

    def test_nobody_asks_about_what_is_not_seen(self, old, at):
        Employer.objects.update(paused_at=clock.now())
        at("2026-05-14 10:00")
        assert checking.sweep() == NOTHING

    def test_the_database_keeps_question_and_moment_together(self, old):
        with pytest.raises(IntegrityError), transaction.atomic():
            type(old).objects.filter(pk=old.pk).update(checks=1)

    def test_links_open_one_offer_and_no_drafts(self, old, client):
        foreign = link("offer_check", old).replace(tokens.make_for(
            OFFER_CHECK if isinstance(old, Offer) else LESSON_OFFER_CHECK, old), "x.y")  # fmt: skip
        assert client.get(foreign).status_code == 404
        type(old).objects.filter(pk=old.pk).update(state="draft")
        assert client.get(link("offer_check", old)).status_code == 404


def test_each_mail_can_be_written(at):
    make_offer(days=[day(6)])
    make_lesson_offer(shown_until=day(6), checked_at=clock.now() - timedelta(days=400))
    make_lesson_offer(checked_at=clock.now() - timedelta(days=400))
    checking.sweep()
    at("2026-05-27 10:00")
    checking.sweep()
    at("2026-06-10 10:00")
    checking.sweep()
    assert {"offer_ends", "offer_check", "offer_hidden"} == set(mails())
    for mail in OutboxMail.objects.all():
        assert "/t/" in outbox.written(mail).body


def test_the_sweep_is_scheduled():
    assert any(job["task"] == "internships.tasks.check_offers" for job in BEAT_SCHEDULE.values())


def test_periods_of_others_are_left_alone():
    make_offer(days=[day(6)])
    other = make_offer(days=[day(60)])
    checking.sweep()
    assert (Offer.objects.get(pk=other.pk).end_told, Period.objects.count()) == (None, 2)
