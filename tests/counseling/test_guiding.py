"""Call-backs and lists of courses for one client."""

from datetime import timedelta

import pytest

from counseling.actions import guiding
from counseling.models import Callback, Shortlist
from kit import clock
from kit.models import OutboxMail
from tests.counseling.guidance import make_callback, make_past_talk, make_shortlist
from tests.counseling.make import make_counsellor
from tests.make import make_course

pytestmark = pytest.mark.django_db


# ── Call-backs


def take(callback, counsellor):
    return guiding.take_callback(callback=callback, counsellor=counsellor, by=counsellor.user)


def test_a_call_back_is_taken_by_one(django_assert_num_queries):
    callback, first, second = make_callback(), make_counsellor(), make_counsellor()
    assert [take(callback, first), take(callback, second), take(callback, first)] == [True, False, True]
    assert Callback.objects.get().taken_by == first


def test_a_desk_sees_what_is_free_and_what_it_has_taken():
    mine, free, theirs = make_callback(), make_callback(), make_callback()
    me = make_counsellor()
    take(mine, me), take(theirs, make_counsellor())
    assert set(Callback.objects.for_desk_of(me)) == {mine, free}


def test_a_call_back_ends_when_somebody_has_called():
    callback = make_callback()
    guiding.finish_callback(callback=callback, by=make_counsellor().user)
    assert Callback.objects.get().done_at is not None
    assert not Callback.objects.open().exists()


def test_late_are_those_of_more_than_two_days(frozen):
    old = make_callback(created_at=clock.now() - timedelta(days=2))
    make_callback(created_at=clock.now() - timedelta(days=1, hours=23))
    make_callback(created_at=clock.now() - timedelta(days=5), done_at=clock.now())
    assert list(Callback.objects.late()) == [old]


# ── Lists of courses


def test_a_list_is_shown_for_two_months(frozen):
    counsellor = make_counsellor()
    shortlist = guiding.start_shortlist(counsellor=counsellor, by=counsellor.user)
    assert shortlist.expires_at == clock.now() + timedelta(days=60)
    assert shortlist.is_open


def test_an_ended_list_is_not_open(at, frozen):
    shortlist = make_shortlist()
    at("2026-07-12 10:00")
    assert not shortlist.is_open
    assert not Shortlist.objects.open().exists()


def test_courses_stand_in_the_order_in_which_they_were_picked():
    shortlist, first, second = make_shortlist(), make_course(), make_course()
    for course in (first, second):
        guiding.add_course(shortlist=shortlist, course=course)
    assert [item.course for item in shortlist.items.all()] == [first, second]


def test_a_course_picked_twice_stands_there_once_with_the_new_reason():
    shortlist, course = make_shortlist(), make_course()
    guiding.add_course(shortlist=shortlist, course=course, reason="nah")
    guiding.add_course(shortlist=shortlist, course=course)
    guiding.add_course(shortlist=shortlist, course=course, reason="billig")
    assert list(shortlist.items.values_list("reason", flat=True)) == ["billig"]


def test_a_full_list_takes_no_more(monkeypatch):
    monkeypatch.setattr(guiding, "MOST_COURSES", 1)
    shortlist, course = make_shortlist(), make_course()
    guiding.add_course(shortlist=shortlist, course=course)
    guiding.add_course(shortlist=shortlist, course=course, reason="schon da")
    with pytest.raises(guiding.Full):
        guiding.add_course(shortlist=shortlist, course=make_course())


def test_sending_writes_the_link_and_opens_the_list_again(frozen):
    shortlist = make_shortlist(appointment=make_past_talk(), expires_at=clock.now())
    guiding.send_shortlist(shortlist=shortlist, by=shortlist.counsellor.user)
    mail = OutboxMail.objects.get()
    assert (mail.to, mail.template) == (shortlist.appointment.email, "counseling/email/shortlist.txt")
    assert Shortlist.objects.open().exists()


def test_without_an_address_nothing_is_sent():
    for appointment in (None, make_past_talk(email="", phone="03631 1")):
        with pytest.raises(guiding.WithoutAddress):
            guiding.send_shortlist(shortlist=make_shortlist(appointment=appointment), by=make_counsellor().user)
    assert not OutboxMail.objects.exists()
