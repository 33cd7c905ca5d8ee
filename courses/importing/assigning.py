"""Delivered values meet rows of the catalogue: what changes, what a person has locked, how both are shown."""

from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django.db import models

from courses.models import Course, CourseRun
from kit import text
from providers.models import Contact, Location

COURSE_FIELDS = [
    "number", "title", "description", "requirements", "audience", "terms", "credits", "level", "level_is_derived",
    "course_type", "education_type", "institution", "degree_title", "degree_type", "degree_exam", "examiner",
    "degree_additional", "degree_entitled", "handicaps", "systematics", "kldb", "links", "references",
]  # fmt: skip
RUN_FIELDS = [
    "number", "title", "note", "starts_on", "ends_on", "begin", "date_note", "schedule_note", "registration_until",
    "announced_from", "announced_until", "times_of_day", "weekdays", "times_from_text", "duration_class", "hours",
    "mode", "instruction_form", "instruction_form_name", "instruction_time", "execution_form", "room", "in_house",
    "beside_job", "practical_part", "for_trainees", "for_employees", "phases", "methods", "media", "languages",
    "languages_note", "digitally_accessible", "digitally_accessible_note", "places_min", "places", "places_taken",
    "price", "price_kind", "price_note", "special_price", "funding_federal", "funding_regional", "funding_note",
    "subsidies", "certificate_status", "certifier_number", "certificate_number", "certificate_from",
    "certificate_until", "certificate_note", "measure_number",
]  # fmt: skip
# Fields that only make sense together: a lock of one holds all.
TOGETHER = [
    {"level", "level_is_derived"},
    {"price", "price_kind"},
    {"starts_on", "ends_on"},
    {"weekdays", "times_of_day", "times_from_text"},
]
LOCATION_KEY = ("name", "street", "postcode", "city", "quarter")
LOCATION_FACTS = ("state_name", "country", "phone", "email", "website", "remarks", "is_barrier_free")
CONTACT_KEY = ("first_name", "last_name", "phone", "email")
CONTACT_FACTS = ("salutation", "title", "job_title", "mobile", "website", "remarks")
SHOWN = 300


@dataclass(slots=True)
class Difference:
    """What a delivery does to one row: {field: [before, after]}, applied and held back by locks."""

    changes: dict[str, list] = field(default_factory=dict)
    conflicts: dict[str, list] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)  # fields to be written

    def note(self, name: str, before: Any, after: Any, *, is_locked: bool) -> None:
        (self.conflicts if is_locked else self.changes)[name] = [shown(before), shown(after)]


def locked(obj: Course | CourseRun) -> set[str]:
    """The locked fields with those that only make sense together with them."""
    names = set(obj.locked_fields)
    return names.union(*(group for group in TOGETHER if group & names))


def assign(obj: Course | CourseRun, delivered: dict, names: list[str]) -> Difference:
    """Set the delivered values on a row, except for locked fields. What is not delivered becomes empty."""
    difference, held = Difference(), locked(obj)
    for name in names:
        target = obj._meta.get_field(name)
        after, before = convert(target, delivered.get(name)), getattr(obj, name)
        if same(before, after):
            continue
        difference.note(name, before, after, is_locked=name in held)
        if name not in held:
            setattr(obj, name, after)
            difference.names.add(name)
    return difference


def fields_of(kind: type[models.Model], delivered: dict, names: list[str]) -> dict[str, Any]:
    """The delivered values for a new row. What is not delivered is what the model says about emptiness."""
    given = ((kind._meta.get_field(name), delivered[name]) for name in names if delivered.get(name) is not None)
    return {field.name: field.to_python(value) for field, value in given}


def convert(target: models.Field, value: Any) -> Any:
    """A JSON value as the field holds it; None becomes what the field says about emptiness."""
    if value is not None:
        return target.to_python(value)
    return None if target.null else target.get_default()


def same(before: Any, after: Any) -> bool:
    if isinstance(before, Decimal) and isinstance(after, Decimal):
        return before == after
    return before == after and isinstance(before, bool) == isinstance(after, bool)


def shown(value: Any) -> Any:
    """As it stands in a report: short, without markup."""
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, list):
        value = ", ".join(_entry(entry) for entry in value)
    return text.truncate(text.plain(str(value)) if "<" in str(value) else str(value), SHOWN)


def _entry(entry: Any) -> str:
    if isinstance(entry, dict):
        return " ".join(str(value) for value in entry.values() if value not in ("", None))
    return str(entry)


# ── Venue, contact, dates


def location_key(delivered: dict) -> str:
    return _key(Location, *(delivered.get(name, "") for name in LOCATION_KEY))


def contact_key(delivered: dict) -> str:
    return _key(Contact, delivered["role"], *(delivered.get(name, "") for name in CONTACT_KEY))


@lru_cache(maxsize=4096)  # many runs, few addresses
def _key(kind: type[Location] | type[Contact], *parts: Any) -> str:
    return kind.make_key(*parts)


def location_line(delivered: dict | None) -> str:
    if not delivered:
        return ""
    place = f"{delivered.get('postcode', '')} {delivered.get('city', '')}".strip()
    return ", ".join(filter(None, [delivered.get("name"), delivered.get("street"), place]))


def contact_line(delivered: dict | None) -> str:
    if not delivered:
        return ""
    name = " ".join(filter(None, [delivered.get(part) for part in ("title", "first_name", "last_name")]))
    return name or delivered.get("phone", "") or delivered.get("email", "")


def facts(row: Location | Contact, delivered: dict, names: tuple[str, ...]) -> dict[str, list]:
    """What a delivery knows differently about an address or a contact. What it does not say is kept."""
    return {
        name: [getattr(row, name), delivered[name]]
        for name in names
        if name in delivered and getattr(row, name) != delivered[name]
    }


def differ_location(difference: Difference, run: CourseRun, delivered: dict | None) -> None:
    """Note what happens to the venue of a run, and to what is known about that venue."""
    row = run.location
    if (row.key if row else "") != (location_key(delivered) if delivered else ""):
        is_locked = "location" in locked(run)
        difference.note("location", str(row or ""), location_line(delivered), is_locked=is_locked)
        return
    if row and delivered:
        for name, (before, after) in facts(row, delivered, LOCATION_FACTS).items():
            difference.note(f"location.{name}", before, after, is_locked="location" in locked(run))


def differ_contact(difference: Difference, course: Course, delivered: dict | None) -> None:
    row = course.contact
    if (row.key if row else "") != (contact_key(delivered) if delivered else ""):
        is_locked = "contact" in locked(course)
        difference.note("contact", str(row or ""), contact_line(delivered), is_locked=is_locked)
        return
    if row and delivered:
        for name, (before, after) in facts(row, delivered, CONTACT_FACTS).items():
            difference.note(f"contact.{name}", before, after, is_locked="contact" in locked(course))


def session_rows(sessions: list[dict]) -> list[tuple]:
    """Dates in a form in which stored and delivered ones can be compared."""
    return sorted(
        (
            session["day"], session.get("starts") or "", session.get("ends") or "", session.get("room", ""),
            location_key(session["location"]) if session.get("location") else "",
        )
        for session in sessions
    )  # fmt: skip


def stored_rows(run: CourseRun) -> list[tuple]:
    return sorted(
        (
            session.day.isoformat(), session.starts.strftime("%H:%M") if session.starts else "",
            session.ends.strftime("%H:%M") if session.ends else "", session.room,
            session.location.key if session.location else "",
        )
        for session in run.sessions.all()
    )  # fmt: skip


def differ_sessions(difference: Difference, run: CourseRun, sessions: list[dict]) -> bool:
    """Whether the dates have to be written anew."""
    before, after = stored_rows(run), session_rows(sessions)
    if before == after:
        return False
    is_locked = "sessions" in run.locked_fields
    gone = sorted(set(before) - set(after))
    come = sorted(set(after) - set(before))
    difference.note("sessions", _dates(before, gone), _dates(after, come), is_locked=is_locked)
    return not is_locked


def _dates(rows: list[tuple], differing: list[tuple]) -> str:
    listed = ", ".join(f"{day[8:10]}.{day[5:7]}. {starts}".strip() for day, starts, *_rest in differing[:8])
    return f"{len(rows)}: {listed}" if listed else str(len(rows))


def differ_keywords(difference: Difference, course: Course, delivered: list[list[str]]) -> bool:
    before = sorted((keyword.kind, keyword.word) for keyword in course.keywords.all())
    after = sorted((kind, word) for kind, word in delivered)
    if before == after:
        return False
    is_locked = "keywords" in course.locked_fields
    words = [", ".join(word for _kind, word in rows) for rows in (before, after)]
    difference.note("keywords", *words, is_locked=is_locked)
    return not is_locked
