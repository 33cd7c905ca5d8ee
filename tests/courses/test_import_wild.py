"""What real files do that no format description says: nothing of it costs a record, and what can be read arrives."""

# ruff: noqa: E501  values of one case stand in one line

from datetime import date, time
from decimal import Decimal
from io import BytesIO

import openpyxl
import pytest

from courses.importing import addresses, money, values
from courses.models import Course, CourseRun
from tests.courses import deliveries as d
from tests.courses.importing import deliver

pytestmark = pytest.mark.django_db


def run(external_id: str = "1") -> CourseRun:
    return CourseRun.objects.select_related("course__contact", "location").get(external_id=external_id)


# ── open-Q-cat


def test_a_record_full_of_oddities_arrives_whole():
    record = d.service(
        "1", title="Pflege &amp; Betreuung <b>kompakt</b>", starts="",
        details="""<!-- erzeugt von Hand --><?druck nein?><DESCRIPTION_LONG><![CDATA[<p>Mit <b>Praxis</b> &amp; Theorie</p>]]></DESCRIPTION_LONG>
<CONTACT><CONTACT_ROLE type="">1</CONTACT_ROLE><SALUTATION>w</SALUTATION><LAST_NAME>Muster</LAST_NAME><PHONE> </PHONE>
<EMAILS><EMAIL>Kim Muster &lt;kim@werk.example&gt;; info@werk.example</EMAIL></EMAILS>
<ADDRESS><PHONE>03631 000001</PHONE><URL>www.werk.example</URL></ADDRESS></CONTACT>
<CONTACT><CONTACT_ROLE type="4"/><LAST_NAME>Rat</LAST_NAME></CONTACT>
<KEYWORD> Demenz </KEYWORD><KEYWORD/><KEYWORD>Altenhilfe</KEYWORD>
<TARGET_GROUP><TARGET_GROUP_TEXT>Wiedereinsteigende</TARGET_GROUP_TEXT></TARGET_GROUP>
<TARGET_GROUP><TARGET_GROUP_TEXT>Beschäftigte</TARGET_GROUP_TEXT></TARGET_GROUP>
<TERMS_AND_CONDITIONS>Eins</TERMS_AND_CONDITIONS><TERMS_AND_CONDITIONS>Zwei</TERMS_AND_CONDITIONS>""",
        education="""<DEGREE type="1"><DEGREE_TITLE/><DEGREE_EXAM type=""><EXAMINER/></DEGREE_EXAM></DEGREE>
<LANGUAGE>deu, eng</LANGUAGE><SUBSIDY><SUBSIDY_INSTITUTION>Land</SUBSIDY_INSTITUTION></SUBSIDY><SUBSIDY/>
<SUBSIDY><SUBSIDY_DESCRIPTION>Der Bund hilft.</SUBSIDY_DESCRIPTION></SUBSIDY>
<MIME_INFO><MIME_ELEMENT><MIME_SOURCE>www.werk.example/Kurs 1.pdf</MIME_SOURCE></MIME_ELEMENT></MIME_INFO>
<MIME_INFO><MIME_ELEMENT><MIME_SOURCE>http:/werk.example/a</MIME_SOURCE><MIME_ALT>Seite</MIME_ALT></MIME_ELEMENT></MIME_INFO>
<CERTIFICATE><CERTIFICATE_STATUS>0</CERTIFICATE_STATUS><CERT_DESCRIPTION>alt</CERT_DESCRIPTION></CERTIFICATE>
<CERTIFICATE><CERTIFICATE_STATUS>1</CERTIFICATE_STATUS><CERTIFICATE_NUMBER>Z-1</CERTIFICATE_NUMBER><CERT_VALIDITY><END_DATE>9999-12-31</END_DATE></CERT_VALIDITY></CERTIFICATE>""",
        extended='<FUNDING_TYPES_FEDERAL type="">2</FUNDING_TYPES_FEDERAL><FUNDING_TYPES_FEDERAL type="Bildungsgutschein"/><EXTRA_OCCUPATIONAL> true </EXTRA_OCCUPATIONAL>',
        module="""<MIN_PARTICIPANTS>6-8</MIN_PARTICIPANTS><MAX_PARTICIPANTS>max. 12 Personen</MAX_PARTICIPANTS>
<LOCATION><NAME>Werk &amp;amp; Halle</NAME><ZIP>D-4315</ZIP><CITY>Leipzig</CITY><COUNTRY>Bundesrepublik Deutschland</COUNTRY></LOCATION>
<INSTRUCTION_REMARKS>Mo-Fr 8-15 Uhr&lt;br&gt;Pause am Mittag</INSTRUCTION_REMARKS></MODULE_COURSE>
<MODULE_COURSE><LOCATION><NAME>Zweites Haus</NAME><ZIP>1010</ZIP><CITY>Wien</CITY><COUNTRY_CODED>AT</COUNTRY_CODED></LOCATION>""",
        price=d.price("1.234,50"),
    ).replace("<SERVICE_DATE></SERVICE_DATE>", "<SERVICE_DATE><START_DATE>1.4.27</START_DATE><END_DATE>2027-05-01 00:00:00</END_DATE></SERVICE_DATE>")  # fmt: skip
    data = d.catalog(record).replace(
        b"<OPENQCAT ",
        b'<OPENQCAT xmlns="http://www.openqcat.example" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="a b" ',
    )
    plan = deliver(data)
    found = run()
    course = found.course
    assert (plan.count_rejected, plan.state) == (0, "applied")
    assert course.title == "Pflege & Betreuung kompakt"
    assert course.description in {f"<p>Mit <{tag}>Praxis</{tag}> &amp; Theorie</p>" for tag in ("b", "strong")}
    contact = course.contact
    assert (contact.last_name, contact.phone, contact.email, contact.website) == (
        "Muster",
        "03631 000001",
        "kim@werk.example",
        "https://www.werk.example",
    )
    assert course.provider.contacts.filter(role=4, last_name="Rat").exists()
    assert {keyword.word for keyword in course.keywords.all()} == {"Demenz", "Altenhilfe"}
    assert (course.audience, course.terms) == ("<p>Wiedereinsteigende</p><p>Beschäftigte</p>", "<p>Eins</p><p>Zwei</p>")
    assert [link["url"] for link in course.links] == ["https://www.werk.example/Kurs%201.pdf", "http://werk.example/a"]
    assert (found.starts_on, found.ends_on) == (date(2027, 4, 1), date(2027, 5, 1))
    assert (found.languages, found.subsidies) == (["deu", "eng"], [{"by": "Land"}, {"text": "Der Bund hilft."}])
    assert (found.certificate_status, found.certificate_number, found.certificate_until, found.certificate_note) == (
        1,
        "Z-1",
        None,
        "alt",
    )
    assert (found.funding_federal, found.beside_job) == ([2], True)
    assert (found.places_min, found.places, found.price) == (6, 12, Decimal("1234.50"))
    assert (found.location.name, found.location.postcode, found.location.country) == ("Werk & Halle", "04315", "DE")
    assert (found.schedule_note, found.weekdays) == ("Mo-Fr 8-15 Uhr\nPause am Mittag", 31)
    assert [phase.get("location") for phase in found.phases] == [
        "Werk & Halle, 04315 Leipzig",
        "Zweites Haus, 1010 Wien",
    ]
    assert deliver(data).changes_anything is False


@pytest.mark.parametrize(
    ("starts", "ends", "kept"),
    [
        ("2027-03-05T00:00:00", "2027-03-01T00:00:00", (date(2027, 3, 5), None)),
        ("2027-03-05T00:00:00", "bald", (date(2027, 3, 5), None)),
        ("demnächst", "2027-03-05T00:00:00", (None, date(2027, 3, 5))),
        ("2027-03-05T00:00:00", "0001-01-01T00:00:00", (date(2027, 3, 5), None)),
    ],
)
def test_dates_that_make_no_sense_cost_no_record(starts, ends, kept):
    record = d.service("1").replace("2027-03-01T00:00:00+01:00", starts).replace("2027-03-05T00:00:00+01:00", ends)
    plan = deliver(d.catalog(record))
    assert (plan.count_rejected, (run().starts_on, run().ends_on)) == (0, kept)
    if starts == "demnächst":
        assert "demnächst" in run().date_note
    if ends != "0001-01-01T00:00:00":
        assert plan.items.filter(action="notice").exists()


def test_a_title_that_stands_elsewhere_is_found():
    degree = "<DEGREE type='1'><DEGREE_TITLE>Fachwirtin</DEGREE_TITLE></DEGREE>"
    plan = deliver(
        d.catalog(
            d.service("1", title="-", starts=""), d.service("2", title="Aus der Durchführung", course="1"),
            d.service("3", title="-", education=degree), d.service("4", title="-"),
        )
    )  # fmt: skip
    assert sorted(Course.objects.values_list("title", flat=True)) == ["Aus der Durchführung", "Fachwirtin"]
    assert [(item.external_id, item.field) for item in plan.items.filter(action="rejected")] == [("4", "TITLE")]
    assert plan.count_rejected == 1


@pytest.mark.parametrize("tag", ["MODULE_CBT", "MODULE_WBT"])
def test_learning_programmes_are_online_courses(tag):
    record = d.service(
        "1", module="<METHOD>Selbstlernen</METHOD><EST_DURATION>PT30H</EST_DURATION><LICENCE>Ein Jahr</LICENCE>"
    )
    record = record.replace("MODULE_COURSE", tag).replace('<INSTRUCTION_FORM type="101"/>', "")
    assert deliver(d.catalog(record)).count_rejected == 0
    assert (run().mode, run().methods, run().schedule_note) == ("online", ["Selbstlernen"], "Dauer etwa 30 Stunden")
    assert run().course.terms == "<p>Ein Jahr</p>"


def test_what_universities_say_in_words_arrives():
    study = """<STUDY_COURSE><DEGREE_INFO><UNIV_DEGREE>12</UNIV_DEGREE><INTERNAL_DEGREE>B. A.</INTERNAL_DEGREE></DEGREE_INFO>
<EDU_RESTRICTIONS><SSC_REQUIRED>true</SSC_REQUIRED><SSC_DESC>Abitur</SSC_DESC></EDU_RESTRICTIONS>
<SPECIALIZATION><CORE_AREA>Logistik</CORE_AREA></SPECIALIZATION></STUDY_COURSE>"""
    record = d.service("1", details=study, more="<HS_INFO><STUDICHECK_PROVIDED>true</STUDICHECK_PROVIDED></HS_INFO>")
    assert deliver(d.catalog(record)).count_rejected == 0
    course = run().course
    assert (course.degree_title, course.requirements, course.description) == (
        "B. A.",
        "<p>Abitur</p>",
        "<p>Logistik</p>",
    )


def test_texts_longer_than_their_fields_lose_nothing_that_matters():
    long = "Prüfung vor dem Ausschuss der Kammer " * 20
    exam = f"<DEGREE type='1'><DEGREE_TITLE>X</DEGREE_TITLE><DEGREE_EXAM type='{long}'><EXAMINER>{long}</EXAMINER></DEGREE_EXAM></DEGREE>"
    plan = deliver(d.catalog(d.service("1", title="T" * 300, education=exam)))
    course = run().course
    assert (plan.count_rejected, len(course.title) <= 255, len(course.degree_exam) <= 255) == (0, True, True)
    assert long.strip() in course.degree_additional


def test_a_venue_that_is_none_makes_an_online_course():
    place = "<LOCATION><NAME>Online über Zoom</NAME></LOCATION>"
    record = d.service("1", module=place).replace('INSTRUCTION_FORM type="101"', 'INSTRUCTION_FORM type="0"')
    deliver(d.catalog(record))
    assert run().mode == "online"


# ── KuferSQL

FULL = """<?xml version="1.0" encoding="ISO-8859-15"?><kurse><kurs><guid>x</guid><knr>Z1</knr><semester>27F</semester><fachb>G3</fachb>
<fachbtext>Gesundheit</fachbtext><haupttitel>Rückenfit</haupttitel><untertitel>Sanft und kräftig</untertitel><titelkurz>Rü</titelkurz>
<web_info>Sie stärken Ihren Rücken.</web_info><material>Matte</material><hinweis>Bitte bequeme Kleidung</hinweis>
<zielgruppe>Erwachsene</zielgruppe><voraussetzung>keine</voraussetzung><keinewebanmeldung>W</keinewebanmeldung>
<gebnorm>89,00 EUR</gebnorm><geberm>44,50</geberm><gebuehrergaenztext>inkl. Matte</gebuehrergaenztext><anm_ende>30.3.27</anm_ende>
<ustd>16,0</ustd><beginndat>1.4.27</beginndat><endedat>08.04.2027</endedat><beginnuhr>1830</beginnuhr><endeuhr>20.00 Uhr</endeuhr><dauer>2 Termine</dauer>
<ortraumname>Saal</ortraumname><ortgebaeude>Haus A</ortgebaeude><ortstr>Ring 1</ortstr><ortplz>4315</ortplz><ortname>Leipzig</ortname><barrierefrei>W</barrierefrei>
<tnmax>12 </tnmax><tnmin/><tnanmeldungen>3</tnanmeldungen><tnwarteliste>0</tnwarteliste><weblink>www.vhs.example/kurs/Z1</weblink>
<kategorien><kategorie><bezeichnung>Bewegung</bezeichnung></kategorie></kategorien>
<dozenten><dozent><titel>Dr.</titel><vorname>Erika</vorname><name>Geheim</name><telefon>0151 1</telefon></dozent></dozenten>
<termine><termin><tag>01.04.2027</tag><zeitvon>18.30</zeitvon><zeitbis>20:00 Uhr</zeitbis></termin>
<termin><tag>8.4.27</tag><zeitvon>1830</zeitvon><zeitbis>2000</zeitbis></termin></termine></kurs></kurse>"""


def test_a_full_export_arrives_without_its_lecturers():
    plan = deliver(FULL.encode("iso-8859-15"))
    found = run("Z1")
    course = found.course
    assert (plan.count_rejected, [item.reason for item in plan.items.filter(action="notice", field="kurs")]) == (0, [])
    assert course.description == "<p>Sanft und kräftig</p><p>Sie stärken Ihren Rücken.</p>"
    assert (course.audience, course.requirements, course.terms) == (
        "<p>Erwachsene</p>",
        "<p>keine</p>",
        "<p>Bitte bequeme Kleidung</p><p>Matte</p>",
    )
    assert (found.price, found.special_price, found.price_note) == (Decimal("89.00"), Decimal("44.50"), "inkl. Matte")
    assert (found.registration_until, found.hours, found.places_free) == (date(2027, 3, 30), Decimal("16.0"), 9)
    assert (found.location.postcode, found.location.is_barrier_free, found.room) == ("04315", True, "Saal")
    assert {keyword.word for keyword in course.keywords.all()} == {"Gesundheit", "Bewegung"}
    assert (course.links[0]["url"], "nicht im Internet" in found.note) == ("https://www.vhs.example/kurs/Z1", True)
    assert [(each.day, each.starts, each.ends) for each in found.sessions.order_by("day")] == [
        (date(2027, 4, 1), time(18, 30), time(20)), (date(2027, 4, 8), time(18, 30), time(20))]  # fmt: skip
    rows = [found.__dict__, course.__dict__, *(item.__dict__ for item in plan.items.all())]
    assert "Geheim" not in str(rows)
    assert deliver(FULL.encode("iso-8859-15")).changes_anything is False


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"beginndat": "05.04.2027", "endedat": "01.04.2027", "dates": ()}, {"starts_on": date(2027, 4, 5), "ends_on": None}),
        ({"beginndat": "bald", "endedat": "", "dates": ()}, {"starts_on": None, "date_note": "bald"}),
        ({"gebuehr": "ab 50 €"}, {"price": Decimal(50), "price_note": "ab 50 €"}),
        ({"gebuehr": "50/40 erm."}, {"price": Decimal(50), "special_price": Decimal(40)}),
        ({"gebuehr": "auf Anfrage"}, {"price_kind": "on_request", "price_note": "auf Anfrage"}),
        ({"gebuehr": "entgeltfrei"}, {"price_kind": "free"}),
        ({"ortgebaeude": "vhs.cloud", "ortraumname": "vhs.cloud"}, {"mode": "online"}),
        ({"ortraumname": "Zoom", "ortgebaeude": ""}, {"mode": "online"}),
        ({"tnmax": "unbegrenzt"}, {"places": None}),
    ],
)  # fmt: skip
def test_odd_values_of_kufer_cost_no_record(fields, expected):
    assert deliver(d.kurse(d.kurs("1", **fields))).count_rejected == 0
    assert {name: getattr(run(), name) for name in expected} == expected


def test_a_kurs_without_a_title_takes_its_subtitle_or_its_field():
    rows = [d.kurs("1", untertitel="Für alle"), d.kurs("2", field="B7"), d.kurs("3", fachbtext="")]
    plan = deliver(
        d.kurse(
            *(
                row.replace("<haupttitel>Kurs 1", "<haupttitel>")
                .replace("<haupttitel>Kurs 2", "<haupttitel>")
                .replace("<haupttitel>Kurs 3", "<haupttitel>")
                for row in rows
            )
        )
    )
    assert [run("1").course.title, run("2").course.title] == ["Für alle", "Fachbereich B7"]
    assert [item.external_id for item in plan.items.filter(action="rejected")] == ["3"]


def test_a_cancelled_kurs_is_not_offered():
    plan = deliver(d.kurse(d.kurs("1", ausfall="W"), d.kurs("2", ausfall="F")))
    assert (plan.count_rejected, list(CourseRun.objects.values_list("external_id", flat=True))) == (0, ["2"])
    assert plan.items.filter(action="notice", field="ausfall", external_id="1").exists()


# ── Tables

EXCEL = """Kurs-Nr.;Kurs-Titel;Beginn (Datum);Ende;Uhrzeit;Preis (in €);Ermäßigung;Veranstaltungsort;Adresse;Max. Teilnehmer;Rollstuhlgerecht;Land
T1;Excel;1.4.27 - 3.4.27;;Do-Sa 18:30-20:00 Uhr;50/40 erm.;;Haus A;"Markt 1, 99734 Nordhausen";max. 12;ja, mit Rampe;Sachsen
T2;Word;05.04.2027;01.04.2027;;"89,00 EUR";44,50 €;Online (Zoom);;8-12;nein;
T3;Access;1. Mai 2027;;;ab 50 €;;Kulturhaus;"Ring 5, 1010 Wien";;teilweise;Österreich
"""


def test_tables_of_people_are_read_as_people_write_them():
    plan = deliver(EXCEL.encode("cp1252"))
    assert (plan.count_rejected, CourseRun.objects.count()) == (0, 3)
    first, second, third = run("T1"), run("T2"), run("T3")
    assert (first.starts_on, first.ends_on, first.price, first.special_price) == (
        date(2027, 4, 1),
        date(2027, 4, 3),
        Decimal(50),
        Decimal(40),
    )
    assert (str(first.location), first.location.is_barrier_free, first.places) == (
        "Haus A, Markt 1, 99734 Nordhausen",
        True,
        12,
    )
    assert (first.times_of_day, first.location.country) == (["evening"], "DE")
    assert (second.starts_on, second.ends_on, second.mode, second.special_price) == (
        date(2027, 4, 5),
        None,
        "online",
        Decimal("44.50"),
    )
    assert (third.starts_on, third.price, third.price_note) == (date(2027, 5, 1), Decimal(50), "ab 50 €")
    assert (third.location.country, third.location.is_barrier_free) == ("AT", None)
    assert deliver(EXCEL.encode("cp1252")).changes_anything is False


def test_numbers_that_a_spreadsheet_made_of_dates_and_times():
    book = openpyxl.Workbook()
    book.active.append(["Titel", "Beginn", "Uhrzeit von", "Uhrzeit bis", "PLZ", "Ort"])
    book.active.append(["Kochen", 46478, 0.75, 0.854166666, 4315.0, "Leipzig"])
    out = BytesIO()
    book.save(out)
    assert deliver(out.getvalue()).count_rejected == 0
    found = CourseRun.objects.select_related("location").get()
    assert (found.starts_on, found.location.postcode) == (date(2027, 4, 1), "04315")
    assert (found.sessions.get().starts, found.sessions.get().ends) == (time(18), time(20, 30))


# ── Single values


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("89,00 EUR", (Decimal("89.00"), None, "")),
        ("50,- €", (Decimal("50.00"), None, "")),
        ("ab 1.200 €", (Decimal("1200.00"), None, "ab 1.200 €")),
        ("120 € (erm. 80 €)", (Decimal("120.00"), Decimal("80.00"), "120 € (erm. 80 €)")),
        ("ermäßigt 80 Euro, sonst 120 Euro", (Decimal("120.00"), Decimal("80.00"), "ermäßigt 80 Euro, sonst 120 Euro")),
        ("120,00 / 80,00", (Decimal("120.00"), None, "120,00 / 80,00")),
        ("siehe Flyer 2027", (None, None, "siehe Flyer 2027")),
        ("3 x 20 €", (Decimal("20.00"), None, "3 x 20 €")),
        ("", (None, None, "")),
    ],
)
def test_prices_in_words(raw, expected):
    assert money.prices(raw, german=True) == expected


@pytest.mark.parametrize(
    ("raw", "expected"),
    [("18.30", "18:30"), ("18:30 Uhr", "18:30"), ("1830", "18:30"), ("930", "09:30"), ("ab 18 Uhr", "18:00"), ("18:00-19:30 Uhr", "18:00"), ("30.12.1899 18:30:00", "18:30"), ("24:00", "23:59")],
)  # fmt: skip
def test_times_of_day(raw, expected):
    assert values.clock(raw) == expected


@pytest.mark.parametrize(
    ("raw", "expected"),
    [("1.4.27", "2027-04-01"), ("Mo., 01.04.2027", "2027-04-01"), ("1. April 2027", "2027-04-01"), ("2027-04-01 00:00:00", "2027-04-01"), ("01/04/2027", "2027-04-01"), ("1900-01-01", None), ("30.12.1899", None), ("9999-12-31", None)],
)  # fmt: skip
def test_days(raw, expected):
    assert values.day(raw) == expected


@pytest.mark.parametrize(("raw", "code"), [("", "DE"), ("Tschechische Republik", "CZ"), ("D.", "DE"), ("AT", "AT"), ("Sachsen", "DE"), ("nl", "NL")])  # fmt: skip
def test_countries(raw, code):
    assert addresses.country(raw) == code
