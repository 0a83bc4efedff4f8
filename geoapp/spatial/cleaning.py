"""A coverage made clean: overlaps given to one of their areas, small gaps closed.

All of it happens in EPSG:4326, because that is what is stored and what decides: edges that
aren't at fault stay as they are to the last bit, and what two neighbours share after it
they share exactly. Cleaned in metres and brought back, every vertex would have moved by
nanometres, and those on a neighbour's edge would open or overlap it again. Only what is
measured (areas against the threshold, lengths of borders) is measured in the city's metric
CRS, where a degree of longitude is no longer or shorter than one of latitude.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import shapely
from numpy.typing import NDArray

from geoapp.domain.boundary import Area, Gap, Overlap
from geoapp.domain.boundary_quality import OverlapStrategy
from geoapp.spatial.coverage import (
    MIN_OVERLAP_M2,
    find_gaps,
    find_overlaps,
    gap_shapes,
    simplify_together,
)
from geoapp.spatial.crs import Geometries, project
from geoapp.spatial.faults import shapes_of
from geoapp.spatial.options import ReadOptions
from geoapp.spatial.polygons import as_multipolygons, label_points

_MERGED = {
    OverlapStrategy.LOWEST_CODE: "min_index",  # the areas are put in the order of their codes
    OverlapStrategy.LONGEST_BORDER: "longest_border",
    OverlapStrategy.LARGEST: "max_area",
    OverlapStrategy.SMALLEST: "min_area",
}

_SNAPPING = (1e-12, 1e-11, 1e-10, 1e-9)
"""Degrees within which GEOS takes two vertices for one: a tenth of a micrometre first.

None at all (0) seems kinder to the vertices, but of 200 random coverages it then failed for
12 and silently dropped up to 1.4 km² of ground for 12 more, while ``coverage_is_valid`` was
content. With the first distance all 400 tried came out right; the others are in reserve.
"""

_SCALE_DEGREES = 1e-3
"""Side of the square by which the metres of a degree are taken."""

_TRUSTED_M2 = 0.1
"""Ground that may differ before a result counts as wrong; with right ones it's below 1e-5."""


@dataclass(frozen=True, slots=True)
class ChangedArea:
    """Ground that one area lost and gained, in m² and as a shape in EPSG:4326."""

    code: str
    old_m2: float
    new_m2: float
    moved_m2: float
    shape: shapely.Geometry


@dataclass(frozen=True, slots=True)
class CleanCoverage:
    """Areas before and after a cleaning.

    Attributes:
        areas: Each with its code, name and parent as before; what is drawn and the label's
            place made anew. Empty while *vanished* names any.
        changed: Those that lost or gained ground, the most changed first.
        vanished: Codes of areas of which nothing is left.
        covered_before_m2, covered_after_m2: Ground of all areas together, each m² once.
    """

    areas: tuple[Area, ...]
    changed: tuple[ChangedArea, ...]
    vanished: tuple[str, ...]
    gaps_before: tuple[Gap, ...]
    gaps_after: tuple[Gap, ...]
    overlaps_before: tuple[Overlap, ...]
    overlaps_after: tuple[Overlap, ...]
    covered_before_m2: float
    covered_after_m2: float
    sum_before_m2: float
    sum_after_m2: float


def clean_areas(
    areas: Sequence[Area], metric_srid: int, *, gaps_under_m2: float, overlaps: OverlapStrategy
) -> CleanCoverage | None:
    """*areas* cleaned by `close_and_resolve`, with what that changed; None where GEOS can't."""
    codes = [area.code for area in areas]
    before = shapes_of(areas)
    after = close_and_resolve(
        codes, before, metric_srid, gaps_under_m2=gaps_under_m2, overlaps=overlaps
    )
    if after is None:
        return None
    vanished = tuple(codes[n] for n in np.flatnonzero(shapely.is_empty(after)).tolist())
    return CleanCoverage(
        areas=() if vanished else _anew(areas, after, metric_srid),
        changed=tuple(changed_areas(codes, before, after, metric_srid)),
        vanished=vanished,
        gaps_before=find_gaps(codes, before, metric_srid),
        gaps_after=find_gaps(codes, after, metric_srid),
        overlaps_before=find_overlaps(codes, before, metric_srid),
        overlaps_after=find_overlaps(codes, after, metric_srid),
        covered_before_m2=covered_m2(before, metric_srid),
        covered_after_m2=covered_m2(after, metric_srid),
        sum_before_m2=float(_square_metres(before, metric_srid).sum()),
        sum_after_m2=float(_square_metres(after, metric_srid).sum()),
    )


def close_and_resolve(
    codes: Sequence[str],
    geometries: Geometries,
    metric_srid: int,
    *,
    gaps_under_m2: float,
    overlaps: OverlapStrategy,
) -> Geometries | None:
    """The areas without overlaps and without gaps below a size; None where GEOS can't.

    Overlaps first, by ``shapely.coverage_clean``, which also gives neighbours the same
    vertices along their border. Its own closing of gaps isn't used: its limit is a width
    (of the widest circle that fits in) in the units of the coordinates, here degrees, while
    what a GIS officer judges a gap by is its area. So each gap below the limit is added to
    the area it has the longest border with (of equals the lowest code).

    Args:
        codes: One for each geometry, all different.
        geometries: Valid multipolygons, EPSG:4326.
        metric_srid: The CRS of *gaps_under_m2* and of the borders' lengths.
        gaps_under_m2: Gaps this large or larger stay; 0 closes none.
        overlaps: Who gets ground that several areas claim. With ``KEEP`` borders are left as
            drawn, and a gap between edges that cross may leave a hairline.

    Returns:
        Multipolygons in the order of the input; empty where an area lost everything to
        others.
    """
    if len(geometries) == 0:
        return geometries
    in_order = np.array(sorted(range(len(codes)), key=lambda n: codes[n]))
    sorted_codes = [codes[n] for n in in_order]
    clean = geometries[in_order]
    if overlaps is not OverlapStrategy.KEEP:
        resolved = _without_overlaps(clean, metric_srid, _MERGED[overlaps])
        if resolved is None:
            return None
        clean = resolved
    clean = _without_gaps(sorted_codes, clean, metric_srid, gaps_under_m2)
    if overlaps is not OverlapStrategy.KEEP and not shapely.coverage_is_valid(clean):
        return None
    back = np.empty(len(codes), dtype=object)
    back[in_order] = as_multipolygons(clean)
    return back if bool(shapely.is_valid(back).all()) else None


def changed_areas(
    codes: Sequence[str], before: Geometries, after: Geometries, metric_srid: int
) -> list[ChangedArea]:
    """Areas that lost or gained more than ``MIN_OVERLAP_M2``, the most changed first."""
    shapes = shapely.symmetric_difference(before, after)
    old, new = (_square_metres(some, metric_srid) for some in (before, after))
    moved = _ground_m2(shapes, metric_srid)
    changed = [
        ChangedArea(codes[n], float(old[n]), float(new[n]), float(moved[n]), shapes[n])
        for n in np.flatnonzero(moved > MIN_OVERLAP_M2).tolist()
    ]
    return sorted(changed, key=lambda area: (-area.moved_m2, area.code))


def covered_m2(geometries: Geometries, metric_srid: int) -> float:
    """Ground that the areas (EPSG:4326) cover together, each m² once."""
    return float(_square_metres(np.array([shapely.union_all(geometries)]), metric_srid)[0])


def _anew(areas: Sequence[Area], geometries: Geometries, metric_srid: int) -> tuple[Area, ...]:
    drawn, _ = simplify_together(geometries, metric_srid, ReadOptions().display_tolerance_m)
    return tuple(
        replace(
            area,
            geometry=shapely.to_wkb(geometry),
            display_geometry=shapely.to_wkb(display),
            label=label,
        )
        for area, geometry, display, label in zip(
            areas,
            geometries,
            as_multipolygons(drawn),
            label_points(geometries, metric_srid),
            strict=True,
        )
    )


def _without_overlaps(geometries: Geometries, metric_srid: int, strategy: str) -> Geometries | None:
    whole = shapely.union_all(geometries)
    for distance in _SNAPPING:
        try:
            clean: Geometries = shapely.coverage_clean(  # type: ignore[attr-defined]  # stubs: 2.1
                geometries, gap_width=0.0, snapping_distance=distance, merge_strategy=strategy
            )
            if shapely.coverage_is_valid(clean) and _only_resolved(
                geometries, clean, whole, metric_srid
            ):
                return clean
        except shapely.errors.GEOSException:
            continue
    return None


def _only_resolved(
    before: Geometries, after: Geometries, whole: shapely.Geometry, metric_srid: int
) -> bool:
    """Whether all covered ground is still covered, no other is, and nobody got what wasn't theirs."""
    lost_or_gained = shapely.symmetric_difference(whole, shapely.union_all(after))
    others = shapely.difference(after, before)
    differing = _ground_m2(np.array([*others, lost_or_gained], dtype=object), metric_srid)
    return bool((differing < _TRUSTED_M2).all())


def _without_gaps(
    codes: Sequence[str], geometries: Geometries, metric_srid: int, under_m2: float
) -> Geometries:
    """Each gap below *under_m2* joined to its neighbour with the longest border on it."""
    number = {code: n for n, code in enumerate(codes)}
    added: dict[int, list[shapely.Geometry]] = {}
    for gap, shape in gap_shapes(codes, geometries, metric_srid):
        if gap.area_m2 < under_m2:
            beside = np.array([number[code] for code in gap.codes])
            borders = _borders_m(geometries[beside], shape, metric_srid)
            # argmax takes the first of equals: neighbours are in the order of their codes.
            added.setdefault(int(beside[int(np.argmax(borders))]), []).append(shape)
    closed = geometries.copy()
    for n, shapes in added.items():
        closed[n] = shapely.union_all([geometries[n], *shapes])
    return closed


def _borders_m(
    geometries: Geometries, gap: shapely.Geometry, metric_srid: int
) -> NDArray[np.float64]:
    shared = shapely.intersection(shapely.boundary(geometries), shapely.boundary(gap))
    lengths: NDArray[np.float64] = shapely.length(project(shared, 4326, metric_srid))
    return lengths


def _square_metres(geometries: Geometries, metric_srid: int) -> NDArray[np.float64]:
    areas: NDArray[np.float64] = shapely.area(project(geometries, 4326, metric_srid))
    return areas


def _ground_m2(differences: Geometries, metric_srid: int) -> NDArray[np.float64]:
    """m² of differences between areas: what they are in degrees, by the scale where they lie.

    Edges are straight in degrees and a little bent in metres: projected corner by corner, a
    hairline with more corners on one side than on the other would seem to have an area, half
    a square metre for an edge of 2 km. (``segmentize`` first would help, but GEOS then drops
    parts of slivers this thin.)
    """
    found = np.zeros(len(differences))
    some = np.flatnonzero(~shapely.is_empty(differences))
    centres = shapely.centroid(differences[some])
    x, y = shapely.get_x(centres), shapely.get_y(centres)
    half = _SCALE_DEGREES / 2
    squares = shapely.box(x - half, y - half, x + half, y + half)
    scale = _square_metres(squares, metric_srid) / _SCALE_DEGREES**2
    found[some] = shapely.area(differences[some]) * scale
    return found
