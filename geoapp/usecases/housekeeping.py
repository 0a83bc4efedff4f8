"""Removing what has served its time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from geoapp.settings import Settings
from geoapp.store import housekeeping as store
from geoapp.store.database import Database, Role

SESSION_DAYS = 30
"""How long sessions that are over are kept."""


@dataclass(frozen=True, slots=True)
class Purged:
    """How many rows were removed."""

    intake_keys: int
    rate_windows: int
    sessions: int = 0


def purge(database: Database, settings: Settings, now: datetime) -> Purged:
    """Remove idempotency keys past their days, rate windows and sessions that are over.

    In small batches, each a transaction of its own: a long one would hold back the feed.
    """
    keys_before = now - timedelta(days=settings.idempotency_days)
    # A window counts until it ends; one more is kept for clocks that differ.
    longest_s = max(settings.intake_window_s, settings.sign_in_window_s)
    windows_before = now - timedelta(seconds=2 * longest_s)
    # Long enough to see where an account was signed in last month.
    sessions_before = now - timedelta(days=SESSION_DAYS, seconds=settings.session_idle_s)
    keys = windows = sessions = 0
    while True:
        with database.transaction(Role.WORKER) as connection:
            removed_keys = store.purge_intake_keys(connection, keys_before)
            removed_windows = store.purge_rate_windows(connection, windows_before)
            removed_sessions = store.purge_sessions(connection, sessions_before)
        keys += removed_keys
        windows += removed_windows
        sessions += removed_sessions
        if max(removed_keys, removed_windows, removed_sessions) < store.BATCH:
            return Purged(keys, windows, sessions)
