"""From the form to the certificate: who hears what, and when."""

from datetime import timedelta

import pytest
from django.db import IntegrityError

from internships.actions import answering, applying, campaigning, ending, matching, seats, settling
from internships.models import Application, BookedDay, Evaluation, Offer, Period, Pupil
from kit import clock, uptime
from kit.models import Heartbeat
from tests.internships.conftest import mails
from tests.internships.make import (
    make_application,
    make_campaign,
    make_employer,
    make_guardian,
    make_offer,
    make_period,
    make_pupil,
    make_scheme,
    make_wish,
    next_monday,
)
from tests.make import make_membership, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen")]


def staff_of(offer: Offer):
    user = make_user("company")
    make_membership(user, offer.employer.organization)
    return user


def confirmed(pupil, period) -> Application:
    return applying.confirm(application=applying.apply(pupil=pupil, period=period, why="Ich bastle gern."))


class TestBeforeTheCompany:
    def test_nothing_leaves_before_the_mailbox_has_answered(self):
        application = applying.apply(pupil=make_pupil(), period=make_offer().periods.get())
        assert (application.state, mails()) == ("draft", ["application_confirm"])

    @pytest.mark.parametrize("way", ["application", "wish", "signup"])
    def test_the_link_of_a_mail_proves_the_mailbox_once(self, way, at):
        pupil = make_pupil(confirmed_at=None)
        if way == "application":
            confirmed(pupil, make_offer().periods.get())
        elif way == "wish":
            matching.confirm(wish=make_wish(pupil, state="draft"))
        else:
            signup = campaigning.sign_up(campaign=make_campaign(), pupil=pupil, source=None)
            campaigning.confirm(signup=signup)
        first = Pupil.objects.get().confirmed_at
        assert first == clock.now()
        at("2026-05-13 10:00")
        Pupil.objects.get().prove_mailbox()
        assert Pupil.objects.get().confirmed_at == first

    def test_a_parent_is_asked_before_the_company_hears_of_it(self):
        pupil, period = make_pupil(15), make_offer().periods.get()
        applying.name_guardian(pupil=pupil, email="eltern@example.org")
        application = confirmed(pupil, period)
        assert (application.state, application.submitted_at) == ("guardian", None)
        assert mails() == ["application_confirm", "guardian"]
        applying.answer_for_child(guardian=pupil.guardian, agrees=True)
        application.refresh_from_db()
        assert application.state == "submitted"
        assert mails()[2:] == ["application_submitted", "application_arrived"]

    def test_a_no_of_the_parent_ends_it_and_the_company_never_knew(self):
        pupil, period = make_pupil(15), make_offer().periods.get()
        applying.name_guardian(pupil=pupil, email="eltern@example.org")
        application = confirmed(pupil, period)
        applying.answer_for_child(guardian=pupil.guardian, agrees=False)
        application.refresh_from_db()
        assert (application.state, application.end) == ("withdrawn", "guardian")
        assert "application_arrived" not in mails()

    def test_a_yes_that_is_taken_back_frees_the_seat(self):
        pupil = make_pupil(15)
        guardian, offer = make_guardian(pupil), make_offer()
        application = confirmed(pupil, offer.periods.get())
        answering.offer_place(application=application, by=staff_of(offer))
        answering.accept(application=application)
        applying.answer_for_child(guardian=guardian, agrees=False)
        application.refresh_from_db()
        assert (application.state, offer.periods.get().taken, BookedDay.objects.count()) == ("withdrawn", 0, 0)

    def test_who_is_of_age_needs_no_parent(self):
        application = confirmed(make_pupil(18), make_offer().periods.get())
        assert application.state == "submitted"

    @pytest.mark.parametrize("age", [13, 14])
    def test_too_young_on_the_first_day(self, age):
        with pytest.raises(applying.TooYoung):
            applying.apply(pupil=make_pupil(age), period=make_offer(min_age=15).periods.get())

    def test_in_the_holidays_from_15_on(self):
        offer = make_offer(scheme=make_scheme(is_voluntary=True))
        with pytest.raises(applying.TooYoung):
            applying.apply(pupil=make_pupil(14), period=offer.periods.get())

    def test_once_for_the_same_time(self):
        pupil, period = make_pupil(), make_offer(seats=3).periods.get()
        applying.apply(pupil=pupil, period=period)
        with pytest.raises(applying.Twice):
            applying.apply(pupil=pupil, period=period)

    def test_a_full_or_paused_offer_takes_none(self):
        offer = make_offer()
        for change in ({"paused_at": clock.now()}, {"paused_at": None, "state": "archived"}):
            Offer.objects.filter(pk=offer.pk).update(**change)
            with pytest.raises(applying.NotPossible):
                applying.apply(pupil=make_pupil(), period=offer.periods.get())

    def test_unconfirmed_ones_end_by_themselves(self, at):
        application = applying.apply(pupil=make_pupil(), period=make_offer().periods.get())
        at("2026-05-15 11:00")
        assert applying.unheard() == 1
        application.refresh_from_db()
        assert application.state == "expired_pupil"


class TestAnswer:
    def test_the_company_offers_and_the_pupil_accepts(self):
        offer = make_offer(seats=2)
        application = confirmed(make_pupil(), offer.periods.get())
        answering.offer_place(application=application, by=staff_of(offer))
        assert offer.periods.get().taken == 1
        answering.accept(application=application)
        answering.accept(application=application)
        application.refresh_from_db()
        assert (application.state, offer.periods.get().taken) == ("accepted", 1)
        assert [row.day for row in BookedDay.objects.all()] == [next_monday(2)]
        assert mails()[-3:] == ["application_offered", "application_accepted", "application_accepted_company"]

    def test_a_stranger_answers_nothing(self):
        application = make_application()
        with pytest.raises(answering.NotAllowed):
            answering.offer_place(application=application, by=make_user("company"))

    def test_no_more_than_there_are_seats(self):
        offer = make_offer(seats=1)
        first, second = (make_application(offer.periods.get()) for _each in range(2))
        staff = staff_of(offer)
        answering.offer_place(application=first, by=staff)
        with pytest.raises(seats.Full):
            answering.offer_place(application=second, by=staff)

    def test_the_database_refuses_more_than_the_seats(self):
        period = make_offer(seats=1).periods.get()
        with pytest.raises(IntegrityError):
            Period.objects.filter(pk=period.pk).update(taken=2)

    def test_success_takes_back_what_overlaps_and_leaves_the_rest(self):
        pupil = make_pupil()
        day, other_day = next_monday(2), next_monday(2) + timedelta(days=1)
        offer, same, later = (make_offer(days=[each]) for each in (day, day, other_day))
        accepted = confirmed(pupil, offer.periods.get())
        on_same_day, on_other_day = confirmed(pupil, same.periods.get()), confirmed(pupil, later.periods.get())
        answering.offer_place(application=on_same_day, by=staff_of(same))
        answering.offer_place(application=accepted, by=staff_of(offer))
        answering.accept(application=accepted)
        on_same_day.refresh_from_db()
        on_other_day.refresh_from_db()
        assert (on_same_day.state, on_same_day.end, on_other_day.state) == ("withdrawn", "other_place", "submitted")
        assert same.periods.get().taken == 0
        assert {"application_withdrawn", "application_withdrawn_company"} <= set(mails())

    def test_weekly_days_of_a_term_do_not_hinder_each_other(self):
        pupil, scheme = make_pupil(), make_scheme("weekday", longest_days=120)
        monday = next_monday(2)
        offers = [make_offer(scheme=scheme, days=[]) for _each in range(2)]
        for offset, offer in enumerate(offers):
            first = monday + timedelta(days=offset)
            make_period(offer, first, first + timedelta(days=28))
            application = confirmed(pupil, offer.periods.get())
            answering.offer_place(application=application, by=staff_of(offer))
            answering.accept(application=application)
        assert BookedDay.objects.filter(pupil=pupil).count() == 10

    def test_the_database_refuses_two_promises_for_a_day(self):
        first = make_application()
        second = make_application(make_offer().periods.get(), first.pupil)
        seats.book_days(first)
        with pytest.raises(seats.DayTaken):
            seats.book_days(second)

    def test_a_held_place_lapses_after_a_week(self, at):
        offer = make_offer(days=[next_monday(4)])
        application = confirmed(make_pupil(), offer.periods.get())
        answering.offer_place(application=application, by=staff_of(offer))
        at("2026-05-19 10:01")
        with pytest.raises(applying.NotPossible):
            answering.accept(application=application)
        assert (answering.lapse_held(), offer.periods.get().taken) == (1, 0)

    def test_a_question_and_its_answer(self):
        application = make_application()
        answering.ask(application=application, question="Kommst du mit dem Bus?", by=staff_of(application.offer))
        answering.reply(application=application, answer="Ja")
        application.refresh_from_db()
        assert (application.answer, mails()) == ("Ja", ["application_question"])

    def test_days_of_a_campaign_are_limited(self):
        pupil, campaign = make_pupil(), make_campaign(most_days=1)
        days = campaign.days[:2]
        first, second = (make_offer(campaign=campaign, days=[day]) for day in days)
        applications = [confirmed(pupil, offer.periods.get()) for offer in (first, second)]
        for application in applications:
            answering.offer_place(application=application, by=staff_of(application.offer))
        answering.accept(application=applications[0])
        with pytest.raises(applying.NotPossible):
            answering.accept(application=applications[1])


class TestSilence:
    def test_reminders_then_the_end(self, at):
        application = make_application(make_offer(days=[next_monday(6)]).periods.get())
        uptime.tick()
        for days, expected in ((4, []), (5, ["application_remind"]), (9, []), (10, ["application_remind"])):
            at(f"2026-05-{12 + days} 10:01")
            Heartbeat.objects.filter(name=uptime.MARK).update(at=clock.now())
            before = len(mails())
            answering.remind()
            answering.remind()
            assert mails()[before:] == expected
        at("2026-05-27 10:01")
        Heartbeat.objects.filter(name=uptime.MARK).update(at=clock.now())
        assert (answering.expire(), answering.expire()) == (1, 0)
        application.refresh_from_db()
        assert application.state == "expired"

    def test_three_weeks_without_a_sweep_bring_one_reminder_and_not_two(self, at):
        make_application(make_offer(days=[next_monday(6)]).periods.get())
        at("2026-05-23 10:00")
        assert (answering.remind(), answering.remind(), mails()) == (1, 0, ["application_remind"])

    def test_time_in_which_the_portal_was_away_does_not_count(self, at):
        make_application(make_offer(days=[next_monday(6)]).periods.get())
        uptime.tick()
        at("2026-05-28 10:00")
        uptime.tick()
        assert (answering.remind(), answering.expire()) == (0, 0)

    def test_three_a_hint_six_a_pause(self):
        employer = make_employer()
        for number in range(1, 7):
            offer = make_offer(employer, days=[next_monday(2) + timedelta(days=number % 5)])
            application = make_application(offer.periods.get())
            Application.objects.filter(pk=application.pk).update(submitted_at=clock.now() - timedelta(days=16))
            answering.expire()
            employer.refresh_from_db()
            assert employer.silences == number
            assert bool(employer.hinted_at) == (number >= 3)
            assert bool(employer.paused_at) == (number == 6)
        assert not Offer.objects.visible().exists()
        assert mails().count("company_silent") == mails().count("company_paused") == 1

    def test_an_answer_begins_anew(self):
        offer = make_offer(make_employer(silences=2))
        answering.decline(application=make_application(offer.periods.get()), reason="full", by=staff_of(offer))
        offer.employer.refresh_from_db()
        assert offer.employer.silences == 0


class TestAfterwards:
    @pytest.fixture
    def over(self, at):
        application = make_application(make_offer().periods.get(), state="accepted")
        at("2026-05-26 10:00")
        return application

    def test_both_sides_say_yes(self, over):
        settling.tell_as_company(application=over, attended=True, by=staff_of(over.offer))
        settling.tell_as_pupil(application=over, attended=True)
        over.refresh_from_db()
        assert (over.state, over.certificate.belongs_to("sam  MUSTER", over.pupil.birth_date)) == ("completed", True)
        assert mails() == ["application_certificate"]

    def test_two_words_against_each_other_wait_for_a_coordinator(self, over, at, coordinator):
        settling.tell_as_company(application=over, attended=False, by=staff_of(over.offer))
        settling.tell_as_pupil(application=over, attended=True)
        over.refresh_from_db()
        assert over.state == "accepted"
        at("2026-06-02 10:00")
        assert Application.objects.unsettled().get() == over
        settling.decide(application=over, attended=True, by=coordinator)
        over.refresh_from_db()
        assert over.state == "completed"

    def test_two_bad_evaluations_are_a_task(self):
        offer = make_offer(seats=3)
        bad = {"task": 1, "guidance": 1, "respect": 2, "result": 2}
        for _each in range(2):
            application = make_application(offer.periods.get(), state="completed")
            settling.evaluate(application=application, side="pupil", marks=bad)
        assert Offer.objects.criticized().get() == offer
        with pytest.raises(applying.NotPossible):
            settling.evaluate(application=application, side="pupil", marks=bad)

    def test_an_evaluation_leads_to_nobody(self):
        assert not [field.name for field in Evaluation._meta.fields if field.is_relation and field.name != "offer"]


def test_every_way_out_gives_the_seat_back():
    """Whatever happens in whatever order: `taken` is the number of applications that hold a seat."""
    offer = make_offer(seats=3)
    staff = staff_of(offer)
    applications = [make_application(offer.periods.get()) for _each in range(3)]
    for application in applications:
        answering.offer_place(application=application, by=staff)
    answering.accept(application=applications[0])
    answering.accept(application=applications[1])
    ending.withdraw(application=applications[0])
    ending.withdraw(application=applications[0])
    answering.cancel(application=applications[1], by=staff)
    held = Application.objects.filter(state__in=Application.SEATED).count()
    assert (offer.periods.get().taken, held, BookedDay.objects.count()) == (1, 1, 0)
