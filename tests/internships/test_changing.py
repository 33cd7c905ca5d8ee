"""A change beside a live offer: others read the old words until somebody has looked at the new ones."""

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from internships.actions import changing, offering
from internships.models import Employer, Offer, OfferChange
from kit import outbox
from kit.models import OutboxMail
from portal.queues import INTERNSHIPS
from tests.internships.make import make_offer, next_monday
from tests.internships.test_pages import staff_of, text
from tests.make import make_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen")]


def known_offer(**fields) -> Offer:
    """Of a company that has another one, and not in the sample."""
    employer = make_offer().employer
    offer = make_offer(employer, **fields)
    while offer.pk % offering.SAMPLE == 0:
        offer = make_offer(employer, **fields)
    return offer


def rewrite(offer: Offer, *, by=None, days=None, **words):
    """What the form does with a change."""
    edited = Offer.objects.select_related("employer__organization", "scheme", "campaign").get(pk=offer.pk)
    for name, value in words.items():
        setattr(edited, name, value)
    periods = [(day, day, 1) for day in days or [next_monday(2)]]
    return changing.save(offer=edited, periods=periods, by=by or staff_of(offer.employer))


def words_of(offer: Offer) -> tuple[str, str]:
    return Offer.objects.values_list("title", "task").get(pk=offer.pk)


def form_of(offer: Offer, **fields) -> dict:
    return {
        "title": offer.title, "job_family": "S13", "summary": "", "task": offer.task, "feedback": offer.feedback,
        "guidance": offer.guidance, "takeaway": offer.takeaway, "scheme": offer.scheme_id, "starts": "09:00",
        "ends": "15:00", "location": offer.location_id, "pause_minutes": 60, "min_age": 14, "is_step_free": "unknown",
        "meeting_point": offer.meeting_point, "first_0": next_monday(2).isoformat(), "seats_0": "1", **fields,
    }  # fmt: skip


class TestSaving:
    def test_new_words_wait_and_others_read_the_old_ones(self, client):
        offer = make_offer(title="Lampen bauen")
        change = rewrite(offer, title="Lampen verkaufen")
        assert change.state == "submitted"
        assert words_of(offer)[0] == "Lampen bauen"
        pages = [client.get("/praktikum/"), client.get(offer.get_absolute_url())]
        assert ["Lampen verkaufen" in text(page) for page in pages] == [False, False]
        assert ["Lampen bauen" in text(page) for page in pages] == [True, True]

    def test_what_a_machine_checks_is_live_at_once(self):
        offer = make_offer()
        assert rewrite(offer, days=[next_monday(4)], pause_minutes=90) is None
        offer.refresh_from_db()
        assert (offer.pause_minutes, offer.periods.get().first_day) == (90, next_monday(4))

    def test_dates_are_live_while_words_wait(self):
        offer = make_offer()
        rewrite(offer, days=[next_monday(4)], task="Eine Uhr bauen.")
        assert (words_of(offer)[1], offer.periods.get().first_day) == ("Eine Lampe bauen.", next_monday(4))

    def test_a_known_company_is_not_looked_at(self):
        offer = known_offer()
        assert rewrite(offer, title="Lampen verkaufen") is None
        assert words_of(offer)[0] == "Lampen verkaufen"
        assert not OfferChange.objects.exists()

    def test_the_sample_is(self):
        offer = known_offer()
        while offer.pk % offering.SAMPLE:
            offer = make_offer(offer.employer)
        assert rewrite(offer, title="Lampen verkaufen").state == "submitted"

    @pytest.mark.parametrize("state", ["draft", "returned", "submitted"])
    def test_what_nobody_sees_is_simply_changed(self, state):
        offer = make_offer(state=state)
        assert rewrite(offer, title="Neu") is None
        assert words_of(offer)[0] == "Neu"

    def test_back_to_the_old_words_leaves_nothing_to_look_at(self):
        offer = make_offer(title="Alt")
        rewrite(offer, title="Neu")
        rewrite(offer, title="Alt")
        assert not OfferChange.objects.exists()

    def test_the_database_keeps_one(self):
        offer = make_offer()
        rewrite(offer, title="Neu")
        with pytest.raises(IntegrityError), transaction.atomic():
            OfferChange.objects.create(offer=offer, state="draft", values={})

    def test_others_may_not(self):
        offer = make_offer()
        stranger = make_user("company")
        with pytest.raises(offering.NotAllowed):
            rewrite(offer, by=stranger, title="Neu")
        with pytest.raises(offering.NotAllowed):
            changing.keep_draft(offer=offer, values={}, by=stranger)
        with pytest.raises(offering.NotAllowed):
            changing.drop(offer=offer, by=stranger)


class TestLooking:
    def test_approved_words_take_the_place(self, coordinator):
        offer = make_offer(title="Alt")
        change = rewrite(offer, title="Neu")
        assert change.difference == [(Offer._meta.get_field("title").verbose_name, "Alt", "Neu")]
        changing.publish(change=change, by=coordinator)
        assert words_of(offer)[0] == "Neu"
        assert not OfferChange.objects.exists()
        mail = OutboxMail.objects.get()
        assert "Neu" in outbox.written(mail).subject

    def test_only_a_coordinator_approves(self):
        offer = make_offer()
        change = rewrite(offer, title="Neu")
        with pytest.raises(offering.NotAllowed):
            changing.publish(change=change, by=staff_of(offer.employer))

    def test_what_was_rewritten_meanwhile_is_not_approved(self, coordinator):
        offer = make_offer(title="Alt")
        read = rewrite(offer, title="Neu")
        rewrite(offer, title="Ganz anders")
        with pytest.raises(offering.WrongState):
            changing.publish(change=read, by=coordinator)
        assert words_of(offer)[0] == "Alt"

    def test_returned_with_remarks(self, coordinator):
        offer = make_offer(title="Alt")
        change = rewrite(offer, title="Neu")
        changing.return_for_changes(change=change, reason="Bitte genauer.", by=coordinator)
        assert (OfferChange.objects.get().state, words_of(offer)[0]) == ("returned", "Alt")
        assert "Bitte genauer." in outbox.written(OutboxMail.objects.get()).body
        with pytest.raises(offering.WrongState):
            changing.publish(change=change, by=coordinator)
        assert rewrite(offer, title="Neuer").state == "submitted"

    def test_the_queue_shows_what_waits_and_no_drafts(self, coordinator, login, client):
        offer = make_offer(title="Alter Titel")
        queue = next(each for each in INTERNSHIPS if "offerchange" in each.changelist)
        changing.keep_draft(offer=offer, values={"title": "Entwurfstitel"}, by=staff_of(offer.employer))
        login(coordinator)
        rows = "/verwaltung/internships/offerchange/"
        assert queue.rows().count() == 0
        hidden = client.get(f"{rows}{OfferChange.objects.get().pk}/change/")
        assert "Entwurfstitel" not in hidden.content.decode()
        change = rewrite(offer, title="Neuer Titel")
        assert queue.rows().get() == change
        page = text(client.get(f"{rows}{change.pk}/change/"))
        assert "Alter Titel" in page
        assert "Neuer Titel" in page
        client.post(rows, {"action": "publish", "_selected_action": change.pk, "confirmed": "1"})
        assert words_of(offer)[0] == "Neuer Titel"

    def test_an_offer_that_has_ended_waits_for_nobody(self, coordinator):
        offer = make_offer()
        change = rewrite(offer, title="Neu")
        offering.archive(offer=offer, by=staff_of(offer.employer))
        assert not OfferChange.objects.waiting().exists()
        with pytest.raises(offering.WrongState):
            changing.publish(change=change, by=coordinator)


class TestPages:
    def test_a_draft_is_kept_as_it_stands_and_shown_to_nobody(self, client):
        offer = make_offer(title="Alt")
        client.force_login(staff_of(offer.employer))
        page = reverse("internships:offer_edit", args=[offer.employer_id, offer.pk])
        form = form_of(offer, title="Halb fer", task="", first_1="morgen", entwurf="1", fremd="x")
        assert client.post(page, form).status_code == 302
        assert words_of(offer) == ("Alt", "Eine Lampe bauen.")
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
        assert (OfferChange.objects.exists(), words_of(offer)[0]) == (False, "Alt")


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

    def test_ten_who_change_at_once_leave_one_change(self):
        offer = make_offer(title="Alt")
        staff = staff_of(offer.employer)
        titles = [f"Neu {number}" for number in range(10)]
        done = self.run(*(partial(rewrite, offer, by=staff, title=title) for title in titles))
        assert [each for each in done if each is IntegrityError] == []
        assert (OfferChange.objects.count(), words_of(offer)[0]) == (1, "Alt")

    def test_an_approval_and_a_new_version_do_not_mix(self):
        offer = make_offer(title="Alt")
        staff, coordinator = staff_of(offer.employer), make_user("coordinator")
        read = rewrite(offer, by=staff, title="Neu")
        self.run(
            lambda: changing.publish(change=read, by=coordinator), lambda: rewrite(offer, by=staff, title="Anders")
        )
        left = OfferChange.objects.get()
        assert left.values["title"] == "Anders"
        assert words_of(offer)[0] in {"Alt", "Neu"}


def test_a_silent_company_is_looked_at_again():
    offer = known_offer()
    Employer.objects.filter(pk=offer.employer_id).update(paused_at="2026-05-01T10:00Z")
    assert rewrite(offer, title="Neu").state == "submitted"
