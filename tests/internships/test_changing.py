"""A change beside a live offer: others read the old words until somebody has looked at the new ones."""

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from internships.actions import changing, offering
from internships.models import Employer, LessonOffer, Offer, OfferChange
from internships.models.offered import Offered
from kit import outbox
from kit.models import OutboxMail
from portal.queues import INTERNSHIPS
from tests.internships.conftest import KINDS, Kind
from tests.internships.make import make_employer, make_lesson_offer, make_offer, make_school, next_monday, teacher_of
from tests.internships.test_pages import staff_of, text
from tests.make import make_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen")]

INTERNSHIP, TOPIC = KINDS


def known_offer(kind: Kind) -> Offered:
    """Of a company that has another one, and not in the sample."""
    employer = kind.make().employer
    offer = kind.make(employer)
    while offer.pk % offering.SAMPLE == 0:
        offer = kind.make(employer)
    return offer


def rewrite(kind: Kind, offer: Offered, *, by=None, days=None, **fields):
    """What the form does with a change."""
    edited = kind.model.objects.for_cards().get(pk=offer.pk)
    for name, value in kind.named(**fields).items():
        setattr(edited, name, value)
    periods = [(day, day, 1) for day in days or [next_monday(2)]] if kind.model is Offer else []
    return changing.save(offer=edited, periods=periods, by=by or staff_of(offer.employer))


def form_of(offer: Offer, **fields) -> dict:
    return {
        "title": offer.title, "job_family": "S13", "summary": "", "task": offer.task, "feedback": offer.feedback,
        "guidance": offer.guidance, "takeaway": offer.takeaway, "scheme": offer.scheme_id, "starts": "09:00",
        "ends": "15:00", "location": offer.location_id, "pause_minutes": 60, "min_age": 14, "is_step_free": "unknown",
        "meeting_point": offer.meeting_point, "first_0": next_monday(2).isoformat(), "seats_0": "1", **fields,
    }  # fmt: skip


def topic_form_of(offer: LessonOffer, **fields) -> dict:
    names = ["topic", "subject", "grade_from", "grade_to", "activity", "where", "lessons", "most_pupils"]
    return {name: getattr(offer, name) for name in names} | {"location": offer.location_id} | fields


class TestSaving:
    def test_new_words_wait_and_others_read_the_old_ones(self, client):
        offer = make_offer(title="Lampen bauen")
        change = rewrite(INTERNSHIP, offer, title="Lampen verkaufen")
        assert change.state == "submitted"
        pages = [client.get("/praktikum/"), client.get(offer.get_absolute_url())]
        assert ["Lampen verkaufen" in text(page) for page in pages] == [False, False]
        assert ["Lampen bauen" in text(page) for page in pages] == [True, True]

    def test_teachers_read_and_ask_for_the_old_topic(self, client):
        offer, school = make_lesson_offer(topic="Federn messen"), make_school()
        assert rewrite(TOPIC, offer, title="Federn verkaufen").state == "submitted"
        client.force_login(teacher_of(school))
        pages = [reverse("internships:school_lesson_offers", args=[school.pk]),
                 reverse("internships:school_lesson_ask", args=[school.pk, offer.pk])]  # fmt: skip
        for page in [text(client.get(page)) for page in pages]:
            assert "Federn messen" in page
            assert "Federn verkaufen" not in page

    def test_what_a_machine_checks_is_live_at_once(self):
        offer = make_offer()
        assert rewrite(INTERNSHIP, offer, days=[next_monday(4)], pause_minutes=90) is None
        offer.refresh_from_db()
        assert (offer.pause_minutes, offer.periods.get().first_day) == (90, next_monday(4))

    def test_grades_and_sizes_of_a_topic_are(self):
        offer = make_lesson_offer()
        assert rewrite(TOPIC, offer, grade_to=9, most_pupils=12, subject="maths") is None
        offer.refresh_from_db()
        assert (offer.grade_to, offer.most_pupils, offer.subject) == (9, 12, "maths")

    def test_dates_are_live_while_words_wait(self):
        offer = make_offer()
        rewrite(INTERNSHIP, offer, days=[next_monday(4)], task="Eine Uhr bauen.")
        assert INTERNSHIP.words(offer)[1] == "Eine Lampe bauen."
        assert offer.periods.get().first_day == next_monday(4)

    def test_so_are_grades(self):
        offer = make_lesson_offer()
        rewrite(TOPIC, offer, grade_to=9, activity="Uhren bauen")
        offer.refresh_from_db()
        assert (offer.activity, offer.grade_to) == ("Federn messen", 9)

    @pytest.mark.parametrize(("kind", "name"), [(kind, name) for kind in KINDS for name in kind.model.WORDS])
    def test_each_of_the_words_waits(self, kind, name):
        offer = kind.make()
        assert rewrite(kind, offer, **{name: "Ganz anders."}).values[name] == "Ganz anders."
        assert getattr(kind.model.objects.get(pk=offer.pk), name) == getattr(offer, name)

    def test_a_known_company_is_not_looked_at(self, kind):
        offer = known_offer(kind)
        assert rewrite(kind, offer, title="Lampen verkaufen") is None
        assert kind.words(offer)[0] == "Lampen verkaufen"
        assert not OfferChange.objects.exists()

    def test_the_sample_is(self, kind):
        offer = known_offer(kind)
        while offer.pk % offering.SAMPLE:
            offer = kind.make(offer.employer)
        assert rewrite(kind, offer, title="Lampen verkaufen").state == "submitted"

    def test_a_silent_company_is_looked_at_again(self, kind):
        offer = known_offer(kind)
        Employer.objects.filter(pk=offer.employer_id).update(paused_at="2026-05-01T10:00Z")
        assert rewrite(kind, offer, title="Neu").state == "submitted"

    @pytest.mark.parametrize("state", ["draft", "returned", "submitted"])
    def test_what_nobody_sees_is_simply_changed(self, kind, state):
        offer = kind.make(state=state)
        assert rewrite(kind, offer, title="Neu") is None
        assert kind.words(offer)[0] == "Neu"

    def test_back_to_the_old_words_leaves_nothing_to_look_at(self, kind):
        offer = kind.make(title="Alt")
        rewrite(kind, offer, title="Neu")
        rewrite(kind, offer, title="Alt")
        assert not OfferChange.objects.exists()

    def test_the_database_keeps_one(self, kind):
        offer = kind.make()
        rewrite(kind, offer, title="Neu")
        with pytest.raises(IntegrityError), transaction.atomic():
            OfferChange.objects.create(**{kind.name: offer}, state="draft", values={})

    @pytest.mark.parametrize("both", [True, False])
    def test_the_database_keeps_it_beside_one_offer(self, both):
        beside = {"offer": make_offer(), "lesson_offer": make_lesson_offer()} if both else {}
        with pytest.raises(IntegrityError), transaction.atomic():
            OfferChange.objects.create(**beside, state="draft", values={})

    def test_others_may_not(self, kind):
        offer = kind.make()
        stranger = make_user("company")
        with pytest.raises(offering.NotAllowed):
            rewrite(kind, offer, by=stranger, title="Neu")
        with pytest.raises(offering.NotAllowed):
            changing.keep_draft(offer=offer, values={}, by=stranger)
        with pytest.raises(offering.NotAllowed):
            changing.drop(offer=offer, by=stranger)


class TestLooking:
    def test_approved_words_take_the_place(self, kind, coordinator):
        offer = kind.make(title="Alt")
        change = rewrite(kind, offer, title="Neu")
        assert change.difference == [(kind.model._meta.get_field(kind.title).verbose_name, "Alt", "Neu")]
        changing.publish(change, by=coordinator)
        assert kind.words(offer)[0] == "Neu"
        assert not OfferChange.objects.exists()
        mail = outbox.written(OutboxMail.objects.get())
        assert "Neu" in mail.subject
        assert reverse(offer.page, args=[offer.employer_id, offer.pk]) in mail.body

    def test_only_a_coordinator_looks(self, kind):
        offer = kind.make()
        change = rewrite(kind, offer, title="Neu")
        with pytest.raises(offering.NotAllowed):
            changing.publish(change, by=staff_of(offer.employer))
        with pytest.raises(offering.NotAllowed):
            changing.return_for_changes(change, reason="Nein.", by=staff_of(offer.employer))

    def test_what_was_rewritten_meanwhile_is_not_approved(self, kind, coordinator):
        offer = kind.make(title="Alt")
        read = rewrite(kind, offer, title="Neu")
        rewrite(kind, offer, title="Ganz anders")
        with pytest.raises(offering.WrongState):
            changing.publish(read, by=coordinator)
        assert kind.words(offer)[0] == "Alt"

    def test_words_without_what_is_needed_are_not_approved(self, kind, coordinator):
        offer = kind.make()
        change = rewrite(kind, offer, needed=" ")
        with pytest.raises(offering.NotReady):
            changing.publish(change, by=coordinator)

    def test_returned_with_remarks(self, kind, coordinator):
        offer = kind.make(title="Alt")
        change = rewrite(kind, offer, title="Neu")
        changing.return_for_changes(change, reason="Bitte genauer.", by=coordinator)
        assert (OfferChange.objects.get().state, kind.words(offer)[0]) == ("returned", "Alt")
        mail = outbox.written(OutboxMail.objects.get()).body
        assert "Bitte genauer." in mail
        assert reverse(f"{offer.page}_edit", args=[offer.employer_id, offer.pk]) in mail
        with pytest.raises(offering.WrongState):
            changing.publish(change, by=coordinator)
        assert rewrite(kind, offer, title="Neuer").state == "submitted"

    def test_the_queue_shows_what_waits_and_no_drafts(self, kind, coordinator, login, client):
        offer = kind.make(title="Alter Titel")
        queue = next(each for each in INTERNSHIPS if "offerchange" in each.changelist)
        changing.keep_draft(offer=offer, values=kind.named("Entwurfstitel"), by=staff_of(offer.employer))
        login(coordinator)
        rows = "/verwaltung/internships/offerchange/"
        assert queue.rows().count() == 0
        hidden = client.get(f"{rows}{OfferChange.objects.get().pk}/change/")
        assert "Entwurfstitel" not in hidden.content.decode()
        change = rewrite(kind, offer, title="Neuer Titel")
        assert queue.rows().get() == change
        assert "Alter Titel" in text(client.get(f"{rows}?stand=wartet"))
        page = text(client.get(f"{rows}{change.pk}/change/"))
        assert "Alter Titel" in page
        assert "Neuer Titel" in page
        client.post(rows, {"action": "publish", "_selected_action": change.pk, "confirmed": "1"})
        assert kind.words(offer)[0] == "Neuer Titel"

    def test_the_same_queries_for_one_and_for_three_that_wait(self, kind, coordinator, login, client):
        login(coordinator)

        def asked() -> int:
            rewrite(kind, kind.make(), title="Neu")
            with CaptureQueriesContext(connection) as queries:
                client.get("/verwaltung/internships/offerchange/")
            return len(queries)

        asked()
        assert asked() == asked()

    def test_an_offer_that_has_ended_waits_for_nobody(self, kind, coordinator):
        offer = kind.make()
        change = rewrite(kind, offer, title="Neu")
        offering.archive(offer=offer, by=staff_of(offer.employer))
        assert not OfferChange.objects.waiting().exists()
        with pytest.raises(offering.WrongState):
            changing.publish(change, by=coordinator)


class TestPages:
    def test_a_draft_is_kept_as_it_stands_and_shown_to_nobody(self, client):
        offer = make_offer(title="Alt")
        client.force_login(staff_of(offer.employer))
        page = reverse("internships:offer_edit", args=[offer.employer_id, offer.pk])
        form = form_of(offer, title="Halb fer", task="", first_1="morgen", entwurf="1", fremd="x")
        assert client.post(page, form).status_code == 302
        assert INTERNSHIP.words(offer) == ("Alt", "Eine Lampe bauen.")
        assert set(OfferChange.objects.get().values) <= set(form) - {"fremd", "entwurf"}
        again = client.get(page).content.decode()
        assert 'value="Halb fer"' in again
        assert 'value="morgen"' in again
        own = text(client.get(reverse("internships:offer", args=[offer.employer_id, offer.pk])))
        assert "Sie haben einen Entwurf." in own
        client.logout()
        assert "Halb fer" not in text(client.get(offer.get_absolute_url()))
        assert "Halb fer" not in text(client.get("/praktikum/?q=halb"))

    def test_from_draft_to_the_look_and_thrown_away(self, client):
        offer = make_offer(title="Alt")
        client.force_login(staff_of(offer.employer))
        page = reverse("internships:offer_edit", args=[offer.employer_id, offer.pk])
        client.post(page, form_of(offer, title="Halb fer", entwurf="1"))
        said = text(client.post(page, form_of(offer, title="Fertig"), follow=True))
        assert "Die neuen Texte sehen wir zuerst an." in said
        assert OfferChange.objects.get().state == "submitted"
        assert 'value="Fertig"' in client.get(page).content.decode()
        drop = reverse("internships:offer_change_drop", args=[offer.employer_id, offer.pk])
        for _twice in range(2):
            client.post(drop)
        assert (OfferChange.objects.exists(), INTERNSHIP.words(offer)[0]) == (False, "Alt")

    def test_a_change_of_a_topic_waits_beside_it(self, client):
        offer = make_lesson_offer(topic="Alt")
        client.force_login(staff_of(offer.employer))
        page, own = (reverse(f"internships:lesson_offer{each}", args=[offer.employer_id, offer.pk])
                     for each in ("_edit", ""))  # fmt: skip
        client.post(page, {"topic": "Halb fer", "grade_from": "x", "entwurf": "1", "fremd": "x"})
        assert OfferChange.objects.get().values == {"topic": "Halb fer", "grade_from": "x"}
        assert "Sie haben einen Entwurf." in text(client.get(own))
        assert 'value="Halb fer"' in client.get(page).content.decode()
        said = text(client.post(page, topic_form_of(offer, topic="Fertig", most_pupils=9), follow=True))
        assert "Die neuen Texte sehen wir zuerst an." in said
        assert "Ihre Änderung wartet auf Prüfung." in said
        offer.refresh_from_db()
        assert (offer.topic, offer.most_pupils) == ("Alt", 9)
        assert 'value="Fertig"' in client.get(page).content.decode()
        drop = reverse("internships:lesson_offer_change_drop", args=[offer.employer_id, offer.pk])
        for _twice in range(2):
            assert client.get(drop).status_code == 405
            client.post(drop)
        assert (OfferChange.objects.exists(), TOPIC.words(offer)[0]) == (False, "Alt")

    def test_a_new_topic_is_written_and_no_draft_is_kept_beside_it(self, client):
        employer = make_employer()
        client.force_login(staff_of(employer))
        new = reverse("internships:lesson_offer_new", args=[employer.pk])
        assert "Als Entwurf behalten" not in text(client.get(new))
        client.post(new, topic_form_of(make_lesson_offer(employer), topic="Neu"))
        assert employer.lesson_offers.get(topic="Neu").state == "draft"

    def test_changes_of_others_are_not_dropped(self, kind, client):
        offer = kind.make()
        rewrite(kind, offer, title="Neu")
        other = make_employer()
        client.force_login(staff_of(other))
        for employer in (other, offer.employer):
            page = reverse(f"{offer.page}_change_drop", args=[employer.pk, offer.pk])
            assert client.post(page).status_code == 404
        assert OfferChange.objects.exists()


@pytest.mark.django_db(transaction=True)
class TestRaces:
    def run(self, *deeds) -> list:
        gate = Barrier(len(deeds))

        def one(deed):
            try:
                gate.wait()
                return deed()
            except (offering.WrongState, IntegrityError) as error:
                return type(error)
            finally:
                connection.close()

        with ThreadPoolExecutor(len(deeds)) as pool:
            return list(pool.map(one, deeds))

    def test_ten_who_change_at_once_leave_one_change(self, kind):
        offer = kind.make(title="Alt")
        staff = staff_of(offer.employer)
        titles = [f"Neu {number}" for number in range(10)]
        done = self.run(*(partial(rewrite, kind, offer, by=staff, title=title) for title in titles))
        assert [each for each in done if each is IntegrityError] == []
        assert (OfferChange.objects.count(), kind.words(offer)[0]) == (1, "Alt")

    def test_an_approval_and_a_new_version_do_not_mix(self, kind):
        offer = kind.make(title="Alt")
        staff, coordinator = staff_of(offer.employer), make_user("coordinator")
        read = rewrite(kind, offer, by=staff, title="Neu")
        self.run(
            lambda: changing.publish(read, by=coordinator),
            lambda: rewrite(kind, offer, by=staff, title="Anders"),
        )
        left = OfferChange.objects.get()
        assert left.values[kind.title] == "Anders"
        assert kind.words(offer)[0] in {"Alt", "Neu"}
