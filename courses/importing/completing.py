"""What the header of a delivery says about its provider fills what nobody has filled; names are never overwritten."""

from datetime import date

from courses.importing.belongings import Belongings
from courses.importing.records import Supplier
from providers.models import Certification, Organization

FACTS = ("phone", "email", "website", "legal_form")


def complete_provider(provider: Organization, supplier: Supplier, belongings: Belongings) -> None:
    if not supplier.id:
        return
    filled = [name for name in FACTS if getattr(supplier, name) and not getattr(provider, name)]
    for name in filled:
        setattr(provider, name, getattr(supplier, name))
    if filled:
        provider.save(update_fields=filled)
    if supplier.legal_form is not None:
        belongings.note_codes([["organizational_form", supplier.legal_form, supplier.legal_form_label]])
    belongings.keep_main_address(supplier.address)
    if not belongings.contacts:
        belongings.keep_contacts(supplier.contacts)
    for certificate in supplier.certificates:
        _keep_certificate(provider, certificate, belongings)


def _keep_certificate(provider: Organization, certificate: dict, belongings: Belongings) -> None:
    """Kept unchecked: a certificate counts for the public once somebody has seen the proof."""
    is_admission = certificate.get("status", 1) == 1
    certifier = certificate.get("certifier_number")
    known = {
        "kind": Certification.Kind.AZAV_PROVIDER if is_admission else Certification.Kind.OTHER,
        "number": certificate.get("number", ""), "certifier_number": certifier,
    }  # fmt: skip
    starts, ends = _day(certificate.get("valid_from")), _day(certificate.get("valid_to"))
    if starts and ends and ends < starts:
        ends = None
    if len(certificate) > 1 and not provider.certifications.filter(**known).exists():
        scope = certificate.get("scope", "")
        provider.certifications.create(**known, scope=scope, valid_from=starts, valid_to=ends)
    if certifier is not None:
        belongings.note_codes([["certifier", certifier, ""]])


def _day(iso: str | None) -> date | None:
    return date.fromisoformat(iso) if iso else None
