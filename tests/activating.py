"""A small city whose kelurahan change: two become one, a third is renamed, a fourth stays.

Squares of some 2 km in Jambi's envelope. Before: 1001 west, 1002 beside it, 1003 north of
both, 2001 (another kecamatan) east. After: 1009 where 1001 and 1002 were, 1003 reaching into
what was 2001, 2001 the rest.
"""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import text

from geoapp.domain.boundary import Layer
from geoapp.domain.catalogue import City
from geoapp.domain.place import LonLat
from geoapp.store.database import Database, Role
from geoapp.usecases import boundaries, cities

CODE = "15.71"
WEST, MIDDLE, NORTH, EAST = "15.71.01.1001", "15.71.01.1002", "15.71.01.1003", "15.71.02.2001"
MERGED = "15.71.01.1009"
STARTS = date(2026, 1, 1)

# In the middle of each old square; SHIFTED lies in what goes from EAST to NORTH.
IN = {
    WEST: LonLat(103.56, -1.62),
    MIDDLE: LonLat(103.58, -1.62),
    NORTH: LonLat(103.57, -1.60),
    EAST: LonLat(103.605, -1.62),
}
SHIFTED = LonLat(103.605, -1.601)

_BEFORE = {
    WEST: (103.55, -1.63, 103.57, -1.61),
    MIDDLE: (103.57, -1.63, 103.59, -1.61),
    NORTH: (103.55, -1.61, 103.59, -1.59),
    EAST: (103.59, -1.63, 103.62, -1.59),
}
_AFTER = {
    MERGED: (103.55, -1.63, 103.59, -1.61),
    NORTH: (103.55, -1.61, 103.62, -1.59),
    EAST: (103.59, -1.63, 103.62, -1.61),
}


def squares(path: Path, boxes: dict[str, tuple[float, float, float, float]]) -> Path:
    """Write the boxes (west, south, east, north) as GeoJSON."""
    features = [
        {
            "type": "Feature",
            "properties": {
                "code": code,
                "name": f"Kelurahan {code[-4:]}",
                "kecamatan_code": code[:8],
                "kecamatan": f"Kecamatan {code[6:8]}",
            },
            "geometry": {
                "type": "Polygon",
                "coordinates": [[[w, s], [e, s], [e, n], [w, n], [w, s]]],
            },
        }
        for code, (w, s, e, n) in boxes.items()
    ]
    document = {"type": "FeatureCollection", "features": features}
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


def stage(database: Database, city: City, file: Path, activate_from: date | None = None) -> int:
    """A set of kelurahan from a file, staged or at once in force; its id."""
    box = city.envelope
    with database.transaction(Role.WORKER, city.code) as connection:
        return boundaries.import_into(
            connection,
            city_code=city.code,
            metric_srid=city.metric_srid,
            envelope=(box.west, box.south, box.east, box.north),
            path=file,
            layer=Layer.KELURAHAN,
            version=file.stem,
            source="test",
            licence="",
            approximate=False,
            activate_from=activate_from,
        ).set_id


def changing(database: Database, folder: Path) -> tuple[City, int]:
    """The city with the old squares in force, and the id of the staged new ones."""
    city = cities.find(database, CODE)
    stage(database, city, squares(folder / "before.geojson", _BEFORE), date(2020, 1, 1))
    return city, stage(database, city, squares(folder / "after.geojson", _AFTER))


def ask(database: Database, query: str, **values: Any) -> list[tuple[Any, ...]]:
    """Rows of a query as the worker sees them."""
    with database.transaction(Role.WORKER, CODE) as connection:
        found = connection.execute(text(query), values)
        return [tuple(row) for row in found] if found.returns_rows else []
