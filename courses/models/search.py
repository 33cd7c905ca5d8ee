"""What the search reads: narrow rows made from courses and runs by courses.search.index, which nobody edits; synonyms,
which coordinators do; and what was looked for in vain."""

from datetime import timedelta

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Collate, Reverse
from django.utils.translation import gettext_lazy as _

from courses.models.course import Course
from courses.models.run import CourseRun
from kit import clock


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
    audiences = ArrayField(models.BigIntegerField(), default=list, verbose_name=_("target groups"))  # keywords

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

    class Start(models.IntegerChoices):
        """When a run begins, seen from today; `any_time` beside one of the others."""

        ANY_TIME = 1, _("start at any time")
        SOON = 2, _("within four weeks")
        MONTHS = 4, _("in one to three months")
        LATER = 8, _("later")
        BEGUN = 16, _("has begun")

    class Access(models.IntegerChoices):
        STEP_FREE = 1, _("step-free entrance")
        DIGITAL = 2, _("digitally accessible")
        MADE_FOR = 4, _("made for people with disabilities")

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
    access = models.PositiveSmallIntegerField(_("accessible (bits)"), default=0)  # see Access
    languages = ArrayField(models.CharField(max_length=3), default=list, verbose_name=_("languages"))
    # When all of it takes place, see courses.search.week; nobody knows until the row is made anew
    week = models.PositiveIntegerField(_("times in the week (bits)"), db_default=2**21 - 1)
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


class SearchGeneration(models.Model):
    """A segment for one day, whole as soon as its transaction is committed: what every web process loads.

    Its columns and the postings beside it are explained in courses.search.segment, who makes it in
    courses.search.generations.
    """

    day = models.DateField(_("for the day"))
    built_at = models.DateTimeField(_("built"), default=clock.now)
    courses = models.PositiveIntegerField(_("courses"))
    runs = models.PositiveIntegerField(_("course runs"))
    columns = models.BinaryField(_("columns"))
    # Providers whose courses were left out, and whose admission did not hold: what has changed since is asked again.
    blocked = ArrayField(models.BigIntegerField(), verbose_name=_("blocked providers"))
    lapsed = ArrayField(models.BigIntegerField(), verbose_name=_("providers without admission"))

    class Meta:
        verbose_name = _("generation of the search")
        verbose_name_plural = _("generations of the search")
        ordering = ["-pk"]
        indexes = [models.Index(name="search_generation_day", fields=["day", "id"])]

    class Privacy:
        personal: set[str] = set()
        keep = None
        erase = "keep"  # an extract of the catalogue

    def __str__(self):
        return f"{self.day} {self.pk}"


class SearchPosting(models.Model):
    """The courses of a generation that contain a lexeme, as positions in compressed bitmaps (roaring)."""

    generation = models.ForeignKey(
        SearchGeneration,
        on_delete=models.CASCADE,
        related_name="postings",
        verbose_name=_("generation"),
        db_index=False,  # the constraint's index begins with it
    )
    lexeme = models.CharField(_("lexeme"), max_length=2046, db_collation="C")
    title = models.BinaryField(_("in the title"))  # weight A
    names = models.BinaryField(_("in titles, keywords or names"))  # weights A to C
    anywhere = models.BinaryField(_("anywhere"))

    class Meta:
        verbose_name = _("posting")
        verbose_name_plural = _("postings")
        constraints = [models.UniqueConstraint(name="search_posting_once", fields=["generation", "lexeme"])]

    class Privacy:
        personal: set[str] = set()
        keep = None
        erase = "keep"  # an extract of the catalogue

    def __str__(self):
        return self.lexeme


class SearchChange(models.Model):
    """Courses whose rows were made anew: what a generation does not know until one has taken it in."""

    courses = ArrayField(models.BigIntegerField(), null=True, verbose_name=_("courses"))  # NULL: all of them
    taken_in = models.ForeignKey(
        SearchGeneration, on_delete=models.CASCADE, null=True, related_name="changes", verbose_name=_("taken in by")
    )

    class Meta:
        verbose_name = _("change of the search")
        verbose_name_plural = _("changes of the search")

    class Privacy:
        personal: set[str] = set()
        keep = None
        erase = "keep"  # an extract of the catalogue

    def __str__(self):
        return str(self.pk)


class SearchWord(models.Model):
    """A word of the catalogue in lower case: what "Did you mean" may suggest and of what compounds may consist."""

    word = models.CharField(_("word"), max_length=60, primary_key=True)
    folded = models.CharField(_("word without umlauts"), max_length=120)  # see courses.search.analyser.fold
    shortened = ArrayField(models.TextField(), default=list, verbose_name=_("with one letter less"))  # see analyser
    uses = models.PositiveIntegerField(_("courses"), default=1)  # with this word, as of the last full renewal
    is_noun = models.BooleanField(_("may be part of a compound"), default=False)

    class Meta:
        verbose_name = _("word of the search")
        verbose_name_plural = _("words of the search")
        indexes = [
            # Equal ones, and those that begin so, see courses.search.suggestions.
            models.Index(
                name="search_word_begin",
                fields=["folded"],
                opclasses=["varchar_pattern_ops"],
                include=["uses", "word", "is_noun"],
            ),
            GinIndex(name="search_word_shortened", fields=["shortened"]),
            # By their ends, see courses.search.words.
            models.Index(Collate(Reverse("word"), "C"), name="search_word_end"),
            models.Index(Collate(Reverse("folded"), "C"), name="search_word_folded_end"),
        ]

    class Privacy:
        personal: set[str] = set()
        keep = None
        erase = "keep"  # vocabulary

    def __str__(self):
        return self.word


class Synonym(models.Model):
    """Whoever searches for the one also finds the other. Synonyms do not chain: of A = B and B = C, A finds B only."""

    class Kind(models.TextChoices):
        EQUAL = "equal", _("both find each other")
        ONE_WAY = "one_way", _("the first finds the second, too")
        HIDDEN = "hidden", _("the first finds the second, and no page says so")

    term = models.CharField(_("word or words"), max_length=80)
    meaning = models.CharField(_("also searched for"), max_length=80)
    kind = models.CharField(_("kind"), max_length=8, choices=Kind, default=Kind.EQUAL)
    # As the search sees them, in the order of the words; see courses.search.words.in_order.
    term_stems = ArrayField(models.CharField(max_length=80), editable=False)
    meaning_stems = ArrayField(models.CharField(max_length=80), editable=False)

    class Meta:
        verbose_name = _("synonym")
        verbose_name_plural = _("synonyms")
        ordering = ["term", "meaning"]
        constraints = [
            models.UniqueConstraint(name="synonym_once", fields=["term_stems", "meaning_stems"]),
            models.CheckConstraint(name="synonym_has_words", condition=~Q(term_stems=[]) & ~Q(meaning_stems=[])),
        ]

    class Privacy:
        personal: set[str] = set()
        keep = None
        erase = "keep"  # vocabulary

    def __str__(self):
        return f"{self.term} → {self.meaning}"


class SearchMissQuerySet(models.QuerySet):
    def recent(self):
        """Those of the last thirty days: what is being looked for now."""
        return self.filter(day__gt=clock.today() - timedelta(days=30))


class SearchMiss(models.Model):
    """How often nothing was found for these words on a day. Words and place alone: no person, address, browser or time
    of day; see courses.search.misses for which words are never kept."""

    term = models.CharField(_("words"), max_length=60)
    place = models.CharField(_("place"), max_length=120, blank=True)
    day = models.DateField(_("day"))
    searches = models.PositiveIntegerField(_("searches"))

    objects = SearchMissQuerySet.as_manager()

    class Meta:
        verbose_name = _("search without result")
        verbose_name_plural = _("searches without result")
        ordering = ["-day", "-searches", "term", "place"]
        constraints = [models.UniqueConstraint(name="search_miss_once_a_day", fields=["term", "place", "day"])]

    class Privacy:
        personal: set[str] = set()
        keep = timedelta(days=730)  # two autumns can be compared
        erase = "delete"  # by age; it belongs to nobody

    def __str__(self):
        return self.term
