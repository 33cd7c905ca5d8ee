"""CSV files that spreadsheets open without running anything, and CSV files as people send them."""

import csv
import re
from collections.abc import Iterable, Iterator
from io import StringIO

CONTENT_TYPE = "text/csv; charset=utf-8"

# A cell that begins with one of these is a formula in some spreadsheet. A cell also "begins" behind every character
# that somebody may choose as delimiter when opening the file.
_DANGER = "=+\\-@\t\r\n＝＋－＠"
_SKIPPED = '[ "\u00a0\u200b\ufeff\x0b\x0c]*'  # what programs drop before they look at the first character
_BEGIN = "(?:^|(?<=[,;|\t\r\n]))"
_TO_GUARD = re.compile(f"{_BEGIN}('*)(?={_SKIPPED}[{_DANGER}])")
_GUARDED = re.compile(f"{_BEGIN}'('*)(?={_SKIPPED}[{_DANGER}])")

DELIMITERS = ";,\t|"
ENCODINGS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}


class Unreadable(ValueError):
    """The file is not a table."""


def neutral(value):
    """Text as a cell that no spreadsheet runs: an apostrophe before what would start a formula. Numbers stay."""
    return _TO_GUARD.sub(r"'\1", value.replace("\x00", "")) if isinstance(value, str) else value


def original(cell: str) -> str:
    """What `neutral` was given."""
    return _GUARDED.sub(r"\1", cell)


def write(header: Iterable[str], rows: Iterable[Iterable]) -> bytes:
    """A file for German spreadsheets: semicolons, all cells quoted, UTF-8 with the mark that Excel needs."""
    out = StringIO()
    writer = csv.writer(out, delimiter=";", quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow([neutral(cell) for cell in header])
    writer.writerows([neutral("" if cell is None else cell) for cell in row] for row in rows)
    return out.getvalue().encode("utf-8-sig", errors="replace")


def read(data: bytes) -> Iterator[dict[str, str]]:
    """Rows by column name. Finds encoding (UTF-8, UTF-16 with mark, else Windows) and delimiter by itself.

    Raises Unreadable for what is no table, in the iteration too.
    """
    text = _decode(data)
    if "\x00" in text:
        raise Unreadable("binary file")
    rows = csv.reader(StringIO(text, newline=""), delimiter=_delimiter(text), strict=False)
    try:
        header = [name.strip() for name in next(rows, [])]
        if not any(header):
            raise Unreadable("no header")
        for row in rows:
            if any(cell.strip() for cell in row):
                yield dict(zip(header, [*row, *[""] * (len(header) - len(row))], strict=False))
    except csv.Error as error:
        raise Unreadable(str(error)) from error


def _decode(data: bytes) -> str:
    for mark, encoding in ENCODINGS.items():
        if data.startswith(mark):
            return data.decode(encoding, errors="replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def _delimiter(text: str) -> str:
    """The one that cuts the first lines into the most columns of the same number."""
    return max(DELIMITERS, key=lambda delimiter: _columns(text, delimiter))


def _columns(text: str, delimiter: str) -> tuple[int, int]:
    """(lines as wide as the header, width), or nothing when the header is not cut at all."""
    rows = csv.reader(StringIO(text[:65_536], newline=""), delimiter=delimiter)
    try:
        widths = [len(row) for row, _number in zip(rows, range(20), strict=False) if row]
    except csv.Error:
        return (0, 0)
    if not widths or widths[0] < 2:
        return (0, 0)
    return (widths.count(widths[0]), widths[0])
