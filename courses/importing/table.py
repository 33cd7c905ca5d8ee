"""Our table for providers without an export: CSV or XLSX, one row per run. Columns stand in any order.

Column names are read tolerantly (case, umlauts, blanks, several spellings); unknown columns are named in a notice.
"""

import csv
import re
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from io import BytesIO, TextIOWrapper
from itertools import islice
from typing import BinaryIO

import openpyxl
from django.utils.translation import gettext as _

from courses.importing import addresses, level, markup, mode, money, schedule, values
from courses.importing.fields import Notes, compact, language, unique
from courses.importing.opening import BIG, RATIO, open_delivery
from courses.importing.periods import BEGINS, duration_class
from courses.importing.records import DeliveryRefused, Header, Item, Problem, Record, Supplier
from kit import csv as kit_csv
from kit import text as kit_text

# Key, name in the template, further spellings, example, what it means (German, for the sheet "Erklärung").
COLUMNS: list[tuple[str, str, str, str, str]] = [
    (
        "number",
        "Kursnummer",
        "nummer nr kursnr kurs_nr veranstaltungsnummer id knr",
        "E-101",
        "Ihre eigene Nummer; bleibt bei jeder Lieferung gleich",
    ),
    (
        "title",
        "Titel",
        "kurstitel kursname kursbezeichnung veranstaltung veranstaltungstitel "
        "thema bezeichnung name_des_kurses haupttitel kurs angebot",
        "Englisch A1 für den Beruf",
        "Pflicht",
    ),
    (
        "description",
        "Beschreibung",
        "inhalt inhalte beschreibungstext kursbeschreibung text",
        "Sie lernen …",
        "Worum es geht, in ganzen Sätzen",
    ),
    (
        "requirements",
        "Voraussetzungen",
        "voraussetzung vorkenntnisse zugangsvoraussetzungen",
        "keine",
        "Was man mitbringen muss",
    ),
    ("audience", "Zielgruppe", "zielgruppen fuer_wen", "Beschäftigte im Büro", "Für wen der Kurs ist"),
    ("degree", "Abschluss", "zertifikat abschlussart nachweis", "Teilnahmebescheinigung", "Was man am Ende bekommt"),
    (
        "keywords",
        "Stichworte",
        "schlagworte stichwoerter schlagwoerter tags keywords schlagwort",
        "Sprachen, Büro",
        "Durch Komma getrennt",
    ),
    (
        "starts_on",
        "Beginn",
        "startdatum start kursstart starttermin beginn_datum datum_beginn "
        "datum_von beginndatum datum von_datum anfang kursbeginn beginnt_am",
        "07.09.2026",
        "Tag.Monat.Jahr; leer, wenn offen",
    ),
    (
        "ends_on",
        "Ende",
        "enddatum end_datum datum_bis datum_ende endtermin endet bis_datum kursende endet_am",
        "14.12.2026",
        "Tag.Monat.Jahr",
    ),
    (
        "starts",
        "Uhrzeit von",
        "von zeit_von beginn_uhrzeit uhrzeit_beginn startzeit beginnuhr uhrzeit_start",
        "18:00",
        "Stunde:Minute",
    ),
    ("ends", "Uhrzeit bis", "bis zeit_bis ende_uhrzeit uhrzeit_ende endzeit endeuhr", "19:30", "Stunde:Minute"),
    ("weekdays", "Wochentage", "wochentag tage tag", "Mo, Mi", "Mo Di Mi Do Fr Sa So"),
    (
        "sessions",
        "Einzeltermine",
        "termine kurstermine einzeltermin",
        "",
        "Mehrere Termine: 07.09.2026 18:00-19:30; 09.09.2026 18:00-19:30",
    ),
    (
        "schedule_note",
        "Zeiten",
        "zeit uhrzeit uhrzeiten unterrichtszeiten unterrichtszeit kurszeiten",
        "",
        "Freier Text, zum Beispiel Mo-Fr 8-15 Uhr",
    ),
    ("registration_until", "Anmeldeschluss", "anmeldefrist anmelden_bis anmeldung_bis", "01.09.2026", "Tag.Monat.Jahr"),
    (
        "venue",
        "Ort Name",
        "veranstaltungsort haus gebaeude einrichtung ortsname kursort adresse_name lernort",
        "Haus der Bildung",
        "Name des Hauses",
    ),
    ("room", "Raum", "raumname zimmer", "Raum 3", ""),
    (
        "street",
        "Straße",
        "strasse_hausnummer strasse_nr strasse_und_hausnummer adresse anschrift",
        "Musterweg 1",
        "Straße und Hausnummer",
    ),
    ("postcode", "PLZ", "postleitzahl", "38855", ""),
    ("city", "Ort", "stadt gemeinde wohnort", "Wernigerode", ""),
    ("country", "Land", "staat country", "Deutschland", "Leer: Deutschland"),
    ("is_barrier_free", "Barrierefrei", "rollstuhlgerecht stufenlos barrierefreiheit", "ja", "ja oder nein"),
    (
        "mode",
        "Format",
        "durchfuehrungsform kursform lernform unterrichtsform veranstaltungsform",
        "vor Ort",
        "vor Ort, online, gemischt oder Fernunterricht",
    ),
    (
        "price",
        "Preis",
        "kosten gebuehr kursgebuehr kurspreis preis_in_eur kosten_eur kosten_in_euro "
        "teilnahmepreis kurskosten lehrgangsgebuehr entgelt teilnahmegebuehr preis_eur preis_euro preis_in_euro",
        "120,00",
        "In Euro; 0 oder „kostenlos“, wenn er nichts kostet; leer: auf Anfrage",
    ),
    (
        "special_price",
        "Preis ermäßigt",
        "ermaessigt ermaessigung ermaessigte_gebuehr kursgebuehr_ermaessigt ermaessigter_preis gebuehr_ermaessigt",
        "80,00",
        "In Euro",
    ),
    ("price_note", "Preis Hinweis", "preishinweis kosten_hinweis gebuehrenhinweis hinweis_preis", "inkl. Material", ""),
    (
        "funding",
        "Förderung",
        "foerderungen foerdermoeglichkeiten foerderart",
        "Bildungsgutschein",
        "Durch Komma getrennt",
    ),
    (
        "places",
        "Plätze",
        "max_teilnehmer max_tn tn_max maximale_teilnehmer teilnehmer "
        "maximale_teilnehmerzahl teilnehmer_max tnmax teilnehmerzahl maximum platzzahl",
        "12",
        "Wie viele höchstens teilnehmen",
    ),
    ("places_min", "Mindestteilnehmer", "min_teilnehmer mindestteilnehmerzahl teilnehmer_min tnmin minimum", "6", ""),
    ("places_taken", "Belegt", "anmeldungen belegte_plaetze tnanmeldungen gebucht", "4", "Schon vergebene Plätze"),
    (
        "places_free",
        "Freie Plätze",
        "frei plaetze_frei restplaetze",
        "",
        "Wenn Sie statt „Belegt“ lieber freie Plätze nennen",
    ),
    ("hours", "Unterrichtsstunden", "stunden ustd ue unterrichtseinheiten umfang", "30", ""),
    ("languages", "Unterrichtssprache", "sprache sprachen kurssprache", "Deutsch", ""),
    ("measure_number", "Maßnahmenummer", "massnahme_nr massnahmenr azav_nummer", "", "Nummer der Agentur für Arbeit"),
    ("link", "Link", "url webseite internet homepage website kurslink anmeldelink", "", "Seite des Kurses"),
    ("contact", "Ansprechpartner", "ansprechpartnerin ansprechperson kontakt kontaktperson", "", "Wen man fragen kann"),
    ("phone", "Telefon", "tel telefonnummer", "", ""),
    ("email", "E-Mail", "mail emailadresse e_mail_adresse", "", ""),
    ("note", "Hinweis", "hinweise bemerkung bemerkungen anmerkung", "", "Zu dieser Durchführung"),
]
FEDERAL = [
    (1, re.compile(r"aufstiegs-?baf|meister-?baf|afbg", re.I)),
    (2, re.compile(r"bildungsgutschein|\bbgs\b|azav", re.I)),
    (4, re.compile(r"aufstiegsstipendium", re.I)),
    (5, re.compile(r"weiterbildungsstipendium", re.I)),
    (8, re.compile(r"qualifizierungsgeld", re.I)),
    (9, re.compile(r"transfergesellschaft", re.I)),
    (10, re.compile(r"kompass", re.I)),
    (11, re.compile(r"qualifizierungschancengesetz|zuschuss bei der qualifizierung", re.I)),
]
ROWS = 200_000
CELL = 64_000
_SESSION = re.compile(
    r"(\d{1,2}\.\s?\d{1,2}\.\s?\d{2,4}|\d{4}-\d{2}-\d{2})[\s,]*(?:(\d{1,2}[:.]\d{2})\s*(?:Uhr)?\s*(?:-|–|bis)\s*(\d{1,2}[:.]\d{2}))?"
)

Row = tuple[int, dict[str, str]]


def fold(name: str) -> str:
    """Column name without case, umlauts and signs. "Straße / Nr." and "strasse nr" are the same."""
    spelled = kit_text.fold(
        name.replace("ä", "ae")
        .replace("ö", "oe")
        .replace("ü", "ue")
        .replace("Ä", "ae")
        .replace("Ö", "oe")
        .replace("Ü", "ue")
    )
    return re.sub(r"[^a-z0-9]+", "_", spelled).strip("_")


def _names() -> dict[str, str]:
    found = {}
    for key, name, others, _example, _meaning in COLUMNS:
        for spelling in (name, name.replace("ß", "ss"), key, *others.split()):
            found.setdefault(fold(spelling), key)
    return found


NAMES = _names()
BARE_NAMES = {name.replace("_", ""): key for name, key in reversed(NAMES.items())}


class Table:
    """Reads the table template, or any table whose columns it recognises."""

    def read(self, stream: BinaryIO) -> Iterator[Item]:
        opened = open_delivery(stream)
        if opened.format != "table":
            raise DeliveryRefused("wrong-format", _("This is no table."))
        is_workbook = opened.encoding == "xlsx"
        rows: Callable[[], Iterator[tuple[int, list[str]]]]
        if is_workbook:
            encoding, rows = "xlsx", lambda: _workbook_rows(stream)
        else:
            encoding = _text_encoding(stream)
            delimiter = _delimiter(stream, encoding)
            rows = lambda: _text_rows(stream, encoding, delimiter)  # noqa: E731  one of two ways to start again
        yield from _items(rows, encoding)


def template() -> list[list[str]]:
    """Header and one invented example row, for the download."""
    return [[name for _key, name, *_rest in COLUMNS], [example for *_first, example, _meaning in COLUMNS]]


def workbook() -> bytes:
    """The template as XLSX with a second sheet that explains the columns."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Kurse"
    for row in template():
        sheet.append(row)
    explained = book.create_sheet("Erklärung")
    explained.append(["Spalte", "Bedeutung", "Beispiel"])
    for _key, name, _others, example, meaning in COLUMNS:
        explained.append([name, meaning, example])
    out = BytesIO()
    book.save(out)
    return out.getvalue()


# ── Rows of both kinds of file


def _text_encoding(stream: BinaryIO) -> str:
    stream.seek(0)
    head = stream.read(4)
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    stream.seek(0)
    wrapper = TextIOWrapper(_Open(stream), encoding="utf-8-sig")
    try:
        while wrapper.read(1 << 20):
            pass
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8-sig"


class _Open(BytesIO):
    """The stream for a TextIOWrapper that must not close it."""

    def __init__(self, stream: BinaryIO):
        super().__init__()
        self._stream = stream

    def read1(self, size: int = -1) -> bytes:
        return self._stream.read(size if size and size > 0 else 1 << 16)

    read = read1


def _lines(stream: BinaryIO, encoding: str) -> TextIOWrapper:
    stream.seek(0)
    return TextIOWrapper(_Open(stream), encoding=encoding, errors="replace", newline="")


def _delimiter(stream: BinaryIO, encoding: str) -> str:
    """The one under which a line near the top names the most columns that we know."""
    sample = [line.rstrip("\r\n") for line in islice(_lines(stream, encoding), 15)]
    if any("\x00" in line for line in sample):
        raise DeliveryRefused("not-data", _("This is no table and no XML. We read open-Q-cat, KuferSQL, CSV and XLSX."))

    def known(delimiter: str) -> int:
        return max((len(_header(_split(line, delimiter))) for line in sample), default=0)

    best = max(kit_csv.DELIMITERS, key=known)
    if known(best) < 2:
        raise _no_header()
    return best


def _split(line: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:
        return []


def _no_header() -> DeliveryRefused:
    names = ", ".join(name for _key, name, *_rest in COLUMNS[:3])
    return DeliveryRefused(
        "unknown-format",
        _("The file is not recognised. A table needs a first row with column names such as %(names)s.")
        % {"names": names},
    )


def _text_rows(stream: BinaryIO, encoding: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(_lines(stream, encoding), delimiter=delimiter)
    try:
        for row in reader:
            yield reader.line_num, [kit_csv.original(cell) for cell in row]
    except csv.Error as error:
        raise DeliveryRefused(
            "malformed", _("The table cannot be read (line %(line)s).") % {"line": reader.line_num}, reader.line_num
        ) from error


def _workbook_rows(stream: BinaryIO) -> Iterator[tuple[int, list[str]]]:
    """Rows of the first sheet that has our header. Cells come as text."""
    try:
        _refuse_bomb(stream)
        book = openpyxl.load_workbook(stream, read_only=True, data_only=True)
        sheets = book.worksheets
        sheet = next((sheet for sheet in sheets if _find_header(_sheet_rows(sheet, 15))), None)
        if sheet is None:
            raise _no_header()
        yield from _sheet_rows(sheet, None)
    except DeliveryRefused:
        raise
    except Exception as error:  # openpyxl raises whatever its many parsers raise
        raise DeliveryRefused("malformed", _("The Excel file is damaged or is none.")) from error


def _refuse_bomb(stream: BinaryIO) -> None:
    stream.seek(0)
    entries = zipfile.ZipFile(stream).infolist()
    if not any(entry.filename.startswith("xl/") for entry in entries):
        raise DeliveryRefused("zip", _("This is a ZIP archive. Please unpack it and upload the file inside."))
    size = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries)
    if size > 8 * BIG or (size > BIG and size > RATIO * max(packed, 1)):
        raise DeliveryRefused("too-big", _("The unpacked Excel file is too big."))
    stream.seek(0)


def _sheet_rows(sheet, most: int | None) -> Iterator[tuple[int, list[str]]]:
    sheet.reset_dimensions()
    for number, row in enumerate(islice(sheet.iter_rows(values_only=True), most), start=1):
        yield number, [_cell(value) for value in row[:200]]


def _cell(value) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "ja" if value else "nein"
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time(0) else value.isoformat(" ", "minutes")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, time):
        return value.strftime("%H:%M")
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(round(value, 6)).replace(".", ",")
    text = str(value)
    return "" if re.fullmatch(r"#(?:N/A|REF!|VALUE!|NAME\?|DIV/0!|NULL!|NUM!|WERT!|BEZUG!|NV)", text) else text


# ── From rows to records


def _find_header(rows: Iterator[tuple[int, list[str]]]) -> tuple[int, dict[int, str], list[str]] | None:
    """(line, column number → key, unknown names) of the row that names our columns."""
    for line, cells in islice(rows, 15):
        header = _header(cells)
        if len(header) >= 2 and "title" in header.values():
            unknown = [cell.strip() for number, cell in enumerate(cells) if cell.strip() and number not in header]
            return line, header, unknown
    return None


def _header(cells: list[str]) -> dict[int, str]:
    found: dict[int, str] = {}
    for number, cell in enumerate(cells):
        key = _known_column(cell.lstrip("\ufeff"))
        if key and key not in found.values():
            found[number] = key
    return found


def _known_column(name: str) -> str | None:
    """Also without signs between its words ("Kurs-Titel") and without what stands in brackets ("Preis (in €)")."""
    spellings = (fold(name), fold(re.sub(r"[(\[].*", "", name)))
    return next((NAMES[each] for each in spellings if each in NAMES), None) or next(
        (BARE_NAMES[bare] for each in spellings if (bare := each.replace("_", "")) in BARE_NAMES), None
    )


def _items(rows: Callable[[], Iterator[tuple[int, list[str]]]], encoding: str) -> Iterator[Item]:
    found = _find_header(rows())
    if found is None:
        raise _no_header()
    line, header, unknown = found
    yield Header("table", encoding, [Supplier()], is_full=True, line=line)
    if unknown:
        names = kit_text.truncate(", ".join(unknown), 300)
        yield Problem(line, "", "", _("Columns that are not read here: %(names)s.") % {"names": names})
    numbers = Counter(row.get("number", "") for _line, row in _dicts(rows(), line, header))
    groups, taken = _Groups(), Counter()
    for number, row in _dicts(rows(), line, header):
        yield from _Row(number, row, encoding).items(groups, numbers, taken)


def _dicts(rows: Iterator[tuple[int, list[str]]], start: int, header: dict[int, str]) -> Iterator[Row]:
    count = 0
    for line, cells in rows:
        if line <= start or not any(cell.strip() for cell in cells):
            continue
        count += 1
        if count > ROWS:
            raise DeliveryRefused("too-big", _("The table has more than %(rows)s rows.") % {"rows": ROWS}, line)
        yield line, {key: cells[number].strip() for number, key in header.items() if number < len(cells)}


class _Groups:
    """Which course a row belongs to: the one that had this number before, else the one with this title."""

    def __init__(self):
        self.by_number: dict[str, str] = {}

    def key(self, number: str, title: str) -> str:
        key = self.by_number.get(number) or kit_text.digest("table", kit_text.fold(title))
        if number:
            self.by_number[number] = key
        return key


class _Row:
    """Reads one row."""

    def __init__(self, line: int, row: dict[str, str], encoding: str):
        self.row = row
        number = values.tidy(row.get("number"))
        self.notes = Notes(line, number, values.tidy(row.get("title")))
        self.is_workbook = encoding == "xlsx"

    def get(self, key: str) -> str:
        return values.tidy(self.row.get(key))

    def items(self, groups: _Groups, numbers: Counter, taken: Counter) -> Iterator[Item]:
        number, title = self.get("number"), self.notes.fit(_name("title"), values.line(self.get("title")), 255)
        too_long = next((key for key, cell in self.row.items() if len(cell) > CELL), None)
        if not title:
            self.notes.reject(_name("title"), _("The title is missing."))
        if too_long:
            self.notes.reject(_name(too_long), _("A text is longer than %(limit)s characters.") % {"limit": CELL})
        course, run = ({}, {}) if self.notes.is_rejected else (self.course(title), self.run())
        external = self.external_id(number, title, run, numbers[self.row.get("number", "")] < 2)
        taken[external] += 1
        if taken[external] > 1:
            external = f"{external}#{taken[external]}"
        self.notes.external_id = external
        yield from self.notes.problems
        if not self.notes.is_rejected:
            run |= {"external_id": external}
            yield Record(
                line=self.notes.line, external_id=external, course_id=groups.key(number, title), course=course, run=run
            )

    def external_id(self, number: str, title: str, run: dict, is_unique: bool) -> str:
        """The number where it names one row; else number and beginning; without a number title, beginning and place."""
        if number and is_unique:
            return number[:240]
        place = run.get("location") or {}
        parts = [number or kit_text.digest(kit_text.fold(title))[:16], run.get("starts_on") or ""]
        if not number:
            parts += [self.get("starts"), kit_text.fold(place.get("city", ""))]
        return "/".join(part for part in parts if part)[:240]

    # ── Course

    def course(self, title: str) -> dict:
        derived = level.guess(title)
        words = [values.tidy(word)[:255] for word in re.split(r"[,;\n]", self.row.get("keywords", ""))]
        url = addresses.url(self.get("link"))
        if self.get("link") and not url:
            self.notes.notice(_name("link"), _("“%(value)s” is no web address.") % {"value": self.get("link")[:80]})
        return compact(
            {
                "title": title,
                "description": markup.to_html(self.row.get("description")),
                "requirements": markup.to_html(self.row.get("requirements")),
                "audience": markup.to_html(self.row.get("audience")),
                "degree_title": self.notes.fit(_name("degree"), self.get("degree"), 2000),
                "level": derived,
                "level_is_derived": bool(derived) or None,
                "keywords": unique([["subject", word] for word in words if word]),
                "links": [{"url": url, "label": "", "purpose": ""}] if url else [],
                "contacts": self.contacts(),
            }
        )

    def contacts(self) -> list[dict]:
        name = self.get("contact")
        first, _space, last = name.rpartition(" ")
        found = compact(
            {
                "first_name": first[:60], "last_name": last[:60], "phone": addresses.phone(self.get("phone")),
                "email": addresses.email(self.get("email")),
            }
        )  # fmt: skip
        return [found | {"role": 1}] if found else []

    # ── Run

    def run(self) -> dict:
        notes = self.notes
        starts_on, ends_on, starts, ends = self.period()
        sessions = self.sessions(starts_on, ends_on, starts, ends)
        if sessions:
            starts_on, ends_on = starts_on or sessions[0]["day"], ends_on or sessions[-1]["day"]
        place = self.place()
        hours = notes.read(_name("hours"), money.amount, self.get("hours"), german=True)
        return compact(
            {
                "number": notes.fit(_name("number"), self.get("number"), 60),
                "starts_on": starts_on,
                "ends_on": ends_on,
                "begin": self.begin(starts_on),
                "date_note": "" if starts_on else self.row.get("starts_on", "")[:500],
                "sessions": sessions,
                "registration_until": notes.read(
                    _name("registration_until"), values.day, self.get("registration_until")
                ),
                "duration_class": duration_class(starts_on, ends_on),
                "hours": str(hours.quantize(Decimal("0.1"))) if hours and hours < 100_000 else None,
                "mode": self.mode(place),
                "location": place,
                "room": self.get("room")[:120],
                "languages": self.languages(),
                "measure_number": notes.fit(_name("measure_number"), self.get("measure_number"), 30),
                "note": markup.to_html(self.row.get("note")),
                **self.times(sessions, starts, ends),
                **self.places(),
                **self.money(),
                **self.funding(),
            }
        )

    def period(self) -> tuple[str | None, str | None, str | None, str | None]:
        notes = self.notes
        starts_on = self.day("starts_on")
        ends_on = self.day("ends_on")
        starts = notes.read(_name("starts"), values.clock, _of_day(self.get("starts")))
        ends = notes.read(_name("ends"), values.clock, _of_day(self.get("ends")))
        ends_on = notes.end(_name("ends_on"), starts_on, ends_on or self.other_end("starts_on", values.last_day))
        ends = ends or self.other_end("starts", values.last_clock)
        if starts and ends and ends <= starts:
            notes.notice(_name("ends"), _("The end of a date lies before its beginning; the end was left out."))
            ends = None
        return starts_on, ends_on, starts, ends

    def other_end(self, key: str, how: Callable) -> str | None:
        """The end that stands in the column of the beginning: "18:00-19:30"."""
        try:
            return how(self.get(key))
        except values.BadValue:
            return None

    def day(self, key: str) -> str | None:
        """A date; words such as "laufend" or "auf Anfrage" are none and no mistake."""
        raw = self.get(key)
        if not raw or any(pattern.search(raw) for _begin, pattern in BEGINS) or raw in {"-", "–", "?"}:
            return None
        if re.fullmatch(r"[34]\d{4}", raw):  # a spreadsheet's count of days since 30.12.1899
            return (date(1899, 12, 30) + timedelta(days=int(raw))).isoformat()
        return self.notes.read(_name(key), values.day, raw)

    def begin(self, starts_on: str | None) -> str:
        if starts_on:
            return "fixed"
        raw = self.get("starts_on")
        return next((name for name, pattern in BEGINS if pattern.search(raw)), "open")

    def sessions(self, starts_on: str | None, ends_on: str | None, starts: str | None, ends: str | None) -> list[dict]:
        """The dates that are listed; a run of one day with times is that one date."""
        found = []
        for day, begins, closes in _SESSION.findall(self.row.get("sessions", "")):
            iso = self.notes.read(_name("sessions"), values.day, day)
            if iso:
                first = self.notes.read(_name("sessions"), values.clock, begins) or starts
                last = self.notes.read(_name("sessions"), values.clock, closes) or ends
                found.append(
                    compact({"day": iso, "starts": first, "ends": last if first and last and last > first else None})
                )
        if not found and starts_on and starts and ends_on in (None, starts_on):
            found.append(compact({"day": starts_on, "starts": starts, "ends": ends}))
        return sorted(found, key=lambda session: (session["day"], session.get("starts") or ""))

    def times(self, sessions: list[dict], starts: str | None, ends: str | None) -> dict:
        note = values.multiline(self.row.get("schedule_note"))
        clock = "–".join(filter(None, [starts, ends]))
        days = self.get("weekdays")
        shown = note or " ".join(filter(None, [days, f"{clock} Uhr" if clock else ""]))
        weekdays, times = schedule.from_sessions(sessions)
        read = schedule.parse(f"{days} {note}".strip())
        named = schedule.parse(days).weekdays or _bare_days(days)
        if not sessions or not times:
            times = [schedule.time_of_day(starts, ends)] if starts else list(read.times_of_day)
        weekdays = weekdays if sessions else named or read.weekdays
        if schedule.is_weekend(weekdays):
            times = schedule.in_order({*times, "weekend"})
        from_text = bool(note and not sessions and not starts and read) or None
        return {
            "weekdays": weekdays, "times_of_day": times, "times_from_text": from_text,
            "schedule_note": "" if sessions and not note else shown,
        }  # fmt: skip

    def place(self) -> dict | None:
        street, postcode, city = self.street()
        country = (
            addresses.country(self.get("country")) if self.get("country") else addresses.postcode_country(postcode)
        )
        found = compact(
            {
                "name": self.get("venue")[:255],
                "street": street[:255],
                "postcode": addresses.postcode(postcode, country or "DE"),
                "city": city[:120],
                "is_barrier_free": addresses.step_free(self.get("is_barrier_free")),
            }
        )
        if set(found) <= {"is_barrier_free"} or (set(found) == {"city"} and addresses.names_online(found["city"])):
            return None
        return found | {"country": country or "DE"}

    def country(self, postcode: str) -> str:
        """Two letters of most are a Land in such a column ("BE" is Berlin), so that only names count."""
        named = self.get("country")
        if len(named) > 2 or named.upper() in {"A", "AT", "CH"}:
            return addresses.country(named)
        return addresses.postcode_country(postcode)

    def street(self) -> tuple[str, str, str]:
        """Street, postcode and town, each from its column or from one that holds them all."""
        street, postcode, city = (self.get(name) for name in ("street", "postcode", "city"))
        if not postcode and street and not city:
            return addresses.street_and_city(street)
        if not postcode and city:
            in_city = addresses.street_and_city(city)
            return (street or in_city[0], *in_city[1:]) if in_city[1] else (street, "", city)
        return street, postcode, city

    def mode(self, place: dict | None) -> str:
        raw = self.get("mode")
        found = mode.named(raw)
        if raw and not found:
            self.notes.notice(_name("mode"), _("“%(value)s” cannot be read.") % {"value": raw[:80]})
        if not found and addresses.names_online(self.get("venue"), self.get("room"), self.get("city")):
            return "online"
        return found or ("on_site" if place else "")

    def languages(self) -> list[str]:
        words = re.split(r"[,;/+]|\bund\b", self.row.get("languages", ""))
        return unique([language(word) for word in words])

    def places(self) -> dict:
        found = {
            key: self.notes.read(_name(key), values.count, self.get(key), last=key != "places_min")
            for key in ("places", "places_min", "places_taken", "places_free")
        }
        free = found.pop("places_free")
        if free is not None and found["places"] is not None and found["places_taken"] is None:
            found["places_taken"] = max(found["places"] - free, 0)
        if free is not None and found["places"] is None:
            found |= {"places": free, "places_taken": 0}
        return found

    def money(self) -> dict:
        amount, cheaper, words = money.prices(self.get("price"), german=True)
        special, _none, more = money.prices(self.get("special_price"), german=True)
        special = cheaper or special
        notes = [words, f"ermäßigt: {more}" if more else "", values.multiline(self.row.get("price_note"))]
        note = "\n".join(filter(None, notes))
        is_free = (amount is not None and not amount) or (not amount and money.says_free(note))
        return {
            "price": str(amount) if amount else None,
            "price_kind": "known" if amount else "free" if is_free else "on_request",
            "price_note": note,
            "special_price": str(special) if special and amount and special < amount else None,
        }

    def funding(self) -> dict:
        raw = values.multiline(self.row.get("funding"))
        if raw.casefold() in {"", "nein", "keine", "-", "–"}:
            return {}
        return {"funding_federal": [number for number, pattern in FEDERAL if pattern.search(raw)], "funding_note": raw}


def _of_day(raw: str) -> str:
    """A time that a spreadsheet wrote as a share of the day ("0,75")."""
    if not re.fullmatch(r"0[.,]\d+", raw):
        return raw
    minutes = round(float(raw.replace(",", ".")) * 24 * 60)
    return f"{minutes // 60}:{minutes % 60:02d}"


def _bare_days(raw: str) -> int:
    """ "mo mi" or "MO;MI": small and capital letters that prose never means as days."""
    mask = 0
    for word in re.split(r"[^A-Za-z]+", raw):
        if word.title() in schedule.SHORT:
            mask |= 1 << schedule.SHORT.index(word.title())
    return mask


def _name(key: str) -> str:
    """The column as people know it."""
    return next(name for column, name, *_rest in COLUMNS if column == key)
