"""A GTFS feed: a ZIP archive of tables (https://gtfs.org/documentation/schedule/reference/).

National feeds unpack to gigabytes, so that tables are read row by row and nothing is unpacked to the disk.
"""

import csv
import re
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, datetime
from functools import lru_cache
from io import TextIOWrapper
from pathlib import Path
from typing import BinaryIO, NoReturn

MOST_UNPACKED = 16 * 1024**3  # bytes; the national feed has about 4 GB
RATIO = 100  # times that a table may grow, once it is big enough to hurt
BIG = 50 * 1024**2
LONGEST_LINE = 1 << 16

_TIME = re.compile(r"(\d{1,3}):([0-5]\d):([0-5]\d)")
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError, OSError)


class TimetableRefused(Exception):
    """The feed cannot be used; the words say why, with table and line where there is one."""


class Feed:
    """An open archive. `with Feed(path) as feed: feed.rows("stops.txt", "stop_id")`"""

    def __init__(self, file: Path | BinaryIO):
        try:
            self._archive = zipfile.ZipFile(file)
        except _BROKEN as error:
            raise TimetableRefused(f"This is no ZIP archive, or it is damaged ({error}).") from error
        self._entries = {entry.filename: entry for entry in self._archive.infolist()}
        self._refuse_bomb()

    def __enter__(self) -> "Feed":
        return self

    def __exit__(self, *_error) -> None:
        self._archive.close()

    def __contains__(self, table: str) -> bool:
        return table in self._entries

    def _refuse_bomb(self) -> None:
        """By the sizes that the archive declares: more than declared is never unpacked."""
        for entry in self._entries.values():
            if entry.file_size > BIG and entry.file_size > RATIO * max(entry.compress_size, 1):
                raise TimetableRefused(f"{entry.filename}: unpacks to more than {RATIO} times its size.")
        if sum(entry.file_size for entry in self._entries.values()) > MOST_UNPACKED:
            raise TimetableRefused(f"The archive unpacks to more than {MOST_UNPACKED // 1024**3} GB.")

    def rows(self, table: str, *columns: str, optional: tuple[str, ...] = ()) -> Iterator[tuple[int, list[str]]]:
        """Line and cells of the columns, in the order of their names here; empty where an optional one is missing."""
        self._demand(table)
        line = 1
        try:
            with self._archive.open(self._entries[table]) as packed:
                reader = csv.reader(_lines(table, TextIOWrapper(packed, encoding="utf-8-sig", newline="")))
                header = [name.strip() for name in next(reader, [])]
                if missing := [name for name in columns if name not in header]:
                    refuse(table, 1, f"the column {', '.join(missing)} is missing")
                at = [header.index(name) if name in header else len(header) for name in (*columns, *optional)]
                for row in reader:
                    line = reader.line_num
                    if row:
                        row += [""] * (len(header) + 1 - len(row))
                        yield line, [row[index] for index in at]
        except UnicodeDecodeError as error:
            raise TimetableRefused(f"{table}, after line {line}: this is not UTF-8.") from error
        except (csv.Error, *_BROKEN) as error:
            raise TimetableRefused(f"{table}, after line {line}: cannot be read ({error}).") from error

    def _demand(self, table: str) -> None:
        if table in self:
            return
        if any(name.endswith(f"/{table}") for name in self._entries):
            raise TimetableRefused(f"{table} lies in a folder of the archive; GTFS wants its tables at the top.")
        raise TimetableRefused(f"{table} is missing: this is no GTFS feed, or not a whole one.")


def _lines(table: str, text: TextIOWrapper) -> Iterator[str]:
    """Never a line of gigabytes."""
    number = 0
    while line := text.readline(LONGEST_LINE):
        number += 1
        if len(line) == LONGEST_LINE and not line.endswith("\n"):
            refuse(table, number, "the line is too long")
        yield line


def refuse(table: str, line: int, why: str) -> NoReturn:
    raise TimetableRefused(f"{table}, line {line}: {why}.")


# ── Cells


def seconds(table: str, line: int, cell: str) -> int:
    """Since the midnight with which the day of service begins; more than 24 hours are the next morning."""
    found = _TIME.fullmatch(cell.strip())
    if not found:
        refuse(table, line, f"“{cell[:20]}” is no time")
    return int(found[1]) * 3600 + int(found[2]) * 60 + int(found[3])


def number(table: str, line: int, cell: str) -> int:
    if not re.fullmatch(r"[0-9]{1,9}", cell.strip()):
        refuse(table, line, f"“{cell[:20]}” is no number")
    return int(cell)


def degrees(table: str, line: int, cell: str, most: int) -> float:
    try:
        value = float(cell)
    except ValueError:
        refuse(table, line, f"“{cell[:20]}” is no coordinate")
    if not -most <= value <= most:
        refuse(table, line, f"“{cell[:20]}” is no coordinate")
    return value


def day(table: str, line: int, cell: str) -> date:
    return _day(cell) or refuse(table, line, f"“{cell[:20]}” is no day")


@lru_cache(maxsize=2_000)  # millions of exceptions name the days of a year
def _day(cell: str) -> date | None:
    try:
        return datetime.strptime(cell.strip(), "%Y%m%d").date()  # noqa: DTZ007 - a day has no zone
    except ValueError:
        return None
