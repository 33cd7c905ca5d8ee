"""People with a login, what they agreed to, and who did what."""

import hashlib
import uuid
from datetime import timedelta
from typing import Self

from django.apps import apps
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.roles import SECOND_FACTOR, STAFF, Role
from kit import clock, tokens
from kit.models import OutboxMail


class UserQuerySet(models.QuerySet):
    def active(self) -> Self:
        return self.filter(is_active=True)

    def with_role(self, *roles: str) -> Self:
        return self.filter(roles__overlap=list(roles))

    def reached_by(self, email: str) -> Self:
        """Whose account this address belongs to: as its login, or as a further address that was confirmed."""
        email = email.strip().lower()
        further = models.Q(emailaddress__email=email, emailaddress__verified=True)
        return self.filter(models.Q(email=email) | further).distinct()


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):
    def create_user(self, email: str, password: str | None = None, **fields) -> "User":
        """A login without a verified address; without a password only a code by mail opens it."""
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields) -> "User":
        """The first person of an installation: all staff roles, for nobody stands above the roles."""
        return self.create_user(email, password, **{"roles": sorted(STAFF), **fields})


class User(AbstractBaseUser):
    """A person who can log in, known by the e-mail address."""

    email = models.EmailField(_("e-mail address"), unique=True)
    full_name = models.CharField(_("name"), max_length=120, blank=True)
    roles = ArrayField(
        models.CharField(max_length=20, choices=Role.choices),
        verbose_name=_("roles"),
        default=list,
        blank=True,
    )
    is_active = models.BooleanField(
        _("may log in"),
        default=True,
        help_text=_("Without this tick, running logins end at the next click."),
    )
    date_joined = models.DateTimeField(_("account since"), editable=False)  # by save(): see there

    objects = UserManager()

    USERNAME_FIELD = EMAIL_FIELD = "email"
    REQUIRED_FIELDS: list[str] = []

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        ordering = ["email"]
        indexes = [GinIndex(fields=["roles"], name="user_roles")]
        constraints = [
            models.CheckConstraint(
                name="user_known_roles",
                condition=models.Q(roles__contained_by=list(Role.values)),
            ),
            models.CheckConstraint(name="user_lower_email", condition=models.Q(email=Lower("email"))),
        ]

    class Privacy:
        personal = {
            "email",
            "full_name",
            "password",
            "last_login",
            "roles",
            "is_active",
            "date_joined",
        }
        keep = None
        hidden = {"password"}
        erase = "delete"  # the account is the person; what must outlive it points nowhere (audit log)

    def __str__(self) -> str:
        return self.full_name or self.email

    def save(self, *args, **kwargs):
        """Not a default of the field: Django makes a User() before the clock has its table."""
        self.date_joined = self.date_joined or clock.now()
        super().save(*args, **kwargs)

    @property
    def audit_label(self) -> str:
        """Roles and number: the log outlives the account and must not name the person."""
        return f"{'/'.join(sorted(self.roles)) or 'account'} {self.pk}"

    @property
    def is_staff(self) -> bool:
        """Read by Django's admin: who may enter it."""
        return self.has_role(*STAFF)

    @property
    def is_superuser(self) -> bool:
        """Read by Django; nobody stands above the roles."""
        return False

    @property
    def needs_second_factor(self) -> bool:
        return self.has_role(*SECOND_FACTOR)

    def has_role(self, *roles: str) -> bool:
        """Whether the person has at least one of the roles, and may still log in."""
        return self.is_active and not set(roles).isdisjoint(self.roles)

    def has_perm(self, perm: str, obj: models.Model | None = None) -> bool:
        """Django's permission tables are not used; the admin asks the roles (kit.admin)."""
        return False

    def has_perms(self, perms: list[str], obj: models.Model | None = None) -> bool:
        return False

    def has_module_perms(self, app_label: str) -> bool:
        return False

    def get_full_name(self) -> str:
        return self.full_name

    def get_short_name(self) -> str:
        return self.full_name or self.email


class ConsentQuerySet(models.QuerySet):
    def given(self) -> Self:
        return self.filter(withdrawn_at=None)

    def to(self, purpose: str) -> Self:
        return self.filter(purpose=purpose)


class ConsentText(models.Model):
    """The exact words that people agreed to, kept once however many they are."""

    sha256 = models.CharField(_("SHA-256 of the text"), max_length=64, primary_key=True)
    text = models.TextField(_("text"))
    first_used_at = models.DateTimeField(_("first used"), default=clock.now)

    class Meta:
        verbose_name = _("text of consents")
        verbose_name_plural = _("texts of consents")
        ordering = ["-first_used_at", "pk"]

    class Privacy:
        personal: set[str] = set()
        keep = None
        erase = "keep"  # the same words for everybody

    def __str__(self) -> str:
        return self.text[:80]

    @classmethod
    def keep(cls, text: str) -> str:
        """Makes sure that these words are kept; returns their SHA-256."""
        sha256 = hashlib.sha256(text.encode()).hexdigest()
        cls.objects.get_or_create(sha256=sha256, defaults={"text": text})
        return sha256


class Consent(models.Model):
    """What a person agreed to: the purpose and the exact text, as Art. 7 (1) GDPR wants it shown later."""

    class AgeBand(models.TextChoices):
        CHILD = "child", _("under 16")
        YOUTH = "youth", _("16 or 17")
        ADULT = "adult", _("18 or older")

    user = models.ForeignKey(User, models.CASCADE, related_name="consents", verbose_name=_("person"))
    purpose = models.SlugField(_("purpose"), max_length=60)
    text_version = models.CharField(_("version of the text"), max_length=40)
    text_hash = models.CharField(_("SHA-256 of the text"), max_length=64)
    way = models.CharField(_("way"), max_length=80, blank=True)  # the login, or which link of which mail
    language = models.CharField(_("language"), max_length=10, blank=True)
    age_band = models.CharField(_("age"), max_length=5, choices=AgeBand, blank=True)
    given_at = models.DateTimeField(_("agreed on"), default=clock.now)
    withdrawn_at = models.DateTimeField(_("withdrawn on"), null=True, blank=True)

    objects = ConsentQuerySet.as_manager()

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        ordering = ["-given_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                name="consent_once",
                fields=["user", "purpose"],
                condition=models.Q(withdrawn_at=None),
            ),
            models.CheckConstraint(
                name="consent_withdrawn_after_given",
                condition=models.Q(withdrawn_at=None) | models.Q(withdrawn_at__gte=models.F("given_at")),
            ),
        ]

    class Privacy:
        personal = {"user", "purpose", "way", "language", "age_band", "given_at", "withdrawn_at"}
        keep = None
        erase = "delete"  # with the person goes what the person agreed to

    def __str__(self) -> str:
        return f"{self.purpose} {self.text_version}"

    @property
    def text(self) -> str:
        """The words that the person has read; "" where they were never kept."""
        return ConsentText.objects.filter(pk=self.text_hash).values_list("text", flat=True).first() or ""


def answer_has_time(name: str) -> models.CheckConstraint:
    """The constraint of an AskedParent: an answer and its time come together."""
    none = models.Q(answered_at=None, agreed=None)
    return models.CheckConstraint(name=name, condition=none | models.Q(answered_at__isnull=False, agreed__isnull=False))


class AskedParent(models.Model):
    """A parent who is asked by mail for a child, without an account: the yes or no, and the link to give it."""

    email = models.EmailField(_("e-mail"))
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)
    agreed = models.BooleanField(_("agrees"), null=True, blank=True)
    mail = models.ForeignKey(
        OutboxMail, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("mail")
    )
    nonce = models.CharField(max_length=60, default=tokens.new_nonce, editable=False)

    class Meta:
        abstract = True
        verbose_name = _("parent")
        verbose_name_plural = _("parents")


class AuditEntry(models.Model):
    """One deed. A trigger of the database refuses changes, and removal before the end of the period of keeping.

    There are no foreign keys: the entry outlives its object and its actor, and names neither person.
    """

    at = models.DateTimeField(_("point in time"), default=clock.now)
    verb = models.CharField(_("deed"), max_length=60)
    object_type = models.CharField(_("kind of object"), max_length=100)
    object_id = models.CharField(_("number of the object"), max_length=60, blank=True)
    object_label = models.CharField(_("object"), max_length=200, blank=True)
    actor_id = models.CharField(_("number of the person"), max_length=60, blank=True)
    actor_label = models.CharField(_("done by"), max_length=200)
    facts = models.JSONField(_("details"), default=dict, blank=True, encoder=DjangoJSONEncoder)

    class Meta:
        verbose_name = _("entry of the audit log")
        verbose_name_plural = _("audit log")
        ordering = ["-at", "-pk"]
        indexes = [
            models.Index(fields=["object_type", "object_id"], name="auditentry_object"),
            models.Index(fields=["-at", "-id"], name="auditentry_at"),
        ]

    class Privacy:
        personal = {"actor_id"}
        keep = timedelta(days=3 * 365)  # regular limitation period, § 195 BGB
        erase = "keep"  # accountability, Art. 5 (2) GDPR: a number without a name stays until the period ends

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.deed} {self.object_label}"

    @property
    def deed(self) -> str:
        """The verb as people say it: verbs are source texts, tests/platform/test_german.py asks for their German."""
        return gettext(self.verb)

    @property
    def actor(self) -> str:
        """Who did it: a role and the number of the person, or the portal itself."""
        role, _blank, number = self.actor_label.partition(" ")
        return f"{Role(role).label} {number}" if role in Role.values else gettext(self.actor_label)

    @property
    def kind(self) -> str:
        """What the deed was done to, in words; the name of the table where that is gone."""
        try:
            return str(apps.get_model(self.object_type)._meta.verbose_name)
        except (LookupError, ValueError):
            return self.object_type


class ErasureReceipt(models.Model):
    """Something about a person was erased. Proof without data (Art. 5 (2) GDPR): what kind, why, in which month."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    label = models.CharField(_("kind of object"), max_length=100)
    reason = models.CharField(_("reason"), max_length=60)
    month = models.DateField(_("month"))  # its first day
    digest = models.CharField(max_length=64, blank=True, editable=False)  # until accounts.journal has it

    class Meta:
        verbose_name = _("receipt of an erasure")
        verbose_name_plural = _("receipts of erasures")
        ordering = ["-month", "pk"]
        indexes = [models.Index(name="erasure_receipt_waiting", fields=["month"], condition=~models.Q(digest=""))]
        constraints = [
            models.CheckConstraint(name="erasure_receipt_month_only", condition=models.Q(month__day=1)),
        ]

    class Privacy:
        personal: set[str] = set()
        keep = None
        erase = "keep"  # nothing leads from here to a person

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.label}"
