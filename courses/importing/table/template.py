"""The empty table that providers can start from."""

from io import BytesIO

import openpyxl

from courses.importing.table.columns import COLUMNS


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
