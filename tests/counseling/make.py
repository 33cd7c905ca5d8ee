"""Rows of the counselling for tests: `make_counsellor()`. Unnamed fields get sensible values."""

import itertools
from datetime import datetime, time, timedelta

from counseling.models import Appointment, Center, Counsellor, Room, Service, Subject, WeeklyHours
from kit import clock
from taxonomy.models import Land
from tests.make import make_location, make_organization, make_user

_numbers = itertools.count(1)


def make_center(land: str = "16", **fields) -> Center:
    number = next(_numbers)
    organization = fields.pop("organization", None) or make_organization(kinds=["counseling"])
    defaults = {
        "name": f"Bildungsberatung {number}",
        "slug": f"beratung-{number}",
        "location": make_location(organization),
        "land": Land.objects.get_or_create(code=land, defaults={"name": f"Land {land}"})[0],
        "phone": "03631 000004",
        "email": "beratung@region.example",
        "opening_hours": "Mo bis Do 9 bis 16 Uhr",
    }
    return Center.objects.create(organization=organization, **{**defaults, **fields})


def make_room(center: Center | None = None, **fields) -> Room:
    return Room.objects.create(center=center or make_center(), **{"name": f"Raum {next(_numbers)}", **fields})


def make_subject(name: str = "", **fields) -> Subject:
    defaults = {"name": name or f"Thema {next(_numbers)}", "audiences": ["person", "company", "institution"]}
    return Subject.objects.create(**{**defaults, **fields})


def make_service(subject: Subject | None = None, **fields) -> Service:
    """A talk of 45 minutes for people, in all modes, without pauses."""
    number = next(_numbers)
    defaults = {
        "name": f"Beratung {number}",
        "slug": f"leistung-{number}",
        "audience": "person",
        "modes": ["in_person", "phone", "video"],
        "pause_after": 0,
    }
    service = Service.objects.create(**{**defaults, **fields})
    service.subjects.add(subject or make_subject())
    return service


def make_counsellor(service: Service | None = None, center: Center | None = None, **fields) -> Counsellor:
    """Advises on the subjects of the service, Monday to Friday from 9 to 12."""
    service = service or make_service()
    user = fields.pop("user", None) or make_user("counsellor")
    hours = fields.pop("hours", [(day, time(9), time(12)) for day in range(5)])
    defaults = {
        "display_name": f"Beraterin {next(_numbers)}",
        "languages": ["de"],
        "modes": ["in_person", "phone", "video"],
    }
    counsellor = Counsellor.objects.create(user=user, center=center or make_center(), **{**defaults, **fields})
    counsellor.subjects.set(service.subjects.all())
    for weekday, starts, ends in hours:
        make_hours(counsellor, weekday, starts, ends)
    return counsellor


def make_hours(counsellor: Counsellor, weekday: int, starts: time, ends: time, **fields) -> WeeklyHours:
    defaults = {"valid_from": clock.today() - timedelta(days=365), "modes": counsellor.modes}
    return WeeklyHours.objects.create(
        counsellor=counsellor, weekday=weekday, starts=starts, ends=ends, **{**defaults, **fields}
    )


def berlin(words: str) -> datetime:
    """`berlin("2026-05-12 10:00")`: that moment on a German wall clock."""
    return datetime.fromisoformat(words).replace(tzinfo=clock.BERLIN)


def make_appointment(counsellor: Counsellor | None = None, starts_at: datetime | None = None, **fields) -> Appointment:
    """A booked talk in person, a week from now; its time is not claimed (counseling.actions.booking does that)."""
    counsellor = counsellor or make_counsellor()
    subject = counsellor.subjects.first()
    service = fields.pop("service", None) or subject.services.first()
    starts_at = starts_at or clock.now() + timedelta(days=7)
    defaults = {
        "service": service,
        "subject": subject,
        "mode": "in_person",
        "ends_at": starts_at + timedelta(minutes=service.minutes),
        "state": Appointment.State.CONFIRMED,
        "name": "Sam Muster",
        "email": f"sam-{next(_numbers)}@example.org",
        "confirmed_at": clock.now(),
    }
    return Appointment.objects.create(counsellor=counsellor, starts_at=starts_at, **{**defaults, **fields})
