"""Rows of the internships for tests: `make_offer()`. Unnamed fields get sensible values."""

import itertools
from datetime import date, time, timedelta

from internships.models import (
    Application,
    Campaign,
    Employer,
    Guardian,
    LessonOffer,
    LessonUnit,
    Offer,
    Partnership,
    Period,
    Proposal,
    Pupil,
    Scheme,
    Wish,
)
from kit import clock
from providers.models import Organization
from tests.make import make_location, make_membership, make_organization, make_place, make_user

_numbers = itertools.count(1)


def make_employer(**fields) -> Employer:
    """An approved company in Nordhausen; `approved_at=None` for one that waits."""
    organization = fields.pop("organization", None) or make_organization(kinds=["company"])
    if not organization.locations.exists():
        make_location(organization, is_main=True)
    defaults = {
        "contact_name": "Kim Muster", "contact_email": f"kim-{next(_numbers)}@betrieb.example",
        "contact_phone": "03631 000005", "approved_at": clock.now() - timedelta(days=100),
    }  # fmt: skip
    values = {**defaults, **fields}
    values.setdefault("approved_by", "coordinator 1" if values["approved_at"] else "")
    return Employer.objects.create(organization=organization, **values)


def make_scheme(unit: str = "day", **fields) -> Scheme:
    number = next(_numbers)
    defaults = {"name": f"Modell {number}", "slug": f"modell-{number}", "explanation": "Ein Tag im Betrieb."}
    return Scheme.objects.create(unit=unit, **{**defaults, **fields})


def make_campaign(**fields) -> Campaign:
    """Next but one week, open for sign-ups."""
    monday = next_monday(2)
    defaults = {
        "name": "Praktikumswoche", "slug": f"woche-{next(_numbers)}", "first_day": monday,
        "last_day": monday + timedelta(days=4), "opens_on": clock.today() - timedelta(days=10),
        "closes_on": monday, "is_public": True,
    }  # fmt: skip
    return Campaign.objects.create(**{**defaults, **fields})


def next_monday(weeks: int = 1) -> date:
    today = clock.today()
    return today - timedelta(days=today.weekday()) + timedelta(weeks=weeks)


def make_offer(employer: Employer | None = None, *, days: list[date] | None = None, seats: int = 1, **fields) -> Offer:
    """A published offer of single days, Monday in two weeks unless told otherwise, from 9 to 15 o'clock."""
    employer = employer or make_employer()
    defaults = {
        "scheme": fields.pop("scheme", None) or make_scheme(), "title": f"Praktikum {next(_numbers)}",
        "job_family": "S13", "state": "published", "task": "Eine Lampe bauen.", "guidance": "Kim Muster",
        "feedback": "Am Ende sprechen wir.", "takeaway": "Die Lampe.", "starts": time(9), "ends": time(15),
        "location": employer.main_location, "meeting_point": "Tor 1",
    }  # fmt: skip
    offer = Offer.objects.create(employer=employer, **{**defaults, **fields})
    for day in days if days is not None else [next_monday(2)]:
        make_period(offer, day, seats=seats)
    return offer


def make_period(offer: Offer, first_day: date, last_day: date | None = None, **fields) -> Period:
    return Period.objects.create(offer=offer, first_day=first_day, last_day=last_day or first_day, **fields)


def make_pupil(age: int = 18, **fields) -> Pupil:
    """Of age, with a confirmed mailbox."""
    today = clock.today()
    defaults = {
        "first_name": "Sam", "last_name": "Muster", "email": f"sam-{next(_numbers)}@example.org",
        "birth_date": date(today.year - age, 1, 1), "confirmed_at": clock.now(), "school": "Schule am Park",
        "grade": "9b",
    }  # fmt: skip
    return Pupil.objects.create(**{**defaults, **fields})


def make_guardian(pupil: Pupil, *, agreed: bool | None = True, **fields) -> Guardian:
    answered = None if agreed is None else clock.now()
    defaults = {"email": "eltern@example.org", "answered_at": answered, "asked_at": clock.now()}
    return Guardian.objects.create(pupil=pupil, agreed=agreed, **{**defaults, **fields})


def make_application(period: Period | None = None, pupil: Pupil | None = None, **fields) -> Application:
    """At the company since a moment ago; seats and days are not counted (internships.actions do that)."""
    period = period or make_offer().periods.get()
    state = fields.get("state", "submitted")
    defaults: dict = {"state": state, "subjects": "Kunst", "hobbies": "Fahrrad", "why": "Ich bastle gern."}
    if state not in {"draft", "guardian"}:
        defaults["submitted_at"] = clock.now()
    if state == "offered":
        defaults["held_until"] = clock.now() + timedelta(days=7)
    if state in {"accepted", "completed", "no_show", "aborted"}:
        defaults["agreed_at"] = clock.now()
    if state not in Application.OPEN:
        defaults["ended_at"] = clock.now()
    if state == "rejected":
        defaults["reason"] = "full"
    return Application.objects.create(pupil=pupil or make_pupil(), period=period, **{**defaults, **fields})


def make_wish(pupil: Pupil | None = None, **fields) -> Wish:
    defaults = {
        "job_families": ["S13"], "first_day": clock.today(), "last_day": clock.today() + timedelta(days=60),
        "place": fields.pop("place", None) or make_place(), "state": "open",
    }  # fmt: skip
    return Wish.objects.create(pupil=pupil or make_pupil(), **{**defaults, **fields})


def make_proposal(offer: Offer | None = None, **fields) -> Proposal:
    return Proposal.objects.create(offer=offer or make_offer(), **fields)


def make_school(**fields) -> Organization:
    """With a teacher, who is its only member."""
    school = make_organization(kinds=["school"], **fields)
    make_membership(make_user("school", full_name="Lee Muster"), school, "teacher")
    return school


def teacher_of(school: Organization):
    return school.memberships.get().user


def make_lesson_offer(employer: Employer | None = None, **fields) -> LessonOffer:
    """A published topic of physics for the grades 7 to 10, at the company."""
    employer = employer or make_employer()
    defaults = {
        "topic": f"Federn und Kräfte {next(_numbers)}", "subject": "physics", "grade_from": 7, "grade_to": 10,
        "activity": "Federn messen", "location": employer.main_location, "state": "published",
    }  # fmt: skip
    return LessonOffer.objects.create(employer=employer, **{**defaults, **fields})


def make_partnership(employer: Employer, school: Organization, **fields) -> Partnership:
    """Agreed by both."""
    stamps = {"school_agreed_at": clock.now(), "company_agreed_at": clock.now()}
    return Partnership.objects.create(employer=employer, school=school, **{"state": "agreed", **stamps, **fields})


def make_lesson_unit(offer: LessonOffer | None = None, school: Organization | None = None, **fields) -> LessonUnit:
    """Asked for in three weeks, by the teacher of the school; with a partnership where its state needs one."""
    offer, school = offer or make_lesson_offer(), school or make_school()
    teacher = fields.pop("teacher", None) or teacher_of(school)
    state = fields.get("state", "requested")
    defaults = {
        "employer": offer.employer, "subject": offer.subject, "topic": offer.topic, "grade": 8, "group": "8b",
        "pupils": 24, "day": next_monday(3), "where": "company", "state": state,
    }  # fmt: skip
    if state in LessonUnit.AGREED:
        known = Partnership.objects.agreed().filter(school=school, employer=offer.employer).first()
        defaults["partnership"] = known or make_partnership(offer.employer, school)
    if state not in LessonUnit.OPEN:
        defaults["ended_at"] = clock.now()
    if state == "declined":
        defaults["reason"] = "day"
    return LessonUnit.objects.create(offer=offer, school=school, teacher=teacher, **{**defaults, **fields})
