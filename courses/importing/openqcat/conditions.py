"""What a SERVICE says about price, funding and the admission of the measure."""

from decimal import Decimal

from django.utils.translation import gettext as _

from courses.importing import money, values
from courses.importing.fields import compact, unique
from courses.importing.openqcat import reading
from courses.importing.openqcat.element import ServiceElement
from kit import text as kit_text


class Conditions(ServiceElement):
    """Reads what a run costs and who pays."""

    def money(self) -> dict:
        """0.0 with "auf Anfrage" is how the field says unknown; free is what says so in words (trap 1)."""
        price_details = reading.first(self.element, "SERVICE_PRICE_DETAILS")
        if price_details is None:
            return {"price_kind": "on_request"}
        notes, price = self.notes, reading.first(price_details, "SERVICE_PRICE")
        amount, reduced, words = money.prices(reading.text(price, "PRICE_AMOUNT"))
        if words and amount is None:
            notes.notice("PRICE_AMOUNT", _("“%(value)s” cannot be read.") % {"value": words[:80]})
        amount = amount or Decimal(0)
        remarks = values.multiline(reading.text(price_details, "REMARKS"))
        currency = values.tidy(reading.text(price, "PRICE_CURRENCY")).upper()
        note = [remarks, words, *self.price_notes(price_details)]
        if amount and currency not in {"", "EUR", "EURO", "€"}:
            note.insert(0, f"{amount} {currency}")
            amount = Decimal(0)
        kind = "known" if amount else ("free" if money.says_free(f"{words} {remarks}") else "on_request")
        return {
            "price": str(amount) if amount else None, "price_kind": kind, "price_note": "\n".join(filter(None, note)),
            "special_price": str(reduced) if amount and reduced else None,
        }  # fmt: skip

    def price_notes(self, price_details) -> list[str]:
        daily = values.yes(reading.text(price_details, "DAILY_PRICE"))
        until = self.notes.read("VALIDITY", values.day, reading.text(price_details, "VALIDITY/END_DATE"))
        shown = until and f"{until[8:10]}.{until[5:7]}.{until[:4]}"
        return [
            "Preis je Tag" if daily else "",
            f"Preis gültig bis {shown}" if until else "",
            values.multiline(reading.text(price_details, "VALIDITY/DATE_REMARKS")),
        ]

    def funding(self) -> dict:
        """Numbers of both lists, remarks, and subsidies with the institution that pays them."""
        found = {}
        for field, tag in (
            ("funding_federal", "FUNDING_TYPES_FEDERAL"),
            ("funding_regional", "FUNDING_TYPES_REGIONAL"),
        ):
            nodes = reading.every(self.extended, tag)
            numbers = [self.code(field, node, tag) for node in nodes]
            found[field] = [number for number in dict.fromkeys(numbers) if number is not None]
        subsidies = [
            compact(
                {
                    "by": values.tidy(reading.text(node, "SUBSIDY_INSTITUTION"))[:255],
                    "text": values.multiline(reading.text(node, "SUBSIDY_DESCRIPTION"))[:2000],
                }
            )
            for node in reading.every(self.education, "SUBSIDY")
        ]
        note = values.multiline(reading.text(self.extended, "FUNDING_TYPES_REMARKS"))
        return found | {"funding_note": note, "subsidies": unique(subsidies)}

    def certificate(self) -> dict:
        """The admission of the measure (AZAV): the one that admits counts where several stand."""
        nodes = list(reading.every(self.education, "CERTIFICATE"))
        if not nodes:
            return {}
        node = next((node for node in nodes if values.tidy(reading.text(node, "CERTIFICATE_STATUS")) == "1"), nodes[0])
        notes = self.notes
        start = notes.read("CERT_VALIDITY", values.day, reading.text(node, "CERT_VALIDITY/START_DATE"))
        end = notes.read("CERT_VALIDITY", values.day, reading.text(node, "CERT_VALIDITY/END_DATE"))
        number = values.tidy(reading.text(node, "CERTIFICATE_NUMBER"))
        texts = [*reading.texts(node, "CERT_DESCRIPTION"), *reading.texts(node, "CERT_VALIDITY/DATE_REMARKS")]
        texts += [number] if len(number) > 60 else []
        for other in (each for each in nodes if each is not node):
            texts += [values.tidy(reading.text(other, "CERTIFICATE_NUMBER")), *reading.texts(other, "CERT_DESCRIPTION")]
        return {
            "certificate_status": self.number_code(
                "certificate_status", reading.first(node, "CERTIFICATE_STATUS"), "CERTIFICATE_STATUS"
            ),
            "certifier_number": self.number_code(
                "certifier", reading.first(node, "CERTIFIER_NUMBER"), "CERTIFIER_NUMBER"
            ),
            "certificate_number": kit_text.truncate(number, 60),
            "certificate_from": start,
            "certificate_until": end,
            "certificate_note": "\n".join(unique(texts)),
        }  # fmt: skip
