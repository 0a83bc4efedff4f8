"""Rows of photos; their bytes lie in a storage."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Connection

from geoapp.store.statements import statement


def attach(
    connection: Connection,
    city_code: str,
    ticket: str,
    ids: Sequence[UUID],
    *,
    event_id: int | None,
    private: bool,
) -> int:
    """Give loose, ready photos to a complaint, in this order; how many could be given."""
    given: int = connection.execute(
        statement("store", "photo_attach"),
        {
            "city_code": city_code,
            "ticket": ticket,
            "event_id": event_id,
            "private": private,
            "ids": [str(one) for one in ids],
        },
    ).scalar_one()
    return given
