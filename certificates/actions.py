"""What can happen to a certificate of participation."""

from datetime import date

from django.db import transaction

from accounts import audit
from accounts.actors import Actor
from accounts.roles import Role
from certificates.models import Certificate
from kit import clock


class NotAllowed(Exception):
    """Only a coordinator declares a certificate void."""


@transaction.atomic
def issue(*, name: str, birth_date: date, title: str, issuer: str, words: str, by: Actor) -> Certificate:
    """Enter a certificate into the register. Name and date of birth are not kept, only sealed."""
    certificate = Certificate(title=title[:160], issuer=issuer[:160], words=words, issued_on=clock.today())
    certificate.digest = certificate.digest_for(name, birth_date)
    certificate.save()
    audit.record("certificate issued", certificate, by=by)
    return certificate


@transaction.atomic
def revoke(*, certificate: Certificate, reason: str, by: Actor) -> Certificate:
    """It was issued wrongly: the check says so from now on. Raises NotAllowed, ValueError without a reason."""
    if not by.has_role(Role.COORDINATOR):
        raise NotAllowed
    if not reason.strip():
        raise ValueError("a certificate is not declared void without a reason")
    certificate = Certificate.objects.select_for_update().get(pk=certificate.pk)
    if certificate.revoked_at is None:
        certificate.revoked_at, certificate.revoked_reason = clock.now(), reason.strip()[:255]
        certificate.save(update_fields=["revoked_at", "revoked_reason"])
        audit.record("certificate declared void", certificate, by=by)
    return certificate


def drop_outdated() -> int:
    """Ten years are over. Returns how many went."""
    return Certificate.objects.outdated().delete()[0]
