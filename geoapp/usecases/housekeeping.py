"""Removing what has served its time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from geoapp.settings import Settings
from geoapp.store import housekeeping as store
from geoapp.store.database import Database, Role


@dataclass(frozen=True, slots=True)
class Purged:
    """How many rows were removed."""

    intake_keys: int
    rate_windows: int


def purge(database: Database, settings: Settings, now: datetime) -> Purged:
    """Remove idempotency keys past their days, and rate windows that are over.

    In small batches, each a transaction of its own: a long one would hold back the feed.
    """
    keys_before = now - timedelta(days=settings.idempotency_days)
    # A window counts until it ends; one more is kept for clocks that differ.
    longest_s = max(settings.intake_window_s, settings.sign_in_window_s)
    windows_before = now - timedelta(seconds=2 * longest_s)
    keys = windows = 0
    while True:
        with database.transaction(Role.WORKER) as connection:
            removed_keys = store.purge_intake_keys(connection, keys_before)
            removed_windows = store.purge_rate_windows(connection, windows_before)
        keys += removed_keys
        windows += removed_windows
        if max(removed_keys, removed_windows) < store.BATCH:
            return Purged(keys, windows)
