"""The register of certificates of participation. Whoever holds the paper can check it, even when the person is erased.

A row knows what was done, where and when, but not by whom: name and date of birth are only inside a keyed digest. From
the row alone nobody finds the person; with the paper in hand everybody can ask whether it is genuine.
"""

from datetime import date, timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext_lazy as _

from kit import clock, text, tokens

ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # without what one misreads on paper
KEPT_FOR = timedelta(days=3653)  # ten years


def new_number() -> str:
    """Twelve signs in three groups: 60 bits, so that nobody finds one by trying."""
    code = text.random_code(ALPHABET, 12)
    return f"{code[:4]}-{code[4:8]}-{code[8:]}"


class CertificateQuerySet(models.QuerySet):
    def numbered(self, number: str) -> "Certificate | None":
        """In any spelling: small letters, without hyphens."""
        signs = "".join(sign for sign in number.upper() if sign.isalnum())
        return self.filter(number=f"{signs[:4]}-{signs[4:8]}-{signs[8:12]}").first() if len(signs) == 12 else None

    def outdated(self):
        return self.filter(issued_on__lt=clock.today() - KEPT_FOR)


class Certificate(models.Model):
    """One certificate: what it says, without the person, and the digest that ties both together."""

    number = models.CharField(_("number"), max_length=14, unique=True, default=new_number, editable=False)
    title = models.CharField(_("title"), max_length=160)
    issuer = models.CharField(_("issued by"), max_length=160)
    words = models.TextField(_("what it says"), max_length=2_000)
    issued_on = models.DateField(_("issued on"))
    salt = models.CharField(max_length=60, default=tokens.new_nonce, editable=False)
    digest = models.CharField(max_length=64, editable=False)
    revoked_at = models.DateTimeField(_("declared void"), null=True, blank=True)
    revoked_reason = models.CharField(_("reason"), max_length=255, blank=True)

    objects = CertificateQuerySet.as_manager()

    class Meta:
        verbose_name = _("certificate of participation")
        verbose_name_plural = _("certificates of participation")
        ordering = ["-issued_on", "pk"]
        constraints = [
            models.CheckConstraint(name="certificate_has_digest", condition=~Q(digest="")),
            models.CheckConstraint(
                name="certificate_void_for_a_reason",
                condition=Q(revoked_at=None, revoked_reason="") | Q(revoked_at__isnull=False) & ~Q(revoked_reason=""),
            ),
        ]

    class Privacy:
        personal: set[str] = set()
        keep = KEPT_FOR
        erase = "keep"  # names nobody: the person is inside the digest alone

    def __str__(self):
        return self.number

    def get_absolute_url(self):
        return reverse("certificates:check", args=[self.number])

    def digest_for(self, name: str, birth_date: date, *, key: str | None = None) -> str:
        """Over the person and every word of the paper; the spelling of the name (case, accents, spaces) is free."""
        parts = [
            text.fold(name),
            birth_date.isoformat(),
            self.title,
            self.issuer,
            self.words,
            self.issued_on.isoformat(),
        ]
        told = "\x1f".join(parts)
        return salted_hmac(f"certificates.{self.salt}", told, secret=key, algorithm="sha256").hexdigest()

    def belongs_to(self, name: str, birth_date: date) -> bool:
        """Whether this row is what was issued to that person, word for word; also under a key that was in use before.

        Papers live longer than keys: without SECRET_KEY_FALLBACKS a new key makes every older certificate unprovable.
        """
        keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
        return any(constant_time_compare(self.digest, self.digest_for(name, birth_date, key=key)) for key in keys)
