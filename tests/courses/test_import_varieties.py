"""Kufer files, tables and workbooks as other versions and other people write them: the same courses in all of them."""

# ruff: noqa: E501  values of one case stand in one line

import codecs
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from io import BytesIO

import openpyxl
import pytest

from courses.models import Course, CourseRun
from tests.courses import deliveries as d
from tests.courses.importing import deliver

pytestmark = pytest.mark.django_db

ROWS = [d.kurs(f"K{number}", "Rückenfit für Ältere", dates=("05.04.2027", "12.04.2027")) for number in range(3)]
PLAIN = d.kurse(*ROWS).decode()
DECLARATION = "<?xml version='1.0' encoding='UTF-8'?>"


def upper(text: str) -> str:
    """Names of elements in capitals, as some versions of the export write them."""
    pieces = text.replace(DECLARATION, "").split("<")
    return "<".join(name.upper() + sign + rest for name, sign, rest in (piece.partition(">") for piece in pieces))


KUFER = {
    "windows": PLAIN.replace("UTF-8", "windows-1252").encode("cp1252"),
    "latin 9 with mark-up for windows": PLAIN.replace("UTF-8", "ISO-8859-15").replace("><", ">\r\n<").encode("iso-8859-15"),
    "without declaration, in windows": PLAIN.replace(DECLARATION, "").encode("cp1252"),
    "mark of UTF-8": codecs.BOM_UTF8 + PLAIN.encode(),
    "namespace": PLAIN.replace("<kurse>", '<kurse xmlns="http://www.kufer.de/x">').encode(),
    "capitals": upper(PLAIN).encode(),
    "attributes": PLAIN.replace("<kurs>", '<kurs guid="1" status="2">').replace("<termin>", "<termin nr='1'>").encode(),
    "further elements": PLAIN.replace("</kurs>", "<neu><tief>1</tief></neu><leer/><beginnwtag>Mo</beginnwtag></kurs>").encode(),
    "cdata": PLAIN.replace("<haupttitel>", "<haupttitel><![CDATA[").replace("</haupttitel>", "]]></haupttitel>").encode(),
    "a head before the courses": PLAIN.replace("<kurse>", "<kurse><stand>05.01.2027</stand><semester>27F</semester>").encode(),
    "comments": PLAIN.replace("<kurs>", "<!-- x --><?y?><kurs><!-- z -->").encode(),
    "english order": PLAIN.replace("<knr>", "<tnwarteliste>0</tnwarteliste><knr>").encode(),
}  # fmt: skip


@pytest.mark.parametrize("name", KUFER)
def test_kufer_files_of_other_versions(name):
    deliver(PLAIN.encode())
    again = deliver(KUFER[name])
    assert (again.state, again.count_rejected, again.changes_anything) == ("applied", 0, False)


def test_a_kurs_with_hundreds_of_dates():
    days = tuple((date(2027, 1, 4) + timedelta(days=number)).strftime("%d.%m.%Y") for number in range(500))
    assert deliver(d.kurse(d.kurs("K1", dates=days))).count_rejected == 0
    run = CourseRun.objects.get()
    assert (run.sessions.count(), run.ends_on) == (500, date(2028, 5, 17))


def test_markup_that_stands_unescaped_in_a_kurs():
    inner = "<p>Sie <b>stärken</b> den Rücken.</p><ul><li>Matte</li></ul>"
    data = PLAIN.replace("<inhalt>Ein Text.</inhalt>", f"<inhalt>{inner}</inhalt>").replace(
        "<tnmax>", "<zielgruppen><zielgruppe>Frauen</zielgruppe><zielgruppe>Ältere</zielgruppe></zielgruppen><tnmax>"
    )
    deliver(data.encode())
    course = Course.objects.get()
    assert course.description.replace("strong", "b") == inner
    assert course.audience == "<p>Frauen, Ältere</p>"


# ── Tables

HEAD = ["Kursnummer", "Titel", "Beginn", "Ende", "Uhrzeit von", "Uhrzeit bis", "PLZ", "Ort", "Preis"]
LINES = [
    ["E1", "Englisch, Stufe A1", "07.09.2027", "14.12.2027", "18:00", "19:30", "04315", "Leipzig", "1.200,50"],
    ["E2", 'Nähen "mit Herz"\nund Maschine', "08.09.2027", "08.09.2027", "9:00", "12:00", "99734", "Nordhausen", "0"],
]


def quoted(delimiter: str, end: str = "\n", first: str = "") -> str:
    cells = [[f'"{cell.replace(chr(34), chr(34) * 2)}"' for cell in line] for line in [HEAD, *LINES]]
    return first + end.join(delimiter.join(line) for line in cells) + end


TABLES = {
    "comma": quoted(",").encode(),
    "tab, windows": quoted("\t", "\r\n").encode("cp1252"),
    "pipe": quoted("|").encode(),
    "line ends of old Macs": quoted(";", "\r").encode(),
    "a word to Excel": quoted(";", "\r\n", "sep=;\r\n").encode("utf-8-sig"),
    "utf-16 of Excel's text": quoted("\t", "\r\n").encode("utf-16"),
    "rows above and empty lines": quoted(";", "\n\n", "Bildungswerk\nStand: 01.01.2027\n\n").encode(),
    "empty columns behind": quoted(";").replace('\n"E', ';;;\n"E').encode(),
    "columns nobody knows": quoted(";").replace('"Preis"', '"Preis";"Kategorie intern"').encode(),
}


@pytest.mark.parametrize("name", TABLES)
def test_tables_of_other_programs(name):
    deliver(quoted(";").encode())
    again = deliver(TABLES[name])
    assert (again.state, again.count_rejected, again.changes_anything) == ("applied", 0, False)


# ── Workbooks


def workbook(fill) -> bytes:
    book = openpyxl.Workbook()
    fill(book)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def cells(sheet) -> None:
    sheet.append(HEAD)
    sheet.append(["E1", "Englisch, Stufe A1", date(2027, 9, 7), datetime.fromisoformat("2027-12-14 00:00"), time(18), timedelta(hours=19.5), 4315, "Leipzig", 1200.5])  # fmt: skip
    sheet.append(
        ["E2", 'Nähen "mit Herz"\nund Maschine', "08.09.2027", 46638, 0.375, "12:00", "99734", "Nordhausen", 0]
    )


def a_cover_and_a_hidden_sheet(book) -> None:
    hidden = book.active
    hidden.append(HEAD)
    hidden.append(["ALT", "Vom letzten Jahr"])
    hidden.sheet_state = "hidden"
    book.create_sheet("Deckblatt").append(["Unser Programm"])
    cells(book.create_sheet("Kurse"))


def merged_head(book) -> None:
    """A line above that spans all columns, and headings that span two columns with their names below."""
    sheet = book.active
    sheet.append(["Programm 2027"])
    sheet.merge_cells("A1:I1")
    sheet.append(["Kursnummer", "Titel", "Zeitraum", None, "Zeit", None, "PLZ", "Ort", "Preis"])
    sheet.merge_cells("C2:D2")
    sheet.merge_cells("E2:F2")
    sheet.append([None, None, "Beginn", "Ende", "Uhrzeit von", "Uhrzeit bis"])
    for line in LINES:
        sheet.append(line)


def empty_rows_and_columns(book) -> None:
    sheet = book.active
    for number, line in enumerate([HEAD, *LINES]):
        for column, cell in enumerate(line):
            sheet.cell(row=3 + number * 2, column=2 + column, value=cell)


def formulas(book) -> None:
    """Excel keeps the result beside a formula; where a program has not, the cell is empty and the row stands."""
    cells(book.active)
    book.active["J1"] = "Hinweis"
    book.active["J2"] = '=CONCATENATE("a","b")'


@pytest.mark.parametrize("fill", [lambda book: cells(book.active), a_cover_and_a_hidden_sheet, merged_head, empty_rows_and_columns, formulas])  # fmt: skip
def test_workbooks_of_other_people(fill):
    deliver(quoted(";").encode())
    again = deliver(workbook(fill))
    assert (again.state, again.count_rejected) == ("applied", 0)
    assert again.changes_anything is False, list(again.items.values_list("external_id", "changes"))
    assert CourseRun.objects.get(external_id="E1").price == Decimal("1200.50")
