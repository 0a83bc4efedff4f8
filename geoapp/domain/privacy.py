"""What belongs to a person who asks for their data."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Belonging:
    """One thing of a person's: a report, or (with *contact_id*) that they follow one.

    *why*: it was named (`ticket`), or has the same `email` or `phone`.
    """

    ticket: str
    role: str
    why: str
    contact_id: int | None
    created_at: datetime | None
    service_code: str
    status: str
    submitted_at: datetime
    confidential: bool
