"""The table as a whole: which row names the columns, then row by row."""

from collections import Counter
from collections.abc import Callable, Iterator
from typing import BinaryIO, NamedTuple

from django.utils.translation import gettext as _

from courses.importing.opening import open_delivery
from courses.importing.records import DeliveryRefused, Header, Item, Problem, Supplier
from courses.importing.table.files import delimiter_of, text_encoding, text_rows, workbook_rows
from courses.importing.table.headings import (
    Chosen,
    Column,
    Headings,
    Rows,
    columns_below,
    find_headings,
    guess_headings,
    no_header,
    unknown_headings,
)  # fmt: skip
from courses.importing.table.row import Groups, TableRow
from kit import text as kit_text

ROWS = 200_000
Row = tuple[int, dict[str, str]]


class Opened(NamedTuple):
    """A table that can be read from its top as often as needed."""

    encoding: str
    rows: Callable[[], Rows]


class Table:
    """Reads the table template, or any table whose columns it recognises or people have explained (`chosen`)."""

    def __init__(self, chosen: Chosen | None = None):
        self.chosen = chosen or {}

    def read(self, stream: BinaryIO) -> Iterator[Item]:
        table = self.open(stream)
        headings = find_headings(table.rows(), self.chosen)
        if headings is None:
            raise unknown_headings(self.guess(table))
        yield Header("table", table.encoding, [Supplier()], is_full=True, line=headings.line)
        if unknown := headings.unknown(self.chosen):
            names = kit_text.truncate(", ".join(unknown), 300)
            yield Problem(headings.line, "", "", _("Columns that are not read here: %(names)s.") % {"names": names})
        numbers = Counter(row.get("number", "") for _line, row in _dicts(table.rows(), headings))
        groups, taken = Groups(), Counter()
        for line, row in _dicts(table.rows(), headings):
            yield from TableRow(line, row, table.encoding).items(groups, numbers, taken)

    def columns(self, stream: BinaryIO) -> list[Column]:
        """For people: what stands in the table, and what each column is taken for. DeliveryRefused."""
        table = self.open(stream)
        headings = find_headings(table.rows(), self.chosen) or self.guess(table)
        return columns_below(headings, table.rows())

    def open(self, stream: BinaryIO) -> Opened:
        opened = open_delivery(stream)
        if opened.format != "table":
            raise DeliveryRefused("wrong-format", _("This is no table."))
        if opened.encoding == "xlsx":
            return Opened("xlsx", lambda: workbook_rows(stream, self.chosen))
        encoding = text_encoding(stream)
        delimiter = delimiter_of(stream, encoding, self.chosen)
        return Opened(encoding, lambda: text_rows(stream, encoding, delimiter))

    def guess(self, table: Opened) -> Headings:
        guessed = guess_headings(table.rows(), self.chosen)
        if guessed is None:
            raise no_header()
        return guessed


def _dicts(rows: Rows, headings: Headings) -> Iterator[Row]:
    count = 0
    for line, cells in rows:
        if line <= headings.line or not any(cell.strip() for cell in cells):
            continue
        count += 1
        if count > ROWS:
            raise DeliveryRefused("too-big", _("The table has more than %(rows)s rows.") % {"rows": ROWS}, line)
        yield line, {key: cells[number].strip() for number, key in headings.keys.items() if number < len(cells)}
