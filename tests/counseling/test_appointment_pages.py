"""The one link of an appointment, for life."""

import pytest
from icalendar import Calendar

from accounts.actors import LINK_HOLDER
from counseling.actions import booking, changing
from counseling.models import APPOINTMENT, Appointment, Claim
from kit import tokens
from tests.counseling.make import berlin, make_counsellor, make_service
from tests.counseling.test_booking import MONDAY_TEN, ask, hold
from tests.counseling.test_booking_pages import text
from tests.make import make_region

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _tuesday_morning(frozen):
    """2026-05-12, 10:00: an ordinary day."""
    make_region()


@pytest.fixture
def person():
    return make_counsellor(make_service(minutes=60, every=60), video_url="https://video.example.org/raum/")


@pytest.fixture
def booked(person):
    return booking.confirm(appointment=ask(hold(person), phone="03631 000009"))


def link(appointment, page="") -> str:
    return f"/t/{tokens.make_for(APPOINTMENT, appointment)}/termin/{page}"


def test_confirming_takes_the_button(client, person):
    appointment = ask(hold(person))
    assert "Bitte bestätigen Sie Ihren Termin" in text(client.get(link(appointment)))
    appointment.refresh_from_db()
    assert appointment.state == "requested"
    page = text(client.post(link(appointment), follow=True))
    assert "Ihr Termin ist gebucht" in page
    assert appointment.number in page


def test_confirming_too_late_says_what_to_do(client, person, at):
    appointment = ask(hold(person))
    at("2026-05-12 13:00")
    ask(hold(person), email="kim@example.org")
    assert "Jemand anderes hat diese Zeit inzwischen" in text(client.post(link(appointment), follow=True))


def test_a_phone_booking_is_not_confirmed_by_its_link(client, person):
    appointment = ask(hold(person), email="", phone="03631 000009")
    client.post(link(appointment))
    appointment.refresh_from_db()
    assert appointment.state == "pending"


@pytest.mark.parametrize("page", ["", "verschieben/", "art/", "absagen/", "termin.ics"])
def test_opening_a_link_changes_nothing(client, booked, page):
    before = Appointment.objects.values().get(), list(Claim.objects.order_by("pk").values())
    for method in (client.get, client.head, client.options):
        assert method(link(booked, page)).status_code in {200, 405}
    assert (Appointment.objects.values().get(), list(Claim.objects.order_by("pk").values())) == before


def test_pages_of_a_link_are_kept_nowhere(client, booked):
    response = client.get(link(booked))
    assert response["Cache-Control"] == "private, no-store"
    assert response["X-Robots-Tag"] == "noindex, nofollow"


def test_a_wrong_link_opens_nothing(client, booked):
    assert client.get(link(booked).replace("/termin", "x/termin")).status_code == 404


def test_moving_takes_two_clicks(client, booked):
    page = text(client.get(link(booked, "verschieben/?woche=2026-05-18")))
    assert '<input type="radio" name="zeit" value="2026-05-18T07:00Z"' in page
    response = client.post(link(booked, "verschieben/?woche=2026-05-18"), {"zeit": "2026-05-18T07:00Z"}, follow=True)
    assert "Montag, 18. Mai 2026, 09:00–10:00 Uhr" in text(response)
    booked.refresh_from_db()
    assert (booked.starts_at, booked.sequence) == (berlin("2026-05-18 09:00"), 1)


def test_moving_to_a_time_that_is_taken_says_so(client, person, booked):
    hold(person, berlin("2026-05-18 09:00"))
    response = client.post(link(booked, "verschieben/?woche=2026-05-18"), {"zeit": "2026-05-18T07:00Z"})
    assert response.status_code == 409
    assert "09:00 Uhr ist gerade vergeben" in text(response)
    booked.refresh_from_db()
    assert booked.starts_at == MONDAY_TEN


def test_moving_stays_with_the_counsellor_while_possible(client, person, booked):
    make_counsellor(person.subjects.get().services.get())
    client.post(link(booked, "verschieben/?woche=2026-05-18"), {"zeit": "2026-05-18T09:00Z"})
    booked.refresh_from_db()
    assert booked.counsellor == person


def test_the_way_of_meeting_changes_at_the_same_time(client, booked):
    client.post(link(booked, "art/"), {"art": "video"})
    booked.refresh_from_db()
    assert (booked.mode, booked.starts_at, booked.sequence) == ("video", MONDAY_TEN, 1)


def test_the_way_of_meeting_needs_a_choice(client, booked):
    assert client.post(link(booked, "art/"), {"art": "phone"}).status_code == 200
    booked.refresh_from_db()
    assert booked.sequence == 0


def test_a_call_asks_for_the_number_that_is_missing(client, person):
    appointment = booking.confirm(appointment=ask(hold(person, mode="video")))
    assert "Schreiben Sie die Telefonnummer" in text(client.post(link(appointment, "art/"), {"art": "phone"}))
    client.post(link(appointment, "art/"), {"art": "phone", "phone": "03631 000009"})
    appointment.refresh_from_db()
    assert (appointment.mode, appointment.phone) == ("phone", "03631 000009")


def test_cancelling_asks_once_more(client, booked):
    assert "Termin absagen?" in text(client.get(link(booked, "absagen/")))
    page = text(client.post(link(booked, "absagen/"), follow=True))
    assert "Ihr Termin ist abgesagt" in page
    assert "Neuen Termin buchen" in page


def test_cancelling_late_names_the_phone(client, booked, at):
    at("2026-05-18 08:00")
    assert booked.counsellor.center.phone in text(client.get(link(booked, "absagen/")))
    client.post(link(booked, "absagen/"))
    booked.refresh_from_db()
    assert booked.state == "cancelled_late"


def test_what_is_over_offers_a_new_one(client, booked, at):
    at("2026-05-18 11:00")
    page = text(client.get(link(booked)))
    assert "Ihr Termin ist vorbei" in page
    assert "Neuen Termin buchen" in page
    for page in ("verschieben/", "art/", "absagen/"):
        assert client.get(link(booked, page)).status_code == 302


def test_the_video_room_opens_shortly_before(client, person, at):
    appointment = booking.confirm(appointment=ask(hold(person, mode="video")))
    page = text(client.get(link(appointment)))
    assert "https://video.example.org" not in page
    assert "Der Link erscheint hier" in page
    assert "auf der Seite Ihres Termins" not in page  # one is there
    assert "Bringen Sie Zeugnisse mit" not in page
    at("2026-05-18 09:46")
    assert appointment.video_address in text(client.get(link(appointment)))


def test_the_page_speaks_the_language_of_the_mails(client, person):
    appointment = booking.confirm(appointment=ask(hold(person), mail_language="en"))
    assert "Your appointment is booked" in text(client.get(link(appointment)))


def test_the_file_replaces_its_earlier_version(client, booked):
    first = Calendar.from_ical(client.get(link(booked, "termin.ics")).content)
    moved = changing.move(appointment=booked, starts_at=berlin("2026-05-18 09:00"), by=LINK_HOLDER)
    second = Calendar.from_ical(client.get(link(moved, "termin.ics")).content)
    one, two = first.walk("VEVENT")[0], second.walk("VEVENT")[0]
    assert (one["UID"], one["SEQUENCE"] + 1) == (two["UID"], two["SEQUENCE"])
