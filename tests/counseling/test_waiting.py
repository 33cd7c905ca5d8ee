"""A time that becomes free is offered to one person after the other, for a day each, at most three times."""

from datetime import date, timedelta

import pytest

from accounts.actors import LINK_HOLDER
from counseling import tasks
from counseling.actions import booking, changing, claiming, waiting
from counseling.models import WAITING, Appointment, Waiting
from kit import clock, tokens
from kit.models import OutboxMail
from tests.counseling.make import berlin, make_counsellor, make_service
from tests.counseling.test_booking import MONDAY_TEN, ask, hold
from tests.counseling.test_booking_pages import text, wish
from tests.make import make_region

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _tuesday_morning(frozen):
    """2026-05-12, 10:00: an ordinary day."""
    make_region()


@pytest.fixture
def person():
    return make_counsellor(make_service(minutes=60, every=60))


def join(person, email="kim@example.org", **fields) -> Waiting:
    subject = person.subjects.get()
    defaults = {"mode": "phone", "language": "de", "name": "Kim Muster", "until": date(2026, 6, 9)}
    return waiting.join(service=subject.services.get(), subject=subject, email=email, **{**defaults, **fields})


def free_one(person) -> Appointment:
    return changing.cancel(appointment=booking.confirm(appointment=ask(hold(person))), by=LINK_HOLDER)


def state_of(waiting) -> str:
    waiting.refresh_from_db()
    return waiting.state


def test_joining_twice_is_joining_once(person):
    assert join(person) == join(person, "KIM@example.org")
    assert OutboxMail.objects.filter(purpose="waiting joined").count() == 1


def test_what_is_cancelled_is_offered_first_to_who_waits(person):
    first, second = join(person), join(person, "lou@example.org")
    free_one(person)
    tasks.sweep()
    tasks.sweep()
    assert (state_of(first), state_of(second)) == ("offered", "waiting")
    assert (first.offered.starts_at, first.offered.held_until) == (MONDAY_TEN, clock.now() + timedelta(hours=24))
    assert OutboxMail.objects.filter(purpose="waiting offered").count() == 1


def test_nobody_else_gets_what_is_offered(person, at):
    join(person)
    free_one(person)
    tasks.sweep()
    at("2026-05-12 14:00")
    with pytest.raises(claiming.Taken):
        hold(person)


def test_who_cancelled_does_not_get_the_own_time_back(person):
    mine = join(person, "sam@example.org")
    free_one(person)
    tasks.sweep()
    assert state_of(mine) == "waiting"


@pytest.mark.parametrize("wishes", [{"language": "ar"}, {"mode": "on_site"}, {"until": date(2026, 5, 11)}])
def test_what_does_not_suit_is_not_offered(person, wishes):
    someone = join(person, **wishes)
    free_one(person)
    tasks.sweep()
    assert state_of(someone) == "waiting"


def test_too_short_before_nobody_is_asked(person, at):
    someone = join(person)
    appointment = booking.confirm(appointment=ask(hold(person)))
    at("2026-05-18 08:30")
    changing.cancel(appointment=appointment, by=LINK_HOLDER)
    tasks.sweep()
    assert state_of(someone) == "waiting"


def test_taking_books(person):
    someone = join(person)
    free_one(person)
    tasks.sweep()
    someone.refresh_from_db()
    appointment = waiting.take(waiting=someone)
    assert (appointment.state, appointment.email, state_of(someone)) == ("confirmed", "kim@example.org", "taken")


def test_who_does_not_answer_makes_room_for_the_next(person, at):
    first, second = join(person), join(person, "lou@example.org")
    free_one(person)
    tasks.sweep()
    at("2026-05-13 10:00")
    tasks.sweep()
    assert (state_of(first), first.offers) == ("waiting", 1)
    assert state_of(second) == "offered"


def test_declining_makes_room_at_once(person):
    first, second = join(person), join(person, "lou@example.org")
    free_one(person)
    tasks.sweep()
    waiting.decline(waiting=first)
    tasks.sweep()
    assert (state_of(first), state_of(second)) == ("waiting", "offered")


def test_three_offers_are_enough(person, at):
    someone = join(person)
    someone.offers = 2
    someone.save()
    free_one(person)
    tasks.sweep()
    waiting.decline(waiting=someone)
    assert (state_of(someone), someone.offers) == ("ended", 3)


def test_leaving_gives_an_offer_back(person):
    someone = join(person)
    free_one(person)
    tasks.sweep()
    waiting.leave(waiting=someone)
    assert state_of(someone) in {"waiting", "ended"}
    waiting.leave(waiting=someone)
    assert state_of(someone) == "ended"


def test_a_time_that_nobody_waits_for_is_back_for_everybody(person, at):
    free_one(person)
    tasks.sweep()
    at("2026-05-12 10:11")
    assert hold(person).state == "held"


def test_what_nobody_confirmed_is_offered_too(person, at):
    someone = join(person)
    ask(hold(person))
    at("2026-05-12 11:00")
    tasks.sweep()
    assert state_of(someone) == "offered"


# ── Pages


def offer_address(someone) -> str:
    return f"/t/{tokens.make_for(WAITING, someone)}/warteliste/"


def test_the_list_is_joined_from_the_page_of_times(client, person):
    address = f"/beratung/warteliste/?{'&'.join(f'{key}={value}' for key, value in wish(person).items())}"
    assert "Warteliste" in text(client.get(address))
    page = text(client.post(address, {"name": "Kim", "email": "kim@example.org", "until": "2026-06-01"}))
    assert "Sie stehen auf der Warteliste" in page
    assert Waiting.objects.get().until == date(2026, 6, 1)


@pytest.mark.parametrize("until", ["", "x", "2026-05-12", "2027-05-12"])
def test_the_list_does_not_last_for_ever(client, person, until):
    client.post("/beratung/warteliste/", {"until": until}, query_params=wish(person))
    assert not Waiting.objects.exists()


def test_an_offer_is_taken_by_a_choice_and_a_button(client, person):
    someone = join(person)
    free_one(person)
    tasks.sweep()
    page = text(client.get(offer_address(someone)))
    assert "Montag, 18. Mai 2026, 10:00–11:00 Uhr" in page
    assert " checked" not in page
    assert client.post(offer_address(someone)).status_code == 200
    assert state_of(someone) == "offered"
    assert client.post(offer_address(someone), {"antwort": "ja"}).url.endswith("/termin/")
    assert state_of(someone) == "taken"


def test_without_an_offer_nothing_can_be_taken(client, person):
    someone = join(person)
    client.post(offer_address(someone), {"antwort": "ja"})
    assert state_of(someone) == "waiting"
    client.post(offer_address(someone), {"antwort": "ende"})
    assert state_of(someone) == "ended"
    assert "nicht mehr auf der Warteliste" in text(client.get(offer_address(someone)))


def test_moving_frees_no_time_by_an_offer_of_its_own(person):
    """The old time of a moved appointment is free at once: the row lives on elsewhere."""
    someone = join(person)
    changing.move(
        appointment=booking.confirm(appointment=ask(hold(person))), starts_at=berlin("2026-05-18 09:00"), by=LINK_HOLDER
    )
    tasks.sweep()
    assert state_of(someone) == "waiting"
