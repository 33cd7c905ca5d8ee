"""The appointment as a calendar file: one UID for life, so that each version replaces the one before."""

from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from counseling import wording
from counseling.models import Appointment
from kit import ical
from kit.outbox import Attachment

NAME = "termin.ics"


def of(appointment: Appointment) -> Attachment:
    """In the language that is active."""
    meeting = meeting_of(appointment)
    return Attachment(NAME, ical.invitation(meeting), meeting.content_type)


def attached(context: dict) -> Attachment:
    """For outbox.send: the file of the appointment that a mail is about."""
    return of(context["appointment"])


def meeting_of(appointment: Appointment) -> ical.Meeting:
    """Neither the link of the appointment nor the one of the video room: calendars are shared."""
    center = appointment.counsellor.center
    return ical.Meeting(
        uid=f"appt-{appointment.pk}@{urlsplit(settings.SITE_BASE_URL).hostname}",
        title=wording.title(appointment),
        starts_at=appointment.starts_at,
        ends_at=appointment.ends_at,
        place=wording.where(appointment),
        text=_("To change or cancel it, use the link in our mail or call us: {phone}").format(phone=center.phone),
        changed_at=appointment.changed_at,
        sequence=appointment.sequence,
        organizer=center.email,
        organizer_name=center.name,
        attendee=appointment.email,
        is_cancelled=appointment.is_cancelled,
    )
