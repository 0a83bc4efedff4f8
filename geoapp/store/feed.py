"""Reading the event feed; the table is the truth, a notification only rings."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from geoapp.domain.events import Cursor, FeedEvent, Position
from geoapp.store.statements import statement

CHANNEL = "geoapp_feed"
"""Name of the doorbell; its payload is empty."""


def position(connection: Connection) -> tuple[Position, datetime | None]:
    """The end of the feed now, and when its last event happened."""
    row = connection.execute(statement("store", "feed_position")).one()
    return Position(row.epoch, Cursor(int(row.xid), row.id)), row.at


def after(connection: Connection, cursor: Cursor, *, most: int = 1000) -> list[FeedEvent]:
    """At most *most* events after *cursor*, in feed order; none that could still be preceded."""
    rows = connection.execute(
        statement("store", "feed_read"), {"xid": str(cursor.xid), "id": cursor.id, "most": most}
    )
    return [
        FeedEvent(
            city_code=row.city_code,
            cursor=Cursor(int(row.xid), row.id),
            ticket=row.ticket,
            kind=row.kind,
            at=row.at,
            visible=row.visible,
            service_code=row.service_code,
            group_code=row.group_code,
            status=row.status,
            location_kind=row.location_kind,
            simulated=row.simulated,
            submitted_at=row.submitted_at,
            due_at=row.due_at,
            kelurahan_code=row.kelurahan_code,
            kelurahan_name=row.kelurahan_name,
            agency_code=row.agency_code,
            lon=row.lon,
            lat=row.lat,
        )
        for row in rows
    ]
