"""When one could come: weekly hours in wall time, exceptions, holidays, notice, horizon, what is taken."""

from datetime import date, time, timedelta
from uuid import uuid4

import pytest

from counseling import slots
from counseling.actions import claiming
from counseling.models import DayException
from kit import clock
from taxonomy.models import Holiday
from tests.counseling.make import berlin, make_center, make_counsellor, make_hours, make_room, make_service

pytestmark = pytest.mark.django_db
MONDAY = date(2026, 5, 18)


@pytest.fixture(autouse=True)
def _tuesday_morning(frozen):
    """2026-05-12, 10:00: an ordinary day."""


def times(service, day=MONDAY, **options) -> list[str]:
    found = slots.free(service, first_day=day, days=1, **options)
    return [f"{clock.local(slot.starts_at):%H:%M}" for slot in found]


def test_weekly_hours_give_times_in_the_rhythm_of_the_service():
    service = make_service(minutes=45, every=30)
    make_counsellor(service)
    assert times(service) == ["09:00", "09:30", "10:00", "10:30", "11:00"]


def test_a_talk_ends_within_the_hours():
    service = make_service(minutes=60, every=60)
    make_counsellor(service, hours=[(0, time(9), time(10, 59))])
    assert times(service) == ["09:00"]


def test_hours_count_while_they_are_valid():
    service = make_service(every=60)
    person = make_counsellor(service, hours=[])
    make_hours(person, 0, time(9), time(10), valid_to=MONDAY - timedelta(days=1))
    make_hours(person, 0, time(14), time(15), valid_from=MONDAY)
    make_hours(person, 0, time(16), time(17), valid_from=MONDAY + timedelta(days=1))
    assert times(service) == ["14:00"]


def test_hours_that_touch_twice_give_a_time_once():
    service = make_service(every=60)
    person = make_counsellor(service)
    make_hours(person, 0, time(9), time(11))
    assert times(service) == ["09:00", "10:00", "11:00"]


@pytest.mark.parametrize(("kind", "left"), [("away", []), ("ill", []), ("extra", ["09:00", "10:00", "11:00"])])
def test_a_day_off(kind, left):
    service = make_service(every=60)
    person = make_counsellor(service)
    hours = {"starts": time(9), "ends": time(10)} if kind == "extra" else {}
    DayException.objects.create(counsellor=person, kind=kind, first_day=MONDAY, last_day=MONDAY, **hours)
    assert times(service) == left


def test_some_hours_off_leave_the_rest_in_its_rhythm():
    service = make_service(every=60)
    person = make_counsellor(service)
    DayException.objects.create(
        counsellor=person, kind="away", first_day=MONDAY, last_day=MONDAY, starts=time(9, 50), ends=time(10, 10)
    )
    assert times(service) == ["09:00", "11:00"]


def test_a_closed_house_closes_for_its_own_counsellors_only():
    service = make_service(every=60)
    closed = make_counsellor(service).center
    DayException.objects.create(center=closed, kind="closed", first_day=MONDAY, last_day=MONDAY)
    assert times(service) == []
    make_counsellor(service)
    assert times(service) == ["09:00", "10:00", "11:00"]


def test_extra_hours_add_times_even_on_a_holiday():
    service = make_service(every=60)
    person = make_counsellor(service)
    Holiday.objects.create(land=person.center.land, kind="public", name="Fest", first_day=MONDAY, last_day=MONDAY)
    DayException.objects.create(
        counsellor=person, kind="extra", first_day=MONDAY, last_day=MONDAY, starts=time(17), ends=time(18)
    )
    assert times(service) == ["17:00"]


def test_a_public_holiday_of_another_land_is_a_working_day():
    service = make_service(every=60)
    here, there = make_counsellor(service, make_center("16")), make_counsellor(service, make_center("15"))
    Holiday.objects.create(land=there.center.land, kind="public", name="Fest", first_day=MONDAY, last_day=MONDAY)
    found = slots.free(service, first_day=MONDAY, days=1)
    assert {slot.counsellor for slot in found} == {here}


def test_school_holidays_count_where_the_hours_say_so():
    service = make_service(every=60)
    person = make_counsellor(service, hours=[])
    make_hours(person, 0, time(9), time(10), in_school_holidays=False)
    make_hours(person, 0, time(14), time(15), in_school_holidays=True)
    Holiday.objects.create(land=person.center.land, kind="school", name="Ferien", first_day=MONDAY, last_day=MONDAY)
    assert times(service) == ["14:00"]


def test_notice_is_kept_by_clients_and_not_by_staff():
    service = make_service(every=30, notice_hours=1)
    make_counsellor(service)
    today = clock.today()
    assert times(service, today) == ["11:00"]
    assert times(service, today, with_notice=False) == ["10:00", "10:30", "11:00"]


def test_nothing_beyond_the_horizon():
    service = make_service(horizon_days=6)
    make_counsellor(service)
    assert times(service, clock.today() + timedelta(days=6)) != []
    assert times(service, clock.today() + timedelta(days=7)) == []


def test_a_mode_needs_service_person_and_hours():
    service = make_service(every=60, modes=["phone", "video", "in_person"])
    person = make_counsellor(service, modes=["phone", "video"], hours=[])
    make_hours(person, 0, time(9), time(10), modes=["phone", "in_person"])
    assert times(service, mode="phone") == ["09:00"]
    assert times(service, mode="video") == []
    assert times(service, mode="in_person") == []


def test_a_language_needs_a_person_who_speaks_it():
    service = make_service(every=60)
    make_counsellor(service, languages=["de"])
    speaker = make_counsellor(service, languages=["de", "ar"])
    found = slots.free(service, first_day=MONDAY, days=1, language="ar")
    assert {slot.counsellor for slot in found} == {speaker}


@pytest.mark.parametrize(("before", "after", "left"), [
    (0, 0, ["09:00", "11:00"]), (0, 15, ["11:00"]), (15, 0, ["09:00"]), (15, 15, []),
])  # fmt: skip
def test_what_is_taken_with_the_pauses_around_it(before, after, left):
    service = make_service(minutes=60, every=60, pause_before=before, pause_after=after)
    person = make_counsellor(service)
    claiming.claim(
        use=uuid4(), counsellor=person, starts_at=berlin("2026-05-18 10:00"), ends_at=berlin("2026-05-18 11:00")
    )
    assert times(service) == left


def test_a_lapsed_claim_blocks_nobody():
    service = make_service(minutes=60, every=60)
    person = make_counsellor(service)
    span = {"starts_at": berlin("2026-05-18 10:00"), "ends_at": berlin("2026-05-18 11:00")}
    claiming.claim(use=uuid4(), counsellor=person, lapses_at=clock.now(), **span)
    assert times(service) == ["09:00", "10:00", "11:00"]
    claiming.claim(use=uuid4(), counsellor=person, **span)
    assert times(service) == ["09:00", "11:00"]


def test_in_person_needs_a_free_room_where_the_centre_has_rooms_for_talks():
    service = make_service(minutes=60, every=60)
    person = make_counsellor(service)
    room = make_room(person.center)
    make_room(person.center, for_talks=False)
    claiming.claim(use=uuid4(), room=room, starts_at=berlin("2026-05-18 10:00"), ends_at=berlin("2026-05-18 11:00"))
    assert times(service, mode="in_person") == ["09:00", "11:00"]
    assert times(service, mode="phone") == ["09:00", "10:00", "11:00"]


def test_who_has_less_to_do_comes_first():
    service = make_service(minutes=60, every=60)
    busy, idle = make_counsellor(service), make_counsellor(service)
    claiming.claim(
        use=uuid4(), counsellor=busy, starts_at=berlin("2026-05-18 10:00"), ends_at=berlin("2026-05-18 11:00")
    )
    found = slots.free(service, first_day=MONDAY, days=1)
    assert [slot.counsellor for slot in found if slot.starts_at == berlin("2026-05-18 09:00")] == [idle, busy]


# ── The clock changes


def test_the_hour_that_spring_skips_is_not_offered():
    service = make_service(minutes=30, every=30, horizon_days=365, pause_after=0)
    make_counsellor(service, hours=[(6, time(1), time(4))])
    assert times(service, date(2027, 3, 28)) == ["01:00", "03:00", "03:30"]


def test_the_hour_that_comes_twice_in_autumn_is_offered_once():
    service = make_service(minutes=30, every=30, horizon_days=365)
    make_counsellor(service, hours=[(6, time(1), time(4))])
    assert times(service, date(2026, 10, 25)) == ["01:00", "01:30", "02:00", "03:00", "03:30"]


def test_no_talk_runs_across_a_change_of_the_clock():
    service = make_service(minutes=60, every=30, horizon_days=365)
    make_counsellor(service, hours=[(6, time(1), time(4))])
    assert times(service, date(2027, 3, 28)) == ["03:00"]
    assert times(service, date(2026, 10, 25)) == ["01:00", "01:30", "03:00"]


@pytest.mark.parametrize("people", [1, 3])
def test_a_week_costs_the_same_number_of_queries(people, django_assert_num_queries):
    service = make_service()
    for _number in range(people):
        make_counsellor(service)
    with django_assert_num_queries(3):
        assert len(slots.free(service, first_day=MONDAY, days=7)) == people * 25
