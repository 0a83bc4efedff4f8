"""Density cells held against the complaints they count."""

from __future__ import annotations

from sqlalchemy import Connection

from geoapp.store.statements import statement


def filled(connection: Connection, city_code: str) -> tuple[int, int]:
    """How far the walk over all complaints has come: the last number counted, and the highest."""
    row = connection.execute(
        statement("store", "density_filled"), {"city_code": city_code}
    ).one_or_none()
    return (row.filled_to, row.highest) if row else (0, 0)


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
