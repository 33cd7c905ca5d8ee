"""The file around the offers: header, catalogue, deletions, and whose record is whose."""

from collections.abc import Iterator
from typing import BinaryIO

from django.utils.translation import gettext as _

from courses.importing import addresses, values, xml
from courses.importing.fields import Notes, remembered
from courses.importing.opening import open_delivery
from courses.importing.openqcat import reading
from courses.importing.openqcat.service import Service
from courses.importing.openqcat.supplier import read_supplier
from courses.importing.records import (
    Deletion,
    DeliveryRefused,
    Header,
    Item,
    Problem,
    Recall,
    Record,
    Supplier,
    nothing,
)

SERVICES = {"NEW_CATALOG/SERVICE", "UPDATE_CATALOG/NEW/SERVICE", "UPDATE_CATALOG/SERVICE"}
DELETIONS = {"UPDATE_CATALOG/DELETE/SERVICE"}
CATALOGS = {"NEW_CATALOG", "UPDATE_CATALOG"}


class OpenQCat:
    """Reads a NEW_CATALOG or an UPDATE_CATALOG, of one supplier or several."""

    def __init__(self, recall: Recall = nothing):
        self.recall = recall

    def read(self, stream: BinaryIO) -> Iterator[Item]:
        opened = open_delivery(stream)
        if opened.format != "openqcat":
            raise DeliveryRefused("wrong-format", _("This is no open-Q-cat file."))
        yield from _Reading(opened.encoding, self.recall).items(opened.stream)


class _Reading:
    """State of one pass: who the suppliers are, which root of links counts, what was told already."""

    def __init__(self, encoding: str, recall: Recall):
        self.encoding, self.recall = encoding, recall
        self.suppliers: list[Supplier] = []
        self.by_id: dict[str, Supplier] = {}
        self.mime_root = ""
        self.has_header = self.has_catalog = False
        self.told: set[str] = set()

    def items(self, stream: BinaryIO) -> Iterator[Item]:
        wanted = {"HEADER", *SERVICES, *DELETIONS}
        for event, path, element in xml.walk(stream, wanted, CATALOGS, key="PRODUCT_ID"):
            if event == "start":
                yield self.catalog(path, element)
            elif path == "HEADER":
                self.header(element)
            elif path in DELETIONS:
                yield from self.deletion(element)
            else:
                yield from self.service(element)
        if not self.has_catalog:
            raise DeliveryRefused("no-catalog", _("The file holds neither NEW_CATALOG nor UPDATE_CATALOG."))

    # ── Header

    def header(self, element) -> None:
        if isinstance(element, xml.Excess):
            raise DeliveryRefused("malformed", xml.excess_reason(element), element.line)
        if self.has_header:
            raise DeliveryRefused("malformed", _("The file has two HEADER elements."), element.sourceline)
        self.has_header = True
        self.mime_root = addresses.url(reading.text(element, "CATALOG/MIME_ROOT"))
        for node in reading.every(element, "SUPPLIER"):
            supplier = read_supplier(node)
            if supplier.id and supplier.id not in self.by_id:
                self.suppliers.append(supplier)
                self.by_id |= dict.fromkeys([supplier.id, *supplier.aliases], supplier)

    def catalog(self, path: str, element) -> Header:
        if self.has_catalog:
            raise DeliveryRefused("malformed", _("The file holds more than one catalogue."), element.sourceline)
        if not self.suppliers:
            raise DeliveryRefused(
                "no-supplier", _("The file does not say whose courses these are (HEADER/SUPPLIER is missing).")
            )
        self.has_catalog = True
        line = element.sourceline or 1
        if path == "NEW_CATALOG":
            is_full = values.yes(element.get("FULLCATALOG", "true")) is not False
            return Header("openqcat", self.encoding, self.suppliers, is_full=is_full, line=line)
        return Header("openqcat", self.encoding, self.suppliers, is_full=False, sequence=_sequence(element), line=line)

    # ── Records

    def deletion(self, element) -> Iterator[Item]:
        if isinstance(element, xml.Excess):
            yield Problem(element.line, element.key, "SERVICE", xml.excess_reason(element), is_fatal=True)
            return
        line, product = element.sourceline, values.tidy(reading.text(element, "PRODUCT_ID"))
        notes = Notes(line, product)
        supplier = self.owner(element, notes)
        if not product:
            notes.reject("PRODUCT_ID", _("The number of the offer (PRODUCT_ID) is missing."))
        yield from notes.problems
        if product and supplier is not None:
            yield Deletion(line, product[:255], supplier.id)

    def service(self, element) -> Iterator[Item]:
        if isinstance(element, xml.Excess):
            yield Problem(
                element.line, element.key, element.field or "SERVICE", xml.excess_reason(element), is_fatal=True
            )
            return
        product, title = (
            values.tidy(reading.text(element, "PRODUCT_ID")),
            values.line(reading.text(element, "SERVICE_DETAILS/TITLE")),
        )
        notes = Notes(element.sourceline, product, title)
        supplier = self.owner(element, notes)
        notes.supplier_id = supplier.id if supplier else ""
        if not product:
            notes.reject("PRODUCT_ID", _("The number of the offer (PRODUCT_ID) is missing."))
        if len(product) > 255:
            notes.reject("PRODUCT_ID", _("The number of the offer is longer than 255 characters."))
        if reading.first(element, "SERVICE_DETAILS") is None:
            notes.reject("SERVICE_DETAILS", _("The record holds no details (SERVICE_DETAILS)."))
        if element.find(".//HEADER") is not None:
            notes.notice("HEADER", _("A HEADER inside of a record belongs to no delivery and was ignored."))
        record = None if notes.is_rejected else self.record(element, notes)
        for problem in notes.problems:
            problem.supplier_id = notes.supplier_id
            yield problem
        if record is not None and not notes.is_rejected:
            record.supplier_id = supplier.id
            yield record

    def record(self, element, notes: Notes) -> Record:
        raw = xml.digest(element, self.mime_root)
        return remembered(raw, notes, self.recall, lambda: Service(element, notes, self.mime_root).record())

    def owner(self, element, notes: Notes) -> Supplier | None:
        """Whose record it is. With one supplier a reference that names another one is a known slip (trap 7)."""
        reference = values.tidy(reading.text(element, "SUPPLIER_ID_REF"))
        found = self.by_id.get(reference) or self.by_id.get(reference.lstrip("0"))
        if found is not None:
            return found
        if len(self.suppliers) > 1:
            reason = _("The record names a provider that the header does not list: “%(id)s”.") % {"id": reference[:60]}
            notes.reject("SUPPLIER_ID_REF", reason)
            return None
        if reference and reference not in self.told:
            self.told.add(reference)
            ids = {"id": reference[:60], "header": self.suppliers[0].id}
            reason = _("Records name provider %(id)s, the header %(header)s. The header counts.") % ids
            notes.notice("SUPPLIER_ID_REF", reason)
        return self.suppliers[0]


def _sequence(element) -> int:
    try:
        number = values.whole(element.get("seq_number"))
    except values.BadValue:
        number = None
    if number is None:
        raise DeliveryRefused(
            "no-sequence", _("The update carries no running number (seq_number)."), element.sourceline
        )
    return number
