"""A complaint as whoever sent it may see it, and what they may do about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from geoapp.domain.complaint import OPEN, Status

LEAST_STARS, MOST_STARS = 1, 5
"""The range of a rating."""


@dataclass(frozen=True, slots=True)
class SentPhoto:
    """A photo that the sender or the agency added; *event_id* names the entry it came with."""

    id: str
    event_id: int | None
    private: bool
    sha256: str
    width: int
    height: int
    small_sha256: str


@dataclass(frozen=True, slots=True)
class SentEntry:
    """An entry of the history.

    Attributes:
        own: the sender did it.
        words: an answer, the sender's own reply, or why it was set aside, passed on or held.
        due_before, due_after: ISO 8601; the deadline that this entry moved.
        seal: number of the seal that covers it, *digest* what it is sealed by; None: not yet.
    """

    id: int
    at: datetime
    kind: str
    status: str | None
    own: bool
    words: str | None
    solved: bool
    stars: int | None
    authority: str | None
    agency: str | None
    due_before: str | None
    due_after: str | None
    seal: int | None
    digest: str | None


@dataclass(frozen=True, slots=True)
class Rating:
    """What the sender thinks of the work."""

    stars: int
    words: str
    rated_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SenderView:
    """Everything the sender of a complaint may know, confidential or not; EPSG:4326.

    The position is the one they sent. *at* is the moment it was read, by the database's clock;
    *disputed_until* and *rate_until* are there while it is resolved or closed.
    """

    ticket: str
    status: Status
    service: str
    group: str
    description: str | None
    landmark: str | None
    channel: str
    submitted_at: datetime
    observed_at: datetime | None
    verify_due_at: datetime | None
    verified_at: datetime | None
    answer_due_at: datetime | None
    first_response_at: datetime | None
    due_at: datetime
    resolved_at: datetime | None
    closed_at: datetime | None
    hold_since: datetime | None
    location_kind: str
    lon: float | None
    lat: float | None
    kelurahan_code: str | None
    kelurahan_set: int | None
    kelurahan_name: str | None
    kecamatan_name: str | None
    agency: str
    anonymous: bool
    confidential: bool
    simulated: bool
    supporters: int
    escalated_at: datetime | None
    lead: str | None
    at: datetime
    disputed_until: datetime | None
    may_rate: bool
    rate_until: datetime | None
    may_escalate: bool
    rating: Rating | None
    photos: tuple[SentPhoto, ...]
    history: tuple[SentEntry, ...]

    @property
    def may_reply(self) -> bool:
        """Somebody works on it, or "resolved" may still be disputed."""
        if self.status is Status.RESOLVED:
            return self.disputed_until is not None and self.at <= self.disputed_until
        return self.status in OPEN
