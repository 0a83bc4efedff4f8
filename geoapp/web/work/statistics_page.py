"""What the page of statistics was asked for, and how it shows what was found."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import request
from flask_babel import format_date, format_decimal
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from geoapp.domain.area_numbers import AreaMap, shade, steps_for
from geoapp.domain.statistics import Arrivals, Line, Statistics, Step
from geoapp.web.api.operations import read_query
from geoapp.web.context import current_catalogue
from geoapp.web.strings_statistics import field_names
from geoapp.web.work.queries import WorkFilterQuery

PERIODS = ("P7D", "P30D", "P90D", "P365D", "")
"""Periods that the page offers, back from now; the empty one is all there is."""
USUAL_PERIOD = "P90D"
DAYS = {"P7D": 7, "P30D": 30, "P90D": 90, "P365D": 365}

SHOWN_GROUPS = 5
"""Groups that the chart of arrivals tells apart; the rest is one more."""
TOP = 8
"""Kelurahan that the short list names."""

_LARGEST: dict[str, Callable[[Line], float | None]] = {
    "received": lambda line: line.figures.received,
    "followed_up": lambda line: line.figures.followed_up.value,
    "in_time": lambda line: line.figures.resolved_in_time.value,
    "median": lambda line: line.figures.median_response_s,
    "p90": lambda line: line.figures.p90_response_s,
    "open": lambda line: line.figures.open,
    "overdue": lambda line: line.figures.overdue,
    "oldest": lambda line: (
        -line.figures.oldest_open_at.timestamp() if line.figures.oldest_open_at else None
    ),
}
"""What a column is sorted by; rows without a value come last, whichever way."""

SMALLEST_FIRST = frozenset({"name", "followed_up", "in_time"})
"""Columns whose first look goes to the smallest."""

SORTED = {"agency": "overdue", "kelurahan": "overdue", "group": "", "month": ""}
"""How each table comes: the leagues by what is overdue, groups and months in their own order."""


@dataclass(frozen=True, slots=True)
class Sort:
    """The order of one table; an empty *column* leaves it as it comes."""

    column: str
    descending: bool


@dataclass(frozen=True, slots=True)
class Asked:
    """What the page was asked for."""

    filter: dict[str, str]
    """Parameters of the filter as given; *since* is always there."""
    table: str
    sort: Sort

    @classmethod
    def read(cls) -> Asked:
        """From the address; a sorting it doesn't know counts as not asked."""
        given = {
            name: request.args[name]
            for name in WorkFilterQuery.model_fields
            if name in request.args
        }
        table, _colon, rest = request.args.get("sort", "").partition(":")
        column, _colon, way = rest.partition(":")
        if table not in SORTED or column not in {"name", *_LARGEST} or way not in {"up", "down"}:
            table = column = ""
        return cls(
            {"since": USUAL_PERIOD} | {name: value for name, value in given.items() if value}
            | ({"since": given["since"]} if "since" in given else {}),
            table,
            Sort(column, way == "down"),
        )  # fmt: skip

    @property
    def query(self) -> WorkFilterQuery:
        """The filter.

        Raises:
            InvalidInput: a field can't be read.
        """
        return read_query(WorkFilterQuery, MultiDict(self.filter))

    def sort_of(self, table: str) -> Sort:
        """The order of *table*."""
        if table == self.table:
            return self.sort
        usual = SORTED[table]
        return Sort(usual, usual not in SMALLEST_FIRST)

    def sorted(self, table: str, lines: tuple[Line, ...]) -> list[Line]:
        """*lines* in the order of *table*."""
        order = self.sort_of(table)
        if not order.column:
            return list(lines)
        if order.column == "name":
            return sorted(
                lines, key=lambda line: (line.name.casefold(), line.code or ""),
                reverse=order.descending,
            )  # fmt: skip
        value = _LARGEST[order.column]
        told = [(value(line), line) for line in lines]
        with_value = [(number, line) for number, line in told if number is not None]
        with_value.sort(key=lambda pair: pair[0], reverse=order.descending)
        return [line for _number, line in with_value] + [
            line for number, line in told if number is None
        ]

    def address(self, **changes: str) -> str:
        """The page's own address with *changes*, for links that keep everything else."""
        now = dict(self.filter)
        if self.table:
            way = "down" if self.sort.descending else "up"
            now["sort"] = f"{self.table}:{self.sort.column}:{way}"
        now |= changes
        return "?" + urlencode({k: v for k, v in now.items() if v or k == "since"})

    def sort_address(self, table: str, column: str) -> str:
        """The address that sorts *table* by *column*, the other way if it is so already."""
        order = self.sort_of(table)
        down = column not in SMALLEST_FIRST
        if order.column == column:
            down = not order.descending
        return self.address(sort=f"{table}:{column}:{'down' if down else 'up'}") + f"#{table}"

    def open_ones(self, field: str, code: str) -> str:
        """The live map's parameters for what is open of a line, whenever it came."""
        kept = {k: v for k, v in self.filter.items() if k not in {"until", "boundaries"} and v}
        return urlencode(kept | {"status": "open", "since": "", field: code})

    def file_args(self) -> str:
        """The filter for the addresses of the files."""
        return urlencode({k: v for k, v in self.filter.items() if v or k == "since"})

    def further(self) -> list[dict[str, str]]:
        """What else narrows the figures, beside group, period and boundaries: in words."""
        catalogue, names = current_catalogue(), field_names()
        found = []
        for field, value in self.filter.items():
            if field not in names or field == "group" or not value:
                continue
            if field == "agency":
                value = ", ".join(  # noqa: PLW2901 - the same, in words
                    catalogue.agencies[code].display if code in catalogue.agencies else code
                    for code in value.split(",")
                )
            found.append(
                {
                    "name": names[field],
                    "value": str(_("yes")) if field == "polygon" else value,
                    "without": self.address(
                        **{field: ""}, **({"within_m": ""} if field == "near" else {})
                    ),
                }
            )
        return found


def shaded(told: Statistics, drawn: AreaMap | None) -> dict[str, Any]:
    """What the small map shows: shapes with their shades, limits, and which areas it lacks."""
    by_code = {line.code: line for line in told.kelurahan if line.code}
    steps = steps_for(max((line.figures.open for line in by_code.values()), default=0))
    shapes = [
        {
            "path": shape.path,
            "line": by_code[shape.code],
            "shade": shade(by_code[shape.code].figures.open, steps),
        }
        for shape in (drawn.shapes if drawn else ())
        if shape.code in by_code
    ]
    on_map = {shape.code for shape in drawn.shapes} if drawn else set()
    return {
        "map": drawn,
        "map_shapes": shapes,
        "map_steps": steps,
        "map_gone": [line for code, line in by_code.items() if code not in on_map],
        "with_open": sum(line.figures.open > 0 for line in by_code.values()),
        "areas_known": len(by_code),
    }


def told_apart(arrivals: Arrivals) -> dict[str, Any]:
    """The arrivals of the largest groups and of the rest, for the chart and its table."""
    catalogue = current_catalogue()
    order = sorted(arrivals.by_group, key=lambda code: -sum(arrivals.by_group[code]))
    largest, rest = order[:SHOWN_GROUPS], order[SHOWN_GROUPS:]
    series = [
        {
            "code": code,
            "name": catalogue.groups[code].name if code in catalogue.groups else None,
            "counts": list(arrivals.by_group[code]),
        }
        for code in largest
    ]
    if rest:
        counts = [sum(group) for group in zip(*(arrivals.by_group[c] for c in rest), strict=True)]
        series.append({"code": "", "name": None, "counts": counts})
    return {
        "step": arrivals.step.value,
        "labels": [step_label(arrivals.step, day) for day in arrivals.starts],
        "series": series,
        "totals": list(arrivals.totals),
    }


def step_label(step: Step, day: Any) -> str:
    """What a bar of the arrivals is called: ``22 Agu``, ``Agu 2026``."""
    return str(format_date(day, "MMM y" if step is Step.MONTH else "d MMM"))


def percent(value: float | None, line: float | None = None) -> str:
    """A share: ``85%``; with a decimal where the rounded one would jump over *line*."""
    if value is None:
        return "–"
    rounded = round(100 * value)
    if line is not None and value < line <= rounded / 100:
        return f"{format_decimal(int(1000 * value) / 10, '0.0')}%"
    return f"{format_decimal(rounded)}%"


def span(seconds: float | None) -> str:
    """A length of time in one unit: hours with a decimal up to 48, then days."""
    if seconds is None:
        return "–"
    hours = seconds / 3600
    if hours < 48:
        return str(_("%(n)s hours", n=format_decimal(round(hours, 1))))
    days = hours / 24
    return str(_("%(n)s days", n=format_decimal(round(days, 1) if days < 10 else round(days))))


def age(seconds: float) -> str:
    """How long something waits, whole days from the second on: ``65 hari``."""
    days = int(seconds // 86_400)
    if days < 1:
        return str(_("%(n)s hours", n=format_decimal(int(seconds // 3600))))
    return str(_("%(n)s day", n=days) if days == 1 else _("%(n)s days", n=format_decimal(days)))
