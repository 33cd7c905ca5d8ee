"""Another time, another mode, or no talk."""

import pytest

from accounts.actors import LINK_HOLDER
from counseling.actions import booking, changing, claiming
from counseling.models import Claim
from kit import clock, outbox
from kit.models import OutboxMail
from tests.counseling.make import berlin, make_counsellor, make_hours, make_room, make_service
from tests.counseling.test_booking import MONDAY_TEN, ask, hold
from tests.make import make_user

pytestmark = pytest.mark.django_db
MONDAY_NINE = berlin("2026-05-18 09:00")


@pytest.fixture(autouse=True)
def _tuesday_morning(frozen):
    """2026-05-12, 10:00: an ordinary day."""


@pytest.fixture
def person():
    return make_counsellor(make_service(minutes=60, every=60, cancel_hours=4))


def book(person, starts_at=MONDAY_TEN, mode="phone", email="sam@example.org"):
    return booking.confirm(appointment=ask(hold(person, starts_at, mode=mode), email=email))


def mails(purpose):
    return OutboxMail.objects.filter(purpose=f"appointment {purpose}").count()


def test_move_takes_the_new_time_and_frees_the_old_one(person):
    moved = changing.move(appointment=book(person), starts_at=MONDAY_NINE, by=LINK_HOLDER)
    assert (moved.starts_at, moved.ends_at, moved.sequence) == (MONDAY_NINE, MONDAY_TEN, 1)
    assert mails("changed") == 1
    assert hold(person).starts_at == MONDAY_TEN


def test_move_to_a_time_that_is_taken_keeps_the_old_one(person):
    appointment = book(person)
    book(person, MONDAY_NINE, email="kim@example.org")
    with pytest.raises(claiming.Taken):
        changing.move(appointment=appointment, starts_at=MONDAY_NINE, by=LINK_HOLDER)
    appointment.refresh_from_db()
    assert (appointment.starts_at, appointment.sequence) == (MONDAY_TEN, 0)
    assert Claim.objects.get(use=appointment.pk, kind="core").during.lower == MONDAY_TEN


def test_move_to_the_same_time_changes_nothing(person):
    assert changing.move(appointment=book(person), starts_at=MONDAY_TEN, by=LINK_HOLDER).sequence == 0
    assert mails("changed") == 0


def test_move_within_the_own_time(person):
    service = person.subjects.get().services.get()
    service.every = 30
    service.save()
    appointment = book(person)
    assert changing.move(appointment=appointment, starts_at=berlin("2026-05-18 10:30"), by=LINK_HOLDER).sequence == 1


def test_move_to_another_counsellor_at_the_same_time(person):
    colleague = make_counsellor(person.subjects.get().services.get())
    moved = changing.move(
        appointment=book(person), starts_at=MONDAY_TEN, counsellor=colleague, by=make_user("counsellor")
    )
    assert (moved.counsellor, moved.starts_at, moved.sequence) == (colleague, MONDAY_TEN, 1)
    assert set(Claim.objects.values_list("counsellor", flat=True)) == {colleague.pk}


def test_who_had_the_talk_before_is_told_at_which_time(person):
    colleague = make_counsellor(person.subjects.get().services.get())
    changing.move(appointment=book(person), starts_at=MONDAY_NINE, counsellor=colleague, by=LINK_HOLDER)
    told = OutboxMail.objects.get(purpose="appointment passed_on_counsellor")
    message = outbox.written(told)
    assert message.to == [person.user.email]
    assert message.reply_to == [colleague.center.email]
    assert message.subject == "Nicht mehr bei Ihnen: Montag, 18. Mai 2026, 10:00 Uhr"
    assert f"Jetzt bei: {colleague.display_name}" in message.body
    news = OutboxMail.objects.filter(to=colleague.user.email).values_list("purpose", flat=True)
    assert list(news) == ["appointment booked_counsellor"]
    assert mails("changed_counsellor") == 0


def test_changing_the_mode_keeps_the_time_and_sends_one_mail(person):
    changed = changing.change_mode(appointment=book(person), mode="video", by=LINK_HOLDER)
    assert (changed.mode, changed.starts_at, changed.sequence) == ("video", MONDAY_TEN, 1)
    assert mails("changed") == 1


def test_changing_the_mode_is_possible_up_to_the_talk(person, at):
    appointment = book(person)
    at("2026-05-18 09:30")
    assert changing.change_mode(appointment=appointment, mode="video", by=LINK_HOLDER).mode == "video"


def test_changing_to_in_person_takes_a_room_and_back_gives_it_away(person):
    room = make_room(person.center)
    appointment = changing.change_mode(appointment=book(person), mode="in_person", by=LINK_HOLDER)
    assert (appointment.room, Claim.objects.filter(room=room).count()) == (room, 2)
    appointment = changing.change_mode(appointment=appointment, mode="phone", by=LINK_HOLDER)
    assert (appointment.room, Claim.objects.filter(room=room).count()) == (None, 0)


def test_a_mode_that_is_not_offered_at_this_time_is_refused(person):
    person.weekly_hours.all().delete()
    make_hours(person, 0, clock.local(MONDAY_NINE).time(), clock.local(MONDAY_TEN).time(), modes=["phone"])
    appointment = book(person, MONDAY_NINE)
    with pytest.raises(booking.NotOffered):
        changing.change_mode(appointment=appointment, mode="video", by=LINK_HOLDER)


@pytest.mark.parametrize(("moment", "state"), [
    ("2026-05-18 06:00", "cancelled"), ("2026-05-18 06:01", "cancelled_late"), ("2026-05-18 09:59", "cancelled_late"),
])  # fmt: skip
def test_clients_cancel_in_time_or_late(person, at, moment, state):
    appointment = book(person)
    at(moment)
    assert changing.cancel(appointment=appointment, by=LINK_HOLDER).state == state


def test_the_office_cancels_in_its_own_name(person, at):
    appointment = book(person)
    at("2026-05-18 09:59")
    assert changing.cancel(appointment=appointment, by=make_user("counsellor")).state == "cancelled_office"


def test_cancelling_sends_one_mail_and_frees_the_time_a_little_later(person, at):
    appointment = changing.cancel(appointment=book(person), by=LINK_HOLDER)
    changing.cancel(appointment=appointment, by=LINK_HOLDER)
    assert (mails("cancelled"), mails("cancelled_counsellor"), appointment.sequence) == (1, 1, 1)
    with pytest.raises(claiming.Taken):
        hold(person)
    at("2026-05-12 10:11")
    assert hold(person).state == "held"


@pytest.mark.parametrize("deed", [
    lambda it: changing.cancel(appointment=it, by=LINK_HOLDER),
    lambda it: changing.move(appointment=it, starts_at=berlin("2026-05-19 09:00"), by=LINK_HOLDER),
    lambda it: changing.change_mode(appointment=it, mode="video", by=LINK_HOLDER),
])  # fmt: skip
def test_what_has_begun_does_not_change(person, at, deed):
    appointment = book(person)
    at("2026-05-18 10:00")
    with pytest.raises(booking.NotPossible):
        deed(appointment)


def test_a_cancelled_talk_does_not_move(person):
    appointment = changing.cancel(appointment=book(person), by=LINK_HOLDER)
    with pytest.raises(booking.NotPossible):
        changing.move(appointment=appointment, starts_at=MONDAY_NINE, by=LINK_HOLDER)
