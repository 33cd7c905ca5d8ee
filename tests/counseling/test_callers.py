"""Booking for people who call: found, booked and printed without an e-mail address."""

from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.urls import reverse

from counseling.models import Appointment
from kit import clock
from kit.models import OutboxMail
from tests.counseling.make import berlin, make_appointment, make_center, make_counsellor, make_service, make_subject
from tests.make import make_region

pytestmark = pytest.mark.django_db
SEARCH, BOOK = "/mein/beratung/buchen/", "/mein/beratung/buchen/angaben/"
TEN = berlin("2026-05-13 10:00")


@pytest.fixture(autouse=True)
def _now(frozen):
    make_region()


@pytest.fixture
def me():
    return make_counsellor()


@pytest.fixture
def desk(login, me):
    return login(me.user)


def wanted(person, **more) -> dict:
    subject = person.subjects.get()
    return {"anliegen": f"{subject.services.get().pk}-{subject.pk}", "sprache": "de", **more}


def chosen(person, starts_at=TEN, **more) -> str:
    return f"{BOOK}?{urlencode(wanted(person, wer=person.pk, zeit=starts_at.isoformat(), **more))}"


def test_times_are_found_for_everybody_who_knows_the_subject(me, desk):
    colleague = make_counsellor(me.subjects.get().services.get())
    days = desk.get(SEARCH, wanted(me)).context["days"]
    assert {row.counsellor for day in days for row in day.rows} == {me, colleague}
    only = desk.get(SEARCH, wanted(me, bei=me.pk)).context["days"]
    assert {row.counsellor for day in only for row in day.rows} == {me}


def test_who_does_not_advise_on_the_subject_is_not_offered(me, desk):
    service = me.subjects.get().services.get()
    other = make_subject()
    service.subjects.add(other)
    make_counsellor(service).subjects.set([other])
    days = desk.get(SEARCH, wanted(me)).context["days"]
    assert {row.counsellor for day in days for row in day.rows} == {me}


def test_staff_may_book_up_to_the_last_minute(me, desk):
    first = desk.get(SEARCH, wanted(me)).context["days"][0].rows[0].slots[0]
    assert first.starts_at == berlin("2026-05-12 10:00")


@pytest.mark.parametrize("query", [{}, {"anliegen": "1-1"}, {"anliegen": "x"}, {"ab": "gestern"}])
def test_an_incomplete_search_shows_the_form(desk, query):
    response = desk.get(SEARCH, query)
    assert response.status_code == 200
    assert response.context["days"] is None


def test_a_caller_without_mail_is_booked_at_once(me, desk):
    response = desk.post(chosen(me), {"name": "Noa Beispiel", "phone": "03631 5"})
    appointment = Appointment.objects.get()
    assert response["Location"] == reverse("counseling_desk:talk", args=[appointment.pk])
    assert (appointment.state, appointment.starts_at, appointment.booked_by) == ("confirmed", TEN, me.user)
    assert not OutboxMail.objects.filter(to="").exists()
    slip = desk.get(reverse("counseling_desk:slip", args=[appointment.pk])).content.decode()
    for words in (appointment.number, "Mittwoch, 13. Mai 2026", "10:00 Uhr", me.center.phone):
        assert words in slip


def test_with_mail_the_confirmation_comes_by_mail(me, desk):
    desk.post(chosen(me), {"name": "Noa Beispiel", "email": "noa@example.org"})
    assert OutboxMail.objects.filter(to="noa@example.org", template__endswith="booked.txt").exists()


@pytest.mark.parametrize("given", [{"phone": "1"}, {"name": "Noa"}, {"name": "Noa", "email": "noa"}])
def test_who_cannot_be_reached_is_not_booked(me, desk, given):
    response = desk.post(chosen(me), given)
    assert response.status_code == 200
    assert response.context["form"].errors
    assert not Appointment.objects.exists()


def test_a_time_that_was_taken_meanwhile_leads_back_to_the_others(me, desk):
    desk.post(chosen(me), {"name": "Erste", "phone": "1"})
    response = desk.post(chosen(me), {"name": "Zweite", "phone": "2"}, follow=True)
    assert "gerade vergeben" in response.content.decode()
    assert response.request["PATH_INFO"] == SEARCH
    assert Appointment.objects.get().name == "Erste"


@pytest.mark.parametrize(
    "query", [{"zeit": "x"}, {"zeit": "2026-05-13T10:00"}, {"wer": "99999"}, {"wer": "²"}, {"zeit": "9999-99-99"}]
)
def test_rubbish_in_the_address_leads_back(me, desk, query):
    path = f"{BOOK}?{urlencode({**wanted(me), 'wer': me.pk, 'zeit': TEN.isoformat(), **query})}"
    assert desk.get(path).status_code == 302


def test_the_mode_that_was_asked_for_or_chosen_is_booked(me, desk):
    desk.post(chosen(me, art="video", wie="phone"), {"name": "Noa", "phone": "1"})
    assert Appointment.objects.get().mode == "phone"


def test_a_visit_asks_for_the_address(login):
    service = make_service(audience="company", modes=["on_site"])
    person = make_counsellor(service, modes=["on_site"])
    client = login(person.user)
    response = client.post(chosen(person), {"name": "Noa", "phone": "1"})
    assert set(response.context["form"].errors) == {"address"}
    client.post(chosen(person), {"name": "Noa", "phone": "1", "address": "Musterring 3", "organization_name": "M GmbH"})
    assert Appointment.objects.get().organization_name == "M GmbH"


# ── Moving and cancelling


@pytest.fixture
def booked(me, desk):
    desk.post(chosen(me), {"name": "Noa Beispiel", "phone": "03631 5"})
    return Appointment.objects.get()


def test_a_talk_is_moved_and_keeps_its_number(me, desk, booked):
    path = reverse("counseling_desk:move", args=[booked.pk])
    later = TEN + timedelta(minutes=60)
    desk.post(path, {"zeit": f"{me.pk} {later.isoformat()}"})
    moved = Appointment.objects.get()
    assert (moved.starts_at, moved.reference, moved.sequence) == (later, booked.reference, 1)


@pytest.mark.parametrize("given", ["", "x", "1 x", "1 2026-05-13T10:00:00", "0 2026-05-13T10:00:00+00:00"])
def test_moving_to_nowhere_moves_nothing(desk, booked, given):
    response = desk.post(reverse("counseling_desk:move", args=[booked.pk]), {"zeit": given})
    assert response.status_code in {302, 404}
    assert Appointment.objects.get().sequence == 0


def test_the_stand_in_moves_the_talk_of_somebody_ill(login):
    house, standin = make_center(), make_counsellor()
    service = standin.subjects.get().services.get()
    sick = make_counsellor(service, house, standin=standin)
    talk = make_appointment(sick, TEN, email="", phone="1", mode="phone")
    client = login(standin.user)
    path = reverse("counseling_desk:move", args=[talk.pk])
    assert client.get(path).status_code == 200
    client.post(path, {"zeit": f"{standin.pk} {TEN.isoformat()}"})
    talk.refresh_from_db()
    assert talk.counsellor == standin


def test_cancelling_asks_first(desk, booked):
    path = reverse("counseling_desk:cancel", args=[booked.pk])
    desk.get(path)
    assert Appointment.objects.get().state == "confirmed"
    desk.post(path)
    assert Appointment.objects.get().state == "cancelled_office"


@pytest.mark.parametrize("page", ["move", "cancel"])
def test_what_is_over_is_neither_moved_nor_cancelled(desk, booked, page):
    Appointment.objects.update(state="cancelled_office", ended_at=clock.now())
    response = desk.get(reverse(f"counseling_desk:{page}", args=[booked.pk]), follow=True)
    assert response.redirect_chain == [(reverse("counseling_desk:talk", args=[booked.pk]), 302)]
    assert "Das geht nicht mehr" in response.content.decode()
