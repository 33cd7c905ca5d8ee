"""An application from the first word to the certificate, and the days that nobody can promise twice."""

import uuid
from datetime import timedelta

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from certificates.models import Certificate
from internships.models.campaign import Source
from internships.models.employer import Employer
from internships.models.offer import Period
from internships.models.pupil import Pupil
from kit import clock
from kit.models import Timestamped

CONFIRM_WITHIN = timedelta(days=3)  # by the pupil, with the link of the mail
REMIND_AFTER = (timedelta(days=5), timedelta(days=10))  # of the company
ANSWER_WITHIN = timedelta(days=15)
HELD_FOR = timedelta(days=7)
SETTLE_WITHIN = timedelta(days=7)  # after the last day, until a coordinator looks
KEPT_FOR = timedelta(days=92)


class ApplicationQuerySet(models.QuerySet):
    def open(self):
        return self.filter(state__in=Application.OPEN)

    def at_company(self):
        """What the company may see. Nothing before the pupil and, where needed, a parent have agreed."""
        return self.filter(submitted_at__isnull=False)

    def unanswered(self):
        return self.filter(state__in=Application.UNANSWERED)

    def of_employer(self, employer: Employer):
        return self.filter(period__offer__employer=employer)

    def overlapping(self, days):
        """With a day in common: by the first and the last, and day by day by the caller."""
        return self.filter(period__first_day__lte=max(days), period__last_day__gte=min(days))

    def coming(self):
        """A place is offered or given, and the last day is still to come."""
        given = self.filter(state__in=[Application.State.OFFERED, Application.State.ACCEPTED])
        return given.filter(period__last_day__gte=clock.today())

    def over(self):
        """Past, and nobody or only one side has said whether it took place."""
        return self.filter(state=Application.State.ACCEPTED, period__last_day__lt=clock.today())

    def unsettled(self):
        """Past for a week: a coordinator asks."""
        return self.over().filter(period__last_day__lt=clock.today() - SETTLE_WITHIN)

    def for_pages(self):
        return self.select_related(
            "pupil__guardian", "period__offer__employer__organization", "period__offer__scheme",
            "period__offer__location", "period__offer__campaign", "certificate",
        )  # fmt: skip


class Application(Timestamped):
    """A pupil asks for a place. The company sees nothing before `submitted_at`, and the full name after a yes."""

    class State(models.TextChoices):
        DRAFT = "draft", _("waits for the confirmation by mail")
        GUARDIAN = "guardian", _("waits for a parent")
        SUBMITTED = "submitted", _("at the company")
        SEEN = "seen", _("read by the company")
        OFFERED = "offered", _("place offered")
        ACCEPTED = "accepted", _("place accepted")
        COMPLETED = "completed", _("took place")
        REJECTED = "rejected", _("declined by the company")
        WITHDRAWN = "withdrawn", _("taken back")
        EXPIRED = "expired", _("without an answer of the company")
        EXPIRED_PUPIL = "expired_pupil", _("not confirmed in time")
        CANCELLED = "cancelled", _("cancelled by the company")
        ABORTED = "aborted", _("broken off")
        NO_SHOW = "no_show", _("pupil did not come")

    OPEN = ("draft", "guardian", "submitted", "seen", "offered", "accepted")
    UNANSWERED = ("submitted", "seen")
    SEATED = ("offered", "accepted", "completed", "no_show", "aborted")

    class Reason(models.TextChoices):
        """Why a company declines: a list, so that no word hurts and none is unlawful."""

        FULL = "full", _("The places are given to others.")
        GUIDANCE = "guidance", _("The person who guides is not there at that time.")
        TASK = "task", _("We have no suitable task at that time.")
        LATER = "later", _("Another time would suit us. Please apply again.")
        AGE = "age", _("Our work is allowed for older people only.")

    class End(models.TextChoices):
        """Why an application was taken back."""

        PUPIL = "pupil", _("by the pupil")
        GUARDIAN = "guardian", _("no consent of a parent")
        OTHER_PLACE = "other_place", _("another place on the same day was accepted")

    class Fit(models.TextChoices):
        FITS = "fits", _("That suits me.")
        FITS_NOT = "fits_not", _("That does not suit me. Good to know!")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    pupil = models.ForeignKey(Pupil, on_delete=models.CASCADE, related_name="applications", verbose_name=_("pupil"))
    period = models.ForeignKey(Period, on_delete=models.PROTECT, related_name="applications", verbose_name=_("period"))
    source = models.ForeignKey(
        Source, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("source")
    )
    state = models.CharField(_("state"), max_length=13, choices=State, default=State.DRAFT)
    # The three questions instead of a letter
    subjects = models.CharField(_("favourite subjects"), max_length=200, blank=True)
    hobbies = models.CharField(_("what I like to do"), max_length=200, blank=True)
    why = models.CharField(_("why here"), max_length=400, blank=True)
    # What happened when
    submitted_at = models.DateTimeField(_("sent to the company"), null=True, blank=True)
    reminded = models.PositiveSmallIntegerField(_("reminders to the company"), default=0)
    held_until = models.DateTimeField(_("place held until"), null=True, blank=True)
    agreed_at = models.DateTimeField(_("accepted"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    reason = models.CharField(_("reason of the company"), max_length=8, choices=Reason, blank=True)
    end = models.CharField(_("taken back"), max_length=11, choices=End, blank=True)
    question = models.CharField(_("question of the company"), max_length=300, blank=True)
    answer = models.CharField(_("answer"), max_length=300, blank=True)
    # Afterwards
    pupil_attended = models.BooleanField(_("pupil says: took place"), null=True, blank=True)
    company_attended = models.BooleanField(_("company says: took place"), null=True, blank=True)
    pupil_marked = models.BooleanField(_("evaluated by the pupil"), default=False)
    company_marked = models.BooleanField(_("evaluated by the company"), default=False)
    fit = models.CharField(_("suits"), max_length=8, choices=Fit, blank=True)  # private to the pupil
    certificate = models.OneToOneField(
        Certificate, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("certificate")
    )

    objects = ApplicationQuerySet.as_manager()

    class Meta:
        verbose_name = _("internship application")
        verbose_name_plural = _("internship applications")
        ordering = ["-created_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="application_once_at_a_time",
                fields=["pupil", "period"],
                condition=Q(state__in=["draft", "guardian", "submitted", "seen", "offered", "accepted"]),
            ),
            models.CheckConstraint(
                name="application_company_sees_after_submission",
                condition=Q(state__in=["draft", "guardian", "withdrawn", "expired_pupil"])
                | Q(submitted_at__isnull=False),
            ),
            models.CheckConstraint(
                name="application_seat_is_held_for_a_time",
                condition=~Q(state="offered") | Q(held_until__isnull=False),
            ),
            models.CheckConstraint(
                name="application_accepted_has_time",
                condition=~Q(state__in=["accepted", "completed", "no_show", "aborted"]) | Q(agreed_at__isnull=False),
            ),
            models.CheckConstraint(
                name="application_declined_for_a_reason", condition=~Q(state="rejected") | ~Q(reason="")
            ),
            models.CheckConstraint(
                name="application_end_has_time",
                condition=Q(state__in=["draft", "guardian", "submitted", "seen", "offered", "accepted"], ended_at=None)
                | Q(ended_at__isnull=False),
            ),
        ]
        indexes = [
            models.Index(name="application_unanswered", fields=["submitted_at"],
                         condition=Q(state__in=["submitted", "seen"])),
        ]  # fmt: skip

    class Privacy:
        personal = {"subjects", "hobbies", "why", "question", "answer", "fit"}
        keep = KEPT_FOR  # after the last day
        erase = "keep"  # with the pupil

    def __str__(self):
        return f"{self.period.offer} ({self.get_state_display()})"

    @property
    def audit_label(self) -> str:
        return f"internship application {self.pk}"

    @property
    def offer(self):
        return self.period.offer

    @property
    def answer_until(self):
        """Until when the company answers, as it is told to the pupil."""
        return self.submitted_at + ANSWER_WITHIN if self.submitted_at else None

    @property
    def is_open(self) -> bool:
        return self.state in self.OPEN

    @property
    def is_unanswered(self) -> bool:
        return self.state in self.UNANSWERED

    @property
    def shows_name(self) -> bool:
        """Whether the company may know who it is."""
        return self.state in {"accepted", "completed", "no_show", "aborted"}

    @property
    def is_over(self) -> bool:
        return self.period.last_day < clock.today()

    @property
    def has_begun(self) -> bool:
        return self.period.first_day <= clock.today()


class BookedDay(models.Model):
    """A day that a pupil has promised to a company. The database refuses a second promise for the same day.

    Day by day, not as ranges: of two internships on the Mondays and the Tuesdays of a term the ranges overlap.
    """

    pupil = models.ForeignKey(Pupil, on_delete=models.CASCADE, related_name="booked_days", verbose_name=_("pupil"))
    day = models.DateField(_("day"))
    application = models.ForeignKey(
        Application, on_delete=models.CASCADE, related_name="booked_days", verbose_name=_("application")
    )

    class Meta:
        verbose_name = _("booked day")
        verbose_name_plural = _("booked days")
        ordering = ["day", "pk"]
        constraints = [models.UniqueConstraint(name="booked_day_once_per_pupil", fields=["pupil", "day"])]

    class Privacy:
        personal = {"day"}
        keep = KEPT_FOR
        erase = "keep"  # with the application

    def __str__(self):
        return f"{self.day:%d.%m.%Y}"
