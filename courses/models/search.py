"""What the search reads: narrow rows made from courses and runs by courses.search.index; nobody edits them."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from courses.models.course import Course
from courses.models.run import CourseRun


class SearchCourse(models.Model):
    """A published course; whether its provider is blocked is asked at each search. Its words carry weights: A title and
    numbers, B keywords and topic, C provider and places, D the text."""

    course = models.OneToOneField(
        Course, on_delete=models.CASCADE, primary_key=True, related_name="search_row", verbose_name=_("course")
    )
    words = SearchVectorField(_("words"))
    topic = models.BigIntegerField(_("topic"), null=True)
    root = models.BigIntegerField(_("main topic"), null=True)
    provider = models.BigIntegerField(_("provider"))
    level = models.CharField(_("level"), max_length=12, blank=True)

    class Meta:
        verbose_name = _("search row of a course")
        verbose_name_plural = _("search rows of courses")
        indexes = [GinIndex(name="search_course_words", fields=["words"])]

    class Privacy:
        personal: set[str] = set()
        keep = None
        erase = "keep"  # an extract of the catalogue

    def __str__(self):
        return str(self.course_id)


class SearchRun(models.Model):
    """A run that is, was or will be visible: the two dates decide, at the time of each search."""

    class Cost(models.IntegerChoices):
        FREE = 1, _("free of charge")
        FUNDED = 2, _("with funding")
        PRICED = 4, _("costs money")
        ON_REQUEST = 8, _("price on request")

    run = models.OneToOneField(
        CourseRun, on_delete=models.CASCADE, primary_key=True, related_name="search_row", verbose_name=_("course run")
    )
    course = models.ForeignKey(SearchCourse, on_delete=models.CASCADE, related_name="runs", verbose_name=_("course"))
    visible_from = models.DateField(_("visible from"))
    visible_until = models.DateField(_("visible until"))
    starts_on = models.DateField(_("begins"), null=True)
    any_time = models.BooleanField(_("begins at any time"))
    mode = models.CharField(_("mode"), max_length=8, blank=True)
    workload = models.PositiveSmallIntegerField(_("full time or part time"), null=True)
    times = models.PositiveSmallIntegerField(_("times of day (bits)"))
    weekdays = models.PositiveSmallIntegerField(_("weekdays (bits)"))
    cost = models.PositiveSmallIntegerField(_("costs (bit)"))  # without FUNDED, which depends on the day
    price = models.DecimalField(_("price"), max_digits=10, decimal_places=2, null=True)  # 0: free, None: on request
    special_price = models.DecimalField(_("reduced price"), max_digits=10, decimal_places=2, null=True)
    special_price_until = models.DateField(_("reduced price until"), null=True)
    funding = ArrayField(models.IntegerField(), verbose_name=_("funding"))  # see courses.search.query.funding_code
    certified_from = models.DateField(_("measure certified from"), null=True)
    certified_until = models.DateField(_("measure certified until"), null=True)
    has_places = models.BooleanField(_("has free places"))
    latitude = models.FloatField(_("latitude"), null=True)
    longitude = models.FloatField(_("longitude"), null=True)
    schedule = models.JSONField(_("times in the week"), default=list)  # [[weekday bits, "17:30", "20:00"], …]

    class Meta:
        verbose_name = _("search row of a run")
        verbose_name_plural = _("search rows of runs")
        constraints = [
            models.CheckConstraint(
                name="search_run_position_whole",
                condition=Q(latitude=None, longitude=None) | Q(latitude__isnull=False, longitude__isnull=False),
            )
        ]
        indexes = [models.Index(name="search_run_visible", fields=["visible_until"])]

    class Privacy:
        personal: set[str] = set()
        keep = None
        erase = "keep"  # an extract of the catalogue

    def __str__(self):
        return str(self.run_id)


class SearchWord(models.Model):
    """A word of the catalogue's titles, keywords, topics and providers: what "Did you mean" may suggest."""

    word = models.CharField(_("word"), max_length=60, primary_key=True)

    class Meta:
        verbose_name = _("word of the search")
        verbose_name_plural = _("words of the search")

    class Privacy:
        personal: set[str] = set()
        keep = None
        erase = "keep"  # vocabulary

    def __str__(self):
        return self.word
