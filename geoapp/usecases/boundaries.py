"""Boundary sets: importing a file, and what is kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from types import MappingProxyType

from sqlalchemy import Connection

from geoapp.domain.activation import Reassigned
from geoapp.domain.boundary import Area, BoundaryFile, Layer, QualityReport
from geoapp.domain.catalogue import City
from geoapp.errors import CatalogueError, FieldProblem
from geoapp.spatial.files import ReadOptions, read_boundaries
from geoapp.store import boundaries as store
from geoapp.store.database import Database, Role
from geoapp.usecases import activation, boundary_quality


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did: the set's id, and what the file was like."""

    set_id: int
    report: QualityReport
    active: bool
    unchanged: bool = False
    """True when the very same file was in force already and nothing was stored."""


def import_file(
    database: Database,
    city: City,
    path: Path,
    *,
    layer: Layer,
    version: str,
    source: str = "",
    licence: str = "",
    approximate: bool = False,
    options: ReadOptions | None = None,
    activate_from: date | None = None,
    other_codes: bool = False,
    progress: Callable[[int, int], None] = lambda _done, _all: None,
) -> tuple[Imported, Reassigned | None]:
    """Store the areas of a boundary file as a new set, and put it in force if asked to.

    Args:
        path: GeoJSON or ``wilayah_boundaries`` SQL.
        activate_from: First day the set holds; None leaves it staged.
        progress: Told how many complaints have been looked at, of how many.

    Raises:
        BoundaryFileError: the file can't be used; nothing is stored.
    """
    box = city.envelope
    with database.transaction(Role.WORKER, city.code) as connection:
        imported = import_into(
            connection,
            city_code=city.code,
            metric_srid=city.metric_srid,
            envelope=(box.west, box.south, box.east, box.north),
            path=path,
            layer=layer,
            version=version,
            source=source,
            licence=licence,
            approximate=approximate,
            activate_from=None,
            options=options,
        )
    if activate_from is None:
        return imported, None
    summary = activation.activate(
        database,
        city,
        imported.set_id,
        activate_from,
        other_codes=other_codes,
        progress=progress,
    )
    return replace(imported, active=True), summary


def kept(database: Database, city: City) -> list[store.KeptSet]:
    """Every boundary set of the city, whatever became of it; the newest first."""
    with database.transaction(Role.VISITOR, city.code) as connection:
        return store.all_sets(connection, city.code)


def import_into(
    connection: Connection,
    *,
    city_code: str,
    metric_srid: int,
    envelope: tuple[float, float, float, float],
    path: Path,
    layer: Layer,
    version: str,
    source: str,
    licence: str,
    approximate: bool,
    activate_from: date | None,
    options: ReadOptions | None = None,
    if_new: bool = False,
    parent_names: Mapping[str, str] = MappingProxyType({}),
) -> Imported:
    """The storing part of `import_file`, inside the caller's transaction.

    With *if_new* a file that is in force already (same hash) is left alone. *parent_names*
    are those of kecamatan that the file doesn't name.
    """
    options = replace(options or ReadOptions(), envelope=envelope)
    file = read_boundaries(
        path, city_code=city_code, layer=layer, metric_srid=metric_srid, options=options
    )
    if if_new:
        in_force = store.active(connection, city_code, layer)
        if in_force is not None and in_force.sha256 == file.sha256:
            return Imported(in_force.id, file.report, active=True, unchanged=True)
    set_id = store.add_set(
        connection,
        city_code,
        layer,
        version=version,
        source=source or file.source,
        licence=licence,
        sha256=file.sha256,
        approximate=approximate,
        quality=file.report.as_dict(),
    )
    if layer is Layer.KELURAHAN:
        areas = _with_parents(connection, city_code, file, parent_names)
        store.add_areas(connection, city_code, set_id, areas)
        boundary_quality.record_faults(connection, city_code, set_id, areas)
    else:
        _check_properties(connection, city_code, file)
        store.add_service_areas(connection, city_code, set_id, _service_area_rows(file))
    if activate_from is not None:
        store.activate(connection, city_code, set_id, activate_from)
    return Imported(set_id, file.report, active=activate_from is not None)


def _with_parents(
    connection: Connection, city_code: str, file: BoundaryFile, given: Mapping[str, str]
) -> list[Area]:
    """The file's areas; parents it doesn't name get the given name, or keep an earlier set's.

    The published ``wilayah_boundaries`` SQL, for one, has kecamatan codes and no names.
    """
    known = store.parent_names(connection, city_code) | dict(given)
    return [
        replace(area, parent_name=known.get(area.parent_code))
        if area.parent_name is None and area.parent_code is not None
        else area
        for area in file.areas
    ]


def _service_area_rows(file: BoundaryFile) -> list[dict[str, object]]:
    return [
        {
            "code": area.code,
            "name": area.name,
            "agency_code": area.properties.agency_code,
            "group_code": area.properties.group_code,
            "service_code": area.properties.service_code,
            "priority": area.properties.priority,
            "coverage": "polygon",
            "area_codes": [],
            "geom": area.geometry,
        }
        for area in file.areas
    ]


def _check_properties(connection: Connection, city_code: str, file: BoundaryFile) -> None:
    """Agencies, groups and services that a service area names must exist in the city."""
    known = store.catalogue_codes(connection, city_code)
    problems = [
        FieldProblem(f"{area.code}.{what}", f"names no {what} of {city_code}", code)
        for area in file.areas
        for what, code in (
            ("agency", area.properties.agency_code),
            ("group", area.properties.group_code),
            ("service", area.properties.service_code),
        )
        if code is not None and code not in known[what]
    ]
    if problems:
        raise CatalogueError(
            f"{file.source}: {len(problems)} service areas name codes the catalogue lacks: "
            + "; ".join(f"{p.field} {p.value!r}" for p in problems[:5]),
            "Load the catalogue first, or correct the file's attributes.",
            problems,
        )
