"""Density cells: what they count, and which questions they can answer."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from datetime import date, datetime, time
from enum import StrEnum
from zoneinfo import ZoneInfo

from geoapp.domain.complaint import DONE, OPEN, Status
from geoapp.domain.filters import ComplaintFilter
from geoapp.domain.work_filter import DeadlineState, WorkFilter

MOST_ROWS = 200_000
"""So many rows are looked through for one answer; beyond it the asker has to narrow."""

TOTAL_ZOOM, CELL_ZOOM = 18, 17
"""Finest cells of the totals and of the monthly cells, as zooms of web mercator."""

OTHER = tuple(status for status in Status if status not in {*OPEN, *DONE})
"""Neither open nor done: set aside, not ours, merged."""

_BY_CELLS = {
    "now", "groups", "statuses", "recent_done", "kelurahan", "kecamatan", "agencies", "since",
    "until", "overdue", "deadlines", "reach",
}  # fmt: skip
"""Fields of a filter that cells know; any other, when it narrows, needs rows."""


class Phase(StrEnum):
    """How a city's cells stand."""

    CLEARING = "clearing"
    FILLING = "filling"
    READY = "ready"


@dataclass(frozen=True, slots=True)
class CellPlan:
    """How cells answer a filter: whole months from cells, what is left over from rows.

    Attributes:
        whole: the filter as far as cells answer it.
        first, end: months wanted, the first included and the end not; None: no such limit.
        edges: the filter for the days before the first and after the last whole month.
    """

    whole: ComplaintFilter
    first: date | None = None
    end: date | None = None
    edges: tuple[ComplaintFilter, ...] = ()

    @property
    def all_time(self) -> bool:
        """Whether no month is left out."""
        return self.first is None and self.end is None

    @property
    def by_totals(self) -> bool:
        """Whether the totals, by group and by open, done or neither, are enough."""
        asked = self.whole
        statuses = set(asked.statuses)
        return (
            self.all_time
            and not (asked.kelurahan or asked.kecamatan or asked.agencies)
            and not (isinstance(asked, WorkFilter) and asked.reach)
            and all(
                not statuses.intersection(together) or statuses.issuperset(together)
                for together in (OPEN, DONE, OTHER)
            )
        )


def plan(wanted: ComplaintFilter, timezone: str) -> CellPlan | None:
    """How cells answer *wanted*; None when they don't.

    Args:
        timezone: of the city; its months are counted in it.
    """
    if isinstance(wanted, WorkFilter):
        if any(grant.service_areas for grant in wanted.reach):
            return None
        if set(wanted.deadlines) - {DeadlineState.OVERDUE}:
            return None
    for field in fields(wanted):
        if field.name not in _BY_CELLS and getattr(wanted, field.name):
            return None
    zone = ZoneInfo(timezone)
    first = _month_from(wanted.since, zone) if wanted.since else None
    end = _month_of(wanted.until, zone) if wanted.until else None
    if first and end and first >= end:
        return None
    edges = []
    if wanted.since and first and (start := _instant(first, zone)) > wanted.since:
        edges.append(replace(wanted, until=start))
    if wanted.until and end and (start := _instant(end, zone)) < wanted.until:
        edges.append(replace(wanted, since=start))
    whole = replace(
        wanted,
        since=_instant(first, zone) if first else None,
        until=_instant(end, zone) if end else None,
    )
    return CellPlan(whole, first, end, tuple(edges))


def _month_of(moment: datetime, zone: ZoneInfo) -> date:
    return moment.astimezone(zone).date().replace(day=1)


def _month_from(moment: datetime, zone: ZoneInfo) -> date:
    """The first month that begins at *moment* or later."""
    here = _month_of(moment, zone)
    if _instant(here, zone) >= moment:
        return here
    return date(here.year + here.month // 12, here.month % 12 + 1, 1)


def _instant(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone)
