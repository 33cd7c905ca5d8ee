"""Lessons with companies: what a company can hold with a class, who are partners, which lesson is planned when."""

from collections.abc import Iterator
from datetime import date, timedelta

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from internships.models.application import ANSWER_WITHIN, SETTLE_WITHIN
from internships.models.employer import Employer
from internships.models.offered import Offered, OfferedQuerySet
from kit import clock, tokens
from kit.models import Timestamped
from providers.models import Location, Organization

LAST_GRADE = 13
MOST_LESSONS = 12  # of 45 minutes: two days
MOST_PUPILS = 200
ASK_BEFORE = timedelta(days=7)  # from the question to the lesson
ASK_AHEAD = timedelta(days=366)
FRIDAY = 4
LESSON_KEPT_FOR = timedelta(days=365)  # after its day, until teacher and words go


class Subject(models.TextChoices):
    """Subjects of general schools, as timetables of the Länder name them."""

    GERMAN = "german", _("German")
    MATHS = "maths", _("Mathematics")
    ENGLISH = "english", _("English")
    LANGUAGE = "language", _("another language")
    BIOLOGY = "biology", _("Biology")
    CHEMISTRY = "chemistry", _("Chemistry")
    PHYSICS = "physics", _("Physics")
    COMPUTING = "computing", _("Computer science and media")
    TECHNOLOGY = "technology", _("Technology")
    GEOGRAPHY = "geography", _("Geography")
    HISTORY = "history", _("History as a subject")
    CIVICS = "civics", _("Social studies")
    ECONOMY = "economy", _("Economy and law")
    CAREERS = "careers", _("Work and careers")
    ART = "art", _("Art")
    MUSIC = "music", _("Music")
    ETHICS = "ethics", _("Ethics or religion")
    SPORT = "sport", _("Sport")
    PRIMARY = "primary", _("General studies (primary school)")
    SEVERAL = "several", _("several subjects")


def known_subject(name: str, **options) -> models.CharField:
    return models.CharField(name, max_length=10, choices=Subject, **options)


def counted(name: str, most: int, **options) -> models.PositiveSmallIntegerField:
    """A number from 1 on, said at its field before the database refuses it."""
    limits = [MinValueValidator(1), MaxValueValidator(most)]
    return models.PositiveSmallIntegerField(name, validators=limits, **options)


class Where(models.TextChoices):
    COMPANY = "company", _("at the company")
    SCHOOL = "school", _("in the school")


# ── What a company can hold


class LessonOfferQuerySet(OfferedQuerySet):
    def visible(self):
        """What schools may see: not over."""
        return super().visible().exclude(shown_until__lt=clock.today())

    def ending(self, until: date):
        """Visible, its last day near, nobody told yet."""
        return self.visible().filter(shown_until__lte=until).exclude(end_told=F("shown_until"))

    def for_grade(self, grade: int):
        return self.filter(grade_from__lte=grade, grade_to__gte=grade)

    def for_cards(self):
        return self.select_related("employer__organization", "location__place")


class LessonOffer(Offered):
    """A topic of lessons that a company can hold with a class, instead of and never beside its lessons."""

    NAME, AREA = "lesson_offer", "lesson"
    WORDS = ("topic", "activity", "preparation", "material")
    WHERE = [*Where.choices, ("either", _("at the company or in the school"))]

    employer = models.ForeignKey(
        Employer, on_delete=models.PROTECT, related_name="lesson_offers", verbose_name=_("employer")
    )
    topic = models.CharField(_("topic"), max_length=120)
    subject = known_subject(_("school subject"))
    grade_from = counted(_("from grade"), LAST_GRADE)
    grade_to = counted(_("up to grade"), LAST_GRADE)
    activity = models.TextField(_("what pupils do"), max_length=800, blank=True)
    where = models.CharField(_("where"), max_length=7, choices=WHERE, default="company")
    location = models.ForeignKey(  # of the company: there, or from there it comes
        Location, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("place of work")
    )
    lessons = counted(_("length in lessons of 45 minutes"), MOST_LESSONS, default=2)
    most_pupils = counted(_("pupils at most"), MOST_PUPILS, default=28)
    preparation = models.CharField(_("preparation in class"), max_length=400, blank=True)
    material = models.CharField(_("material, and what to bring"), max_length=300, blank=True)
    shown_until = models.DateField(_("shown until"), null=True, blank=True)

    objects = LessonOfferQuerySet.as_manager()

    class Meta:
        verbose_name = _("lesson offer")
        verbose_name_plural = _("lesson offers")
        ordering = ["topic", "pk"]
        constraints = [
            *Offered.Meta.constraints,
            models.CheckConstraint(
                name="lesson_offer_grades_run_forward",
                condition=Q(grade_from__gte=1) & Q(grade_to__lte=LAST_GRADE) & Q(grade_to__gte=F("grade_from")),
            ),
            models.CheckConstraint(
                name="lesson_offer_sizes_sensible",
                condition=Q(lessons__range=(1, MOST_LESSONS), most_pupils__range=(1, MOST_PUPILS)),
            ),
            models.CheckConstraint(
                name="lesson_offer_public_says_what",
                condition=Q(state__in=["draft", "returned", "archived"]) | ~Q(activity="") & Q(location__isnull=False),
            ),
        ]

    class Privacy:
        personal: set[str] = set()
        keep = None
        hidden = {"nonce"}
        erase = "keep"  # what a company offers; no person is named

    def __str__(self):
        return self.topic

    @property
    def title(self) -> str:
        """What it is called where both kinds of offers stand."""
        return self.topic

    @property
    def ends_on(self) -> date | None:
        return self.shown_until

    @property
    def grades(self) -> str:
        if self.grade_from == self.grade_to:
            return gettext("grade {grade}").format(grade=self.grade_from)
        return gettext("grades {first} to {last}").format(first=self.grade_from, last=self.grade_to)

    @property
    def places(self) -> list[str]:
        """The values of `Where` among which a teacher chooses."""
        return [value for value in Where.values if self.where in {value, "either"}]

    def faults(self) -> Iterator[str | Promise]:
        if not self.activity.strip():
            yield _("Please say what pupils do.")
        if self.location_id is None:
            yield _("Please say where your company is.")
        if self.shown_until and self.shown_until < clock.today():
            yield _("The day until which it is shown is over.")


LESSON_OFFER_CHECK = tokens.purpose("internship_lesson_offer_check", model="internships.LessonOffer")


# ── Partners


class Partner(models.TextChoices):
    """The two sides of a partnership."""

    SCHOOL = "school", _("school")
    COMPANY = "company", _("company")


class PartnershipQuerySet(models.QuerySet):
    def open(self):
        return self.filter(state__in=Partnership.OPEN)

    def proposed(self):
        return self.filter(state=Partnership.State.PROPOSED)

    def agreed(self):
        return self.filter(state=Partnership.State.AGREED)

    def visible(self):
        """What everybody may see: agreed, between two that may be seen themselves."""
        return self.agreed().filter(
            school__in=Organization.objects.visible().values("pk"), employer__in=Employer.objects.active().values("pk")
        )

    def for_lists(self):
        return self.select_related("school", "employer__organization")


class Partnership(Timestamped):
    """A school and a company that hold lessons together. Both have agreed, either may end it."""

    class State(models.TextChoices):
        PROPOSED = "proposed", _("proposed")
        AGREED = "agreed", _("agreed")
        ENDED = "ended", _("ended")

    OPEN = ("proposed", "agreed")

    school = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="partnerships", verbose_name=_("school")
    )
    employer = models.ForeignKey(
        Employer, on_delete=models.PROTECT, related_name="partnerships", verbose_name=_("employer")
    )
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.PROPOSED)
    school_agreed_at = models.DateTimeField(_("agreed to by the school"), null=True, blank=True)
    company_agreed_at = models.DateTimeField(_("agreed to by the company"), null=True, blank=True)
    reminded = models.PositiveSmallIntegerField(_("reminders"), default=0)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)

    objects = PartnershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("partnership")
        verbose_name_plural = _("partnerships")
        ordering = ["-created_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="partnership_one_at_a_time", fields=["school", "employer"],
                condition=Q(state__in=["proposed", "agreed"]),
            ),
            models.CheckConstraint(
                name="partnership_agreed_by_both",
                condition=~Q(state="agreed") | Q(school_agreed_at__isnull=False, company_agreed_at__isnull=False),
            ),
            models.CheckConstraint(
                name="partnership_proposed_by_one",
                condition=~Q(state="proposed")
                | Q(school_agreed_at=None, company_agreed_at__isnull=False)
                | Q(school_agreed_at__isnull=False, company_agreed_at=None),
            ),
            models.CheckConstraint(
                name="partnership_end_has_time",
                condition=Q(state__in=["proposed", "agreed"], ended_at=None) | Q(state="ended", ended_at__isnull=False),
            ),
        ]  # fmt: skip

    class Privacy:
        personal: set[str] = set()
        keep = None
        erase = "keep"  # between two organisations

    def __str__(self):
        return f"{self.school} – {self.employer}"

    @property
    def waits_for_company(self) -> bool:
        return self.state == self.State.PROPOSED and self.company_agreed_at is None

    @property
    def waits_for_school(self) -> bool:
        return self.state == self.State.PROPOSED and self.school_agreed_at is None

    @property
    def answer_until(self):
        return self.created_at + ANSWER_WITHIN


# ── Lessons


class LessonUnitQuerySet(models.QuerySet):
    def unanswered(self):
        return self.filter(state=LessonUnit.State.REQUESTED)

    def open(self):
        return self.filter(state__in=LessonUnit.OPEN)

    def coming(self):
        return self.filter(state=LessonUnit.State.PLANNED, day__gte=clock.today())

    def over(self):
        """Past, and nobody has said whether it took place."""
        return self.filter(state=LessonUnit.State.PLANNED, day__lt=clock.today())

    def unsettled(self):
        """Past for a week: a coordinator asks."""
        return self.over().filter(day__lt=clock.today() - SETTLE_WITHIN)

    def for_pages(self):
        return self.select_related("school", "employer__organization", "offer", "partnership", "teacher")


class LessonUnit(Timestamped):
    """A lesson of a class with a company: asked for by a teacher, planned by the company's yes, then told of."""

    class State(models.TextChoices):
        REQUESTED = "requested", _("waits for the company")
        PLANNED = "planned", _("planned")
        DECLINED = "declined", _("declined by the company")
        EXPIRED = "expired", _("without an answer of the company")
        WITHDRAWN = "withdrawn", _("taken back by the school")
        CANCELLED = "cancelled", _("cancelled by the company")
        DONE = "done", _("took place")
        NOT_DONE = "not_done", _("did not take place")

    OPEN = ("requested", "planned")
    AGREED = ("planned", "done", "not_done")

    class Reason(models.TextChoices):
        """Why a company declines."""

        DAY = "day", _("That day does not suit us. Please ask for another one.")
        STAFF = "staff", _("Nobody can hold the lesson at present.")
        TOPIC = "topic", _("We cannot cover this topic.")
        SIZE = "size", _("The group is too large for us.")

    class Mark(models.IntegerChoices):
        """Would the teacher hold it again?"""

        YES = 4, _("yes")
        RATHER = 3, _("rather yes")
        HARDLY = 2, _("rather no")
        NO = 1, _("no")

    school = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="lesson_units", verbose_name=_("school")
    )
    employer = models.ForeignKey(
        Employer, on_delete=models.PROTECT, related_name="lesson_units", verbose_name=_("employer")
    )
    partnership = models.ForeignKey(
        Partnership, on_delete=models.PROTECT, null=True, blank=True, related_name="lesson_units",
        verbose_name=_("partnership"),
    )  # fmt: skip
    offer = models.ForeignKey(  # none: the teacher has asked for a topic of their own
        LessonOffer, on_delete=models.SET_NULL, null=True, blank=True, related_name="lesson_units",
        verbose_name=_("lesson offer"),
    )  # fmt: skip
    teacher = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("teacher")
    )
    subject = known_subject(_("school subject"))
    topic = models.CharField(_("topic"), max_length=120)
    grade = counted(_("grade"), LAST_GRADE)
    group = models.CharField(_("class"), max_length=20)
    pupils = counted(_("pupils"), MOST_PUPILS)
    day = models.DateField(_("day"))
    where = models.CharField(_("where"), max_length=7, choices=Where)
    lessons = counted(_("length in lessons of 45 minutes"), MOST_LESSONS, default=2)
    no_loss = models.BooleanField(
        _("no lessons are lost"), default=False, help_text=_("The topic of the subject is taught with the company.")
    )
    words = models.CharField(_("a few words"), max_length=300, blank=True)
    state = models.CharField(_("state"), max_length=9, choices=State, default=State.REQUESTED)
    reminded = models.PositiveSmallIntegerField(_("reminders to the company"), default=0)
    reason = models.CharField(_("reason of the company"), max_length=5, choices=Reason, blank=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    asked_at = models.DateTimeField(_("asked whether it took place"), null=True, blank=True)
    mark = models.PositiveSmallIntegerField(_("would hold it again"), choices=Mark, null=True, blank=True)

    objects = LessonUnitQuerySet.as_manager()

    class Meta:
        verbose_name = _("lesson with a company")
        verbose_name_plural = _("lessons with companies")
        ordering = ["day", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="lesson_unit_once", fields=["school", "employer", "group", "day"],
                condition=Q(state__in=["requested", "planned"]),
            ),
            models.CheckConstraint(
                name="lesson_unit_planned_by_partners",
                condition=~Q(state__in=["planned", "done", "not_done"]) | Q(partnership__isnull=False),
            ),
            models.CheckConstraint(
                name="lesson_unit_declined_for_a_reason", condition=~Q(state="declined") | ~Q(reason="")
            ),
            models.CheckConstraint(
                name="lesson_unit_end_has_time",
                condition=Q(state__in=["requested", "planned"], ended_at=None) | Q(ended_at__isnull=False),
            ),
            models.CheckConstraint(
                name="lesson_unit_mark_of_what_took_place", condition=Q(mark=None) | Q(state="done", mark__range=(1, 4))
            ),
            models.CheckConstraint(
                name="lesson_unit_sizes_sensible",
                condition=Q(
                    grade__range=(1, LAST_GRADE), pupils__range=(1, MOST_PUPILS), lessons__range=(1, MOST_LESSONS)
                ),
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(name="lesson_unit_unanswered", fields=["created_at"], condition=Q(state="requested")),
        ]

    class Privacy:
        personal = {"teacher", "words"}
        keep = LESSON_KEPT_FOR  # after the day; the lesson stays as a number
        erase = "blank"

    def __str__(self):
        return f"{self.topic} ({self.group}, {self.day:%d.%m.%Y})"

    @property
    def audit_label(self) -> str:
        return f"lesson {self.pk}"

    @property
    def answer_until(self):
        """Until when the company answers, as the teacher is told."""
        return min(clock.local(self.created_at + ANSWER_WITHIN).date(), self.day)

    @property
    def is_open(self) -> bool:
        return self.state in self.OPEN

    @property
    def shows_names(self) -> bool:
        """Whether teacher and company may know each other's names and numbers."""
        return self.state in self.AGREED

    @property
    def is_over(self) -> bool:
        return self.day < clock.today()

    @property
    def has_come(self) -> bool:
        return self.day <= clock.today()

    def faults(self) -> Iterator[tuple[str, str | Promise]]:
        """(field, sentence) of what stands against a lesson that is asked for."""
        if self.day < clock.today() + ASK_BEFORE:
            yield "day", _("Please choose a day that is at least a week ahead, so that the company can answer.")
        elif self.day > clock.today() + ASK_AHEAD:
            yield "day", _("This day lies more than a year ahead.")
        if self.day.weekday() > FRIDAY:
            yield "day", _("This day lies at a weekend.")
        if self.offer:
            yield from self._faults_of_offer(self.offer)

    def _faults_of_offer(self, offer: LessonOffer) -> Iterator[tuple[str, str | Promise]]:
        if not offer.grade_from <= self.grade <= offer.grade_to:
            yield "grade", _("This topic is for other grades.")
        if self.pupils > offer.most_pupils:
            yield "pupils", _("These are more pupils than the company can take at once.")
        if self.where not in offer.places:
            yield "where", _("The company holds this lesson at the other place only.")
