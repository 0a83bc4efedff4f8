"""What readers get of complaints: the public side, nothing else."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from geoapp.domain.complaint import Status
from geoapp.domain.photo import Shown
from geoapp.domain.place import LonLat
from geoapp.errors import FieldProblem, InvalidInput

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Place:
    """A kelurahan or kecamatan by code, with its name in the boundary set that decided."""

    code: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicComplaint:
    """One complaint as everybody may see it.

    *position* is the public one (EPSG:4326), drawn once within *shown_within_m* metres of
    the true one; None for complaints without a point. *id* is for cursors alone. *supporters*
    are people beside the reporter who have the same problem, each counted once.
    """

    id: int
    ticket: str
    service_code: str
    group_code: str
    description: str | None
    landmark: str | None
    status: Status
    submitted_at: datetime
    due_at: datetime
    resolved_at: datetime | None
    closed_at: datetime | None
    location_kind: str
    position: LonLat | None
    shown_within_m: int
    kelurahan: Place | None
    kecamatan: Place | None
    agency_code: str
    simulated: bool
    supporters: int
    photos: tuple[Shown, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketState:
    """Where a complaint stands; all that a confidential one tells whoever has its ticket."""

    ticket: str
    status: Status
    submitted_at: datetime
    due_at: datetime
    resolved_at: datetime | None
    closed_at: datetime | None
    confidential: bool


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """Something that happened to a complaint: what, the status it led to, when.

    *words* are public by design: an answer, or why it was set aside, passed on or put on hold.
    *lead* is the ticket of the public complaint into which it is merged; *authority* is who a
    complaint was passed on to, by the name that its reporter reads. *photos* came with an answer.
    """

    kind: str
    status: str | None
    at: datetime
    words: str | None
    lead: str | None = None
    authority: str | None = None
    photos: tuple[Shown, ...] = ()


@dataclass(frozen=True, slots=True)
class PageCursor:
    """Where a page ended: the next one holds what was submitted before."""

    submitted_at: datetime
    id: int

    def __str__(self) -> str:
        """Text for an address; `parse` reads it."""
        micros = (self.submitted_at - _EPOCH) // _MICROSECOND
        return base64.urlsafe_b64encode(f"{micros}.{self.id}".encode()).decode().rstrip("=")

    @classmethod
    def parse(cls, text: str) -> PageCursor:
        """Read what `__str__` wrote.

        Raises:
            InvalidInput: it wrote something else.
        """
        try:
            raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
            micros, number = raw.decode("ascii").split(".")
            cursor = cls(_EPOCH + int(micros) * _MICROSECOND, int(number))
        except (ValueError, OverflowError, binascii.Error):
            cursor = None
        if cursor is None or str(cursor) != text or not 0 < cursor.id < 2**63:
            raise InvalidInput(
                "The cursor isn't one of ours.",
                "Follow the link with rel=next, or start without a cursor.",
                [FieldProblem("cursor", "not a cursor of this list", text)],
            )
        return cursor


@dataclass(frozen=True, slots=True)
class ComplaintPage:
    """A page, newest first; *next* is None on the last one."""

    complaints: tuple[PublicComplaint, ...]
    matched: int
    next: PageCursor | None


@dataclass(frozen=True, slots=True)
class ComplaintSummary:
    """Counts over all complaints of a filter, at the filter's *now*.

    *by_group* holds (open, total) per group code.
    """

    total: int
    open: int
    overdue: int
    due_soon: int
    by_group: Mapping[str, tuple[int, int]]
    by_status: Mapping[Status, int]
    as_of: datetime
