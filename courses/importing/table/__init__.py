"""Our table for providers without an export: CSV or XLSX, one row per run. Columns stand in any order.

Column names are read tolerantly (case, umlauts, blanks, several spellings); unknown columns are named in a notice.
"""

from courses.importing.table.columns import COLUMNS, NAMES, fold
from courses.importing.table.reader import Table
from courses.importing.table.template import template, workbook

__all__ = ["COLUMNS", "NAMES", "Table", "fold", "template", "workbook"]
