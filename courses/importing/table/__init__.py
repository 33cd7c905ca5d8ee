"""Our table for providers without an export: CSV or XLSX, one row per run. Columns stand in any order.

Column names are read tolerantly (case, umlauts, blanks, several spellings); what an unknown one means, people can say.
"""

from courses.importing.table.columns import COLUMNS, NAMES, column_name, fold, key_of
from courses.importing.table.headings import Column, heading
from courses.importing.table.reader import Table
from courses.importing.table.template import template, workbook

__all__ = [
    "COLUMNS", "NAMES", "Column", "Table", "column_name", "fold", "heading", "key_of", "template", "workbook",
]  # fmt: skip
