"""A single date of a run."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from courses.models.run import CourseRun
from providers.models import Location


class Session(models.Model):
    """A Termin: one day of a run. Times are wall time in Berlin, as on the poster at the door."""

    run = models.ForeignKey(CourseRun, on_delete=models.CASCADE, related_name="sessions", verbose_name=_("course run"))
    day = models.DateField(_("day"))
    starts = models.TimeField(_("from"), null=True, blank=True)
    ends = models.TimeField(_("to"), null=True, blank=True)
    location = models.ForeignKey(
        Location, on_delete=models.PROTECT, null=True, blank=True, related_name="sessions", verbose_name=_("venue")
    )  # only where it differs from the run's
    room = models.CharField(_("room"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("session")
        verbose_name_plural = _("sessions")
        ordering = ["day", F("starts").asc(nulls_first=True), "pk"]
        constraints = [
            models.CheckConstraint(
                name="session_ends_after_begin", condition=Q(starts=None) | Q(ends=None) | Q(ends__gt=F("starts"))
            ),
        ]
        indexes = [models.Index(name="session_day", fields=["day"])]

    class Privacy:
        personal: set[str] = set()
        keep = None
        erase = "keep"  # an offer of an institution

    def __str__(self):
        return f"{self.day:%d.%m.%Y}"
