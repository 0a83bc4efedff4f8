"""Boundary sets: those of a city's folder, and what is kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from types import MappingProxyType

from sqlalchemy import Connection

from geoapp.domain.boundary import Layer, QualityReport
from geoapp.domain.catalogue import City
from geoapp.spatial.files import ReadOptions, read_boundaries
from geoapp.store import boundaries as store
from geoapp.store.database import Database, Role
from geoapp.usecases import boundary_import


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did: the set's id, and what the file was like."""

    set_id: int
    report: QualityReport
    active: bool
    unchanged: bool = False
    """True when the very same file was in force already and nothing was stored."""


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
    """A file of a city's folder as a set, inside the caller's transaction.

    The folder is the operator's own, so it is read here; a stranger's file goes through
    `boundary_import.stage`, which reads it in a process of its own. With *if_new* a file that is in force already (same hash) is left alone. *parent_names*
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
    set_id = boundary_import.store_file(
        connection,
        city_code,
        layer,
        file,
        version=version,
        source=source,
        licence=licence,
        approximate=approximate,
        parent_names=parent_names,
    )
    if activate_from is not None:
        store.activate(connection, city_code, set_id, activate_from)
    return Imported(set_id, file.report, active=activate_from is not None)
