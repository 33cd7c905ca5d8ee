"""To an appointment in four short pages, without an account."""

from urllib.parse import parse_qs, urlsplit

import pytest
from django.urls import reverse

from counseling.actions import booking
from counseling.models import APPOINTMENT, APPOINTMENT_FORM, Appointment, Claim
from kit import tokens
from kit.models import OutboxMail
from tests.counseling.make import berlin, make_counsellor, make_service, make_subject
from tests.counseling.test_booking import MONDAY_TEN, ask, hold
from tests.make import make_region

pytestmark = pytest.mark.django_db
TEN = "2026-05-18T08:00Z"


@pytest.fixture(autouse=True)
def _tuesday_morning(frozen):
    """2026-05-12, 10:00: an ordinary day."""
    make_region()


@pytest.fixture
def person():
    return make_counsellor(make_service(minutes=60, every=60))


def wish(person, **more) -> dict:
    return {"fuer": "person", "thema": person.subjects.get().pk, "art": "phone", "sprache": "de", **more}


def times(client, person, **more):
    return client.get(reverse("counseling:time"), wish(person, **more))


def choose(client, person, value=TEN, **more):
    address = reverse("counseling:time", query=wish(person, woche="2026-05-18", **more))
    return client.post(address, {"zeit": value})


def form_address(name, appointment):
    return reverse(f"counseling:{name}", args=[tokens.make_for(APPOINTMENT_FORM, appointment)])


def text(response) -> str:
    return " ".join(response.content.decode().split())


# ── What, who, where


def test_the_start_page_answers_the_four_questions_and_needs_no_cookie(client, person):
    response = client.get("/beratung/")
    assert not response.cookies
    page = text(response)
    for address in ("/anbieter/", "/kurse/", "/beratung/buchen/thema/", "tel:+493631000000"):
        assert f'href="{address}' in page
    assert person.center.name in page


def test_the_start_page_opens_a_door_for_each_kind_of_client(client, person):
    make_service(audience="company")
    page = text(client.get("/beratung/"))
    assert "?fuer=person" in page
    assert "?fuer=company" in page
    assert "?fuer=institution" not in page


@pytest.mark.parametrize("people", [1, 3])
def test_the_start_page_costs_the_same_number_of_queries(client, people, django_assert_num_queries):
    for _number in range(people):
        make_counsellor(make_service())
    client.get("/beratung/")
    with django_assert_num_queries(4):
        client.get("/beratung/")


# ── Subject


def test_the_first_page_offers_what_this_kind_of_client_can_have(client, person):
    other = make_service(make_subject("Nur für Betriebe"), audience="company", modes=["on_site"])
    make_counsellor(other, languages=["ar"])
    page = text(client.get("/beratung/buchen/thema/", {"fuer": "person"}))
    assert "Nur für Betriebe" not in page
    assert 'value="on_site"' not in page
    assert 'value="ar"' in page


def test_the_first_page_says_what_is_missing(client, person):
    response = client.get("/beratung/buchen/thema/", {"fuer": "person", "sprache": "de", "weiter": "1"})
    page = text(response)
    assert "errorsummary" in page
    assert page.count("Wählen Sie, worum es geht") == 2


def test_the_first_page_leads_to_the_times(client, person):
    response = client.get("/beratung/buchen/thema/", {**wish(person), "weiter": "1"})
    assert response.status_code == 302
    assert urlsplit(response.url).path == "/beratung/buchen/termin/"
    assert parse_qs(urlsplit(response.url).query)["art"] == ["phone"]


def test_the_service_follows_from_who_asks(client, person):
    make_service(person.subjects.get(), audience="company", minutes=90, every=90)
    assert "60 Minuten" in text(times(client, person))
    assert "90 Minuten" in text(times(client, person, fuer="company"))


# ── Time


def test_times_are_radio_buttons_and_what_is_taken_says_so(client, person):
    hold(person, berlin("2026-05-18 09:00"))
    page = text(times(client, person, woche="2026-05-18"))
    assert page.count('<input type="radio" name="zeit"') == 14
    assert '<span class="taken">09:00 Uhr <span>vergeben</span></span>' in page
    assert '10:00 Uhr<span class="visually-hidden">, Mo, 18. Mai</span>' in page


@pytest.mark.parametrize("week", ["", "x", "2026-99-99", "0001-01-01", "9999-12-31"])
def test_strange_weeks_do_no_harm(client, person, week):
    assert times(client, person, woche=week).status_code == 200


def test_without_an_answer_to_the_first_page_one_goes_back(client, person):
    response = client.get("/beratung/buchen/termin/", {"fuer": "person", "thema": "999999"})
    assert response.url.startswith("/beratung/buchen/thema/")


def test_weeks_end_with_today_and_with_the_horizon(client, person):
    first, last = times(client, person), times(client, person, woche="2026-07-06")
    assert ('rel="prev"' in text(first), 'rel="next"' in text(first)) == (False, True)
    assert ('rel="prev"' in text(last), 'rel="next"' in text(last)) == (True, False)


def test_an_empty_week_leads_to_the_next_free_one(client, person):
    person.weekly_hours.update(valid_from="2026-05-25")
    page = text(times(client, person))
    assert "In dieser Woche ist keine Zeit mehr frei" in page
    assert "woche=2026-05-25" in page


def test_four_empty_weeks_lead_to_the_phone(client, person):
    person.weekly_hours.all().delete()
    page = text(times(client, person))
    assert "In den nächsten vier Wochen" in page
    assert 'href="tel:+493631000000"' in page


def test_the_next_evening_is_shown(client, person):
    hours = person.weekly_hours.get(weekday=2)
    hours.pk, hours.starts, hours.ends, hours.valid_from = None, "18:00", "19:00", "2026-05-25"
    hours.save()
    assert "Nächste freie Zeit am Abend: Mi, 27. Mai 2026, 18:00 Uhr" in text(times(client, person))


@pytest.mark.parametrize("people", [1, 3])
def test_a_week_costs_the_same_number_of_queries(client, people, django_assert_num_queries):
    subject = make_subject()
    service = make_service(subject)
    for _number in range(people):
        someone = make_counsellor(service)
    times(client, someone)
    with django_assert_num_queries(9):
        times(client, someone)


def test_choosing_holds_the_time(client, person):
    response = choose(client, person)
    appointment = Appointment.objects.get()
    assert (appointment.state, appointment.starts_at) == ("held", MONDAY_TEN)
    assert response.url == form_address("details", appointment)


def test_whoever_is_slower_gets_the_same_page_with_the_next_time(client, person):
    hold(person)
    response = choose(client, person)
    page = text(response)
    assert response.status_code == 409
    assert "10:00 Uhr ist gerade vergeben. Nächste freie Zeit: 11:00 Uhr, Mo, 18. Mai" in page
    assert " checked" not in page
    assert Appointment.objects.count() == 1


@pytest.mark.parametrize(
    ("value", "status"), [("", 400), ("x", 400), ("2026-05-18T08:00", 400), ("2026-05-18T08:07Z", 409)]
)
def test_what_is_no_time_is_refused(client, person, value, status):
    assert choose(client, person, value).status_code == status
    assert not Appointment.objects.exists()


def test_who_is_free_is_found(client, person):
    colleague = make_counsellor(person.subjects.get().services.get())
    choose(client, person)
    choose(client, person)
    assert set(Appointment.objects.values_list("counsellor", flat=True)) == {person.pk, colleague.pk}


def test_one_address_cannot_empty_the_calendar(client, person, monkeypatch):
    monkeypatch.setattr("counseling.views.booking.HOLDS_PER_HOUR", 1)
    assert choose(client, person).status_code == 302
    assert choose(client, person, "2026-05-18T09:00Z").status_code == 429


# ── Details and check


def describe(client, appointment, **fields):
    data = {"name": "Sam Muster", "email": "sam@example.org", "phone": "03631 000009"}
    return client.post(form_address("details", appointment), {**data, **fields})


def test_the_form_says_how_long_the_time_is_held(client, person):
    page = text(client.get(form_address("details", hold(person))))
    assert "Montag, 18. Mai 2026, 10:00 Uhr" in page
    assert "noch 15 Minuten" in page


def test_more_time_can_be_had(client, person, at):
    appointment = hold(person)
    at("2026-05-12 10:14")
    client.post(form_address("prolong", appointment))
    appointment.refresh_from_db()
    assert appointment.held_until == berlin("2026-05-12 10:29")


def test_two_things_must_be_said(client, person):
    service = person.subjects.get().services.get()
    service.modes = ["video"]
    service.save()
    page = text(client.post(form_address("details", hold(person, mode="video")), {}))
    assert "Schreiben Sie Ihren Namen" in page
    assert "Schreiben Sie eine E-Mail-Adresse oder eine Telefonnummer" in page
    assert "Bitte prüfen Sie 2 Angaben" in page


def test_a_call_needs_a_number(client, person):
    page = text(describe(client, hold(person), phone=""))
    assert "Schreiben Sie die Telefonnummer, unter der wir Sie anrufen" in page


def test_a_company_says_its_name(client, person):
    service = make_service(person.subjects.get(), audience="company")
    appointment = booking.hold(
        service=service,
        subject=person.subjects.get(),
        counsellor=person,
        starts_at=MONDAY_TEN,
        mode="phone",
        language="de",
    )
    assert "Schreiben Sie den Namen" in text(describe(client, appointment))
    assert describe(client, appointment, organization_name="Muster GmbH").status_code == 302


def test_robots_fall_into_the_trap(client, person):
    assert describe(client, hold(person), website="https://spam.example").status_code == 200
    assert Appointment.objects.get().name == ""


def test_details_come_back_on_the_last_page_and_in_the_form(client, person):
    appointment = hold(person)
    response = describe(client, appointment, needs=["child"], question="Was kostet das?")
    check, form = text(client.get(response.url)), text(client.get(form_address("details", appointment)))
    for words in ("Sam Muster", "sam@example.org", "Was kostet das?"):
        assert words in check
        assert words in form
    assert "Ich bringe mein Kind mit" in check
    assert Appointment.objects.get().on_site_needs == "Ich bringe mein Kind mit"


def test_another_time_asks_nothing_twice(client, person):
    appointment = hold(person)
    describe(client, appointment)
    before = tokens.make_for(APPOINTMENT_FORM, appointment)
    choose(client, person, "2026-05-18T09:00Z", statt=before)
    now = Appointment.objects.get()
    assert (now.name, now.starts_at) == ("Sam Muster", berlin("2026-05-18 11:00"))
    assert hold(person).starts_at == MONDAY_TEN


def test_the_last_page_needs_a_name(client, person):
    appointment = hold(person)
    assert client.get(form_address("check", appointment)).url == form_address("details", appointment)


def test_the_button_asks_for_the_time_and_sends_the_mail(client, person):
    appointment = hold(person)
    describe(client, appointment)
    response = client.post(form_address("check", appointment))
    appointment.refresh_from_db()
    assert (appointment.state, response.url) == ("requested", form_address("booked", appointment))
    assert OutboxMail.objects.get().to == "sam@example.org"
    assert "Fast fertig: Bitte bestätigen Sie" in text(client.get(response.url))


def test_pressing_the_button_twice_asks_once(client, person):
    appointment = hold(person)
    describe(client, appointment)
    for _time in range(2):
        client.post(form_address("check", appointment))
    assert OutboxMail.objects.count() == 1


def test_whoever_has_no_mail_address_is_called(client, person):
    appointment = hold(person)
    describe(client, appointment, email="")
    page = text(client.post(form_address("check", appointment), follow=True))
    assert "Wir rufen Sie an" in page
    assert Appointment.objects.get().state == "pending"


def test_who_was_too_slow_goes_back_to_the_times(client, person, at):
    appointment = hold(person)
    describe(client, appointment)
    at("2026-05-12 12:00")
    ask(hold(person), email="kim@example.org")
    response = client.post(form_address("check", appointment), follow=True)
    assert "10:00 Uhr ist gerade vergeben" in text(response)


def test_the_mail_comes_once_more_but_not_without_end(client, person):
    appointment = ask(hold(person))
    answers = [client.post(form_address("mail_again", appointment)).status_code for _time in range(4)]
    assert answers == [302, 302, 302, 429]


def test_the_form_link_confirms_nothing(client, person):
    appointment = ask(hold(person))
    token = tokens.make_for(APPOINTMENT_FORM, appointment)
    assert client.post(f"/t/{token}/termin/").status_code == 404


@pytest.mark.parametrize("page", ["details", "check", "booked"])
def test_opening_a_page_changes_nothing(client, person, page):
    appointment = hold(person)
    booking.describe(appointment=appointment, name="Sam Muster", email="sam@example.org")
    before = Appointment.objects.values().get(), list(Claim.objects.values())
    for method in (client.get, client.head):
        method(form_address(page, appointment))
    assert (Appointment.objects.values().get(), list(Claim.objects.values())) == before


def test_form_pages_are_kept_nowhere(client, person):
    response = client.get(form_address("details", hold(person)))
    assert response["Cache-Control"] == "private, no-store"
    assert response["X-Robots-Tag"] == "noindex, nofollow"


# ── Without the link


@pytest.mark.parametrize(
    "contact", ["sam@example.org", " SAM@example.org ", "03631 000009", "+49 (0)3631/000009", "0049363100 0009"]
)
def test_number_and_contact_open_the_appointment(client, person, contact):
    appointment = booking.confirm(appointment=ask(hold(person), phone="03631-000009"))
    response = client.post("/beratung/termin-finden/", {"number": appointment.number.lower(), "contact": contact})
    assert response.url == f"/t/{tokens.make_for(APPOINTMENT, appointment)}/termin/"


@pytest.mark.parametrize(
    ("number", "contact"), [("", ""), (None, "kim@example.org"), ("AAAAAA", "sam@example.org"), (None, "0")]
)
def test_one_of_both_opens_nothing(client, person, number, contact):
    appointment = booking.confirm(appointment=ask(hold(person)))
    number = appointment.number if number is None else number
    assert client.post("/beratung/termin-finden/", {"number": number, "contact": contact}).status_code == 200


def test_a_made_up_address_does_not_confirm_itself(client, person):
    appointment = ask(hold(person))
    data = {"number": appointment.number, "contact": "sam@example.org"}
    assert client.post("/beratung/termin-finden/", data).status_code == 200


def test_numbers_cannot_be_tried_out(client, person):
    data = {"number": "AAAAAA", "contact": "sam@example.org"}
    answers = [client.post("/beratung/termin-finden/", data).status_code for _time in range(11)]
    assert answers == [200] * 10 + [429]
