"""Complaints with every column of the workflow chosen, for tests of what staff reads."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, update

from geoapp.domain.complaint import new_ticket
from geoapp.store import tables
from tests import complaint_rows

_ADDED = {
    "service", "ticket", "description", "landmark", "status", "submitted_at", "due_at",
    "resolved_at", "closed_at", "lon", "lat", "true_lon", "true_lat", "shown_within_m",
    "kelurahan", "confidential", "simulated",
}  # fmt: skip


def put(connection: Connection, **changes: Any) -> dict[str, Any]:
    """Store one complaint as `complaint_rows.add` does, then any further column by its name."""
    plain = {name: value for name, value in changes.items() if name in _ADDED}
    rest = {name: value for name, value in changes.items() if name not in _ADDED}
    row = complaint_rows.add(connection, **({"ticket": new_ticket("JBI")} | plain))
    if rest:
        table = tables.complaint
        connection.execute(
            update(table)
            .where(table.c.city_code == complaint_rows.CITY, table.c.id == row["id"])
            .values(**rest)
        )
    return row | rest
