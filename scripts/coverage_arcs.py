"""A coverage drawn as shared arcs: traced from a grid, smoothed, thinned, brought to given sizes.

Every border is stored once, as indices into one table of points. Whatever moves a point moves it
for both sides, so no step can open a gap or an overlap between neighbours. Lengths in metres.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import shapely
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass
class Arcs:
    """A coverage as shared arcs: ``points`` (m, 2), ``rings`` of indices into it, one per area."""

    points: Floats
    rings: list[Ints]

    def sizes(self) -> Floats:
        """Signed area of every ring (rings run anticlockwise)."""
        out = []
        for ring in self.rings:
            x, y = self.points[ring].T
            out.append(0.5 * float((x * np.roll(y, -1) - y * np.roll(x, -1)).sum()))
        return np.array(out)

    def neighbours(self) -> list[list[int]]:
        """For every point the points an edge away, ascending."""
        found: list[set[int]] = [set() for _ in self.points]
        for ring in self.rings:
            for a, b in zip(ring.tolist(), np.roll(ring, -1).tolist(), strict=True):
                found[a].add(b)
                found[b].add(a)
        return [sorted(near) for near in found]


def trace(owner: Ints, count: int, step: float, corner: tuple[float, float]) -> Arcs:
    """Outlines of the owners along the sides of their pixels, every pixel corner a point.

    Args:
        owner: (h, w) indices of areas, south first; a margin of other values on every side.
        count: How many areas there are.
        step: Side of a pixel in metres.
        corner: West and south of the first pixel.

    Raises:
        RuntimeError: an area is not one simple ring.
    """
    index: dict[tuple[int, int], int] = {}
    rings = []
    for area in range(count):
        follow: dict[tuple[int, int], tuple[int, int]] = {}
        for row, column in np.argwhere(owner == area).tolist():
            for near, start, end in (
                ((row - 1, column), (column, row), (column + 1, row)),
                ((row, column + 1), (column + 1, row), (column + 1, row + 1)),
                ((row + 1, column), (column + 1, row + 1), (column, row + 1)),
                ((row, column - 1), (column, row + 1), (column, row)),
            ):
                if owner[near] != area:
                    follow[start] = end  # noqa: PERF403 - a comprehension three loops deep reads worse
        first = min(follow)
        ring, place = [first], follow.pop(first)
        while place != first:
            ring.append(place)
            place = follow.pop(place)
        if follow:
            raise RuntimeError(f"area {area} is not one ring; it cannot be drawn")
        rings.append(np.array([index.setdefault(place, len(index)) for place in ring]))
    corners = np.array(list(index), dtype=float) * step + corner
    return Arcs(corners, rings)


def smooth(arcs: Arcs, passes: int = 14) -> Arcs:
    """Round the stairs: every point moves towards the mean of its neighbours, passes times."""
    near = arcs.neighbours()
    width = max(map(len, near))
    padded = np.array([n + [i] * (width - len(n)) for i, n in enumerate(near)])
    real = np.array([[True] * len(n) + [False] * (width - len(n)) for n in near])
    points = arcs.points
    for _ in range(passes):
        total = (points[padded] * real[:, :, None]).sum(1)
        points = 0.5 * points + 0.5 * total / real.sum(1)[:, None]
    return Arcs(points, arcs.rings)


def thin(arcs: Arcs, tolerance: float) -> Arcs:
    """Drop points within *tolerance* metres of the line of the rest; junctions stay.

    An arc is thinned once for both of its sides, so that they remain the same line.

    Raises:
        RuntimeError: an area without a junction, that is an enclave.
    """
    near = arcs.neighbours()
    keep = {i for i, around_it in enumerate(near) if len(around_it) != 2}
    for ring in arcs.rings:
        fixed = [k for k, point in enumerate(ring.tolist()) if point in keep]
        if not fixed:
            raise RuntimeError("an area without a junction: enclaves are not drawn")
        turned = np.roll(ring, -fixed[0]).tolist()
        turned.append(turned[0])
        ends = [k for k, point in enumerate(turned) if len(near[point]) != 2]
        for begin, end in pairwise(ends):
            arc = turned[begin : end + 1]
            # Both neighbours must thin the same way, so the arc is always read from one end.
            arc = arc if arc[0] < arc[-1] else arc[::-1]
            line = shapely.LineString(arcs.points[arc]).simplify(tolerance)
            kept = {tuple(xy) for xy in shapely.get_coordinates(line).tolist()}
            keep.update(p for p in arc if tuple(arcs.points[p].tolist()) in kept)
    new = {old: k for k, old in enumerate(sorted(keep))}
    rings = [np.array([new[p] for p in ring.tolist() if p in keep]) for ring in arcs.rings]
    return Arcs(arcs.points[sorted(keep)], rings)


def settle(arcs: Arcs, size: Floats) -> Arcs:
    """Move the points as little as possible (least squares) until every area has its size.

    The size of a ring is bilinear in its points, so a few Newton steps on the constraint suffice.
    """
    points = arcs.points.copy()
    for _ in range(12):
        slope = np.zeros((len(size), *points.shape))
        for area, ring in enumerate(arcs.rings):
            before, after = points[np.roll(ring, 1)], points[np.roll(ring, -1)]
            slope[area, ring, 0] = 0.5 * (after[:, 1] - before[:, 1])
            slope[area, ring, 1] = 0.5 * (before[:, 0] - after[:, 0])
        flat = slope.reshape(len(size), -1)
        missing = size - Arcs(points, arcs.rings).sizes()
        points += (flat.T @ np.linalg.solve(flat @ flat.T, missing)).reshape(points.shape)
    return Arcs(points, arcs.rings)
