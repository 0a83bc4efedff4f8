"""Who has the same problem: browsers, known by keyed hashes of a mark they keep."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row

from geoapp.store.statements import statement


def remember_sender(connection: Connection, city_code: str, complaint_id: int, person: str) -> None:
    """Write which *person* sent the complaint that this transaction stores."""
    connection.execute(
        statement("store", "support_sender"),
        {"city_code": city_code, "complaint_id": complaint_id, "person": person},
    )


def say(
    connection: Connection, city_code: str, ticket: str, person: str, *, wanted: bool
) -> Row[Any] | None:
    """Write that *person* has the problem, or not any more; what became of it.

    ``result`` with the complaint's ``status``, ``lead`` and ``supporters``; None when nothing
    public has this ticket.
    """
    return connection.execute(
        statement("store", "support_say"),
        {"city_code": city_code, "ticket": ticket, "person": person, "wanted": wanted},
    ).one_or_none()


def count(connection: Connection, city_code: str, complaint_id: int) -> bool:
    """Count a complaint's supporters anew; whether their number changed."""
    return bool(
        connection.execute(
            statement("store", "support_count"),
            {"city_code": city_code, "complaint_id": complaint_id},
        ).scalar_one()
    )
