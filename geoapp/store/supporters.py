"""Who has the same problem: browsers, known by keyed hashes of a mark they keep."""

from __future__ import annotations

from sqlalchemy import Connection

from geoapp.store.statements import statement


def remember_sender(connection: Connection, city_code: str, complaint_id: int, person: str) -> None:
    """Write which *person* sent the complaint that this transaction stores."""
    connection.execute(
        statement("store", "support_sender"),
        {"city_code": city_code, "complaint_id": complaint_id, "person": person},
    )
