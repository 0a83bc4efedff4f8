"""The assignment rule once more, written with shapely and pyproj alone."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import Transformer

METRIC = "EPSG:32748"
Points = NDArray[np.float64]


@dataclass(frozen=True)
class Verdict:
    code: str | None
    kecamatan: str | None
    method: str
    alternatives: tuple[str, ...] = ()

    @property
    def ambiguous(self) -> bool:
        return bool(self.alternatives)


class Reference:
    """Areas of a GeoJSON file whose features have their code in *field*."""

    def __init__(self, file: Path, field: str) -> None:
        features = json.loads(file.read_text(encoding="utf-8"))["features"]
        # Python compares strings by code point, as the rule wants it.
        features.sort(key=lambda feature: feature["properties"][field])
        self.codes = [feature["properties"][field] for feature in features]
        self.parents = {
            feature["properties"][field]: feature["properties"].get("kecamatan_code")
            for feature in features
        }
        self.shapes = np.array([shapely.geometry.shape(f["geometry"]) for f in features])
        self._to_metres = Transformer.from_crs("EPSG:4326", METRIC, always_xy=True)
        self.metric = shapely.transform(self.shapes, self._project)

    def _project(self, lonlat: Points) -> Points:
        return np.column_stack(self._to_metres.transform(lonlat[:, 0], lonlat[:, 1]))

    def to_degrees(self, metres: Points) -> Points:
        return np.column_stack(
            self._to_metres.transform(metres[:, 0], metres[:, 1], direction="INVERSE")
        )

    def verdicts(self, lonlat: Points) -> list[Verdict]:
        points = shapely.points(lonlat)
        hit_point, hit_area = shapely.STRtree(self.shapes).query(points, predicate="intersects")
        found: dict[int, list[int]] = {}
        for point, area in zip(hit_point.tolist(), hit_area.tolist(), strict=True):
            found.setdefault(point, []).append(area)
        missing = np.array([n for n in range(len(lonlat)) if n not in found])
        metres = shapely.points(self._project(lonlat[missing]))
        near_point, near_area = shapely.STRtree(self.metric).query(
            metres, predicate="dwithin", distance=50.0
        )
        distances = shapely.distance(metres[near_point], self.metric[near_area])
        nearest: dict[int, tuple[float, int]] = {}
        for which, area, distance in zip(near_point, near_area, distances, strict=True):
            number = int(missing[which])
            # Equally near means: to the millimetre.
            candidate = (round(float(distance), 3), int(area))
            nearest[number] = min(candidate, nearest.get(number, candidate))
        return [self._verdict(found.get(n), nearest.get(n)) for n in range(len(lonlat))]

    def _verdict(self, covering: list[int] | None, near: tuple[float, int] | None) -> Verdict:
        if covering:
            first, *others = [self.codes[n] for n in sorted(covering)]
            return Verdict(first, self.parents[first], "covers", tuple(others))
        if near:
            return Verdict(self.codes[near[1]], self.parents[self.codes[near[1]]], "nearest")
        return Verdict(None, None, "outside")

    def awkward_points(self) -> Points:
        """On vertices and edges, in gaps, and around the outline up to and beyond 50 m."""
        rings = [
            ring
            for shape in self.shapes
            for part in shapely.get_parts(shape)
            for ring in (part.exterior, *part.interiors)
        ]
        corners = np.vstack([np.asarray(ring.coords)[:, :2] for ring in rings])
        middles = np.vstack(
            [(np.asarray(r.coords)[1:, :2] + np.asarray(r.coords)[:-1, :2]) / 2 for r in rings]
        )
        whole = shapely.union_all(self.shapes)
        holes = [hole for part in shapely.get_parts(whole) for hole in part.interiors]
        gaps = np.array([shapely.Polygon(h).representative_point().coords[0] for h in holes])
        outline = shapely.union_all(self.metric)
        around = [
            self.to_degrees(np.asarray(ring.segmentize(400).coords)[:, :2])
            for metres in (0.5, 25, 49.9, 50.1, 60)
            for ring in shapely.get_parts(outline.buffer(metres).boundary)
        ]
        return np.vstack([corners, middles, gaps.reshape(-1, 2), *around])
