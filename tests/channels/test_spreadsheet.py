"""Tables for spreadsheets, read back with other programs; no text becomes a formula."""

from __future__ import annotations

import csv
import io
from datetime import date, datetime

import openpyxl
import pytest

from geoapp.channels.spreadsheet import Column, Kind, Sheet, as_csv, as_xlsx

HOSTILE = (
    '=HYPERLINK("https://example.org","click")',
    "+1+1",
    "-2+3",
    "@SUM(A1)",
    "\t=1+1",
    "\r=1+1",
    " =1+1",
    "＝1+1",
    "Dinas;=1+1",
    "Dinas,@SUM(A1)",
    "Dinas\n=cmd|' /C calc'!A0",
)
CLOCK = datetime(2026, 6, 1, 8, 42)  # noqa: DTZ001 - spreadsheets know no zones
SHEET = Sheet(
    "Agencies",
    (
        Column("name", "Nama", Kind.TEXT),
        Column("received", "Masuk", Kind.COUNT),
        Column("share", "Bagian", Kind.SHARE),
        Column("hours", "Jam", Kind.AMOUNT),
        Column("day", "Hari", Kind.DAY),
        Column("at", "Saat", Kind.MOMENT),
    ),
    [
        ["Dinas PUPR, Bina Marga", 1284, 0.85, 5.6, date(2026, 6, 1), CLOCK],
        ["", None, None, None, None, None],
        *([text, 1, 1.0, 0.5, None, None] for text in HOSTILE),
    ],
)


def test_csv_read_back_says_the_same():
    head, first, empty, *hostile = csv.reader(io.StringIO(as_csv(SHEET), newline=""))
    assert head == ["name", "received", "share", "hours", "day", "at"]
    assert first == [
        "Dinas PUPR, Bina Marga", "1284", "0.85", "5.6", "2026-06-01", "2026-06-01 08:42:00",
    ]  # fmt: skip
    assert empty == [""] * 6
    for row, text in zip(hostile, HOSTILE, strict=True):
        assert row[0].replace("'", "") == text.replace("'", "")


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_no_cell_of_a_csv_file_begins_like_a_formula(text, delimiter):
    """Nor where a program takes another sign for the end of a cell, or a new line for a row."""
    written = as_csv(Sheet("x", (Column("name", "Nama", Kind.TEXT),) * 2, [["a", text]]))
    pieces = written.replace("\r", "\n").replace('"', "").split("\n")
    cells = [cell.strip() for piece in pieces for cell in piece.split(delimiter)]
    assert [cell for cell in cells if cell[:1] in tuple("=+-@＝＋－＠")] == []


def test_harmless_text_stays_as_it_is():
    for text in ("Kel. Jelutung - Timur", "a@b", "5-6", "Dinas; Bidang", "x = y"):
        assert list(csv.reader(io.StringIO(as_csv(
            Sheet("x", (Column("name", "Nama", Kind.TEXT),), [[text]])
        ))))[1] == [text]  # fmt: skip


def test_xlsx_read_back_has_typed_cells():
    book = openpyxl.load_workbook(io.BytesIO(as_xlsx([SHEET])))
    page = book["Agencies"]
    assert [cell.value for cell in page[1]] == ["Nama", "Masuk", "Bagian", "Jam", "Hari", "Saat"]
    name, received, share, hours, day, at = page[2]
    assert (name.value, name.data_type) == ("Dinas PUPR, Bina Marga", "s")
    assert (received.value, received.data_type) == (1284, "n")
    assert (share.value, share.number_format) == (0.85, "0.0%")
    assert hours.value == pytest.approx(5.6)
    assert (day.value, at.value) == (CLOCK.replace(hour=0, minute=0), CLOCK)
    assert day.is_date
    assert [cell.value for cell in page[3]][1:] == [None] * 5


def test_no_text_of_a_workbook_is_a_formula_or_a_link():
    page = openpyxl.load_workbook(io.BytesIO(as_xlsx([SHEET])))["Agencies"]
    read = [row[0] for row in page.iter_rows(min_row=4)]
    assert [cell.data_type for cell in read] == ["s"] * len(HOSTILE)
    # a workbook keeps a carriage return as an escape that some programs show
    assert [cell.value.replace("_x000D_", "\r") for cell in read] == list(HOSTILE)
    assert [cell.hyperlink for cell in read] == [None] * len(HOSTILE)
