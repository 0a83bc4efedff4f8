"""What is kept of a boundary set's quality: its report, the shapes of its faults, its origin."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, delete, select, update

from geoapp.domain.boundary import Area, Fault
from geoapp.domain.boundary_quality import ParentMissing, SetFacts
from geoapp.errors import NotFound
from geoapp.store import tables
from geoapp.store.statements import statement


@dataclass(frozen=True, slots=True)
class KeptReport:
    """A set, the report stored with it, and how many shapes of faults are kept."""

    set: SetFacts
    quality: dict[str, Any]
    gaps: int
    overlaps: int
    changed: int


def kept_report(connection: Connection, city_code: str, set_id: int) -> KeptReport:
    """The set with its report.

    Raises:
        NotFound: the city has no such set.
    """
    row = connection.execute(
        statement("store", "boundary_set_facts"), {"city_code": city_code, "set_id": set_id}
    ).one_or_none()
    if row is None:
        raise NotFound(
            f"{city_code} has no boundary set {set_id}.", "geoapp boundaries list shows them."
        )
    facts = SetFacts(
        id=row.id,
        layer=row.layer,
        version=row.version,
        status=row.status,
        source=row.source,
        licence=row.licence,
        sha256=row.sha256,
        approximate=row.approximate,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        imported_at=row.imported_at,
        imported_by=row.imported_by,
        made_from=row.made_from,
        areas=row.areas,
    )
    return KeptReport(facts, dict(row.quality), row.gaps, row.overlaps, row.changed)


def parents_missing(
    connection: Connection, city_code: str, set_id: int
) -> tuple[ParentMissing, ...]:
    """Parents of the set's areas that no set names; areas that have none."""
    rows = connection.execute(
        statement("store", "boundary_parents_missing"), {"city_code": city_code, "set_id": set_id}
    )
    return tuple(ParentMissing(row.parent_code, tuple(row.codes)) for row in rows)


def metric_srid(connection: Connection, city_code: str) -> int:
    """The city's metric CRS."""
    table = tables.city
    return int(
        connection.execute(
            select(table.c.metric_srid).where(table.c.code == city_code)
        ).scalar_one()
    )


def add_faults(
    connection: Connection, city_code: str, set_id: int, faults: Iterable[Fault]
) -> None:
    """Keep the shapes of a staged set's faults, numbered from 1 in the order given."""
    rows = [
        {
            "city_code": city_code,
            "set_id": set_id,
            "n": n,
            "kind": fault.kind,
            "codes": list(fault.codes),
            "area_m2": fault.area_m2,
            "geom": fault.geometry,
        }
        for n, fault in enumerate(faults, 1)
    ]
    if rows:
        connection.execute(statement("store", "boundary_fault_insert"), rows)


def stored_areas(connection: Connection, city_code: str, set_id: int) -> list[Area]:
    """The kelurahan of a set as they decide (EPSG:4326), by code."""
    rows = connection.execute(
        statement("store", "boundary_areas_stored"), {"city_code": city_code, "set_id": set_id}
    )
    return [
        Area(
            code=row.code,
            name=row.name,
            parent_code=row.parent_code,
            parent_name=row.parent_name,
            geometry=bytes(row.geom),
            display_geometry=bytes(row.display_geom),
            label=(row.label_lon, row.label_lat),
        )
        for row in rows
    ]


def copy_set(
    connection: Connection,
    city_code: str,
    set_id: int,
    *,
    version: str,
    sha256: str,
    quality: Mapping[str, Any],
    by: str,
) -> int:
    """An empty staged set made from *set_id*, with its source, licence and layer; its id."""
    values = {
        "city_code": city_code,
        "set_id": set_id,
        "version": version,
        "sha256": sha256,
        "quality": json.dumps(quality),
        "by": by,
    }
    return int(connection.execute(statement("store", "boundary_set_copy"), values).scalar_one())


def lock(connection: Connection, city_code: str, set_id: int) -> str | None:
    """The set's status, which stays so until the transaction ends; None if there is no such."""
    table = tables.boundary_set
    status = connection.execute(
        select(table.c.status)
        .where(table.c.city_code == city_code, table.c.id == set_id)
        .with_for_update()
    ).scalar_one_or_none()
    return None if status is None else str(status)


def activation_under_way(connection: Connection, city_code: str, set_id: int) -> int | None:
    """The activation, not yet done or undone, that is about this set; None if none is."""
    table = tables.activation
    return connection.execute(
        select(table.c.id).where(
            table.c.city_code == city_code,
            (table.c.set_id == set_id) | (table.c.companion_set == set_id),
            table.c.state.in_(("deciding", "decided", "switched")),
        )
    ).scalar_one_or_none()


def remove(connection: Connection, city_code: str, set_id: int) -> None:
    """Delete a staged set whole: nothing but areas, faults and undone activations name it.

    What was made from it is, from then on, made from what it was made from itself.
    """
    undone = tables.activation
    connection.execute(
        delete(undone).where(
            undone.c.city_code == city_code,
            (undone.c.set_id == set_id) | (undone.c.companion_set == set_id),
            undone.c.state == "undone",
        )
    )
    # In this order: pieces name areas. Faults and roads go with the set.
    for table in (tables.area_piece, tables.area, tables.service_area):
        connection.execute(
            delete(table).where(table.c.city_code == city_code, table.c.set_id == set_id)
        )
    sets = tables.boundary_set
    before = select(sets.c.made_from).where(sets.c.city_code == city_code, sets.c.id == set_id)
    connection.execute(
        update(sets)
        .where(sets.c.city_code == city_code, sets.c.made_from == set_id)
        .values(made_from=before.scalar_subquery())
    )
    connection.execute(delete(sets).where(sets.c.city_code == city_code, sets.c.id == set_id))
