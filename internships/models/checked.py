"""Offers grow old: the company hears before one ends, and is asked once a year whether it is still right."""

from datetime import timedelta

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kit import clock, tokens

TELL_BEFORE = timedelta(days=10)  # its end
CHECK_AFTER = timedelta(days=365)  # the last word of the company
CHECK_WITHIN = timedelta(days=14)  # of service, then again, then it is hidden
MOST_CHECKS = 2


class CheckedQuerySet(models.QuerySet):
    def due_for_check(self):
        """A year without a word of the company, and not asked yet."""
        return self.filter(checks=0, checked_at__lte=clock.now() - CHECK_AFTER)

    def unchecked_since(self, moment, *, checks: int):
        """Asked so often, the last time before that moment."""
        return self.filter(checks=checks, check_asked_at__lte=moment)


class Checked(models.Model):
    """Knows when its company last said that it is right, and what it was told about its end.

    Beside it stand `ends_on` (the last day on which it is of use, None for one without an end) and `paused_at`.
    """

    checked_at = models.DateTimeField(_("last said to be right"), default=clock.now, editable=False)
    checks = models.PositiveSmallIntegerField(_("questions without an answer"), default=0, editable=False)
    check_asked_at = models.DateTimeField(_("asked whether it is right"), null=True, blank=True, editable=False)
    end_told = models.DateField(_("end of which the company was told"), null=True, blank=True, editable=False)
    nonce = models.CharField(max_length=60, default=tokens.new_nonce, editable=False)

    CHECK_FIELDS = ("checked_at", "checks", "check_asked_at")

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                name="%(class)s_checks_have_time",
                condition=Q(checks=0, check_asked_at=None)
                | Q(checks__range=(1, MOST_CHECKS), check_asked_at__isnull=False),
            )
        ]

    @property
    def is_unchecked(self) -> bool:
        """Hidden because its company did not answer twice."""
        return self.checks == MOST_CHECKS and self.paused_at is not None

    def is_right(self) -> None:
        """The company has looked at it. Whoever calls saves CHECK_FIELDS."""
        self.checked_at, self.checks, self.check_asked_at = clock.now(), 0, None
