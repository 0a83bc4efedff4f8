"""Roads of a boundary set: stored with their segments, listed, drawn."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, select

from geoapp.domain.boundary import Layer
from geoapp.domain.boundary_lines import Authority
from geoapp.domain.road import RoadFound
from geoapp.store import tables
from geoapp.store.statements import statement


@dataclass(frozen=True, slots=True)
class StoredRoad:
    """A road of a set; *length_m* in the city's metric CRS, along all of its parts."""

    code: str
    name: str
    ref: str | None
    authority: Authority
    agency_code: str | None
    length_m: float


def add(
    connection: Connection, city_code: str, set_id: int, rows: Sequence[Mapping[str, Any]]
) -> None:
    """Store the lines of a staged set (columns of ``road_line``; geometry WKB in EPSG:4326)."""
    values = {"city_code": city_code, "set_id": set_id}
    connection.execute(statement("store", "road_line_insert"), [{**values, **row} for row in rows])
    connection.execute(statement("store", "road_segments_insert"), values)
    refresh_statistics(connection)


def refresh_statistics(connection: Connection) -> None:
    """Tell the planner of roads stored in this transaction, before complaints are compared."""
    connection.execute(select(func.geoapp.refresh_road_statistics()))


def agencies(connection: Connection, city_code: str) -> dict[str, str]:
    """The agency of each authority, for lines that name none."""
    row = connection.execute(
        select(tables.city.c.road_agencies).where(tables.city.c.code == city_code)
    ).scalar_one()
    return dict(row)


def known_agencies(connection: Connection, city_code: str) -> set[str]:
    """Every agency's code."""
    table = tables.agency
    return set(
        connection.execute(select(table.c.code).where(table.c.city_code == city_code)).scalars()
    )


def in_force(connection: Connection, city_code: str) -> bool:
    """Whether the city has a set of roads in force."""
    sets = tables.boundary_set
    wanted = select(sets.c.id).where(
        sets.c.city_code == city_code,
        sets.c.layer == Layer.ROAD.value,
        sets.c.status == "active",
    )
    return connection.execute(wanted).first() is not None


def listed(connection: Connection, city_code: str, set_id: int) -> list[StoredRoad]:
    """The roads of a set, by authority (nation, province, city) and name."""
    rows = connection.execute(
        statement("store", "road_list"), {"city_code": city_code, "set_id": set_id}
    )
    return [StoredRoad(*row) for row in rows]


def drawn(connection: Connection, city_code: str, set_id: int) -> list[dict[str, Any]]:
    """The roads of a set as GeoJSON features (EPSG:4326, six decimals), by code."""
    rows = connection.execute(
        statement("store", "road_drawn"), {"city_code": city_code, "set_id": set_id}
    )
    return [
        {
            "type": "Feature",
            "id": row.code,
            "geometry": json.loads(row.geometry),
            "properties": {
                "code": row.code,
                "name": row.name,
                "ref": row.ref,
                "authority": row.authority,
                "agency_code": row.agency_code,
            },
        }
        for row in rows
    ]


def at(connection: Connection, city_code: str, lon: float, lat: float) -> RoadFound | None:
    """The road in force that isn't the city's and that a place (EPSG:4326) lies at."""
    row = connection.execute(
        statement("store", "road_at"), {"city_code": city_code, "lon": lon, "lat": lat}
    ).one_or_none()
    if row is None:
        return None
    return RoadFound(
        code=row.code,
        name=row.name,
        ref=row.ref,
        authority=row.authority,
        agency_code=row.agency_code,
        distance_m=row.distance_m,
    )
