"""Many press at once: the same seats of one offer, and one pupil with a place everywhere on the same day."""

import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from functools import partial
from itertools import count
from time import sleep
from unittest import mock

from django.db import connection
from django.db.models import BaseConstraint

from accounts.models import User
from internships.actions import answering, seats
from internships.actions.applying import NotPossible
from internships.models import Application, BookedDay, Employer, Offer, Period, Pupil, Scheme
from kit import clock
from providers.models import Membership, Organization

AT_ONCE = 40  # connections to the database; the others wait for their turn
_numbers = count(1)


@dataclass
class Outcome:
    """What the callers were told, and what the database holds."""

    won: int
    allowed: int
    held: int
    errors: list[str] = field(default_factory=list)

    @property
    def breaches(self) -> list[str]:
        found = {
            f"{self.won} were told yes, {self.allowed} can": self.won != self.allowed,
            f"{self.held} are held": self.held != self.allowed,
            f"errors: {self.errors[:3]}": bool(self.errors),
        }
        return [words for words, is_breach in found.items() if is_breach]


def make_offer(*, seats_: int = 1, scheme: Scheme | None = None) -> tuple[Period, User]:
    """A published offer of one day, and somebody who answers for the company."""
    number = next(_numbers)
    organization = Organization.objects.create(name=f"Betrieb {number}", slug=f"betrieb-{number}", kinds=["company"])
    staff = User.objects.create_user(f"staff-{number}@betrieb.example", None, roles=["company"])
    Membership.objects.create(user=staff, organization=organization)
    employer = Employer.objects.create(
        organization=organization, contact_name="Kim", contact_email=f"kim-{number}@betrieb.example",
        approved_at=clock.now(), approved_by="coordinator 1",
    )  # fmt: skip
    scheme = scheme or Scheme.objects.get_or_create(slug="tag", defaults={"name": "Tag", "unit": "day"})[0]
    offer = Offer.objects.create(
        employer=employer, scheme=scheme, title="Lampen bauen", job_family="S13", state="published", task="Lampe",
        guidance="Kim", feedback="Ja", takeaway="Lampe", starts=time(9), ends=time(15),
    )  # fmt: skip
    day = day_of_all()
    return Period.objects.create(offer=offer, first_day=day, last_day=day, seats=seats_), staff


def day_of_all() -> date:
    """A Wednesday in some weeks."""
    today = clock.today()
    return today - timedelta(days=today.weekday()) + timedelta(weeks=4, days=2)


def make_pupil() -> Pupil:
    return Pupil.objects.create(
        first_name="Sam", last_name="Muster", birth_date=date(2000, 1, 1), email=f"sam-{next(_numbers)}@example.org",
        confirmed_at=clock.now(),
    )  # fmt: skip


def race_for_seats(callers: int, seats_: int) -> Outcome:
    """As many applications as callers, and for each somebody of the company says yes at the same moment."""
    period, staff = make_offer(seats_=seats_)
    applications = [
        Application.objects.create(pupil=make_pupil(), period=period, state="submitted", submitted_at=clock.now())
        for _each in range(callers)
    ]
    answers = all_at_once(
        [lambda each=each: answering.offer_place(application=each, by=staff) for each in applications]
    )
    period.refresh_from_db()
    held = Application.objects.filter(period=period, state="offered").count()
    return Outcome(
        answers.count(True), seats_, max(held, period.taken), [each for each in answers if each is not True and each]
    )


def race_for_a_day(callers: int) -> Outcome:
    """One pupil is offered a place by as many companies as there are callers, and accepts all of them at once."""
    pupil, applications = make_pupil(), []
    for _each in range(callers):
        period, _staff = make_offer()
        Period.objects.filter(pk=period.pk).update(taken=1)
        offered = {"submitted_at": clock.now(), "held_until": clock.now() + timedelta(days=7)}
        applications.append(Application.objects.create(pupil=pupil, period=period, state="offered", **offered))
    answers = all_at_once([partial(answering.accept, application=each) for each in applications])
    held = Application.objects.filter(pupil=pupil, state="accepted").count()
    days = BookedDay.objects.filter(pupil=pupil).count()
    return Outcome(answers.count(True), 1, max(held, days), errors_of(answers))


def errors_of(answers: list[bool | str]) -> list[str]:
    return [answer for answer in answers if isinstance(answer, str)]


def all_at_once(calls: list[Callable]) -> list[bool | str]:
    """True for each that succeeded, False for each that was refused as it should be, else the name of the error."""
    start, turns, answers = threading.Barrier(len(calls)), threading.Semaphore(AT_ONCE), []

    def press(call: Callable) -> None:
        start.wait()
        with turns, closing(connection):
            answers.append(_answer(call))

    threads = [threading.Thread(target=press, args=[call]) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def _answer(call: Callable) -> bool | str:
    try:
        call()
    except (seats.Full, seats.DayTaken, NotPossible):
        return False
    except Exception as error:  # whatever it is, it is a breach
        return type(error).__name__
    return True


@contextmanager
def guards_removed() -> Iterator[None]:
    """The control: no constraints, no lock on the pupil, and a look before the count instead of one statement."""
    with connection.schema_editor() as editor:
        for model, constraint in _guards():
            editor.remove_constraint(model, constraint)
    try:
        unlocked = mock.patch.object(Pupil.objects, "select_for_update", return_value=Pupil.objects.all())
        with unlocked, mock.patch.object(seats, "take", _look_then_count):
            yield
    finally:
        for table in (BookedDay, Application, Period):
            table.objects.all().delete()
        with connection.schema_editor() as editor:
            for model, constraint in _guards():
                editor.add_constraint(model, constraint)


def _look_then_count(period_id: int) -> None:
    period = Period.objects.get(pk=period_id)
    if period.taken >= period.seats:
        raise seats.Full
    sleep(0.02)
    Period.objects.filter(pk=period_id).update(taken=period.taken + 1)


def _guards() -> list[tuple[type, BaseConstraint]]:
    names = {"period_seats_suffice", "booked_day_once_per_pupil"}
    return [
        (model, constraint)
        for model in (Period, BookedDay)
        for constraint in model._meta.constraints
        if constraint.name in names
    ]
