"""The counselling of the demo region: every state around today, nobody real, the same again on the same day, quick."""

import re
import time

import pytest
from django.db import transaction

from accounts.demo import create_logins
from counseling.models import (
    Appointment,
    Callback,
    Center,
    Counsellor,
    Note,
    Record,
    Referral,
    RoomBooking,
    Service,
    Shortlist,
    Wish,
)
from counseling.views.desk import tasks_of
from portal.demo.counseling import make_counseling, plan
from portal.demo.people import FICTION
from tests.counseling.guidance import make_provider
from tests.make import make_course, make_district, make_place, make_region, make_run, make_topic

pytestmark = pytest.mark.django_db
SECONDS = 2


@pytest.fixture
def furnish(settings):
    """A region with towns, topics, providers and courses; `furnish()` makes the counselling in it."""
    settings.DEMO = True
    make_region()
    for house in plan()["houses"]:
        make_place(house["town"], district=make_district(house["district"], house["town"]), postcodes=("00000",))
    wanted = {slug for subject in plan()["subjects"] for slug in subject["topics"]}
    for slug in sorted(wanted | {wish["topic"] for wish in plan()["wishes"]}):
        make_topic(slug, slug=slug)
    for _each in range(4):
        make_run(make_course(make_provider()))
    users = create_logins()
    return lambda: make_counseling(users["counsellor"], [])


def test_every_state_and_every_kind_of_work_is_there(furnish, at):
    at("2026-05-12 08:00")
    assert furnish() == len(plan()["talks"]["rows"].strip().splitlines())
    assert set(Appointment.objects.values_list("state", flat=True)) == set(Appointment.State.values)
    assert len({center.land_id for center in Center.objects.all()}) == 2
    assert set(Service.objects.values_list("audience", flat=True)) == {"person", "company", "institution"}
    berta = Counsellor.objects.get(user__email="beratung@lernregion.example")
    assert all(task.count for task in tasks_of(berta))
    for kind in (Callback, Note, Record, Referral, RoomBooking, Shortlist, Wish):
        assert kind.objects.exists(), kind


@pytest.mark.parametrize("day", ["2026-05-12 08:00", "2026-05-16 12:00", "2026-12-25 12:00", "2026-03-29 02:59"])
def test_it_can_be_made_on_any_day(furnish, at, day):
    at(day)
    furnish()
    assert Appointment.objects.unresolved().exists()
    assert Appointment.objects.unattended().exists()


def test_the_same_day_gives_the_same_rows(furnish, at):
    at("2026-05-12 08:00")
    contents = []
    for _twice in range(2):
        before = transaction.savepoint()
        furnish()
        talks = Appointment.objects.order_by("pk").values_list("pk", "reference", "name", "starts_at", "state")
        records = Record.objects.order_by("month", "result", "mode", "minutes")
        contents.append((list(talks), list(records.values_list("month", "result", "mode", "minutes"))))
        transaction.savepoint_rollback(before)
    assert contents[0] == contents[1]


def test_nobody_in_it_is_real(furnish):
    furnish()
    talks = Appointment.objects.exclude(name="")
    assert all(name.endswith(("Beispiel", "Muster")) for name in talks.values_list("name", flat=True))
    assert all(email.endswith(".example") for email in talks.exclude(email="").values_list("email", flat=True))
    numbers = [*talks.values_list("phone", flat=True), *Callback.objects.values_list("phone", flat=True)]
    numbers += [*Center.objects.values_list("phone", flat=True), *Counsellor.objects.values_list("dial_in", flat=True)]
    assert all(re.fullmatch(FICTION, number) for number in numbers)
    assert all(
        name.endswith(("Beispiel", "Muster")) for name in Counsellor.objects.values_list("display_name", flat=True)
    )


def test_only_the_demo_login_can_enter(furnish):
    furnish()
    others = Counsellor.objects.exclude(user__email="beratung@lernregion.example")
    assert others.count() == 5
    assert not any(person.user.has_usable_password() for person in others)


def test_it_is_quick(furnish):
    started = time.process_time()
    furnish()
    assert time.process_time() - started < SECONDS
