"""Half a year after a talk nobody can say any more who came."""

from datetime import timedelta

import pytest

from counseling.actions import booking, erasing
from counseling.models import Appointment, Callback, Claim, Note, Record, SpentAnswer, Waiting
from kit import clock
from tests.counseling.make import make_appointment, make_counsellor, make_service
from tests.counseling.test_booking import ask, hold

pytestmark = pytest.mark.django_db
CANARY = {
    "name": "Canary Kestrel", "email": "kestrel@example.org", "phone": "03631 777777",
    "organization_name": "Kestrel GmbH", "address": "Kestrelweg 1", "on_site_needs": "Kestrel", "question": "Kestrel?",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _tuesday_morning(frozen):
    """2026-05-12, 10:00: an ordinary day."""


def past(days: int, **fields) -> Appointment:
    return make_appointment(starts_at=clock.now() - timedelta(days=days), **fields)


def text_of_the_tables() -> str:
    return " ".join(str(list(model.objects.values())) for model in (Appointment, Callback, Waiting, Record, Note))


def test_after_183_days_the_person_is_gone_and_the_record_stays():
    appointment = past(184, state="completed", **CANARY)
    Record.objects.create(
        appointment=appointment, month="2025-11-01", audience="person", subject=appointment.subject, mode="phone",
        minutes=45, result="course",
    )  # fmt: skip
    assert "estrel" in text_of_the_tables()
    assert erasing.erase()["appointments"] == 1
    assert "estrel" not in text_of_the_tables()
    assert Record.objects.get().appointment is None
    assert Appointment.objects.get().erased_at == clock.now()


def test_before_that_it_stays():
    past(182, state="completed", **CANARY)
    assert erasing.erase()["appointments"] == 0
    assert Appointment.objects.get().name == "Canary Kestrel"


def test_erasing_twice_changes_nothing():
    past(184, **CANARY)
    erasing.erase()
    before = Appointment.objects.values().get()
    assert erasing.erase()["appointments"] == 0
    assert Appointment.objects.values().get() == before


def test_what_nobody_confirmed_goes_earlier(at):
    person = make_counsellor(make_service(minutes=60, every=60))
    ask(hold(person))
    at("2026-05-12 12:00")
    booking.expire()
    at("2026-05-19 10:59")
    erasing.erase()
    assert Appointment.objects.count() == 1
    at("2026-05-19 11:01")
    erasing.erase()
    assert Appointment.objects.count() == 0


def test_a_time_without_a_name_leaves_no_row(at):
    hold(make_counsellor(make_service(minutes=60, every=60)))
    at("2026-05-12 10:30")
    booking.expire()
    at("2026-05-13 11:00")
    erasing.erase()
    assert (Appointment.objects.count(), Claim.objects.count()) == (0, 0)


def test_call_backs_lose_the_person():
    Callback.objects.create(
        name="Canary Kestrel", phone="1", question="Kestrel", created_at=clock.now() - timedelta(184)
    )
    assert erasing.erase()["call-backs"] == 1
    assert "estrel" not in text_of_the_tables()
    assert Callback.objects.open().count() == 0


def test_used_links_are_forgotten_when_nobody_can_use_them_again():
    SpentAnswer.objects.create(digest="a" * 64, spent_on=clock.today() - timedelta(days=366))
    assert erasing.erase()["answers"] == 1
