"""open-Q-cat 1.1, the exchange format of the Bundesagentur für Arbeit (XSD of 14.11.2025 and everything before it).

What each element becomes stands in the table of tests/courses/test_import_openqcat.py, which names every element.
"""

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import BinaryIO

from django.utils.translation import gettext as _
from lxml import etree

from courses.importing import addresses, level, markup, money, schedule, values, xml
from courses.importing.fields import Notes, compact, language, unique
from courses.importing.opening import open_delivery
from courses.importing.records import Deletion, DeliveryRefused, Header, Item, Problem, Record, Supplier
from kit import text as kit_text
from taxonomy import codes

SERVICES = {"NEW_CATALOG/SERVICE", "UPDATE_CATALOG/NEW/SERVICE", "UPDATE_CATALOG/SERVICE"}
DELETIONS = {"UPDATE_CATALOG/DELETE/SERVICE"}
CATALOGS = {"NEW_CATALOG", "UPDATE_CATALOG"}
SERVICE_TIMES = ("SERVICETIME", "INSTRUCTOR_SERVICETIME", "MANDATORY_LEARNINGTIME")
_OF_UNIVERSITY = "SERVICE_MODULE/EDUCATION/EXTENDED_INFO"
STUDY_TEXTS = (
    "STUDY_COURSE/STUDY_TYPE_ADD_INFO", "STUDY_COURSE/SPECIALIZATION/CORE_AREA",
    f"{_OF_UNIVERSITY}/COMBINATION_DESCRIPTION",
)  # fmt: skip
ADMISSION_TEXTS = (
    f"{_OF_UNIVERSITY}/ADM_RESTRICTION_DESC", "STUDY_COURSE/EDU_RESTRICTIONS/SSC_DESC",
    "STUDY_COURSE/EDU_RESTRICTIONS/WO_SSC/CONDITIONS_WO_SSC_DESC",
)  # fmt: skip
EXECUTION_MODES = {1: "on_site", 2: "online", 3: "blended"}
BEGINS = [
    (
        "any_time",
        re.compile(
            r"\b(?:jederzeit|laufend\w*|fortlaufend\w*|flexib\w+|individuell\w*|permanent\w*|täglich\w*)\b", re.I
        ),
    ),
    (
        "weekly",
        re.compile(r"\b(?:wöchentlich\w*|jede woche|jeden (?:mon|diens|donners|frei|sams)tag|jeden mittwoch)\b", re.I),
    ),
    ("quarterly", re.compile(r"\b(?:quartalsweise|vierteljährlich\w*|jedes quartal)\b", re.I)),
    ("half_yearly", re.compile(r"\b(?:halbjährlich\w*|zweimal (?:im jahr|jährlich)|2 ?x jährlich)\b", re.I)),
    ("monthly", re.compile(r"\b(?:monatlich\w*|jeden monat)\b", re.I)),
    ("yearly", re.compile(r"\b(?:jährlich\w*|einmal (?:im jahr|jährlich)|jedes jahr)\b", re.I)),
    (
        "open",
        re.compile(
            r"\b(?:auf anfrage|nach (?:absprache|vereinbarung|bedarf)|in planung|noch offen|steht noch nicht fest)\b",
            re.I,
        ),
    ),
]
# Longest run of days of each duration class, in order (class 9 has no end).
DURATIONS = [(1, 3), (2, 7), (3, 31), (4, 93), (5, 186), (6, 366), (7, 732), (8, 1098)]


class OpenQCat:
    """Reads a NEW_CATALOG or an UPDATE_CATALOG, of one supplier or several."""

    def read(self, stream: BinaryIO) -> Iterator[Item]:
        opened = open_delivery(stream)
        if opened.format != "openqcat":
            raise DeliveryRefused("wrong-format", _("This is no open-Q-cat file."))
        yield from _Reading(opened.encoding).items(opened.stream)


class _Reading:
    """State of one pass: who the suppliers are, which root of links counts, what was told already."""

    def __init__(self, encoding: str):
        self.encoding = encoding
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
        self.mime_root = addresses.url(_text(element, "CATALOG/MIME_ROOT"))
        for node in element.iterfind("SUPPLIER"):
            supplier = _supplier(node)
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
        line, product = element.sourceline, values.tidy(_text(element, "PRODUCT_ID"))
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
        product, title = values.tidy(_text(element, "PRODUCT_ID")), values.line(_text(element, "SERVICE_DETAILS/TITLE"))
        notes = Notes(element.sourceline, product, title)
        supplier = self.owner(element, notes)
        notes.supplier_id = supplier.id if supplier else ""
        if not product:
            notes.reject("PRODUCT_ID", _("The number of the offer (PRODUCT_ID) is missing."))
        if len(product) > 255:
            notes.reject("PRODUCT_ID", _("The number of the offer is longer than 255 characters."))
        if element.find("SERVICE_DETAILS") is None:
            notes.reject("SERVICE_DETAILS", _("The record holds no details (SERVICE_DETAILS)."))
        if element.find(".//HEADER") is not None:
            notes.notice("HEADER", _("A HEADER inside of a record belongs to no delivery and was ignored."))
        record = None if notes.is_rejected else _Service(element, notes, self.mime_root).record()
        for problem in notes.problems:
            problem.supplier_id = notes.supplier_id
            yield problem
        if record is not None and not notes.is_rejected:
            record.supplier_id = supplier.id
            yield record

    def owner(self, element, notes: Notes) -> Supplier | None:
        """Whose record it is. With one supplier a reference that names another one is a known slip (trap 7)."""
        reference = values.tidy(_text(element, "SUPPLIER_ID_REF"))
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


# ── The supplier


def _supplier(node) -> Supplier:
    ids = [(values.tidy(each.text)[:80], each.get("type", "")) for each in node.iterfind("SUPPLIER_ID")]
    ids.sort(key=lambda pair: pair[1] != "supplier_specific")
    names = unique([name for name, _kind in ids])
    address = node.find("ADDRESS")
    form = node.find("EXTENDED_INFO/ORGANIZATIONAL_FORM")
    return Supplier(
        id=names[0] if names else "",
        aliases=names[1:],
        name=addresses.joined_name(_text(node, "SUPPLIER_NAME"))[:255],
        legal_form=_code(form),
        legal_form_label=values.tidy(form.text) if form is not None else "",
        phone=addresses.phone(_text(address, "PHONE")) or addresses.phone(_text(address, "MOBILE")),
        email=addresses.email(*_texts(address, "EMAILS/EMAIL")),
        website=addresses.url(_text(address, "URL")) or _website(node),
        address=_address(address),
        contacts=unique([_contact(contact) for contact in node.iterfind("CONTACT")]),
        certificates=unique([_supplier_certificate(each) for each in node.iterfind("CERTIFICATE")]),
    )


def _website(node) -> str:
    """The first link of a provider that is no picture."""
    for link in node.iterfind("MIME_INFO/MIME_ELEMENT"):
        found = addresses.url(_text(link, "MIME_SOURCE"))
        is_picture = re.search(r"\.(?:png|jpe?g|gif|svg|webp)$", found, re.IGNORECASE)
        if found and not is_picture and _text(link, "MIME_PURPOSE") not in {"logo", "icon", "thumbnail"}:
            return found
    return ""


def _supplier_certificate(node) -> dict:
    notes = Notes(node.sourceline or 0)
    return compact(
        {
            "status": notes.read("CERTIFICATE_STATUS", values.whole, _text(node, "CERTIFICATE_STATUS")),
            "certifier_number": notes.read("CERTIFIER_NUMBER", values.whole, _text(node, "CERTIFIER_NUMBER")),
            "number": values.tidy(_text(node, "CERTIFICATE_NUMBER"))[:60],
            "valid_from": notes.read("START_DATE", values.day, _text(node, "CERT_VALIDITY/START_DATE")),
            "valid_to": notes.read("END_DATE", values.day, _text(node, "CERT_VALIDITY/END_DATE")),
            "scope": values.tidy(_text(node, "CERT_DESCRIPTION"))[:500],
        }
    )


# ── Small readers


def _text(element, path: str) -> str:
    """All text below the first match, or ""."""
    if element is None:
        return ""
    found = element.find(path)
    if found is None:
        return ""
    return "".join(found.itertext()) if len(found) else found.text or ""


def _texts(element, path: str) -> list[str]:
    return [] if element is None else [values.multiline("".join(found.itertext())) for found in element.iterfind(path)]


def _markup(found) -> str:
    """Text of an element; HTML that stands in it unescaped counts as HTML."""
    if found is None:
        return ""
    if not len(found):
        return found.text or ""
    inner = "".join(etree.tostring(child, encoding="unicode") for child in found)
    return (found.text or "") + inner


def _code(element) -> int | None:
    """The number in @type; where that is empty or words, the number in the text."""
    for raw in [] if element is None else (element.get("type"), element.text):
        try:
            number = values.whole(raw)
        except values.BadValue:
            continue
        if number is not None:
            return number
    return None


def _address(node) -> dict | None:
    """An address as a location of ours; None where it names neither a street nor a place."""
    if node is None:
        return None
    code = _text(node, "ZIP").strip() or _text(node, "ZIPBOX")
    named = _text(node, "COUNTRY_CODED").strip() or _text(node, "COUNTRY").strip()
    country = addresses.country(named) if named else addresses.postcode_country(code) or "DE"
    found = compact(
        {
            "name": addresses.joined_name(_text(node, "NAME"), _text(node, "NAME2"), _text(node, "NAME3")),
            "street": values.tidy(_text(node, "STREET"))[:255],
            "postcode": addresses.postcode(code, country),
            "city": values.tidy(_text(node, "CITY"))[:120],
            "quarter": values.tidy(_text(node, "DISTRICT"))[:120],
            "state_name": addresses.land(_text(node, "STATE")),
            "phone": addresses.phone(_text(node, "PHONE")) or addresses.phone(_text(node, "MOBILE")),
            "email": addresses.email(*_texts(node, "EMAILS/EMAIL")),
            "website": addresses.url(_text(node, "URL")),
            "remarks": values.multiline(_text(node, "ADDRESS_REMARKS"))[:4000],
            "is_barrier_free": values.yes(_text(node, "BARRIER_FREE_LOCATION")),
        }
    )
    if not any(found.get(name) for name in ("name", "street", "postcode", "city")):
        return None
    if not found.get("street") and values.tidy(_text(node, "BOXNO")):
        found["street"] = f"Postfach {values.tidy(_text(node, 'BOXNO'))}"[:255]
    return found | {"country": country}


def _contact(node) -> dict:
    names = [values.tidy(_text(node, name)) for name in ("NAME_PREFIX", "LAST_NAME")]
    found = compact(
        {
            "salutation": {"m": "m", "w": "w"}.get(
                values.tidy(_text(node, "SALUTATION")).lower()[:15], values.tidy(_text(node, "SALUTATION"))[:15]
            ),
            "title": values.tidy(_text(node, "ACADEMIC_TITLE"))[:30],
            "first_name": values.tidy(_text(node, "FIRST_NAME"))[:60],
            "last_name": " ".join(filter(None, names))[:60],
            "job_title": values.tidy(_text(node, "JOB_TITLE"))[:120],
            "phone": addresses.phone(_text(node, "PHONE")) or addresses.phone(_text(node, "ADDRESS/PHONE")),
            "mobile": addresses.phone(_text(node, "MOBILE")) or addresses.phone(_text(node, "ADDRESS/MOBILE")),
            "email": addresses.email(*_texts(node, "EMAILS/EMAIL"), *_texts(node, "ADDRESS/EMAILS/EMAIL")),
            "website": addresses.url(_text(node, "URL")) or addresses.url(_text(node, "ADDRESS/URL")),
            "remarks": values.multiline(_text(node, "CONTACT_REMARKS"))[:4000],
        }
    )
    if not any(found.get(name) for name in ("last_name", "first_name", "phone", "mobile", "email", "website")):
        return {}
    return found | {"role": _code(node.find("CONTACT_ROLE")) or 1}


# ── One SERVICE


class _Service:
    """Reads one SERVICE into the fields of a course and of a run."""

    def __init__(self, element, notes: Notes, mime_root: str):
        self.element, self.notes, self.mime_root = element, notes, mime_root
        self.details = element.find("SERVICE_DETAILS")
        self.education = element.find("SERVICE_DETAILS/SERVICE_MODULE/EDUCATION")
        self.extended = None if self.education is None else self.education.find("EXTENDED_INFO")
        found = (
            []
            if self.education is None
            else [*self.education.iterchildren("MODULE_COURSE", "MODULE_CBT", "MODULE_WBT")]
        )
        self.modules = sorted(found, key=_order)
        self.codes: list[list] = []

    def record(self) -> Record:
        product = values.tidy(_text(self.element, "PRODUCT_ID"))
        course_id = values.tidy(_text(self.education, "COURSE_ID"))[:255] or product
        course, run = self.course(), self.run(product)
        is_own = course_id == product
        dated = any(run.get(name) for name in ("starts_on", "ends_on", "date_note")) or run.get("begin") == "any_time"
        rule = "own" if not is_own or dated else "alone" if self.has_run_of_its_own(run) else "never"
        return Record(
            line=self.element.sourceline, external_id=product, course_id=course_id, course=course, run=run,
            run_rule=rule, codes=unique(self.codes),
        )  # fmt: skip

    def has_run_of_its_own(self, run: dict) -> bool:
        """An undated Angebot that says where, when or for how much is an offer that one can take."""
        return any(run.get(name) for name in ("location", "price", "schedule_note", "price_note", "places")) or (
            run.get("price_kind") == "free"
        )

    def code(self, name: str, element, tag: str) -> int | None:
        """The number in @type, noted with its label, so that unknown ones can be kept and flagged (trap 6)."""
        if element is None:
            return None
        raw = values.tidy(element.get("type"))
        number = _code(element)
        if number is None and (raw or values.tidy(element.text)):
            raw = raw or values.tidy(element.text)
            self.notes.notice(tag, _("“%(value)s” cannot be read.") % {"value": raw[:80]})
        if number is not None:
            self.codes.append([name, number, values.tidy(element.text)[:255]])
        return number

    def number_code(self, name: str, element, tag: str) -> int | None:
        """The number in the text of an element."""
        number = self.notes.read(tag, values.whole, "" if element is None else element.text)
        if number is not None:
            self.codes.append([name, number, ""])
        return number

    def under(self, parent, tag: str):
        return None if parent is None else parent.find(tag)

    # ── Course

    def course(self) -> dict:
        notes, details, extended = self.notes, self.details, self.extended
        title = notes.fit("TITLE", values.line(_text(details, "TITLE")), 255)
        derived = level.guess(title)
        fields = {
            "number": notes.fit("SUPPLIER_ALT_PID", values.tidy(_text(details, "SUPPLIER_ALT_PID")), 60),
            "title": title,
            "description": markup.to_html(_markup(details.find("DESCRIPTION_LONG"))) + self.study(*STUDY_TEXTS),
            "requirements": self.requirements(),
            "audience": self.audience(),
            "terms": self.terms(),
            "credits": markup.to_html(_markup(self.under(self.education, "CREDITS"))),
            "level": derived,
            "level_is_derived": bool(derived) or None,
            "keywords": self.keywords(),
            "course_type": self.number_code("course_type", self.element.find("COURSE_TYPE"), "COURSE_TYPE"),
            "education_type": self.code("education_type", self.under(extended, "EDUCATION_TYPE"), "EDUCATION_TYPE"),
            "institution": self.code("institution", self.under(extended, "INSTITUTION"), "INSTITUTION"),
            "handicaps": self.handicaps(),
            "links": self.links(),
            "references": self.references(),
            "contacts": self.contacts(),
        }
        return compact(fields | self.degree() | self.classification())

    def requirements(self) -> str:
        technical = [
            values.tidy(node.text)
            for module in self.modules
            for parent in module.iterfind("TECH_REQUIREMENTS_MIN")
            for node in parent
        ]
        text = markup.to_html(_markup(self.details.find("REQUIREMENTS")))
        return text + markup.to_html(", ".join(unique(technical))) + self.study(*ADMISSION_TEXTS)

    def study(self, *paths: str) -> str:
        """What a degree programme says in words of its own (STUDY_COURSE and EXTENDED_INFO of universities)."""
        found = [text for path in paths for text in _texts(self.details, path)]
        return "".join(map(markup.to_html, unique(found)))

    def terms(self) -> str:
        nodes = [*self.details.iterfind("TERMS_AND_CONDITIONS")]
        nodes += [node for module in self.modules for node in module.iterfind("LICENCE")]
        return "".join(markup.to_html(_markup(node)) for node in nodes)

    def audience(self) -> str:
        texts = []
        for group in self.details.iterfind("TARGET_GROUP"):
            texts.append(markup.to_html(_markup(group.find("TARGET_GROUP_TEXT"))))
            rest = _texts(group, "TARGET_GROUP_HIERARCHY") + _texts(group, "TARGET_GROUP_DEPARTMENT")
            rest += _texts(group, "TARGET_GROUP_INDUSTRY/INDUSTRY_GROUP_NAME")
            texts.append(markup.to_html(", ".join(filter(None, rest))))
        return "".join(texts)

    def keywords(self) -> list[list[str]]:
        """Without those that only repeat the title or a word of it (trap 12)."""
        title = kit_text.fold(values.line(_text(self.details, "TITLE")))
        title_words = set(re.split(r"[\s/,;:()]+", title))
        words = []
        for node in self.details.iterfind("KEYWORD"):
            word = values.line(node.text)[:255]
            folded = kit_text.fold(word)
            if folded and folded != title and not set(folded.split()) <= title_words:
                words.append(["subject", word])
        return unique(words)

    def handicaps(self) -> list[int]:
        numbers = []
        for node in [] if self.education is None else self.education.iterfind("HANDICAP"):
            number = _code(node)
            if number is not None:
                numbers.append(number)
                self.codes.append(["handicap", number, values.tidy(_text(node, "HAND_NAME"))[:255]])
        return list(dict.fromkeys(numbers))

    def degree(self) -> dict:
        degree = self.under(self.education, "DEGREE")
        if degree is None:
            return {"degree_title": self.university_degree()}
        exam = degree.find("DEGREE_EXAM")
        added = [markup.to_html(_markup(degree.find("DEGREE_DESCRIPTION")))]
        full, examiner = self.exam(exam), values.tidy(_text(exam, "EXAMINER"))
        added += [markup.to_html(text) for text in (full, examiner) if len(text) > 255]  # what the field cannot hold
        added += [
            markup.to_html(text) for text in _texts(degree, "DEGREE_ADD_QUALIFICATION") if not _says_nothing(text)
        ]
        entitled = [text for text in _texts(degree, "DEGREE_ENTITLED") if not _says_nothing(text)]
        return {
            "degree_title": self.notes.fit("DEGREE_TITLE", values.line(_text(degree, "DEGREE_TITLE")), 2000)
            or self.university_degree(),
            "degree_type": _code(degree),
            "degree_exam": kit_text.truncate(full, 255),
            "examiner": kit_text.truncate(examiner, 255),
            "degree_additional": "".join(added),
            "degree_entitled": "".join(map(markup.to_html, entitled)),
        }

    def university_degree(self) -> str:
        """In words: the official degree is a number of a list that is not public."""
        node = self.details.find("STUDY_COURSE/DEGREE_INFO")
        found = values.line(_text(node, "INTERNAL_DEGREE")) or values.line(_text(node, "UNIV_DEGREE"))
        return "" if found.isdigit() else found[:2000]

    def exam(self, exam) -> str:
        if exam is None:
            return ""
        days = [self.notes.read("EXAM_DATE", values.day, node.text) for node in exam.iterfind("EXAM_DATE")]
        shown = [f"{iso[8:10]}.{iso[5:7]}.{iso[:4]}" for iso in days if iso]
        parts = [values.tidy(exam.get("type")), values.tidy(_text(exam, "EXAM_TITLE"))]
        parts += [values.tidy(_text(exam, "EXAM_DESCRIPTION")), ", ".join(shown)]
        return ", ".join(unique(parts))

    def classification(self) -> dict:
        """Kurssystematik: code and label. B codes carry the key of an occupation: "B 43412-90200" → 43412."""
        entries, occupation = [], ""
        for node in self.element.iterfind("SERVICE_CLASSIFICATION"):
            system = values.tidy(_text(node, "REFERENCE_CLASSIFICATION_SYSTEM_NAME"))
            pairs = [
                (_text(node, "REFERENCE_CLASSIFICATION_GROUP_ID"), _text(node, "REFERENCE_CLASSIFICATION_GROUP_NAME"))
            ]
            pairs += [
                (_text(feature, "FNAME"), ", ".join(_texts(feature, ".//FVALUE")))
                for feature in node.iterfind("FEATURE")
            ]
            for code, label in ((values.tidy(code), values.tidy(label)) for code, label in pairs):
                if code or label:
                    entries.append({"system": system, "code": code, "label": label})
                match = re.match(r"B\s?(\d{5})(?!\d)", code)
                occupation = occupation or (match[1] if match else "")
        return {"systematics": unique(entries), "kldb": occupation}

    def links(self) -> list[dict]:
        homes = [self.element, *([] if self.education is None else [self.education]), *self.modules]
        found = {}
        for node in (node for home in homes for node in home.iterfind("MIME_INFO/MIME_ELEMENT")):
            raw = values.tidy(_text(node, "MIME_SOURCE"))
            url = addresses.url(raw, self.mime_root, longest=2000)
            if raw and not url:
                self.notes.notice("MIME_SOURCE", _("“%(value)s” is no web address.") % {"value": raw[:80]})
            if url:
                label = values.tidy(_text(node, "MIME_DESCR") or _text(node, "MIME_ALT"))[:255]
                known = found.setdefault(url, {"url": url, "label": "", "purpose": ""})
                known["label"] = known["label"] or label
                known["purpose"] = known["purpose"] or values.tidy(_text(node, "MIME_PURPOSE"))[:60]
        return list(found.values())

    def references(self) -> list[dict]:
        homes = [self.element, *self.modules]
        found = []
        for node in (node for home in homes for node in home.iterfind("SERVICE_REFERENCE")):
            product = values.tidy(_text(node, "PRODUCT_ID_REF"))[:255]
            if product:
                found.append({"kind": values.tidy(node.get("type"))[:60] or "others", "external_id": product})
        return unique(found)

    def contacts(self) -> list[dict]:
        """Whom to ask first comes first: role 1 before the others."""
        found = unique([_contact(node) for node in self.details.iterfind("CONTACT")])
        return sorted(found, key=lambda contact: contact["role"] != 1)

    # ── Run

    def run(self, product: str) -> dict:
        notes, extended, details = self.notes, self.extended, self.details
        fields = {
            "external_id": product,
            "number": values.tidy(_text(details, "SUPPLIER_ALT_PID"))[:60],
            **self.dates(),
            **self.money(),
            **self.funding(),
            **self.certificate(),
            **self.form(),
            **self.phases(),
            "registration_until": notes.read(
                "REGISTRATION_DATE", values.day, _text(self.education, "REGISTRATION_DATE")
            ),
            "announced_from": notes.read("ANNOUNCEMENT", values.day, _text(details, "ANNOUNCEMENT/START_DATE")),
            "announced_until": notes.read("ANNOUNCEMENT", values.day, _text(details, "ANNOUNCEMENT/END_DATE")),
            "practical_part": values.yes(_text(extended, "PRACTICAL_PART")),
            "for_trainees": values.yes(_text(extended, "TRAINEE_SUITABLE")),
            "for_employees": values.yes(_text(extended, "EMPLOYEE_SUITABLE")),
            "beside_job": values.yes(_text(extended, "EXTRA_OCCUPATIONAL")),
            "digitally_accessible": values.yes(_text(extended, "DIGITAL_ACCESSIBILITY")),
            "digitally_accessible_note": values.multiline(_text(extended, "DIGITAL_ACCESSIBILITY_REMARKS")),
            "languages": self.languages(),
            "languages_note": notes.fit(
                "TEACHING_LANGUAGES_REMARKS", values.tidy(_text(extended, "TEACHING_LANGUAGES_REMARKS")), 500
            ),
            "measure_number": notes.fit("MEASURE_NUMBER", values.tidy(_text(extended, "MEASURE_NUMBER")), 30),
            "methods": unique(
                [values.tidy(text)[:255] for module in self.modules for text in _texts(module, "METHOD")]
            ),
            "media": unique([values.tidy(text)[:255] for module in self.modules for text in _texts(module, "MEDIA")]),
            "note": "".join(
                markup.to_html(text) for module in self.modules for text in _texts(module, "MARKETINGTEXT")
            ),
        }
        return compact(fields | self.times(fields))

    def dates(self) -> dict:
        notes = self.notes
        period = self.details.find("SERVICE_DATE")
        durations = [node for module in self.modules for node in module.iterfind("DURATION")]
        starts = notes.read("START_DATE", values.day, _text(period, "START_DATE"))
        ends = notes.read("END_DATE", values.day, _text(period, "END_DATE"))
        if not starts and not ends:
            found = [notes.read("DURATION", values.day, _text(node, "START_DATE")) for node in durations]
            starts = min(filter(None, found), default=None)
            found = [notes.read("DURATION", values.day, _text(node, "END_DATE")) for node in durations]
            ends = max(filter(None, found), default=None)
        ends = notes.end("END_DATE", starts, ends)
        remarks = [_text(period, "DATE_REMARKS"), *(_text(node, "DATE_REMARKS") for node in durations)]
        remarks.append(_text(self.details.find("ANNOUNCEMENT"), "DATE_REMARKS"))
        remarks.append(_text(self.extended, "LECTURE_PERIOD"))
        written = [values.tidy(_text(period, name)) for name in ("START_DATE", "END_DATE")]
        remarks += [raw for raw in written if raw and not re.search(r"\d{4}-\d\d", raw) and not starts]
        note = "\n".join(unique([values.multiline(text) for text in remarks]))
        flexible = any(values.yes(_text(module, "FLEXIBLE_START")) for module in self.modules)
        return {
            "starts_on": starts, "ends_on": ends, "date_note": note,
            "begin": _begin(starts, note, flexible=flexible), "sessions": self.single_day(period, starts, ends),
        }  # fmt: skip

    def single_day(self, period, starts: str | None, ends: str | None) -> list[dict]:
        """A run of one day with clock times is that one date; otherwise times of SERVICE_DATE say nothing (trap 2)."""
        begins, closes = values.time_in(_text(period, "START_DATE")), values.time_in(_text(period, "END_DATE"))
        if not starts or starts != ends or not begins or not closes or begins >= closes:
            return []
        return [{"day": starts, "starts": begins, "ends": closes}]

    def money(self) -> dict:
        """0.0 with "auf Anfrage" is how the field says unknown; free is what says so in words (trap 1)."""
        price_details = self.element.find("SERVICE_PRICE_DETAILS")
        if price_details is None:
            return {"price_kind": "on_request"}
        notes, price = self.notes, price_details.find("SERVICE_PRICE")
        amount, reduced, words = money.prices(_text(price, "PRICE_AMOUNT"))
        if words and amount is None:
            notes.notice("PRICE_AMOUNT", _("“%(value)s” cannot be read.") % {"value": words[:80]})
        amount = amount or Decimal(0)
        remarks = values.multiline(_text(price_details, "REMARKS"))
        currency = values.tidy(_text(price, "PRICE_CURRENCY")).upper()
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
        daily = values.yes(_text(price_details, "DAILY_PRICE"))
        until = self.notes.read("VALIDITY", values.day, _text(price_details, "VALIDITY/END_DATE"))
        shown = until and f"{until[8:10]}.{until[5:7]}.{until[:4]}"
        return [
            "Preis je Tag" if daily else "",
            f"Preis gültig bis {shown}" if until else "",
            values.multiline(_text(price_details, "VALIDITY/DATE_REMARKS")),
        ]

    def funding(self) -> dict:
        """Numbers of both lists, remarks, and subsidies with the institution that pays them."""
        found = {}
        for field, tag in (
            ("funding_federal", "FUNDING_TYPES_FEDERAL"),
            ("funding_regional", "FUNDING_TYPES_REGIONAL"),
        ):
            nodes = [] if self.extended is None else self.extended.iterfind(tag)
            numbers = [self.code(field, node, tag) for node in nodes]
            found[field] = [number for number in dict.fromkeys(numbers) if number is not None]
        subsidies = [
            compact(
                {
                    "by": values.tidy(_text(node, "SUBSIDY_INSTITUTION"))[:255],
                    "text": values.multiline(_text(node, "SUBSIDY_DESCRIPTION"))[:2000],
                }
            )
            for node in ([] if self.education is None else self.education.iterfind("SUBSIDY"))
        ]
        note = values.multiline(_text(self.extended, "FUNDING_TYPES_REMARKS"))
        return found | {"funding_note": note, "subsidies": unique(subsidies)}

    def certificate(self) -> dict:
        """The admission of the measure (AZAV): the one that admits counts where several stand."""
        nodes = [] if self.education is None else self.education.findall("CERTIFICATE")
        if not nodes:
            return {}
        node = next((node for node in nodes if values.tidy(_text(node, "CERTIFICATE_STATUS")) == "1"), nodes[0])
        notes = self.notes
        start = notes.read("CERT_VALIDITY", values.day, _text(node, "CERT_VALIDITY/START_DATE"))
        end = notes.read("CERT_VALIDITY", values.day, _text(node, "CERT_VALIDITY/END_DATE"))
        number = values.tidy(_text(node, "CERTIFICATE_NUMBER"))
        texts = [*_texts(node, "CERT_DESCRIPTION"), *_texts(node, "CERT_VALIDITY/DATE_REMARKS")]
        texts += [number] if len(number) > 60 else []
        for other in (each for each in nodes if each is not node):
            texts += [values.tidy(_text(other, "CERTIFICATE_NUMBER")), *_texts(other, "CERT_DESCRIPTION")]
        return {
            "certificate_status": self.number_code(
                "certificate_status", node.find("CERTIFICATE_STATUS"), "CERTIFICATE_STATUS"
            ),
            "certifier_number": self.number_code("certifier", node.find("CERTIFIER_NUMBER"), "CERTIFIER_NUMBER"),
            "certificate_number": kit_text.truncate(number, 60),
            "certificate_from": start,
            "certificate_until": end,
            "certificate_note": "\n".join(unique(texts)),
        }  # fmt: skip

    def form(self) -> dict:
        extended = self.extended
        form = self.code("instruction_form", self.under(extended, "INSTRUCTION_FORM"), "INSTRUCTION_FORM")
        execution = self.code("execution_form", self.under(extended, "EXECUTION_FORM"), "EXECUTION_FORM")
        time = self.code("instruction_time", self.under(extended, "INSTRUCTION_TIME"), "INSTRUCTION_TIME")
        in_house = values.yes(_text(extended, "INHOUSE_SEMINAR"))
        return {
            "mode": self.mode(form, execution),
            "instruction_form": form,
            "instruction_form_name": self.notes.fit(
                "INSTRUCTION_FORM_NAME", values.tidy(_text(extended, "INSTRUCTION_FORM_NAME")), 60
            ),
            "instruction_time": {1: 1, 2: 2}.get(form) if time is None else time,
            "execution_form": execution,
            "in_house": True if form == 7 and in_house is None else in_house,
        }

    def mode(self, form: int | None, execution: int | None) -> str:
        """As the form says; measures of activation say it in EXECUTION_FORM."""
        if found := codes.mode(form):
            return found
        if execution in EXECUTION_MODES:
            return EXECUTION_MODES[execution]
        tags = {module.tag for module in self.modules}
        places = [_text(module, f"LOCATION/{name}") for module in self.modules for name in ("NAME", "NAME2", "CITY")]
        if addresses.names_online(*places):
            return "online"
        return "online" if tags and "MODULE_COURSE" not in tags else ""

    def languages(self) -> list[str]:
        raw = _texts(self.extended, "TEACHING_LANGUAGES") or _texts(self.education, "LANGUAGE")
        raw = [word for text in raw for word in re.split(r"[,;/\s]+|\bund\b", text) if word]
        found = unique([language(text) for text in raw])
        for text in raw:
            if text and text != "0" and not language(text):
                self.notes.notice("TEACHING_LANGUAGES", _("“%(value)s” cannot be read.") % {"value": text[:80]})
        return found

    def phases(self) -> dict:
        """Each MODULE_COURSE is a phase; the run takes venue, places and class from the first that says them."""
        phases = [self.phase(module) for module in self.modules]
        first = {}
        for phase in phases:
            first = phase | compact(first)
        classes = [phase.get("duration_class") for phase in phases if phase.get("duration_class")]
        remarks = unique([phase.get("note", "") for phase in phases])
        kept = [
            {name: value for name, value in phase.items() if name not in {"places", "places_min", "location"}}
            | ({"location": _line(phase["location"])} if phase.get("location") else {})
            for phase in phases
        ]
        is_one = len(phases) < 2 and not any(phase.get("segment_type") for phase in phases)
        return {
            "location": first.get("location"),
            "places_min": first.get("places_min"),
            "places": first.get("places"),
            "duration_class": max(classes, default=None),
            "schedule_note": "\n".join(remarks),
            "phases": [] if is_one else [compact(phase) for phase in kept],
        }

    def phase(self, module) -> dict:
        notes, duration = self.notes, module.find("DURATION")
        segment = self.code("segment_type", module.find("EXTENDED_INFO/SEGMENT_TYPE"), "SEGMENT_TYPE")
        kind = self.code("duration", duration, "DURATION")
        most = notes.read("MAX_PARTICIPANTS", values.count, _text(module, "MAX_PARTICIPANTS"))
        least = notes.read("MIN_PARTICIPANTS", values.count, _text(module, "MIN_PARTICIPANTS"), last=False)
        return compact(
            {
                "segment_type": segment,
                "duration_class": kind or None,
                "starts_on": notes.read("DURATION", values.day, _text(duration, "START_DATE")),
                "ends_on": notes.read("DURATION", values.day, _text(duration, "END_DATE")),
                "date_note": values.multiline(_text(duration, "DATE_REMARKS")),
                "note": "\n".join(unique([*_texts(module, "INSTRUCTION_REMARKS"), *_effort(module)])),
                "location": _address(module.find("LOCATION")),
                "places_min": least,
                "places": most or None,
            }
        )

    def times(self, fields: dict) -> dict:
        """Weekdays and times of day from the dates, or from what is written about them; the class from the dates."""
        found = {"duration_class": self.duration_class(fields)}
        if fields["sessions"]:
            weekdays, times = schedule.from_sessions(fields["sessions"])
            return found | {"weekdays": weekdays, "times_of_day": times}
        read = schedule.parse(fields["schedule_note"]) or schedule.parse(fields["date_note"])
        times = list(read.times_of_day)
        if fields["instruction_form"] == 3 and "weekend" not in times:
            times.append("weekend")
        if not read.ranges and not times:
            times = self.times_of_period(fields)
        return found | {
            "weekdays": read.weekdays or None, "times_of_day": times, "times_from_text": bool(read) or None,
        }  # fmt: skip

    def times_of_period(self, fields: dict) -> list[str]:
        period = self.details.find("SERVICE_DATE")
        begins, closes = values.time_in(_text(period, "START_DATE")), values.time_in(_text(period, "END_DATE"))
        return [schedule.time_of_day(begins, closes)] if begins and closes and begins < closes else []

    def duration_class(self, fields: dict) -> int | None:
        """A class that the dates contradict gives way to them (trap 15); at the border of two classes it may stand."""
        computed = duration_class(fields["starts_on"], fields["ends_on"])
        written = fields["duration_class"]
        if not computed or not written:
            return computed or written
        if abs(computed - written) <= 1:
            return written
        self.notes.notice("DURATION", _("The class of duration contradicts the dates. The dates count."))
        return computed


def duration_class(starts: str | None, ends: str | None) -> int | None:
    """Number of DURATION@type for a span of days; None without both ends."""
    if not starts or not ends or ends < starts:
        return None
    days = (values.date.fromisoformat(ends) - values.date.fromisoformat(starts)).days + 1
    return next((number for number, longest in DURATIONS if days <= longest), 9)


def _effort(module) -> list[str]:
    """What a learning programme says about the time that it takes."""
    match = re.fullmatch(r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?.*)?", values.tidy(_text(module, "EST_DURATION")))
    units = zip(match.groups() if match else (), ("Tage", "Stunden", "Minuten"), strict=False)
    parts = [f"{int(number)} {unit}" for number, unit in units if number and int(number)]
    served = [text for tag in SERVICE_TIMES for text in _texts(module, f"{tag}/DATE_REMARKS")]
    return [f"Dauer etwa {' '.join(parts)}" if parts else "", *served]


def _order(module) -> int:
    try:
        return values.whole(_text(module, "MODULE_ORDER")) or 0
    except values.BadValue:
        return 0


def _begin(starts: str | None, note: str, *, flexible: bool) -> str:
    if flexible:
        return "any_time"
    if starts:
        return "fixed"
    return next((name for name, pattern in BEGINS if pattern.search(note)), "open")


def _says_nothing(text: str) -> bool:
    return kit_text.fold(text).strip(" .-") in {"", "keine angabe", "keine angaben", "k. a", "k.a", "keine", "entfallt"}


def _line(location: dict) -> str:
    place = f"{location.get('postcode', '')} {location.get('city', '')}".strip()
    return ", ".join(filter(None, [location.get("name"), location.get("street"), place]))
