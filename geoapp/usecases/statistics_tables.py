"""Statistics as tables for spreadsheets: what each holds, its columns and their types."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from zoneinfo import ZoneInfo

from geoapp.channels.spreadsheet import Cell, Column, Kind, Sheet
from geoapp.domain.catalogue import City
from geoapp.domain.figures import FigureRow, Share
from geoapp.domain.statistics import Line, Statistics

TABLES = ("agency", "kelurahan", "group", "month", "arrivals", "backlog")
"""What can be asked for by itself; ``all`` are all of them."""

EVERYTHING = "all"
SUMMARY = "summary"

_FIGURES: tuple[tuple[str, Kind], ...] = (
    ("received", Kind.COUNT),
    ("set_aside", Kind.COUNT),
    ("followed_up", Kind.COUNT),
    ("followed_up_of", Kind.COUNT),
    ("followed_up_share", Kind.SHARE),
    ("resolved_in_time", Kind.COUNT),
    ("resolved_in_time_of", Kind.COUNT),
    ("resolved_in_time_share", Kind.SHARE),
    ("answered_in_time", Kind.COUNT),
    ("answered_in_time_of", Kind.COUNT),
    ("answered_in_time_share", Kind.SHARE),
    ("median_first_response_hours", Kind.AMOUNT),
    ("p90_first_response_hours", Kind.AMOUNT),
    ("open", Kind.COUNT),
    ("overdue", Kind.COUNT),
    ("oldest_open_at", Kind.MOMENT),
)

_KEYS: dict[str, tuple[tuple[str, Kind], ...]] = {
    "agency": (("code", Kind.TEXT), ("name", Kind.TEXT)),
    "kelurahan": (("code", Kind.TEXT), ("name", Kind.TEXT), ("parent", Kind.TEXT)),
    "group": (("code", Kind.TEXT), ("name", Kind.TEXT)),
    "month": (("month", Kind.DAY),),
}

COLUMNS = tuple(
    dict.fromkeys(
        (
            "table",
            *(code for columns in _KEYS.values() for code, _ in columns),
            *(code for code, _ in _FIGURES),
            "begins", "total", "from_days", "to_days", "figure", "n", "of", "share", "hours",
            "formula",
        )
    )
)  # fmt: skip
"""Codes of every column but those named after a group."""


def sheet(told: Statistics, table: str, city: City, names: Mapping[str, str]) -> Sheet:
    """One of `TABLES`.

    Args:
        names: of tables, columns and groups by their codes; a code without one stays.
    """
    zone = ZoneInfo(city.timezone)
    if table == "arrivals":
        return _arrivals(told, names)
    if table == "backlog":
        return _backlog(told, names)
    lines = _lines(told)[table]
    return Sheet(
        names.get(table, table),
        _columns((*_KEYS[table], *_FIGURES), names),
        [[*_key(table, line), *_figures(line.figures, zone)] for line in lines],
    )


def everything(told: Statistics, city: City) -> Sheet:
    """The tables with the same figures one below the other, told apart by a first column.

    The first row, *total*, is of everything.
    """
    zone = ZoneInfo(city.timezone)
    keys = (("table", Kind.TEXT), ("code", Kind.TEXT), ("name", Kind.TEXT), ("parent", Kind.TEXT))
    rows: list[list[Cell]] = [["total", None, None, None, *_figures(told.total, zone)]]
    rows += [
        [table, line.code, line.name, line.parent, *_figures(line.figures, zone)]
        for table, lines in _lines(told).items()
        for line in lines
    ]
    return Sheet(EVERYTHING, _columns((*keys, *_FIGURES), {}), rows)


def summary(
    told: Statistics,
    names: Mapping[str, str],
    formulas: Mapping[str, str],
    facts: Iterable[tuple[str, str]],
) -> Sheet:
    """The figures of everything with their formulas in words, below them *facts* about the table.

    Args:
        formulas: by the codes of `usecases.numbers.FORMULAS`, in the reader's language.
        facts: what is told and what it is: the period, the boundaries, the filter.
    """
    total = told.total
    oldest = (
        (told.as_of - total.oldest_open_at).total_seconds() / 3600 if total.oldest_open_at else None
    )
    rows: list[list[Cell]] = [
        [_name(code, names), n, of, _rounded(share), _rounded(hours), formulas.get(code, "")]
        for code, n, of, share, hours in (
            ("received", total.received, None, None, None),
            ("followed_up", *_shared(total.followed_up), None),
            ("resolved_in_time", *_shared(total.resolved_in_time), None),
            ("answered_in_time", *_shared(total.answered_in_time), None),
            ("median_first_response", total.answered, total.waited, None,
             _hours(total.median_response_s)),
            ("p90_first_response", total.answered, total.waited, None,
             _hours(total.p90_response_s)),
            ("open", total.open, None, None, None),
            ("overdue", *_shared(Share(total.overdue, total.open)), None),
            ("oldest_open", None, None, None, oldest),
        )
    ]  # fmt: skip
    rows += [[fact, None, None, None, None, value] for fact, value in facts]
    columns = (
        ("figure", Kind.TEXT), ("n", Kind.COUNT), ("of", Kind.COUNT), ("share", Kind.SHARE),
        ("hours", Kind.AMOUNT), ("formula", Kind.TEXT),
    )  # fmt: skip
    return Sheet(_name(SUMMARY, names), _columns(columns, names), rows)


def _lines(told: Statistics) -> dict[str, tuple[Line, ...]]:
    return {
        "agency": told.agencies,
        "kelurahan": told.kelurahan,
        "group": told.groups,
        "month": told.months,
    }


def _arrivals(told: Statistics, names: Mapping[str, str]) -> Sheet:
    arrivals = told.arrivals
    columns = (
        ("begins", Kind.DAY),
        *((code, Kind.COUNT) for code in arrivals.by_group),
        ("total", Kind.COUNT),
    )
    rows: list[list[Cell]] = [
        [begins, *(counts[place] for counts in arrivals.by_group.values()), arrivals.totals[place]]
        for place, begins in enumerate(arrivals.starts)
    ]
    return Sheet(_name("arrivals", names), _columns(columns, names), rows)


def _backlog(told: Statistics, names: Mapping[str, str]) -> Sheet:
    columns = tuple((code, Kind.COUNT) for code in ("from_days", "to_days", "open", "overdue"))
    rows = [[age.from_days, age.to_days, age.open, age.overdue] for age in told.backlog]
    return Sheet(_name("backlog", names), _columns(columns, names), rows)


def _columns(columns: Iterable[tuple[str, Kind]], names: Mapping[str, str]) -> tuple[Column, ...]:
    return tuple(Column(code, _name(code, names), kind) for code, kind in columns)


def _name(code: str, names: Mapping[str, str]) -> str:
    return names.get(code, code)


def _key(table: str, line: Line) -> list[Cell]:
    if table == "month":
        return [date.fromisoformat(f"{line.code}-01")]
    own: list[Cell] = [line.code, line.name]
    return [*own, line.parent] if table == "kelurahan" else own


def _figures(row: FigureRow, zone: ZoneInfo) -> list[Cell]:
    return [
        row.received,
        row.set_aside,
        *_counted(row.followed_up),
        *_counted(row.resolved_in_time),
        *_counted(row.answered_in_time),
        _rounded(_hours(row.median_response_s)),
        _rounded(_hours(row.p90_response_s)),
        row.open,
        row.overdue,
        _on_the_clock(row.oldest_open_at, zone),
    ]


def _counted(share: Share) -> list[Cell]:
    return [share.n, share.of, _rounded(share.value)]


def _shared(share: Share) -> tuple[int, int, float | None]:
    return share.n, share.of, share.value


def _hours(seconds: float | None) -> float | None:
    return None if seconds is None else seconds / 3600


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 6)


def _on_the_clock(moment: datetime | None, zone: ZoneInfo) -> datetime | None:
    """*moment* as the city's clocks show it; spreadsheets know no zones."""
    return moment.astimezone(zone).replace(tzinfo=None, microsecond=0) if moment else None
