"""Figures by area as pages show them: a table to sort, a small shaded map, whose boundaries."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from flask import render_template, request, url_for

from geoapp.domain.area_numbers import AreaMap, AreaNumbers, AreaRow, Level, shade, steps_for
from geoapp.domain.filters import ComplaintFilter
from geoapp.usecases import area_numbers
from geoapp.web.access import Audience, open_to
from geoapp.web.context import current_catalogue, current_city, site
from geoapp.web.public import blueprint

PERIODS = (90, 7, 30, 365, 3650)
"""Days that the page offers, the usual one first."""

_KEYS: dict[str, Callable[[AreaRow], Any]] = {
    "name": lambda row: row.name.casefold(),
    "total": lambda row: -row.total,
    "open": lambda row: -row.open,
    "overdue": lambda row: -row.overdue,
    "in_time": lambda row: -1.0 if row.share_in_time is None else row.share_in_time,
}
"""What the table can be sorted by: the largest first, the smallest share first."""

USUAL = "open"


@dataclass(frozen=True, slots=True)
class Asked:
    """What a page was asked for; what it doesn't know counts as not asked."""

    level: Level
    then: bool
    days: int
    group: str
    agency: str
    sort: str

    @classmethod
    def read(cls) -> Asked:
        """From the address."""
        args = request.args
        days, sort = args.get("days", ""), args.get("sort", "")
        group, agency = args.get("group", ""), args.get("agency", "")
        return cls(
            level=Level.KECAMATAN if args.get("level") == "kecamatan" else Level.KELURAHAN,
            then=args.get("boundaries") == "then",
            days=int(days) if days in {str(one) for one in PERIODS} else PERIODS[0],
            group=group if group in current_catalogue().groups else "",
            agency=agency if agency in current_catalogue().agencies else "",
            sort=sort if sort in _KEYS else USUAL,
        )

    def filter_args(self) -> dict[str, str]:
        """As the API is asked for the same."""
        return {
            "boundaries": "then" if self.then else "today",
            "since": f"P{self.days}D",
        } | {
            name: value for name, value in (("group", self.group), ("agency", self.agency)) if value
        }

    def address(self, **changes: str) -> str:
        """The page's own address with *changes*, for links that keep everything else."""
        now = {
            "level": self.level.value,
            "boundaries": "then" if self.then else "today",
            "days": str(self.days),
            "group": self.group,
            "agency": self.agency,
            "sort": self.sort,
        }
        return "?" + urlencode({k: v for k, v in (now | changes).items() if v})


def context(counted: AreaNumbers, drawn: AreaMap | None, asked: Asked) -> dict[str, Any]:
    """What ``_areas.html`` expects."""
    rows = sorted(counted.rows, key=lambda row: (_KEYS[asked.sort](row), row.name))
    steps = steps_for(max((row.open for row in rows), default=0))
    by_code = {row.code: row for row in rows}
    shapes = [
        {
            "path": shape.path,
            "row": by_code[shape.code],
            "shade": shade(by_code[shape.code].open, steps),
        }
        for shape in (drawn.shapes if drawn else ())
        if shape.code in by_code
    ]
    drawn_codes = {shape.code for shape in drawn.shapes} if drawn else set()
    return {
        "areas": counted,
        "area_rows": rows,
        "area_map": drawn,
        "area_shapes": shapes,
        "area_steps": steps,
        "area_gone": [row for row in rows if row.code not in drawn_codes],
        "asked": asked,
    }


@blueprint.get("/areas")
@open_to(Audience.EVERYBODY)
def areas() -> str:
    """Figures by area for everybody."""
    city, database, asked = current_city(), site().database, Asked.read()
    wanted = ComplaintFilter.parse(asked.filter_args(), now=database.now(), timezone=city.timezone)
    counted = area_numbers.of_public(database, city, wanted, asked.level)
    drawn = area_numbers.small_map(database, city, counted)
    csv_args = asked.filter_args() | {"level": asked.level.value, "format": "csv"}
    return render_template(
        "areas.html",
        periods=PERIODS,
        since=wanted.now - timedelta(days=asked.days),
        csv_address=f"{url_for('api.area_numbers_answer')}?{urlencode(csv_args)}",
        **context(counted, drawn, asked),
    )
