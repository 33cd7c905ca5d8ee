"""The counsellor's own pages: the week and what waits, calls, times, results, and what nobody else may open."""

from datetime import date, time, timedelta

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse

from counseling.actions import booking
from counseling.models import Appointment, Callback, DayException, Record, WeeklyHours
from counseling.views.desk import days_of, next_free, tasks_of, to_remind
from kit import clock
from taxonomy.models import Holiday
from tests.counseling.guidance import (
    make_callback,
    make_desk,
    make_ill,
    make_note,
    make_past_talk,
    make_record,
    make_referral,
    make_room_booking,
    make_shortlist,
    make_wish,
)
from tests.counseling.make import berlin, make_appointment, make_counsellor, make_room, make_service
from tests.make import make_region, make_user

pytestmark = pytest.mark.django_db
DESK = "/mein/beratung/"
State = Appointment.State


@pytest.fixture(autouse=True)
def _now(frozen):
    """Tuesday, 12 May 2026, 10 o'clock."""
    make_region()


@pytest.fixture
def me():
    return make_counsellor()


@pytest.fixture
def desk(login, me):
    return login(me.user)


def address(name: str, *args) -> str:
    return reverse(f"counseling_desk:{name}", args=args)


def said(response) -> list[str]:
    return [str(message) for message in get_messages(response.wsgi_request)]


# ── Who gets in


def test_the_role_without_a_desk_gets_a_page_that_says_so(login):
    response = login(make_user("counsellor")).get(DESK)
    assert response.status_code == 404
    assert "noch nicht eingerichtet" in response.content.decode()


@pytest.mark.parametrize("role", ["coordinator", "editor", "provider", "learner"])
def test_others_stay_outside(login, role):
    assert login(make_user(role)).get(DESK).status_code == 403


def test_the_second_factor_is_asked_for(client, me):
    client.force_login(me.user)
    assert "/2fa/" in client.get(DESK)["Location"]


def test_pages_of_the_desk_are_kept_by_nobody(desk):
    response = desk.get(DESK)
    assert response["Cache-Control"] == "private, no-store"
    assert "noindex" in response["X-Robots-Tag"]


# ── The week


def test_the_week_shows_talks_hours_absence_and_holidays(me, desk):
    make_appointment(me, berlin("2026-05-13 10:00"), name="Noa Beispiel")
    make_ill(me, date(2026, 5, 15))
    Holiday.objects.create(
        land=me.center.land, kind="public", name="Himmelfahrt", first_day="2026-05-14", last_day="2026-05-14"
    )
    page = desk.get(DESK).content.decode()
    for words in ("Noa Beispiel", "Himmelfahrt", "krank", "09:00–12:00"):
        assert words in page
    days = days_of(me, date(2026, 5, 11))
    assert [day.date.day for day in days] == [11, 12, 13, 14, 15]
    assert [len(day.talks) for day in days] == [0, 0, 1, 0, 0]


def test_a_weekend_appears_when_something_is_on(me):
    make_appointment(me, berlin("2026-05-16 10:00"))
    assert days_of(me, date(2026, 5, 11))[-1].date == date(2026, 5, 16)


@pytest.mark.parametrize("state", [State.HELD, State.REQUESTED, State.EXPIRED, State.CANCELLED_LATE])
def test_what_is_not_booked_is_not_in_the_week(me, state):
    now = clock.now()
    make_appointment(me, berlin("2026-05-13 10:00"), state=state, held_until=now, confirm_until=now)
    assert not any(day.talks for day in days_of(me, date(2026, 5, 11)))


@pytest.mark.parametrize("asked", ["", "x", "9999-12-31", "0001-01-01", "2026-02-30"])
def test_rubbish_for_a_week_shows_some_week(desk, asked):
    assert desk.get(DESK, {"woche": asked}).status_code == 200


def queries_of(desk, path, django_assert_max_num_queries, make, count):
    for _each in range(count):
        make()
    with django_assert_max_num_queries(200) as captured:
        assert desk.get(path).status_code == 200
    return len(captured)


LISTS = {
    "week": lambda me: make_appointment(me, clock.now() + timedelta(hours=make_count())),
    "day": lambda me: make_appointment(me, clock.now() + timedelta(minutes=make_count())),
    "unresolved": make_past_talk,
    "calls": lambda me: (
        make_callback(),
        make_appointment(me, clock.now() + timedelta(hours=3), email="", phone="1"),
        make_appointment(me, clock.now() + timedelta(hours=4), state="pending", phone="1",
                         confirm_until=clock.now() + timedelta(hours=1)),
    ),
    "hours": lambda me: DayException.objects.create(
        counsellor=me, kind="away", first_day=clock.today(), last_day=clock.today()
    ),
    "shortlists": lambda me: make_shortlist(me, courses=1),
    "wishes": make_wish,
    "rooms": lambda me: make_room(me.center),
    "team": lambda me: make_counsellor(),
}  # fmt: skip
_count = iter(range(1, 1000))


def make_count() -> int:
    return next(_count) % 20


@pytest.mark.parametrize("name", LISTS)
def test_lists_cost_the_same_for_one_and_three(me, desk, name, django_assert_max_num_queries):
    path = address(name)
    desk.get(path)
    one = queries_of(desk, path, django_assert_max_num_queries, lambda: LISTS[name](me), 1)
    three = queries_of(desk, path, django_assert_max_num_queries, lambda: LISTS[name](me), 2)
    assert one == three


def test_what_waits_is_counted(me):
    standin = make_counsellor(standin=me)
    make_past_talk(me), make_past_talk(make_counsellor())
    make_appointment(standin, berlin("2026-05-19 10:00"))
    make_ill(standin, date(2026, 5, 19))
    make_appointment(me, berlin("2026-05-13 09:00"), email="", phone="1")
    make_appointment(make_counsellor(center=me.center), berlin("2026-05-14 09:00"), state="pending", phone="1",
                     confirm_until=berlin("2026-05-13 10:00"))  # fmt: skip
    make_callback(), make_callback(taken_by=make_counsellor())
    assert [task.count for task in tasks_of(me)] == [1, 1, 1, 1, 1]


def test_on_friday_one_reminds_until_monday(me, at):
    at("2026-05-15 10:00")
    monday = make_appointment(me, berlin("2026-05-18 10:00"), email="", phone="1")
    make_appointment(me, berlin("2026-05-19 10:00"), email="", phone="1")
    assert list(to_remind(me)) == [monday]


def test_the_next_free_time_keeps_the_notice_of_the_service(me):
    assert next_free(me).starts_at == berlin("2026-05-13 09:00")  # four hours ahead are the afternoon, without hours


def test_without_hours_nothing_is_free(me, desk):
    me.weekly_hours.all().delete()
    assert next_free(me) is None
    assert "nichts frei" in desk.get(DESK).content.decode()


# ── Calls


def test_a_call_back_is_taken_and_done_by_buttons(me, desk):
    callback = make_callback()
    path = address("callback", callback.pk)
    desk.post(path, {"tat": "nehmen"})
    assert Callback.objects.get().taken_by == me
    desk.post(path, {"tat": "fertig"})
    assert Callback.objects.get().done_at == clock.now()


def test_the_call_back_of_a_colleague_is_not_there(desk):
    callback = make_callback(taken_by=make_counsellor())
    assert desk.post(address("callback", callback.pk), {"tat": "fertig"}).status_code == 404


@pytest.fixture
def pending(me):
    """Asked for by phone; its time is kept until the office has called."""
    service = me.subjects.get().services.get()
    held = booking.hold(
        service=service, subject=me.subjects.get(), counsellor=me, starts_at=berlin("2026-05-14 10:00"),
        mode="phone", language="de",
    )  # fmt: skip
    return booking.request(appointment=held, name="Noa Beispiel", phone="03631 5")


def test_a_request_by_phone_is_confirmed_after_the_call(desk, pending):
    desk.post(address("confirm", pending.pk), {"tat": "ja"})
    pending.refresh_from_db()
    assert pending.state == State.CONFIRMED


def test_or_given_up(desk, pending):
    desk.post(address("confirm", pending.pk), {"tat": "nein"})
    pending.refresh_from_db()
    assert pending.state == State.CANCELLED_OFFICE


def test_a_colleague_of_the_house_may_call_and_no_other_house(login, pending, me):
    near, far = make_counsellor(center=me.center), make_counsellor()
    assert login(far.user).get(address("talk", pending.pk)).status_code == 404
    assert login(near.user).get(address("talk", pending.pk)).status_code == 200


# ── Times


HOURS = {"weekday": 2, "starts": "13:00", "ends": "16:00", "modes": ["phone"], "valid_from": "2026-06-01"}


def test_hours_are_added_changed_and_ended(me, desk):
    desk.post(address("hours_new"), HOURS)
    row = WeeklyHours.objects.get(weekday=2, starts=time(13))
    assert (row.counsellor, row.modes, row.in_school_holidays) == (me, ["phone"], False)
    desk.post(address("hours_edit", row.pk), {**HOURS, "ends": "17:00", "in_school_holidays": "on"})
    row.refresh_from_db()
    assert (row.ends, row.in_school_holidays) == (time(17), True)
    desk.post(address("hours_end", row.pk))
    assert not WeeklyHours.objects.filter(pk=row.pk).exists()


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"ends": "12:00"}, "Das Ende muss nach dem Beginn liegen"),
        ({"starts": ""}, "Bitte sagen Sie, wann"),
        ({"starts": "abc"}, "wie 9:30"),
        ({"modes": []}, "Bitte wählen Sie mindestens eines"),
        ({"valid_to": "2026-05-01"}, "Der letzte Tag darf nicht vor dem ersten liegen"),
    ],
)
def test_wrong_hours_are_explained(desk, wrong, words):
    page = desk.post(address("hours_new"), {**HOURS, **wrong}).content.decode()
    assert words in page
    assert 'class="errorsummary"' in page


def test_a_mode_that_one_does_not_offer_is_none(me, desk):
    assert "on_site" not in me.modes
    assert desk.post(address("hours_new"), {**HOURS, "modes": ["on_site"]}).status_code == 200
    assert not WeeklyHours.objects.filter(starts=time(13)).exists()


@pytest.mark.parametrize("name", ["hours_edit", "hours_end", "exception_delete"])
def test_the_times_of_others_are_not_there(desk, name):
    other = make_counsellor()
    row = make_ill(other, clock.today()) if name == "exception_delete" else other.weekly_hours.first()
    assert desk.post(address(name, row.pk), HOURS).status_code == 404


def test_absence_warns_of_booked_talks(me, desk):
    make_appointment(me, berlin("2026-05-19 10:00"))
    response = desk.post(address("exception"), {"kind": "away", "first_day": "2026-05-18", "last_day": "2026-05-20"})
    assert DayException.objects.get().counsellor == me
    assert "ist 1 Gespräch gebucht" in " ".join(said(response))


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": ""},
        {"last_day": "2026-05-01"},
        {"last_day": "2027-05-19"},
        {"kind": "extra"},
        {"starts": "10:00"},
        {"starts": "10:00", "ends": "09:00"},
    ],
)
def test_wrong_days_are_explained(desk, wrong):
    response = desk.post(address("exception"), {"kind": "away", "first_day": "2026-05-19", **wrong})
    assert response.status_code == 200
    assert response.context["form"].errors
    assert not DayException.objects.exists()


def test_reporting_ill_shows_who_was_asked_and_who_has_to_be_called(me, desk):
    make_appointment(me, berlin("2026-05-12 14:00"), name="Mit Mail")
    make_appointment(me, berlin("2026-05-12 15:00"), name="Ohne Mail", email="", phone="1")
    page = desk.post(address("illness"), {"first_day": "2026-05-12"}).content.decode()
    for words in ("Mit Mail", "Ohne Mail", "wurde per E-Mail gefragt", "hat keine E-Mail"):
        assert words in page


# ── After the talk


def test_a_result_is_entered(me, desk):
    talk = make_past_talk(me)
    desk.post(address("outcome", talk.pk), {"came": "ja", "result": "course", "minutes": 50})
    assert Record.objects.get().minutes == 50
    talk.refresh_from_db()
    assert talk.state == State.COMPLETED


def test_nothing_is_chosen_beforehand(me, desk):
    page = desk.get(address("outcome", make_past_talk(me).pk)).content.decode()
    assert "checked" not in page


@pytest.mark.parametrize("wrong", [{}, {"came": "ja"}, {"came": "vielleicht"}, {"came": "ja", "result": "x"}])
def test_half_a_result_is_none(me, desk, wrong):
    talk = make_past_talk(me)
    assert desk.post(address("outcome", talk.pk), wrong).status_code == 200
    talk.refresh_from_db()
    assert talk.state == State.CONFIRMED


def test_whoever_booked_for_a_caller_sees_the_talk_and_not_the_result(login, me):
    other = make_counsellor()
    talk = make_past_talk(me, booked_by=other.user)
    client = login(other.user)
    assert client.get(address("talk", talk.pk)).status_code == 200
    for name in ("outcome", "note", "copy", "refer"):
        assert client.get(address(name, talk.pk)).status_code == 404, name


def test_the_note_is_not_in_what_the_client_takes_along(me, desk, client):
    talk = make_past_talk(me, state=State.COMPLETED)
    note = make_note(talk)
    make_record(talk)
    assert note.text not in desk.get(address("copy", talk.pk)).content.decode()


def test_a_need_of_a_company_becomes_a_wish_by_one_click(me, desk):
    service = make_service(me.subjects.get(), audience="company")
    talk = make_past_talk(me, service=service, state=State.COMPLETED)
    make_record(talk, result="need")
    assert "bedarf" in desk.get(address("talk", talk.pk)).content.decode()
    response = desk.post(address("need", talk.pk))
    assert response["Location"] == address("wish_new")  # the subject has no topic: one has to be chosen


# ── Rooms


def test_the_day_of_a_room_says_nothing_about_talks(me, desk):
    room = make_room(me.center, name="Raum Bode")
    booking.book_for_caller(
        service=me.subjects.get().services.get(), subject=me.subjects.get(), counsellor=me,
        starts_at=berlin("2026-05-13 10:00"), mode="in_person", language="de", by=me.user, name="Noa Beispiel",
        phone="1",
    )  # fmt: skip
    page = desk.get(address("rooms"), {"tag": "2026-05-13"}).content.decode()
    assert room.name in page
    assert "Gespräch" in page
    assert "Noa Beispiel" not in page


def test_a_room_is_booked_and_an_overlap_is_explained(me, desk):
    room = make_room(me.center)
    given = {"room": room.pk, "title": "Treffen", "day": "2026-05-13", "starts": "10:00", "ends": "11:00"}
    assert desk.post(address("rooms"), given).status_code == 302
    response = desk.post(address("rooms"), {**given, "starts": "10:30"})
    assert "belegt" in response.content.decode()
    assert room.bookings.count() == 1
    desk.post(address("room_cancel", room.bookings.get().pk))
    assert room.bookings.get().cancelled_at is not None


@pytest.mark.parametrize("wrong", [{"ends": "09:00"}, {"day": "2026-05-11"}, {"day": "2027-03-28", "starts": "02:30"}])
def test_impossible_times_are_refused(me, desk, wrong):
    given = {"room": make_room(me.center).pk, "title": "T", "day": "2026-05-13", "starts": "10:00", "ends": "11:00"}
    assert desk.post(address("rooms"), {**given, **wrong}).status_code == 200


def test_rooms_of_other_houses_are_not_there(desk):
    other = make_room_booking()
    assert desk.post(address("room_cancel", other.pk)).status_code == 404
    given = {"room": other.room.pk, "title": "T", "day": "2026-05-13", "starts": "10:00", "ends": "11:00"}
    assert desk.post(address("rooms"), given).status_code == 200


# ── What belongs to somebody else


@pytest.mark.parametrize(
    "name",
    ["talk", "slip", "move", "cancel", "outcome", "note", "copy", "refer"],
)
def test_the_talks_of_others_are_not_there(desk, name):
    assert desk.get(address(name, make_past_talk().pk)).status_code == 404


def test_lists_and_needs_of_others_are_not_there(desk):
    shortlist, wish = make_shortlist(courses=1), make_wish()
    assert desk.get(address("shortlist", shortlist.pk)).status_code == 404
    assert desk.get(address("wish", wish.pk)).status_code == 404
    assert desk.post(address("wish_hand_over", wish.pk)).status_code == 404
    for name in ("shortlist_add", "shortlist_send"):
        assert desk.post(address(name, shortlist.pk)).status_code == 404
    item = shortlist.items.get()
    assert desk.post(address("shortlist_remove", shortlist.pk, item.pk)).status_code == 404


def test_no_list_shows_more_than_its_own(login):
    """Two desks side by side: nothing of one is on any page of the other."""
    mine, me = make_desk()
    other = make_counsellor(center=me.center)
    talk = make_past_talk(other, name="Fremde Person", email="fremd@example.org")
    make_referral(talk), make_shortlist(other, appointment=talk), make_wish(other, text="Fremder Bedarf")
    make_appointment(other, clock.now() + timedelta(hours=1), name="Fremde Person", email="", phone="1")
    client = login(mine)
    for name in LISTS:
        page = client.get(address(name)).content.decode()
        assert "Fremde" not in page, name
