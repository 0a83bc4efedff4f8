"""Complaints: what somebody reports, and what it becomes."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from geoapp.domain.place import LonLat


class Status(StrEnum):
    """Where a complaint stands. *Resolved* by the agency isn't *closed* for the citizen."""

    SUBMITTED = "submitted"
    VERIFIED = "verified"
    ASSIGNED = "assigned"
    IN_PROGRESS = "in_progress"
    RESOLVED = "resolved"
    CLOSED = "closed"
    ON_HOLD = "on_hold"
    REJECTED = "rejected"
    OUT_OF_AUTHORITY = "out_of_authority"
    DUPLICATE = "duplicate"
    REOPENED = "reopened"


OPEN = (
    Status.SUBMITTED,
    Status.VERIFIED,
    Status.ASSIGNED,
    Status.IN_PROGRESS,
    Status.ON_HOLD,
    Status.REOPENED,
)
"""Statuses in which somebody still has to act."""

CLOCK_RUNS = tuple(status for status in OPEN if status is not Status.ON_HOLD)
"""Statuses in which the deadline counts; on hold it is paused."""

DUE_SOON_HOURS = 12
"""From so many hours before it a deadline is *due soon*, as ``geoapp.is_due_soon`` says it."""

DONE = (Status.RESOLVED, Status.CLOSED)


class Channel(StrEnum):
    """The door a complaint came through."""

    WEB = "web"
    API = "api"
    IMPORT = "import"
    SIMULATION = "simulation"
    SP4N = "sp4n"
    CALL_112 = "call_112"
    MEDIA = "media"
    LETTER = "letter"
    COUNTER = "counter"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewComplaint:
    """A complaint before it is stored, from whichever door.

    *position* is exact, EPSG:4326. Without one, *named_area* (a kelurahan's code) says
    where, or nothing does. *confirmed_area* is the kelurahan the citizen chose when the
    polygons' verdict was in doubt.
    """

    service: str
    description: str | None = None
    position: LonLat | None = None
    accuracy_m: float | None = None
    named_area: str | None = None
    confirmed_area: str | None = None
    landmark: str | None = None
    channel: Channel = Channel.WEB
    source: str | None = None
    external_id: str | None = None
    submitted_at: datetime | None = None
    observed_at: datetime | None = None
    status: Status = Status.SUBMITTED
    first_response_at: datetime | None = None
    resolved_at: datetime | None = None
    closed_at: datetime | None = None
    anonymous: bool = False
    confidential: bool = False
    simulated: bool = False


# Without the letters and figures that are misheard or misread: 0 O, 1 I L, 2 Z, 5 S, 8 B, U V.
TICKET_LETTERS = "34679ACDEFGHJKMNPQRTWXY"


def new_ticket(prefix: str) -> str:
    """A ticket nobody can foresee, such as ``JBI-4HK9-7QXC``.

    Seven random letters of 23 (3.4 thousand million) and a check letter, so that one
    wrong letter or two swapped neighbours are noticed.
    """
    body = "".join(secrets.choice(TICKET_LETTERS) for _ in range(7))
    body += _check_letter(body)
    return f"{prefix}-{body[:4]}-{body[4:]}"


def ticket_is_plausible(ticket: str) -> bool:
    """Whether *ticket* has the form and the right check letter."""
    parts = ticket.split("-")
    if len(parts) != 3 or len(parts[1]) != 4 or len(parts[2]) != 4:
        return False
    body = parts[1] + parts[2]
    return set(body) <= set(TICKET_LETTERS) and _check_letter(body[:-1]) == body[-1]


def _check_letter(body: str) -> str:
    """Weighted sum modulo 23: a prime, so every single fault and every swap changes it."""
    total = sum(
        weight * TICKET_LETTERS.index(letter) for weight, letter in enumerate(body, start=1)
    )
    return TICKET_LETTERS[total % len(TICKET_LETTERS)]
