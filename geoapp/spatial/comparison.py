"""A boundary set beside the one in force, and what a map of its report draws."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row

from geoapp.domain.boundary import Layer
from geoapp.domain.boundary_quality import (
    MOVED_KM2,
    AreaChange,
    Change,
    Comparison,
    Outline,
    ParentChanged,
    Renamed,
)
from geoapp.store.statements import statement

_COMPARED = {
    Layer.KELURAHAN: "boundary_compare_areas",
    Layer.SERVICE_AREA: "boundary_compare_service_areas",
    Layer.ROAD: "boundary_compare_roads",
}
_DRAWN = {
    Layer.KELURAHAN: "boundary_map_areas",
    Layer.SERVICE_AREA: "boundary_map_service_areas",
    Layer.ROAD: "boundary_map_roads",
}


@dataclass(frozen=True, slots=True)
class InForce:
    """The set to compare with: the one in force of the layer."""

    id: int
    version: str


def compare(
    connection: Connection, city_code: str, layer: Layer, set_id: int, with_set: InForce
) -> Comparison:
    """*set_id* beside *with_set*, code by code; both of the city and of *layer*.

    Service areas and roads have no parents and no outline.
    """
    rows = _rows(connection, city_code, layer, set_id, with_set.id)
    both = [row for row in rows if row.in_old and row.in_new]
    return Comparison(
        set_id=with_set.id,
        version=with_set.version,
        codes_added=tuple(row.code for row in rows if not row.in_old),
        codes_retired=tuple(row.code for row in rows if not row.in_new),
        renamed=tuple(
            Renamed(row.code, row.old_name, row.new_name)
            for row in both
            if row.old_name != row.new_name
        ),
        parents_changed=tuple(
            ParentChanged(row.code, row.old_parent, row.new_parent)
            for row in both
            if row.old_parent != row.new_parent
        ),
        areas=tuple(_change(row) for row in rows),
        outline=_outline(connection, city_code, set_id, with_set.id)
        if layer is Layer.KELURAHAN
        else None,
    )


def drawn(
    connection: Connection, city_code: str, layer: Layer, set_id: int, with_set: int | None
) -> list[dict[str, Any]]:
    """A GeoJSON feature (EPSG:4326, as drawn) for every code of either set, by code.

    Properties: code, name, parent_code, parent_name, label ([lon, lat] or None), area_m2,
    change, moved_km2 (None without a set in force), name_before (None unless renamed).
    """
    values = {"city_code": city_code, "set_id": set_id, "in_force": with_set}
    compared = {
        row.code: row for row in _rows(connection, city_code, layer, set_id, with_set or -1)
    }
    features = []
    for row in connection.execute(statement("spatial", _DRAWN[layer]), values):
        beside = compared[row.code]
        change = _change(beside)
        renamed = beside.in_old and beside.in_new and beside.old_name != beside.new_name
        features.append(
            {
                "type": "Feature",
                "id": row.code,
                "geometry": json.loads(row.geometry) if row.geometry else None,
                "properties": {
                    "code": row.code,
                    "name": row.name,
                    "parent_code": row.parent_code,
                    "parent_name": row.parent_name,
                    "label": None
                    if row.label_lon is None
                    else [round(row.label_lon, 6), round(row.label_lat, 6)],
                    "area_m2": row.area_m2,
                    "change": None if with_set is None else change.change.value,
                    "moved_km2": None if with_set is None else change.moved_km2,
                    "name_before": beside.old_name if renamed else None,
                }
                | ({"authority": row.authority} if layer is Layer.ROAD else {}),
            }
        )
    return features


def fault_features(connection: Connection, city_code: str, set_id: int) -> list[dict[str, Any]]:
    """Gaps, overlaps and cleaned ground of a set as GeoJSON features (EPSG:4326), by number."""
    values = {"city_code": city_code, "set_id": set_id}
    return [
        {
            "type": "Feature",
            "id": row.n,
            "geometry": json.loads(row.geometry),
            "properties": {
                "n": row.n,
                "kind": row.kind,
                "codes": list(row.codes),
                "area_m2": row.area_m2,
            },
        }
        for row in connection.execute(statement("spatial", "boundary_faults"), values)
    ]


def _rows(
    connection: Connection, city_code: str, layer: Layer, set_id: int, in_force: int
) -> Sequence[Row[Any]]:
    values = {"city_code": city_code, "set_id": set_id, "in_force": in_force}
    return connection.execute(statement("spatial", _COMPARED[layer]), values).all()


def _change(row: Row[Any]) -> AreaChange:
    return AreaChange(
        code=row.code,
        name=row.new_name if row.in_new else row.old_name,
        change=_what(row),
        old_km2=row.old_km2,
        new_km2=row.new_km2,
        moved_km2=row.moved_km2,
        rule_differs=row.rule_differs,
    )


def _what(row: Row[Any]) -> Change:
    if not row.in_old:
        return Change.NEW
    if not row.in_new:
        return Change.GONE
    if row.rule_differs or (row.moved_km2 or 0.0) > MOVED_KM2:
        return Change.MOVED
    return Change.RENAMED if row.old_name != row.new_name else Change.SAME


def _outline(connection: Connection, city_code: str, set_id: int, in_force: int) -> Outline | None:
    values = {"city_code": city_code, "set_id": set_id, "in_force": in_force}
    row = connection.execute(statement("spatial", "boundary_compare_outline"), values).one()
    if row.old_km2 is None or row.new_km2 is None:
        return None
    return Outline(row.old_km2, row.new_km2, row.difference_km2, row.difference_km2 / row.old_km2)
