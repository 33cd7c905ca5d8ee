"""Rows of CSV and XLSX files, whatever the spreadsheet made of them."""

import csv
import re
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time
from io import BytesIO, TextIOWrapper
from itertools import islice
from typing import BinaryIO

import openpyxl
from django.utils.translation import gettext as _

from courses.importing.opening import BIG, RATIO
from courses.importing.records import DeliveryRefused
from courses.importing.table.columns import (
    find_header,
    known_columns,
    no_header,
)
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


def delimiter_of(stream: BinaryIO, encoding: str) -> str:
    """The one under which a line near the top names the most columns that we know."""
    sample = [line.rstrip("\r\n") for line in islice(_lines(stream, encoding), 15)]
    if any("\x00" in line for line in sample):
        raise DeliveryRefused("not-data", _("This is no table and no XML. We read open-Q-cat, KuferSQL, CSV and XLSX."))

    def known(delimiter: str) -> int:
        return max((len(known_columns(_split(line, delimiter))) for line in sample), default=0)

    best = max(kit_csv.DELIMITERS, key=known)
    if known(best) < 2:
        raise no_header()
    return best


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


def workbook_rows(stream: BinaryIO) -> Iterator[tuple[int, list[str]]]:
    """Rows of the first sheet that has our header. Cells come as text."""
    try:
        _refuse_bomb(stream)
        book = openpyxl.load_workbook(stream, read_only=True, data_only=True)
        sheets = book.worksheets
        sheet = next((sheet for sheet in sheets if find_header(_sheet_rows(sheet, 15))), None)
        if sheet is None:
            raise no_header()
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
