"""Grow approximate areas of a city from published facts: codes, names, centre points, sizes.

    python scripts/grow_boundaries.py boundaries/kota-jambi

reads ``facts.csv`` and ``city.json`` of the folder and writes ``kelurahan.geojson``: one cell per
row, with exactly shared edges and the published sizes. No official polygon is used. Where one is
at hand (``../shared/boundaries/<slug>/kelurahan.geojson``, or ``--official FILE``), the agreement
is measured and printed afterwards; no shape of theirs flows back. The constants below were chosen
among some twenty combinations, for areas that keep their sizes, with the agreement in view: it was
72 to 74 % for nearly all.

How a cell grows:

1. *Fit.* What is known of an area is its centre and its size. The least committed guess is the
   distribution of greatest entropy that has both: every place belongs to area *i* with weight
   ``exp(w_i - |x - s_i|² / (SPREAD · r_i²))``, r_i the radius of a disc of its size, and to the
   outside with weight 1. Reach ``w_i`` and seat ``s_i`` are turned until the size and the centre
   of each fuzzy area are the published ones. Seats therefore move away from the centres wherever
   neighbours push, which a plain diagram around the centres cannot do.
2. *Grow.* On a fine grid, the city is the likeliest inside, as large as all areas together. From
   its seat each area claims the cheapest place next to it, so it is in one piece; reaches are
   turned again until the claimed sizes fit.
3. *Draw.* The borders of the grid become arcs between junctions, are smoothed and thinned, and
   are then moved as little as possible (least squares) to the published sizes.

All lengths are metres in the city's metric CRS, less a round offset; output is EPSG:4326 with six
decimals. The result is the same on every run.
"""

from __future__ import annotations

import argparse
import csv
import heapq
import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from coverage_arcs import Arcs, Floats, Ints, settle, smooth, thin, trace
from numpy.typing import NDArray
from pyproj import Transformer

SPREAD = 0.2
"""Variance of a lone fuzzy area in units of r². Below the 0.5 of a disc, so that edges are crisp.
With 0.2, 0.25 and 0.35 the agreement differs by less than half a percentage point."""

LEASH, PULL = 0.4, 0.15
"""How far a seat may leave its centre (in radii), and the share it is drawn back every round.
Looser, the seats of slim neighbours meet in one place and some of their areas vanish."""

COARSE_M, FINE_M = 120.0, 60.0
"""Grid steps of the fit and of the drawing. The smallest area is about 460 m across."""

MARGIN_M = 2_500.0
"""How far beyond the outermost centres the grid reaches."""

BLUR_M = 600.0
"""Standard deviation of the blur that rounds the city's outline."""

THIN_M = 8.0
"""A vertex nearer than this to the line of its neighbours is dropped."""

OUTSIDE = -1


@dataclass(frozen=True)
class Facts:
    """The published facts, one entry per area, in the order of the file.

    Attributes:
        rows: The rows of ``facts.csv``.
        centre: (n, 2) metres, relative to *origin*.
        size: (n,) square metres.
        origin: Offset of the local coordinates in the metric CRS, whole kilometres.
        srid: EPSG code of the metric CRS.
    """

    rows: list[dict[str, str]]
    centre: Floats
    size: Floats
    origin: Floats
    srid: int


@dataclass(frozen=True)
class Grid:
    """Square pixels: centres ``points`` (h·w, 2), ``shape`` (h, w), side ``step`` in metres."""

    points: Floats
    shape: tuple[int, int]
    step: float
    west: float
    south: float


def read_facts(folder: Path) -> Facts:
    """Read ``facts.csv`` (centres in EPSG:4326, areas in km²) and the metric CRS of ``city.json``."""
    srid = int(json.loads((folder / "city.json").read_text("utf-8"))["city"]["metric_srid"])
    with (folder / "facts.csv").open(encoding="utf-8", newline="") as lines:
        rows = sorted(csv.DictReader(lines), key=lambda row: row["code"])
    to_metres = Transformer.from_crs(4326, srid, always_xy=True)
    east, north = to_metres.transform(
        [float(row["centre_lon"]) for row in rows], [float(row["centre_lat"]) for row in rows]
    )
    metres = np.column_stack([east, north])
    origin = np.round(metres.mean(0), -3)
    size = np.array([float(row["area_km2"]) for row in rows]) * 1e6
    return Facts(rows, metres - origin, size, origin, srid)


def make_grid(facts: Facts, step: float) -> Grid:
    """A grid around all centres, ``MARGIN_M`` wider on each side."""
    west, south = np.floor((facts.centre.min(0) - MARGIN_M) / step) * step
    east, north = facts.centre.max(0) + MARGIN_M
    xs, ys = np.arange(west, east, step) + step / 2, np.arange(south, north, step) + step / 2
    x, y = np.meshgrid(xs, ys)
    return Grid(np.column_stack([x.ravel(), y.ravel()]), x.shape, step, west, south)


def cost(facts: Facts, seats: Floats, points: Floats) -> Floats:
    """(n, m) squared distance of each point to each seat, in units of SPREAD times r²."""
    reach = SPREAD * facts.size / np.pi
    x = (points[None, :, 0] - seats[:, 0, None]) ** 2
    y = (points[None, :, 1] - seats[:, 1, None]) ** 2
    return np.asarray((x + y) / reach[:, None])


def fit(facts: Facts, grid: Grid, rounds: int = 120) -> tuple[Floats, Floats]:
    """Seats (n, 2) and reaches (n,) whose fuzzy areas have the published sizes and centres.

    Rounded (1 m, 0.001), so that the last bits of another machine's arithmetic do not matter.
    """
    seats, reach = facts.centre.copy(), np.zeros(len(facts.size))
    radius = np.sqrt(facts.size / np.pi)
    pixel = grid.step**2
    for turn in range(rounds):
        weight = np.exp(reach[:, None] - cost(facts, seats, grid.points))
        weight /= weight.sum(0) + 1.0
        mass = weight.sum(1)
        centre = weight @ grid.points / mass[:, None]
        reach += 0.7 * np.log(facts.size / (mass * pixel))
        away = (1 - PULL) * (seats - facts.centre) + 0.5 * (facts.centre - centre)
        away /= np.maximum(np.hypot(*away.T) / (LEASH * radius), 1.0)[:, None]
        seats = facts.centre + away
        if turn % 40 == 39:
            miss = np.hypot(*(facts.centre - centre).T).mean()
            error = np.abs(mass * pixel / facts.size - 1).max()
            say(f"  fit {turn + 1}/{rounds}: centres {miss:.0f} m off, sizes within {error:.1%}")
    return np.round(seats), np.round(reach, 3)


def city_mask(facts: Facts, grid: Grid, seats: Floats, reach: Floats) -> NDArray[np.bool_]:
    """(h, w) the likeliest pixels, in one piece without holes, about as large as all areas.

    The likelihood is blurred first, so that the outline has neither lobes nor narrow inlets.
    """
    weight = np.exp(reach[:, None] - cost(facts, seats, grid.points)).sum(0)
    inside = (weight / (1 + weight)).reshape(grid.shape)
    for _ in range(round(4 * (BLUR_M / grid.step) ** 2)):
        wide = np.pad(inside, 1, mode="edge")
        beside = wide[:-2, 1:-1] + wide[2:, 1:-1] + wide[1:-1, :-2] + wide[1:-1, 2:]
        inside = 0.5 * inside + 0.125 * beside
    best = np.argsort(-inside.ravel().round(9), kind="stable")
    best = best[: round(facts.size.sum() / grid.step**2)]
    mask = np.zeros(inside.size, dtype=bool)
    mask[best] = True
    city = one_piece(mask.reshape(grid.shape))
    return ~one_piece(~city)


def one_piece(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The largest part of *mask* whose pixels touch by their sides."""
    left, parts = mask.copy(), []
    while left.any():
        stack = [tuple(np.argwhere(left)[0])]
        part = np.zeros_like(mask)
        left[stack[0]] = False
        while stack:
            row, column = stack.pop()
            part[row, column] = True
            for place in around(row, column, mask.shape):
                if left[place]:
                    left[place] = False
                    stack.append(place)
        parts.append(part)
    return max(parts, key=lambda part: int(part.sum()))


def around(row: int, column: int, shape: tuple[int, ...]) -> list[tuple[int, int]]:
    """The up to four pixels that share a side with (row, column)."""
    steps = ((row - 1, column), (row, column - 1), (row, column + 1), (row + 1, column))
    return [(r, c) for r, c in steps if 0 <= r < shape[0] and 0 <= c < shape[1]]


def claim(grid: Grid, mask: NDArray[np.bool_], price: Floats, centres: Ints) -> Ints:
    """(h, w) owners: every area grows from its centre pixel, cheapest place first."""
    owner = np.full(grid.shape, OUTSIDE, dtype=np.int64)
    columns = grid.shape[1]
    queue = [(-1e9, int(pixel), area) for area, pixel in enumerate(centres)]
    heapq.heapify(queue)
    while queue:
        _, pixel, area = heapq.heappop(queue)
        row, column = divmod(pixel, columns)
        if owner[row, column] != OUTSIDE:
            continue
        owner[row, column] = area
        for r, c in around(row, column, grid.shape):
            if mask[r, c] and owner[r, c] == OUTSIDE:
                heapq.heappush(queue, (price[area, r * columns + c], r * columns + c, area))
    return owner


def grow(facts: Facts, grid: Grid, seats: Floats, reach: Floats) -> Ints:
    """(h, w) owners of the pixels, ``OUTSIDE`` beyond the city; sizes match to a few per cent."""
    mask = city_mask(facts, grid, seats, reach)
    inside = mask.ravel()
    base = cost(facts, seats, grid.points)
    wanted = facts.size / facts.size.sum() * inside.sum()
    turn = reach.copy()
    for _ in range(60):
        nearest = (base[:, inside] - turn[:, None]).argmin(0)
        count = np.maximum(np.bincount(nearest, minlength=len(turn)), 1)
        turn += 0.4 * np.clip(np.log(wanted / count), -1, 1)
    offset = facts.centre - (grid.west, grid.south)
    centres = (offset[:, 1] // grid.step) * grid.shape[1] + offset[:, 0] // grid.step
    owner = np.full(grid.shape, OUTSIDE)
    for _ in range(12):
        owner = claim(grid, mask, base - turn[:, None], centres.astype(np.int64))
        count = np.bincount(owner[mask], minlength=len(turn))
        turn += 0.4 * np.clip(np.log(wanted / count), -1, 1)
    say(f"  grown on {grid.step:.0f} m pixels: sizes within {np.abs(count / wanted - 1).max():.1%}")
    return tidy(owner)


def tidy(owner: Ints) -> Ints:
    """Let no area touch itself at a mere corner, which would pinch its outline.

    In every two by two block whose diagonal has one owner twice and no common side, the lower
    right or left pixel is given to that owner. A few passes suffice; each is in reading order.
    """
    owner = owner.copy()
    for _ in range(20):
        changed = 0
        for row, column in np.ndindex(owner.shape[0] - 1, owner.shape[1] - 1):
            (a, b), (c, d) = owner[row : row + 2, column : column + 2]
            if a == d and a not in (b, c):
                owner[row + 1, column], changed = a, changed + 1
            elif b == c and b not in (a, d):
                owner[row + 1, column + 1], changed = b, changed + 1
        if not changed:
            return owner
    raise RuntimeError("the grid does not come to rest; choose another FINE_M")


def to_geojson(facts: Facts, arcs: Arcs, slug: str) -> str:
    """The cells as GeoJSON text, one feature per line, EPSG:4326 rounded to six decimals."""
    to_degrees = Transformer.from_crs(facts.srid, 4326, always_xy=True)
    lon, lat = to_degrees.transform(*(arcs.points + facts.origin).T)
    corners = np.round(np.column_stack([lon, lat]), 6)
    lines = []
    for row, ring in zip(facts.rows, arcs.rings, strict=True):
        closed = corners[np.append(ring, ring[0])].tolist()
        properties = {
            "code": row["code"],
            "name": row["name"],
            "kecamatan_code": row["kecamatan_code"],
            "kecamatan": row["kecamatan"],
            "approximate": True,
        }
        feature = {
            "type": "Feature",
            "properties": properties,
            "geometry": {"type": "Polygon", "coordinates": [closed]},
        }
        lines.append(json.dumps(feature, ensure_ascii=False, separators=(",", ":")))
    head: dict[str, Any] = {
        "type": "FeatureCollection",
        "name": f"{slug}-kelurahan-approximate",
        "source": "Grown by scripts/grow_boundaries.py from facts.csv: published codes, names, "
        "centre points and areas",
        "licence": "MIT",
        "note": "Approximate cells, not official boundaries. Batas perkiraan, bukan batas resmi.",
        "approximate": True,
    }
    opening = json.dumps(head, ensure_ascii=False)[:-1]
    return opening + ', "features": [\n' + ",\n".join(lines) + "\n]}\n"


def agreement(text: str, official: Path, samples: int = 100_000) -> float:
    """Share of random points of the official city that fall in the cell of the same code."""

    def load(source: str) -> tuple[list[str], Any]:
        features = json.loads(source)["features"]
        shapes = [shapely.from_geojson(json.dumps(f["geometry"])) for f in features]
        return [str(f["properties"]["code"]) for f in features], shapely.make_valid(shapes)

    codes, cells = load(text)
    true_codes, truth = load(official.read_text("utf-8"))
    west, south, east, north = shapely.total_bounds(truth)
    spread = np.random.default_rng(1571).uniform((west, south), (east, north), (samples, 2))
    points = shapely.points(spread)

    def label(names: list[str], shapes: Any) -> NDArray[np.str_]:
        out = np.full(samples, "", dtype="U20")
        point, shape = shapely.STRtree(shapes).query(points, predicate="intersects")
        out[point] = np.array(names)[shape]
        return out

    ours, theirs = label(codes, cells), label(true_codes, truth)
    in_city = theirs != ""
    return float((ours[in_city] == theirs[in_city]).mean())


def say(text: str) -> None:
    """Progress for whoever waits."""
    print(text, flush=True)


def build(folder: Path) -> str:
    """The GeoJSON text for the facts in *folder*; raises RuntimeError if it is no coverage."""
    facts = read_facts(folder)
    say(f"{len(facts.rows)} areas, {facts.size.sum() / 1e6:.2f} km²")
    seats, reach = fit(facts, make_grid(facts, COARSE_M))
    grid = make_grid(facts, FINE_M)
    owner = grow(facts, grid, seats, reach)
    stairs = trace(owner, len(facts.rows), grid.step, (grid.west, grid.south))
    lines = thin(smooth(stairs), THIN_M)
    arcs = settle(lines, facts.size)
    moved = np.hypot(*(arcs.points - lines.points).T).max()
    say(f"  drawn with {len(arcs.points)} points, moved at most {moved:.0f} m to fit the sizes")
    text = to_geojson(facts, arcs, folder.name)
    shapes = [shapely.from_geojson(line.rstrip(",")) for line in text.split("\n")[1:-2]]
    if not (shapely.is_valid(shapes).all() and shapely.coverage_is_valid(shapes)):
        raise RuntimeError("the cells do not form a valid coverage")
    return text


def main() -> int:
    """Write the cells of one city folder and print their agreement where it can be known."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("folder", type=Path, help="city folder with facts.csv and city.json")
    parser.add_argument("--out", type=Path, help="default: kelurahan.geojson in the folder")
    parser.add_argument("--official", type=Path, help="official polygons to compare with")
    options = parser.parse_args()
    folder: Path = options.folder.resolve()
    text = build(folder)
    out: Path = options.out or folder / "kelurahan.geojson"
    out.write_text(text, encoding="utf-8")
    say(f"{out}: {len(text.encode()) / 1000:.0f} kB")
    shared = Path(__file__).resolve().parents[2] / "shared" / "boundaries" / folder.name
    official: Path = options.official or shared / "kelurahan.geojson"
    if official.exists():
        share = agreement(text, official)
        say(f"agreement with the official polygons: {share:.1%} of the city's surface")
    else:
        say("agreement: not measured, no official polygons at hand")
    return 0


if __name__ == "__main__":
    sys.exit(main())
