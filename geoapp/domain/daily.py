"""A city's days: how many complaints came, and how many were open when the day ended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

MAX_DAYS = 400


@dataclass(frozen=True, slots=True)
class Day:
    """A day of the city; *open_at_end* None where the history doesn't tell."""

    day: date
    received: int
    open_at_end: int | None


@dataclass(frozen=True, slots=True)
class Daily:
    """Days in order, none left out, as of a moment: the last one may not be over."""

    as_of: datetime
    days: tuple[Day, ...]
