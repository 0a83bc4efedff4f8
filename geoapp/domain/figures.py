"""What numbers and statistics are made of: counts, shares and times, by what they are told apart."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Share:
    """*n* of *of* complaints."""

    n: int
    of: int

    @property
    def value(self) -> float | None:
        """0 to 1; None of nothing."""
        return self.n / self.of if self.of else None


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureRow:
    """The figures of one key, or of all (*is_total*); formulas in words: `usecases.numbers`.

    Attributes:
        key: an agency's, area's or group's code, a month; None without one, and of all.
        received: came in the period; *set_aside* of them are rejected or duplicates.
        oldest_open_at: when the oldest of the open ones came.
        median_response_s: seconds to the first response of half of what came in the
            period, *p90_response_s* of nine in ten; None while too many still wait.
        waited: of how many these times are made; *answered* of them had their response.
    """

    key: str | None
    is_total: bool
    received: int
    set_aside: int
    open: int
    overdue: int
    verify_late: int
    answer_late: int
    oldest_open_at: datetime | None
    median_response_s: float | None
    p90_response_s: float | None
    answered: int
    waited: int
    answered_in_time: Share
    followed_up: Share
    resolved_in_time: Share
    reopened: Share


def nothing(key: str | None) -> FigureRow:
    """The figures of a key without any complaint."""
    none = Share(0, 0)
    return FigureRow(
        key=key, is_total=False, received=0, set_aside=0, open=0, overdue=0, verify_late=0,
        answer_late=0, oldest_open_at=None, median_response_s=None, p90_response_s=None,
        answered=0, waited=0, answered_in_time=none, followed_up=none, resolved_in_time=none,
        reopened=none,
    )  # fmt: skip
