"""Lessons with companies: who may ask whom, who answers until when, who sees what."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.privacy import erase_person
from internships import lessons
from internships.actions import offering, partnering, teaching
from internships.models import Employer, LessonOffer, LessonUnit, Partner, Partnership
from kit import clock, outbox, uptime
from kit.models import OutboxMail
from portal.queues import LESSONS
from taxonomy.geo import locate
from tests.internships.conftest import mails
from tests.internships.make import (
    make_employer,
    make_lesson_offer,
    make_lesson_unit,
    make_partnership,
    make_school,
    next_monday,
    teacher_of,
)
from tests.internships.test_pages import staff_of, text
from tests.make import make_location, make_organization, make_place, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen")]


def wanted(offer: LessonOffer, school, **fields) -> LessonUnit:
    """A lesson that nobody has asked for yet."""
    values = {"grade": 8, "group": "8b", "pupils": 24, "day": next_monday(3), "where": "company", **fields}
    return LessonUnit(
        offer=offer, employer=offer.employer, subject=offer.subject, topic=offer.topic, school=school, **values
    )


class TestTopics:
    @pytest.mark.parametrize("fault", [{"activity": " "}, {"location": None}, {"shown_until": clock.today}])
    def test_what_is_not_ready_is_not_shown(self, fault):
        values = {name: value() - timedelta(days=1) if callable(value) else value for name, value in fault.items()}
        offer = make_lesson_offer(state="draft", **values)
        with pytest.raises(offering.NotReady):
            offering.submit(offer=offer, by=staff_of(offer.employer))

    @pytest.mark.parametrize(
        "hidden", [{"state": "submitted"}, {"paused_at": clock.now}, {"shown_until": clock.today}, "waits", "silent"]
    )
    def test_schools_see_only_what_can_be_had(self, hidden):
        if isinstance(hidden, str):
            state = {"approved_at": None} if hidden == "waits" else {"paused_at": clock.now()}
            make_lesson_offer(make_employer(**state))
        else:
            past = {"paused_at": lambda: clock.now(), "shown_until": lambda: clock.today() - timedelta(days=1)}
            make_lesson_offer(**{name: past[name]() if name in past else value for name, value in hidden.items()})
        assert lessons.find() == []

    def test_on_its_last_day_it_is_still_shown(self):
        make_lesson_offer(shown_until=clock.today())
        assert len(lessons.find()) == 1


class TestSearch:
    def test_by_subject_grade_and_place(self):
        near = make_lesson_offer()
        far = make_organization(kinds=["company"])
        ellrich = make_place("Ellrich", postcodes=("99755",), latitude=51.59, longitude=10.66)
        make_location(far, place=ellrich, is_main=True)
        other = make_lesson_offer(make_employer(organization=far), subject="maths", grade_from=5, grade_to=6)
        assert [hit.offer for hit in lessons.find(subject="physics")] == [near]
        assert [hit.offer for hit in lessons.find(grade=6)] == [other]
        assert [hit.offer for hit in lessons.find(position=locate("99755"), km=5)] == [other]
        assert [hit.offer for hit in lessons.find(position=locate("99755"), km=20)] == [other, near]

    def test_several_subjects_fit_each(self):
        offer = make_lesson_offer(subject="several")
        assert [hit.offer for hit in lessons.find(subject="music")] == [offer]


class TestAsking:
    def test_a_teacher_asks_and_the_company_holds_it(self):
        offer, school = make_lesson_offer(), make_school()
        unit = teaching.ask(unit=wanted(offer, school, no_loss=True), by=teacher_of(school))
        assert (unit.state, unit.teacher, mails()) == ("requested", teacher_of(school), ["lesson_asked"])
        assert not Partnership.objects.exists()
        unit = teaching.plan(unit=unit, by=staff_of(offer.employer))
        partnership = unit.partnership
        assert (unit.state, partnership.state, mails()[1:]) == ("planned", "agreed", ["lesson_planned"])
        assert partnership.school_agreed_at
        assert partnership.company_agreed_at

    def test_for_an_own_topic(self):
        employer, school = make_employer(), make_school()
        unit = LessonUnit(employer=employer, school=school, topic="Zinsen", subject="maths", grade=9, group="9a",
                          pupils=20, day=next_monday(3), where="school")  # fmt: skip
        assert teaching.ask(unit=unit, by=teacher_of(school)).offer is None

    def test_not_for_a_school_of_others(self):
        with pytest.raises(teaching.NotAllowed):
            teaching.ask(unit=wanted(make_lesson_offer(), make_school()), by=teacher_of(make_school()))

    @pytest.mark.parametrize("change", [{"paused_at": clock.now}, {"approved_at": None, "approved_by": ""}])
    @pytest.mark.parametrize("has_offer", [True, False])
    def test_not_of_a_company_that_nobody_sees(self, change, has_offer):
        offer, school = make_lesson_offer(), make_school()
        values = {name: value() if callable(value) else value for name, value in change.items()}
        Employer.objects.filter(pk=offer.employer_id).update(**values)
        unit = wanted(LessonOffer.objects.get(pk=offer.pk), school)
        unit.offer = unit.offer if has_offer else None
        with pytest.raises(teaching.NotPossible):
            teaching.ask(unit=unit, by=teacher_of(school))

    @pytest.mark.parametrize(
        "wrong",
        [{"grade": 11}, {"grade": 6}, {"pupils": 29}, {"where": "school"}, {"day": 6}, {"day": 12}, {"day": 400}],
    )
    def test_not_what_does_not_fit(self, wrong):
        if "day" in wrong:  # too soon, a Sunday, too far
            wrong = {"day": clock.today() + timedelta(days=wrong["day"])}
        school = make_school()
        with pytest.raises(teaching.NotPossible):
            teaching.ask(unit=wanted(make_lesson_offer(), school, **wrong), by=teacher_of(school))

    def test_once_for_a_class_and_day(self):
        offer, school = make_lesson_offer(), make_school()
        teaching.ask(unit=wanted(offer, school), by=teacher_of(school))
        with pytest.raises(teaching.Twice):
            teaching.ask(unit=wanted(offer, school), by=teacher_of(school))
        assert mails() == ["lesson_asked"]

    def test_the_school_takes_it_back(self):
        unit = make_lesson_unit(state="planned")
        teaching.withdraw(unit=unit, by=teacher_of(unit.school))
        unit.refresh_from_db()
        assert (unit.state, mails()) == ("withdrawn", ["lesson_withdrawn"])
        with pytest.raises(teaching.NotPossible):
            teaching.withdraw(unit=unit, by=teacher_of(unit.school))


class TestAnswering:
    def test_a_no_has_a_reason_and_makes_no_partners(self):
        unit = make_lesson_unit()
        teaching.decline(unit=unit, reason="staff", by=staff_of(unit.employer))
        unit.refresh_from_db()
        assert (unit.state, unit.reason, mails()) == ("declined", "staff", ["lesson_declined"])
        assert not Partnership.objects.exists()
        with pytest.raises(IntegrityError), transaction.atomic():
            LessonUnit.objects.filter(pk=unit.pk).update(reason="")

    @pytest.mark.parametrize("deed", [teaching.plan, teaching.cancel])
    def test_only_the_company_that_was_asked(self, deed):
        with pytest.raises(teaching.NotAllowed):
            deed(unit=make_lesson_unit(), by=staff_of(make_employer()))

    def test_answered_once(self):
        unit = make_lesson_unit()
        staff = staff_of(unit.employer)
        teaching.plan(unit=unit, by=staff)
        with pytest.raises(teaching.NotPossible):
            teaching.decline(unit=unit, reason="day", by=staff)

    def test_it_can_be_cancelled(self):
        unit = make_lesson_unit(state="planned")
        teaching.cancel(unit=unit, by=staff_of(unit.employer))
        assert mails() == ["lesson_cancelled"]

    def test_reminders_and_the_end_of_the_deadline(self, at):
        make_lesson_unit(day=next_monday(9))
        counts = {}
        for day in range(12, 31):
            at(f"2026-05-{day} 11:00")
            for _twice in range(2):
                teaching.remind()
                teaching.expire()
            counts[day] = len(mails())
        assert [day for day in range(13, 31) if counts[day] > counts[day - 1]] == [17, 22, 27]
        assert (mails(), LessonUnit.objects.get().state) == (["lesson_remind"] * 2 + ["lesson_expired"], "expired")

    def test_three_weeks_in_which_the_portal_was_away_are_nobodys_silence(self, at):
        make_lesson_unit(day=next_monday(9))
        uptime.tick()
        at("2026-06-03 10:00")
        uptime.tick()
        assert (teaching.remind(), teaching.expire(), mails()) == (0, 0, [])

    def test_three_weeks_without_a_sweep_bring_one_reminder_and_not_two(self, at):
        make_lesson_unit(day=next_monday(9))
        at("2026-05-23 10:00")
        assert (teaching.remind(), mails()) == (1, ["lesson_remind"])

    def test_on_the_day_itself_it_is_too_late(self, at):
        unit = make_lesson_unit(day=clock.today() + timedelta(days=7))
        at("2026-05-19 09:00")
        with pytest.raises(teaching.NotPossible):
            teaching.plan(unit=unit, by=staff_of(unit.employer))
        assert (teaching.expire(), teaching.expire()) == (1, 0)


class TestPartners:
    def test_both_sides_agree(self):
        employer, school = make_employer(), make_school()
        proposed = partnering.propose(school=school, employer=employer, side=Partner.SCHOOL, by=teacher_of(school))
        assert (proposed.state, Partnership.objects.visible().exists()) == ("proposed", False)
        with pytest.raises(partnering.NotAllowed):
            partnering.agree(partnership=proposed, side=Partner.COMPANY, by=teacher_of(school))
        partnering.agree(partnership=proposed, side=Partner.SCHOOL, by=teacher_of(school))
        assert not Partnership.objects.agreed().exists()
        partnering.agree(partnership=proposed, side=Partner.COMPANY, by=staff_of(employer))
        assert (Partnership.objects.visible().get(), mails()) == (
            proposed,
            ["partnership_proposed", "partnership_agreed"],
        )

    def test_two_proposals_that_meet_are_an_agreement(self):
        employer, school = make_employer(), make_school()
        pair = {"school": school, "employer": employer}
        partnering.propose(**pair, side=Partner.COMPANY, by=staff_of(employer))
        assert partnering.propose(**pair, side=Partner.SCHOOL, by=teacher_of(school)).state == "agreed"
        assert partnering.propose(**pair, side=Partner.SCHOOL, by=teacher_of(school)).state == "agreed"
        assert Partnership.objects.count() == 1

    def test_the_database_wants_both(self):
        pair = {"school": make_school(), "employer": make_employer()}
        with pytest.raises(IntegrityError), transaction.atomic():
            Partnership.objects.create(**pair, state="agreed", school_agreed_at=clock.now())
        with pytest.raises(IntegrityError), transaction.atomic():
            Partnership.objects.create(**pair)
        make_partnership(**pair)
        with pytest.raises(IntegrityError), transaction.atomic():
            make_partnership(**pair)

    def test_not_with_a_school_where_nobody_could_answer(self):
        employer = make_employer()
        with pytest.raises(partnering.NotPossible):
            partnering.propose(school=make_organization(kinds=["school"]), employer=employer, side=Partner.COMPANY,
                               by=staff_of(employer))  # fmt: skip

    def test_either_side_ends_it_and_lessons_stay(self):
        unit = make_lesson_unit(state="planned")
        for _twice in range(2):
            partnering.end(partnership=unit.partnership, side=Partner.COMPANY, by=staff_of(unit.employer))
        unit.refresh_from_db()
        assert (unit.state, unit.partnership.state, mails()) == ("planned", "ended", ["partnership_ended"])
        make_partnership(unit.employer, unit.school)

    def test_a_proposal_has_a_deadline(self, at):
        school = make_school()
        partnering.propose(school=school, employer=make_employer(), side=Partner.SCHOOL, by=teacher_of(school))
        for day in (18, 23, 28):
            at(f"2026-05-{day} 10:00")
            partnering.remind()
            partnering.lapse()
            assert (partnering.remind(), partnering.lapse()) == (0, 0)
        assert mails() == ["partnership_proposed"] * 3 + ["partnership_ended"]
        assert Partnership.objects.get().state == "ended"

    @pytest.mark.django_db(transaction=True)
    def test_ten_who_propose_at_once_make_one(self):
        employer, school = make_employer(), make_school()
        people = {Partner.COMPANY: staff_of(employer), Partner.SCHOOL: teacher_of(school)}
        gate = Barrier(10)

        def propose(number: int) -> None:
            try:
                side = list(people)[number % 2]
                gate.wait()
                partnering.propose(school=school, employer=employer, side=side, by=people[side])
            finally:
                connection.close()

        with ThreadPoolExecutor(10) as pool:
            list(pool.map(propose, range(10)))
        assert Partnership.objects.get().state == "agreed"


class TestAfterwards:
    def test_the_teacher_is_asked_once_and_tells(self, at):
        unit = make_lesson_unit(state="planned")
        with pytest.raises(teaching.NotPossible):
            teaching.tell(unit=unit, took_place=True, mark=4, by=teacher_of(unit.school))
        at("2026-06-02 09:00")
        assert (teaching.ask_afterwards(), teaching.ask_afterwards(), mails()) == (1, 0, ["lesson_over"])
        teaching.tell(unit=unit, took_place=True, mark=3, by=teacher_of(unit.school))
        unit.refresh_from_db()
        assert (unit.state, unit.mark) == ("done", 3)
        with pytest.raises(teaching.NotPossible):
            teaching.tell(unit=unit, took_place=False, by=teacher_of(unit.school))

    def test_what_did_not_take_place_has_no_mark(self, at):
        unit = make_lesson_unit(state="planned")
        at("2026-06-02 09:00")
        teaching.tell(unit=unit, took_place=False, mark=1, by=teacher_of(unit.school))
        unit.refresh_from_db()
        assert (unit.state, unit.mark) == ("not_done", None)
        with pytest.raises(IntegrityError), transaction.atomic():
            LessonUnit.objects.filter(pk=unit.pk).update(mark=2)

    def test_silence_becomes_work_for_the_coordinator(self, at, coordinator):
        unit = make_lesson_unit(state="planned")
        queue = LESSONS[1]
        at("2026-06-08 09:00")
        assert queue.rows().count() == 0
        at("2026-06-09 09:00")
        assert queue.rows().get() == unit
        teaching.decide(unit=unit, took_place=True, by=coordinator)
        assert queue.rows().count() == 0
        with pytest.raises(teaching.NotAllowed):
            teaching.decide(unit=unit, took_place=True, by=teacher_of(unit.school))

    def test_a_year_later_nobody_is_named(self, at):
        unit = make_lesson_unit(state="planned", words="Bitte mit Messgerät.")
        at("2027-06-01 10:00")
        assert teaching.forget() == 0
        at("2027-06-02 10:00")
        assert (teaching.forget(), teaching.forget()) == (1, 0)
        unit.refresh_from_db()
        assert (unit.teacher, unit.words, unit.group) == (None, "", "8b")

    def test_who_is_erased_leaves_the_lesson_and_mails_go_to_the_colleagues(self, coordinator):
        unit = make_lesson_unit(words="Meine Nummer ist 1")
        colleague = make_user("school")
        unit.school.memberships.create(user=colleague, role="teacher")
        erase_person(user=unit.teacher, by=coordinator)
        unit.refresh_from_db()
        assert (unit.teacher, unit.words) == (None, "")
        teaching.plan(unit=unit, by=staff_of(unit.employer))
        assert OutboxMail.objects.get(template__endswith="lesson_planned.txt").to == colleague.email

    def test_numbers_by_subject(self):
        offer = make_lesson_offer()
        make_lesson_unit(offer, state="done", no_loss=True)
        make_lesson_unit(offer, state="done", group="8c")
        make_lesson_unit(offer, state="planned", group="8d")
        (line,) = lessons.by_subject()
        assert (line.label, line.cells) == ("Physik", [1, 0, 1, 2, 1, 48])


class TestPages:
    def test_a_teacher_finds_asks_and_tells(self, client, at):
        make_place()
        offer, school = make_lesson_offer(topic="Federn wickeln"), make_school()
        client.force_login(teacher_of(school))
        found = text(
            client.get(
                reverse("internships:school_lesson_offers", args=[school.pk]) + "?fach=physics&klasse=8&ort=99734"
            )
        )
        assert "1 Thema von Betrieben" in found
        assert "Federn wickeln" in found
        page = reverse("internships:school_lesson_ask", args=[school.pk, offer.pk])
        bad = {"grade": 12, "group": "12", "pupils": 40, "day": "2026-05-13", "where": "company", "lessons": 2}
        wrong = client.post(page, bad)
        assert wrong.status_code == 400
        assert "Dieses Thema ist für andere Klassenstufen." in text(wrong)
        form = {"grade": 8, "group": "8b", "pupils": 24, "day": next_monday(3).isoformat(), "where": "company",
                "lessons": 2, "no_loss": "on", "words": ""}  # fmt: skip
        assert client.post(page, form).status_code == 302
        unit = LessonUnit.objects.get()
        assert (unit.no_loss, unit.offer, unit.subject) == (True, offer, "physics")
        assert client.post(page, form).status_code == 400
        own = text(client.get(reverse("internships:school_lesson", args=[school.pk, unit.pk])))
        assert offer.employer.contact_name not in own
        teaching.plan(unit=unit, by=staff_of(offer.employer))
        own = text(client.get(reverse("internships:school_lesson", args=[school.pk, unit.pk])))
        assert offer.employer.contact_name in own
        at("2026-06-02 10:00")
        client.force_login(teacher_of(school))
        tell = reverse("internships:school_lesson_tell", args=[school.pk, unit.pk])
        assert client.post(tell, {"took_place": "ja"}).status_code == 400
        client.post(tell, {"took_place": "ja", "mark": "4"})
        unit.refresh_from_db()
        assert (unit.state, unit.mark) == ("done", 4)

    def test_for_an_own_topic(self, client):
        employer, school = make_employer(), make_school()
        client.force_login(teacher_of(school))
        form = {"employer": employer.pk, "topic": "Zinsen", "subject": "maths", "grade": 9, "group": "9a", "pupils": 20,
                "day": next_monday(3).isoformat(), "where": "school", "lessons": 1, "words": ""}  # fmt: skip
        client.post(reverse("internships:school_lesson_ask_own", args=[school.pk]), form)
        assert LessonUnit.objects.get().topic == "Zinsen"

    def test_the_company_answers_and_learns_the_name_afterwards(self, client):
        unit = make_lesson_unit()
        client.force_login(staff_of(unit.employer))
        desk = text(client.get(reverse("internships:lessons", args=[unit.employer_id])))
        assert unit.topic in desk
        page = reverse("internships:lesson", args=[unit.employer_id, unit.pk])
        assert "Lee Muster" not in text(client.get(page))
        answer = reverse("internships:lesson_answer", args=[unit.employer_id, unit.pk])
        assert client.post(answer, {"answer": "nein"}).status_code == 400
        client.post(answer, {"answer": "ja"})
        assert "Lee Muster" in text(client.get(page))

    def test_the_company_writes_a_topic(self, client):
        employer = make_employer()
        client.force_login(staff_of(employer))
        form = {"topic": "Prozente im Laden", "subject": "maths", "grade_from": 7, "grade_to": 6, "activity": "rechnen",
                "where": "either", "location": employer.main_location.pk, "lessons": 2, "most_pupils": 24}  # fmt: skip
        page = reverse("internships:lesson_offer_new", args=[employer.pk])
        assert "Die letzte Klassenstufe liegt vor der ersten." in text(client.post(page, form))
        client.post(page, {**form, "grade_to": 9})
        offer = LessonOffer.objects.get()
        client.post(reverse("internships:lesson_offer_show", args=[employer.pk, offer.pk]))
        offer.refresh_from_db()
        assert offer.state == "submitted"

    def test_partners_by_page(self, client):
        employer, school = make_employer(), make_school()
        client.force_login(staff_of(employer))
        client.post(reverse("internships:partner_new", args=[employer.pk]), {"partner": school.pk})
        partnership = Partnership.objects.get()
        client.force_login(teacher_of(school))
        desk = reverse("internships:school_lessons", args=[school.pk])
        assert "Zustimmen" in text(client.get(desk))
        client.post(reverse("internships:school_partner_agree", args=[school.pk, partnership.pk]))
        assert "Partnerschaft beenden" in text(client.get(desk))

    def test_public_pages_name_no_people(self, client):
        unit = make_lesson_unit(state="planned", words="Raum 12")
        pages = [text(client.get(each.get_absolute_url())) for each in (unit.employer.organization, unit.school)]
        assert unit.topic in pages[0]
        assert unit.school.name in pages[0]
        assert unit.employer.organization.name in pages[1]
        secrets = ["Lee Muster", teacher_of(unit.school).email, unit.employer.contact_name, "8b", "Raum 12"]
        assert [word for word in secrets for page in pages if word in page] == []
        partnering.end(partnership=unit.partnership, side=Partner.SCHOOL, by=teacher_of(unit.school))
        assert unit.school.name not in text(client.get(unit.employer.organization.get_absolute_url()))
        assert unit.employer.organization.name not in text(client.get(unit.school.get_absolute_url()))

    def test_what_is_not_agreed_or_hidden_is_on_no_public_page(self, client):
        employer, school = make_employer(), make_school()
        make_lesson_offer(employer, topic="Entwurf", state="draft")
        make_partnership(employer, school, state="proposed", company_agreed_at=None)
        page = text(client.get(employer.organization.get_absolute_url()))
        assert ("Entwurf" in page, school.name in page) == (False, False)

    def test_others_find_no_such_page(self, client):
        unit = make_lesson_unit(state="planned")
        client.force_login(teacher_of(make_school()))
        for name in ("school_lessons", "school_lesson_offers", "school_lesson_ask_own", "school_partner_new"):
            assert client.get(reverse(f"internships:{name}", args=[unit.school_id])).status_code == 404
        assert client.get(reverse("internships:school_lesson", args=[unit.school_id, unit.pk])).status_code == 404
        foreign = make_lesson_unit(state="planned")
        client.force_login(staff_of(unit.employer))
        assert client.get(reverse("internships:lesson", args=[unit.employer_id, foreign.pk])).status_code == 404
        page = reverse("internships:partner_end", args=[unit.employer_id, foreign.partnership_id])
        assert client.post(page).status_code == 404

    @pytest.mark.parametrize("side", ["school", "company", "search", "public"])
    def test_the_same_queries_for_one_and_three(self, client, side):
        employer, school = make_employer(), make_school()
        make_lesson_offer(employer)
        client.force_login(teacher_of(school) if side in {"school", "search"} else staff_of(employer))
        page = {
            "school": reverse("internships:school_lessons", args=[school.pk]),
            "search": reverse("internships:school_lesson_offers", args=[school.pk]),
            "company": reverse("internships:lessons", args=[employer.pk]),
            "public": employer.organization.get_absolute_url(),
        }[side]

        def add(group: str) -> None:
            more = make_lesson_offer(employer)
            make_lesson_unit(more, school, state="planned", group=group)
            make_lesson_unit(more, make_school(), state="planned", group=group)
            make_lesson_unit(make_lesson_offer(), school, state="planned", group=group)
            make_lesson_unit(more, school, group=f"{group}x")

        def asked() -> int:
            with CaptureQueriesContext(connection) as queries:
                client.get(page)
            return len(queries)

        add("8a")
        client.get(page)
        first = asked()
        add("8b")
        add("8c")
        assert asked() == first

    def test_each_mail_can_be_written(self):
        unit = make_lesson_unit(state="planned")
        waiting = make_lesson_unit(make_lesson_offer(), make_school())
        staff = staff_of(waiting.employer)
        partnering.propose(school=make_school(), employer=waiting.employer, side=Partner.COMPANY, by=staff)
        teaching.decline(unit=waiting, reason="topic", by=staff)
        teaching.cancel(unit=unit, by=staff_of(unit.employer))
        partnering.end(partnership=unit.partnership, side=Partner.COMPANY, by=staff_of(unit.employer))
        for mail in OutboxMail.objects.all():
            message = outbox.written(mail)
            assert "http" in message.body
            assert message.subject


class TestAdministration:
    def test_coordinators_count_and_look(self, client, coordinator, login):
        unit = make_lesson_unit(state="done", no_loss=True)
        login(coordinator)
        page = text(client.get("/verwaltung/internships/lessonunit/faecher/"))
        assert "Physik" in page
        assert "Unterricht nach Fächern" in text(client.get("/verwaltung/internships/lessonunit/"))
        detail = text(client.get(f"/verwaltung/internships/lessonunit/{unit.pk}/change/"))
        assert "Lee Muster" not in detail
