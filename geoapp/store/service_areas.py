"""Service areas in the database: of which set, in which order, and who then acts where."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from geoapp.domain.service_area import Coverage, ServiceArea
from geoapp.domain.shape import Shape
from geoapp.store import tables
from geoapp.store.statements import statement


@dataclass(frozen=True, slots=True)
class AreaSet:
    """A set of service areas, in force or staged.

    *held*: an activation is under way with it, so it can't be changed now.
    """

    id: int
    version: str
    status: str
    source: str
    valid_from: date | None
    imported_at: datetime
    made_from: int | None
    imported_by: str
    imported_by_name: str | None
    sha256: str
    areas: int
    held: bool


@dataclass(frozen=True, slots=True)
class Held:
    """A stored service area; *km2* of its polygon, None without one."""

    area: ServiceArea
    km2: float | None


@dataclass(frozen=True, slots=True)
class Part:
    """The part of a kelurahan where a rule takes a service's complaints; see `acting`."""

    kelurahan_code: str
    kelurahan_name: str
    kecamatan_code: str | None
    kecamatan_name: str | None
    rule_code: str | None
    agency_code: str | None
    m2: float


@dataclass(frozen=True, slots=True)
class Clash:
    """Two rules of equal rank on the same ground: *first* acts, by its code alone.

    *m2* is the ground they share; None is the whole city.
    """

    first_code: str
    first_name: str
    second_code: str
    second_name: str
    priority: int
    m2: float | None


@dataclass(frozen=True, slots=True)
class Fault:
    """What PostGIS finds wrong with a polygon; *lon*, *lat* say where, if it knows."""

    reason: str
    lon: float | None
    lat: float | None


def sets(connection: Connection, city_code: str) -> list[AreaSet]:
    """Sets in force or staged: the one in force first, then the newest."""
    rows = connection.execute(statement("store", "service_area_sets"), {"city_code": city_code})
    return [AreaSet(*row) for row in rows]


def held(connection: Connection, city_code: str, set_id: int) -> list[Held]:
    """The service areas of a set, in the order they are tried; none for an unknown set."""
    values = {"city_code": city_code, "set_id": set_id}
    return [
        _held(row) for row in connection.execute(statement("store", "service_area_list"), values)
    ]


def in_force(connection: Connection, city_code: str) -> list[Held]:
    """The service areas by which complaints are assigned now, in the order they are tried."""
    values = {"city_code": city_code}
    return [
        _held(row)
        for row in connection.execute(statement("store", "service_area_in_force"), values)
    ]


def _held(row: Row[Any]) -> Held:
    area = ServiceArea(
        code=row.code,
        name=row.name,
        agency_code=row.agency_code,
        group_code=row.group_code,
        service_code=row.service_code,
        priority=row.priority,
        coverage=Coverage(row.coverage),
        area_codes=tuple(row.area_codes),
        geometry=None if row.geom is None else Shape.from_wkb(row.geom),
    )
    return Held(area, row.km2)


def lock(connection: Connection, city_code: str, set_id: int) -> Row[Any] | None:
    """Keep others from changing or activating a set meanwhile: its status, layer and *held*."""
    values = {"city_code": city_code, "set_id": set_id}
    return connection.execute(statement("store", "service_area_lock"), values).one_or_none()


def lock_drafts(connection: Connection, city_code: str) -> None:
    """Let whoever begins a draft of the same city wait."""
    connection.execute(statement("store", "service_area_draft_lock"), {"city_code": city_code})


def begin(
    connection: Connection,
    city_code: str,
    *,
    made_from: int | None,
    version: str,
    source: str,
    sha256: str,
    by: str,
) -> int:
    """A staged set with the service areas of *made_from*, or empty; its id."""
    made = connection.execute(
        statement("store", "service_area_draft"),
        {
            "city_code": city_code,
            "made_from": made_from,
            "version": version,
            "source": source,
            "sha256": sha256,
            "imported_by": by,
        },
    ).scalar_one()
    if made_from is not None:
        connection.execute(
            statement("store", "service_area_copy"),
            {"city_code": city_code, "from_set": made_from, "into_set": made},
        )
    return int(made)


def put(connection: Connection, city_code: str, set_id: int, areas: Sequence[ServiceArea]) -> None:
    """Store service areas, those of the same code instead of what was there."""
    connection.execute(
        statement("store", "service_area_put"),
        [
            {
                "city_code": city_code,
                "set_id": set_id,
                "code": area.code,
                "name": area.name,
                "agency_code": area.agency_code,
                "group_code": area.group_code,
                "service_code": area.service_code,
                "priority": area.priority,
                "coverage": area.coverage.value,
                "area_codes": sorted(area.area_codes),
                "geom": None if area.geometry is None else area.geometry.wkb,
            }
            for area in areas
        ],
    )


def remove(connection: Connection, city_code: str, set_id: int, code: str) -> None:
    """Take a service area out of a set."""
    connection.execute(
        statement("store", "service_area_remove"),
        {"city_code": city_code, "set_id": set_id, "code": code},
    )


def describe(
    connection: Connection, city_code: str, set_id: int, sha256: str, quality: Mapping[str, Any]
) -> None:
    """Write down what a staged set holds now."""
    connection.execute(
        statement("store", "service_area_describe"),
        {
            "city_code": city_code,
            "set_id": set_id,
            "sha256": sha256,
            "quality": json.dumps(quality),
        },
    )


def fault_of(connection: Connection, shape: Shape) -> Fault | None:
    """What is wrong with a polygon: a line that crosses itself, holes outside, no surface."""
    row = connection.execute(statement("store", "service_area_invalid"), {"geom": shape.wkb}).one()
    if row.valid:
        return None if row.m2 > 0 else Fault("No surface", None, None)
    return Fault(row.reason, row.lon, row.lat)


def last_change(connection: Connection, city_code: str, code: str) -> tuple[str, datetime] | None:
    """Who changed a service area last and when; None when nobody did on these pages."""
    values = {"city_code": city_code, "code": code}
    row = connection.execute(statement("store", "service_area_last_change"), values).one_or_none()
    return (row.name, row.at) if row else None


def neighbours(connection: Connection, city_code: str) -> list[tuple[str, str, Shape]]:
    """Code, name and exact shape of the kelurahan in force, by code."""
    rows = connection.execute(
        statement("store", "service_area_neighbours"), {"city_code": city_code}
    )
    return [(row.code, row.name, Shape.from_wkb(row.geom)) for row in rows]


def acting(connection: Connection, city_code: str, set_id: int, service: str) -> list[Part]:
    """Who acts where for *service* once the set is in force, by kecamatan and kelurahan.

    A kelurahan that polygons divide comes once for each rule, the largest part first; without
    a rule the service's own agency acts. Empty for an unknown service.
    """
    values = {"city_code": city_code, "set_id": set_id, "service": service}
    rows = connection.execute(statement("store", "service_area_acting"), values)
    return [Part(*row) for row in rows]


def clashes(connection: Connection, city_code: str, set_id: int) -> list[Clash]:
    """Rules of equal rank that share ground, the largest first."""
    values = {"city_code": city_code, "set_id": set_id}
    rows = connection.execute(statement("store", "service_area_clashes"), values)
    return [Clash(*row) for row in rows]


def kecamatan(connection: Connection, city_code: str) -> dict[str, tuple[str, ...]]:
    """The kelurahan in force by their kecamatan; under empty text those without one."""
    found: dict[str, list[str]] = {}
    rows = connection.execute(
        statement("store", "service_area_kecamatan"), {"city_code": city_code}
    )
    for row in rows:
        found.setdefault(row.parent_code or "", []).append(row.code)
    return {parent: tuple(codes) for parent, codes in found.items()}


def groups_of_services(connection: Connection, city_code: str) -> dict[str, str]:
    """The group of every service."""
    table = tables.service
    rows = connection.execute(
        select(table.c.code, table.c.group_code).where(table.c.city_code == city_code)
    )
    return {row.code: row.group_code for row in rows}
