"""What companies offer, internships and topics alike: written, looked at, shown, ended. For both kinds each."""

import pytest
from django.db import IntegrityError, transaction

from accounts.models import AuditEntry
from internships.actions import offering
from internships.models import Employer
from internships.models.offered import Offered
from kit import clock
from tests.internships.conftest import mails
from tests.internships.make import make_lesson_offer, make_offer
from tests.internships.test_pages import staff_of
from tests.make import make_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen")]


def state_of(offer: Offered) -> str:
    return type(offer).objects.values_list("state", flat=True).get(pk=offer.pk)


class TestShowing:
    def test_the_first_of_a_company_is_looked_at(self, kind, coordinator):
        offer = kind.make(state="draft")
        assert offering.submit(offer=offer, by=staff_of(offer.employer)).state == "submitted"
        assert not kind.model.objects.visible().exists()
        offering.publish(offer, by=coordinator)
        assert (kind.model.objects.visible().get(), mails()) == (offer, [f"{kind.name}_published"])

    def test_later_ones_are_shown_at_once_but_for_a_sample(self, kind):
        employer = kind.make().employer
        staff = staff_of(employer)
        states = [offering.submit(offer=kind.make(employer, state="draft"), by=staff).state for _n in "12345"]
        assert sorted(states) == ["published"] * 4 + ["submitted"]

    def test_one_kind_does_not_vouch_for_the_other(self):
        employer = make_offer().employer
        topic = make_lesson_offer(employer, state="draft")
        assert offering.submit(offer=topic, by=staff_of(employer)).state == "submitted"

    @pytest.mark.parametrize("hidden", [{"approved_at": None}, {"paused_at": clock.now}])
    def test_a_company_that_waits_or_is_paused_is_looked_at(self, kind, hidden):
        employer = kind.make().employer
        values = {name: value() if callable(value) else value for name, value in hidden.items()}
        Employer.objects.filter(pk=employer.pk).update(
            **values, **({"approved_by": ""} if "approved_at" in values else {})
        )
        states = [offering.submit(offer=kind.make(employer, state="draft"), by=staff_of(employer)).state for _n in "12"]
        assert states == ["submitted"] * 2

    def test_what_is_not_ready_is_not_shown(self, kind, coordinator):
        offer = kind.make(state="draft", needed=" ")
        with pytest.raises(offering.NotReady):
            offering.submit(offer=offer, by=staff_of(offer.employer))
        type(offer).objects.filter(pk=offer.pk).update(state="submitted")
        with pytest.raises(offering.NotReady):
            offering.publish(offer, by=coordinator)

    @pytest.mark.parametrize("state", ["submitted", "published", "archived"])
    def test_only_what_is_not_shown_yet_is_submitted(self, kind, state):
        offer = kind.make(state=state)
        with pytest.raises(offering.WrongState):
            offering.submit(offer=offer, by=staff_of(offer.employer))

    @pytest.mark.parametrize("state", ["draft", "returned", "published", "archived"])
    def test_only_what_waits_is_published(self, kind, state, coordinator):
        with pytest.raises(offering.WrongState):
            offering.publish(kind.make(state=state), by=coordinator)


class TestReturning:
    @pytest.mark.parametrize("state", ["submitted", "published"])
    def test_with_remarks_and_a_mail(self, kind, state, coordinator):
        offer = kind.make(state=state)
        offering.return_for_changes(offer, reason=" Bitte genauer. ", by=coordinator)
        offer.refresh_from_db()
        assert (offer.state, offer.returned_reason) == ("returned", "Bitte genauer.")
        assert mails() == [f"{kind.name}_returned"]

    def test_never_without(self, kind, coordinator):
        offer = kind.make(state="submitted")
        with pytest.raises(ValueError, match="reason"):
            offering.return_for_changes(offer, reason=" ", by=coordinator)
        assert state_of(offer) == "submitted"

    @pytest.mark.parametrize("state", ["draft", "returned", "archived"])
    def test_only_what_is_at_the_coordinator_or_shown(self, kind, state, coordinator):
        with pytest.raises(offering.WrongState):
            offering.return_for_changes(kind.make(state=state), reason="Bitte genauer.", by=coordinator)


class TestWriting:
    def test_a_live_one_cannot_be_emptied(self, kind):
        offer = kind.make()
        setattr(offer, kind.needed, "")
        with pytest.raises(offering.NotReady):
            offering.save(offer=offer, by=staff_of(offer.employer))
        with pytest.raises(IntegrityError), transaction.atomic():
            offer.save()

    def test_what_has_ended_is_not_written_any_more(self, kind):
        offer = kind.make(state="archived")
        with pytest.raises(offering.NotAllowed):
            offering.save(offer=offer, by=staff_of(offer.employer))

    def test_paused_and_found_again(self, kind):
        offer = kind.make()
        staff = staff_of(offer.employer)
        offering.pause(offer=offer, by=staff)
        assert not kind.model.objects.visible().exists()
        offering.resume(offer=offer, by=staff)
        assert kind.model.objects.visible().get() == offer
        words = offer.AREA
        assert list(AuditEntry.objects.order_by("pk").values_list("verb", flat=True))[-2:] == [
            f"{words} offer paused", f"{words} offer resumed",
        ]  # fmt: skip


class TestWho:
    @pytest.mark.parametrize(
        "deed", [offering.submit, offering.pause, offering.resume, offering.archive, offering.save]
    )
    def test_only_the_company_itself(self, kind, deed):
        with pytest.raises(offering.NotAllowed):
            deed(offer=kind.make(state="draft"), by=make_user("company"))

    def test_only_a_coordinator_looks(self, kind):
        offer = kind.make(state="submitted")
        staff = staff_of(offer.employer)
        with pytest.raises(offering.NotAllowed):
            offering.publish(offer, by=staff)
        with pytest.raises(offering.NotAllowed):
            offering.return_for_changes(offer, reason="Nein.", by=staff)

    def test_published_and_returned_from_the_queue(self, kind, client, coordinator, login):
        offer = kind.make(state="submitted")
        login(coordinator)
        rows = f"/verwaltung/internships/{offer._meta.model_name}/"
        deed = {"_selected_action": offer.pk, "confirmed": "1"}
        assert "Zurückgeben" in client.get(f"{rows}{offer.pk}/change/").content.decode()
        client.post(rows, {**deed, "action": "publish"})
        assert state_of(offer) == "published"
        client.post(rows, {**deed, "action": "give_back", "reason": "Bitte genauer."})
        assert state_of(offer) == "returned"
