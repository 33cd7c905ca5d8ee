"""One vocabulary for supply and demand: the region and its places, topics, and code lists of the Bundesagentur."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from kit import text
from kit.models import Timestamped

LONGEST_JOURNEY = 120  # minutes; longer ways to work are not asked for


class RegionQuerySet(models.QuerySet):
    def current(self) -> "Region":
        """The region of this installation, or `Region.unnamed()`."""
        return self.first() or self.model.unnamed()


class Region(models.Model):
    """The one education region of this installation: name, look and the phone number that stands on every page."""

    name = models.CharField(_("name"), max_length=120)
    subtitle = models.CharField(_("subtitle"), max_length=160, blank=True)
    slogan = models.CharField(_("sentence on the home page"), max_length=200, blank=True)
    office = models.CharField(_("education office"), max_length=160)
    address = models.TextField(_("address"))
    phone = models.CharField(_("phone"), max_length=40)
    email = models.EmailField(_("e-mail"))
    opening_hours = models.CharField(_("opening hours"), max_length=160)
    logo = models.ImageField(_("logo"), upload_to="region/", blank=True)
    color_brand = models.CharField(_("main colour"), max_length=7, default="#00566b")
    color_accent = models.CharField(_("accent colour"), max_length=7, default="#f2b632")
    is_invented = models.BooleanField(_("invented for demonstration"), default=False)

    objects = RegionQuerySet.as_manager()

    class Meta:
        verbose_name = _("region")
        verbose_name_plural = _("region")
        constraints = [models.CheckConstraint(name="region_is_one_row", condition=Q(pk=1))]

    class Privacy:
        personal: set[str] = set()
        keep = None
        erase = "keep"  # an office, not a person

    def __str__(self):
        return self.name

    def save(self, *args, **kwargs):
        self.pk = 1
        super().save(*args, **kwargs)

    @classmethod
    def unnamed(cls) -> "Region":
        """What stands on pages and papers before anybody has set the region up, or while no database answers."""
        return cls(pk=1, name="Lernregion", office="Lernregion", address="", phone="", email="", opening_hours="")


class Land(models.Model):
    """A German Land, by the first two digits of the official district code (AGS)."""

    code = models.CharField(max_length=2, primary_key=True)
    name = models.CharField(_("name"), max_length=60)

    class Meta:
        verbose_name = _("Land")
        verbose_name_plural = _("Länder")
        ordering = ["code"]

    class Privacy:
        personal: set[str] = set()
        keep = None
        erase = "keep"  # geography

    def __str__(self):
        return self.name


class District(models.Model):
    """A Landkreis or a district-free city. Those of the region carry contact and supervision of their own."""

    code = models.CharField(_("official code"), max_length=5, primary_key=True)
    name = models.CharField(_("name"), max_length=120)
    sort_key = models.CharField(max_length=120, editable=False)
    land = models.ForeignKey(Land, on_delete=models.PROTECT, related_name="districts", verbose_name=_("Land"))
    in_region = models.BooleanField(_("belongs to the region"), default=False)
    contact = models.TextField(_("contact"), blank=True)
    enforcement_body = models.TextField(_("enforcement body for accessibility"), blank=True)
    data_protection_authority = models.TextField(_("data protection authority"), blank=True)

    class Meta:
        verbose_name = _("district")
        verbose_name_plural = _("districts")
        ordering = ["sort_key", "code"]

    class Privacy:
        personal: set[str] = set()
        keep = None
        erase = "keep"  # geography

    def __str__(self):
        return self.name

    def save(self, *args, **kwargs):
        self.sort_key = text.fold(self.name)
        super().save(*args, **kwargs)


class HolidayQuerySet(models.QuerySet):
    def on(self, day, land: str):
        """What of a Land falls on a day."""
        return self.between(day, day, land)

    def between(self, first_day, last_day, land: str):
        return self.filter(land=land, first_day__lte=last_day, last_day__gte=first_day)

    def in_region(self, day):
        """What of any Land in which the region lies falls on a day."""
        lands = District.objects.filter(in_region=True).values("land")
        return self.filter(land__in=lands, first_day__lte=day, last_day__gte=day)

    def public_in_region(self, day):
        return self.in_region(day).filter(kind=Holiday.Kind.PUBLIC)


class Holiday(models.Model):
    """A public holiday or school holidays of a Land."""

    class Kind(models.TextChoices):
        PUBLIC = "public", _("public holiday")
        SCHOOL = "school", _("school holidays")

    land = models.ForeignKey(Land, on_delete=models.CASCADE, related_name="holidays", verbose_name=_("Land"))
    kind = models.CharField(_("kind"), max_length=6, choices=Kind)
    name = models.CharField(_("name"), max_length=80)
    first_day = models.DateField(_("first day"))
    last_day = models.DateField(_("last day"))

    objects = HolidayQuerySet.as_manager()

    class Meta:
        verbose_name = _("holiday")
        verbose_name_plural = _("holidays")
        ordering = ["first_day", "land", "pk"]
        constraints = [
            models.UniqueConstraint(name="holiday_once", fields=["land", "kind", "first_day", "name"]),
            models.CheckConstraint(name="holiday_runs_forward", condition=Q(last_day__gte=models.F("first_day"))),
        ]
        indexes = [models.Index(name="holiday_days", fields=["land", "first_day", "last_day"])]

    class Privacy:
        personal: set[str] = set()
        keep = None
        erase = "keep"  # calendar

    def __str__(self):
        return self.name


class PlaceQuerySet(models.QuerySet):
    def in_region(self):
        return self.filter(district__in_region=True)

    def named(self, name: str):
        return self.filter(sort_key=text.fold(name))


class Place(models.Model):
    """A town or village. Names are ambiguous (there are several Mühlhausen): the district tells them apart."""

    name = models.CharField(_("name"), max_length=120)
    sort_key = models.CharField(max_length=120, editable=False)
    slug = models.SlugField(_("part of the address"), max_length=160, unique=True)
    district = models.ForeignKey(District, on_delete=models.PROTECT, related_name="places", verbose_name=_("district"))
    latitude = models.FloatField(_("latitude"))
    longitude = models.FloatField(_("longitude"))

    objects = PlaceQuerySet.as_manager()

    class Meta:
        verbose_name = _("place")
        verbose_name_plural = _("towns and villages")
        ordering = ["sort_key", "pk"]
        constraints = [models.UniqueConstraint(name="place_once_per_district", fields=["name", "district"])]
        indexes = [models.Index(name="place_sort_key", fields=["sort_key"])]

    class Privacy:
        personal: set[str] = set()
        keep = None
        erase = "keep"  # geography

    def __str__(self):
        return self.name

    def save(self, *args, **kwargs):
        self.sort_key = text.fold(self.name)
        super().save(*args, **kwargs)


class Postcode(models.Model):
    """A postcode of a place with its own position; big towns have many."""

    code = models.CharField(_("postcode"), max_length=5)
    place = models.ForeignKey(Place, on_delete=models.CASCADE, related_name="postcodes", verbose_name=_("place"))
    latitude = models.FloatField(_("latitude"))
    longitude = models.FloatField(_("longitude"))

    class Meta:
        verbose_name = _("postcode")
        verbose_name_plural = _("postcodes")
        ordering = ["code", "pk"]
        constraints = [models.UniqueConstraint(name="postcode_once_per_place", fields=["code", "place"])]

    class Privacy:
        personal: set[str] = set()
        keep = None
        erase = "keep"  # geography

    def __str__(self):
        return self.code


class Timetable(models.Model):
    """The timetable from which all travel times were computed, by `manage.py import_timetable`."""

    day = models.DateField(_("day"))
    source = models.CharField(_("source"), max_length=200)  # as its licence wants it named
    imported_at = models.DateTimeField(_("imported at"))

    class Meta:
        verbose_name = _("timetable")
        verbose_name_plural = _("timetable")
        constraints = [models.CheckConstraint(name="timetable_is_one_row", condition=Q(pk=1))]

    class Privacy:
        personal: set[str] = set()
        keep = None
        erase = "keep"  # public data

    def __str__(self):
        return f"{self.source}, {self.day:%d.%m.%Y}"


class TravelTime(models.Model):
    """The shortest journey from one place to another that arrives on a school morning, with all walks.

    Rebuilt whole by each import. Only pairs of which one end lies in the region, and only up to LONGEST_JOURNEY.
    """

    origin = models.ForeignKey(Place, on_delete=models.CASCADE, related_name="+", verbose_name=_("from"))
    destination = models.ForeignKey(Place, on_delete=models.CASCADE, related_name="+", verbose_name=_("to"))
    minutes = models.PositiveSmallIntegerField(_("minutes"))
    rides = models.PositiveSmallIntegerField(_("rides"))  # none: on foot the whole way

    class Meta:
        verbose_name = _("travel time")
        verbose_name_plural = _("travel times")
        ordering = ["origin_id", "destination_id"]
        constraints = [
            models.UniqueConstraint(name="travel_time_once", fields=["origin", "destination"]),
            models.CheckConstraint(name="travel_time_leads_on", condition=~Q(origin=models.F("destination"))),
            models.CheckConstraint(name="travel_time_bounded", condition=Q(minutes__range=(1, LONGEST_JOURNEY))),
        ]

    class Privacy:
        personal: set[str] = set()
        keep = None
        erase = "keep"  # public data

    def __str__(self):
        return f"{self.origin} – {self.destination}"

    @property
    def changes(self) -> int:
        return max(self.rides - 1, 0)


class RegionMap(models.Model):
    """The picture of the region, drawn by `manage.py draw_region` (taxonomy.regionmap). A row and not a file: every
    web machine needs it."""

    drawing = models.JSONField(_("drawing"))
    drawn_at = models.DateTimeField(_("drawn at"))

    class Meta:
        verbose_name = _("map of the region")
        verbose_name_plural = _("map of the region")
        constraints = [models.CheckConstraint(name="region_map_is_one_row", condition=Q(pk=1))]

    class Privacy:
        personal: set[str] = set()
        keep = None
        erase = "keep"  # geography

    def __str__(self):
        return f"{self.drawn_at:%d.%m.%Y}"


class TopicQuerySet(models.QuerySet):
    def roots(self):
        return self.filter(parent=None)


class Topic(models.Model):
    """What people look for, in two levels. A course has one topic; a coordinator may refine the automatic one."""

    name = models.CharField(_("name"), max_length=80)
    name_en = models.CharField(_("name in English"), max_length=80, blank=True)
    slug = models.SlugField(_("part of the address"), max_length=80, unique=True)
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("above")
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    cues = ArrayField(
        models.CharField(max_length=60), default=list, blank=True, verbose_name=_("words that point to this topic")
    )

    objects = TopicQuerySet.as_manager()

    class Meta:
        verbose_name = _("topic")
        verbose_name_plural = _("topics")
        ordering = ["position", "pk"]
        constraints = [models.CheckConstraint(name="topic_not_below_itself", condition=~Q(parent=models.F("pk")))]

    class Privacy:
        personal: set[str] = set()
        keep = None
        erase = "keep"  # vocabulary

    def __str__(self):
        return (self.name_en or self.name) if get_language() == "en" else self.name


class JobFamily(models.TextChoices):
    """Fields of work: the 14 Berufssegmente of the KldB 2010 (Bundesagentur für Arbeit), with their numbers."""

    AGRICULTURE = "S11", _("agriculture, forestry and gardening")
    PRODUCTION = "S12", _("production")
    TECHNOLOGY = "S13", _("technology and machines")
    BUILDING = "S14", _("building and interior work")
    FOOD = "S21", _("food, hotels and restaurants")
    HEALTH = "S22", _("health and care")
    SOCIAL = "S23", _("social work, education and culture")
    TRADE = "S31", _("trade and sales")
    MANAGEMENT = "S32", _("business management and office")
    SERVICES = "S33", _("finance, law and administration")
    COMPUTING = "S41", _("computers and natural sciences")
    SAFETY = "S51", _("safety and security")
    LOGISTICS = "S52", _("transport and logistics")
    CLEANING = "S53", _("cleaning")


class CodeList(models.TextChoices):
    """The value lists of open-Q-cat 1.1 that we store as numbers (files in taxonomy/data/codes/)."""

    COURSE_TYPE = "course_type", _("course type")
    EDUCATION_TYPE = "education_type", _("kind of education")
    INSTITUTION = "institution", _("kind of institution")
    ORGANIZATIONAL_FORM = "organizational_form", _("form of organisation")
    INSTRUCTION_FORM = "instruction_form", _("form of instruction")
    INSTRUCTION_TIME = "instruction_time", _("full time or part time")
    EXECUTION_FORM = "execution_form", _("form of execution")
    DURATION = "duration", _("duration class")
    SEGMENT_TYPE = "segment_type", _("kind of course phase")
    CERTIFICATE_STATUS = "certificate_status", _("certificate status")
    CERTIFIER = "certifier", _("certifier")
    CONTACT_ROLE = "contact_role", _("role of a contact")
    HANDICAP = "handicap", _("disability that the course is made for")


class CodeQuerySet(models.QuerySet):
    def unknown(self):
        return self.filter(is_known=False)


class Code(Timestamped):
    """A value of a code list. A delivery may name values that no list has: they are kept and shown in a queue."""

    list = models.CharField(_("list"), max_length=24, choices=CodeList)
    number = models.PositiveIntegerField(_("number"))
    label = models.CharField(_("label"), max_length=255)
    is_known = models.BooleanField(_("part of the official list"), default=True)

    objects = CodeQuerySet.as_manager()

    class Meta:
        verbose_name = _("code")
        verbose_name_plural = _("codes")
        ordering = ["list", "number"]
        constraints = [models.UniqueConstraint(name="code_once_per_list", fields=["list", "number"])]

    class Privacy:
        personal: set[str] = set()
        keep = None
        erase = "keep"  # vocabulary

    def __str__(self):
        return self.label


class FundingType(Timestamped):
    """A way to get a course paid: federal, or of one Land. Numbers are those of open-Q-cat's FUNDING_TYPES_*."""

    class Level(models.TextChoices):
        FEDERAL = "federal", _("federal")
        REGIONAL = "regional", _("regional")

    level = models.CharField(_("federal or regional"), max_length=8, choices=Level)
    number = models.PositiveIntegerField(_("number"))
    name = models.CharField(_("name"), max_length=255)
    short_name = models.CharField(_("short name"), max_length=60, blank=True)
    slug = models.SlugField(_("part of the address"), max_length=80, unique=True)
    land = models.ForeignKey(Land, on_delete=models.PROTECT, null=True, blank=True, verbose_name=_("Land"))
    explanation = models.TextField(_("who can use it, what to do next"), blank=True)
    reviewed_on = models.DateField(_("text checked on"), null=True, blank=True)
    is_known = models.BooleanField(_("part of the official list"), default=True)

    class Meta:
        verbose_name = _("funding")
        verbose_name_plural = _("funding")
        ordering = ["level", "number"]
        constraints = [models.UniqueConstraint(name="funding_type_once_per_level", fields=["level", "number"])]

    class Privacy:
        personal: set[str] = set()
        keep = None
        erase = "keep"  # vocabulary

    def __str__(self):
        return self.short_name or self.name


class Page(Timestamped):
    """A legal or help text in one language, edited in the admin; a template until somebody has completed it."""

    slug = models.SlugField(_("part of the address"), max_length=60)
    language = models.CharField(_("language"), max_length=8)
    title = models.CharField(_("title"), max_length=120)
    body = models.TextField(_("text"))
    is_template = models.BooleanField(_("template, still to be completed"), default=True)
    reviewed_on = models.DateField(_("text checked on"), null=True, blank=True)

    class Meta:
        verbose_name = _("page")
        verbose_name_plural = _("pages")
        ordering = ["slug", "language"]
        constraints = [models.UniqueConstraint(name="page_once_per_language", fields=["slug", "language"])]

    class Privacy:
        personal: set[str] = set()
        keep = None
        erase = "keep"  # public texts

    def __str__(self):
        return f"{self.title} ({self.language})"

    def get_absolute_url(self):
        return reverse("page", args=[self.slug])
