"""Old rows that nobody will ask for again."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from geoapp.store.statements import statement

BATCH = 5000
"""Rows removed per statement at most: some tens of milliseconds."""


def purge_intake_keys(connection: Connection, before: datetime) -> int:
    """Remove a batch of idempotency keys made before a moment; how many there were."""
    return connection.execute(
        statement("store", "intake_keys_purge"), {"before": before, "batch": BATCH}
    ).rowcount


def purge_rate_windows(connection: Connection, before: datetime) -> int:
    """Remove a batch of rate windows begun before a moment; how many there were."""
    return connection.execute(
        statement("store", "rate_windows_purge"), {"before": before, "batch": BATCH}
    ).rowcount


def purge_sessions(connection: Connection, before: datetime) -> int:
    """Remove a batch of sessions over since before a moment; how many there were."""
    return connection.execute(
        statement("store", "account_sessions_purge"), {"before": before, "batch": BATCH}
    ).rowcount
