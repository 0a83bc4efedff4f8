"""Names of the areas that field teams work in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from geoapp.store.statements import statement


@dataclass(frozen=True, slots=True)
class FieldArea:
    """A kelurahan in force and its kecamatan."""

    code: str
    name: str
    parent_code: str | None
    parent_name: str | None


def areas(connection: Connection, city_code: str) -> list[FieldArea]:
    """Every kelurahan in force, by name; empty without boundaries."""
    rows = connection.execute(statement("store", "field_areas"), {"city_code": city_code})
    return [FieldArea(row.code, row.name, row.parent_code, row.parent_name) for row in rows]


def service_areas(
    connection: Connection, city_code: str, codes: Sequence[str]
) -> list[tuple[str, str]]:
    """Code and name of those of *codes* that are in force, by name."""
    rows = connection.execute(
        statement("store", "field_service_areas"), {"city_code": city_code, "codes": list(codes)}
    )
    return [(row.code, row.name) for row in rows]
