"""Coverages nobody would draw, as GIS offices send them: the same for the same number.

A square of two kilometres is cut in pieces by lines across it, straight or winding, so that
cuts end in the middle of others (T-junctions, whose corner lies a rounding beside the edge
it should be on).
Then it is spoilt: pieces left out, shrunk (gaps all around, narrow and wide), grown over
their neighbours, laid whole upon others; holes with nothing, with an area that fills them or
with a smaller one inside; islands off the shore, nearer and farther than 50 m; areas of
several parts. What is left are valid polygons, that is all.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import shapely
from numpy.random import Generator
from numpy.typing import NDArray
from shapely import affinity, ops

Points = NDArray[np.float64]

CENTRE = (103.6, -1.6)
SIDE = 0.018
"""Two kilometres in degrees; a degree is 111.3 km at the equator, 110.6 km along a meridian."""
METRE = 1 / 111_000

PIECES = (7, 14)


def random_coverage(number: int) -> dict[str, shapely.MultiPolygon]:
    """Areas by code, Kemendagri-like codes of Kota Jambi in two kecamatan; EPSG:4326."""
    dice = np.random.default_rng(number)
    pieces = list(_cut(dice, int(dice.integers(*PIECES))))
    parts: list[shapely.Geometry] = []
    for piece in pieces:
        parts += _spoilt(dice, piece)
    parts += _islands(dice)
    dice.shuffle(parts)
    # Fewer codes than parts: some areas have several, some touch themselves or merge.
    codes = _codes(dice, max(3, int(len(parts) * 0.8)))
    areas: dict[str, list[shapely.Geometry]] = {}
    for n, part in enumerate(parts):
        code = codes[n] if n < len(codes) else str(dice.choice(codes))
        areas.setdefault(code, []).append(part)
    whole = {code: _multi(shapely.union_all(some)) for code, some in areas.items()}
    return {code: area for code, area in whole.items() if not area.is_empty}


def write(coverage: dict[str, shapely.MultiPolygon], file: Path) -> Path:
    """The coverage as a boundary file; doubles survive JSON unchanged."""
    features = [
        {
            "type": "Feature",
            "properties": {
                "code": code,
                "name": f"Area {code[-4:]}",
                "kecamatan_code": code[:8],
                "kecamatan": f"District {code[6:8]}",
            },
            "geometry": shapely.geometry.mapping(area),
        }
        for code, area in coverage.items()
    ]
    file.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return file


def crossings(coverage: dict[str, shapely.MultiPolygon]) -> Points:
    """Where the outlines of two areas cross or meet: the corners of overlaps and T-junctions."""
    outlines = shapely.boundary(np.array(list(coverage.values()), dtype=object))
    first, second = np.triu_indices(len(outlines), 1)
    return shapely.get_coordinates(shapely.intersection(outlines[first], outlines[second]))


def on_edges(dice: Generator, coverage: dict[str, shapely.MultiPolygon], number: int) -> Points:
    """Points on edges: as near as doubles come, so a hair on this side or the other."""
    outlines = shapely.boundary(np.array(list(coverage.values()), dtype=object))
    chosen = outlines[dice.integers(0, len(outlines), number)]
    return shapely.get_coordinates(
        shapely.line_interpolate_point(
            shapely.line_merge(chosen), dice.uniform(size=number), normalized=True
        )
    )


def anywhere(dice: Generator, number: int) -> Points:
    """Points in and around the square, to 300 m beyond it."""
    reach = SIDE / 2 + 300 * METRE
    return np.asarray(CENTRE) + dice.uniform(-reach, reach, (number, 2))


def _cut(dice: Generator, number: int) -> Iterator[shapely.Polygon]:
    """A square in *number* pieces or more, the largest cut again each time."""
    half = SIDE / 2
    pieces = [shapely.box(CENTRE[0] - half, CENTRE[1] - half, CENTRE[0] + half, CENTRE[1] + half)]
    while len(pieces) < number:
        pieces.sort(key=lambda piece: piece.area)
        piece = pieces.pop()
        middle = piece.representative_point()
        # Some cuts run along a meridian or parallel: their T-junctions lie exactly on the edge.
        angle = dice.choice([0.0, np.pi / 2, dice.uniform(0, np.pi)], p=[0.2, 0.2, 0.6])
        along = np.array([np.cos(angle), np.sin(angle)])
        line = _line(dice, np.array([middle.x, middle.y]), along)
        pieces += [part for part in ops.split(piece, line).geoms if part.area > 0]
    yield from pieces


def _line(dice: Generator, through: Points, along: Points) -> shapely.LineString:
    """A line across everything: straight, with one bend, or as a river runs.

    The river gives areas more than the 64 corners above which they are searched in pieces.
    """
    corners = int(dice.choice([0, 1, 400], p=[0.4, 0.3, 0.3]))
    steps = np.linspace(-2 * SIDE, 2 * SIDE, corners + 2)[:, np.newaxis]
    sideways = np.array([-along[1], along[0]]) * dice.uniform(-1, 1, (corners + 2, 1))
    width = 0.1 * SIDE if corners == 1 else 4 * METRE
    return shapely.LineString(through + steps * along + sideways * width * (corners > 0))


def _spoilt(dice: Generator, piece: shapely.Polygon) -> list[shapely.Geometry]:
    """What becomes of a piece: nothing, itself, or one of the faults."""
    fault = dice.choice(
        ["none", "left out", "resized", "moved", "twice", "hollow"],
        p=[0.36, 0.08, 0.22, 0.08, 0.06, 0.2],
    )
    width = dice.choice([1e-10, 0.01 * METRE, METRE, 20 * METRE, 80 * METRE])
    step = dice.uniform(-30, 30, 2) * METRE
    whole: list[shapely.Geometry] = [piece]
    if fault == "left out":
        whole = []
    elif fault == "resized":  # a gap all around, or an overlap with every neighbour
        whole = [piece.buffer(width * dice.choice([-1, 1]), join_style="mitre")]
    elif fault == "moved":
        whole = [affinity.translate(piece, *step)]
    elif fault == "twice":  # the same ground under two codes
        whole = [piece, piece]
    elif fault == "hollow":
        whole = _hollow(dice, piece)
    return whole


def _hollow(dice: Generator, piece: shapely.Polygon) -> list[shapely.Geometry]:
    """A piece with a hole: with nothing in it, with an area that fills it, or a smaller one."""
    inner = affinity.scale(
        piece.buffer(-60 * METRE, join_style="mitre"), *dice.uniform(0.3, 0.7, 2)
    )
    inner = shapely.intersection(inner, piece.buffer(-METRE))
    if inner.is_empty:
        return [piece]
    ring = shapely.difference(piece, inner)
    smaller = shapely.intersection(affinity.scale(inner, 0.6, 0.6), inner)
    filled = dice.choice(["not", "wholly", "partly"])
    return {"not": [ring], "wholly": [ring, inner], "partly": [ring, smaller]}[str(filled)]


def _islands(dice: Generator) -> list[shapely.Geometry]:
    """Up to three squares east of the shore, 5 to 150 m from it."""
    shore = CENTRE[0] + SIDE / 2
    islands = []
    for row in range(int(dice.integers(0, 4))):
        x = shore + dice.choice([5, 49.9, 50.1, 150]) * METRE
        y = CENTRE[1] + (row - 1) * SIDE / 4
        islands.append(shapely.box(x, y, x + 120 * METRE, y + dice.uniform(20, 200) * METRE))
    return islands


def _codes(dice: Generator, number: int) -> list[str]:
    """Different codes in no order of their place."""
    numbers = dice.permutation(40)[:number]
    return [f"15.71.{1 + n % 2:02d}.{1001 + n}" for n in numbers.tolist()]


def _multi(geometry: shapely.Geometry) -> shapely.MultiPolygon:
    parts = [
        part
        for part in shapely.get_parts(geometry)
        if isinstance(part, shapely.Polygon) and part.is_valid and not part.is_empty
    ]
    return shapely.MultiPolygon(parts)
