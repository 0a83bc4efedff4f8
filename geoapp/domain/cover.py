"""Covering a box with ranges of the Morton key, so that a plain index finds what is in it."""

from __future__ import annotations

import math

from geoapp.domain.place import MAX_ZOOM, MERCATOR_LATITUDE, BBox, TileId

MAX_RANGES = 16
"""Ranges one box is covered by at most: more cost more than the rows they spare."""

_HAIR = 1e-9  # degrees; the database's floating point may put an edge a hair elsewhere


def morton_ranges(box: BBox, *, most: int = MAX_RANGES) -> list[tuple[int, int]]:
    """Ranges of ``tile18`` keys, both ends included and in order, that hold every point of *box*.

    They may hold points outside the box too: the caller compares coordinates as well.
    Tiles that the box's edge cuts are split, coarsest first, while at most *most* ranges
    come of it.
    """
    west, north = _tile18(box.west - _HAIR, box.north + _HAIR)
    east, south = _tile18(box.east + _HAIR, box.south - _HAIR)
    whole: list[TileId] = []
    cut = [TileId(0, 0, 0)]
    while cut:
        split: list[TileId] = []
        inside: list[TileId] = []
        for tile in cut:
            for child in _children(tile):
                match _overlap(child, west, north, east, south):
                    case "inside":
                        inside.append(child)
                    case "cut":
                        split.append(child)
        if len(_merged(whole + inside + split)) > most:
            break
        whole, cut = whole + inside, split
    return _merged(whole + cut)


def _tile18(lon: float, lat: float) -> tuple[int, int]:
    """Column and row of a position's zoom-18 tile."""
    size = 1 << MAX_ZOOM
    phi = math.radians(max(-MERCATOR_LATITUDE, min(MERCATOR_LATITUDE, lat)))
    x = math.floor((lon + 180) / 360 * size)
    y = math.floor((1 - math.asinh(math.tan(phi)) / math.pi) / 2 * size)
    return max(0, min(size - 1, x)), max(0, min(size - 1, y))


def _children(tile: TileId) -> list[TileId]:
    return [
        TileId(tile.z + 1, 2 * tile.x + right, 2 * tile.y + down)
        for down in (0, 1)
        for right in (0, 1)
    ]


def _overlap(tile: TileId, west: int, north: int, east: int, south: int) -> str:
    """How *tile* lies to a box of zoom-18 tiles: ``inside``, ``cut`` or ``outside``."""
    span = 1 << (MAX_ZOOM - tile.z)
    left, top = tile.x * span, tile.y * span
    right, bottom = left + span - 1, top + span - 1
    if left > east or right < west or top > south or bottom < north:
        return "outside"
    if west <= left and right <= east and north <= top and bottom <= south:
        return "inside"
    return "cut"


def _merged(tiles: list[TileId]) -> list[tuple[int, int]]:
    """The tiles' key ranges in order, neighbours joined."""
    ranges: list[tuple[int, int]] = []
    for first, last in sorted(tile.morton_range for tile in tiles):
        if ranges and ranges[-1][1] + 1 == first:
            ranges[-1] = (ranges[-1][0], last)
        else:
            ranges.append((first, last))
    return ranges
