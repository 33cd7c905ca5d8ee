"""KuferSQL and the table: every field arrives, runs find their course, people's names stay outside."""

# ruff: noqa: E501  what belongs together stands in one line

import os
from datetime import date, time
from decimal import Decimal
from io import BytesIO

import openpyxl
import pytest

from courses.importing import opening, table
from courses.models import Course, CourseRun, Session
from tests import shared
from tests.courses import deliveries as d
from tests.courses.importing import deliver

pytestmark = pytest.mark.django_db
REAL = shared.DATA / "kufer/kurse-40.xml"


def test_runs_of_one_title_in_one_field_are_one_course():
    deliver(
        d.kurse(d.kurs("K1", "Yoga"), d.kurs("K2", "Yoga"), d.kurs("K3", "Yoga", field="B2"), d.kurs("K4", "Nähen"))
    )
    assert sorted(Course.objects.values_list("title", flat=True)) == ["Nähen", "Yoga", "Yoga"]
    assert sorted(course.runs.count() for course in Course.objects.all()) == [1, 1, 2]


def test_every_element_of_kufer_arrives():
    rows = d.kurs(
        "K1", "Englisch A1", dates=("05.04.2027", "12.04.2027"), inhalt="Sie lernen Englisch.", gebuehr="120,50",
        fachbtext="Fremdsprachen", fachb="E4", ort="Raum 7", ortraumname="Raum 7", ortaussenstelle="Nebenstelle Süd",
        dozenten="Erika Geheim 0151 123", voraussetzung="keine", anmeldeschluss="01.04.2027",
    )  # fmt: skip
    other = "<termin><tag>19.04.2027</tag><zeitvon>18:00</zeitvon><zeitbis>20:00</zeitbis><termin_ortgebaeude>Rathaus"
    other += (
        "</termin_ortgebaeude><termin_ortplz>99734</termin_ortplz><termin_ortname>Nordhausen</termin_ortname></termin>"
    )
    plan = deliver(d.kurse(rows.replace("</termine>", f"{other}</termine>").replace("<endedat>12", "<endedat>19")))
    run = CourseRun.objects.select_related("course", "location").get()
    assert (run.course.title, run.course.description, run.course.level) == (
        "Englisch A1",
        "<p>Sie lernen Englisch.</p>",
        "a1",
    )
    assert run.course.systematics == [{"system": "Fachbereich", "code": "E4", "label": "Fremdsprachen"}]
    assert (run.number, run.starts_on, run.ends_on) == ("K1", date(2027, 4, 5), date(2027, 4, 19))
    assert (run.places, run.places_min, run.places_taken, run.places_free) == (12, 6, 4, 8)
    assert (run.weekdays, run.times_of_day, run.mode) == (1, ["evening"], "on_site")
    assert (run.location.name, run.location.street, run.location.postcode) == (
        "Haus der Bildung",
        "Musterweg 1",
        "99734",
    )
    assert (run.room, run.location.remarks) == ("Raum 7", "Nebenstelle Süd")
    assert (run.price, run.price_kind) == (Decimal("120.50"), "known")
    assert (run.course.requirements, run.registration_until) == ("<p>keine</p>", date(2027, 4, 1))
    sessions = list(run.sessions.select_related("location").order_by("day"))
    assert [(each.starts, each.ends) for each in sessions[:2]] == [(time(18), time(19, 30))] * 2
    assert [each.location.name if each.location else "" for each in sessions] == ["", "", "Rathaus"]
    rows = [run.__dict__, run.course.__dict__, *(item.__dict__ for item in plan.items.all())]
    assert "Geheim" not in str(rows)


def test_without_single_dates_the_hours_of_the_course_count():
    deliver(d.kurse(d.kurs("K1", dates=(), beginndat="05.04.2027", endedat="05.07.2027", dauer="12")))
    run = CourseRun.objects.get()
    assert (run.times_of_day, run.schedule_note, run.sessions.count()) == (
        ["evening"],
        "18:00–19:30 Uhr, 12 Termine",
        0,
    )


def test_a_new_title_keeps_the_course():
    deliver(d.kurse(d.kurs("K1", "Joga"), *(d.kurs(f"X{n}") for n in range(9))))
    course = Course.objects.get(title="Joga")
    plan = deliver(d.kurse(d.kurs("K1", "Yoga"), *(d.kurs(f"X{n}") for n in range(9))))
    course.refresh_from_db()
    assert (course.title, course.withdrawn_at, plan.count_withdrawn) == ("Yoga", None, 0)


def test_unknown_elements_are_counted_and_do_no_harm():
    plan = deliver(d.kurse(d.kurs("K1", zusatz="x"), d.kurs("K2", zusatz="y")))
    assert "zusatz (2)" in plan.items.get(action="notice").reason
    assert plan.count_rejected == 0


def test_the_real_kufer_file_is_imported_as_a_whole():
    if not REAL.exists():
        pytest.skip(f"there is no {REAL}")
    plan = deliver(REAL.read_bytes())
    assert (plan.state, plan.count_rejected, plan.counts["run"]["new"]) == ("applied", 0, 40)
    runs = CourseRun.objects.filter(course__source=plan.source)
    assert Session.objects.filter(run__in=runs).count() == 855
    assert not runs.filter(places=None).exists()
    assert deliver(REAL.read_bytes()).changes_anything is False


TABLE = """Kursangebot Herbst;;;
Kurs-Nr.;Kurstitel;Startdatum;Enddatum;Uhrzeit von;Uhrzeit bis;Wochentage;PLZ;Ort;Straße;Preis;Förderung;Plätze;Format;Wünsche
E1;Englisch A1;07.09.2027;14.12.2027;18:00;19:30;Mo, Mi;99734;Nordhausen;Markt 1;1.200,50 €;Bildungsgutschein;12;vor Ort;x
E2;Englisch A1;laufend;;;;;;;;kostenlos;;;online;
E3;Nähen;10.09.2027;10.09.2027;9:00;12:00;;4315;Leipzig;;0;;;;
;Ohne Nummer;11.09.2027;;;;Sa;;;;;;;;
E5;;12.09.2027;;;;;;;;;;;;
E6;Schlechtes Datum;42.13.2027;;;;;;;;;;;;
"""


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_tables_are_read_whatever_the_spreadsheet_made_of_them(encoding, delimiter):
    text = (
        TABLE
        if delimiter == ";"
        else TABLE.replace("1.200,50 €", "1200.50").replace("Mo, Mi", "Mo+Mi").replace(";", delimiter)
    )
    plan = deliver(text.encode(encoding))
    assert (plan.count_rejected, plan.counts["run"]["new"], plan.counts["course"]["new"]) == (1, 5, 4)
    first = CourseRun.objects.select_related("course", "location").get(external_id="E1")
    assert (first.starts_on, first.ends_on, first.price, first.places) == (
        date(2027, 9, 7),
        date(2027, 12, 14),
        Decimal("1200.50"),
        12,
    )
    assert (first.weekdays, first.times_of_day, first.mode, first.funding_federal) == (5, ["evening"], "on_site", [2])
    assert str(first.location) == "Markt 1, 99734 Nordhausen"
    second = CourseRun.objects.get(external_id="E2")
    assert (second.course, second.begin, second.price_kind, second.mode) == (first.course, "any_time", "free", "online")
    third = CourseRun.objects.get(external_id="E3")
    assert (third.price_kind, third.location.postcode, third.sessions.get().starts) == ("free", "04315", time(9))
    assert {(item.line, item.field) for item in plan.items.filter(action="rejected")} == {(7, "Titel")}
    assert plan.items.filter(action="notice", line=8, field="Beginn").exists()
    unclear = CourseRun.objects.get(external_id="E6")
    assert (unclear.starts_on, unclear.date_note, unclear.begin) == (None, "42.13.2027", "open")
    assert deliver(text.encode(encoding)).changes_anything is False


def test_a_workbook_with_real_cells():
    book = openpyxl.Workbook()
    book.active.append(["Titel", "Beginn", "Uhrzeit von", "Uhrzeit bis", "PLZ", "Ort", "Preis", "Barrierefrei"])
    book.active.append(["Kochen", date(2027, 9, 7), time(18), time(20, 30), 4315, "Leipzig", 12.5, True])
    out = BytesIO()
    book.save(out)
    assert deliver(out.getvalue()).count_rejected == 0
    run = CourseRun.objects.get()
    assert (run.starts_on, run.price, run.location.postcode, run.location.is_barrier_free) == (
        date(2027, 9, 7),
        Decimal("12.50"),
        "04315",
        True,
    )
    assert run.sessions.get().ends == time(20, 30)


def test_one_number_for_several_rows_is_one_course():
    deliver(b"Nummer;Titel;Beginn\nA;Yoga;01.03.2027\nA;Yoga;01.04.2027\nA;Yoga plus;01.05.2027\n")
    course = Course.objects.get()
    assert sorted(course.runs.values_list("external_id", flat=True)) == ["A/2027-03-01", "A/2027-04-01", "A/2027-05-01"]
    assert course.runs.get(starts_on=date(2027, 5, 1)).title == "Yoga plus"


def test_what_waits_between_reading_and_writing_waits_on_the_disk_of_the_deliveries(settings, tmp_path):
    """In containers the folder for temporary files is memory, of which a big file would take as much as it is long."""
    settings.STATE_DIR = tmp_path / "state"
    with opening.scratch() as file:
        assert os.fstat(file.fileno()).st_dev == os.stat(tmp_path).st_dev
        assert str(tmp_path / "state") in os.readlink(f"/proc/self/fd/{file.fileno()}")


def test_every_column_of_the_template_is_known_by_its_names():
    for key, name, others, _example, _meaning in table.COLUMNS:
        for spelling in [name, name.upper(), *others.split()]:
            assert table.NAMES[table.fold(spelling)], (key, spelling)
