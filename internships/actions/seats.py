"""Seats and days: what only one can have is counted by the database, not by a look before."""

from datetime import date

from django.db import IntegrityError, transaction
from django.db.models import Count, F, Q

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


def recount() -> int:
    """A sweep: seats of people who were erased elsewhere in the portal are free again. Returns how many times changed.

    Counted under the lock of the row, which whoever takes a seat holds until the commit.
    """
    seated = Count("applications", filter=Q(applications__state__in=Application.SEATED))
    wrong = Period.objects.upcoming().annotate(seated=seated).exclude(taken=F("seated"))
    return sum(_recount(pk) for pk in wrong.values_list("pk", flat=True))


@transaction.atomic
def _recount(pk: int) -> bool:
    period = Period.objects.select_for_update().get(pk=pk)
    seated = period.applications.filter(state__in=Application.SEATED).count()
    return bool(Period.objects.filter(pk=pk).exclude(taken=seated).update(taken=seated))
