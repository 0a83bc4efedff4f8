"""From whatever stands in a file as a geometry to one valid 2D MultiPolygon, or a refusal."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from geoapp.domain.boundary import Position, Refusal, Repair
from geoapp.errors import BoundaryFileError
from geoapp.spatial.crs import Coordinates, Geometries, project

_MAX_NESTING = 8
_LINEAR = ("Point", "MultiPoint", "LineString", "MultiLineString")


@dataclass(frozen=True, slots=True)
class Shape:
    """A geometry as built: maybe invalid, maybe empty; the file's own CRS.

    Attributes:
        had_z: It had a third coordinate, which is gone.
        notes: What was mended on the way, such as an open ring that was closed.
    """

    geometry: shapely.MultiPolygon
    had_z: bool
    notes: tuple[str, ...]


def build(geometry: Any, who: str) -> Shape:
    """The polygons of a geometry as a reader found it; None gives an empty shape.

    Args:
        geometry: Anything: what JSON had there, or WKB.
        who: Names the feature in messages.

    Raises:
        BoundaryFileError: not a geometry, no polygons in it, or coordinates that aren't
            finite numbers.
    """
    notes: list[str] = []
    if isinstance(geometry, bytes):
        geometry = from_wkb(geometry, who, notes)
    had_z = False
    polygons: list[shapely.Polygon] = []
    for rings in _polygons(geometry, who, notes, 0):
        built = []
        for number, ring in enumerate(rings):
            xy, ring_has_z = positions(ring, who)
            had_z = had_z or ring_has_z
            closed = _closed(xy, notes)
            if closed is None:
                if number == 0:
                    break
                continue
            built.append(closed)
        if built:
            polygons.append(shapely.Polygon(built[0], built[1:]))
    return Shape(shapely.MultiPolygon(polygons), had_z, tuple(dict.fromkeys(notes)))


def mend(
    code: str, geometry: shapely.MultiPolygon, metric_srid: int, max_change: float
) -> tuple[shapely.MultiPolygon, Repair | None] | Refusal:
    """*geometry* (EPSG:4326) as it is if valid, else repaired, else refused.

    Repair keeps the polygons of ``make_valid`` (its "structure" method: rings made
    valid, shells joined, holes cut out). The area is compared in the metric CRS with what
    the rings enclose as written (the shoelace sum), so a bow-tie, whose halves cancel out
    there, is refused: which half was meant, nobody knows.

    Args:
        code: For the report.
        geometry: EPSG:4326.
        metric_srid: The CRS in which areas are compared.
        max_change: Largest change of the area that still counts as repair; 0.01 is 1 %.
    """
    if geometry.is_empty:
        return Refusal(code, "no geometry, or none with an area")
    if geometry.is_valid:
        return geometry, None
    reason = shapely.is_valid_reason(geometry)
    valid = _as_multipolygon(shapely.make_valid(geometry, method="structure", keep_collapsed=False))
    before, after = (
        float(area)
        for area in shapely.area(project(np.array([geometry, valid]), 4326, metric_srid))
    )
    if valid.is_empty or after <= 0:
        return Refusal(code, f"{reason}; nothing is left when repaired")
    change = after - before
    if abs(change) > max_change * before:
        percent = f"{change / before:+.1%}" if before > 0 else "from nothing"
        return Refusal(
            code,
            f"{reason}; repairing changes its area by {change:+,.0f} m² ({percent}), "
            f"more than {max_change:.1%}",
        )
    return valid, Repair(code, reason, change)


def merge(geometries: list[shapely.MultiPolygon]) -> shapely.MultiPolygon:
    """Several valid parts of one area as one."""
    return _as_multipolygon(shapely.union_all(np.array(geometries)))


def label_points(geometries: Geometries, metric_srid: int) -> list[Position]:
    """For each geometry (EPSG:4326) the centre of its largest inscribed circle, in degrees.

    Unlike a centroid it is inside, and as far from the edges as can be.
    """
    circles = shapely.maximum_inscribed_circle(project(geometries, 4326, metric_srid))
    centres = project(shapely.get_point(circles, 0), metric_srid, 4326)
    # Where an area is a hair wide, the projection there and back may step over its edge.
    inside = shapely.contains_properly(geometries, centres)
    points = np.where(inside, centres, shapely.point_on_surface(geometries))
    return [(float(point.x), float(point.y)) for point in points]


def from_wkb(wkb: bytes, who: str, notes: list[str]) -> dict[str, Any] | None:
    """A geometry in WKB as GeoJSON has it, its coordinates as arrays of (n, 2 or 3).

    Raises:
        BoundaryFileError: of a type that isn't known, such as a curve, or cut short.
    """
    try:
        geometry = shapely.from_wkb(wkb)
    except shapely.errors.GEOSException:
        try:
            geometry = shapely.from_wkb(wkb, on_invalid="fix")
        except shapely.errors.GEOSException as error:
            raise BoundaryFileError(
                f"{who} has a geometry that can't be read: {str(error)[:120]}.",
                "Areas are plain polygons, without curves; export the file anew.",
                "geometry",
            ) from error
        notes.append("open ring closed")
    return _as_mapping(geometry)


def _as_mapping(geometry: shapely.Geometry) -> dict[str, Any] | None:
    kind = type(geometry).__name__
    if isinstance(geometry, shapely.Polygon):
        rings = [] if geometry.is_empty else [geometry.exterior, *geometry.interiors]
        return {"type": kind, "coordinates": [_xyz(ring) for ring in rings]}
    if isinstance(geometry, shapely.GeometryCollection) or kind.startswith("Multi"):
        members = [_as_mapping(part) for part in shapely.get_parts(geometry)]
        if isinstance(geometry, shapely.GeometryCollection):
            return {"type": kind, "geometries": members}
        return {"type": kind, "coordinates": [m["coordinates"] for m in members if m]}
    return {"type": kind, "coordinates": _xyz(geometry)}


def _xyz(geometry: shapely.Geometry) -> Coordinates:
    return shapely.get_coordinates(geometry, include_z=bool(shapely.has_z(geometry)))


def _polygons(geometry: Any, who: str, notes: list[str], level: int) -> Iterator[list[Any]]:
    """The ring lists of every polygon in *geometry*."""
    if geometry is None:
        return
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    if kind == "GeometryCollection" and level < _MAX_NESTING:
        members = _list(geometry.get("geometries"), who)
        kinds = {m.get("type") for m in members if isinstance(m, dict)}
        if not kinds & {"Polygon", "MultiPolygon", "GeometryCollection"}:
            raise _no_polygons(who, " and ".join(sorted(map(str, kinds))) or "nothing")
        for member in members:
            if isinstance(member, dict) and member.get("type") in _LINEAR:
                notes.append("points and lines beside the polygons dropped")
            else:
                yield from _polygons(member, who, notes, level + 1)
    elif kind == "Polygon":
        yield _list(geometry.get("coordinates"), who)
    elif kind == "MultiPolygon":
        for polygon in _list(geometry.get("coordinates"), who):
            yield _list(polygon, who)
    elif kind in _LINEAR:
        raise _no_polygons(who, str(kind))
    else:
        shown = kind if isinstance(kind, str) else type(geometry).__name__
        raise BoundaryFileError(
            f"{who} has a geometry of type {shown[:40]!r}, which isn't known.",
            "Areas are Polygon or MultiPolygon; export the file anew as GeoJSON.",
            "geometry",
        )


def _no_polygons(who: str, found: str) -> BoundaryFileError:
    return BoundaryFileError(
        f"{who} is {found}; areas must be polygons.",
        "Export the layer of areas, not that of their labels, offices or outlines.",
        "geometry",
    )


def _list(value: Any, who: str) -> list[Any]:
    if not isinstance(value, list):
        raise BoundaryFileError(
            f"{who} has coordinates that aren't a list.",
            "Export the file anew as GeoJSON.",
            "geometry",
        )
    return value


def positions(ring: Any, who: str) -> tuple[Coordinates, bool]:
    """The ring or line as an (n, 2) array, and whether it had more than two coordinates.

    Raises:
        BoundaryFileError: something other than finite numbers is in it.
    """
    if not isinstance(ring, np.ndarray):
        ring = _list(ring, who)
    if len(ring) == 0:
        return np.empty((0, 2)), False
    had_z = any(isinstance(p, list | np.ndarray) and len(p) > 2 for p in (ring[0], ring[-1]))
    found: NDArray[Any] | None
    try:
        found = np.asarray(ring)
    except ValueError:
        # Ragged: some positions have a height and others not.
        had_z = True
        try:
            found = np.asarray([position[:2] for position in ring])
        except (ValueError, TypeError):
            found = None
    if found is None or found.ndim != 2 or found.shape[1] < 2 or found.dtype.kind not in "iuf":
        raise BoundaryFileError(
            f"{who} has something other than numbers among its coordinates.",
            "A ring is a list of [longitude, latitude] positions.",
            "geometry",
        )
    xy = found[:, :2].astype(np.float64)
    bad = np.flatnonzero(~np.isfinite(xy).all(axis=1))
    if len(bad):
        raise BoundaryFileError(
            f"{who} has the position [{xy[bad[0], 0]}, {xy[bad[0], 1]}].",
            "Coordinates must be finite numbers; repair the file where it was made.",
            "geometry",
        )
    return xy, had_z


def _closed(xy: Coordinates, notes: list[str]) -> Coordinates | None:
    """The ring with its first position repeated at the end; None when it is no ring."""
    if len(np.unique(xy, axis=0)) < 3:
        notes.append("ring with fewer than three corners dropped")
        return None
    if not np.array_equal(xy[0], xy[-1]):
        notes.append("open ring closed")
        return np.vstack([xy, xy[:1]])
    return xy


def _as_multipolygon(geometry: shapely.Geometry) -> shapely.MultiPolygon:
    """The polygons in *geometry*, other parts dropped."""
    parts = [
        piece
        for part in shapely.get_parts(geometry)
        for piece in shapely.get_parts(part)
        if isinstance(piece, shapely.Polygon) and not piece.is_empty
    ]
    return shapely.MultiPolygon(parts)


def as_multipolygons(geometries: Geometries) -> Geometries:
    """Each polygon as a MultiPolygon of one; multipolygons as they are."""
    return np.array([_as_multipolygon(geometry) for geometry in geometries], dtype=object)
