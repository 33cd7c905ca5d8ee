"""When there is time: weekly hours in German wall time, exceptions, what is taken. The database refuses overlaps."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from psycopg.types.range import Range

from counseling.models.offer import Center, Counsellor, Mode, Room
from kit import clock


class WeeklyHoursQuerySet(models.QuerySet):
    def not_over(self, day):
        return self.filter(Q(valid_to=None) | Q(valid_to__gte=day))


class WeeklyHours(models.Model):
    """A counsellor has time each week. Nine o'clock stays nine o'clock in March and in October."""

    class Weekday(models.IntegerChoices):
        MONDAY = 0, _("Monday")
        TUESDAY = 1, _("Tuesday")
        WEDNESDAY = 2, _("Wednesday")
        THURSDAY = 3, _("Thursday")
        FRIDAY = 4, _("Friday")
        SATURDAY = 5, _("Saturday")
        SUNDAY = 6, _("Sunday")

    counsellor = models.ForeignKey(
        Counsellor, on_delete=models.CASCADE, related_name="weekly_hours", verbose_name=_("counsellor")
    )
    weekday = models.PositiveSmallIntegerField(_("weekday"), choices=Weekday)
    starts = models.TimeField(_("from"))
    ends = models.TimeField(_("until"))
    valid_from = models.DateField(_("valid from"), default=clock.today)
    valid_to = models.DateField(_("valid until"), null=True, blank=True)
    modes = ArrayField(models.CharField(max_length=9, choices=Mode), verbose_name=_("modes"))
    in_school_holidays = models.BooleanField(_("in school holidays too"), default=True)

    objects = WeeklyHoursQuerySet.as_manager()

    class Meta:
        verbose_name = _("weekly hours")
        verbose_name_plural = _("weekly hours")
        ordering = ["counsellor", "weekday", "starts", "pk"]
        constraints = [
            models.CheckConstraint(name="weekly_hours_end_after_start", condition=Q(ends__gt=F("starts"))),
            models.CheckConstraint(name="weekly_hours_weekday_known", condition=Q(weekday__lte=6)),
            models.CheckConstraint(
                name="weekly_hours_validity_runs_forward", condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from"))
            ),
        ]

    class Privacy:
        personal = {"counsellor"}
        keep = None
        erase = "delete"
        person = "counsellor__user"

    def __str__(self):
        return f"{self.get_weekday_display()} {self.starts:%H:%M}–{self.ends:%H:%M}"

    @property
    def mode_labels(self) -> list[str]:
        return [str(Mode(mode).label) for mode in self.modes]


class DayExceptionQuerySet(models.QuerySet):
    def between(self, first_day, last_day):
        return self.filter(first_day__lte=last_day, last_day__gte=first_day)

    def concerning(self, counsellor: Counsellor):
        """Of the counsellor, or of the house."""
        return self.filter(Q(counsellor=counsellor) | Q(center=counsellor.center_id))


class DayException(models.Model):
    """On these days it is otherwise: a counsellor is away or ill, a house is closed, or there is extra time."""

    class Kind(models.TextChoices):
        AWAY = "away", _("away")
        ILL = "ill", _("ill")
        CLOSED = "closed", _("house closed")
        EXTRA = "extra", _("extra hours")

    counsellor = models.ForeignKey(
        Counsellor, on_delete=models.CASCADE, null=True, blank=True, related_name="exceptions",
        verbose_name=_("counsellor"),
    )  # fmt: skip
    center = models.ForeignKey(
        Center, on_delete=models.CASCADE, null=True, blank=True, related_name="exceptions",
        verbose_name=_("counselling centre"),
    )  # fmt: skip
    kind = models.CharField(_("kind"), max_length=6, choices=Kind)
    first_day = models.DateField(_("first day"))
    last_day = models.DateField(_("last day"))
    starts = models.TimeField(_("from"), null=True, blank=True)
    ends = models.TimeField(_("until"), null=True, blank=True)

    objects = DayExceptionQuerySet.as_manager()

    class Meta:
        verbose_name = _("exception")
        verbose_name_plural = _("exceptions")
        ordering = ["first_day", "pk"]
        constraints = [
            models.CheckConstraint(
                name="day_exception_of_one",
                condition=Q(counsellor__isnull=False, center=None) | Q(counsellor=None, center__isnull=False),
            ),
            models.CheckConstraint(name="day_exception_runs_forward", condition=Q(last_day__gte=F("first_day"))),
            models.CheckConstraint(
                name="day_exception_times_whole",
                condition=Q(starts=None, ends=None) | Q(ends__gt=F("starts")),
            ),
            models.CheckConstraint(
                name="day_exception_extra_has_times", condition=~Q(kind="extra") | Q(starts__isnull=False)
            ),
        ]

    class Privacy:
        personal = {"counsellor", "kind"}
        keep = None
        erase = "delete"
        person = "counsellor__user"

    def __str__(self):
        return f"{self.get_kind_display()} {self.first_day}–{self.last_day}"


class ClaimQuerySet(models.QuerySet):
    def lapsed(self, now=None):
        return self.filter(lapses_at__lte=now or clock.now())

    def in_force(self, now=None):
        return self.filter(Q(lapses_at=None) | Q(lapses_at__gt=now or clock.now()))

    def within(self, begin, end):
        """Those that touch a span of time."""
        return self.filter(during__overlap=Range(begin, end, "[)"))


class Claim(models.Model):
    """A counsellor or a room is taken for a while. Two claims that would clash cannot both be in the table.

    Each use writes two rows: `core`, the talk itself, and `pause`, the talk with the free minutes around it. Cores of
    one counsellor never overlap, and no core reaches into somebody else's pause; two pauses may share their minutes,
    so that ten minutes after one talk and ten before the next need ten minutes and not twenty. A claim that has lapsed
    blocks nobody: the next one takes it away.
    """

    class Kind(models.TextChoices):
        CORE = "core", _("talk")
        PAUSE = "pause", _("talk with pauses")

    counsellor = models.ForeignKey(
        Counsellor, on_delete=models.CASCADE, null=True, blank=True, related_name="claims",
        verbose_name=_("counsellor"),
    )  # fmt: skip
    room = models.ForeignKey(
        Room, on_delete=models.CASCADE, null=True, blank=True, related_name="claims", verbose_name=_("room")
    )
    use = models.UUIDField(_("use"))  # number of the appointment or room booking, the same for all its rows
    kind = models.CharField(_("kind"), max_length=5, choices=Kind)
    during = DateTimeRangeField(_("time"))  # half-open: 10:00 belongs to the next talk
    lapses_at = models.DateTimeField(_("free again from"), null=True, blank=True)

    objects = ClaimQuerySet.as_manager()

    class Meta:
        verbose_name = _("claim")
        verbose_name_plural = _("claims")
        ordering = ["during", "pk"]
        indexes = [models.Index(name="claim_use", fields=["use"])]
        constraints = [
            models.UniqueConstraint(
                name="claim_once_per_use", fields=["use", "kind", "counsellor", "room"], nulls_distinct=False
            ),
            models.CheckConstraint(
                name="claim_of_one",
                condition=Q(counsellor__isnull=False, room=None) | Q(counsellor=None, room__isnull=False),
            ),
            *[
                constraint
                for holder in ("counsellor", "room")
                for constraint in (
                    ExclusionConstraint(
                        name=f"claim_{holder}_talks_once",
                        expressions=[(holder, RangeOperators.EQUAL), ("during", RangeOperators.OVERLAPS)],
                        condition=Q(kind="core"),
                    ),
                    ExclusionConstraint(
                        name=f"claim_{holder}_pauses_kept",
                        expressions=[
                            (holder, RangeOperators.EQUAL),
                            ("during", RangeOperators.OVERLAPS),
                            ("kind", RangeOperators.NOT_EQUAL),
                            ("use", RangeOperators.NOT_EQUAL),
                        ],
                    ),
                )
            ],
        ]

    class Privacy:
        personal = {"counsellor"}
        keep = None
        erase = "delete"
        person = "counsellor__user"

    def __str__(self):
        return f"{self.get_kind_display()} {self.during}"
