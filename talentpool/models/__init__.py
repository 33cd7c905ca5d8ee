"""The talent pool: who runs it and takes part, how somebody comes in, what is kept, how it ends."""

from talentpool.models.agreements import Agreement
from talentpool.models.choices import Criterion, Hours, LeaveReason, Level, Seeking, Strength
from talentpool.models.contact import CHECK_IN, REQUEST, CheckIn, ContactRequest, OpeningLimit, ProfileView
from talentpool.models.entry import ENTRY, GUARDIAN, Document, Endorsement, Entry, Exclusion, Guardian
from talentpool.models.invitation import INVITED, Invitation
from talentpool.models.leaving import Outcome, PurgeBrake
from talentpool.models.pool import Member, Operator, Pool

__all__ = [
    "CHECK_IN",
    "ENTRY",
    "GUARDIAN",
    "INVITED",
    "REQUEST",
    "Agreement",
    "CheckIn",
    "ContactRequest",
    "Criterion",
    "Document",
    "Endorsement",
    "Entry",
    "Exclusion",
    "Guardian",
    "Hours",
    "Invitation",
    "LeaveReason",
    "Level",
    "Member",
    "OpeningLimit",
    "Operator",
    "Outcome",
    "Pool",
    "ProfileView",
    "PurgeBrake",
    "Seeking",
    "Strength",
]
