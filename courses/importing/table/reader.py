"""The table as a whole: which row names the columns, then row by row."""

from collections import Counter
from collections.abc import Callable, Iterator
from typing import BinaryIO

from django.utils.translation import gettext as _

from courses.importing.opening import open_delivery
from courses.importing.records import DeliveryRefused, Header, Item, Problem, Supplier
from courses.importing.table.columns import Row, find_header, no_header
from courses.importing.table.files import delimiter_of, text_encoding, text_rows, workbook_rows
from courses.importing.table.row import Groups, TableRow
from kit import text as kit_text

ROWS = 200_000


class Table:
    """Reads the table template, or any table whose columns it recognises."""

    def read(self, stream: BinaryIO) -> Iterator[Item]:
        opened = open_delivery(stream)
        if opened.format != "table":
            raise DeliveryRefused("wrong-format", _("This is no table."))
        is_workbook = opened.encoding == "xlsx"
        rows: Callable[[], Iterator[tuple[int, list[str]]]]
        if is_workbook:
            encoding, rows = "xlsx", lambda: workbook_rows(stream)
        else:
            encoding = text_encoding(stream)
            delimiter = delimiter_of(stream, encoding)
            rows = lambda: text_rows(stream, encoding, delimiter)  # noqa: E731  one of two ways to start again
        yield from _items(rows, encoding)


def _items(rows: Callable[[], Iterator[tuple[int, list[str]]]], encoding: str) -> Iterator[Item]:
    found = find_header(rows())
    if found is None:
        raise no_header()
    line, header, unknown = found
    yield Header("table", encoding, [Supplier()], is_full=True, line=line)
    if unknown:
        names = kit_text.truncate(", ".join(unknown), 300)
        yield Problem(line, "", "", _("Columns that are not read here: %(names)s.") % {"names": names})
    numbers = Counter(row.get("number", "") for _line, row in _dicts(rows(), line, header))
    groups, taken = Groups(), Counter()
    for number, row in _dicts(rows(), line, header):
        yield from TableRow(number, row, encoding).items(groups, numbers, taken)


def _dicts(rows: Iterator[tuple[int, list[str]]], start: int, header: dict[int, str]) -> Iterator[Row]:
    count = 0
    for line, cells in rows:
        if line <= start or not any(cell.strip() for cell in cells):
            continue
        count += 1
        if count > ROWS:
            raise DeliveryRefused("too-big", _("The table has more than %(rows)s rows.") % {"rows": ROWS}, line)
        yield line, {key: cells[number].strip() for number, key in header.items() if number < len(cells)}
