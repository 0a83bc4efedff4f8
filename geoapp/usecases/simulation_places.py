"""Where simulated complaints come from: people live in clumps, and trouble has its places."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass

import shapely

from geoapp.domain.place import LonLat
from geoapp.errors import InvalidInput

_METRES_PER_DEGREE = 111_320.0
_SPOTS = 4
_FLOOD_WEIGHT = 6.0


@dataclass(frozen=True, slots=True)
class Area:
    """A kelurahan in force; geometry in EPSG:4326."""

    code: str
    parent_code: str | None
    geometry: shapely.Geometry


class Town:
    """The city's areas with weights, clumps and recurring places, all from one seed key."""

    def __init__(self, areas: Sequence[Area], key: str, flood_prone_parents: Sequence[str]) -> None:
        if not areas:
            raise InvalidInput(
                "The city has no kelurahan in force, so nobody can complain from one.",
                "Import its boundaries first: geoapp boundaries import FILE --activate.",
            )
        self._areas = sorted(areas, key=lambda area: area.code)
        self._key = key
        self._index = {area.code: n for n, area in enumerate(self._areas)}
        for area in self._areas:
            shapely.prepare(area.geometry)
        self._whole = shapely.union_all([area.geometry for area in self._areas])
        shapely.prepare(self._whole)
        self._weights = _weights(self._areas)
        self._flood_weights = [
            weight * (_FLOOD_WEIGHT if area.parent_code in flood_prone_parents else 1.0)
            for weight, area in zip(self._weights, self._areas, strict=True)
        ]
        self._clumps = [self._make_clumps(n) for n in range(len(self._areas))]
        self._spots: dict[tuple[int, str], list[LonLat]] = {}

    def place(
        self, dice: random.Random, service: str, recurring: float, *, flood: bool
    ) -> tuple[str, LonLat]:
        """Area code and place of a complaint; on *flood* days low-lying areas come first."""
        weights = self._flood_weights if flood else self._weights
        n = dice.choices(range(len(self._areas)), weights)[0]
        if dice.random() < recurring:
            spot = dice.choice(self._recurring(n, service))
            return self._areas[n].code, self.near(dice, spot, 6.0)
        return self._areas[n].code, self._anywhere(dice, n)

    def near(self, dice: random.Random, centre: LonLat, radius_m: float) -> LonLat:
        """A place evenly drawn within *radius_m* of *centre*, inside the city."""
        for _ in range(200):
            reach = radius_m * math.sqrt(dice.random())
            turn = dice.uniform(0, 2 * math.pi)
            place = _shift(centre, reach * math.cos(turn), reach * math.sin(turn))
            if self.holds(place):
                return place
        return centre

    def holds(self, place: LonLat) -> bool:
        """Whether some area covers the place."""
        return bool(shapely.intersects_xy(self._whole, place.lon, place.lat))

    def middle(self, code: str) -> LonLat:
        """A place on the surface of the area *code*; of the heaviest one if it is unknown."""
        heaviest = max(range(len(self._areas)), key=self._weights.__getitem__)
        point = shapely.point_on_surface(self._areas[self._index.get(code, heaviest)].geometry)
        return LonLat(round(point.x, 6), round(point.y, 6))

    def _anywhere(self, dice: random.Random, n: int) -> LonLat:
        geometry = self._areas[n].geometry
        for _ in range(12):
            centre, spread_m = dice.choice(self._clumps[n])
            place = _shift(centre, dice.gauss(0, spread_m), dice.gauss(0, spread_m))
            if shapely.intersects_xy(geometry, place.lon, place.lat):
                return place
        return self._even(dice, n)

    def _even(self, dice: random.Random, n: int) -> LonLat:
        geometry = self._areas[n].geometry
        west, south, east, north = shapely.bounds(geometry)
        for _ in range(1000):
            place = LonLat(round(dice.uniform(west, east), 6), round(dice.uniform(south, north), 6))
            if shapely.intersects_xy(geometry, place.lon, place.lat):
                return place
        return self.middle(self._areas[n].code)

    def _make_clumps(self, n: int) -> list[tuple[LonLat, float]]:
        dice = random.Random(f"{self._key}/clumps/{self._areas[n].code}")  # noqa: S311 - repeatable
        return [(self._even(dice, n), dice.uniform(90, 320)) for _ in range(dice.randint(3, 6))]

    def _recurring(self, n: int, service: str) -> list[LonLat]:
        found = self._spots.get((n, service))
        if found is None:
            dice = random.Random(f"{self._key}/spots/{self._areas[n].code}/{service}")  # noqa: S311
            found = [self._anywhere(dice, n) for _ in range(_SPOTS)]
            self._spots[n, service] = found
        return found


def _shift(place: LonLat, east_m: float, north_m: float) -> LonLat:
    per_lon = _METRES_PER_DEGREE * max(0.01, math.cos(math.radians(place.lat)))
    return LonLat(
        round(max(-180.0, min(180.0, place.lon + east_m / per_lon)), 6),
        round(max(-90.0, min(90.0, place.lat + north_m / _METRES_PER_DEGREE)), 6),
    )


def _weights(areas: Sequence[Area]) -> list[float]:
    """People per area, roughly: more in larger areas, far denser near the small central ones.

    Density falls off with the distance from the median of the areas' middles, which lies
    in the old town because areas are small and many there.
    """
    middles = [shapely.point_on_surface(area.geometry) for area in areas]
    lon = sorted(point.x for point in middles)[len(areas) // 2]
    lat = sorted(point.y for point in middles)[len(areas) // 2]
    per_lon = math.cos(math.radians(lat))
    weights = []
    for area, point in zip(areas, middles, strict=True):
        km = _METRES_PER_DEGREE / 1000 * math.hypot((point.x - lon) * per_lon, point.y - lat)
        km2 = float(shapely.area(area.geometry)) * per_lon * (_METRES_PER_DEGREE / 1000) ** 2
        weights.append(math.sqrt(km2) * (0.35 + 1.8 * math.exp(-((km / 3.5) ** 2))))
    return weights
