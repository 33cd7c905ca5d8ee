"""Who advises, on what, where, how and for whom: centres, counsellors, subjects, services, rooms."""

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from kit.models import Timestamped
from providers.models import Location, Organization
from taxonomy.models import Land, Topic


class Mode(models.TextChoices):
    """How one meets. All of them share one calendar, so that a mode can change without losing the time."""

    IN_PERSON = "in_person", _("in person")
    PHONE = "phone", _("by phone")
    VIDEO = "video", _("by video")
    ON_SITE = "on_site", _("at your place")


class Audience(models.TextChoices):
    PERSON = "person", _("for people")
    COMPANY = "company", _("for companies")
    INSTITUTION = "institution", _("for institutions")


class Language(models.TextChoices):
    """In which a talk can be held. Own names, as in the menu of languages."""

    GERMAN = "de", "Deutsch"
    EASY = "de-easy", _("simple German")
    SIGN = "dgs", _("German sign language")
    ENGLISH = "en", "English"
    ARABIC = "ar", "العربية"
    UKRAINIAN = "uk", "Українська"
    RUSSIAN = "ru", "Русский"
    PERSIAN = "fa", "فارسی"
    TURKISH = "tr", "Türkçe"
    POLISH = "pl", "Polski"


class Center(Timestamped):
    """A counselling centre: a house with an address, a phone and opening hours. Its Land decides the holidays."""

    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="centers", verbose_name=_("organisation")
    )
    name = models.CharField(_("name"), max_length=120)
    slug = models.SlugField(_("part of the address"), max_length=80, unique=True)
    location = models.ForeignKey(Location, on_delete=models.PROTECT, related_name="centers", verbose_name=_("address"))
    land = models.ForeignKey(Land, on_delete=models.PROTECT, related_name="+", verbose_name=_("Land"))
    phone = models.CharField(_("phone"), max_length=60)
    email = models.EmailField(_("e-mail"))
    opening_hours = models.CharField(_("opening hours"), max_length=160)
    introduction = models.TextField(_("what one can expect"), blank=True)
    access_note = models.CharField(_("how to get in"), max_length=255, blank=True)  # floor, lift, doorbell
    is_open = models.BooleanField(_("takes bookings"), default=True)

    class Meta:
        verbose_name = _("counselling centre")
        verbose_name_plural = _("counselling centres")
        ordering = ["name", "pk"]

    class Privacy:
        personal: set[str] = set()
        keep = None
        erase = "keep"  # a house

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("counseling:center", args=[self.slug])

    @property
    def as_places(self) -> list[Location]:
        """For the map of the region."""
        return [self.location]

    @property
    def map_address(self) -> str:
        """A street map on another website; "" without a position."""
        at = self.location.latitude, self.location.longitude
        return "" if None in at else "https://www.openstreetmap.org/?mlat={0}&mlon={1}#map=17/{0}/{1}".format(*at)


class RoomQuerySet(models.QuerySet):
    def for_talks_of(self, counsellor: "Counsellor"):
        """Where this counsellor meets clients, always in the same order, so that two bookings wait in one line."""
        return self.filter(center=counsellor.center_id, for_talks=True).order_by("pk")


class Room(models.Model):
    """A room of a centre, for talks and, for the house itself, for meetings and workshops."""

    center = models.ForeignKey(
        Center, on_delete=models.CASCADE, related_name="rooms", verbose_name=_("counselling centre")
    )
    name = models.CharField(_("name"), max_length=80)
    seats = models.PositiveSmallIntegerField(_("seats"), default=4)
    is_step_free = models.BooleanField(_("step-free"), default=True)
    for_talks = models.BooleanField(_("for counselling talks"), default=True)

    objects = RoomQuerySet.as_manager()

    class Meta:
        verbose_name = _("room")
        verbose_name_plural = _("rooms")
        ordering = ["center", "name", "pk"]
        constraints = [models.UniqueConstraint(name="room_once_per_center", fields=["center", "name"])]

    class Privacy:
        personal: set[str] = set()
        keep = None
        erase = "keep"

    def __str__(self):
        return self.name


class SubjectQuerySet(models.QuerySet):
    def offered(self):
        """On which a talk with a person can be booked."""
        services = Service.objects.bookable().for_audience(Audience.PERSON)
        return self.filter(Exists(services.filter(subjects=OuterRef("pk"))))

    def about(self, topic: Topic | None):
        """Joined to the topic or the one above it; those for people who do not know yet come last, or alone."""
        if topic is None:
            return self.order_by("-is_unsure", "position", "pk")
        joined = Subject.topics.through.objects.filter(subject=OuterRef("pk"), topic__in=[topic.pk, topic.parent_id])
        return self.filter(Exists(joined) | Q(is_unsure=True)).order_by("is_unsure", "position", "pk")


class Subject(models.Model):
    """What one wants to talk about, in the words of those who ask; joined to the topics of the courses."""

    name = models.CharField(_("name"), max_length=80)
    name_en = models.CharField(_("name in English"), max_length=80, blank=True)
    hint = models.CharField(_("explanation"), max_length=160, blank=True)
    audiences = ArrayField(models.CharField(max_length=11, choices=Audience), verbose_name=_("for whom"))
    topics = models.ManyToManyField(Topic, blank=True, related_name="+", verbose_name=_("topics of courses"))
    is_unsure = models.BooleanField(_("for those who do not know yet"), default=False)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    objects = SubjectQuerySet.as_manager()

    class Meta:
        verbose_name = _("subject")
        verbose_name_plural = _("subjects")
        ordering = ["position", "pk"]

    class Privacy:
        personal: set[str] = set()
        keep = None
        erase = "keep"

    def __str__(self):
        return (self.name_en or self.name) if get_language() == "en" else self.name


class CounsellorQuerySet(models.QuerySet):
    def active(self):
        return self.filter(is_active=True, user__is_active=True, center__is_open=True)

    def of(self, user: User):
        return self.filter(user=user) if user.is_authenticated else self.none()

    def for_service(self, service: "Service"):
        """Its own team where it has one, else everybody who advises on the same subjects."""
        if service.team.exists():
            return self.filter(services=service)
        return self.filter(Exists(Subject.objects.filter(counsellors=OuterRef("pk"), services=service)))

    def advising_on(self, subject: "Subject"):
        return self.filter(subjects=subject)

    def speaking(self, language: str):
        return self.filter(languages__contains=[language])

    def meeting(self, mode: str):
        return self.filter(modes__contains=[mode])

    def for_talk(self, service: "Service", subject: "Subject", language: str):
        """Who could hold such a talk, with what decides about their times."""
        return self.active().for_service(service).advising_on(subject).speaking(language).select_related("center")

    def for_cards(self):
        """With what a list shows of them."""
        return self.select_related("center", "school").prefetch_related("subjects")


class Counsellor(Timestamped):
    """Somebody who advises; a school social worker may be one. Notes stay with this person and the stand-in."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="counsellor", verbose_name=_("person"))
    center = models.ForeignKey(
        Center, on_delete=models.PROTECT, related_name="counsellors", verbose_name=_("counselling centre")
    )
    school = models.ForeignKey(
        Organization, on_delete=models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("school"), help_text=_("For school social workers: the school where they work."),
    )  # fmt: skip
    display_name = models.CharField(_("name as clients see it"), max_length=120)
    subjects = models.ManyToManyField(Subject, related_name="counsellors", verbose_name=_("subjects"))
    languages = ArrayField(models.CharField(max_length=7, choices=Language), verbose_name=_("languages"))
    modes = ArrayField(models.CharField(max_length=9, choices=Mode), verbose_name=_("modes"))
    standin = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("stand-in")
    )
    video_url = models.URLField(
        _("video room"), max_length=300, blank=True,
        help_text=_("Of our own or a contracted server. Each talk gets an address of its own below it."),
    )  # fmt: skip
    dial_in = models.CharField(_("phone number of the video room"), max_length=60, blank=True)
    training = models.TextField(_("training and competences"), blank=True)
    is_active = models.BooleanField(_("takes bookings"), default=True)

    objects = CounsellorQuerySet.as_manager()

    class Meta:
        verbose_name = _("counsellor")
        verbose_name_plural = _("counsellors")
        ordering = ["display_name", "pk"]
        constraints = [
            models.CheckConstraint(name="counsellor_not_own_standin", condition=~Q(standin=models.F("pk"))),
            models.CheckConstraint(name="counsellor_says_something", condition=~Q(languages=[]) & ~Q(modes=[])),
        ]

    class Privacy:
        personal = {"user", "display_name", "languages", "training", "video_url", "dial_in"}
        keep = None  # as long as the person advises
        erase = "delete"

    def __str__(self):
        return self.display_name

    def clean(self):
        super().clean()
        if Mode.VIDEO in (self.modes or []) and not self.video_url:
            raise ValidationError({"video_url": _("Whoever advises by video needs a room that clients can enter.")})

    @property
    def audit_label(self) -> str:
        return f"counsellor {self.pk}"

    @property
    def language_labels(self) -> list[str]:
        return [str(Language(language).label) for language in self.languages]

    @property
    def mode_labels(self) -> list[str]:
        return [str(Mode(mode).label) for mode in self.modes]


class ServiceQuerySet(models.QuerySet):
    def bookable(self):
        return self.filter(is_active=True)

    def for_audience(self, audience: str):
        return self.filter(audience=audience)

    def of(self, counsellor: Counsellor):
        """Those in whose team one is, and those without a team on one's subjects."""
        return self.filter(Q(team=counsellor) | Q(team=None, subjects__counsellors=counsellor)).distinct()


class Service(Timestamped):
    """A kind of talk: for whom, how long, with which pauses around it, how early and how late one can book it."""

    name = models.CharField(_("name"), max_length=120)
    slug = models.SlugField(_("part of the address"), max_length=80, unique=True)
    audience = models.CharField(_("for whom"), max_length=11, choices=Audience)
    subjects = models.ManyToManyField(Subject, related_name="services", verbose_name=_("subjects"))
    team = models.ManyToManyField(
        Counsellor, blank=True, related_name="services", verbose_name=_("team"),
        help_text=_("Empty: everybody who advises on the subjects."),
    )  # fmt: skip
    modes = ArrayField(models.CharField(max_length=9, choices=Mode), verbose_name=_("modes"))
    minutes = models.PositiveSmallIntegerField(
        _("minutes"), default=45, validators=[MinValueValidator(10), MaxValueValidator(240)]
    )
    pause_before = models.PositiveSmallIntegerField(
        _("minutes free before"), default=0, validators=[MaxValueValidator(120)]
    )
    pause_after = models.PositiveSmallIntegerField(
        _("minutes free after"), default=15, validators=[MaxValueValidator(120)]
    )
    every = models.PositiveSmallIntegerField(
        _("a time every … minutes"), default=30, validators=[MinValueValidator(5), MaxValueValidator(240)]
    )
    notice_hours = models.PositiveSmallIntegerField(_("bookable until … hours before"), default=4)
    horizon_days = models.PositiveSmallIntegerField(
        _("bookable … days ahead"), default=56, validators=[MinValueValidator(1), MaxValueValidator(365)]
    )
    cancel_hours = models.PositiveSmallIntegerField(_("can be cancelled until … hours before"), default=4)
    follow_up_weeks = models.PositiveSmallIntegerField(_("ask after … weeks whether it helped"), default=6)
    reminds_twice = models.BooleanField(_("remind two hours before too"), default=False)
    is_active = models.BooleanField(_("is offered"), default=True)

    objects = ServiceQuerySet.as_manager()

    class Meta:
        verbose_name = _("service")
        verbose_name_plural = _("services")
        ordering = ["audience", "name", "pk"]
        constraints = [
            models.CheckConstraint(
                name="service_lengths_sensible",
                condition=Q(
                    minutes__range=(10, 240), every__range=(5, 240), horizon_days__range=(1, 365),
                    pause_before__lte=120, pause_after__lte=120,
                ),
            ),
            models.CheckConstraint(name="service_has_a_mode", condition=~Q(modes=[])),
        ]  # fmt: skip

    class Privacy:
        personal: set[str] = set()
        keep = None
        erase = "keep"

    def __str__(self):
        return self.name
