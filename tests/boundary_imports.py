"""Boundary files into the database of a test, without the second that a sandbox takes to start."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

from geoapp.domain.activation import Reassigned
from geoapp.domain.boundary import Layer
from geoapp.domain.catalogue import City
from geoapp.spatial.files import ReadOptions, read_boundaries
from geoapp.store.database import Database, Role
from geoapp.usecases import activation, boundary_import


def in_force(
    database: Database,
    city: City,
    path: Path,
    *,
    layer: Layer = Layer.KELURAHAN,
    version: str,
    options: ReadOptions | None = None,
    since: date,
) -> Reassigned:
    """Store the areas of *path* and put them in force; what that did to the complaints."""
    box = city.envelope
    options = replace(options or ReadOptions(), envelope=(box.west, box.south, box.east, box.north))
    file = read_boundaries(
        path, city_code=city.code, layer=layer, metric_srid=city.metric_srid, options=options
    )
    with database.transaction(Role.WORKER, city.code) as connection:
        set_id = boundary_import.store_file(
            connection, city.code, layer, file,
            version=version, source=file.source, licence="", approximate=False,
        )  # fmt: skip
    return activation.activate(database, city, set_id, since)
