"""Those who look for an internship, without an account, and a parent where the law or the house asks for one."""

import uuid
from datetime import date, timedelta

from django.conf import settings
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from accounts.models import AskedParent, answer_has_time
from kit import clock, tokens
from kit.models import Timestamped
from taxonomy.models import Place

GUARDIAN_ANSWERS_WITHIN = timedelta(days=14)
CONSENT_VERSION = "2026-11"
CONSENT_TEXT = """Ich bin für mein Kind sorgeberechtigt. Ich bin damit einverstanden, dass mein Kind sich über das \
Portal der Region um Praktika bewirbt und daran teilnimmt. Dafür gibt das Portal Vorname, Klasse und die Antworten \
meines Kindes an den ausgesuchten Betrieb weiter, nach einer Zusage auch Nachname, E-Mail-Adresse und Telefonnummer. \
Ich kann die Einwilligung jederzeit mit dem Link aus der E-Mail zurücknehmen."""


class Pupil(Timestamped):
    """Somebody who looks for an internship, known by mail address and date of birth. The one link opens everything."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    first_name = models.CharField(_("first name"), max_length=60)
    last_name = models.CharField(_("last name"), max_length=60)
    birth_date = models.DateField(_("date of birth"))
    email = models.EmailField(_("e-mail"))
    phone = models.CharField(_("phone"), max_length=60, blank=True)
    school = models.CharField(_("school"), max_length=120, blank=True)
    grade = models.CharField(_("class"), max_length=20, blank=True)
    place = models.ForeignKey(
        Place, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("home town")
    )
    mail_language = models.CharField(_("language of the mails"), max_length=10, default=settings.LANGUAGE_CODE)
    confirmed_at = models.DateTimeField(_("mailbox confirmed"), null=True, blank=True)
    nonce = models.CharField(max_length=60, default=tokens.new_nonce, editable=False)

    class Meta:
        verbose_name = _("pupil")
        verbose_name_plural = _("pupils")
        ordering = ["-created_at", "pk"]
        constraints = [
            models.UniqueConstraint(Lower("email"), "birth_date", name="pupil_once"),
        ]

    class Privacy:
        personal = {"first_name", "last_name", "birth_date", "email", "phone", "school", "grade", "place"}
        keep = timedelta(days=92)  # after the last internship or wish
        hidden = {"nonce"}
        erase = "delete"

    def __str__(self):
        return f"{self.first_name} {self.last_name}"

    @property
    def audit_label(self) -> str:
        return f"pupil {self.pk}"

    def age_on(self, day: date) -> int:
        """Full years."""
        return clock.age(self.birth_date, day)

    @property
    def is_minor(self) -> bool:
        return self.age_on(clock.today()) < clock.FULL_AGE

    @property
    def may_apply(self) -> bool:
        """Of age, or with the yes of a parent."""
        return not self.is_minor or Guardian.objects.filter(pupil=self, agreed=True).exists()

    @property
    def age_band(self) -> str:
        """All that companies learn of the age."""
        age = self.age_on(clock.today())
        if age < 16:
            return str(_("under 16"))
        return str(_("16 or 17") if age < clock.FULL_AGE else _("18 or older"))

    def prove_mailbox(self) -> None:
        """A link of a mail was used: the mailbox is the pupil's. Once; later links change nothing."""
        if self.confirmed_at is None:
            self.confirmed_at = clock.now()
            self.save(update_fields=["confirmed_at"])


PUPIL = tokens.purpose("internship_pupil", model="internships.Pupil")
"""The one link of a pupil: applications, proposals, wish, papers."""


class Guardian(AskedParent):
    """A parent who is asked once, before any company hears of the child. Goes with the pupil, or when it is of age."""

    pupil = models.OneToOneField(Pupil, on_delete=models.CASCADE, related_name="guardian", verbose_name=_("pupil"))
    asked_at = models.DateTimeField(_("asked"), null=True, blank=True)
    text_version = models.CharField(_("version of the text"), max_length=40, default=CONSENT_VERSION)
    text_hash = models.CharField(_("SHA-256 of the text"), max_length=64, blank=True)

    class Meta(AskedParent.Meta):
        constraints = [answer_has_time("internship_guardian_answer_has_time")]

    class Privacy:
        personal = {"email", "asked_at", "answered_at", "agreed", "mail"}
        keep = None  # until the pupil is 18 or goes
        hidden = {"nonce"}
        erase = "delete"

    def __str__(self):
        return f"parent of pupil {self.pupil_id}"


GUARDIAN = tokens.purpose("internship_guardian", model="internships.Guardian")
