"""The live feed: cursors, and what is told about a complaint."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, order=True)
class Cursor:
    """A place in the feed: transaction id, then event id. Ids alone commit out of order."""

    xid: int
    id: int


@dataclass(frozen=True, slots=True)
class Position:
    """A cursor in one life of the database; a restored database begins a new epoch."""

    epoch: str
    cursor: Cursor

    def __str__(self) -> str:
        return f"{self.epoch}:{self.cursor.xid}:{self.cursor.id}"

    @classmethod
    def parse(cls, text: str) -> Position | None:
        """From a ``Last-Event-ID``; None when it isn't one of ours."""
        epoch, _, rest = text.partition(":")
        xid, _, number = rest.partition(":")
        # Neither sign nor unicode digits, and no number that PostgreSQL couldn't hold.
        if not (epoch and xid.isascii() and xid.isdigit() and len(xid) <= 19):
            return None
        if not (number.isascii() and number.isdigit() and len(number) <= 18):
            return None
        return cls(epoch, Cursor(int(xid), int(number)))


@dataclass(frozen=True, slots=True)
class BoundariesChanged:
    """A city goes by other boundaries now; *version* only tells them apart."""

    city_code: str
    version: str


@dataclass(frozen=True, slots=True)
class FeedEvent:
    """One event as the feed gives it.

    The complaint's fields are those of the public view at the moment of reading;
    *visible* is False when the public may not see it (any more).
    """

    city_code: str
    cursor: Cursor
    ticket: str
    kind: str
    at: datetime
    visible: bool
    service_code: str | None
    group_code: str | None
    status: str | None
    location_kind: str | None
    simulated: bool | None
    submitted_at: datetime | None
    due_at: datetime | None
    kelurahan_code: str | None
    kelurahan_name: str | None
    agency_code: str | None
    supporters: int | None
    lon: float | None
    lat: float | None
