"""Companies that offer internships, and how they come in."""

from datetime import timedelta

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from kit import clock, tokens
from kit.models import Timestamped
from providers.models import Organization
from taxonomy.models import Place

CONFIRM_WITHIN = timedelta(days=7)
HINT_AFTER_SILENT = 3  # applications that ran out without an answer
PAUSE_AFTER_SILENT = 6


class EmployerQuerySet(models.QuerySet):
    def active(self):
        """Whose offers everybody sees: approved, not paused for its silence, not blocked."""
        return self.filter(approved_at__isnull=False, paused_at=None, organization__blocked_at=None)

    def waiting(self):
        """Nobody has decided yet."""
        return self.filter(approved_at=None, organization__blocked_at=None)

    def silent(self):
        """Paused because it did not answer: somebody has to call."""
        return self.exclude(paused_at=None)

    def of(self, user: User):
        """Those for which this person may act."""
        return self.filter(organization__memberships__user=user) if user.is_authenticated else self.none()


class Employer(Timestamped):
    """An organisation that takes interns. Its people prepare offers at once; others see them after the approval."""

    organization = models.OneToOneField(
        Organization, on_delete=models.PROTECT, related_name="employer", verbose_name=_("organisation")
    )
    contact_name = models.CharField(_("contact person"), max_length=120)
    contact_email = models.EmailField(_("e-mail"))
    contact_phone = models.CharField(_("phone"), max_length=60, blank=True)
    approved_at = models.DateTimeField(_("approved"), null=True, blank=True)
    approved_by = models.CharField(_("approved by"), max_length=160, blank=True)
    silences = models.PositiveSmallIntegerField(_("applications without an answer"), default=0)
    hinted_at = models.DateTimeField(_("reminded of its silence"), null=True, blank=True)
    paused_at = models.DateTimeField(_("paused for its silence"), null=True, blank=True)

    objects = EmployerQuerySet.as_manager()

    class Meta:
        verbose_name = _("employer")
        verbose_name_plural = _("employers")
        ordering = ["organization__sort_key", "pk"]
        constraints = [
            models.CheckConstraint(
                name="employer_approved_by_and_at",
                condition=Q(approved_at=None, approved_by="") | Q(approved_at__isnull=False) & ~Q(approved_by=""),
            ),
        ]

    class Privacy:
        personal = {"contact_name", "contact_email", "contact_phone", "approved_by"}
        keep = None  # as long as the company names this person
        erase = "blank"

    def __str__(self):
        return self.organization.name

    def get_absolute_url(self):
        return reverse("internships:employer", args=[self.pk])

    @property
    def is_active(self) -> bool:
        return self.approved_at is not None and self.paused_at is None and self.organization.blocked_at is None

    @property
    def main_location(self):
        return self.organization.locations.order_by("-is_main", "pk").first()


class RegistrationQuerySet(models.QuerySet):
    def unconfirmed(self):
        return self.filter(confirmed_at=None)

    def waiting(self):
        """Confirmed by mail; a coordinator decides whether the person may act for a company that is there already."""
        return self.filter(confirmed_at__isnull=False, decided_at=None, organization__isnull=False)


class Registration(Timestamped):
    """Somebody registers a company, or asks to act for one that is there. Counts once its mail is answered."""

    name = models.CharField(_("company"), max_length=160)
    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="+", verbose_name=_("place"))
    contact_name = models.CharField(_("contact person"), max_length=120)
    email = models.EmailField(_("e-mail"))
    phone = models.CharField(_("phone"), max_length=60)
    organization = models.ForeignKey(  # named: the person asks to act for it
        Organization, on_delete=models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("organisation")
    )
    confirmed_at = models.DateTimeField(_("confirmed"), null=True, blank=True)
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    nonce = models.CharField(max_length=60, default=tokens.new_nonce, editable=False)

    objects = RegistrationQuerySet.as_manager()

    class Meta:
        verbose_name = _("registration of a company")
        verbose_name_plural = _("registrations of companies")
        ordering = ["-created_at", "pk"]
        constraints = [
            models.CheckConstraint(
                name="registration_decided_after_confirmed",
                condition=Q(decided_at=None) | Q(confirmed_at__isnull=False),
            )
        ]

    class Privacy:
        personal = {"contact_name", "email", "phone"}
        keep = timedelta(days=30)  # after it is settled; an unconfirmed one for a week
        hidden = {"nonce"}
        erase = "delete"

    def __str__(self):
        return self.name

    @property
    def audit_label(self) -> str:
        return f"registration {self.pk}"

    @property
    def is_answerable(self) -> bool:
        return self.confirmed_at is None and clock.now() < self.created_at + CONFIRM_WITHIN


REGISTRATION = tokens.purpose("internship_registration", model="internships.Registration")
