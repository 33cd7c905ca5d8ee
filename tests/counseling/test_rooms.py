"""Rooms of the house: two uses never share one, whoever made them."""

from datetime import timedelta

import pytest
from django.db import connection

from counseling.actions import claiming, rooms
from counseling.models import RoomBooking
from kit import clock
from tests.counseling.guidance import make_room_booking
from tests.counseling.make import berlin, make_appointment, make_counsellor, make_room

pytestmark = pytest.mark.django_db


def book(room, begin="10:00", end="11:00", **fields):
    fields.setdefault("by", make_counsellor().user)
    return rooms.book(
        room=room, title="Treffen", starts_at=berlin(f"2026-05-19 {begin}"), ends_at=berlin(f"2026-05-19 {end}"),
        **fields,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("begin", "end"), [("10:00", "11:00"), ("10:30", "10:45"), ("09:00", "12:00"), ("10:59", "13:00")]
)
def test_an_overlap_is_refused_and_nothing_is_written(begin, end):
    room = make_room()
    book(room)
    with pytest.raises(claiming.Taken):
        book(room, begin, end)
    assert RoomBooking.objects.count() == 1


def test_neighbours_and_other_rooms_fit():
    room = make_room()
    book(room), book(room, "11:00", "12:00"), book(make_room())
    assert RoomBooking.objects.count() == 3


def test_a_talk_keeps_a_meeting_out():
    room = make_room()
    counsellor = make_counsellor(center=room.center)
    talk = make_appointment(counsellor, berlin("2026-05-19 10:30"))
    claiming.seat(talk)
    assert talk.room == room
    with pytest.raises(claiming.Taken):
        book(room)


def test_a_meeting_keeps_a_talk_out():
    room = make_room()
    book(room)
    with pytest.raises(claiming.Taken):
        claiming.seat(make_appointment(make_counsellor(center=room.center), berlin("2026-05-19 10:30")))


def test_a_cancelled_room_is_free_again():
    room = make_room()
    booking = book(room)
    for _twice in range(2):
        rooms.cancel(booking=booking, by=booking.booked_by)
    book(room)
    assert RoomBooking.objects.standing().count() == 1


def test_without_the_constraint_two_meetings_would_share_a_room():
    """Negative control: PostgreSQL refuses, nobody else."""
    room = make_room()
    book(room)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for rule in ("talks_once", "pauses_kept"):
            cursor.execute(f"ALTER TABLE counseling_claim DROP CONSTRAINT claim_room_{rule}")
    book(room)
    assert RoomBooking.objects.count() == 2


def test_the_calendar_of_the_house_shows_what_is_public_and_stands():
    public = make_room_booking(is_public=True)
    make_room_booking(), make_room_booking(is_public=True, cancelled_at=clock.now())
    make_room_booking(is_public=True, starts_at=clock.now() - timedelta(days=1))
    assert list(RoomBooking.objects.upcoming().public()) == [public]
