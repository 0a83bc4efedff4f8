"""What is known of a breach: who it was, what they opened, whose it was."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

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


def contacts(
    connection: Connection, city: str, number: int, *, as_system: bool
) -> list[dict[str, Any]]:
    """Sealed contacts of whom a recorded breach concerns; each is noted as read."""
    name = "breach_contacts_system" if as_system else "breach_contacts"
    rows = connection.execute(statement("store", name), {"city": city, "number": number})
    return [dict(row) for row in rows.mappings()]
