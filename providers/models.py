"""Organisations that offer courses, training or advice: where they are, whom to ask, what certifies them."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from accounts.models import User
from kit import clock, geo, text
from kit.models import Publishable, PublishableQuerySet, Timestamped
from taxonomy.models import Place, Topic

PORTRAIT = ["mission", "audience", "equipment", "staff_note", "directions"]
"""The fixed headings of a profile, in their order, so that profiles can be compared."""


class OrganizationQuerySet(PublishableQuerySet):
    def visible(self):
        """Those with a public profile: published and not blocked."""
        return self.published().filter(blocked_at=None)

    def of_kind(self, kind: str):
        return self.filter(kinds__contains=[kind])

    def of_any_kind(self, kinds: list[str]):
        return self.filter(kinds__overlap=kinds)

    def in_district(self, code: str):
        return self.filter(Exists(Location.objects.filter(organization=OuterRef("pk"), place__district=code)))

    def near(self, latitude: float, longitude: float, km: float):
        """Those with an address around a point; as a square, which is good enough for "in my area"."""
        box = geo.bounding_box(latitude, longitude, km)
        inside = Location.objects.filter(
            organization=OuterRef("pk"),
            latitude__range=(box.south, box.north),
            longitude__range=(box.west, box.east),
        )
        return self.filter(Exists(inside))

    def teaching(self, topic: Topic):
        """Those with a public course on the topic or on one below it."""
        about = Q(courses__topic=topic) | Q(courses__topic__parent=topic)
        public = Q(courses__state=Publishable.State.PUBLISHED, courses__withdrawn_at=None)
        return self.filter(pk__in=Organization.objects.filter(about & public).values("pk"))

    def named_like(self, words: str):
        """Every word stands somewhere in the name, umlauts or not."""
        found = self
        for word in text.fold(words).split():
            found = found.filter(sort_key__contains=word)
        return found

    def for_cards(self):
        """With what a list shows: the town of the main address, and whether the AZAV admission holds."""
        main = Location.objects.filter(organization=OuterRef("pk")).exclude(city="").order_by("-is_main", "pk")
        azav = Certification.objects.valid().filter(organization=OuterRef("pk"), kind=Certification.Kind.AZAV_PROVIDER)
        return self.annotate(town=Subquery(main.values("city")[:1]), has_azav=Exists(azav)).defer(*PORTRAIT)

    def nameable(self):
        """Those that may be named on a course: everybody but the blocked (a draft has no profile page yet)."""
        return self.filter(blocked_at=None)


class Organization(Publishable, Timestamped):
    """A Träger: provider, company, school, counselling centre or municipality; one may be several of them."""

    class Kind(models.TextChoices):
        PROVIDER = "provider", _("education provider")
        COMPANY = "company", _("company")
        SCHOOL = "school", _("school")
        COUNSELING = "counseling", _("counselling centre")
        MUNICIPALITY = "municipality", _("municipality")

    name = models.CharField(_("name"), max_length=255)
    sort_key = models.CharField(max_length=255, editable=False)
    slug = models.SlugField(_("part of the address"), max_length=120, unique=True)
    kinds = ArrayField(models.CharField(max_length=16, choices=Kind), verbose_name=_("kinds"))
    legal_form = models.PositiveIntegerField(
        _("form of organisation"), null=True, blank=True
    )  # Code organizational_form
    phone = models.CharField(_("phone"), max_length=60, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    website = models.URLField(_("website"), max_length=500, blank=True)
    logo = models.ImageField(_("logo"), upload_to="organizations/", blank=True)
    # The portrait has fixed headings, so that profiles can be compared.
    mission = models.TextField(_("who we are"), blank=True)
    audience = models.TextField(_("whom we teach"), blank=True)
    equipment = models.TextField(_("rooms and equipment"), blank=True)
    staff_note = models.TextField(_("our teachers"), blank=True)
    directions = models.TextField(_("how to get there"), blank=True)
    opening_hours = models.CharField(_("opening hours"), max_length=255, blank=True)
    is_trusted = models.BooleanField(_("new courses of its feed appear without approval"), default=False)
    blocked_at = models.DateTimeField(_("blocked at"), null=True, blank=True)
    blocked_reason = models.CharField(_("reason of the block"), max_length=255, blank=True)

    history = HistoricalRecords()
    objects = OrganizationQuerySet.as_manager()

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        ordering = ["sort_key", "pk"]
        constraints = [
            *Publishable.Meta.constraints,
            models.CheckConstraint(
                name="organization_kinds_known",
                condition=Q(kinds__contained_by=["provider", "company", "school", "counseling", "municipality"])
                & ~Q(kinds=[]),
            ),
            models.CheckConstraint(
                name="organization_block_has_reason", condition=Q(blocked_at=None) | ~Q(blocked_reason="")
            ),
        ]

    class Privacy:
        personal: set[str] = set()
        keep = None
        erase = "keep"  # an institution

    def __str__(self):
        return self.name

    def save(self, *args, **kwargs):
        self.sort_key = text.fold(self.name)[:255]
        super().save(*args, **kwargs)

    def get_absolute_url(self):
        return reverse("providers:detail", args=[self.slug])

    @property
    def has_profile(self) -> bool:
        return self.state == self.State.PUBLISHED and self.blocked_at is None

    @property
    def portrait(self) -> list[tuple[str, str]]:
        """(heading, text) of what the organisation has written about itself."""
        fields = [(self._meta.get_field(name).verbose_name, getattr(self, name)) for name in PORTRAIT]
        return [(heading, words) for heading, words in fields if words.strip()]

    @property
    def kind_labels(self) -> list[str]:
        return [str(self.Kind(kind).label) for kind in self.kinds]

    def may_claim_voucher(self, on=None) -> bool:
        """Whether its courses may say on a day (today by default) that a Bildungsgutschein pays them."""
        return Organization.objects.filter(azav_holds("pk", on=on), pk=self.pk).exists()


class Location(Timestamped):
    """An address of an organisation: its office, or a venue of its courses. Imported ones are recognised by `key`."""

    organization = models.ForeignKey(
        Organization, on_delete=models.CASCADE, related_name="locations", verbose_name=_("organisation")
    )
    key = models.CharField(max_length=40, editable=False)  # SHA-1 over the folded address, made in save()
    name = models.CharField(_("name"), max_length=255, blank=True)
    street = models.CharField(_("street"), max_length=255, blank=True)
    postcode = models.CharField(_("postcode"), max_length=14, blank=True)
    city = models.CharField(_("town"), max_length=120, blank=True)
    quarter = models.CharField(_("part of town"), max_length=120, blank=True)
    state_name = models.CharField(_("Land"), max_length=80, blank=True)
    country = models.CharField(_("country"), max_length=2, default="DE")
    phone = models.CharField(_("phone"), max_length=60, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    website = models.URLField(_("website"), max_length=500, blank=True)
    remarks = models.TextField(_("how to get there"), blank=True)
    is_barrier_free = models.BooleanField(_("step-free"), null=True, blank=True)
    is_main = models.BooleanField(_("main address"), default=False)
    place = models.ForeignKey(
        Place, on_delete=models.PROTECT, null=True, blank=True, related_name="locations", verbose_name=_("place")
    )
    latitude = models.FloatField(_("latitude"), null=True, blank=True)
    longitude = models.FloatField(_("longitude"), null=True, blank=True)

    class Meta:
        verbose_name = _("address")
        verbose_name_plural = _("addresses")
        ordering = ["-is_main", "city", "name", "pk"]
        constraints = [
            models.UniqueConstraint(name="location_once_per_organization", fields=["organization", "key"]),
            models.UniqueConstraint(name="location_one_main", fields=["organization"], condition=Q(is_main=True)),
            models.CheckConstraint(
                name="location_position_whole",
                condition=Q(latitude=None, longitude=None) | Q(latitude__isnull=False, longitude__isnull=False),
            ),
        ]

    class Privacy:
        personal: set[str] = set()
        keep = None
        erase = "keep"  # address of an institution

    def __str__(self):
        return ", ".join(filter(None, [self.name, self.street, f"{self.postcode} {self.city}".strip()]))

    def save(self, *args, **kwargs):
        self.key = self.make_key(self.name, self.street, self.postcode, self.city, self.quarter)
        super().save(*args, **kwargs)

    @staticmethod
    def make_key(*parts: str) -> str:
        return text.digest(*(text.fold(part) for part in parts))


class Contact(Timestamped):
    """Somebody whom people may ask, with the role that open-Q-cat gives (1 contact … 5 other)."""

    organization = models.ForeignKey(
        Organization, on_delete=models.CASCADE, related_name="contacts", verbose_name=_("organisation")
    )
    key = models.CharField(max_length=40, editable=False)
    role = models.PositiveIntegerField(_("role"), default=1)  # Code contact_role
    salutation = models.CharField(_("salutation"), max_length=15, blank=True)
    title = models.CharField(_("academic title"), max_length=30, blank=True)
    first_name = models.CharField(_("first name"), max_length=60, blank=True)
    last_name = models.CharField(_("last name"), max_length=60, blank=True)
    job_title = models.CharField(_("job title"), max_length=120, blank=True)
    phone = models.CharField(_("phone"), max_length=60, blank=True)
    mobile = models.CharField(_("mobile"), max_length=60, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    website = models.URLField(_("website"), max_length=500, blank=True)
    remarks = models.CharField(_("remarks"), max_length=4000, blank=True)

    class Meta:
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")
        ordering = ["role", "last_name", "pk"]
        constraints = [models.UniqueConstraint(name="contact_once_per_organization", fields=["organization", "key"])]

    class Privacy:
        personal = {"salutation", "title", "first_name", "last_name", "phone", "mobile", "email", "remarks"}
        keep = None  # as long as the provider names this person
        erase = "delete"

    def __str__(self):
        return self.full_name or self.phone or self.email

    def save(self, *args, **kwargs):
        self.key = self.make_key(self.role, self.first_name, self.last_name, self.phone, self.email)
        super().save(*args, **kwargs)

    @staticmethod
    def make_key(role, *parts: str) -> str:
        return text.digest(str(role), *(text.fold(part) for part in parts))

    @property
    def full_name(self) -> str:
        return " ".join(filter(None, [self.title, self.first_name, self.last_name]))


class Membership(Timestamped):
    """A person works for an organisation and may act for it in the portal."""

    class Role(models.TextChoices):
        ADMIN = "admin", _("manages the organisation and its people")
        EDITOR = "editor", _("keeps courses and offers")
        TEACHER = "teacher", _("teacher")
        LECTURER = "lecturer", _("lecturer")

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships", verbose_name=_("person"))
    organization = models.ForeignKey(
        Organization, on_delete=models.CASCADE, related_name="memberships", verbose_name=_("organisation")
    )
    role = models.CharField(_("role"), max_length=8, choices=Role, default=Role.EDITOR)

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        ordering = ["organization", "pk"]
        constraints = [models.UniqueConstraint(name="membership_once", fields=["user", "organization"])]

    class Privacy:
        personal = {"user"}
        keep = None  # until the person leaves
        erase = "delete"

    def __str__(self):
        return f"{self.user} – {self.organization}"


class CertificationQuerySet(models.QuerySet):
    def valid(self, on=None):
        """Those that count on a day (today by default): checked by somebody, begun, not expired. Never a job."""
        day = on or clock.today()
        return self.filter(
            Q(valid_from=None) | Q(valid_from__lte=day), Q(valid_to=None) | Q(valid_to__gte=day)
        ).exclude(checked_at=None)

    def expiring_within(self, days: int):
        today = clock.today()
        return self.filter(valid_to__gte=today, valid_to__lt=today + clock.days(days))


class Certification(Timestamped):
    """A proof of quality with number, certifier and validity. It shows on pages only while it is valid and checked."""

    class Kind(models.TextChoices):
        AZAV_PROVIDER = "azav_provider", _("AZAV (provider)")
        AZAV_MEASURE = "azav_measure", _("AZAV (measure)")
        ISO_9001 = "iso_9001", "ISO 9001"
        ISO_21001 = "iso_21001", "ISO 21001"
        ISO_29990 = "iso_29990", "ISO 29990 / 29993"
        LQW = "lqw", "LQW"
        STATE = "state", _("recognised by the Land")
        DISTANCE = "distance", _("distance learning (ZFU)")
        REGIONAL = "regional", _("seal of the region")
        OTHER = "other", _("other")

    organization = models.ForeignKey(
        Organization, on_delete=models.CASCADE, related_name="certifications", verbose_name=_("organisation")
    )
    kind = models.CharField(_("kind"), max_length=16, choices=Kind)
    number = models.CharField(_("number"), max_length=60, blank=True)
    certifier_number = models.PositiveIntegerField(_("certifier (number)"), null=True, blank=True)  # Code certifier
    certifier_name = models.CharField(_("certifier"), max_length=120, blank=True)
    scope = models.CharField(_("scope"), max_length=500, blank=True)
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_to = models.DateField(_("valid to"), null=True, blank=True)
    proof = models.FileField(_("proof"), upload_to="certifications/", blank=True)
    checked_by = models.CharField(_("checked by"), max_length=160, blank=True)
    checked_at = models.DateTimeField(_("checked at"), null=True, blank=True)

    history = HistoricalRecords()
    objects = CertificationQuerySet.as_manager()

    class Meta:
        verbose_name = _("certification")
        verbose_name_plural = _("certifications")
        ordering = ["kind", "-valid_to", "pk"]
        constraints = [
            models.CheckConstraint(
                name="certification_ends_after_begin",
                condition=Q(valid_from=None) | Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
            ),
            models.CheckConstraint(
                name="certification_checked_by_and_at",
                condition=Q(checked_by="", checked_at=None) | (~Q(checked_by="") & Q(checked_at__isnull=False)),
            ),
        ]

    class Privacy:
        personal = {"checked_by"}
        keep = None
        erase = "blank"  # the proof stays, the name of the staff member goes

    def __str__(self):
        return self.get_kind_display()

    @property
    def is_checked(self) -> bool:
        return self.checked_at is not None


def azav_holds(organization: str, on=None) -> Q:
    """Condition for any query: the AZAV admission of the organisation in this column holds on a day.

    § 178 SGB III: who is paid by Bildungsgutschein must be admitted. An organisation without a certification on record
    is believed, because deliveries name their admission per measure only; with one on record a valid one must be there.
    """
    azav = Certification.objects.filter(organization=OuterRef(organization), kind=Certification.Kind.AZAV_PROVIDER)
    return Q(~Exists(azav)) | Q(Exists(azav.valid(on)))
