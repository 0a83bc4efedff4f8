"""What the city closes by itself: answers that nobody disputed in time."""

from __future__ import annotations

from collections.abc import Callable

from geoapp.domain.catalogue import City
from geoapp.store import casework
from geoapp.store.database import Database, Role

BATCH = 200
"""Complaints closed in one transaction: well below a second, as a longer one anywhere would
hide newer events from the feed."""


def close_undisputed(
    database: Database, city: City, *, stopping: Callable[[], bool] = lambda: False
) -> int:
    """Close what has been resolved for ten working days; how many.

    Each batch is a transaction of its own, so whatever ends this leaves nothing half done,
    and the next run goes on from there. *stopping* is asked between batches.
    """
    total = 0
    while not stopping():
        with database.transaction(Role.WORKER, city.code) as connection:
            closed = casework.close_due(connection, city.code, most=BATCH)
        total += closed
        if closed < BATCH:
            break
    return total
