"""What is taught: the course as its provider describes it, without dates."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Count, Q
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from kit import text
from kit.models import Publishable, PublishableQuerySet, Timestamped
from providers.models import Contact, Organization
from taxonomy.models import Topic


class Keyword(models.Model):
    """A word that describes courses; its kind says for what it may be used (kinds as in the field's oldest portals)."""

    class Kind(models.TextChoices):
        SUBJECT = "subject", _("subject")
        DEGREE = "degree", _("degree")
        DEGREE_KIND = "degree_kind", _("kind of degree")
        CERTIFICATE = "certificate", _("certificate")
        QUALITY = "quality", _("quality seal")
        FUNDING = "funding", _("funding")
        AUDIENCE = "audience", _("target group")
        TEACHING_FORM = "teaching_form", _("form of teaching")
        FEATURE = "feature", _("other feature")
        SYNONYM = "synonym", _("synonym")
        HIDDEN_SYNONYM = "hidden_synonym", _("hidden synonym (found, never shown)")
        ADMIN = "admin", _("for administration")

    kind = models.CharField(_("kind"), max_length=16, choices=Kind, default=Kind.SUBJECT)
    word = models.CharField(_("word"), max_length=255)

    class Meta:
        verbose_name = _("keyword")
        verbose_name_plural = _("keywords")
        ordering = ["kind", "word"]
        constraints = [models.UniqueConstraint(name="keyword_once_per_kind", fields=["kind", "word"])]

    class Privacy:
        personal: set[str] = set()
        keep = None
        erase = "keep"  # vocabulary

    def __str__(self):
        return self.word


class CourseQuerySet(PublishableQuerySet):
    def visible(self):
        """What the public may see: published, not withdrawn by its source, provider not blocked."""
        return self.published().filter(withdrawn_at=None, provider__blocked_at=None)

    def findable(self):
        """What the search keeps rows of; whether the provider is blocked is asked at each search."""
        return self.published().filter(withdrawn_at=None)

    def of(self, provider: Organization):
        return self.filter(provider=provider)

    def count_by_provider(self, providers: list[Organization]) -> dict[int, int]:
        """How many each of them has, by primary key; who has none is left out."""
        grouped = self.filter(provider__in=providers).order_by().values("provider")
        return dict(grouped.annotate(count=Count("pk")).values_list("provider", "count"))


class Course(Publishable, Timestamped):
    """An Angebot: what a provider teaches, to whom, with which result. Dates and prices stand on its runs."""

    class Level(models.TextChoices):
        A1 = "a1", "A1"
        A2 = "a2", "A2"
        B1 = "b1", "B1"
        B2 = "b2", "B2"
        C1 = "c1", "C1"
        C2 = "c2", "C2"
        BASIC = "basic", _("for beginners")
        INTERMEDIATE = "intermediate", _("with previous knowledge")
        ADVANCED = "advanced", _("advanced")

    provider = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="courses", verbose_name=_("provider")
    )
    source = models.ForeignKey(
        "courses.Source",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="courses",
        verbose_name=_("source"),
    )  # None: written in the portal
    external_id = models.CharField(_("id at the source"), max_length=255, blank=True)
    number = models.CharField(_("course number"), max_length=60, blank=True)
    title = models.CharField(_("title"), max_length=255)
    sort_key = models.CharField(max_length=255, editable=False)
    slug = models.SlugField(max_length=120, editable=False)
    description = models.TextField(_("description"), blank=True)  # clean HTML, see kit.text.clean
    text_simple = models.TextField(_("in plain language"), blank=True)
    requirements = models.TextField(_("what you need to bring"), blank=True)
    audience = models.TextField(_("for whom"), blank=True)
    terms = models.TextField(_("conditions"), blank=True)
    credits = models.TextField(_("credit for earlier learning"), blank=True)
    topic = models.ForeignKey(
        Topic, on_delete=models.PROTECT, null=True, blank=True, related_name="courses", verbose_name=_("topic")
    )
    level = models.CharField(_("level"), max_length=12, choices=Level, blank=True)
    level_is_derived = models.BooleanField(_("level was read from the title"), default=False)
    keywords = models.ManyToManyField(Keyword, blank=True, related_name="courses", verbose_name=_("keywords"))
    course_type = models.PositiveIntegerField(_("course type"), null=True, blank=True)
    education_type = models.PositiveIntegerField(_("kind of education"), null=True, blank=True)
    institution = models.PositiveIntegerField(_("kind of institution"), null=True, blank=True)
    degree_title = models.CharField(_("degree"), max_length=2000, blank=True)
    degree_type = models.PositiveIntegerField(_("kind of degree"), null=True, blank=True)
    degree_exam = models.CharField(_("exam"), max_length=255, blank=True)
    examiner = models.CharField(_("examined by"), max_length=255, blank=True)
    degree_additional = models.TextField(_("additional qualification"), blank=True)
    degree_entitled = models.TextField(_("entitles to"), blank=True)
    handicaps = ArrayField(models.PositiveIntegerField(), default=list, blank=True, verbose_name=_("made for"))
    systematics = models.JSONField(_("classification"), default=list, blank=True)  # [{"system", "code", "label"}]
    kldb = models.CharField(_("occupation (KldB 2010)"), max_length=5, blank=True)
    links = models.JSONField(_("links"), default=list, blank=True)  # [{"url", "label", "purpose"}]
    references = models.JSONField(_("related offers"), default=list, blank=True)  # [{"kind", "external_id"}]
    contact = models.ForeignKey(
        Contact, on_delete=models.SET_NULL, null=True, blank=True, related_name="courses", verbose_name=_("contact")
    )
    checked_at = models.DateTimeField(_("last checked"), null=True, blank=True)
    withdrawn_at = models.DateTimeField(_("withdrawn by its source"), null=True, blank=True)
    locked_fields = ArrayField(
        models.CharField(max_length=40), default=list, blank=True, verbose_name=_("fields corrected by hand")
    )
    digest = models.CharField(max_length=40, blank=True, editable=False)  # of the imported record

    history = HistoricalRecords()
    objects = CourseQuerySet.as_manager()

    class Meta:
        verbose_name = _("course")
        verbose_name_plural = _("courses")
        ordering = ["sort_key", "pk"]
        constraints = [
            *Publishable.Meta.constraints,
            models.UniqueConstraint(
                name="course_once_per_source", fields=["source", "external_id"], condition=Q(source__isnull=False)
            ),
            models.CheckConstraint(name="course_from_source_has_id", condition=Q(source=None) | ~Q(external_id="")),
        ]
        indexes = [models.Index(name="course_number", fields=["number"])]

    class Privacy:
        personal: set[str] = set()
        keep = None
        erase = "keep"  # an offer of an institution; its contact is a row of its own

    def __str__(self):
        return self.title

    def save(self, *args, **kwargs):
        self.derive()
        super().save(*args, **kwargs)

    def derive(self):
        """Set what follows from the title; also called before bulk writes, which do not pass save()."""
        self.sort_key = text.fold(self.title)[:255]
        self.slug = slugify(text.transliterate(self.title))[:100].strip("-") or "kurs"

    def get_absolute_url(self):
        return reverse("courses:detail", args=[self.slug, self.pk])

    @property
    def is_visible(self) -> bool:
        return self.state == self.State.PUBLISHED and self.withdrawn_at is None and self.provider.blocked_at is None
