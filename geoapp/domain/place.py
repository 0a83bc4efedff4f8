"""Places: positions, boxes and tiles. All coordinates are EPSG:4326 degrees."""

from __future__ import annotations

import math
from dataclasses import dataclass

from geoapp.errors import FieldProblem, InvalidInput

MERCATOR_LATITUDE = 85.0511287798066
"""Northern edge of the web-mercator square, in degrees."""

MAX_ZOOM = 18
"""Zoom of the Morton key ``tile18``; finer tiles can't be asked for."""


@dataclass(frozen=True, slots=True)
class LonLat:
    """A finite position in degrees, longitude first."""

    lon: float
    lat: float

    def __post_init__(self) -> None:
        problems = [
            FieldProblem(name, f"must be a number from -{most} to {most}", value)
            for name, value, most in (("lon", self.lon, 180), ("lat", self.lat, 90))
            # NaN and infinities fail the comparison too.
            if not -most <= value <= most
        ]
        if problems:
            raise InvalidInput(
                "The position isn't on earth.",
                "Send longitude and latitude in degrees, WGS 84.",
                problems,
            )
        for name in ("lon", "lat"):
            # PostgreSQL refuses to read the smallest doubles (5e-324), which say zero.
            if abs(getattr(self, name)) < 1e-300:
                object.__setattr__(self, name, 0.0)

    def box_around(self, radius_m: float) -> BBox:
        """A box that holds every position within *radius_m* metres, and some beyond.

        A degree of latitude is nowhere shorter than 110,574 m (WGS 84, at the equator);
        one of longitude shrinks with the cosine, taken where the box comes nearest to a
        pole. Boxes that would cross an edge of the world end there.
        """
        high = radius_m / 110_000
        nearest_pole = min(89.9, abs(self.lat) + high)
        wide = high / math.cos(math.radians(nearest_pole))
        return BBox(
            max(-180.0, self.lon - wide),
            max(-90.0, self.lat - high),
            min(180.0, self.lon + wide),
            min(90.0, self.lat + high),
        )


@dataclass(frozen=True, slots=True)
class BBox:
    """A box in degrees: west, south, east, north; never across the antimeridian."""

    west: float
    south: float
    east: float
    north: float

    def __post_init__(self) -> None:
        LonLat(self.west, self.south)
        LonLat(self.east, self.north)
        if self.west > self.east or self.south > self.north:
            raise InvalidInput(
                "The box is inside out.",
                "Give west,south,east,north with west ≤ east and south ≤ north.",
                [FieldProblem("bbox", "edges in the wrong order")],
            )

    @classmethod
    def parse(cls, text: str) -> BBox:
        """From ``west,south,east,north``.

        Raises:
            InvalidInput: not four finite numbers, or edges in the wrong order.
        """
        try:
            numbers = [float(part) for part in text.split(",")]
        except ValueError:
            numbers = []
        if len(numbers) != 4 or not all(map(math.isfinite, numbers)):
            raise InvalidInput(
                "bbox can't be read.",
                "Give four numbers: west,south,east,north in degrees.",
                [FieldProblem("bbox", "four finite numbers wanted", text)],
            )
        try:
            return cls(*numbers)
        except InvalidInput as problem:
            raise InvalidInput(
                problem.message, problem.remedy, [FieldProblem("bbox", problem.message, text)]
            ) from None


@dataclass(frozen=True, slots=True)
class TileId:
    """A web-mercator tile, XYZ scheme (y grows southwards)."""

    z: int
    x: int
    y: int

    def __post_init__(self) -> None:
        if not 0 <= self.z <= MAX_ZOOM or not (
            0 <= self.x < 1 << self.z and 0 <= self.y < 1 << self.z
        ):
            raise InvalidInput(
                f"There is no tile {self.z}/{self.x}/{self.y}.",
                f"Zoom goes from 0 to {MAX_ZOOM}, x and y from 0 to 2^zoom - 1.",
                [FieldProblem("tile", "out of range", f"{self.z}/{self.x}/{self.y}")],
            )

    @property
    def morton_range(self) -> tuple[int, int]:
        """First and last ``tile18`` key inside this tile (both included).

        A Morton key interleaves the bits of x and y, so all zoom-18 tiles below one
        tile of a coarser zoom are neighbours in key order.
        """
        key = 0
        for bit in range(self.z):
            key |= (self.x >> bit & 1) << 2 * bit | (self.y >> bit & 1) << 2 * bit + 1
        shift = 2 * (MAX_ZOOM - self.z)
        return key << shift, ((key + 1) << shift) - 1

    def bounds(self) -> BBox:
        """The tile's edges in degrees."""
        return BBox(*_corner(self.x, self.y + 1, self.z), *_corner(self.x + 1, self.y, self.z))


def _corner(x: int, y: int, z: int) -> tuple[float, float]:
    """Longitude and latitude of a tile's north-west corner."""
    size = 1 << z
    latitude = math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * y / size))))
    return x / size * 360.0 - 180.0, latitude


COMPASS = ("N", "NE", "E", "SE", "S", "SW", "W", "NW")


def compass(azimuth_degrees: float) -> str:
    """The eighth of the compass that *azimuth_degrees* (clockwise from north) lies in."""
    return COMPASS[round(azimuth_degrees / 45.0) % 8]
