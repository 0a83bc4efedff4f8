"""Roads for tests: drawn by arithmetic, stored as a set in force, measured by Shapely."""

from __future__ import annotations

import functools
import random
from collections.abc import Iterable, Sequence
from datetime import date

import shapely
from pyproj import Transformer

from geoapp.domain.boundary import Layer
from geoapp.domain.boundary_lines import AUTHORITIES, Authority, Line
from geoapp.domain.place import LonLat
from geoapp.store import boundaries
from geoapp.store.database import Database, Role
from geoapp.usecases import roads
from tests.support import JELUTUNG

CITY = "15.71"
_TO_METRES = Transformer.from_crs(4326, 32748, always_xy=True).transform
_TO_DEGREES = Transformer.from_crs(32748, 4326, always_xy=True).transform


def line(
    code: str,
    authority: Authority,
    positions: Sequence[tuple[float, float]],
    *,
    name: str = "",
    ref: str | None = None,
    agency: str | None = None,
) -> Line:
    """A road through *positions* (lon, lat)."""
    return Line(
        code, name or f"Jl. {code}", ref, authority, agency,
        shapely.MultiLineString([list(positions)]).wkb,
    )  # fmt: skip


def beside(point: LonLat, metres: float, code: str, authority: Authority, **more: str) -> Line:
    """A straight road from west to east that passes *metres* north of *point*, in UTM 48S."""
    x, y = _TO_METRES(point.lon, point.lat)
    ends = [_TO_DEGREES(x + east, y + metres) for east in (-400, 400)]
    return line(code, authority, ends, **more)


def draw_roads(database: Database, lines: Iterable[Line], *, activate: bool = True) -> int:
    """Store *lines* as a set of roads; in force at once unless told otherwise; its id."""
    with database.transaction(Role.WORKER, CITY) as connection:
        set_id = boundaries.add_set(
            connection, CITY, Layer.ROAD, version="drawn", source="test", licence="",
            sha256="0" * 64, approximate=False, quality={},
        )  # fmt: skip
        roads.store_lines(connection, CITY, set_id, lines)
        if activate:
            boundaries.activate(connection, CITY, set_id, date(2026, 1, 1))
    return set_id


def jelutung_on_a_national_road(
    database: Database, metres: float = 8, *, activate: bool = True
) -> int:
    """One road of the nation, *metres* from where tests put their complaints."""
    road = beside(JELUTUNG, metres, "n-045", "nation", name="Jl. Lintas", ref="045")
    return draw_roads(database, [road], activate=activate)


def network(seed: int, number: int) -> list[Line]:
    """*number* crooked roads over a few square kilometres of the city, of every authority."""
    dice = random.Random(seed)
    found = []
    for n in range(number):
        x, y = dice.uniform(103.58, 103.62), dice.uniform(-1.63, -1.60)
        positions = [(x, y)]
        for _ in range(dice.randint(1, 12)):
            x, y = x + dice.uniform(-2e-3, 2e-3), y + dice.uniform(-2e-3, 2e-3)
            positions.append((x, y))
        found.append(line(f"r{n:03}", dice.choice(AUTHORITIES), positions))
    return found


@functools.cache
def _in_metres(wkb: bytes) -> shapely.Geometry:
    return shapely.transform(shapely.from_wkb(wkb), _TO_METRES, interleaved=False)


def expected(lines: Iterable[Line], point: LonLat, within_m: float) -> tuple[str, float] | None:
    """Code and metres of the road that isn't the city's and is nearest of all, by Shapely."""
    here = shapely.Point(_TO_METRES(point.lon, point.lat))
    near = sorted(
        (round(distance, 3), one.authority == "city", one.code, distance)
        for one in lines
        for distance in [_in_metres(one.geometry).distance(here)]
        if distance <= within_m
    )
    if not near or near[0][1]:
        return None
    return near[0][2], near[0][3]
