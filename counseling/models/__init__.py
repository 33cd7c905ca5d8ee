"""Counselling: who advises on what, when there is time, appointments, and what goes on around them."""

from counseling.models.appointment import (
    APPOINTMENT,
    WAITING,
    Appointment,
    Note,
    Record,
    Reminder,
    RoomBooking,
    Waiting,
)
from counseling.models.guidance import (
    REFERRAL_ANSWER,
    REFERRAL_CONSENT,
    SHORTLIST,
    Callback,
    FollowUp,
    Referral,
    Shortlist,
    ShortlistItem,
    SpentAnswer,
    Wish,
)
from counseling.models.offer import Audience, Center, Counsellor, Language, Mode, Room, Service, Subject
from counseling.models.time import Claim, DayException, WeeklyHours

__all__ = [
    "APPOINTMENT",
    "REFERRAL_ANSWER",
    "REFERRAL_CONSENT",
    "SHORTLIST",
    "WAITING",
    "Appointment",
    "Audience",
    "Callback",
    "Center",
    "Claim",
    "Counsellor",
    "DayException",
    "FollowUp",
    "Language",
    "Mode",
    "Note",
    "Record",
    "Referral",
    "Reminder",
    "Room",
    "RoomBooking",
    "Service",
    "Shortlist",
    "ShortlistItem",
    "SpentAnswer",
    "Subject",
    "Waiting",
    "WeeklyHours",
    "Wish",
]
