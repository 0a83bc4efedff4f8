"""Any file of roads → EPSG:4326 lines, each with who keeps it, and a report.

The formats, the CRS and the attributes are those of areas; what is different stands here.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from geoapp.domain.boundary import CrsFinding
from geoapp.domain.boundary_lines import AUTHORITIES, Authority, Line, LineFile, LineReport
from geoapp.errors import BoundaryFileError
from geoapp.spatial.attributes import MAX_NAME
from geoapp.spatial.crs import Coordinates, Expectation, Geometries, project
from geoapp.spatial.line_attributes import Road, find_road_fields, long_names, roads_of
from geoapp.spatial.loading import in_degrees, load
from geoapp.spatial.options import ReadOptions
from geoapp.spatial.polygons import from_wkb, positions
from geoapp.spatial.readers.formats import parse


@dataclass(frozen=True, slots=True)
class _Stretch:
    """One feature as built: its geometry may be empty."""

    geometry: shapely.MultiLineString
    had_z: bool


def read_lines(path: Path, *, metric_srid: int, options: ReadOptions | None = None) -> LineFile:
    """The roads in the file at *path*, features of one road joined, as EPSG:4326.

    Two features are the same road when code (or, without one, number and name) and
    authority agree. Roads that don't come near the city's envelope are left out.

    Args:
        path: A file; its content, not its name, tells the format.
        metric_srid: The city's metric CRS, for lengths.
        options: Where the usual won't do: attributes, *authority* and *authority_words*.

    Raises:
        BoundaryFileError: the file can't be used; the message names what was found in
            it, the remedy what to do.
    """
    options = options or ReadOptions()
    content = load(path, options)
    sha256 = hashlib.sha256(content).hexdigest()
    raw = parse(content, path.name, options)
    del content  # as large as the file, and no longer needed
    fields = find_road_fields(raw.features, options)
    roads = roads_of(raw.features, fields, options)
    stretches = [_built(feature.geometry, f"Feature {feature.number}") for feature in raw.features]
    geometries = np.array([stretch.geometry for stretch in stretches], dtype=object)
    empty = shapely.is_empty(geometries)
    if empty.all():
        raise BoundaryFileError(
            "No feature of the file has a line.",
            "Export the layer of roads with its geometry.",
            "geometry",
        )
    degrees, crs = in_degrees(geometries, raw.crs, metric_srid, options)
    near = ~empty & _near(degrees, Expectation(metric_srid, options.envelope))
    kept = [(roads[n], degrees[n]) for n in np.flatnonzero(near)]
    lines = tuple(_joined(kept))
    notes = [f"format {raw.format}", *raw.notes]
    if empty.any():
        notes.append(f"left out {int(empty.sum())} features without a line")
    if fields.name is not None and (long := long_names(raw.features, fields.name)):
        notes.append(
            f"names cut to {MAX_NAME} characters ({len(long)}): features {', '.join(long[:10])}"
        )
    report = _report(lines, crs, metric_srid)
    return LineFile(
        lines,
        LineReport(
            line_count=len(lines),
            vertex_count=report.vertices,
            length_km=report.length_km,
            bbox=report.bbox,
            crs=crs,
            fields=fields.as_dict(),
            merged=len(kept) - len(lines),
            elsewhere=int((~empty & ~near).sum()),
            dropped_z=sum(stretch.had_z for stretch in stretches),
            notes=tuple(notes),
        ),
        sha256,
        path.name,
    )


def _built(geometry: Any, who: str) -> _Stretch:
    """The lines of a geometry as a reader found it; None gives an empty one.

    Raises:
        BoundaryFileError: areas or points, or something other than finite numbers.
    """
    if isinstance(geometry, bytes):
        geometry = from_wkb(geometry, who, [])
    had_z = False
    parts: list[Coordinates] = []
    for line in _line_lists(geometry, who, 0):
        xy, line_has_z = positions(line, who)
        had_z = had_z or line_has_z
        if len(np.unique(xy, axis=0)) > 1:
            parts.append(xy)
    return _Stretch(shapely.MultiLineString(parts), had_z)


def _line_lists(geometry: Any, who: str, level: int) -> Iterator[Any]:
    if geometry is None:
        return
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    if kind == "LineString":
        yield geometry.get("coordinates")
    elif kind == "MultiLineString" and isinstance(geometry.get("coordinates"), list):
        yield from geometry["coordinates"]
    elif kind == "GeometryCollection" and level < 8 and geometry.get("geometries"):
        for member in geometry["geometries"]:
            yield from _line_lists(member, who, level + 1)
    elif kind == "GeometryCollection" and not geometry.get("geometries"):
        return
    else:
        shown = kind if isinstance(kind, str) else type(geometry).__name__
        raise BoundaryFileError(
            f"{who} is {shown[:40]}; roads must be lines.",
            "Export the layer of the roads' middle lines, not of their surfaces.",
            "geometry",
        )


def _near(geometries: Geometries, expected: Expectation) -> np.ndarray[Any, np.dtype[np.bool_]]:
    box = expected.box()
    if box is None:
        return np.ones(len(geometries), dtype=bool)
    near: np.ndarray[Any, np.dtype[np.bool_]] = shapely.intersects(geometries, shapely.box(*box))
    return near


def _joined(kept: Sequence[tuple[Road, shapely.Geometry]]) -> Iterator[Line]:
    """One line per road, in file order; a code with several keepers becomes several lines."""
    groups: dict[tuple[str, Authority], list[tuple[Road, shapely.Geometry]]] = {}
    keepers: dict[str, set[Authority]] = {}
    for road, geometry in kept:
        groups.setdefault((road.code, road.authority), []).append((road, geometry))
        keepers.setdefault(road.code, set()).add(road.authority)
    for (code, authority), members in groups.items():
        parts = shapely.get_parts(np.array([geometry for _, geometry in members], dtype=object))
        roads = [road for road, _ in members]
        yield Line(
            code=code if len(keepers[code]) == 1 else f"{code}:{authority}",
            name=roads[0].name,
            ref=next((road.ref for road in roads if road.ref), None),
            authority=authority,
            agency_code=next((road.agency_code for road in roads if road.agency_code), None),
            geometry=shapely.to_wkb(shapely.MultiLineString(list(parts))),
        )


@dataclass(frozen=True, slots=True)
class _Sums:
    vertices: int
    length_km: dict[str, float]
    bbox: tuple[float, float, float, float]


def _report(lines: Sequence[Line], crs: CrsFinding, metric_srid: int) -> _Sums:
    if not lines:
        raise BoundaryFileError(
            f"No road of the file comes near the city (read as {crs.name}).",
            "Check that the file is of this region, or give its CRS with --crs.",
            "crs",
        )
    geometries = shapely.from_wkb([line.geometry for line in lines])
    lengths = shapely.length(project(geometries, 4326, metric_srid)) / 1_000
    west, south, east, north = (float(edge) for edge in shapely.total_bounds(geometries))
    by: dict[str, float] = {
        authority: float(lengths[[line.authority == authority for line in lines]].sum())
        for authority in AUTHORITIES
        if any(line.authority == authority for line in lines)
    }
    vertices = int(shapely.get_num_coordinates(geometries).sum())
    return _Sums(vertices, by, (west, south, east, north))
