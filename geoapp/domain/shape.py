"""A polygon's corners and the texts it comes and goes as: GeoJSON, WKT, WKB; to the last bit.

Corners are ``(lon, lat)`` in degrees, EPSG:4326. A shape always is a MultiPolygon: a tuple of
polygons, each a tuple of rings (outline first, then holes), each closed. Nothing here judges
geometry: whether a line crosses itself is for PostGIS to say.
"""

from __future__ import annotations

import json
import math
import re
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from geoapp.domain.boundary import Box, Position
from geoapp.errors import InvalidInput

Ring = tuple[Position, ...]
Polygon = tuple[Ring, ...]

MAX_CORNERS = 20_000
"""Of one shape: the coast of a whole province has fewer; a file that has more is a slip."""

MAX_TEXT = 2_000_000
"""Characters of a pasted shape."""

_DEEPEST = 4
"""Brackets around a coordinate of a MultiPolygon."""

_TOKEN = re.compile(r"\s*([A-Za-z]+|[(),]|[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)\s*")
_WKB_POLYGON, _WKB_MULTIPOLYGON = 3, 6


@dataclass(frozen=True, slots=True)
class Shape:
    """A MultiPolygon as plain numbers."""

    polygons: tuple[Polygon, ...]

    @classmethod
    def parse(cls, text: str) -> Shape:
        """From what somebody pasted: WKT, a GeoJSON geometry, a Feature, or a collection of one.

        Raises:
            InvalidInput: it is neither, or holds no polygon, or too many corners.
        """
        text = text.strip()
        if len(text) > MAX_TEXT:
            raise _refused("This text is too long for one shape.")
        if not text.startswith("{"):
            return cls._checked(_wkt_polygons(text))
        try:
            value = json.loads(text, parse_constant=lambda _: None)
        except (ValueError, RecursionError):
            raise _refused("This is neither GeoJSON nor WKT.") from None
        return cls.from_geojson(value)

    @classmethod
    def from_geojson(cls, value: Any) -> Shape:
        """From a GeoJSON geometry, a Feature, or a FeatureCollection with one feature.

        Raises:
            InvalidInput: see `parse`.
        """
        if isinstance(value, dict) and value.get("type") == "FeatureCollection":
            features = value.get("features")
            if not isinstance(features, list) or len(features) != 1:
                raise _refused("Give one shape; for several use the import.")
            value = features[0]
        if isinstance(value, dict) and value.get("type") == "Feature":
            value = value.get("geometry")
        kind = value.get("type") if isinstance(value, dict) else None
        if kind not in {"Polygon", "MultiPolygon"}:
            raise _refused("Only a Polygon or MultiPolygon can say where somebody acts.")
        coordinates = value.get("coordinates")
        polygons = [coordinates] if kind == "Polygon" else coordinates
        return cls._checked(polygons)

    @classmethod
    def from_wkb(cls, data: bytes) -> Shape:
        """From the WKB of a 2D Polygon or MultiPolygon, as PostGIS and shapely write it.

        Raises:
            ValueError: it is something else.
        """
        polygons, end = _read_wkb(bytes(data), 0)
        if end != len(data):
            raise ValueError("more than one geometry")
        return cls(polygons)

    @classmethod
    def _checked(cls, polygons: Any) -> Shape:
        shape = cls(tuple(_polygon(polygon) for polygon in _list(polygons)))
        if not shape.polygons:
            raise _refused("The shape is empty.")
        if shape.corner_count > MAX_CORNERS:
            raise _refused("The shape has too many corners.")
        return shape

    @property
    def corners(self) -> Iterator[Position]:
        """Every corner, rings closed."""
        return (corner for polygon in self.polygons for ring in polygon for corner in ring)

    @property
    def corner_count(self) -> int:
        """How many corners there are; the closing one of each ring isn't counted twice."""
        return sum(len(ring) - 1 for polygon in self.polygons for ring in polygon)

    @property
    def box(self) -> Box:
        """West, south, east, north."""
        lons, lats = zip(*self.corners, strict=True)
        return min(lons), min(lats), max(lons), max(lats)

    @property
    def geojson(self) -> dict[str, Any]:
        """As a GeoJSON geometry; one polygon is a Polygon."""
        polygons = [
            [[list(corner) for corner in ring] for ring in polygon] for polygon in self.polygons
        ]
        if len(polygons) == 1:
            return {"type": "Polygon", "coordinates": polygons[0]}
        return {"type": "MultiPolygon", "coordinates": polygons}

    @property
    def text(self) -> str:
        """The GeoJSON geometry as one line of text; `parse` reads it back unchanged."""
        return json.dumps(self.geojson, separators=(",", ":"))

    @property
    def wkb(self) -> bytes:
        """As the WKB of a MultiPolygon, little-endian."""
        parts = [struct.pack("<BII", 1, _WKB_MULTIPOLYGON, len(self.polygons))]
        for polygon in self.polygons:
            parts.append(struct.pack("<BII", 1, _WKB_POLYGON, len(polygon)))
            for ring in polygon:
                flat = [number for corner in ring for number in corner]
                parts.append(struct.pack(f"<I{len(flat)}d", len(ring), *flat))
        return b"".join(parts)


def _refused(message: str) -> InvalidInput:
    return InvalidInput(message, "Draw it on the map, or paste GeoJSON or WKT.")


def _list(value: Any) -> Sequence[Any]:
    if not isinstance(value, list | tuple):
        raise _refused("The shape's coordinates aren't nested as they should be.")
    return value


def _polygon(value: Any) -> Polygon:
    rings = tuple(_ring(ring) for ring in _list(value))
    if not rings:
        raise _refused("The shape is empty.")
    return rings


def _ring(value: Any) -> Ring:
    corners = [_corner(corner) for corner in _list(value)]
    # A corner given twice in a row says nothing; mice do that.
    corners = corners[:1] + [after for before, after in pairwise(corners) if after != before]
    if len(corners) > 1 and corners[0] != corners[-1]:
        corners.append(corners[0])
    if len(corners) < 4:
        raise _refused("A ring needs at least three different corners.")
    return tuple(corners)


def _corner(value: Any) -> Position:
    numbers = _list(value)
    if len(numbers) not in {2, 3}:
        raise _refused("A corner is a longitude and a latitude.")
    lon, lat = numbers[:2]
    for number, most in ((lon, 180), (lat, 90)):
        if isinstance(number, bool) or not isinstance(number, int | float):
            raise _refused("A corner is a longitude and a latitude.")
        # An integer of a thousand digits is no float at all.
        if not -most <= number <= most or not math.isfinite(number):
            raise _refused("Corners are longitude and latitude in degrees, longitude first.")
    return float(lon), float(lat)


def _wkt_polygons(text: str) -> list[Any]:
    """The coordinate lists of ``POLYGON (…)`` or ``MULTIPOLYGON (…)``, an SRID=4326 ahead or not."""
    text = re.sub(r"\ASRID=4326;\s*", "", text, flags=re.IGNORECASE)
    tokens, at = [], 0
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None:
            raise _refused("This is neither GeoJSON nor WKT.")
        tokens.append(found[1])
        at = found.end()
    kind = tokens[0].upper() if tokens else ""
    if kind not in {"POLYGON", "MULTIPOLYGON"}:
        raise _refused("Only a Polygon or MultiPolygon can say where somebody acts.")
    rest = tokens[2:] if tokens[1:2] in (["Z"], ["z"]) else tokens[1:]
    nested, end = _nested(rest, 0, 1)
    if end != len(rest):
        raise _refused("This is neither GeoJSON nor WKT.")
    return [nested] if kind == "POLYGON" else nested


def _nested(tokens: list[str], at: int, depth: int) -> tuple[list[Any], int]:
    """The bracket that opens at *at* as a list, and where it ends."""
    broken = _refused("The shape's brackets don't fit together.")
    if depth > _DEEPEST or at >= len(tokens) or tokens[at] != "(":
        raise broken
    items: list[Any] = []
    at += 1
    while True:
        if at < len(tokens) and tokens[at] == "(":
            item, at = _nested(tokens, at, depth + 1)
            items.append(item)
        else:
            numbers = []
            while at < len(tokens) and tokens[at] not in {"(", ")", ","}:
                try:
                    numbers.append(float(tokens[at]))
                except ValueError:
                    raise broken from None
                at += 1
            items.append(numbers)
        if at >= len(tokens):
            raise broken
        at += 1
        if tokens[at - 1] == ")":
            return items, at
        if tokens[at - 1] != ",":
            raise broken


def _read_wkb(data: bytes, at: int) -> tuple[tuple[Polygon, ...], int]:
    try:
        order = "<" if data[at] else ">"
        kind, count = struct.unpack_from(f"{order}II", data, at + 1)
        at += 9
        if kind == _WKB_MULTIPOLYGON:
            polygons: list[Polygon] = []
            for _ in range(count):
                part, at = _read_wkb(data, at)
                polygons += part
            return tuple(polygons), at
        if kind != _WKB_POLYGON:
            raise ValueError(f"WKB of type {kind} is no polygon")
        rings = []
        for _ in range(count):
            (length,) = struct.unpack_from(f"{order}I", data, at)
            flat = struct.unpack_from(f"{order}{2 * length}d", data, at + 4)
            rings.append(tuple(zip(flat[::2], flat[1::2], strict=True)))
            at += 4 + 16 * length
        return (tuple(rings),), at
    except (struct.error, IndexError) as problem:
        raise ValueError("the WKB is cut short") from problem
