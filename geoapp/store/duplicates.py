"""What somebody looked at and found different."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection

from geoapp.store.statements import statement


def remember_different(
    connection: Connection, city_code: str, tickets: Sequence[str], *, actor: str
) -> bool:
    """Write that two complaints aren't the same; False when the asker doesn't see both."""
    seen = connection.execute(
        statement("store", "not_duplicate_insert"),
        {"city_code": city_code, "tickets": list(tickets), "actor": actor},
    ).scalar_one()
    return int(seen) == 2
