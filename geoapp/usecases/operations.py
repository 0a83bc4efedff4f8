"""What those who run the server ask: how many, how late, how long a queue."""

from __future__ import annotations

from geoapp.store import operations
from geoapp.store.database import Database, Role
from geoapp.store.feed import held_back_s
from geoapp.store.operations import Gauge


def state(database: Database) -> list[Gauge]:
    """Every gauge that is read from the database; none of them tells of anybody."""
    with database.transaction(Role.LISTENER) as connection:
        return [
            *operations.state(connection),
            Gauge("geoapp_feed_held_back_seconds", {}, held_back_s(connection)),
        ]
