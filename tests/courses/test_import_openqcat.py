"""Every element of open-Q-cat 1.1 and what becomes of it: the field that holds it, or the reason why none does.

The table builds a file with a value in every element; each line is checked in the catalogue. Where the schema lies at
hand, no element of it may be missing here.
"""

# ruff: noqa: E501  a table reads better in lines

from datetime import date
from decimal import Decimal

import pytest
from django.core.management import call_command
from lxml import etree

from courses.models import Course, CourseRun
from tests import shared
from tests.courses import deliveries as d
from tests.courses.importing import deliver

XSD = shared.DATA / "openqcat/openQ-cat.V1.1.xsd"
REAL = shared.DATA / "openqcat/records/catalogue-3.xml"
UPDATE = shared.DATA / "openqcat/minimal-update.xml"

S, D, E = "SERVICE", "SERVICE/SERVICE_DETAILS", "SERVICE/SERVICE_DETAILS/SERVICE_MODULE/EDUCATION"
X, M, L = f"{E}/EXTENDED_INFO", f"{E}/MODULE_COURSE", f"{E}/MODULE_COURSE/LOCATION"
C, P, H = f"{D}/CONTACT", f"{S}/SERVICE_PRICE_DETAILS", "SUPPLIER"
HX = "SUPPLIER/EXTENDED_INFO"

# (path, attributes, text, what of ours holds it, value there)
STORED = [
    (f"{S}/PRODUCT_ID", {}, "P-1", "run.external_id", "P-1"),
    (f"{S}/COURSE_TYPE", {}, "5", "course.course_type", 5),
    (f"{S}/SUPPLIER_ID_REF", {"type": "supplier_specific"}, "77", "source.supplier_id", "77"),
    (f"{D}/TITLE", {}, "Schweißen für Einsteiger A", "course.title", "Schweißen für Einsteiger A"),
    (f"{D}/DESCRIPTION_LONG", {}, "Sie lernen schweißen.", "course.description", "<p>Sie lernen schweißen.</p>"),
    (f"{D}/SUPPLIER_ALT_PID", {}, "ALT-9", "course.number", "ALT-9"),
    (f"{C}/CONTACT_ROLE", {"type": "1"}, "Ansprechpartner", "contact.role", 1),
    (f"{C}/SALUTATION", {}, "w", "contact.salutation", "w"),
    (f"{C}/ACADEMIC_TITLE", {}, "Dr.", "contact.title", "Dr."),
    (f"{C}/FIRST_NAME", {}, "Kim", "contact.first_name", "Kim"),
    (f"{C}/LAST_NAME", {}, "Muster", "contact.last_name", "von Muster"),
    (f"{C}/NAME_PREFIX", {}, "von", "contact.last_name", "von Muster"),
    (f"{C}/JOB_TITLE", {}, "Leitung", "contact.job_title", "Leitung"),
    (f"{C}/PHONE", {}, "+49.3631.000001", "contact.phone", "+49 3631 000001"),
    (f"{C}/MOBILE", {}, "+49.151.000002", "contact.mobile", "+49 151 000002"),
    (f"{C}/EMAILS/EMAIL", {}, "kim@schule.example", "contact.email", "kim@schule.example"),
    (f"{C}/URL", {}, "https://schule.example/kim", "contact.website", "https://schule.example/kim"),
    (f"{C}/CONTACT_REMARKS", {}, "vormittags", "contact.remarks", "vormittags"),
    (f"{D}/REQUIREMENTS", {}, "Mut", "course.requirements", "<p>Mut</p>"),
    (f"{D}/SERVICE_DATE/START_DATE", {}, "2027-03-01T00:00:00+01:00", "run.starts_on", date(2027, 3, 1)),
    (f"{D}/SERVICE_DATE/END_DATE", {}, "2027-03-05T00:00:00+01:00", "run.ends_on", date(2027, 3, 5)),
    (f"{D}/SERVICE_DATE/DATE_REMARKS", {}, "ohne Ferien", "run.date_note", "ohne Ferien\nkurz\nbald"),
    (f"{D}/KEYWORD", {}, "Metall", "keywords", ["Metall"]),
    (f"{D}/TARGET_GROUP/TARGET_GROUP_TEXT", {}, "Alle", "course.audience", "<p>Alle</p><p>Stufe, Werkstatt, Bau</p>"),
    (f"{D}/TARGET_GROUP/TARGET_GROUP_HIERARCHY", {}, "Stufe", "course.audience", None),
    (f"{D}/TARGET_GROUP/TARGET_GROUP_INDUSTRY/INDUSTRY_GROUP_NAME", {}, "Bau", "course.audience", None),
    (f"{D}/TARGET_GROUP/TARGET_GROUP_DEPARTMENT", {}, "Werkstatt", "course.audience", None),
    (f"{D}/TERMS_AND_CONDITIONS", {}, "Acht Plätze", "course.terms", "<p>Acht Plätze</p>"),
    (f"{D}/ANNOUNCEMENT/START_DATE", {}, "2026-01-18+01:00", "run.announced_from", date(2026, 1, 18)),
    (f"{D}/ANNOUNCEMENT/END_DATE", {}, "2027-02-05+01:00", "run.announced_until", date(2027, 2, 5)),
    (f"{D}/ANNOUNCEMENT/DATE_REMARKS", {}, "bald", "run.date_note", None),
    (f"{E}/COURSE_ID", {}, "P-1", "course.external_id", "P-1"),
    (f"{E}/DEGREE", {"type": "2"}, "", "course.degree_type", 2),
    (f"{E}/DEGREE/DEGREE_TITLE", {}, "Schweißschein", "course.degree_title", "Schweißschein"),
    (f"{E}/DEGREE/DEGREE_DESCRIPTION", {}, "Gilt ewig", "course.degree_additional", "<p>Gilt ewig</p><p>Löten</p>"),
    (f"{E}/DEGREE/DEGREE_EXAM", {"type": "Zeugnis"}, "", "course.degree_exam", "Zeugnis, Praxis, drei Nähte, 05.03.2027"),
    (f"{E}/DEGREE/DEGREE_EXAM/EXAM_TITLE", {}, "Praxis", "course.degree_exam", None),
    (f"{E}/DEGREE/DEGREE_EXAM/EXAM_DESCRIPTION", {}, "drei Nähte", "course.degree_exam", None),
    (f"{E}/DEGREE/DEGREE_EXAM/EXAM_DATE", {}, "2027-03-05T00:00:00", "course.degree_exam", None),
    (f"{E}/DEGREE/DEGREE_EXAM/EXAMINER", {}, "HWK", "course.examiner", "HWK"),
    (f"{E}/DEGREE/DEGREE_ADD_QUALIFICATION", {}, "Löten", "course.degree_additional", None),
    (f"{E}/DEGREE/DEGREE_ENTITLED", {}, "Meisterkurs", "course.degree_entitled", "<p>Meisterkurs</p>"),
    (f"{E}/CREDITS", {}, "Praktikum", "course.credits", "<p>Praktikum</p>"),
    (f"{E}/HANDICAP", {"type": "9"}, "", "course.handicaps", [9]),
    (f"{E}/HANDICAP/HAND_NAME", {}, "Gehörlosigkeit", "code", "handicap"),
    (f"{E}/SUBSIDY/SUBSIDY_INSTITUTION", {}, "Land", "run.subsidies", [{"by": "Land", "text": "zahlt die Hälfte"}]),
    (f"{E}/SUBSIDY/SUBSIDY_DESCRIPTION", {}, "zahlt die Hälfte", "run.subsidies", None),
    (f"{E}/REGISTRATION_DATE", {}, "2027-02-20T00:00:00+01:00", "run.registration_until", date(2027, 2, 20)),
    (f"{E}/MIME_INFO/MIME_ELEMENT/MIME_SOURCE", {}, "https://schule.example/1", "link", "https://schule.example/1"),
    (f"{E}/MIME_INFO/MIME_ELEMENT/MIME_DESCR", {}, "Flyer", "link.label", "Flyer"),
    (f"{E}/MIME_INFO/MIME_ELEMENT/MIME_PURPOSE", {}, "detail", "link.purpose", "detail"),
    (f"{E}/CERTIFICATE/CERTIFICATE_STATUS", {}, "1", "run.certificate_status", 1),
    (f"{E}/CERTIFICATE/CERTIFIER_NUMBER", {}, "48", "run.certifier_number", 48),
    (f"{E}/CERTIFICATE/CERTIFICATE_NUMBER", {}, "Z-7", "run.certificate_number", "Z-7"),
    (f"{E}/CERTIFICATE/CERT_VALIDITY/START_DATE", {}, "2026-01-01", "run.certificate_from", date(2026, 1, 1)),
    (f"{E}/CERTIFICATE/CERT_VALIDITY/END_DATE", {}, "2028-12-31", "run.certificate_until", date(2028, 12, 31)),
    (f"{E}/CERTIFICATE/CERT_VALIDITY/DATE_REMARKS", {}, "vorläufig", "run.certificate_note", "AZAV\nvorläufig"),
    (f"{E}/CERTIFICATE/CERT_DESCRIPTION", {}, "AZAV", "run.certificate_note", None),
    (f"{X}/INSTITUTION", {"type": "105"}, "", "course.institution", 105),
    (f"{X}/INSTRUCTION_FORM", {"type": "301"}, "", "run.instruction_form", 301),
    (f"{X}/INSTRUCTION_FORM_NAME", {}, "Lernwerkstatt", "run.instruction_form_name", "Lernwerkstatt"),
    (f"{X}/INSTRUCTION_TIME", {"type": "2"}, "", "run.instruction_time", 2),
    (f"{X}/INHOUSE_SEMINAR", {}, "true", "run.in_house", True),
    (f"{X}/EXTRA_OCCUPATIONAL", {}, "1", "run.beside_job", True),
    (f"{X}/PRACTICAL_PART", {}, "false", "run.practical_part", False),
    (f"{X}/TRAINEE_SUITABLE", {}, "true", "run.for_trainees", True),
    (f"{X}/EMPLOYEE_SUITABLE", {}, "true", "run.for_employees", True),
    (f"{X}/EXECUTION_FORM", {"type": "3"}, "", "run.execution_form", 3),
    (f"{X}/FUNDING_TYPES_FEDERAL", {"type": "2"}, "", "run.funding_federal", [2]),
    (f"{X}/FUNDING_TYPES_REGIONAL", {"type": "56"}, "", "run.funding_regional", [56]),
    (f"{X}/FUNDING_TYPES_REMARKS", {}, "bitte fragen", "run.funding_note", "bitte fragen"),
    (f"{X}/DIGITAL_ACCESSIBILITY", {}, "true", "run.digitally_accessible", True),
    (f"{X}/DIGITAL_ACCESSIBILITY_REMARKS", {}, "Untertitel", "run.digitally_accessible_note", "Untertitel"),
    (f"{X}/TEACHING_LANGUAGES", {}, "deu", "run.languages", ["deu"]),
    (f"{X}/TEACHING_LANGUAGES_REMARKS", {}, "langsam", "run.languages_note", "langsam"),
    (f"{X}/EDUCATION_TYPE", {"type": "104"}, "", "course.education_type", 104),
    (f"{X}/MEASURE_NUMBER", {}, "987/65/26", "run.measure_number", "987/65/26"),
    (f"{M}/MARKETINGTEXT", {}, "Funken fliegen.", "run.note", "<p>Funken fliegen.</p>"),
    (f"{M}/MIN_PARTICIPANTS", {}, "4", "run.places_min", 4),
    (f"{M}/MAX_PARTICIPANTS", {}, "12", "run.places", 12),
    (f"{L}/NAME", {}, "Haus A", "location.name", "Haus A Flügel B Etage 2"),
    (f"{L}/NAME2", {}, "Flügel B", "location.name", None),
    (f"{L}/NAME3", {}, "Etage 2", "location.name", None),
    (f"{L}/STREET", {}, "Musterweg 1", "location.street", "Musterweg 1"),
    (f"{L}/ZIP", {}, "04315", "location.postcode", "04315"),
    (f"{L}/CITY", {}, "Leipzig", "location.city", "Leipzig"),
    (f"{L}/DISTRICT", {}, "Reudnitz", "location.quarter", "Reudnitz"),
    (f"{L}/STATE", {}, "Sachsen", "location.state_name", "Sachsen"),
    (f"{L}/COUNTRY_CODED", {}, "DE", "location.country", "DE"),
    (f"{L}/COUNTRY", {}, "deutschland", "location.country", "DE"),
    (f"{L}/PHONE", {}, "+49.341.000003", "location.phone", "+49 341 000003"),
    (f"{L}/EMAILS/EMAIL", {}, "haus@schule.example", "location.email", "haus@schule.example"),
    (f"{L}/URL", {}, "https://schule.example/haus", "location.website", "https://schule.example/haus"),
    (f"{L}/ADDRESS_REMARKS", {}, "Tram 3", "location.remarks", "Tram 3"),
    (f"{L}/BARRIER_FREE_LOCATION", {}, "true", "location.is_barrier_free", True),
    (f"{M}/DURATION", {"type": "2"}, "", "run.duration_class", 2),
    (f"{M}/DURATION/START_DATE", {}, "2027-03-01T00:00:00+01:00", "phase.starts_on", "2027-03-01"),
    (f"{M}/DURATION/END_DATE", {}, "2027-03-05T00:00:00+01:00", "phase.ends_on", "2027-03-05"),
    (f"{M}/DURATION/DATE_REMARKS", {}, "kurz", "run.date_note", None),
    (f"{M}/SERVICE_REFERENCE", {"type": "similar"}, "", "reference.kind", "similar"),
    (f"{M}/SERVICE_REFERENCE/PRODUCT_ID_REF", {}, "P-8", "reference.external_id", "P-8"),
    (f"{M}/METHOD", {}, "Übung", "run.methods", ["Übung"]),
    (f"{M}/MEDIA", {}, "Video", "run.media", ["Video"]),
    (f"{M}/INSTRUCTION_REMARKS", {}, "Mo-Fr 8-15 Uhr", "run.schedule_note", "Mo-Fr 8-15 Uhr"),
    (f"{M}/FLEXIBLE_START", {}, "true", "run.begin", "any_time"),
    (f"{M}/EXTENDED_INFO/SEGMENT_TYPE", {"type": "2"}, "", "phase.segment_type", 2),
    (f"{S}/SERVICE_CLASSIFICATION/REFERENCE_CLASSIFICATION_SYSTEM_NAME", {}, "Kurssystematik", "system.system", "Kurssystematik"),
    (f"{S}/SERVICE_CLASSIFICATION/FEATURE/FNAME", {}, "B  24422-900", "course.kldb", "24422"),
    (f"{S}/SERVICE_CLASSIFICATION/FEATURE/FVALUE", {}, "Schweißer/in", "system.label", "Schweißer/in"),
    (f"{P}/VALIDITY/END_DATE", {}, "2026-12-31T00:00:00", "run.price_note", "inkl. Helm\nPreis je Tag\nPreis gültig bis 31.12.2026\nfest"),
    (f"{P}/VALIDITY/DATE_REMARKS", {}, "fest", "run.price_note", None),
    (f"{P}/DAILY_PRICE", {}, "true", "run.price_note", None),
    (f"{P}/SERVICE_PRICE/PRICE_AMOUNT", {}, "245.5", "run.price", Decimal("245.50")),
    (f"{P}/SERVICE_PRICE/PRICE_CURRENCY", {}, "EUR", "run.price_kind", "known"),
    (f"{P}/REMARKS", {}, "inkl. Helm", "run.price_note", None),
    (f"{H}/SUPPLIER_ID", {"type": "supplier_specific"}, "77", "source.supplier_id", "77"),
    (f"{H}/SUPPLIER_NAME", {}, "Schweißschule", "plan.supplier_name", "Schweißschule"),
    (f"{H}/ADDRESS/NAME", {}, "Schweißschule", "main.name", "Schweißschule"),
    (f"{H}/ADDRESS/STREET", {}, "Ring 5", "main.street", "Ring 5"),
    (f"{H}/ADDRESS/ZIP", {}, "99734", "main.postcode", "99734"),
    (f"{H}/ADDRESS/CITY", {}, "Nordhausen", "main.city", "Nordhausen"),
    (f"{H}/ADDRESS/PHONE", {}, "+49.3631.000009", "provider.phone", "+49 3631 000009"),
    (f"{H}/ADDRESS/EMAILS/EMAIL", {}, "info@schule.example", "provider.email", "info@schule.example"),
    (f"{H}/ADDRESS/URL", {}, "https://schule.example", "provider.website", "https://schule.example"),
    (f"{H}/CONTACT/CONTACT_ROLE", {"type": "2"}, "", "chief.role", 2),
    (f"{H}/CONTACT/LAST_NAME", {}, "Leiter", "chief.last_name", "Leiter"),
    (f"{H}/CERTIFICATE/CERTIFICATE_STATUS", {}, "1", "certification.kind", "azav_provider"),
    (f"{H}/CERTIFICATE/CERTIFIER_NUMBER", {}, "48", "certification.certifier_number", 48),
    (f"{H}/CERTIFICATE/CERTIFICATE_NUMBER", {}, "T-1", "certification.number", "T-1"),
    (f"{H}/CERTIFICATE/CERT_VALIDITY/END_DATE", {}, "2028-01-01", "certification.valid_to", date(2028, 1, 1)),
    (f"{H}/CERTIFICATE/CERT_DESCRIPTION", {}, "Fachbereich 4", "certification.scope", "Fachbereich 4"),
    (f"{HX}/ORGANIZATIONAL_FORM", {"type": "2"}, "Private Bildungseinrichtung", "provider.legal_form", 2),
]  # fmt: skip

# Elements that stand elsewhere in the table under another path, or carry structure only.
STRUCTURE = [
    "OPENQCAT",
    "HEADER",
    "CATALOG",
    "SUPPLIER",
    "ADDRESS",
    "CONTACT",
    "EMAILS",
    "EXTENDED_INFO",
    "CERTIFICATE",
    "CERT_VALIDITY",
    "NEW_CATALOG",
    "UPDATE_CATALOG",
    "DELETE",
    "NEW",
    "SERVICE",
    "SERVICE_DETAILS",
    "SERVICE_DATE",
    "TARGET_GROUP",
    "TARGET_GROUP_INDUSTRY",
    "SERVICE_MODULE",
    "EDUCATION",
    "SUBSIDY",
    "MIME_INFO",
    "MIME_ELEMENT",
    "MODULE_COURSE",
    "LOCATION",
    "ANNOUNCEMENT",
    "SERVICE_CLASSIFICATION",
    "FEATURE",
    "SERVICE_PRICE_DETAILS",
    "SERVICE_PRICE",
    "VALIDITY",
    "VARIANTS",
    "VARIANT",
]

NOT_STORED = {
    "INSTRUCTOR": "names of teachers are personal data that nobody needs to find a course",
    "MODULE_ORGANIZER": "a person, not the provider; its place stands in LOCATION",
    "AUTHOR CBT_CONTACT WBT_CONTACT": "people behind a learning programme: personal data without use here",
    "DOCUMENT_CREATOR RECIPIENT RECIPIENT_ID RECIPIENT_NAME": "about the exchange, not about offers",
    "GENERATOR_INFO LANGUAGE CATALOG_ID CATALOG_VERSION CATALOG_NAME GENERATION_DATE TERRITORY CURRENCY": "about the file",
    "MIME_ROOT": "completes relative addresses of links",
    "AGREEMENT AGREEMENT_ID": "contracts between provider and recipient",
    "FAX ID_DB BOXNO ZIPBOX PUBLIC_KEY": "nobody writes to it any more; ZIPBOX and BOXNO stand in for ZIP and STREET",
    "BANKING ACCOUNT_NUMBER BANK_CODE": "bank details have no place in a catalogue",
    "INSTITUTION_NUMBER FUNDING_BODY STANDARD_COMPANY_NUMBER CUSTOMER_NUMBER": "numbers of the Bundesagentur, without use",
    "SERVICE_ORDER RECIPIENT_PID SERVICE_STATUS SEGMENT TIME_TO_HANDLE MIME_TYPE MIME_ORDER HAND_ORDER": "about processing",
    "MIME_ALT": "label of a link where MIME_DESCR is empty",
    "HAND_DESCRIPTION HAND_CATEGORY": "the number says what the official list says",
    "INDUSTRY_GROUP_ID": "the name is kept",
    "REFERENCE_CLASSIFICATION_GROUP_ID REFERENCE_CLASSIFICATION_GROUP_NAME": "kept like FEATURE where a file has it",
    "FUNIT FORDER FDESCR FVALUE_DETAILS VORDER PRODUCT_ID_SUPPLEMENT": "not used by the Kurssystematik",
    "TAX PRICE_FACTOR LOWER_BOUND": "the amount is what people pay; the rest stands in REMARKS",
    "CATALOG_ID_REF CATALOG_VERSION_REF REFERENCE_DESCRIPTION": "the kind and the number of the other offer are kept",
    "MODULE_ORDER": "orders the phases",
    "EXAM_LOCATION": "courses are found by their own venue",
    "MODULE_CBT MODULE_WBT": "methods, media, links as of MODULE_COURSE; the mode is online",
    "SERVICETIME INSTRUCTOR_SERVICETIME MANDATORY_LEARNINGTIME EST_DURATION LICENCE ISBN ISSN": "of learning programmes",
    "TECH_REQUIREMENTS_MIN": "part of the requirements", "TECH_REQUIREMENTS_RECOMMENDED": "the minimum is what counts",
    "REQ_CPU REQ_MEMORY REQ_HARDDRIVE REQ_GRAPHICSCARD REQ_OPERATINGSYSTEM REQ_OTHERSOFTWARE REQ_OTHERHARDWARE": "as above",
    "HS_INFO STUDICHECK_PROVIDED LECTURE_PERIOD ADM_RESTRICTION ADM_RESTRICTION_DESC MINOR_COURSE MANDATORY_COURSE_COMBINATION"
    " COMBINATION_DESCRIPTION SEM_RESTRICTION STUDY_COURSE DEGREE_INFO DEGREE_TYPE TEACHING_QUALIFICATION TEACHING_DEGREE"
    " DOUBLE_DEGREE INTERNAL_DEGREE STUDY_TYPE STUDY_TYPE_ADD_INFO REGULAR_STUDY_PERIOD REGULAR_STUDY_PERIOD_TYPE"
    " ACCREDITATION TYPE FROM TO CONDITIONS EDU_RESTRICTIONS SSC_REQUIRED WO_SSC CONDITIONS_WO_SSC CONDITIONS_WO_SSC_DESC"
    " SSC_DESC SPECIALIZATION CORE_AREA PARTNER_UNIVERSITY INSTITUTION_NAME": "of degree programmes, which are no offers here",
    "UNIV_DEGREE": "is the degree where DEGREE_TITLE is missing",
    "CLASSIFICATION_SYSTEM CATALOG_GROUP_SYSTEM SERVICE_TO_CATALOGGROUP_MAP": "vocabularies of the sender; codes suffice",
}  # fmt: skip


def document() -> bytes:
    """A catalogue with a value in every stored element, and a teacher whose name must not arrive."""
    supplier, record = etree.Element("SUPPLIER"), etree.Element("SERVICE")
    for path, attributes, words, _target, _value in STORED:
        head, *steps = path.split("/")
        node = supplier if head == "SUPPLIER" else record
        for step in steps:
            found = node.find(step)
            node = etree.SubElement(node, step) if found is None else found
        node.text = words or node.text
        node.attrib.update(attributes)
    teacher = etree.SubElement(record.find(M.removeprefix("SERVICE/")), "INSTRUCTOR")
    etree.SubElement(teacher, "LAST_NAME").text = "Geheimnis"
    return d.catalog(etree.tostring(record, encoding="unicode"), suppliers=etree.tostring(supplier, encoding="unicode"))


@pytest.fixture(scope="module")
def arrived(django_db_setup, django_db_blocker):
    """The catalogue after this one import, read once for all lines of the table."""
    with django_db_blocker.unblock():
        plan = deliver(document(), "Werkstatt für alle")
        course = Course.objects.select_related("contact", "provider", "source").get(source=plan.source)
        run = course.runs.select_related("location").get()
        provider = course.provider
        found = {
            "plan": plan, "course": course, "run": run, "location": run.location, "contact": course.contact,
            "source": course.source, "provider": provider, "phase": run.phases[0], "link": course.links[0],
            "reference": course.references[0], "system": course.systematics[0],
            "main": provider.locations.get(is_main=True), "chief": provider.contacts.get(role=2),
            "certification": provider.certifications.get(),
            "keywords": [keyword.word for keyword in course.keywords.all()],
        }  # fmt: skip
        yield found
        call_command("flush", interactive=False, verbosity=0)  # a module's rows would stay for all tests


@pytest.mark.parametrize(
    ("path", "target", "value"), [(path, target, value) for path, _a, _t, target, value in STORED if value is not None]
)
@pytest.mark.django_db
def test_every_element_arrives(arrived, path, target, value):
    name, _dot, field = target.partition(".")
    if name in {"keywords"}:
        assert arrived["keywords"] == value
    elif name == "code":
        assert arrived["course"].handicaps
    elif name == "link" and not field:
        assert arrived["link"]["url"] == value
    else:
        holder = arrived[name]
        assert (holder[field] if isinstance(holder, dict) else getattr(holder, field)) == value


@pytest.mark.django_db
def test_nothing_is_lost_or_rejected(arrived):
    assert (arrived["plan"].count_rejected, arrived["plan"].state) == (0, "applied")
    assert arrived["provider"].name == "Werkstatt für alle"  # the name that people gave it stays
    assert (arrived["run"].mode, arrived["run"].weekdays, arrived["run"].times_of_day) == ("blended", 31, ["all_day"])
    assert arrived["certification"].checked_at is None


@pytest.mark.django_db
def test_names_of_teachers_do_not_arrive(arrived):
    rows = [arrived["course"], arrived["run"], *arrived["provider"].contacts.all(), *arrived["plan"].items.all()]
    assert not [row for row in rows if "Geheimnis" in str(row.__dict__)]


def test_every_element_of_the_schema_is_spoken_of():
    if not XSD.exists():
        pytest.skip(f"the schema does not lie at {XSD}")
    names = {node.get("name") for node in etree.parse(XSD).iter("{http://www.w3.org/2001/XMLSchema}element")} - {None}
    spoken = {step for path, *_rest in STORED for step in path.split("/")}
    spoken |= {*STRUCTURE, *" ".join(NOT_STORED).split()}
    vocabularies = {name for name in names if name.startswith(("CLASSIFICATION_", "GROUP_", "FT_", "ALLOWED_", "UNIT"))}
    vocabularies |= {"CATALOG_STRUCTURE", "PARENT_ID", "SYNONYM", "PROD_ID_REF", "SERVICE_TO_CATALOGGROUP_MAP_ORDER",
                     "CATALOG_GROUP_SYSTEM_ID_REF", "CATALOG_GROUP_ID_REF"}  # fmt: skip
    assert sorted(names - spoken - vocabularies) == []


# ── Real files


@pytest.mark.django_db
def test_the_real_catalogue_is_imported_as_a_whole():
    if not REAL.exists():
        pytest.skip(f"there is no {REAL}")
    plan = deliver(REAL.read_bytes())
    assert (plan.state, plan.count_rejected, plan.counts["course"]["new"], plan.counts["run"]["new"]) == (
        "applied",
        0,
        2,
        3,
    )
    run = CourseRun.objects.get(external_id="375057134")
    assert (run.price, run.location.postcode, run.location.city) == (Decimal("35464.50"), "04315", "Leipzig")
    assert (run.funding_federal, run.languages, run.places) == ([2, 5, 12, 9], ["deu", "eng"], 12)
    assert (run.weekdays, run.times_of_day, run.course.kldb) == (31, ["all_day"], "43412")
    assert deliver(REAL.read_bytes()).changes_anything is False


@pytest.mark.django_db
def test_the_smallest_update_is_imported_as_a_whole():
    if not UPDATE.exists():
        pytest.skip(f"there is no {UPDATE}")
    plan = deliver(UPDATE.read_bytes())
    assert (plan.state, plan.count_rejected, plan.sequence, plan.source.sequence) == ("applied", 0, 1, 1)
    run = CourseRun.objects.get(course__source=plan.source)
    assert (run.external_id, run.course.external_id, run.course.title) == (
        "101",
        "100",
        "Grundkurs Tabellenkalkulation",
    )
    assert (run.price, run.funding_federal, run.funding_regional) == (Decimal("245.00"), [2], [56])
    assert deliver(UPDATE.read_bytes()).changes_anything is False
