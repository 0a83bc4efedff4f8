"""Whether somebody is left to administer a city, asked by one at a time."""

from __future__ import annotations

from sqlalchemy import Connection

from geoapp.store.statements import statement


def wait(connection: Connection, city_code: str) -> None:
    """Wait until nobody else is taking an administration away; holds until the commit.

    A statement of its own: what comes after it sees what was committed meanwhile.
    """
    values = {"city_code": city_code}
    connection.execute(statement("store", "admin_administrators_wait"), values)


def left(connection: Connection, city_code: str) -> bool:
    """Whether a person who is switched on administers the city."""
    values = {"city_code": city_code}
    found = connection.execute(statement("store", "admin_administrators_left"), values)
    return bool(found.scalar_one())
