"""Polygons that people draw on the map to say which complaints they mean."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from geoapp.domain.place import BBox, LonLat
from geoapp.errors import FieldProblem, InvalidInput

MAX_VERTICES = 200
"""Corners of a drawn polygon; a finger that draws a line is thinned out to these."""

Corner = tuple[float, float]


@dataclass(frozen=True, slots=True)
class DrawnPolygon:
    """One ring in EPSG:4326 degrees, without holes; closed here whether it came so or not."""

    ring: tuple[Corner, ...]

    @classmethod
    def parse(cls, text: str) -> DrawnPolygon:
        """From ``lon,lat,lon,lat,…``.

        Raises:
            InvalidInput: not pairs of degrees, too few or too many, or the line crosses itself.
        """
        try:
            numbers = [float(part) for part in text.split(",")]
        except ValueError:
            raise _refused("pairs of numbers wanted: lon,lat,lon,lat,…", text) from None
        if len(numbers) % 2:
            raise _refused("an even number of degrees wanted: lon,lat,lon,lat,…", text)
        corners: list[Corner] = []
        for lon, lat in zip(numbers[::2], numbers[1::2], strict=True):
            try:
                LonLat(lon, lat)
            except InvalidInput as problem:
                raise _refused(problem.message, text) from None
            if not corners or corners[-1] != (lon, lat):
                corners.append((lon, lat))
        if len(corners) > 1 and corners[0] == corners[-1]:
            corners.pop()
        if not 3 <= len(corners) <= MAX_VERTICES:
            raise _refused(f"from 3 to {MAX_VERTICES} different corners wanted", text)
        ring = (*corners, corners[0])
        if _crosses_itself(ring):
            raise _refused("the line crosses or touches itself", text)
        return cls(ring)

    @property
    def bbox(self) -> BBox:
        """The box around it."""
        lons, lats = [lon for lon, _ in self.ring], [lat for _, lat in self.ring]
        return BBox(min(lons), min(lats), max(lons), max(lats))

    @property
    def wkt(self) -> str:
        """Well-known text; every digit is kept."""
        return "POLYGON((" + ",".join(f"{lon!r} {lat!r}" for lon, lat in self.ring) + "))"


def _refused(why: str, text: str) -> InvalidInput:
    return InvalidInput(
        "The polygon can't be used.",
        "Draw one line around an area, without crossing it.",
        [FieldProblem("polygon", why, text)],
    )


def _crosses_itself(ring: tuple[Corner, ...]) -> bool:
    """Whether two edges meet anywhere but in the corner that neighbours share.

    Every pair is compared: 20,000 of them at most.
    """
    edges = list(pairwise(ring))
    last = len(edges) - 1
    for first, (a, b) in enumerate(edges):
        for second in range(first + 1, last + 1):
            c, d = edges[second]
            if second == first + 1:
                folded = _turn(a, b, d) == 0 and _ahead(b, a, d)
            elif first == 0 and second == last:
                folded = _turn(c, a, b) == 0 and _ahead(a, c, b)
            else:
                folded = _meet(a, b, c, d)
            if folded:
                return True
    return False


def _turn(a: Corner, b: Corner, c: Corner) -> float:
    """Positive when a, b, c turn left, negative right, zero on one line."""
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


def _ahead(origin: Corner, a: Corner, b: Corner) -> bool:
    """Whether *a* and *b*, on one line with *origin*, lie to the same side of it."""
    dot = (a[0] - origin[0]) * (b[0] - origin[0]) + (a[1] - origin[1]) * (b[1] - origin[1])
    return dot > 0


def _meet(a: Corner, b: Corner, c: Corner, d: Corner) -> bool:
    """Whether the edges a-b and c-d have a point in common."""
    if max(a[0], b[0]) < min(c[0], d[0]) or max(c[0], d[0]) < min(a[0], b[0]):
        return False
    if max(a[1], b[1]) < min(c[1], d[1]) or max(c[1], d[1]) < min(a[1], b[1]):
        return False
    return _turn(a, b, c) * _turn(a, b, d) <= 0 and _turn(c, d, a) * _turn(c, d, b) <= 0
