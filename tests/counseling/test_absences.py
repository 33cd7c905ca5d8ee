"""Illness and other absence: nothing is cancelled silently, and whoever does not answer stays on a list."""

from datetime import date, time

import pytest

from accounts.actors import LINK_HOLDER
from accounts.models import AuditEntry
from counseling.actions import absences, booking
from counseling.models import Appointment, Claim, DayException, WeeklyHours
from kit import clock
from kit.models import OutboxMail
from tests.counseling.guidance import make_ill
from tests.counseling.make import berlin, make_appointment, make_center, make_counsellor, make_service

pytestmark = pytest.mark.django_db
TUESDAY, WEDNESDAY = date(2026, 5, 19), date(2026, 5, 20)


@pytest.fixture(autouse=True)
def _now(frozen):
    """Tuesday, 12 May 2026; the days of absence come a week later."""


@pytest.fixture
def service():
    return make_service()


def talk(counsellor, begin="2026-05-19 10:00", **fields):
    return make_appointment(counsellor, berlin(begin), **fields)


def ill(counsellor, first_day=TUESDAY, last_day=None):
    return absences.report_ill(
        counsellor=counsellor, first_day=first_day, last_day=last_day or first_day, by=counsellor.user
    )


def test_each_client_of_these_days_is_asked_and_nothing_is_cancelled(service):
    sick = make_counsellor(service)
    hit, late = talk(sick), talk(sick, "2026-05-20 11:00")
    talk(sick, "2026-05-21 10:00"), talk(make_counsellor(service))
    assert ill(sick, TUESDAY, WEDNESDAY) == [hit, late]
    asked = OutboxMail.objects.filter(template__endswith="counsellor_ill.txt")
    assert set(asked.values_list("to", flat=True)) == {hit.email, late.email}
    assert set(Appointment.objects.values_list("state", flat=True)) == {"confirmed"}


def test_a_second_report_writes_no_second_mail(service):
    sick = make_counsellor(service)
    talk(sick)
    ill(sick), ill(sick)
    assert OutboxMail.objects.count() == 1
    assert DayException.objects.count() == 1


def test_whoever_has_no_mail_address_is_listed_all_the_same(service):
    sick = make_counsellor(service)
    hit = talk(sick, email="", phone="03631 1")
    assert ill(sick) == [hit]
    assert not OutboxMail.objects.exists()


def test_the_log_keeps_no_word_about_illness(service):
    ill(make_counsellor(service))
    assert "ill" not in str(list(AuditEntry.objects.values_list("verb", "object_label", "facts"))).split()
    assert [entry.facts for entry in AuditEntry.objects.all()] == [{}]


@pytest.mark.parametrize(
    ("begin", "is_hit"),
    [
        ("2026-05-18 23:30", False), ("2026-05-19 00:00", True), ("2026-05-19 23:45", True), ("2026-05-20 00:00", False)
    ],
)  # fmt: skip
def test_days_are_those_of_a_german_wall_clock(service, begin, is_hit):
    sick = make_counsellor(service)
    talk(sick, begin)
    make_ill(sick, TUESDAY)
    assert Appointment.objects.unattended().exists() is is_hit


@pytest.mark.parametrize(("begin", "is_hit"), [("09:00", False), ("09:30", True), ("11:30", True), ("12:00", False)])
def test_hours_of_absence_hit_what_overlaps(service, begin, is_hit):
    away = make_counsellor(service)
    talk(away, f"2026-05-19 {begin}")
    absences.except_days(
        counsellor=away, kind="away", first_day=TUESDAY, last_day=TUESDAY, starts=time(10), ends=time(12), by=away.user
    )
    assert Appointment.objects.unattended().exists() is is_hit


def test_extra_hours_and_closed_houses_leave_talks_attended(service):
    counsellor = make_counsellor(service)
    talk(counsellor)
    DayException.objects.create(counsellor=counsellor, kind="extra", first_day=TUESDAY, last_day=TUESDAY,
                                starts=time(9), ends=time(18))  # fmt: skip
    assert not Appointment.objects.unattended().exists()


def test_taken_back_absence_attends_them_again(service):
    sick = make_counsellor(service)
    talk(sick)
    absences.take_back(exception=make_ill(sick, TUESDAY), by=sick.user)
    assert not Appointment.objects.unattended().exists()


# ── A colleague takes over


def booked(counsellor, mode="in_person", begin="2026-05-19 10:00"):
    """With its time claimed."""
    subject = counsellor.subjects.get()
    return booking.book_for_caller(
        service=subject.services.get(), subject=subject, counsellor=counsellor, starts_at=berlin(begin), mode=mode,
        language="de", by=counsellor.user, name="Sam Muster", email="sam@example.org",
    )  # fmt: skip


def test_in_person_only_the_same_house_is_offered_by_phone_any(service):
    house = make_center()
    sick, near, far = make_counsellor(service, house), make_counsellor(service, house), make_counsellor(service)
    appointment = booked(sick)
    make_ill(sick, TUESDAY)
    assert absences.colleagues(appointment, mode="in_person") == [near]
    assert set(absences.colleagues(appointment, mode="phone")) == {near, far}


def test_who_does_not_know_the_subject_or_the_language_is_not_offered(service):
    house = make_center()
    sick = make_counsellor(service, house)
    make_counsellor(make_service(), house)
    make_counsellor(service, house, languages=["en"])
    assert absences.colleagues(booked(sick), mode="in_person") == []


def test_passing_on_keeps_time_number_and_link_and_frees_the_first(service):
    house = make_center()
    sick, colleague = make_counsellor(service, house), make_counsellor(service, house)
    appointment = booked(sick)
    make_ill(sick, TUESDAY)
    moved = absences.pass_on(appointment=appointment, mode="phone", by=LINK_HOLDER)
    assert (moved.counsellor, moved.mode, moved.starts_at) == (colleague, "phone", appointment.starts_at)
    assert (moved.reference, moved.nonce, moved.sequence) == (appointment.reference, appointment.nonce, 1)
    assert set(Claim.objects.values_list("counsellor", flat=True)) == {colleague.pk}
    assert not Appointment.objects.unattended().exists()


def test_without_a_colleague_passing_on_is_refused(service):
    sick = make_counsellor(service)
    appointment = booked(sick)
    with pytest.raises(booking.Taken):
        absences.pass_on(appointment=appointment, mode="in_person", by=LINK_HOLDER)
    appointment.refresh_from_db()
    assert (appointment.counsellor, appointment.sequence) == (sick, 0)


def test_the_shortest_notice_stands_in_no_ones_way(service, at):
    house = make_center()
    sick, colleague = make_counsellor(service, house), make_counsellor(service, house)
    appointment = booked(sick)
    at("2026-05-19 09:55")
    assert absences.colleagues(appointment, mode="in_person") == [colleague]


# ── Weekly hours


def test_ended_hours_stay_for_the_past():
    hours = make_counsellor().weekly_hours.first()
    absences.end_hours(hours=hours, by=hours.counsellor.user)
    hours.refresh_from_db()
    assert hours.valid_to == clock.today() - clock.days(1)


def test_hours_that_were_never_valid_are_removed():
    counsellor = make_counsellor()
    counsellor.weekly_hours.update(valid_from=clock.today())
    absences.end_hours(hours=counsellor.weekly_hours.first(), by=counsellor.user)
    assert WeeklyHours.objects.count() == 4
