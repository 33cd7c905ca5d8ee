"""Addresses of providers from which deliveries are fetched, and how the last fetches went."""

from datetime import timedelta

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from courses.models.delivery import Delivery
from kit import clock, fetch
from kit.models import Timestamped
from providers.models import Organization

LONGEST_PAUSE = 168  # hours


def check_address(url: str) -> None:
    """Only what may be fetched at all; where the name leads is looked at each time."""
    try:
        fetch.check_url(url)
    except fetch.FetchFailed as failure:
        raise ValidationError(str(failure), code=failure.rule) from failure


class FeedQuerySet(models.QuerySet):
    def due(self):
        """To be fetched now, the reliable ones first: those that hang must not hold up the others."""
        open_feeds = self.filter(is_active=True, provider__blocked_at=None, next_due_at__lte=clock.now())
        return open_feeds.order_by("failures", "next_due_at", "pk")

    def failing(self):
        """Have failed so often in a row that somebody has to look."""
        return self.filter(is_active=True, failures__gte=Feed.MANY_FAILURES)


class Feed(Timestamped):
    """A delivery that the portal fetches by itself, again and again."""

    MANY_FAILURES = 3

    provider = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="feeds", verbose_name=_("provider")
    )
    url = models.CharField(
        _("web address of the file"), max_length=1000, validators=[check_address],
        help_text=_("Begins with https:// and holds neither password nor port number."),
    )  # fmt: skip
    is_active = models.BooleanField(_("is fetched"), default=True)
    every = models.PositiveSmallIntegerField(
        _("hours between two fetches"), default=24,
        validators=[MinValueValidator(1), MaxValueValidator(LONGEST_PAUSE)],
    )  # fmt: skip
    is_partial = models.BooleanField(_("only some of the courses: nothing is withdrawn"), default=False)
    note = models.CharField(_("note"), max_length=500, blank=True)
    etag = models.CharField(max_length=200, blank=True, editable=False)
    last_modified = models.CharField(max_length=200, blank=True, editable=False)
    digest = models.CharField(max_length=64, blank=True, editable=False)  # SHA-256 of the last file that was received
    last_try_at = models.DateTimeField(_("last try"), null=True, blank=True, editable=False)
    last_ok_at = models.DateTimeField(_("last success"), null=True, blank=True, editable=False)
    next_due_at = models.DateTimeField(_("next try"), default=clock.now, editable=False)
    failures = models.PositiveIntegerField(_("failures in a row"), default=0, editable=False)
    error = models.CharField(_("last failure"), max_length=500, blank=True, editable=False)
    mailed_at = models.DateTimeField(_("provider was told"), null=True, blank=True, editable=False)

    objects = FeedQuerySet.as_manager()

    class Meta:
        verbose_name = _("fetched delivery")
        verbose_name_plural = _("fetched deliveries")
        ordering = ["provider", "pk"]
        constraints = [
            models.UniqueConstraint(name="feed_once", fields=["url"]),
            models.CheckConstraint(name="feed_https_only", condition=Q(url__startswith="https://")),
            models.CheckConstraint(name="feed_every_hour_to_week", condition=Q(every__range=(1, LONGEST_PAUSE))),
            models.CheckConstraint(
                name="feed_failure_has_reason", condition=Q(failures=0, error="") | Q(failures__gt=0) & ~Q(error="")
            ),
        ]
        indexes = [models.Index(name="feed_due", fields=["next_due_at"], condition=Q(is_active=True))]

    class Privacy:
        personal: set[str] = set()
        keep = None
        erase = "keep"  # an address of an institution

    def __str__(self):
        return f"{self.provider}: {self.host}"

    @property
    def host(self) -> str:
        return self.url.removeprefix("https://").partition("/")[0]

    @property
    def is_failing(self) -> bool:
        return self.failures >= self.MANY_FAILURES


class FeedRun(models.Model):
    """One try to fetch a delivery. "received" until the file has been read."""

    class Outcome(models.TextChoices):
        UNCHANGED = "unchanged", _("nothing new")
        RECEIVED = "received", _("received, is being read")
        ACCEPTED = "accepted", _("received and read")
        FAILED = "failed", _("failed")

    feed = models.ForeignKey(Feed, on_delete=models.CASCADE, related_name="runs", verbose_name=_("fetched delivery"))
    at = models.DateTimeField(_("at"), default=clock.now)
    outcome = models.CharField(_("outcome"), max_length=9, choices=Outcome)
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    delivery = models.OneToOneField(
        Delivery, on_delete=models.PROTECT, null=True, blank=True, related_name="feed_run", verbose_name=_("delivery")
    )

    class Meta:
        verbose_name = _("fetch")
        verbose_name_plural = _("fetches")
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="feed_run_received_has_delivery",
                condition=Q(outcome__in=["received", "accepted"], delivery__isnull=False)
                | Q(outcome__in=["unchanged", "failed"]),
            ),
            models.CheckConstraint(
                name="feed_run_failure_has_reason",
                condition=Q(outcome="failed") & ~Q(reason="") | ~Q(outcome="failed") & Q(reason=""),
            ),
        ]

    class Privacy:
        personal: set[str] = set()
        keep = timedelta(days=90)
        erase = "keep"  # nothing about anybody

    def __str__(self):
        return f"{self.feed}: {self.get_outcome_display()}"
