"""What both sides say afterwards, and when schools send whom."""

from datetime import timedelta

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from internships.models.offer import Offer
from kit import clock
from kit.models import Timestamped
from providers.models import Organization

BAD_BELOW = 2.0  # mean of the marks from 1 to 4


class Side(models.TextChoices):
    PUPIL = "pupil", _("pupil")
    COMPANY = "company", _("company")


class Evaluation(models.Model):
    """Marks for one internship, by one side, to the month. Nothing leads from here to a person or an application."""

    class Mark(models.IntegerChoices):
        YES = 4, _("yes")
        RATHER = 3, _("rather yes")
        HARDLY = 2, _("rather no")
        NO = 1, _("no")

    offer = models.ForeignKey(Offer, on_delete=models.CASCADE, related_name="evaluations", verbose_name=_("offer"))
    side = models.CharField(_("by whom"), max_length=7, choices=Side)
    month = models.DateField(_("month"))  # its first day
    task = models.PositiveSmallIntegerField(_("there was a real task"), choices=Mark)
    guidance = models.PositiveSmallIntegerField(_("somebody took care"), choices=Mark)
    respect = models.PositiveSmallIntegerField(_("work was appreciated"), choices=Mark)
    result = models.PositiveSmallIntegerField(_("there was a result to take home"), choices=Mark)

    class Meta:
        verbose_name = _("evaluation")
        verbose_name_plural = _("evaluations")
        ordering = ["-month", "pk"]
        constraints = [
            models.CheckConstraint(name="evaluation_month_only", condition=Q(month__day=1)),
            models.CheckConstraint(
                name="evaluation_marks_known",
                condition=Q(task__range=(1, 4), guidance__range=(1, 4), respect__range=(1, 4), result__range=(1, 4)),
            ),
        ]

    class Privacy:
        personal: set[str] = set()
        keep = None
        erase = "keep"  # marks without a person

    def __str__(self):
        return f"{self.offer} {self.month:%Y-%m}"

    @property
    def is_bad(self) -> bool:
        return (self.task + self.guidance + self.respect + self.result) / 4 < BAD_BELOW


class SchoolTimeQuerySet(models.QuerySet):
    def upcoming(self):
        return self.filter(last_day__gte=clock.today())


class SchoolTime(Timestamped):
    """A school sends so many pupils into internships at this time: what acquisition is to be measured by."""

    school = models.ForeignKey(
        Organization, on_delete=models.CASCADE, related_name="internship_times", verbose_name=_("school")
    )
    grade = models.CharField(_("class"), max_length=20)
    first_day = models.DateField(_("first day"))
    last_day = models.DateField(_("last day"))
    pupils = models.PositiveSmallIntegerField(_("pupils"))

    objects = SchoolTimeQuerySet.as_manager()

    class Meta:
        verbose_name = _("internship time of a school")
        verbose_name_plural = _("internship times of schools")
        ordering = ["first_day", "pk"]
        constraints = [
            models.UniqueConstraint(name="school_time_once", fields=["school", "grade", "first_day"]),
            models.CheckConstraint(
                name="school_time_runs_forward",
                condition=Q(last_day__gte=F("first_day")) & Q(last_day__lte=F("first_day") + timedelta(days=120)),
            ),
            models.CheckConstraint(name="school_time_has_pupils", condition=Q(pupils__range=(1, 600))),
        ]

    class Privacy:
        personal: set[str] = set()
        keep = None
        erase = "keep"  # numbers of a school

    def __str__(self):
        return f"{self.school}, {self.grade}"
