"""Lists from which members and candidates choose. What is not on a list cannot be said, and not be searched for."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Criterion(models.TextChoices):
    """The published criteria of the stamps. A rank among applicants is none of them and never leaves a company."""

    INTERVIEW = "interview", _("convinced us in the interview")
    PAPERS = "papers", _("convinced us with the application")
    TRIAL = "trial", _("convinced us in an internship or trial work")
    SCHOOL = "school", _("is recommended by school")


class Strength(models.TextChoices):
    """What may be said about a person: a list instead of free words, so that nothing unfair or protected slips in."""

    RELIABLE = "reliable", _("reliable")
    FRIENDLY = "friendly", _("friendly with people")
    TEAM = "team", _("works well in a team")
    CAREFUL = "careful", _("careful")
    QUICK = "quick", _("learns quickly")
    SKILLED = "skilled", _("skilled with the hands")
    IDEAS = "ideas", _("has good ideas")
    STEADY = "steady", _("stays with it")
    HELPFUL = "helpful", _("helps others")
    INDEPENDENT = "independent", _("works independently")


class Seeking(models.TextChoices):
    TRAINING = "training", _("vocational training")
    DUAL = "dual", _("dual study programme")
    JOB = "job", _("job")
    INTERNSHIP = "internship", _("internship")
    ENTRY = "entry", _("introductory training (EQ)")


class Level(models.TextChoices):
    SCHOOL = "school", _("still at school")
    FIRST = "first", _("school leaving certificate after year 9")
    MIDDLE = "middle", _("school leaving certificate after year 10")
    HIGH = "high", _("university entrance qualification")
    VOCATIONAL = "vocational", _("vocational qualification")
    DEGREE = "degree", _("university degree")
    OTHER = "other", _("other")


class Hours(models.TextChoices):
    FULL = "full", _("full time")
    PART = "part", _("part time")
    BOTH = "both", _("full time or part time")


class LeaveReason(models.TextChoices):
    """Why an entry is on its way out."""

    NO_ANSWER = "no_answer", _("two questions without an answer")
    WITHDRAWN = "withdrawn", _("the person wants to leave")
    HIRED = "hired", _("the person has found something")
    UNREACHABLE = "unreachable", _("the address does not work")
    NO_STAMP = "no_stamp", _("nobody vouches any more")
    UNFINISHED = "unfinished", _("the profile was never completed")
    GUARDIAN = "guardian", _("no consent of a parent")


class Whereabouts(models.TextChoices):
    """What a region wants to know of those who leave a pool, and nobody has to say."""

    STAYED = "stayed", _("stays in the region")
    LEFT = "left", _("leaves the region")
    UNKNOWN = "unknown", _("not known")
