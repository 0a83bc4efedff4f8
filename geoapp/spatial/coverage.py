"""How well a set of areas covers the ground: gaps, overlaps, and a joint simplification.

Gaps and overlaps are found in EPSG:4326, because that is what is stored and what decides
where a complaint belongs; only their areas are measured in the city's metric CRS (m²).
Found there they are also exactly the faults of the file: projecting first moves vertices
that lie on a neighbour's edge by nanometres and merges or opens a few hairline gaps.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import shapely
from numpy.typing import NDArray

from geoapp.domain.boundary import Gap, Overlap, Position
from geoapp.spatial.crs import Geometries, project

MIN_OVERLAP_M2 = 1e-3
"""Smaller overlaps are arithmetic: a double near 104° resolves 1.6 nm, which along a
100 km edge makes 1.6e-4 m². (The real kelurahan file has the same 114 pairs from 0 to
this threshold.) Gaps have no threshold: every interior ring of the union counts, as they
are countable rings whatever their area; the report tells the slivers apart."""

CLOSED_GAP_M = 50.0
"""Width up to which a gap is closed in what is drawn: the widest circle that fits into it.
A slip of the pen is narrower (the real kelurahan file: 23 m at most); an enclave of another
city or a wide river is not, and stays open."""

# A gap's neighbours are met within this distance (0.1 mm): the overlay's vertices on
# crossing edges are rounded, so plain "intersects" may miss by a rounding.
_TOUCH_DEGREES = 1e-9


def find_gaps(codes: Sequence[str], geometries: Geometries, metric_srid: int) -> tuple[Gap, ...]:
    """Ground enclosed by the areas that belongs to none of them, largest first.

    These are the interior rings of the union, less any island area within; an enclave of
    another city is one too. Bays and gaps open to the outside aren't found.

    Args:
        codes: One for each geometry.
        geometries: Valid polygons or multipolygons, EPSG:4326. None given: no gaps.
        metric_srid: The CRS in which their areas are measured.
    """
    return tuple(gap for gap, _ in gap_shapes(codes, geometries, metric_srid))


def gap_shapes(
    codes: Sequence[str], geometries: Geometries, metric_srid: int
) -> list[tuple[Gap, shapely.Geometry]]:
    """What `find_gaps` finds, each with its ground: polygons in EPSG:4326."""
    if len(geometries) == 0:
        return []
    parts = shapely.get_parts(shapely.union_all(geometries))
    holes = np.array(
        [shapely.Polygon(ring) for part in parts for ring in part.interiors], dtype=object
    )
    if len(holes) == 0:
        return []
    islands = shapely.STRtree(parts).query(holes, predicate="contains")
    for hole, part in islands.T:
        holes[hole] = shapely.difference(holes[hole], parts[part])
    areas = shapely.area(project(holes, 4326, metric_srid))
    near = shapely.STRtree(geometries).query(holes, predicate="dwithin", distance=_TOUCH_DEGREES)
    neighbours: list[list[str]] = [[] for _ in holes]
    for hole, area in near.T:
        neighbours[hole].append(codes[area])
    gaps = [
        (Gap(tuple(sorted(neighbours[n])), float(areas[n]), inside(hole)), hole)
        for n, hole in enumerate(holes)
    ]
    return sorted(gaps, key=lambda found: (-found[0].area_m2, found[0].codes))


def find_overlaps(
    codes: Sequence[str], geometries: Geometries, metric_srid: int
) -> tuple[Overlap, ...]:
    """Pairs of areas that share more than ``MIN_OVERLAP_M2`` of ground, largest first.

    Arguments as for ``find_gaps``. Ground claimed by three areas is in three pairs.
    """
    return tuple(overlap for overlap, _ in overlap_shapes(codes, geometries, metric_srid))


def overlap_shapes(
    codes: Sequence[str], geometries: Geometries, metric_srid: int
) -> list[tuple[Overlap, shapely.Geometry]]:
    """What `find_overlaps` finds, each with its ground in EPSG:4326.

    A shape may have points and lines beside its polygons, where the two areas touch.
    """
    if len(geometries) == 0:
        return []
    first, second = shapely.STRtree(geometries).query(geometries, predicate="intersects")
    once = first < second
    first, second = first[once], second[once]
    shared = shapely.intersection(geometries[first], geometries[second])
    areas: NDArray[np.float64] = shapely.area(project(shared, 4326, metric_srid))
    overlaps = []
    for n in np.flatnonzero(areas > MIN_OVERLAP_M2):
        left, right = sorted((codes[first[n]], codes[second[n]]))
        found = Overlap((left, right), float(areas[n]), inside(shared[n]))
        overlaps.append((found, shared[n]))
    return sorted(overlaps, key=lambda found: (-found[0].area_m2, found[0].codes))


def simplify_together(
    geometries: Geometries, metric_srid: int, tolerance_m: float
) -> tuple[Geometries, int]:
    """Areas for drawing: neighbours meet without gap or overlap, with fewer vertices.

    First ``shapely.coverage_clean``: an overlap, and a gap narrower than ``CLOSED_GAP_M``,
    goes to the neighbour with the longest border on it. Then ``shapely.coverage_simplify``
    (Visvalingam–Whyatt on the shared edges; corners of triangles below tolerance² / 2 are
    taken off). An area that comes out invalid or empty, as one that lies wholly under
    others, is simplified alone, and failing that kept as it is. What decides where a
    complaint belongs is never this, but the areas as they are stored.

    Args:
        geometries: Valid polygons or multipolygons, EPSG:4326.
        metric_srid: The CRS of both tolerances.
        tolerance_m: 0 or less gives *geometries* back as they are.

    Returns:
        Valid, non-empty geometries in EPSG:4326 and input order, and how many of them
        could not be simplified together with the rest.
    """
    if len(geometries) == 0 or tolerance_m <= 0:
        return geometries, 0
    metric = project(geometries, 4326, metric_srid)
    try:
        clean = shapely.coverage_clean(  # type: ignore[attr-defined]  # stubs are of 2.1
            metric, gap_width=CLOSED_GAP_M
        )
        together = shapely.coverage_simplify(clean, tolerance_m)
    except shapely.errors.GEOSException:
        together = np.full(len(metric), shapely.Polygon(), dtype=object)
    drawn = project(together, metric_srid, 4326)
    alone = np.flatnonzero(~_drawable(drawn))
    if len(alone):
        simple = shapely.simplify(metric[alone], tolerance_m, preserve_topology=True)
        drawn[alone] = project(simple, metric_srid, 4326)
    kept = ~_drawable(drawn)
    drawn[kept] = geometries[kept]
    return drawn, len(alone)


def _drawable(geometries: Geometries) -> NDArray[np.bool_]:
    good: NDArray[np.bool_] = shapely.is_valid(geometries) & ~shapely.is_empty(geometries)
    return good


def inside(geometry: shapely.Geometry) -> Position:
    """A position in the largest polygon of *geometry*, which isn't empty."""
    parts = shapely.get_parts(geometry)
    largest = parts[int(np.argmax(shapely.area(parts)))]
    point = shapely.point_on_surface(largest)
    if point.is_empty:  # a hairline without area
        point = shapely.Point(shapely.get_coordinates(largest)[0])
    return float(point.x), float(point.y)
