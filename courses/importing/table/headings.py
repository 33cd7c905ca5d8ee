"""Which column of a table holds what: as its heading says, or as people have said for this provider."""

from collections.abc import Iterator
from itertools import islice, zip_longest
from typing import NamedTuple

from django.utils.translation import gettext as _

from courses.importing import values
from courses.importing.records import DeliveryRefused
from courses.importing.table.columns import COLUMNS, column_name, key_of
from kit import text as kit_text

TOP = 15  # rows in which headings are looked for
WIDEST = 200  # columns
Chosen = dict[str, str]  # heading → key of the column that it names, "" for one that is not read
Rows = Iterator[tuple[int, list[str]]]


class Headings(NamedTuple):
    """The row of headings; `keys` says of the columns that are understood, by their position, which they are."""

    line: int
    cells: list[str]
    keys: dict[int, str]

    def unknown(self, chosen: Chosen) -> list[str]:
        named = ((number, heading(cell)) for number, cell in enumerate(self.cells))
        return [name for number, name in named if name and number not in self.keys and name not in chosen]


class Column(NamedTuple):
    """A column for people to look at: its heading, what stands below it, and which one of ours it is taken for."""

    heading: str
    example: str
    key: str


def heading(cell: str) -> str:
    return values.tidy(cell.lstrip("\ufeff"))[:120]


def find_headings(rows: Rows, chosen: Chosen) -> Headings | None:
    """The row that names our columns. A title alone will do where somebody has said that it is one."""
    top = list(islice(rows, TOP + 1))
    for (line, cells), below in zip_longest(top, top[1:]):
        keys = known_columns(cells, chosen)
        if "title" in keys.values() and (len(keys) >= 2 or "title" in chosen.values()):
            return _with_names_below(Headings(line, cells[:WIDEST], keys), below, chosen)
    return None


def _with_names_below(headings: Headings, below: tuple[int, list[str]] | None, chosen: Chosen) -> Headings:
    """Headings that span several columns ("Zeitraum") have the names of these in the next row ("Beginn", "Ende")."""
    line, cells = below or (0, [])
    keys = known_columns(cells, chosen)
    named = {number for number, cell in enumerate(cells) if cell.strip()}
    above = {number: key for number, key in headings.keys.items() if number not in keys}
    if not keys or named != keys.keys() or "title" not in above.values():
        return headings
    both = [low if low.strip() else high for high, low in zip_longest(headings.cells, cells[:WIDEST], fillvalue="")]
    return Headings(line, both, above | keys)


def guess_headings(rows: Rows, chosen: Chosen) -> Headings | None:
    """The row that looks like headings where nothing is recognised: the first that is nearly as wide as the widest."""
    top = list(islice(rows, TOP))
    widest = max((_width(cells) for _line, cells in top), default=0)
    for line, cells in top:
        if _width(cells) >= 2 and widest <= _width(cells) * 2:
            return Headings(line, cells[:WIDEST], known_columns(cells, chosen))
    return None


def _width(cells: list[str]) -> int:
    return sum(bool(cell.strip()) for cell in cells)


def known_columns(cells: list[str], chosen: Chosen) -> dict[int, str]:
    """Position → key. What people have said comes before what a heading seems to say."""
    names = [heading(cell) for cell in cells[:WIDEST]]
    said = {number: chosen[name] for number, name in enumerate(names) if name in chosen}
    found: dict[int, str] = {}
    for number, key in said.items():
        if key and key not in found.values():
            found[number] = key
    for number, name in enumerate(names):
        key = None if number in said else key_of(name)
        if key and key not in found.values():
            found[number] = key
    return found


def columns_below(headings: Headings, rows: Rows) -> list[Column]:
    """The columns with a heading, each once, with the first value that stands below."""
    below = [cells for line, cells in islice(rows, headings.line + TOP) if line > headings.line]
    found: dict[str, Column] = {}
    for number, cell in enumerate(headings.cells):
        written = (cells[number].strip() for cells in below if number < len(cells))
        example = kit_text.truncate(values.tidy(next(filter(None, written), "")), 80)
        if name := heading(cell):
            found.setdefault(name, Column(name, example, headings.keys.get(number, "")))
    return list(found.values())


# ── Refusals


def no_header() -> DeliveryRefused:
    names = ", ".join(name for _key, name, *_rest in COLUMNS[:3])
    return DeliveryRefused(
        "unknown-format",
        _("The file is not recognised. A table needs a first row with column names such as %(names)s.")
        % {"names": names},
    )


def unknown_headings(guessed: Headings) -> DeliveryRefused:
    """Somebody who knows the table can say what is what."""
    names = kit_text.truncate(", ".join(f"„{name}“" for cell in guessed.cells if (name := heading(cell))), 300)
    return DeliveryRefused(
        "unknown-columns",
        _("No column of the table is called “%(title)s”. Its columns are: %(names)s.")
        % {"title": column_name("title"), "names": names},
        guessed.line,
    )
