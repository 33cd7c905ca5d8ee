"""Rows of CSV and XLSX files, whatever the spreadsheet made of them."""

import csv
import re
import zipfile
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, time
from io import BytesIO, TextIOWrapper
from itertools import islice
from typing import BinaryIO

import openpyxl
from django.utils.translation import gettext as _

from courses.importing.opening import BIG, RATIO
from courses.importing.records import DeliveryRefused
from courses.importing.table.headings import TOP, Chosen, find_headings, guess_headings, known_columns, no_header
from kit import csv as kit_csv


def text_encoding(stream: BinaryIO) -> str:
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


def delimiter_of(stream: BinaryIO, encoding: str, chosen: Chosen) -> str:
    """The one under which a line near the top names the most columns that we know; else the one that makes a table."""
    sample = [line.rstrip("\r\n") for line in islice(_lines(stream, encoding), TOP)]
    if any("\x00" in line for line in sample):
        raise DeliveryRefused("not-data", _("This is no table and no XML. We read open-Q-cat, KuferSQL, CSV and XLSX."))

    def known(delimiter: str) -> int:
        return max((len(known_columns(_split(line, delimiter), chosen)) for line in sample), default=0)

    best = max(kit_csv.DELIMITERS, key=known)
    return best if known(best) >= 2 else _delimiter_of_any_table(sample)


def _delimiter_of_any_table(sample: list[str]) -> str:
    """Most lines fall into equally many parts, and at least into two."""
    lines = [line for line in sample if line.strip()]
    found = []
    for delimiter in kit_csv.DELIMITERS:
        [(width, count)] = Counter(len(_split(line, delimiter)) for line in lines).most_common(1) or [(0, 0)]
        found.append((width > 1 and count > len(lines) / 2, count, width, delimiter))
    is_table, _count, _width, delimiter = max(found)
    if not is_table:
        raise no_header()
    return delimiter


def _split(line: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:
        return []


def text_rows(stream: BinaryIO, encoding: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(_lines(stream, encoding), delimiter=delimiter)
    try:
        for row in reader:
            yield reader.line_num, [kit_csv.original(cell) for cell in row]
    except csv.Error as error:
        raise DeliveryRefused(
            "malformed", _("The table cannot be read (line %(line)s).") % {"line": reader.line_num}, reader.line_num
        ) from error


def workbook_rows(stream: BinaryIO, chosen: Chosen) -> Iterator[tuple[int, list[str]]]:
    """Rows of the first sheet that has our headings, else of the first that has any. Hidden sheets come last,
    cells as text.
    """
    try:
        _refuse_bomb(stream)
        book = openpyxl.load_workbook(stream, read_only=True, data_only=True)
        sheets = sorted(book.worksheets, key=lambda sheet: sheet.sheet_state != "visible")
        for look in (find_headings, guess_headings):
            if found := next((sheet for sheet in sheets if look(_sheet_rows(sheet, TOP), chosen)), None):
                yield from _sheet_rows(found, None)
                return
        raise no_header()
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
