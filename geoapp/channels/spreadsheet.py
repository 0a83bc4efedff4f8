"""Tables for spreadsheets: CSV and XLSX, cells typed, no text that a program takes for a formula."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

Cell = str | int | float | date | datetime | None


class Kind(StrEnum):
    """What the cells of a column are."""

    TEXT = "text"
    COUNT = "count"
    SHARE = "share"
    """0 to 1; shown as a percentage where a program can."""
    AMOUNT = "amount"
    """Hours, days: a number with a decimal."""
    DAY = "day"
    MOMENT = "moment"
    """Without a zone: as the city's clocks show it."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its *code* for programs, its *name* for people."""

    code: str
    name: str
    kind: Kind


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table with a name; every row has a cell for each column."""

    name: str
    columns: tuple[Column, ...]
    rows: Sequence[Sequence[Cell]]


# At a cell's begin, and after what some program takes for the end of a cell: Excel in many
# countries splits at semicolons. The full-width signs are read like the plain ones in East Asia.
_FORMULA = re.compile(r"(^|[;,\t\r\n])(\s*)(?=[=+\-@＝＋－＠])")


def harmless(text: str) -> str:
    """*text* for a CSV cell: an apostrophe before everything that could begin a formula."""
    return _FORMULA.sub(r"\1\2'", text)


def as_csv(sheet: Sheet) -> str:
    """*sheet* with the columns' codes as its first row (RFC 4180; empty cells for None)."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([column.code for column in sheet.columns])
    for row in sheet.rows:
        writer.writerow([_plain(cell) for cell in row])
    return out.getvalue()


def _plain(cell: Cell) -> str | int | float | None:
    if isinstance(cell, str):
        return harmless(cell)
    if isinstance(cell, datetime):
        return cell.isoformat(sep=" ", timespec="seconds")
    return cell.isoformat() if isinstance(cell, date) else cell


_FORMATS = {
    Kind.TEXT: "@",
    Kind.COUNT: "#,##0",
    Kind.SHARE: "0.0%",
    Kind.AMOUNT: "#,##0.0",
    Kind.DAY: "yyyy-mm-dd",
    Kind.MOMENT: "yyyy-mm-dd hh:mm",
}
_WIDTHS = {Kind.TEXT: 30, Kind.MOMENT: 18}


def as_xlsx(sheets: Sequence[Sheet]) -> bytes:
    """A workbook of *sheets*, the columns' names as first rows.

    Text is stored as text whatever it begins with: neither a formula nor a link comes of it.
    """
    import xlsxwriter  # noqa: PLC0415 - 40 ms that only this answer needs

    out = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(out, options) as book:
        head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        formats = {kind: book.add_format({"num_format": text}) for kind, text in _FORMATS.items()}
        for sheet in sheets:
            page = book.add_worksheet(sheet.name)
            page.freeze_panes(1, 1)
            for place, column in enumerate(sheet.columns):
                page.set_column(place, place, _WIDTHS.get(column.kind, 13))
                page.write_string(0, place, column.name, head)
            for number, row in enumerate(sheet.rows, start=1):
                for place, (cell, column) in enumerate(zip(row, sheet.columns, strict=True)):
                    _write(page, number, place, cell, formats[column.kind])
    return out.getvalue()


def _write(page: Any, row: int, place: int, cell: Cell, shown: Any) -> None:
    """One cell by its own type; nothing for None, so that sums and means leave it out."""
    if isinstance(cell, str):
        page.write_string(row, place, cell, shown)
    elif isinstance(cell, date):  # a moment is one, too
        page.write_datetime(row, place, cell, shown)
    elif cell is not None:
        page.write_number(row, place, cell, shown)
