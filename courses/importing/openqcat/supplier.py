"""Whose offers they are: SUPPLIER of the header."""

import re

from courses.importing import addresses, values
from courses.importing.fields import Notes, compact, unique
from courses.importing.openqcat import reading
from courses.importing.records import Supplier


def read_supplier(node) -> Supplier:
    ids = [(values.tidy(each.text)[:80], each.get("type", "")) for each in reading.every(node, "SUPPLIER_ID")]
    ids.sort(key=lambda pair: pair[1] != "supplier_specific")
    names = unique([name for name, _kind in ids])
    address = reading.first(node, "ADDRESS")
    form = reading.first(node, "EXTENDED_INFO/ORGANIZATIONAL_FORM")
    return Supplier(
        id=names[0] if names else "",
        aliases=names[1:],
        name=addresses.joined_name(reading.text(node, "SUPPLIER_NAME"))[:255],
        legal_form=reading.code(form),
        legal_form_label=values.tidy(form.text) if form is not None else "",
        phone=addresses.phone(reading.text(address, "PHONE")) or addresses.phone(reading.text(address, "MOBILE")),
        email=addresses.email(*reading.texts(address, "EMAILS/EMAIL")),
        website=addresses.url(reading.text(address, "URL")) or _website(node),
        address=reading.address(address),
        contacts=unique([reading.contact(contact) for contact in reading.every(node, "CONTACT")]),
        certificates=unique([_certificate(each) for each in reading.every(node, "CERTIFICATE")]),
    )


def _website(node) -> str:
    """The first link of a provider that is no picture."""
    for link in reading.every(node, "MIME_INFO/MIME_ELEMENT"):
        found = addresses.url(reading.text(link, "MIME_SOURCE"))
        is_picture = re.search(r"\.(?:png|jpe?g|gif|svg|webp)$", found, re.IGNORECASE)
        if found and not is_picture and reading.text(link, "MIME_PURPOSE") not in {"logo", "icon", "thumbnail"}:
            return found
    return ""


def _certificate(node) -> dict:
    notes = Notes(node.sourceline or 0)
    return compact(
        {
            "status": notes.read("CERTIFICATE_STATUS", values.whole, reading.text(node, "CERTIFICATE_STATUS")),
            "certifier_number": notes.read("CERTIFIER_NUMBER", values.whole, reading.text(node, "CERTIFIER_NUMBER")),
            "number": values.tidy(reading.text(node, "CERTIFICATE_NUMBER"))[:60],
            "valid_from": notes.read("START_DATE", values.day, reading.text(node, "CERT_VALIDITY/START_DATE")),
            "valid_to": notes.read("END_DATE", values.day, reading.text(node, "CERT_VALIDITY/END_DATE")),
            "scope": values.tidy(reading.text(node, "CERT_DESCRIPTION"))[:500],
        }
    )
