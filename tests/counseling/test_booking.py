"""From a free time to a booked talk, and what becomes of times that nobody confirms."""

from datetime import timedelta

import pytest

from counseling.actions import booking, claiming
from counseling.models import Appointment, Claim
from kit import clock
from kit.models import OutboxMail
from tests.counseling.make import berlin, make_counsellor, make_room, make_service
from tests.make import make_user

pytestmark = pytest.mark.django_db
MONDAY_TEN = berlin("2026-05-18 10:00")


@pytest.fixture(autouse=True)
def _tuesday_morning(frozen):
    """2026-05-12, 10:00: an ordinary day."""


@pytest.fixture
def person():
    return make_counsellor(make_service(minutes=60, every=60))


def hold(person, starts_at=MONDAY_TEN, mode="phone", language="de") -> Appointment:
    subject = person.subjects.get()
    return booking.hold(
        service=subject.services.get(), subject=subject, counsellor=person, starts_at=starts_at, mode=mode,
        language=language,
    )  # fmt: skip


def ask(appointment, email="sam@example.org", **fields) -> Appointment:
    return booking.request(appointment=appointment, **{"name": "Sam Muster", "email": email, **fields})


def test_hold_keeps_the_time_for_a_quarter_of_an_hour(person):
    appointment = hold(person)
    assert (appointment.state, appointment.held_until) == ("held", clock.now() + timedelta(minutes=15))
    with pytest.raises(claiming.Taken):
        hold(person)


def test_hold_refuses_what_is_not_offered(person):
    for starts_at in (berlin("2026-05-18 10:10"), berlin("2026-05-18 15:00"), berlin("2026-05-11 10:00")):
        with pytest.raises(booking.NotOffered):
            hold(person, starts_at)
    with pytest.raises(booking.NotOffered):
        hold(person, mode="on_site")
    with pytest.raises(booking.NotOffered):
        hold(person, language="ar")
    assert (Appointment.objects.count(), Claim.objects.count()) == (0, 0)


def test_a_hold_that_has_run_out_blocks_nobody_even_without_a_worker(person, at):
    hold(person)
    at("2026-05-12 10:26")  # fifteen minutes, and at most ten more
    assert hold(person).state == "held"
    assert Claim.objects.count() == 2


def test_a_time_that_was_given_up_is_back_after_two_to_ten_minutes(person):
    appointment = hold(person)
    waits = {claim.lapses_at - appointment.held_until for claim in Claim.objects.all()}
    assert len(waits) == 1
    assert timedelta(minutes=2) <= waits.pop() <= timedelta(minutes=10)


def test_in_person_takes_a_free_room(person):
    first, second = make_room(person.center, name="Raum A"), make_room(person.center, name="Raum B")
    colleague = make_counsellor(center=person.center)
    colleague.subjects.set(person.subjects.all())
    late = make_counsellor(center=person.center)
    late.subjects.set(person.subjects.all())
    assert hold(person, mode="in_person").room == first
    assert hold(colleague, mode="in_person").room == second
    with pytest.raises(claiming.Taken):
        hold(late, mode="in_person")
    assert hold(late, mode="video").room is None


def test_prolonging_gives_another_quarter_of_an_hour(person, at):
    appointment = hold(person)
    at("2026-05-12 10:14")
    booking.prolong(appointment=appointment)
    appointment.refresh_from_db()
    assert appointment.held_until == berlin("2026-05-12 10:29")
    assert Claim.objects.lapsed(berlin("2026-05-12 10:31")).count() == 0


def test_prolonging_fails_when_somebody_else_has_the_time(person, at):
    appointment = hold(person)
    at("2026-05-12 10:30")
    hold(person)
    with pytest.raises(claiming.Taken):
        booking.prolong(appointment=appointment)


def test_letting_go_frees_at_once(person):
    booking.let_go(appointment=hold(person))
    assert hold(person).state == "held"


def test_a_request_by_mail_waits_an_hour_for_its_confirmation(person):
    appointment = ask(hold(person))
    assert (appointment.state, appointment.confirm_until) == ("requested", clock.now() + timedelta(minutes=60))
    assert OutboxMail.objects.get().purpose == "appointment please_confirm"


def test_a_request_by_phone_waits_for_the_office(person):
    appointment = ask(hold(person), email="", phone="03631 000009")
    assert (appointment.state, appointment.confirm_until) == ("pending", clock.now() + timedelta(days=3))
    assert list(Appointment.objects.to_call()) == [appointment]
    assert not OutboxMail.objects.exists()


def test_a_request_by_phone_never_waits_longer_than_the_talk_is_away(person):
    appointment = hold(person, berlin("2026-05-13 10:00"))
    ask(appointment, email="", phone="03631 000009")
    appointment.refresh_from_db()
    assert appointment.confirm_until == berlin("2026-05-13 10:00")


def test_nobody_empties_a_calendar_with_one_address(person):
    times = [berlin(f"2026-05-18 {hour}:00") for hour in ("09", "10", "11")]
    for starts_at in times[:2]:
        ask(hold(person, starts_at))
    with pytest.raises(booking.TooMany):
        ask(hold(person, times[2]), email="SAM@example.org")
    ask(hold(person, berlin("2026-05-19 09:00")), email="kim@example.org")


def test_a_request_that_comes_too_late_gets_the_time_if_nobody_else_has_it(person, at):
    appointment = hold(person)
    at("2026-05-12 12:00")
    booking.expire()
    assert ask(appointment).state == "requested"
    assert Claim.objects.in_force().count() == 2


def test_a_request_that_comes_too_late_is_told_so(person, at):
    appointment = hold(person)
    at("2026-05-12 12:00")
    ask(hold(person), email="kim@example.org")
    with pytest.raises(claiming.Taken):
        ask(appointment)


def test_confirm_books_and_tells_client_and_counsellor(person):
    appointment = booking.confirm(appointment=ask(hold(person)))
    assert (appointment.state, appointment.confirmed_at, appointment.held_until) == ("confirmed", clock.now(), None)
    assert set(Claim.objects.values_list("lapses_at", flat=True)) == {None}
    sent = OutboxMail.objects.filter(purpose__contains="booked").values_list("to", flat=True)
    assert sorted(sent) == sorted(["sam@example.org", person.user.email])


def test_confirming_twice_changes_nothing(person):
    appointment = booking.confirm(appointment=ask(hold(person)))
    mails = OutboxMail.objects.count()
    assert booking.confirm(appointment=appointment).sequence == 0
    assert OutboxMail.objects.count() == mails


def test_confirming_late_books_if_nobody_else_has_the_time(person, at):
    appointment = ask(hold(person))
    at("2026-05-12 12:30")
    booking.expire()
    assert booking.confirm(appointment=appointment).state == "confirmed"


def test_confirming_late_is_refused_when_the_time_has_gone(person, at):
    appointment = ask(hold(person))
    at("2026-05-12 12:30")
    ask(hold(person), email="kim@example.org")
    with pytest.raises(claiming.Taken):
        booking.confirm(appointment=appointment)
    appointment.refresh_from_db()
    assert appointment.state == "requested"


def test_a_hold_without_a_name_cannot_be_confirmed(person):
    with pytest.raises(booking.NotPossible):
        booking.confirm(appointment=hold(person))


def test_callers_are_booked_at_once_up_to_the_last_minute(person, at):
    at("2026-05-18 09:58")
    clerk = make_user("counsellor")
    subject = person.subjects.get()
    appointment = booking.book_for_caller(
        service=subject.services.get(), subject=subject, counsellor=person, starts_at=MONDAY_TEN, mode="phone",
        language="de", by=clerk, name="Sam Muster", phone="03631 000009",
    )  # fmt: skip
    assert (appointment.state, appointment.booked_by) == ("confirmed", clerk)
    with pytest.raises(claiming.Taken):
        hold(person)


def test_expire_ends_what_nobody_confirmed(person, at):
    waiting = ask(hold(person))
    booked = booking.confirm(appointment=ask(hold(person, berlin("2026-05-18 09:00")), email="kim@example.org"))
    at("2026-05-12 11:01")
    assert booking.expire() == 1
    assert booking.expire() == 0
    waiting.refresh_from_db()
    booked.refresh_from_db()
    assert (waiting.state, booked.state) == ("expired", "confirmed")
