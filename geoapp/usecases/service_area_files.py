"""Service areas from files and to them: the export, what it is read back from, imported sets."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection

from geoapp.domain.boundary import Area, BoundaryFile, UndrawnArea
from geoapp.domain.catalogue import City
from geoapp.domain.service_area import Coverage, ServiceArea, faults
from geoapp.domain.shape import Shape
from geoapp.errors import CatalogueError, FieldProblem, InvalidInput
from geoapp.store import boundaries as boundary_store
from geoapp.store import service_areas as store
from geoapp.store.database import Database
from geoapp.usecases.service_area_checks import in_kelurahan, known, said
from geoapp.usecases.service_areas import By, areas

_LARGEST_FILE = 10_000
"""Rules of one set: a city of a thousand kelurahan and ten agencies has fewer."""


def geojson(database: Database, city: City, set_id: int, by: By = "system") -> dict[str, Any]:
    """A set as a FeatureCollection that the import and `from_features` read back unchanged."""
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "properties": held.area.properties,
                "geometry": held.area.geometry.geojson if held.area.geometry else None,
            }
            for held in areas(database, city, set_id, by)
        ],
    }


def from_features(value: Any) -> list[ServiceArea]:
    """Service areas of a FeatureCollection as `geojson` writes it.

    Raises:
        InvalidInput: it is something else; names the feature.
    """
    features = value.get("features") if isinstance(value, dict) else None
    if not isinstance(features, list) or value.get("type") != "FeatureCollection":
        raise InvalidInput("The file holds no FeatureCollection.", "Write one with export first.")
    if len(features) > _LARGEST_FILE:
        raise InvalidInput("The file holds too many features.", f"At most {_LARGEST_FILE}.")
    return [_from_feature(number, feature) for number, feature in enumerate(features, 1)]


def _from_feature(number: int, feature: Any) -> ServiceArea:
    properties = feature.get("properties") if isinstance(feature, dict) else None
    if not isinstance(properties, dict):
        raise InvalidInput(f"Feature {number} has no properties.", "It needs at least a code.")
    geometry = feature.get("geometry")
    try:
        shape = None if geometry is None else Shape.from_geojson(geometry)
        named = Coverage.CITY if shape is None else Coverage.POLYGON
        return ServiceArea(
            code=_text(properties, "code") or "",
            name=_text(properties, "name") or "",
            agency_code=_text(properties, "agency"),
            group_code=_text(properties, "group"),
            service_code=_text(properties, "service"),
            priority=int(properties.get("priority", 100)),
            coverage=Coverage(properties.get("coverage") or named),
            area_codes=tuple(str(code) for code in properties.get("area_codes") or ()),
            geometry=shape,
        )
    except (TypeError, ValueError) as problem:
        raise InvalidInput(f"Feature {number} can't be read: {problem}.") from None
    except InvalidInput as problem:
        raise InvalidInput(f"Feature {number}: {problem.message}", problem.remedy) from None


def _text(properties: dict[str, Any], name: str) -> str | None:
    value = properties.get(name)
    if value is None or value == "":
        return None
    if not isinstance(value, str):
        raise TypeError(f"{name} is no text")
    return value


def store_file(connection: Connection, city: str, set_id: int, file: BoundaryFile) -> None:
    """Store the service areas of an imported file in its staged set.

    Coverage ``areas`` may name kecamatan: they stand for their kelurahan in force.

    Raises:
        CatalogueError: agencies, groups, services or kelurahan that the city lacks, by field.
    """
    read: tuple[Area | UndrawnArea, ...] = (*file.areas, *file.undrawn)
    rules = [
        ServiceArea(
            code=area.code,
            name=area.name,
            agency_code=area.properties.agency_code,
            group_code=area.properties.group_code,
            service_code=area.properties.service_code,
            priority=area.properties.priority,
            coverage=Coverage(area.properties.coverage),
            area_codes=area.properties.area_codes,
        )
        for area in read
    ]
    there = known(connection, city, box=(-180, -90, 180, 90))
    kecamatan = store.kecamatan(connection, city)
    rules = [in_kelurahan(rule, kecamatan) for rule in rules]
    problems = [
        FieldProblem(f"{rule.code}.{fault.field}", said(fault), fault.value)
        for rule in rules
        for fault in faults(rule, there)
        # The reader has judged code, name and polygon of what is drawn.
        if fault.field not in {"code", "name", "geometry"}
    ]
    if problems:
        told = "; ".join(f"{each.field} {each.value!r}" for each in problems[:5])
        raise CatalogueError(
            f"{file.source}: {len(problems)} values of service areas that do not fit the city: {told}",
            "Load the catalogue and the kelurahan first, or correct the file's attributes.",
            problems,
        )
    drawn = {area.code: area.geometry for area in file.areas}
    rows = [
        {
            "code": rule.code,
            "name": rule.name,
            "agency_code": rule.agency_code,
            "group_code": rule.group_code,
            "service_code": rule.service_code,
            "priority": rule.priority,
            "coverage": rule.coverage.value,
            "area_codes": sorted(rule.area_codes),
            "geom": drawn.get(rule.code),
        }
        for rule in rules
    ]
    if rows:
        boundary_store.add_service_areas(connection, city, set_id, rows)
