"""What companies offer: by which model, when, with how many seats, and what makes it a good internship."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from django.db import models
from django.db.models import Exists, F, Max, OuterRef, Q
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from internships import rules
from internships.models.campaign import Campaign
from internships.models.employer import Employer
from internships.models.offered import Offered, OfferedQuerySet
from kit import clock, text, tokens
from providers.models import Location
from taxonomy.models import JobFamily

APPLY_BEFORE = timedelta(days=3)  # from the last day on which one can apply to the first day of the internship


class Scheme(models.Model):
    """A model of internship as data, so that a region tries new ones without new code."""

    class Unit(models.TextChoices):
        DAY = "day", _("single days")
        BLOCK = "block", _("days in a row")
        WEEKDAY = "weekday", _("one day in each week")

    name = models.CharField(_("name"), max_length=80)
    slug = models.SlugField(_("part of the address"), max_length=60, unique=True)
    explanation = models.CharField(_("explanation"), max_length=300)
    unit = models.CharField(_("consists of"), max_length=7, choices=Unit)
    is_voluntary = models.BooleanField(
        _("outside of school"), default=False, help_text=_("In the holidays, from 15 years on (JArbSchG).")
    )
    is_online = models.BooleanField(_("online"), default=False)
    longest_days = models.PositiveSmallIntegerField(_("days from the first to the last at most"), default=31)
    is_active = models.BooleanField(_("can be chosen"), default=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("model of internship")
        verbose_name_plural = _("models of internship")
        ordering = ["position", "pk"]

    class Privacy:
        personal: set[str] = set()
        keep = None
        erase = "keep"  # vocabulary

    def __str__(self):
        return self.name


class WeekendGround(models.TextChoices):
    """The industries in which young people may work at weekends (§§ 16, 17 JArbSchG)."""

    CARE = "care", _("hospital, care or children's home")
    FARM = "farm", _("agriculture and animals")
    RESTAURANT = "restaurant", _("restaurant or hotel")
    BAKERY = "bakery", _("bakery or confectionery (Saturday)")
    SHOP = "shop", _("open shop or market (Saturday)")
    SALON = "salon", _("hairdresser (Saturday)")
    TRANSPORT = "transport", _("transport (Saturday)")
    CULTURE = "culture", _("theatre, music and other performances")
    SPORT = "sport", _("sport")


class OfferQuerySet(OfferedQuerySet):
    def visible(self):
        """What everybody may see: with a day that is still to come."""
        coming = Period.objects.filter(offer=OuterRef("pk")).applicable()
        return super().visible().filter(Exists(coming))

    def ending(self, until: date):
        """Visible, its last time near, nobody told yet. What ends with its campaign cannot be made longer."""
        last = Max("periods__first_day")
        soon = self.visible().annotate(last=last).filter(last__lte=until + APPLY_BEFORE)
        lasting = Q(campaign=None) | Q(campaign__last_day__gt=F("last"))
        return soon.filter(lasting).exclude(end_told=F("last"))

    def criticized(self):
        """Two bad evaluations or more, which nobody has talked about yet."""
        return self.filter(bad_marks__gte=2)

    def for_cards(self):
        return self.select_related("employer__organization", "scheme", "location__place", "campaign")


class Offer(Offered):
    """An internship at a company. Without task, guidance, feedback and something to take home nobody publishes it."""

    NAME, AREA = "offer", "internship"
    QUALITY = ("task", "guidance", "feedback", "takeaway")
    WORDS = ("title", "summary", *QUALITY, "meeting_point", "to_bring")

    employer = models.ForeignKey(Employer, on_delete=models.PROTECT, related_name="offers", verbose_name=_("employer"))
    scheme = models.ForeignKey(Scheme, on_delete=models.PROTECT, related_name="offers", verbose_name=_("model"))
    campaign = models.ForeignKey(
        Campaign, on_delete=models.PROTECT, null=True, blank=True, related_name="offers", verbose_name=_("campaign")
    )
    title = models.CharField(_("title"), max_length=120)
    slug = models.SlugField(max_length=120, editable=False)
    job_family = models.CharField(_("field of work"), max_length=3, choices=JobFamily)
    summary = models.TextField(_("what one does here"), max_length=800, blank=True)
    # Quality
    task = models.CharField(_("the concrete task"), max_length=300, blank=True)
    guidance = models.CharField(_("who guides"), max_length=160, blank=True)
    feedback = models.CharField(_("the talk at the end"), max_length=300, blank=True)
    takeaway = models.CharField(_("what one takes home"), max_length=300, blank=True)
    # Conditions
    min_age = models.PositiveSmallIntegerField(_("youngest age"), default=14)
    starts = models.TimeField(_("begin"))
    ends = models.TimeField(_("end"))
    pause_minutes = models.PositiveSmallIntegerField(_("pauses in minutes"), default=60)
    weekend_ground = models.CharField(
        _("reason for work at weekends"), max_length=10, choices=WeekendGround, blank=True
    )
    is_direct = models.BooleanField(_("without questions"), default=False)
    is_step_free = models.BooleanField(_("step-free"), null=True, blank=True)
    location = models.ForeignKey(
        Location, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("place of work")
    )
    meeting_point = models.CharField(_("meeting point"), max_length=200, blank=True)
    to_bring = models.CharField(_("what to bring and to wear"), max_length=200, blank=True)
    bad_marks = models.PositiveSmallIntegerField(_("bad evaluations to talk about"), default=0)

    objects = OfferQuerySet.as_manager()

    class Meta:
        verbose_name = _("internship offer")
        verbose_name_plural = _("internship offers")
        ordering = ["-created_at", "pk"]
        constraints = [
            *Offered.Meta.constraints,
            models.CheckConstraint(
                name="offer_public_has_quality",
                condition=Q(state__in=["draft", "returned", "archived"])
                | ~Q(task="") & ~Q(guidance="") & ~Q(feedback="") & ~Q(takeaway=""),
            ),
            models.CheckConstraint(name="offer_day_runs_forward", condition=Q(ends__gt=F("starts"))),
            models.CheckConstraint(name="offer_age_sensible", condition=Q(min_age__range=(12, 21))),
        ]

    class Privacy:
        personal = {"guidance"}
        keep = None  # as long as the company names this person
        hidden = {"nonce"}
        erase = "blank"

    def __str__(self):
        return self.title

    def save(self, *args, **kwargs):
        self.slug = slugify(text.transliterate(self.title))[:100].strip("-") or "praktikum"
        super().save(*args, **kwargs)

    def get_absolute_url(self):
        return reverse("internships:detail", args=[self.slug, self.pk])

    @property
    def ends_on(self) -> date | None:
        """The first day of its last time."""
        return self.periods.aggregate(last=Max("first_day"))["last"]

    @property
    def is_voluntary(self) -> bool:
        """Outside of school: by its model or by its campaign."""
        return self.scheme.is_voluntary or bool(self.campaign and self.campaign.is_voluntary)

    @property
    def quality(self) -> list[tuple[str, str]]:
        """(heading, words) of what makes it good."""
        return [(self._meta.get_field(name).verbose_name, getattr(self, name)) for name in self.QUALITY]

    @property
    def duties(self) -> list[str]:
        """What one does here, line by line."""
        return [line.strip(" -•*") for line in self.summary.splitlines() if line.strip(" -•*")]

    def faults(self) -> Iterator[str | Promise]:
        if not all(words.strip() for _heading, words in self.quality):
            yield _("Please say what the task is, who guides, how you talk about it and what one takes home.")
        if not self.scheme.is_online and self.location_id is None:
            yield _("Please say where the internship takes place.")
        periods = list(self.periods.upcoming())
        if not any(period.is_applicable for period in periods):
            yield _("Please name at least one time that is still to come.")
        for period in periods:
            yield from self.faults_of_time(period.first_day, period.last_day)
        for _field, sentence in rules.faults(self.work(periods)):
            yield sentence

    def faults_of_time(self, first_day: date, last_day: date) -> Iterator[str | Promise]:
        """Does the time fit the model, and lie inside of the campaign?"""
        length = (last_day - first_day).days + 1
        if self.scheme.unit == Scheme.Unit.DAY and length > 1:
            yield _("With this model each time is a single day.")
        elif length > self.scheme.longest_days:
            yield _("With this model a time is shorter. Please choose another last day.")
        if self.campaign and not self.campaign.contains(first_day, last_day):
            yield _("This day lies outside of the campaign.")

    def work(self, periods: Iterable["Period"]) -> rules.Work:
        """What is asked of the youngest."""
        return rules.Work(
            age=self.min_age,
            starts=self.starts,
            ends=self.ends,
            pause_minutes=self.pause_minutes,
            days=tuple(day for period in periods for day in (period.days or [period.first_day])),
            weekend_ground=self.weekend_ground,
            is_voluntary=self.is_voluntary,
        )

    def keep_times(self, wanted: Iterable[tuple[date, date, int]]) -> None:
        """Times for which somebody has applied stay; their seats never fall below those that are taken."""
        held = {period.first_day: period for period in self.periods.select_for_update()}
        for first_day, last_day, seats in wanted:
            period = held.pop(first_day, None) or Period(offer=self, first_day=first_day)
            if not period.taken:
                period.last_day = last_day
            period.seats = max(seats, period.taken)
            period.save()
        for period in held.values():
            if not period.applications.exists():
                period.delete()


class PeriodQuerySet(models.QuerySet):
    def upcoming(self):
        return self.filter(last_day__gte=clock.today())

    def applicable(self):
        """Far enough ahead, with a seat."""
        return self.filter(first_day__gte=clock.today() + APPLY_BEFORE, taken__lt=F("seats"))


class Period(models.Model):
    """When an offer takes place, and for how many. `taken` counts the seats that are held or given."""

    offer = models.ForeignKey(Offer, on_delete=models.CASCADE, related_name="periods", verbose_name=_("offer"))
    first_day = models.DateField(_("first day"))
    last_day = models.DateField(_("last day"))
    seats = models.PositiveSmallIntegerField(_("seats"), default=1)
    taken = models.PositiveSmallIntegerField(_("seats taken"), default=0, editable=False)

    objects = PeriodQuerySet.as_manager()

    class Meta:
        verbose_name = _("period of an offer")
        verbose_name_plural = _("periods of offers")
        ordering = ["first_day", "pk"]
        constraints = [
            models.UniqueConstraint(name="period_once_per_offer", fields=["offer", "first_day"]),
            models.CheckConstraint(name="period_runs_forward", condition=Q(last_day__gte=F("first_day"))),
            models.CheckConstraint(name="period_seats_suffice", condition=Q(taken__lte=F("seats"))),
            models.CheckConstraint(name="period_has_seats", condition=Q(seats__range=(1, 200))),
        ]
        indexes = [models.Index(name="period_days", fields=["first_day", "last_day"])]

    class Privacy:
        personal: set[str] = set()
        keep = None
        erase = "keep"  # days and numbers

    def __str__(self):
        return f"{self.offer}, {self.first_day:%d.%m.%Y}"

    @property
    def free(self) -> int:
        return self.seats - self.taken

    @property
    def is_applicable(self) -> bool:
        return self.free > 0 and self.first_day >= clock.today() + APPLY_BEFORE

    @property
    def days(self) -> list[date]:
        """The days on which one is there: each for single days, the same weekday, or Monday to Friday in between."""
        span = (self.last_day - self.first_day).days + 1
        every = [self.first_day + timedelta(days=number) for number in range(span)]
        if self.offer.scheme.unit == Scheme.Unit.WEEKDAY:
            return every[::7]
        return [day for day in every if day.weekday() < 5 or self.offer.weekend_ground]


OFFER_CHECK = tokens.purpose("internship_offer_check", model="internships.Offer")
