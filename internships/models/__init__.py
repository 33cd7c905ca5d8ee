"""Internships: who offers them, who looks for them, what they agree on, and what comes of it."""

from internships.models.application import Application, BookedDay
from internships.models.campaign import Campaign, Signup, Source
from internships.models.change import OfferChange
from internships.models.employer import REGISTRATION, Employer, Registration
from internships.models.lesson import LESSON_OFFER_CHECK, LessonOffer, LessonUnit, Partner, Partnership, Subject, Where
from internships.models.matching import PROPOSAL, Proposal, Wish
from internships.models.offer import OFFER_CHECK, Offer, Period, Scheme, WeekendGround
from internships.models.pupil import GUARDIAN, PUPIL, Guardian, Pupil
from internships.models.quality import Evaluation, SchoolTime, Side

__all__ = [
    "GUARDIAN",
    "LESSON_OFFER_CHECK",
    "OFFER_CHECK",
    "PROPOSAL",
    "PUPIL",
    "REGISTRATION",
    "Application",
    "BookedDay",
    "Campaign",
    "Employer",
    "Evaluation",
    "Guardian",
    "LessonOffer",
    "LessonUnit",
    "Offer",
    "OfferChange",
    "Partner",
    "Partnership",
    "Period",
    "Proposal",
    "Pupil",
    "Registration",
    "Scheme",
    "SchoolTime",
    "Side",
    "Signup",
    "Source",
    "Subject",
    "WeekendGround",
    "Where",
    "Wish",
]
