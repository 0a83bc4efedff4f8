"""What is known of a breach: who it was, what they opened, whose it was."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from geoapp.store.privacy import Request
from geoapp.store.statements import statement


def accounts(
    connection: Connection,
    city: str,
    *,
    accounts: Sequence[int],
    keys: Sequence[int],
    since: datetime,
    until: datetime,
) -> list[dict[str, Any]]:
    """The accounts, and those of the keys, with roles, sessions and keys of the time."""
    rows = connection.execute(
        statement("store", "breach_accounts"),
        {
            "city": city,
            "accounts": list(accounts),
            "keys": list(keys),
            "since": since,
            "until": until,
        },
    )
    return [dict(row) for row in rows.mappings()]


def opened(
    connection: Connection, city: str, *, actors: Sequence[str], since: datetime, until: datetime
) -> list[dict[str, Any]]:
    """Contacts shown, steps taken, changes of the administration, exports, in order of time."""
    rows = connection.execute(
        statement("store", "breach_opened"),
        {"city": city, "actors": list(actors), "since": since, "until": until},
    )
    return [dict(row) for row in rows.mappings()]


def reach(
    connection: Connection,
    city: str,
    *,
    accounts: Sequence[int],
    tickets: Sequence[str],
    since: datetime,
    until: datetime,
    everybody: bool,
) -> dict[str, Any]:
    """How much could be read, and the contacts to notify: of *tickets*, or of *everybody*."""
    row = connection.execute(
        statement("store", "breach_reach"),
        {
            "city": city,
            "accounts": list(accounts),
            "tickets": list(tickets),
            "since": since,
            "until": until,
            "everybody": everybody,
        },
    )
    return dict(row.mappings().one())


def recorded(connection: Connection, city: str, number: int) -> Request | None:
    """The breach with this number in its city."""
    row = (
        connection.execute(statement("store", "breach_one"), {"city": city, "number": number})
        .mappings()
        .one_or_none()
    )
    return None if row is None else Request(**row)


def number_of(connection: Connection, city: str, request_id: int) -> int:
    """The number of the breach that a request recorded."""
    number: int = connection.execute(
        statement("store", "breach_number"), {"city": city, "id": request_id}
    ).scalar_one()
    return number


def counts(connection: Connection, city: str, contacts: Sequence[int]) -> dict[str, int]:
    """Of how many ``reports`` the *contacts* are, and how many ``addresses`` they have."""
    row = connection.execute(
        statement("store", "breach_counts"), {"city": city, "contacts": list(contacts)}
    )
    return dict(row.mappings().one())


def contacts(
    connection: Connection, city: str, request_id: int, *, as_system: bool
) -> list[dict[str, Any]]:
    """Sealed contacts of whom a recorded breach concerns; each is noted as read."""
    name = "breach_contacts_system" if as_system else "breach_contacts"
    rows = connection.execute(statement("store", name), {"city": city, "id": request_id})
    return [dict(row) for row in rows.mappings()]
