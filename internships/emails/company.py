"""Mails to companies, schools and those who register one; in German, the language of the house."""

from django.conf import settings
from django.db.models import Model

from internships.models import Application, Employer, Registration
from kit import outbox
from kit.models import OutboxMail

PURPOSE = "internship company"


def please_confirm(registration: Registration) -> OutboxMail:
    """Does the address belong to whoever registered the company?"""
    return _send("company_confirm", registration.email, registration=registration)


def is_let_in(registration: Registration) -> OutboxMail:
    """To somebody who may act for a company from now on."""
    return _send("company_let_in", registration.email, registration=registration)


def is_not_let_in(registration: Registration) -> OutboxMail:
    return _send("company_not_let_in", registration.email, registration=registration)


def is_approved(employer: Employer) -> OutboxMail:
    return _to(employer, "company_approved", key=f"internship-employer-approved:{employer.pk}", employer=employer)


def has_arrived(application: Application) -> OutboxMail:
    """Somebody wants to come. Without a name: that stands in the portal."""
    return _about("application_arrived", application)


def please_answer(application: Application, *, number: int) -> OutboxMail:
    """The first or second reminder."""
    return _about("application_remind", application, again=f":{number}", number=number)


def was_accepted(application: Application) -> OutboxMail:
    return _about("application_accepted_company", application)


def was_withdrawn(application: Application) -> OutboxMail:
    return _about("application_withdrawn_company", application)


def please_settle(application: Application) -> OutboxMail:
    """Did it take place?"""
    return _about("application_over_company", application)


def is_silent(employer: Employer) -> OutboxMail:
    """A hint: three applications had no answer."""
    return _to(
        employer, "company_silent", key=f"internship-silent:{employer.pk}:{employer.silences}", employer=employer
    )


def is_paused(employer: Employer) -> OutboxMail:
    return _to(
        employer, "company_paused", key=f"internship-paused:{employer.pk}:{employer.silences}", employer=employer
    )


def _about(name: str, application: Application, *, again: str = "", **context) -> OutboxMail:
    key = f"internship:{application.pk}:{name}{again}"
    return _to(application.offer.employer, name, key=key, application=application, **context)


def _to(employer: Employer, name: str, /, *, key: str | None = None, **context) -> OutboxMail:
    return _send(name, employer.contact_email, key=key, **context)


def _send(name: str, to: str, *, key: str | None = None, **context: Model | int) -> OutboxMail:
    template = f"internships/email/{name}.txt"
    return outbox.send(template, to, context, purpose=PURPOSE, key=key, language=settings.LANGUAGE_CODE)
