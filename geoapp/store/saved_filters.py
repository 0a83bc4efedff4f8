"""Filters kept by name; row-level security decides who sees and changes which."""

from __future__ import annotations

from sqlalchemy import Connection

from geoapp.domain.saved_filter import MOST, SavedFilter
from geoapp.store.statements import statement


def every(connection: Connection, city_code: str, only: int | None = None) -> list[SavedFilter]:
    """Those that the account sees, its own first, each by name; (*only*) the one of that id."""
    rows = connection.execute(
        statement("store", "filter_list"), {"city_code": city_code, "id": only}
    )
    return [SavedFilter(**row) for row in rows.mappings()]


def add(
    connection: Connection, city_code: str, account_id: int, name: str, query: str, *, shared: bool
) -> int | None:
    """Keep one; its id, or None when the account has `MOST` of them."""
    values = {"city_code": city_code, "account_id": account_id}
    connection.execute(statement("store", "filter_lock"), values)
    values |= {"name": name, "query": query, "shared": shared, "most": MOST}
    found: int | None = connection.execute(
        statement("store", "filter_insert"), values
    ).scalar_one_or_none()
    return found


def change(
    connection: Connection,
    city_code: str,
    number: int,
    *,
    name: str | None,
    query: str | None,
    shared: bool | None,
) -> bool:
    """Change what is given; False when there is none that the account may change."""
    values = {
        "city_code": city_code, "id": number, "name": name, "query": query, "shared": shared,
    }  # fmt: skip
    return connection.execute(statement("store", "filter_update"), values).rowcount == 1


def remove(connection: Connection, city_code: str, number: int) -> bool:
    """Forget one; False when there is none that the account may forget."""
    values = {"city_code": city_code, "id": number}
    return connection.execute(statement("store", "filter_remove"), values).rowcount == 1
