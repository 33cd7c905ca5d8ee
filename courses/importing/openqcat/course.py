"""What a SERVICE says about the course: texts, keywords, degree, classification, links, contacts."""

import re

from django.utils.translation import gettext as _

from courses.importing import addresses, level, markup, values, xml
from courses.importing.fields import compact, unique
from courses.importing.openqcat import reading
from courses.importing.openqcat.element import ServiceElement
from kit import text as kit_text

_OF_UNIVERSITY = "SERVICE_MODULE/EDUCATION/EXTENDED_INFO"
STUDY_TEXTS = (
    "STUDY_COURSE/STUDY_TYPE_ADD_INFO", "STUDY_COURSE/SPECIALIZATION/CORE_AREA",
    f"{_OF_UNIVERSITY}/COMBINATION_DESCRIPTION",
)  # fmt: skip
ADMISSION_TEXTS = (
    f"{_OF_UNIVERSITY}/ADM_RESTRICTION_DESC", "STUDY_COURSE/EDU_RESTRICTIONS/SSC_DESC",
    "STUDY_COURSE/EDU_RESTRICTIONS/WO_SSC/CONDITIONS_WO_SSC_DESC",
)  # fmt: skip


class CourseFields(ServiceElement):
    """Reads the fields of a course."""

    def course(self) -> dict:
        notes, details, extended = self.notes, self.details, self.extended
        title = notes.fit("TITLE", values.line(reading.text(details, "TITLE")), 255)
        derived = level.guess(title)
        fields = {
            "number": notes.fit("SUPPLIER_ALT_PID", values.tidy(reading.text(details, "SUPPLIER_ALT_PID")), 60),
            "title": title,
            "description": markup.to_html(xml.inner(reading.first(details, "DESCRIPTION_LONG")))
            + self.study(*STUDY_TEXTS),
            "requirements": self.requirements(),
            "audience": self.audience(),
            "terms": self.terms(),
            "credits": markup.to_html(xml.inner(reading.first(self.education, "CREDITS"))),
            "level": derived,
            "level_is_derived": bool(derived) or None,
            "keywords": self.keywords(),
            "course_type": self.number_code("course_type", reading.first(self.element, "COURSE_TYPE"), "COURSE_TYPE"),
            "education_type": self.code("education_type", reading.first(extended, "EDUCATION_TYPE"), "EDUCATION_TYPE"),
            "institution": self.code("institution", reading.first(extended, "INSTITUTION"), "INSTITUTION"),
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
            for parent in reading.every(module, "TECH_REQUIREMENTS_MIN")
            for node in parent
        ]
        text = markup.to_html(xml.inner(reading.first(self.details, "REQUIREMENTS")))
        return text + markup.to_html(", ".join(unique(technical))) + self.study(*ADMISSION_TEXTS)

    def study(self, *paths: str) -> str:
        """What a degree programme says in words of its own (STUDY_COURSE and EXTENDED_INFO of universities)."""
        found = [text for path in paths for text in reading.texts(self.details, path)]
        return "".join(map(markup.to_html, unique(found)))

    def terms(self) -> str:
        nodes = [*reading.every(self.details, "TERMS_AND_CONDITIONS")]
        nodes += [node for module in self.modules for node in reading.every(module, "LICENCE")]
        return "".join(markup.to_html(xml.inner(node)) for node in nodes)

    def audience(self) -> str:
        texts = []
        for group in reading.every(self.details, "TARGET_GROUP"):
            texts.append(markup.to_html(xml.inner(reading.first(group, "TARGET_GROUP_TEXT"))))
            rest = reading.texts(group, "TARGET_GROUP_HIERARCHY") + reading.texts(group, "TARGET_GROUP_DEPARTMENT")
            rest += reading.texts(group, "TARGET_GROUP_INDUSTRY/INDUSTRY_GROUP_NAME")
            texts.append(markup.to_html(", ".join(filter(None, rest))))
        return "".join(texts)

    def keywords(self) -> list[list[str]]:
        """Without those that only repeat the title or a word of it (trap 12)."""
        title = kit_text.fold(values.line(reading.text(self.details, "TITLE")))
        title_words = set(re.split(r"[\s/,;:()]+", title))
        words = []
        for node in reading.every(self.details, "KEYWORD"):
            word = values.line(node.text)[:255]
            folded = kit_text.fold(word)
            if folded and folded != title and not set(folded.split()) <= title_words:
                words.append(["subject", word])
        return unique(words)

    def handicaps(self) -> list[int]:
        numbers = []
        for node in reading.every(self.education, "HANDICAP"):
            number = reading.code(node)
            if number is not None:
                numbers.append(number)
                self.codes.append(["handicap", number, values.tidy(reading.text(node, "HAND_NAME"))[:255]])
        return list(dict.fromkeys(numbers))

    def degree(self) -> dict:
        degree = reading.first(self.education, "DEGREE")
        if degree is None:
            return {"degree_title": self.university_degree()}
        exam = reading.first(degree, "DEGREE_EXAM")
        added = [markup.to_html(xml.inner(reading.first(degree, "DEGREE_DESCRIPTION")))]
        full, examiner = self.exam(exam), values.tidy(reading.text(exam, "EXAMINER"))
        added += [markup.to_html(text) for text in (full, examiner) if len(text) > 255]  # what the field cannot hold
        added += [
            markup.to_html(text)
            for text in reading.texts(degree, "DEGREE_ADD_QUALIFICATION")
            if not _says_nothing(text)
        ]
        entitled = [text for text in reading.texts(degree, "DEGREE_ENTITLED") if not _says_nothing(text)]
        return {
            "degree_title": self.notes.fit("DEGREE_TITLE", values.line(reading.text(degree, "DEGREE_TITLE")), 2000)
            or self.university_degree(),
            "degree_type": reading.code(degree),
            "degree_exam": kit_text.truncate(full, 255),
            "examiner": kit_text.truncate(examiner, 255),
            "degree_additional": "".join(added),
            "degree_entitled": "".join(map(markup.to_html, entitled)),
        }

    def university_degree(self) -> str:
        """In words: the official degree is a number of a list that is not public."""
        node = reading.first(self.details, "STUDY_COURSE/DEGREE_INFO")
        found = values.line(reading.text(node, "INTERNAL_DEGREE")) or values.line(reading.text(node, "UNIV_DEGREE"))
        return "" if found.isdigit() else found[:2000]

    def exam(self, exam) -> str:
        if exam is None:
            return ""
        days = [self.notes.read("EXAM_DATE", values.day, node.text) for node in reading.every(exam, "EXAM_DATE")]
        shown = [f"{iso[8:10]}.{iso[5:7]}.{iso[:4]}" for iso in days if iso]
        parts = [values.tidy(exam.get("type")), values.tidy(reading.text(exam, "EXAM_TITLE"))]
        parts += [values.tidy(reading.text(exam, "EXAM_DESCRIPTION")), ", ".join(shown)]
        return ", ".join(unique(parts))

    def classification(self) -> dict:
        """Kurssystematik: code and label. B codes carry the key of an occupation: "B 43412-90200" → 43412."""
        entries, occupation = [], ""
        for node in reading.every(self.element, "SERVICE_CLASSIFICATION"):
            system = values.tidy(reading.text(node, "REFERENCE_CLASSIFICATION_SYSTEM_NAME"))
            pairs = [
                (
                    reading.text(node, "REFERENCE_CLASSIFICATION_GROUP_ID"),
                    reading.text(node, "REFERENCE_CLASSIFICATION_GROUP_NAME"),
                )
            ]
            pairs += [
                (reading.text(feature, "FNAME"), ", ".join(reading.texts_below(feature, "FVALUE")))
                for feature in reading.every(node, "FEATURE")
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
        for node in (node for home in homes for node in reading.every(home, "MIME_INFO/MIME_ELEMENT")):
            raw = values.tidy(reading.text(node, "MIME_SOURCE"))
            url = addresses.url(raw, self.mime_root, longest=2000)
            if raw and not url:
                self.notes.notice("MIME_SOURCE", _("“%(value)s” is no web address.") % {"value": raw[:80]})
            if url:
                label = values.tidy(reading.text(node, "MIME_DESCR") or reading.text(node, "MIME_ALT"))[:255]
                known = found.setdefault(url, {"url": url, "label": "", "purpose": ""})
                known["label"] = known["label"] or label
                known["purpose"] = known["purpose"] or values.tidy(reading.text(node, "MIME_PURPOSE"))[:60]
        return list(found.values())

    def references(self) -> list[dict]:
        homes = [self.element, *self.modules]
        found = []
        for node in (node for home in homes for node in reading.every(home, "SERVICE_REFERENCE")):
            product = values.tidy(reading.text(node, "PRODUCT_ID_REF"))[:255]
            if product:
                found.append({"kind": values.tidy(node.get("type"))[:60] or "others", "external_id": product})
        return unique(found)

    def contacts(self) -> list[dict]:
        """Whom to ask first comes first: role 1 before the others."""
        found = unique([reading.contact(node) for node in reading.every(self.details, "CONTACT")])
        return sorted(found, key=lambda contact: contact["role"] != 1)


def _says_nothing(text: str) -> bool:
    return kit_text.fold(text).strip(" .-") in {"", "keine angabe", "keine angaben", "k. a", "k.a", "keine", "entfallt"}
