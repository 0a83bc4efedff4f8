"""Density cells held against the complaints they count."""

from __future__ import annotations

from sqlalchemy import Connection

from geoapp.store.statements import statement


def to_fill(connection: Connection, city_code: str) -> int:
    """How many complaints have to be counted in all."""
    values = {"city_code": city_code}
    return int(connection.execute(statement("store", "density_to_fill"), values).scalar_one())


def prefixes(connection: Connection, city_code: str) -> list[int]:
    """The squares of zoom 12 in which anything lies or is counted, by Morton key."""
    return list(
        connection.execute(
            statement("store", "density_prefixes"), {"city_code": city_code}
        ).scalars()
    )


def compare(connection: Connection, city_code: str, prefix: int) -> dict[str, int]:
    """How many entries are wrong in a square, by table; empty when all is right."""
    rows = connection.execute(
        statement("store", "density_compare"), {"city_code": city_code, "prefix": prefix}
    )
    return {row.what: row.wrong for row in rows if row.wrong}
