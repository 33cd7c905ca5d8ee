"""Reminders, each once per version; the question some weeks later, once, and without a way back."""

import threading

import pytest
from django.db import connection

from accounts.actors import LINK_HOLDER
from counseling.actions import answering, booking, changing, reminding
from counseling.models import Appointment, FollowUp, Reminder, SpentAnswer
from kit import outbox
from kit.models import OutboxMail
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
    return make_counsellor(make_service(minutes=60, every=60))


def book(person, starts_at=MONDAY_TEN, **fields) -> Appointment:
    return booking.confirm(appointment=ask(hold(person, starts_at), **fields))


def sent() -> int:
    return OutboxMail.objects.filter(purpose="appointment reminder").count()


def test_the_day_before_and_once(person, at):
    book(person)
    for moment, mails in [
        ("2026-05-17 09:59", 0),
        ("2026-05-17 10:00", 1),
        ("2026-05-17 10:05", 1),
        ("2026-05-18 09:59", 1),
    ]:
        at(moment)
        reminding.remind()
        assert sent() == mails


def test_after_a_long_pause_late_but_before_the_begin(person, at):
    book(person)
    at("2026-05-18 09:59")
    assert reminding.remind() == 1


def test_never_after_the_begin(person, at):
    book(person)
    at("2026-05-18 10:00")
    assert reminding.remind() == 0


def test_never_for_what_is_cancelled(person, at):
    changing.cancel(appointment=book(person), by=LINK_HOLDER)
    at("2026-05-17 10:00")
    assert reminding.remind() == 0


def test_not_for_who_has_just_booked(person, at):
    at("2026-05-17 12:00")
    book(person)
    assert reminding.remind() == 0
    at("2026-05-18 00:00")
    assert reminding.remind() == 1


def test_a_moved_talk_is_reminded_of_again(person, at):
    appointment = book(person)
    at("2026-05-17 10:00")
    reminding.remind()
    changing.move(appointment=appointment, starts_at=berlin("2026-05-20 10:00"), by=LINK_HOLDER)
    at("2026-05-19 10:00")
    assert reminding.remind() == 1
    assert list(Reminder.objects.values_list("sequence", "kind").order_by("sequence")) == [(0, "day"), (1, "day")]


def test_two_hours_before_where_the_service_says_so(person, at):
    service = person.subjects.get().services.get()
    service.reminds_twice = True
    service.save()
    book(person)
    at("2026-05-17 10:00")
    assert reminding.remind() == 1
    at("2026-05-18 08:00")
    assert reminding.remind() == 1
    assert reminding.remind() == 0


def test_after_a_long_pause_one_reminder_is_enough(person, at):
    service = person.subjects.get().services.get()
    service.reminds_twice = True
    service.save()
    book(person)
    at("2026-05-18 08:30")
    assert reminding.remind() == 1


def test_who_gave_no_mail_address_gets_none(person, at):
    booking.confirm(appointment=ask(hold(person), email="", phone="03631 000009"), by=person.user)
    at("2026-05-17 10:00")
    assert reminding.remind() == 0


def test_the_mail_says_day_place_and_link(person, at):
    book(person)
    at("2026-05-17 10:00")
    reminding.remind()
    message = outbox.written(OutboxMail.objects.get(purpose="appointment reminder"))
    assert message.subject == "Erinnerung: Mo, 18. Mai 2026, 10:00 Uhr"
    assert "Montag, 18. Mai 2026, 10:00–11:00 Uhr" in message.body
    assert "/t/" in message.body


@pytest.mark.django_db(transaction=True)
def test_five_sweeps_at_once_remind_once(person, at):
    for hour in ("09", "10", "11"):
        book(person, berlin(f"2026-05-18 {hour}:00"), email=f"{hour}@example.org")
    at("2026-05-17 12:00")
    start, counts = threading.Barrier(5), []

    def sweep():
        start.wait()
        counts.append(reminding.remind())
        connection.close()

    threads = [threading.Thread(target=sweep) for _number in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (sum(counts), sent(), Reminder.objects.count()) == (3, 3, 3)


# ── Some weeks later


@pytest.fixture
def over(person, at):
    """A talk that took place, six weeks ago."""
    appointment = book(person)
    Appointment.objects.filter(pk=appointment.pk).update(state="completed")
    at("2026-06-29 12:00")
    return appointment


def invitation() -> str:
    return OutboxMail.objects.get(purpose="appointment ask back").context["invitation"]


def test_six_weeks_later_and_once(over):
    assert (reminding.ask_back(), reminding.ask_back()) == (1, 0)


@pytest.mark.parametrize(
    ("moment", "count"), [("2026-06-29 10:59", 0), ("2026-06-29 11:00", 1), ("2026-07-29 11:01", 0)]
)
def test_neither_early_nor_much_too_late(over, at, moment, count):
    at(moment)
    assert reminding.ask_back() == count


def test_who_did_not_come_is_not_asked(over):
    Appointment.objects.update(state="no_show")
    assert reminding.ask_back() == 0


def test_the_link_carries_nothing_of_the_appointment(over):
    reminding.ask_back()
    mail = OutboxMail.objects.get(purpose="appointment ask back")
    invited = answering.read(invitation())
    assert (invited.month.isoformat(), invited.audience, invited.subject) == ("2026-05-01", "person", over.subject)
    assert mail.key is None
    assert "appointment" not in mail.context
    assert Reminder.objects.get(kind="after").mail is None
    for secret in (str(over.pk), over.reference, over.nonce):
        assert secret not in str(mail.context)


def test_two_talks_of_one_subject_get_different_links(over):
    assert answering.invitation(over) != answering.invitation(over)


def test_the_answer_counts_once(client, over):
    reminding.ask_back()
    address = f"/beratung/hat-es-geholfen/{invitation()}/"
    assert "Hat Ihnen das Gespräch geholfen?" in text(client.get(address))
    assert "Wählen Sie eine Antwort" in text(client.post(address, {}))
    assert "Danke" in text(client.post(address, {"helped": "yes", "next_step": "0"}))
    assert "Danke" in text(client.post(address, {"helped": "no"}))
    assert list(FollowUp.objects.values_list("helped", "next_step")) == [("yes", False)]


def test_the_table_of_used_links_leads_nowhere(client, over):
    reminding.ask_back()
    client.post(f"/beratung/hat-es-geholfen/{invitation()}/", {"helped": "yes"})
    fields = {field.name for field in FollowUp._meta.get_fields()}
    assert fields == {"id", "month", "audience", "subject", "helped", "next_step"}
    assert {field.name for field in SpentAnswer._meta.get_fields()} == {"digest", "spent_on"}


@pytest.mark.parametrize("token", ["x", "a:b:c", "WyIyMDI2LTA1LTAxIl0:1w:abc"])
def test_what_we_have_not_signed_is_not_there(client, token):
    assert client.get(f"/beratung/hat-es-geholfen/{token}/").status_code == 404


def test_an_old_link_is_not_there(client, over, at):
    reminding.ask_back()
    address = f"/beratung/hat-es-geholfen/{invitation()}/"
    at("2026-08-29 12:00")
    assert client.get(address).status_code == 404
