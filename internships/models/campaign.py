"""A Praktikumswoche: a time with rules of its own, those who sign up, and where they heard of it."""

from datetime import date, timedelta

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from internships.models.pupil import Pupil
from kit import clock, text
from kit.models import Timestamped

ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"


class CampaignQuerySet(models.QuerySet):
    def public(self):
        """Everybody may read about it until a month after its end."""
        return self.filter(is_public=True, last_day__gte=clock.today() - timedelta(days=31))

    def open(self):
        """Takes sign-ups today."""
        today = clock.today()
        return self.filter(is_public=True, opens_on__lte=today, closes_on__gte=today)


class Campaign(Timestamped):
    """Single days within one period, at several companies. Its rules hold on top of those of the law."""

    name = models.CharField(_("name"), max_length=120)
    slug = models.SlugField(_("part of the address"), max_length=60, unique=True)
    introduction = models.TextField(_("what it is about"), max_length=2_000, blank=True)
    first_day = models.DateField(_("first day"))
    last_day = models.DateField(_("last day"))
    opens_on = models.DateField(_("sign-up opens on"))
    closes_on = models.DateField(_("sign-up closes on"))
    is_voluntary = models.BooleanField(_("outside of school"), default=False)
    min_age = models.PositiveSmallIntegerField(_("youngest age"), default=14)
    most_days = models.PositiveSmallIntegerField(_("days for one person at most"), default=5)
    grades = models.CharField(_("for which classes"), max_length=60, blank=True)
    is_public = models.BooleanField(_("public"), default=False)

    objects = CampaignQuerySet.as_manager()

    class Meta:
        verbose_name = _("campaign")
        verbose_name_plural = _("campaigns")
        ordering = ["-first_day", "pk"]
        constraints = [
            models.CheckConstraint(name="campaign_runs_forward", condition=Q(last_day__gte=F("first_day"))),
            models.CheckConstraint(
                name="campaign_signup_before_end",
                condition=Q(closes_on__gte=F("opens_on")) & Q(closes_on__lte=F("last_day")),
            ),
            models.CheckConstraint(
                name="campaign_voluntary_from_15", condition=Q(is_voluntary=False) | Q(min_age__gte=15)
            ),
        ]

    class Privacy:
        personal: set[str] = set()
        keep = None
        erase = "keep"  # dates and rules

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("internships:campaign", args=[self.slug])

    @property
    def is_open(self) -> bool:
        return self.is_public and self.opens_on <= clock.today() <= self.closes_on

    @property
    def days(self) -> list[date]:
        """Monday to Friday of the period."""
        span = (self.last_day - self.first_day).days + 1
        every = (self.first_day + timedelta(days=number) for number in range(span))
        return [day for day in every if day.weekday() < 5]

    def contains(self, first_day: date, last_day: date) -> bool:
        return self.first_day <= first_day and last_day <= self.last_day


def new_code() -> str:
    """Short enough for a QR code on a poster and to be typed."""
    return text.random_code(ALPHABET, 6)


class Source(models.Model):
    """Where somebody read of a campaign: the poster of a youth club, a school, a club. Each has a code of its own."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="sources", verbose_name=_("campaign"))
    label = models.CharField(_("poster or partner"), max_length=120)
    code = models.CharField(_("code"), max_length=12, unique=True, default=new_code)

    class Meta:
        verbose_name = _("source")
        verbose_name_plural = _("sources")
        ordering = ["label", "pk"]
        constraints = [models.UniqueConstraint(name="source_once_per_campaign", fields=["campaign", "label"])]

    class Privacy:
        personal: set[str] = set()
        keep = None
        erase = "keep"  # a poster

    def __str__(self):
        return self.label


class Signup(models.Model):
    """A pupil wants to take part in a campaign. What becomes of it stands in the applications."""

    class Absence(models.TextChoices):
        ILL = "ill", _("ill")
        FORGOT = "forgot", _("forgot it")
        TRAVEL = "travel", _("could not get there")
        OTHER_PLANS = "plans", _("had other plans")
        COMPANY = "company", _("the company cancelled")
        NO_PLACE = "no_place", _("found no place")
        OTHER = "other", _("another reason")

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="signups", verbose_name=_("campaign"))
    pupil = models.ForeignKey(
        Pupil, on_delete=models.SET_NULL, null=True, blank=True, related_name="signups", verbose_name=_("pupil")
    )  # None: erased, and still a number
    source = models.ForeignKey(
        Source, on_delete=models.SET_NULL, null=True, blank=True, related_name="signups", verbose_name=_("source")
    )
    at = models.DateTimeField(_("signed up"), default=clock.now)
    confirmed_at = models.DateTimeField(_("confirmed"), null=True, blank=True)
    reminded_at = models.DateTimeField(_("reminded"), null=True, blank=True)
    has_applied = models.BooleanField(_("has applied"), default=False)
    has_place = models.BooleanField(_("has a place"), default=False)
    has_attended = models.BooleanField(_("was there"), default=False)
    absence = models.CharField(_("reason of absence"), max_length=8, choices=Absence, blank=True)

    class Meta:
        verbose_name = _("sign-up")
        verbose_name_plural = _("sign-ups")
        ordering = ["-at", "pk"]
        constraints = [
            models.UniqueConstraint(name="signup_once_per_campaign", fields=["campaign", "pupil"]),
            models.CheckConstraint(name="signup_absent_or_there", condition=Q(has_attended=False) | Q(absence="")),
        ]

    class Privacy:
        personal = {"pupil"}
        keep = timedelta(days=92)  # after the last day of the campaign; the row stays as a number
        erase = "keep"  # by internships.actions.erasing: pupils have no account

    def __str__(self):
        return f"{self.campaign}: {self.at:%d.%m.%Y}"
