"""Mails around lessons with companies, to companies and teachers; in German, the language of the house."""

from collections.abc import Iterable

from django.conf import settings
from django.db.models import Model

from accounts.models import User
from internships.models import LessonUnit, Partnership
from kit import outbox
from kit.models import OutboxMail
from providers.models import Organization

PURPOSE = "internship lesson"


# ── Partners


def partnership_is_proposed(partnership: Partnership, *, to_company: bool) -> None:
    _to_side("partnership_proposed", partnership, to_company=to_company)


def partnership_waits(partnership: Partnership, *, number: int) -> None:
    """A reminder to the side that has not answered."""
    to_company = partnership.waits_for_company
    _to_side("partnership_proposed", partnership, to_company=to_company, again=f":{number}", number=number)


def partnership_is_agreed(partnership: Partnership, *, to_company: bool) -> None:
    _to_side("partnership_agreed", partnership, to_company=to_company)


def partnership_has_ended(partnership: Partnership, *, to_company: bool) -> None:
    _to_side("partnership_ended", partnership, to_company=to_company)


def _to_side(name: str, partnership: Partnership, *, to_company: bool, again: str = "", number: int = 0) -> None:
    key = f"partnership:{partnership.pk}:{name}{again}"
    context = {"partnership": partnership, "to_company": to_company, "number": number}
    if to_company:
        _send(name, partnership.employer.contact_email, key=f"{key}:company", **context)
        return
    for person in people_of(partnership.school):
        _send(name, person.email, key=f"{key}:{person.pk}", **context)


# ── Lessons, to the company


def lesson_is_asked(unit: LessonUnit) -> OutboxMail:
    return _to_company("lesson_asked", unit)


def lesson_waits(unit: LessonUnit, *, number: int) -> OutboxMail:
    return _to_company("lesson_remind", unit, again=f":{number}")


def lesson_is_withdrawn(unit: LessonUnit) -> OutboxMail:
    return _to_company("lesson_withdrawn", unit)


def _to_company(name: str, unit: LessonUnit, *, again: str = "") -> OutboxMail:
    return _send(name, unit.employer.contact_email, key=f"lesson:{unit.pk}:{name}{again}", unit=unit)


# ── Lessons, to the school


def lesson_is_planned(unit: LessonUnit) -> None:
    _to_teacher("lesson_planned", unit)


def lesson_is_declined(unit: LessonUnit) -> None:
    _to_teacher("lesson_declined", unit)


def lesson_has_expired(unit: LessonUnit) -> None:
    _to_teacher("lesson_expired", unit)


def lesson_is_cancelled(unit: LessonUnit) -> None:
    _to_teacher("lesson_cancelled", unit)


def please_tell(unit: LessonUnit) -> None:
    """Did it take place?"""
    _to_teacher("lesson_over", unit)


def _to_teacher(name: str, unit: LessonUnit) -> None:
    for person in readers_of(unit):
        _send(name, person.email, key=f"lesson:{unit.pk}:{name}:{person.pk}", unit=unit)


def readers_of(unit: LessonUnit) -> Iterable[User]:
    """Whoever has asked, while they work for the school; afterwards everybody who does."""
    people = people_of(unit.school)
    mine = [person for person in people if person.pk == unit.teacher_id]
    return mine or people


def people_of(school: Organization) -> list[User]:
    return list(User.objects.filter(memberships__organization=school, is_active=True).order_by("pk"))


def _send(name: str, to: str, *, key: str | None = None, **context: Model | int) -> OutboxMail:
    template = f"internships/email/{name}.txt"
    return outbox.send(template, to, context, purpose=PURPOSE, key=key, language=settings.LANGUAGE_CODE)
