"""When, where and for how much: one Durchführung of a course."""

from datetime import timedelta
from decimal import Decimal

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from courses.models.course import Course
from kit import clock
from kit.models import Timestamped
from providers.models import Location, azav_holds

VOUCHER = 2  # Bildungsgutschein in FUNDING_TYPES_FEDERAL
ADMITTED = 1  # CERTIFICATE_STATUS
STILL_OPEN = timedelta(days=14)  # many courses can be joined in their first two weeks


class CourseRunQuerySet(models.QuerySet):
    def visible(self, on=None):
        """Those that may be shown on a day: until the later of start + 14 days and the registration deadline; without a
        date until withdrawn or until the announcement ends. A query, never a job."""
        day = on or clock.today()
        dated = Q(starts_on__gte=day - STILL_OPEN) | Q(registration_until__gte=day)
        undated = Q(starts_on=None) & (Q(announced_until=None) | Q(announced_until__gte=day))
        return self.filter(dated | undated, Q(announced_from=None) | Q(announced_from__lte=day), withdrawn_at=None)

    def public(self, on=None):
        """Visible runs of courses that the public may see."""
        return self.visible(on).filter(
            course__state=Course.State.PUBLISHED,
            course__withdrawn_at=None,
            course__provider__blocked_at=None,
        )

    def of_public_courses(self):
        """Announced runs, withdrawn ones too, of courses that are or were public and whose provider is not blocked."""
        states = [Course.State.PUBLISHED, Course.State.ARCHIVED]
        announced = Q(announced_from=None) | Q(announced_from__lte=clock.today())
        return self.filter(announced, course__state__in=states, course__provider__blocked_at=None)

    def with_venues(self):
        """With what a list of single dates needs."""
        return self.select_related("location", "course__provider").prefetch_related("sessions__location")

    def claiming_voucher(self):
        """Those that a Bildungsgutschein pays according to their source: by funding or as an admitted measure."""
        return self.filter(Q(funding_federal__contains=[VOUCHER]) | Q(certificate_status=ADMITTED))

    def with_valid_voucher(self, on=None):
        """Those whose claim counts on a day: the measure's own certificate and the provider's AZAV admission hold."""
        day = on or clock.today()
        return self.claiming_voucher().filter(
            Q(certificate_from=None) | Q(certificate_from__lte=day),
            Q(certificate_until=None) | Q(certificate_until__gte=day),
            azav_holds("course__provider", on=day),
        )

    def with_free_places(self):
        return self.filter(Q(places=None) | Q(places_taken=None) | Q(places__gt=F("places_taken")))


class Terms:
    """What follows from the columns of a run at the moment, for its model and for plain rows of it."""

    @property
    def price_today(self) -> Decimal | None:
        """The reduced price as long as it counts; None for free or unknown ones."""
        if self.special_price is not None and self.special_price_until and self.special_price_until >= clock.today():
            return self.special_price
        return self.price

    @property
    def places_free(self) -> int | None:
        """How many places are left; None where the source does not say."""
        if self.places is None or self.places_taken is None:
            return None
        return max(self.places - self.places_taken, 0)


class CourseRun(Terms, Timestamped):
    """A Durchführung: one run of a course with its dates, venue, price, funding and places."""

    class Begin(models.TextChoices):
        FIXED = "fixed", _("fixed date")
        ANY_TIME = "any_time", _("at any time")
        WEEKLY = "weekly", _("every week")
        MONTHLY = "monthly", _("every month")
        QUARTERLY = "quarterly", _("every quarter")
        HALF_YEARLY = "half_yearly", _("twice a year")
        YEARLY = "yearly", _("every year")
        OPEN = "open", _("date not yet known")

    class Mode(models.TextChoices):
        ON_SITE = "on_site", _("on site")
        ONLINE = "online", _("online")
        BLENDED = "blended", _("partly online")
        DISTANCE = "distance", _("distance learning")

    class PriceKind(models.TextChoices):
        KNOWN = "known", _("costs money")
        FREE = "free", _("free of charge")
        ON_REQUEST = "on_request", _("price on request")

    class TimeOfDay(models.TextChoices):
        MORNING = "morning", _("in the morning")
        AFTERNOON = "afternoon", _("in the afternoon")
        EVENING = "evening", _("in the evening")
        ALL_DAY = "all_day", _("all day")
        WEEKEND = "weekend", _("at the weekend")

    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="runs", verbose_name=_("course"))
    external_id = models.CharField(_("id at the source"), max_length=255, blank=True)
    number = models.CharField(_("course number"), max_length=60, blank=True)
    title = models.CharField(_("title of this run"), max_length=255, blank=True)  # only where it differs
    note = models.TextField(_("about this run"), blank=True)  # description of the run where it differs

    # ── When
    starts_on = models.DateField(_("begins"), null=True, blank=True)
    ends_on = models.DateField(_("ends"), null=True, blank=True)
    begin = models.CharField(_("begin"), max_length=12, choices=Begin, default=Begin.FIXED)
    date_note = models.TextField(_("about the dates"), blank=True)
    schedule_note = models.TextField(_("about the times"), blank=True)  # "Mo-Fr 8-15 Uhr"
    registration_until = models.DateField(_("register until"), null=True, blank=True)
    announced_from = models.DateField(_("shown from"), null=True, blank=True)
    announced_until = models.DateField(_("shown until"), null=True, blank=True)
    times_of_day = ArrayField(
        models.CharField(max_length=9, choices=TimeOfDay), default=list, blank=True, verbose_name=_("times of day")
    )
    weekdays = models.PositiveSmallIntegerField(_("weekdays"), default=0)  # bits: 1 Monday … 64 Sunday
    times_from_text = models.BooleanField(_("times were read from free text"), default=False)
    duration_class = models.PositiveIntegerField(_("duration class"), null=True, blank=True)
    hours = models.DecimalField(_("lessons"), max_digits=7, decimal_places=1, null=True, blank=True)

    # ── How and where
    mode = models.CharField(_("mode"), max_length=8, choices=Mode, blank=True)
    instruction_form = models.PositiveIntegerField(_("form of instruction"), null=True, blank=True)
    instruction_form_name = models.CharField(_("name of the form"), max_length=60, blank=True)
    instruction_time = models.PositiveIntegerField(_("full time or part time"), null=True, blank=True)
    execution_form = models.PositiveIntegerField(_("form of execution"), null=True, blank=True)
    location = models.ForeignKey(
        Location, on_delete=models.PROTECT, null=True, blank=True, related_name="runs", verbose_name=_("venue")
    )
    room = models.CharField(_("room"), max_length=120, blank=True)
    in_house = models.BooleanField(_("also inside a company"), null=True, blank=True)
    beside_job = models.BooleanField(_("beside a job"), null=True, blank=True)
    practical_part = models.BooleanField(_("with practical part"), null=True, blank=True)
    for_trainees = models.BooleanField(_("suitable for trainees"), null=True, blank=True)
    for_employees = models.BooleanField(_("suitable for employees"), null=True, blank=True)
    phases = models.JSONField(_("phases"), default=list, blank=True)
    methods = ArrayField(models.CharField(max_length=255), default=list, blank=True, verbose_name=_("methods"))
    media = ArrayField(models.CharField(max_length=255), default=list, blank=True, verbose_name=_("media"))
    languages = ArrayField(models.CharField(max_length=3), default=list, blank=True, verbose_name=_("languages"))
    languages_note = models.CharField(_("about the languages"), max_length=500, blank=True)
    digitally_accessible = models.BooleanField(_("digitally accessible"), null=True, blank=True)
    digitally_accessible_note = models.TextField(_("about digital accessibility"), blank=True)

    # ── Places
    places_min = models.PositiveIntegerField(_("fewest participants"), null=True, blank=True)
    places = models.PositiveIntegerField(_("places"), null=True, blank=True)
    places_taken = models.PositiveIntegerField(_("places taken"), null=True, blank=True)

    # ── Money
    price = models.DecimalField(_("price"), max_digits=10, decimal_places=2, null=True, blank=True)
    price_kind = models.CharField(_("price is"), max_length=10, choices=PriceKind, default=PriceKind.ON_REQUEST)
    price_note = models.TextField(_("about the price"), blank=True)
    special_price = models.DecimalField(_("reduced price"), max_digits=10, decimal_places=2, null=True, blank=True)
    special_price_until = models.DateField(_("reduced price until"), null=True, blank=True)
    funding_federal = ArrayField(
        models.PositiveIntegerField(), default=list, blank=True, verbose_name=_("federal funding (numbers)")
    )
    funding_regional = ArrayField(
        models.PositiveIntegerField(), default=list, blank=True, verbose_name=_("funding of the Länder (numbers)")
    )
    funding_note = models.TextField(_("about the funding"), blank=True)
    subsidies = models.JSONField(_("subsidies"), default=list, blank=True)  # [{"by", "text"}]

    # ── Admission of the measure (AZAV) as the source states it
    certificate_status = models.PositiveIntegerField(_("certificate status"), null=True, blank=True)
    certifier_number = models.PositiveIntegerField(_("certifier"), null=True, blank=True)
    certificate_number = models.CharField(_("certificate number"), max_length=60, blank=True)
    certificate_from = models.DateField(_("certificate valid from"), null=True, blank=True)
    certificate_until = models.DateField(_("certificate valid until"), null=True, blank=True)
    certificate_note = models.TextField(_("about the certificate"), blank=True)
    measure_number = models.CharField(_("measure number"), max_length=30, blank=True)

    withdrawn_at = models.DateTimeField(_("withdrawn by its source"), null=True, blank=True)
    locked_fields = ArrayField(
        models.CharField(max_length=40), default=list, blank=True, verbose_name=_("fields corrected by hand")
    )
    digest = models.CharField(max_length=40, blank=True, editable=False)  # of the imported record

    history = HistoricalRecords()
    objects = CourseRunQuerySet.as_manager()

    class Meta:
        verbose_name = _("course run")
        verbose_name_plural = _("course runs")
        ordering = [F("starts_on").asc(nulls_last=True), "pk"]
        constraints = [
            models.UniqueConstraint(
                name="course_run_once_per_course", fields=["course", "external_id"], condition=~Q(external_id="")
            ),
            models.CheckConstraint(
                name="course_run_ends_after_begin",
                condition=Q(starts_on=None) | Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
            ),
            models.CheckConstraint(
                name="course_run_price_fits_kind",
                condition=Q(price_kind="known", price__gt=0)
                | Q(price_kind="free", price__isnull=True)
                | Q(price_kind="on_request", price__isnull=True),
            ),
            models.CheckConstraint(name="course_run_weekdays_in_a_week", condition=Q(weekdays__lt=128)),
            models.CheckConstraint(
                name="course_run_times_known",
                condition=Q(times_of_day__contained_by=["morning", "afternoon", "evening", "all_day", "weekend"]),
            ),
        ]
        indexes = [
            models.Index(name="course_run_starts_on", fields=["starts_on"]),
            models.Index(name="course_run_number", fields=["number"]),
            GinIndex(name="course_run_funding", fields=["funding_federal", "funding_regional"]),
        ]

    class Privacy:
        personal: set[str] = set()
        keep = None
        erase = "keep"  # an offer of an institution

    def __str__(self):
        return f"{self.title or self.course.title} ({self.starts_on or self.get_begin_display()})"
