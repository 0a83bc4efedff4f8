"""Rules that don't fit: what people give to another agency again and again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from geoapp.domain.reading import Place


@dataclass(frozen=True, slots=True)
class Example:
    """A complaint that was given away, when, and the reason that was written down."""

    ticket: str
    at: datetime
    reason: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Misfit:
    """A kind of re-routing that repeats: in one *kelurahan*, or against one rule everywhere.

    *rule* is None where the service's default agency was decided. *kelurahan_codes* are all
    the kelurahan it happened in.
    """

    service_code: str
    from_agency: str
    to_agency: str
    kelurahan: Place | None
    rule: Place | None
    by_rule: bool
    count: int
    first_at: datetime
    last_at: datetime
    kelurahan_codes: tuple[str, ...]
    examples: tuple[Example, ...]
