"""The file of an appointment: one UID for life, a version that rises, and nothing that others need not know.

The golden files are what programs got so far. They change only on purpose: `WRITE_GOLDEN=1 ./dev test …` writes them.
"""

import os
from email import message_from_bytes
from pathlib import Path
from uuid import UUID

import pytest
from icalendar import Calendar

from accounts.actors import LINK_HOLDER
from counseling.actions import booking, changing
from counseling.emails import files
from counseling.models import Appointment
from kit import clock, outbox
from kit.models import OutboxMail
from tests.counseling.make import berlin, make_appointment, make_center, make_counsellor, make_room, make_service
from tests.counseling.test_booking import ask, hold
from tests.make import make_location

pytestmark = pytest.mark.django_db
DATA = Path(__file__).parent / "data"
PK = UUID("6f9619ff-8b86-4011-b42d-00cf4fc964ff")
ONCE, LATER = berlin("2026-10-26 10:00"), berlin("2026-10-20 09:00")  # winter time, summer time


@pytest.fixture(autouse=True)
def _tuesday_morning(frozen, settings):
    """2026-05-12, 10:00: an ordinary day."""
    settings.SITE_BASE_URL = "https://region.example"


@pytest.fixture
def appointment():
    center = make_center(
        name="Bildungsberatung Nordhausen",
        location=make_location(street="Lindenstraße 4", postcode="99734", city="Nordhausen"),
    )
    service = make_service(name="Bildungsberatung", minutes=45)
    return make_appointment(
        make_counsellor(service, center), ONCE, pk=PK, room=make_room(center, name="Raum 1"), email="sam@example.org",
        question="Kestrel", reference="7K4M2P",
    )  # fmt: skip


def event_of(content: bytes):
    return Calendar.from_ical(content).walk("VEVENT")[0]


def with_state(appointment, **fields) -> Appointment:
    for name, value in fields.items():
        setattr(appointment, name, value)
    return appointment


def version(appointment, name: str) -> Appointment:
    """The appointment as it was booked, then moved and held by phone, then by video, then cancelled."""
    return {
        "booked": lambda: appointment,
        "moved": lambda: with_state(
            appointment,
            sequence=1,
            mode="phone",
            phone="03631 000009",
            starts_at=LATER,
            ends_at=berlin("2026-10-20 09:45"),
        ),
        "video": lambda: with_state(appointment, sequence=2, mode="video"),
        "cancelled": lambda: with_state(appointment, sequence=3, state="cancelled"),
    }[name]()


@pytest.mark.parametrize("name", ["booked", "moved", "video", "cancelled"])
def test_golden_files_have_not_changed(appointment, name):
    content = files.of(version(appointment, name)).content
    golden = DATA / f"{name}.ics"
    if os.environ.get("WRITE_GOLDEN"):
        golden.write_bytes(content)
    assert content == golden.read_bytes()


@pytest.mark.parametrize(("name", "method", "status", "sequence", "place"), [
    ("booked", "REQUEST", "CONFIRMED", 0, "Bildungsberatung Nordhausen, Lindenstraße 4, 99734 Nordhausen, Raum 1"),
    ("moved", "REQUEST", "CONFIRMED", 1, "Am Telefon: Wir rufen Sie an"),
    ("video", "REQUEST", "CONFIRMED", 2, "Video"),
    ("cancelled", "CANCEL", "CANCELLED", 3, "Bildungsberatung Nordhausen, Lindenstraße 4, 99734 Nordhausen, Raum 1"),
])  # fmt: skip
def test_golden_files_read_back(name, method, status, sequence, place):
    content = (DATA / f"{name}.ics").read_bytes()
    event = event_of(content)
    assert Calendar.from_ical(content)["METHOD"] == method
    assert (event["STATUS"], event["SEQUENCE"], event["LOCATION"]) == (status, sequence, place)
    assert event["UID"] == f"appt-{PK}@region.example"
    assert (event["ORGANIZER"], event["ATTENDEE"]) == ("mailto:beratung@region.example", "mailto:sam@example.org")
    assert event["DTSTAMP"].dt.utcoffset().total_seconds() == 0


def test_times_are_right_on_both_sides_of_the_change_of_the_clock():
    winter, summer = (event_of((DATA / f"{name}.ics").read_bytes()) for name in ("booked", "moved"))
    assert (winter["DTSTART"].dt, summer["DTSTART"].dt) == (ONCE, LATER)
    assert winter["DTSTART"].params["TZID"] == "Europe/Berlin"


def test_the_time_zone_stands_in_the_file():
    zone = Calendar.from_ical((DATA / "booked.ics").read_bytes()).walk("VTIMEZONE")[0]
    assert zone["TZID"] == "Europe/Berlin"
    assert {part.name for part in zone.subcomponents} == {"STANDARD", "DAYLIGHT"}


@pytest.mark.parametrize("name", ["booked", "moved", "video", "cancelled"])
def test_lines_are_folded_and_end_as_the_standard_says(name):
    lines = (DATA / f"{name}.ics").read_bytes().split(b"\r\n")
    assert max(map(len, lines)) <= 75
    assert b"\n" not in b"".join(lines)


class Program:
    """A calendar program, as far as RFC 5546 tells it what to do with a file: UID says what, SEQUENCE says which."""

    def __init__(self):
        self.entries = {}

    def take(self, content: bytes) -> None:
        calendar = Calendar.from_ical(content)
        event = calendar.walk("VEVENT")[0]
        known = self.entries.get(event["UID"])
        if known and event["SEQUENCE"] <= known["SEQUENCE"]:
            return
        if calendar["METHOD"] == "CANCEL":
            self.entries.pop(event["UID"], None)
            return
        self.entries[event["UID"]] = event


def test_a_program_ends_up_with_one_entry_and_then_with_none():
    program = Program()
    for name, entries in [("booked", 1), ("moved", 1), ("video", 1), ("booked", 1), ("cancelled", 0)]:
        program.take((DATA / f"{name}.ics").read_bytes())
        assert len(program.entries) == entries


def test_an_old_file_does_not_undo_a_change():
    program = Program()
    for name in ("booked", "moved", "booked"):
        program.take((DATA / f"{name}.ics").read_bytes())
    assert next(iter(program.entries.values()))["DTSTART"].dt == LATER


def test_without_a_rising_version_programs_would_keep_the_old_time(appointment):
    """Negative control: it is the SEQUENCE that moves the entry."""
    program = Program()
    program.take(files.of(appointment).content)
    program.take(files.of(with_state(appointment, starts_at=LATER)).content)
    assert next(iter(program.entries.values()))["DTSTART"].dt == ONCE


def test_nothing_stands_in_it_that_others_need_not_know(appointment):
    appointment.counsellor.video_url = "https://video.example.org/raum"
    words = files.of(version(appointment, "video")).content.replace(b"\r\n ", b"").decode()
    for secret in ("Kestrel", "Sam Muster", appointment.subject.name, "video.example.org", "/t/", "7K4M2P", "7K4-M2P"):
        assert secret not in words


# ── In the mail


def attachment(purpose: str):
    mail = OutboxMail.objects.get(purpose=purpose)
    message = message_from_bytes(outbox.written(mail).message().as_bytes())
    return [part for part in message.walk() if part.get_content_type() == "text/calendar"]


def test_each_mail_carries_the_file_with_its_method():
    person = make_counsellor(make_service(minutes=60, every=60))
    booked = booking.confirm(appointment=ask(hold(person)))
    first = attachment("appointment booked")[0]
    moved = changing.move(appointment=booked, starts_at=berlin("2026-05-18 09:00"), by=LINK_HOLDER)
    second = attachment("appointment changed")[0]
    changing.cancel(appointment=moved, by=LINK_HOLDER)
    third = attachment("appointment cancelled")[0]
    assert [part.get_param("method") for part in (first, second, third)] == ["REQUEST", "REQUEST", "CANCEL"]
    assert {part.get_filename() for part in (first, second, third)} == {"termin.ics"}
    event = event_of(third.get_payload(decode=True))
    assert (event["SEQUENCE"], event["STATUS"]) == (2, "CANCELLED")


def test_the_file_is_made_when_the_mail_leaves(at):
    person = make_counsellor(make_service(minutes=60, every=60))
    booked = booking.confirm(appointment=ask(hold(person)))
    changing.move(appointment=booked, starts_at=berlin("2026-05-18 09:00"), by=LINK_HOLDER)
    assert event_of(attachment("appointment booked")[0].get_payload(decode=True))["SEQUENCE"] == 1


def test_mails_without_a_file_have_one_part():
    person = make_counsellor(make_service(minutes=60, every=60))
    ask(hold(person))
    assert attachment("appointment please_confirm") == []


def test_dtstamp_is_the_moment_of_the_version(appointment):
    assert event_of(files.of(appointment).content)["DTSTAMP"].dt == clock.now()
