"""Boundary sets in the database: stored whole, activated, never changed."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, func, select, update

from geoapp.domain.boundary import Area, Layer
from geoapp.errors import BoundarySetNotStaged
from geoapp.store import tables
from geoapp.store.statements import statement


@dataclass(frozen=True, slots=True)
class ActiveSet:
    """The set in force for a layer."""

    id: int
    version: str
    source: str
    licence: str
    approximate: bool
    valid_from: date
    sha256: str
    areas: int


def active(connection: Connection, city_code: str, layer: Layer) -> ActiveSet | None:
    """The set in force, or None while the city has none for this layer."""
    row = connection.execute(
        statement("store", "boundary_active"), {"city_code": city_code, "layer": layer.value}
    ).one_or_none()
    return ActiveSet(*row) if row else None


@dataclass(frozen=True, slots=True)
class KeptSet:
    """A boundary set as it is listed, whatever became of it."""

    id: int
    layer: str
    version: str
    status: str
    valid_from: date | None
    valid_to: date | None
    areas: int
    approximate: bool
    source: str
    licence: str


def all_sets(connection: Connection, city_code: str) -> list[KeptSet]:
    """Every set of the city, the newest first."""
    rows = connection.execute(statement("store", "boundary_sets"), {"city_code": city_code})
    return [KeptSet(*row) for row in rows]


def parent_names(connection: Connection, city_code: str) -> dict[str, str]:
    """Name of every kecamatan that any set named, by code; the set in force has the last word."""
    rows = connection.execute(statement("store", "boundary_parent_names"), {"city_code": city_code})
    return {row.parent_code: row.parent_name for row in rows}


def add_set(
    connection: Connection,
    city_code: str,
    layer: Layer,
    *,
    version: str,
    source: str,
    licence: str,
    sha256: str,
    approximate: bool,
    quality: Mapping[str, Any],
    imported_by: str = "system",
    made_from: int | None = None,
) -> int:
    """Store an empty staged set; its id. *made_from*: the set it is a changed copy of."""
    return int(
        connection.execute(
            statement("store", "boundary_set_insert"),
            {
                "city_code": city_code,
                "layer": layer.value,
                "version": version,
                "source": source,
                "licence": licence,
                "sha256": sha256,
                "approximate": approximate,
                "quality": json.dumps(quality),
                "imported_by": imported_by,
                "made_from": made_from,
            },
        ).scalar_one()
    )


@dataclass(frozen=True, slots=True)
class SameFile:
    """A set that came from a certain file, and the report it was stored with."""

    id: int
    quality: dict[str, Any]


def same_file(connection: Connection, city_code: str, layer: Layer, sha256: str) -> list[SameFile]:
    """The sets, staged or in force, read from the file with this hash; the newest first."""
    rows = connection.execute(
        statement("store", "boundary_same_file"),
        {"city_code": city_code, "layer": layer.value, "sha256": sha256},
    )
    return [SameFile(row.id, row.quality) for row in rows]


def add_areas(connection: Connection, city_code: str, set_id: int, areas: Iterable[Area]) -> None:
    """Store the areas (EPSG:4326) of a staged set, with the pieces that find candidates."""
    values = {"city_code": city_code, "set_id": set_id}
    connection.execute(
        statement("store", "boundary_area_insert"),
        [
            {
                **values,
                "code": area.code,
                "name": area.name,
                "parent_code": area.parent_code,
                "parent_name": area.parent_name,
                "geom": area.geometry,
                "display_geom": area.display_geometry,
                "label_lon": area.label[0],
                "label_lat": area.label[1],
            }
            for area in areas
        ],
    )
    connection.execute(statement("store", "boundary_pieces_insert"), values)
    # The planner must know the new set before the first join against it.
    connection.execute(select(func.geoapp.refresh_area_statistics()))


def add_service_areas(
    connection: Connection, city_code: str, set_id: int, areas: Iterable[Mapping[str, Any]]
) -> None:
    """Store the service areas of a staged set; rows are columns without city and set."""
    connection.execute(
        statement("store", "boundary_service_area_insert"),
        [{"city_code": city_code, "set_id": set_id, **area} for area in areas],
    )


def activate(connection: Connection, city_code: str, set_id: int, valid_from: date) -> int | None:
    """Make a staged set the one in force from *valid_from*; the id of the set it replaces.

    Raises:
        BoundarySetNotStaged: there is no such set, or it is active or retired already.
    """
    row = connection.execute(
        statement("store", "boundary_set_activate"),
        {"city_code": city_code, "set_id": set_id, "valid_from": valid_from},
    ).one_or_none()
    if row is None:
        raise BoundarySetNotStaged(
            f"Boundary set {set_id} of {city_code} isn't staged.",
            "Import the file again; an active or retired set is never changed.",
        )
    table = tables.boundary_set
    connection.execute(
        update(table)
        .where(table.c.city_code == city_code, table.c.id == set_id)
        .values(status="active", valid_from=valid_from)
    )
    return int(row.retired_id) if row.retired_id is not None else None


def display_areas(connection: Connection, city_code: str) -> list[dict[str, Any]]:
    """The active kelurahan as GeoJSON features, simplified for drawing, by code."""
    return [
        {
            "type": "Feature",
            "id": row.code,
            "geometry": json.loads(row.geometry),
            "properties": {
                "code": row.code,
                "name": row.name,
                "parent_code": row.parent_code,
                "parent_name": row.parent_name,
                "label": [round(row.label_lon, 6), round(row.label_lat, 6)],
                "approximate": row.approximate,
            },
        }
        for row in connection.execute(statement("store", "area_display"), {"city_code": city_code})
    ]


def area_list(connection: Connection, city_code: str) -> list[dict[str, str | None]]:
    """Code, name and parent's name of the active kelurahan, by parent and name."""
    rows = connection.execute(statement("store", "area_list"), {"city_code": city_code})
    return [{"code": row.code, "name": row.name, "parent": row.parent_name} for row in rows]


def catalogue_codes(connection: Connection, city_code: str) -> dict[str, set[str]]:
    """The city's codes by kind: ``agency``, ``group``, ``service``."""
    return {
        what: set(
            connection.execute(select(table.c.code).where(table.c.city_code == city_code)).scalars()
        )
        for what, table in (
            ("agency", tables.agency),
            ("group", tables.service_group),
            ("service", tables.service),
        )
    }


def codes_kept(connection: Connection, city_code: str, set_id: int) -> tuple[int, int]:
    """How many kelurahan are in force, and how many of their codes the set *set_id* has too.

    (0, 0) while none are in force, and for sets of another layer, which have no areas.
    """
    layer = connection.execute(
        select(tables.boundary_set.c.layer).where(
            tables.boundary_set.c.city_code == city_code, tables.boundary_set.c.id == set_id
        )
    ).scalar_one_or_none()
    if layer != Layer.KELURAHAN.value:
        return 0, 0
    row = connection.execute(
        statement("store", "boundary_codes_kept"), {"city_code": city_code, "set_id": set_id}
    ).one()
    return row.in_force, row.kept


def complaints_nowhere(connection: Connection, city_code: str) -> int:
    """Complaints with a point that lies in no area in force."""
    return int(
        connection.execute(
            statement("store", "complaint_nowhere"), {"city_code": city_code}
        ).scalar_one()
    )
