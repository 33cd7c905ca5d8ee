"""Certifications expire by the clock, and with them the Bildungsgutschein."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from courses.models import CourseRun
from kit import clock
from providers.models import Certification, Organization, azav_holds
from tests import make

pytestmark = pytest.mark.django_db
END = date(2026, 5, 31)


@pytest.fixture
def certified(at):
    at("2026-05-12 10:00")
    return make.make_certification(valid_from=date(2023, 6, 1), valid_to=END).organization


def test_a_certification_counts_to_its_last_day_and_not_one_day_longer(certified, at):
    at("2026-05-31 23:59")
    assert certified.certifications.valid().count() == 1
    at("2026-06-01 00:01")
    assert certified.certifications.valid().count() == 0


def test_a_certification_without_end_does_not_expire(certified, at):
    certified.certifications.update(valid_to=None)
    at("2036-06-01 00:01")
    assert certified.certifications.valid().count() == 1


def test_a_certification_does_not_count_before_it_begins(certified):
    assert certified.certifications.valid(on=date(2023, 5, 31)).count() == 0
    assert certified.certifications.valid(on=date(2023, 6, 1)).count() == 1


def test_an_unchecked_certification_does_not_count(certified):
    certified.certifications.update(checked_at=None, checked_by="")
    assert certified.certifications.valid().count() == 0


def test_what_ends_soon_is_found_in_time(certified):
    assert Certification.objects.expiring_within(90).count() == 1
    assert Certification.objects.expiring_within(10).count() == 0


@pytest.mark.parametrize(
    "fields",
    [
        {"valid_from": END, "valid_to": END - timedelta(days=1)},
        {"checked_by": "somebody", "checked_at": None},
        {"checked_by": ""},
    ],
)
def test_the_database_refuses_contradictions(certified, fields):
    with pytest.raises(IntegrityError), transaction.atomic():
        make.make_certification(certified, **fields)


def test_the_voucher_falls_with_the_certification_of_the_provider(certified, at):
    run = make.make_run(make.make_course(certified), funding_federal=[2], starts_on=date(2026, 7, 1))
    assert list(CourseRun.objects.with_valid_voucher()) == [run]
    assert certified.may_claim_voucher()
    at("2026-06-01 10:00")
    assert not CourseRun.objects.with_valid_voucher().exists()
    assert not certified.may_claim_voucher()


def test_a_provider_without_any_certification_on_record_is_believed(at):
    at("2026-06-01 10:00")
    run = make.make_run(funding_federal=[2])
    assert list(CourseRun.objects.with_valid_voucher()) == [run]


def test_another_seal_neither_opens_nor_closes_the_gate(certified, at):
    make.make_certification(certified, kind=Certification.Kind.ISO_9001, valid_to=None)
    at("2026-06-01 10:00")
    assert not certified.may_claim_voucher()
    other = make.make_certification(kind=Certification.Kind.ISO_9001, valid_to=date(2026, 5, 13)).organization
    assert other.may_claim_voucher()


def test_the_voucher_falls_with_the_certificate_of_the_measure(frozen):
    course = make.make_course()
    today = clock.today()
    ended = make.make_run(course, funding_federal=[2], certificate_until=today - timedelta(days=1))
    last_day = make.make_run(course, funding_federal=[2], certificate_until=today)
    to_come = make.make_run(course, funding_federal=[2], certificate_from=today + timedelta(days=1))
    assert list(CourseRun.objects.with_valid_voucher()) == [last_day]
    assert set(CourseRun.objects.claiming_voucher()) == {ended, last_day, to_come}


def test_an_admitted_measure_claims_the_voucher_too(frozen):
    run = make.make_run(certificate_status=1)
    make.make_run(certificate_status=0, funding_federal=[1])
    assert list(CourseRun.objects.with_valid_voucher()) == [run]


def test_the_condition_serves_any_query(certified):
    assert list(Organization.objects.filter(azav_holds("pk"))) == [certified]
    assert not Organization.objects.filter(azav_holds("pk", on=END + timedelta(days=1))).exists()
