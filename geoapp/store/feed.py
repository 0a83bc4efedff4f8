"""Reading the event feed; the table is the truth, a notification only rings."""

from __future__ import annotations

from sqlalchemy import Connection

from geoapp.domain.events import Cursor, FeedEvent, Position
from geoapp.store.statements import statement

RING = "NOTIFY geoapp_feed"
"""Rings the doorbell, which has no payload: the table is what counts."""

LISTEN = "LISTEN geoapp_feed"
"""Hears the doorbell, on a connection of one's own."""


def position(connection: Connection) -> Position:
    """The end of the feed now."""
    row = connection.execute(statement("store", "feed_position")).one()
    return Position(row.epoch, Cursor(int(row.xid), row.id))


def stands(connection: Connection, city_code: str) -> tuple[Position, str]:
    """The end of the feed and a city's boundaries, as a visitor may know them."""
    row = connection.execute(statement("store", "feed_stands"), {"city_code": city_code}).one()
    return Position(row.epoch, Cursor(int(row.xid), row.id)), row.boundaries


def boundaries(connection: Connection) -> dict[str, str]:
    """By city, a text that changes with the boundaries it goes by."""
    rows = connection.execute(statement("store", "feed_boundaries"))
    return {row.city_code: row.version for row in rows}


def held_back_s(connection: Connection) -> float:
    """Seconds for which the oldest event that nobody may read yet has waited; 0 without one."""
    return float(connection.execute(statement("store", "feed_held_back")).scalar_one_or_none() or 0)


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
            supporters=row.supporters,
            lon=row.lon,
            lat=row.lat,
        )
        for row in rows
    ]
