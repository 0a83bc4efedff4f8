"""Small boundary files for the tests, drawn by arithmetic, and a way to read them.

They are drawn in metres beside the origin of UTM 48S (EPSG:32748): easting 500,000 is
105° E and northing 10,000,000 the equator, by definition of UTM. Expected degrees follow
from that and the radius 6,378,137 m × scale 0.9996, not from the code.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import shapely

from geoapp.domain.boundary import Area, BoundaryFile, Layer
from geoapp.spatial.files import ReadOptions, read_boundaries

ENVELOPE = (104.98, -0.03, 105.05, 0.01)
KM_IN_DEGREES = math.degrees(1_000 / (0.9996 * 6_378_137))

Read = Callable[..., BoundaryFile]
"""`read_content` with its folder filled in."""


def ring(x: float, y: float, side: float = 1_000.0) -> list[list[float]]:
    return [[x, y], [x + side, y], [x + side, y + side], [x, y + side], [x, y]]


def degrees(positions: Sequence[Sequence[float]]) -> list[list[float]]:
    """Metres east and north of (105° E, 0°) as degrees: plain arithmetic, good to 1 %."""
    return [[105 + x / 1_000 * KM_IN_DEGREES, y / 1_000 * KM_IN_DEGREES] for x, y in positions]


def square(code: Any, x: float, y: float = -1_000.0, **properties: Any) -> dict[str, Any]:
    """A square of one kilometre whose south-west corner is x, y metres from (105° E, 0°)."""
    return {
        "type": "Feature",
        "properties": {"code": code, "name": f"Area {code}", **properties},
        "geometry": {"type": "Polygon", "coordinates": [degrees(ring(x, y))]},
    }


def with_geometry(geometry: Any, code: str = "a") -> dict[str, Any]:
    return {"type": "Feature", "properties": {"code": code, "name": code}, "geometry": geometry}


def collection(*features: dict[str, Any], **members: Any) -> dict[str, Any]:
    return {"type": "FeatureCollection", "features": list(features), **members}


def polygon(positions: Any) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": [positions]}


def in_metres(x0: float, y0: float, **members: Any) -> dict[str, Any]:
    """The two squares of a file whose coordinates are metres from x0, y0."""
    return collection(
        with_geometry(polygon(ring(x0, y0 - 1_000)), "a"),
        with_geometry(polygon(ring(x0 + 1_000, y0 - 1_000)), "b"),
        **members,
    )


def read_content(
    folder: Path,
    content: Any,
    *,
    layer: Layer = Layer.KELURAHAN,
    city: str = "test",
    envelope: tuple[float, float, float, float] | None = ENVELOPE,
    **options: Any,
) -> BoundaryFile:
    """Write *content* (as JSON unless it is text or bytes) and read it as boundaries."""
    path = folder / "areas.geojson"
    if isinstance(content, dict | list):
        content = json.dumps(content)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_boundaries(
        path,
        city_code=city,
        layer=layer,
        metric_srid=32748,
        options=ReadOptions(envelope=envelope, **options),
    )


def bounds(area: Area) -> tuple[float, float, float, float]:
    """West, south, east, north of the stored geometry."""
    box: tuple[float, float, float, float] = shapely.from_wkb(area.geometry).bounds
    return box
