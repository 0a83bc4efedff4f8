"""What is wrong with a set's areas, as shapes to keep and to draw."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
import shapely

from geoapp.domain.boundary import Area, CrsFinding, Fault, Gap, Overlap
from geoapp.spatial.coverage import gap_shapes, inside, overlap_shapes
from geoapp.spatial.crs import Geometries, project
from geoapp.spatial.polygons import as_multipolygons


def faults_of(areas: Sequence[Area], metric_srid: int) -> list[Fault]:
    """The gaps, then the overlaps of *areas*, each with the largest first; m² in *metric_srid*."""
    codes = [area.code for area in areas]
    geometries = shapes_of(areas)
    return of_shapes(
        gap_shapes(codes, geometries, metric_srid), overlap_shapes(codes, geometries, metric_srid)
    )


def of_shapes(
    gaps: Sequence[tuple[Gap, shapely.Geometry]],
    overlaps: Sequence[tuple[Overlap, shapely.Geometry]],
) -> list[Fault]:
    """What `gap_shapes` and `overlap_shapes` have found, to keep and to draw."""
    return [
        *_faults("gap", ((gap.codes, gap.area_m2, shape) for gap, shape in gaps)),
        *_faults("overlap", ((one.codes, one.area_m2, shape) for one, shape in overlaps)),
    ]


def changed_ground(changed: Iterable[tuple[str, float, shapely.Geometry]]) -> list[Fault]:
    """What a cleaning took from an area or gave it: code, m² and shape of each, in order."""
    return _faults("changed", (((code,), area_m2, shape) for code, area_m2, shape in changed))


def report_after(
    before: Mapping[str, Any], areas: Sequence[Area], faults: Sequence[Fault], metric_srid: int
) -> dict[str, Any]:
    """A set's stored report, with its numbers and faults those of *areas*.

    How the file was read stays; what was mended in it happened before.
    """
    geometries = shapes_of(areas)
    gaps, overlaps = (
        [
            {
                "codes": list(fault.codes),
                "area_m2": fault.area_m2,
                "at": list(inside(shapely.from_wkb(fault.geometry))),
            }
            for fault in faults
            if fault.kind == kind
        ]
        for kind in ("gap", "overlap")
    )
    as_stored = CrsFinding("EPSG:4326", False, "as stored")
    return {
        "crs": asdict(as_stored),
        **before,
        "area_count": len(areas),
        "vertex_count": int(shapely.get_num_coordinates(geometries).sum()),
        "total_area_km2": float(shapely.area(project(geometries, 4326, metric_srid)).sum() / 1e6),
        "bbox": [float(edge) for edge in shapely.total_bounds(geometries)],
        "gaps": gaps,
        "overlaps": overlaps,
        "gap_area_m2": sum(gap["area_m2"] for gap in gaps),
        "overlap_area_m2": sum(overlap["area_m2"] for overlap in overlaps),
    }


def shapes_of(areas: Sequence[Area]) -> Geometries:
    """The geometries that decide (EPSG:4326), as shapely has them."""
    found: Geometries = shapely.from_wkb(np.array([area.geometry for area in areas], dtype=object))
    return found


def _faults(
    kind: str, found: Iterable[tuple[tuple[str, ...], float, shapely.Geometry]]
) -> list[Fault]:
    listed = list(found)
    # Polygons alone: where two overlapping areas also touch, their intersection has lines.
    ground = as_multipolygons(np.array([shape for _, _, shape in listed], dtype=object))
    return [
        Fault(kind, codes, area_m2, shapely.to_wkb(shape))
        for (codes, area_m2, _), shape in zip(listed, ground, strict=True)
    ]
