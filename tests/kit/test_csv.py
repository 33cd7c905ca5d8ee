"""Files that spreadsheets open without running anything, and files as people send them."""

import csv as standard
from io import BytesIO, StringIO

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from kit import csv

STARTS = tuple("=+-@\t\r\n＝＋－＠")
CELLS = st.lists(
    st.one_of(
        st.sampled_from(
            [*STARTS, "'", '"', ";", ",", "|", " ", "\u00a0", "cmd|' /C calc'!A0", "1+1", "HYPERLINK(", "\r\n"]
        ),
        st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=6),
    ),
    max_size=10,
).map("".join)


def cells_of(data: bytes, delimiter: str) -> list[str]:
    rows = standard.reader(StringIO(data.decode("utf-8-sig"), newline=""), delimiter=delimiter)
    return [cell for row in rows for cell in row]


def is_formula(cell: str) -> bool:
    return cell.lstrip(' "\t\r\n\u00a0\u200b\ufeff\x0b\x0c').startswith(tuple("=+-@＝＋－＠"))


@hypothesis_settings(max_examples=400, deadline=None)
@given(CELLS)
def test_every_cell_comes_back_as_it_was(cell):
    assert csv.original(csv.neutral(cell)) == cell


@hypothesis_settings(max_examples=400, deadline=None)
@given(CELLS, CELLS)
def test_no_cell_starts_a_formula_with_whatever_delimiter_it_is_opened(one, two):
    data = csv.write(["a", "b"], [[one, two]])

    for delimiter in ";,\t|":
        assert not [cell for cell in cells_of(data, delimiter) if is_formula(cell)]
    assert [csv.original(cell) for cell in cells_of(data, ";")] == ["a", "b", one, two]


@given(CELLS)
def test_a_neutral_cell_stays_text_in_a_workbook(cell):
    book = Workbook()
    printable = "".join(c for c in cell if c.isprintable())  # a workbook takes no control characters
    book.active["A1"] = csv.neutral(printable)
    out = BytesIO()
    book.save(out)

    assert load_workbook(out).active["A1"].data_type != "f"


def test_control_an_untreated_cell_is_a_formula():
    assert [cell for cell in cells_of(b'"x";"a,=1+1"', ",") if is_formula(cell)]
    assert not [cell for cell in cells_of(csv.write(["x"], [["a,=1+1"]]), ",") if is_formula(cell)]


def test_numbers_stay_numbers():
    assert csv.neutral(-5) == -5
    assert csv.write(["n"], [[-5], [None]]) == b'\xef\xbb\xbf"n"\r\n"-5"\r\n""\r\n'


TABLE = 'Nr;Titel;Ort\n1;Kochen, Backen;Mühlhausen\n2;"Näh""kurs\n2. Teil";Gera\n'


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
def test_a_file_is_read_as_it_comes(encoding, delimiter):
    out = StringIO()
    rows = standard.reader(StringIO(TABLE, newline=""), delimiter=";")
    standard.writer(out, delimiter=delimiter).writerows(rows)

    assert list(csv.read(out.getvalue().encode(encoding))) == [
        {"Nr": "1", "Titel": "Kochen, Backen", "Ort": "Mühlhausen"},
        {"Nr": "2", "Titel": 'Näh"kurs\n2. Teil', "Ort": "Gera"},
    ]


def test_short_rows_are_filled_and_empty_ones_skipped():
    assert list(csv.read(b"a;b\n1\n\n;\n2;3;4\n")) == [{"a": "1", "b": ""}, {"a": "2", "b": "3"}]


@pytest.mark.parametrize("data", [b"", b"\n\n", b"\x00\x01\x02", b";;;\n1;2", b"a;b\n" + b"x" * 200_000])
def test_what_is_no_table_is_said_to_be_none(data):
    with pytest.raises(csv.Unreadable):
        list(csv.read(data))


@hypothesis_settings(deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_are_a_table_or_unreadable(data):
    try:
        for row in csv.read(data):
            assert all(isinstance(cell, str) for cell in row.values())
    except csv.Unreadable:
        pass
