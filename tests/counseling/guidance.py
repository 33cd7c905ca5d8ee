"""Rows of what goes on around a talk, for tests: `make_referral()`. Unnamed fields get sensible values."""

from datetime import timedelta

from accounts.models import User
from counseling.models import (
    Appointment,
    Callback,
    Counsellor,
    DayException,
    Note,
    Record,
    Referral,
    RoomBooking,
    Shortlist,
    Wish,
)
from kit import clock
from tests.counseling.make import make_appointment, make_counsellor, make_room
from tests.make import make_course, make_organization, make_run, make_topic


def make_desk(**fields) -> tuple[User, Counsellor]:
    """Somebody who can log in, and the counsellor this person is."""
    counsellor = make_counsellor(**fields)
    return counsellor.user, counsellor


def make_callback(**fields) -> Callback:
    return Callback.objects.create(**{"name": "Kim Muster", "phone": "03631 000009", **fields})


def make_past_talk(counsellor: Counsellor | None = None, **fields) -> Appointment:
    """Booked, and over since an hour ago."""
    return make_appointment(counsellor, fields.pop("starts_at", clock.now() - timedelta(hours=2)), **fields)


def make_note(appointment: Appointment | None = None, **fields) -> Note:
    appointment = appointment or make_past_talk()
    defaults = {"text": "Kanarienvogel", "counsellor": appointment.counsellor}
    return Note.objects.create(appointment=appointment, **{**defaults, **fields})


def make_record(appointment: Appointment | None = None, **fields) -> Record:
    appointment = appointment or make_past_talk(state=Appointment.State.COMPLETED)
    defaults = {
        "month": clock.today().replace(day=1), "audience": appointment.audience, "subject": appointment.subject,
        "mode": appointment.mode, "minutes": 45, "result": Record.Result.INFORMED,
    }  # fmt: skip
    return Record.objects.create(appointment=appointment, **{**defaults, **fields})


def make_shortlist(counsellor: Counsellor | None = None, courses: int = 0, **fields) -> Shortlist:
    defaults = {"expires_at": clock.now() + timedelta(days=60)}
    shortlist = Shortlist.objects.create(counsellor=counsellor or make_counsellor(), **{**defaults, **fields})
    for position in range(courses):
        shortlist.items.create(course=make_run().course, position=position)
    return shortlist


def make_provider(**fields):
    """Can be written to."""
    return make_organization(**{"email": "anmeldung@provider.example", **fields})


def make_referral(appointment: Appointment | None = None, **fields) -> Referral:
    """Suggested; `state="sent"` for one that the client has agreed to."""
    if fields.get("state", "suggested") not in {"suggested", "withdrawn"}:
        fields = {"consented_at": clock.now(), "sent_at": clock.now(), **fields}
    fields.setdefault("provider", make_provider() if "provider" not in fields else None)
    return Referral.objects.create(appointment=appointment or make_past_talk(), **fields)


def make_wish(counsellor: Counsellor | None = None, **fields) -> Wish:
    defaults = {"audience": "person", "topic": make_topic(), "text": "Deutsch am Abend"}
    return Wish.objects.create(counsellor=counsellor or make_counsellor(), **{**defaults, **fields})


def make_teaching_provider(topic, **fields):
    """Public, with a public course on the topic and a mail address."""
    provider = make_provider(**fields)
    make_course(provider, topic=topic)
    return provider


def make_room_booking(**fields) -> RoomBooking:
    """Tomorrow, for an hour; its time is not claimed (counseling.actions.rooms does that)."""
    starts_at = fields.pop("starts_at", clock.now() + timedelta(days=1))
    defaults = {"title": "Treffen", "starts_at": starts_at, "ends_at": starts_at + timedelta(hours=1)}
    return RoomBooking.objects.create(room=fields.pop("room", None) or make_room(), **{**defaults, **fields})


def make_ill(counsellor: Counsellor, first_day, last_day=None) -> DayException:
    return DayException.objects.create(
        counsellor=counsellor, kind=DayException.Kind.ILL, first_day=first_day, last_day=last_day or first_day
    )
