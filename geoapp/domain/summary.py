"""What the command center counts: the numbers, and how they stood one period before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from geoapp.domain.figures import Share


@dataclass(frozen=True, slots=True)
class Count:
    """How many there are, and how many of them are open."""

    total: int = 0
    open: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Before:
    """The same question, asked one length of the period earlier.

    Attributes:
        as_of: the moment it is told for; status, deadline and answers are those of then.
        open: like every figure None where the history of one of them doesn't reach back to
            then; but for *new_today*, where the filter asks for no status or deadline.
        new_today: received in as long a time up to then as today has lasted.
    """

    since: datetime
    until: datetime
    as_of: datetime
    open: int | None
    overdue: int | None
    new_today: int | None
    median_first_response_s: float | None
    followed_up: Share | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """Counts of what fits a filter, at its moment.

    Each ``by_…`` counts without its own field of the filter: what another value would give.
    """

    as_of: datetime
    total: int
    open: int
    overdue: int
    due_soon: int
    new_today: int
    median_first_response_s: float | None
    followed_up: Share
    resolved_in_time: Share
    by_group: dict[str, Count]
    by_agency: dict[str, Count]
    by_status: dict[str, int]
    by_deadline: dict[str, int]
    by_channel: dict[str, int]
    before: Before | None
