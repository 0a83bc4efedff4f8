"""Boundary files drawn on a grid in Kota Jambi, brought into the database, and looked at."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from pyproj import Transformer
from sqlalchemy import text

from geoapp.domain.boundary import Layer
from geoapp.domain.catalogue import City
from geoapp.store.database import Database, Role
from geoapp.usecases import boundaries, cities
from geoapp.usecases import boundary_quality as use
from tests.asking import as_owner

CODE = "15.71"
SIDE = 0.01
_METRES = Transformer.from_crs("EPSG:4326", "EPSG:32748", always_xy=True)


def square_metres(shape: shapely.Geometry) -> float:
    """In the city's metric CRS, by pyproj."""
    return float(
        shapely.transform(
            shape, lambda xy: np.column_stack(_METRES.transform(xy[:, 0], xy[:, 1]))
        ).area
    )


def cell(column: float, row: float, width: float = 1, height: float = 1) -> shapely.Polygon:
    """A rectangle in a grid of a hundredth of a degree whose corner is at 103.6 E, 1.6 S."""
    return shapely.box(
        103.6 + column * SIDE,
        -1.6 + row * SIDE,
        103.6 + (column + width) * SIDE,
        -1.6 + (row + height) * SIDE,
    )


def feature(
    number: int, name: str, shape: shapely.Geometry, kecamatan: int = 1, **more: Any
) -> dict[str, Any]:
    """A kelurahan of a file, with its kecamatan's name; *more* are other attributes."""
    return {
        "type": "Feature",
        "geometry": shapely.geometry.mapping(shape),
        "properties": {
            "code": f"{CODE}.{kecamatan:02d}.{number}",
            "name": name,
            "kecamatan": f"District {kecamatan}",
            **more,
        },
    }


def bring(
    database: Database, path: Path, *, layer: Layer = Layer.KELURAHAN, active: bool = False
) -> int:
    """The file as a staged set, or at once in force; its id."""
    city = cities.find(database, CODE)
    box = city.envelope
    with database.transaction(Role.WORKER, CODE) as connection:
        return boundaries.import_into(
            connection,
            city_code=CODE,
            metric_srid=city.metric_srid,
            envelope=(box.west, box.south, box.east, box.north),
            path=path,
            layer=layer,
            version=path.stem,
            source="test",
            licence="none",
            approximate=False,
            activate_from=date(2026, 1, 1) if active else None,
        ).set_id


def bring_features(database: Database, folder: Path, *features: dict[str, Any], **how: Any) -> int:
    file = folder / "drawn.geojson"
    file.write_text(json.dumps({"type": "FeatureCollection", "features": list(features)}))
    return bring(database, file, **how)


def kinds(database: Database, city: City, set_id: int) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {"gap": [], "overlap": [], "changed": []}
    for one in use.faults(database, city, set_id)["features"]:
        found[one["properties"]["kind"]].append(one)
    return found


def stored(database: Database, query: str, **values: Any) -> list[tuple[Any, ...]]:
    with as_owner(database) as connection:
        return [tuple(row) for row in connection.execute(text(query), values)]
