"""Statistics for a meeting: who and where, month by month, what came in and how long it waits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from geoapp.domain.area_numbers import SetOfPeriod
from geoapp.domain.figures import FigureRow

FOLLOW_UP_LINE = 0.6
"""The share followed up that the ministry looks at: cities below it are named."""

BACKLOG_DAYS = (1, 3, 7, 14)
"""Where one age of the backlog ends and the next begins, in days since it was received."""


class Step(StrEnum):
    """How far apart two bars of the arrivals are."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a table: what it is told apart by, and its figures.

    *code* is None for what has none (lies in no area). *parent* is the kecamatan of a
    kelurahan, *version* the set it was last in.
    """

    code: str | None
    name: str
    figures: FigureRow
    parent: str | None = None
    version: str | None = None


@dataclass(frozen=True, slots=True)
class Arrivals:
    """What came in: counts by group for every *step* from the first to the last."""

    step: Step
    starts: tuple[date, ...]
    by_group: dict[str, tuple[int, ...]]

    @property
    def totals(self) -> tuple[int, ...]:
        """Of all groups, step by step."""
        return tuple(map(sum, zip(*self.by_group.values(), strict=True))) or (0,) * len(self.starts)


@dataclass(frozen=True, slots=True)
class Age:
    """Open complaints that came *from_days* to under *to_days* ago; *overdue* of them are late."""

    from_days: int
    to_days: int | None
    open: int
    overdue: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Statistics:
    """All tables over one filter, at one moment.

    Attributes:
        since: begin of the period, *until* its end, excluded; None without one.
        then: areas are those of the boundaries of each complaint's own day.
        total: of everything that fits.
        agencies: a league, as are *kelurahan*: most overdue first, so that nobody gains
            by not answering. Every area of the boundaries meant is there, with or
            without complaints.
        groups: in the catalogue's order.
        months: the oldest first; *open* is what came in the month and is still open.
        sets: boundaries that areas are counted by, the oldest first.
        partial: only a part of the city, as far as the account reads.
    """

    as_of: datetime
    since: datetime | None
    until: datetime | None
    then: bool
    total: FigureRow
    agencies: tuple[Line, ...]
    kelurahan: tuple[Line, ...]
    groups: tuple[Line, ...]
    months: tuple[Line, ...]
    arrivals: Arrivals
    backlog: tuple[Age, ...]
    sets: tuple[SetOfPeriod, ...]
    partial: bool
