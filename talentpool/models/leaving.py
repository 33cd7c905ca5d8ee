"""What remains when somebody has left: numbers without a person, and the brake of the purge."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kit import clock
from talentpool.models.choices import LeaveReason, Whereabouts
from talentpool.models.pool import Pool
from taxonomy.models import JobFamily


class Outcome(models.Model):
    """Somebody left a pool. Tells why and what became of it, to the month; no key leads back to the person."""

    Region = Whereabouts

    pool = models.ForeignKey(Pool, on_delete=models.CASCADE, related_name="outcomes", verbose_name=_("pool"))
    month = models.DateField(_("month"))  # its first day
    reason = models.CharField(_("reason"), max_length=11, choices=LeaveReason)
    through_pool = models.BooleanField(_("through the pool"), null=True, blank=True)
    region = models.CharField(_("region"), max_length=7, choices=Region, default=Region.UNKNOWN)
    job_family = models.CharField(_("field of work"), max_length=3, choices=JobFamily, blank=True)

    class Meta:
        verbose_name = _("outcome")
        verbose_name_plural = _("outcomes")
        ordering = ["-month", "pk"]
        constraints = [models.CheckConstraint(name="outcome_month_only", condition=Q(month__day=1))]

    class Privacy:
        personal: set[str] = set()
        keep = None
        erase = "keep"  # no way leads from here to a person

    def __str__(self):
        return f"{self.month:%Y-%m} {self.get_reason_display()}"


class PurgeBrakeQuerySet(models.QuerySet):
    def open(self):
        return self.filter(decided_at=None)


class PurgeBrake(models.Model):
    """A sweep would have hidden more people than usual for not answering: it stopped and asks a coordinator."""

    pool = models.ForeignKey(Pool, on_delete=models.CASCADE, related_name="brakes", verbose_name=_("pool"))
    asked_at = models.DateTimeField(_("asked"), default=clock.now)
    count = models.PositiveIntegerField(_("people without an answer"))
    of = models.PositiveIntegerField(_("people in the pool"))
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    decided_by = models.CharField(_("decided by"), max_length=160, blank=True)
    is_released = models.BooleanField(_("released"), null=True, blank=True)

    objects = PurgeBrakeQuerySet.as_manager()

    class Meta:
        verbose_name = _("brake of the purge")
        verbose_name_plural = _("brakes of the purge")
        ordering = ["-asked_at", "pk"]
        constraints = [
            models.UniqueConstraint(name="purge_brake_one_open", fields=["pool"], condition=Q(decided_at=None)),
            models.CheckConstraint(
                name="purge_brake_decision_whole",
                condition=Q(decided_at=None, decided_by="", is_released=None)
                | Q(decided_at__isnull=False, is_released__isnull=False) & ~Q(decided_by=""),
            ),
        ]

    class Privacy:
        personal = {"decided_by"}
        keep = None
        erase = "blank"

    def __str__(self):
        return f"{self.pool}: {self.count}"
