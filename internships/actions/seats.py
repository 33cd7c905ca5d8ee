"""Seats and days: what only one can have is counted by the database, not by a look before."""

from datetime import date

from django.db import IntegrityError, transaction
from django.db.models import F

from internships.models import Application, BookedDay, Period


class Full(Exception):
    """Every seat is held or given."""


class DayTaken(Exception):
    """The pupil has promised one of these days to another company."""


def take(period_id: int) -> None:
    """One seat more is held. The comparison and the count are one statement. Raises Full."""
    if not Period.objects.filter(pk=period_id, taken__lt=F("seats")).update(taken=F("taken") + 1):
        raise Full


def release(period_id: int) -> None:
    Period.objects.filter(pk=period_id, taken__gt=0).update(taken=F("taken") - 1)


def days_of(application: Application) -> list[date]:
    """The days that count. A single day at a weekend is one, though longer times leave weekends out."""
    return application.period.days or [application.period.first_day]


def book_days(application: Application) -> None:
    """The days of the internship belong to this company. Raises DayTaken."""
    rows = [BookedDay(pupil_id=application.pupil_id, day=day, application=application) for day in days_of(application)]
    try:
        with transaction.atomic():
            BookedDay.objects.bulk_create(rows)
    except IntegrityError:
        raise DayTaken from None


def free_days(application: Application) -> None:
    BookedDay.objects.filter(application=application).delete()
