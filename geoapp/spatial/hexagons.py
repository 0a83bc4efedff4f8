"""Hexagons of a city in axial coordinates: their neighbours, and the grid from the database.

Pointy-top hexagons around the origin of the city's metric CRS; ``cell_m`` is the distance
between opposite edges, which is also that between neighbouring centres. Cell (q, r) has
its centre at cell_m · (q + r/2, r √3/2). The arithmetic that bins points runs in SQL.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from sqlalchemy import Connection

from geoapp.errors import NotFound
from geoapp.spatial.getis_ord import Floats, Neighbourhoods, neighbourhoods
from geoapp.store.statements import statement

#: Steps to the six neighbours of a hexagon, in axial coordinates.
STEPS = ((1, 0), (0, 1), (-1, 1), (-1, 0), (0, -1), (1, -1))

Cell = tuple[int, int]
Ring = tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Grid:
    """The hexagons that touch a city.

    Attributes:
        cells: axial coordinates, ordered; positions in this list index everything else.
        share: part of the city's area in each cell; sums to 1.
        around: neighbourhoods of the cells (each with itself and up to six others).
        rings: closed exterior rings, (lon, lat) in EPSG:4326.
        names: kelurahan of each cell, largest part first.
        boundary_set: id of the kelurahan set the grid was cut to.
    """

    cell_m: float
    metric_srid: int
    cells: tuple[Cell, ...]
    share: Floats
    around: Neighbourhoods
    rings: tuple[Ring, ...]
    names: tuple[tuple[str, ...], ...]
    boundary_set: int


def neighbour_indices(cells: Sequence[Cell]) -> list[list[int]]:
    """For each cell the positions of its neighbours that are in *cells* too."""
    position = {cell: index for index, cell in enumerate(cells)}
    return [
        [position[q + dq, r + dr] for dq, dr in STEPS if (q + dq, r + dr) in position]
        for q, r in cells
    ]


def city_grid(conn: Connection, *, city_code: str, metric_srid: int, cell_m: float) -> Grid:
    """The grid of a city, cut to the union of its active kelurahan.

    Args:
        conn: any role that may read boundaries.
        city_code: whose grid.
        metric_srid: EPSG code of a projected CRS in metres.
        cell_m: distance between opposite edges in metres.

    Raises:
        NotFound: the city has no active kelurahan set.
    """
    rows = conn.execute(
        statement("spatial", "hotspot_grid"),
        {"city_code": city_code, "metric_srid": metric_srid, "cell_m": float(cell_m)},
    ).all()
    if not rows:
        raise NotFound(
            f"City {city_code} has no active kelurahan boundaries.",
            "Import them: geoapp boundaries import FILE --layer kelurahan --activate.",
        )
    cells = tuple((int(row.q), int(row.r)) for row in rows)
    inside = np.array([row.inside_m2 for row in rows], dtype=np.float64)
    return Grid(
        cell_m=float(cell_m),
        metric_srid=metric_srid,
        cells=cells,
        share=inside / inside.sum(),
        around=neighbourhoods(neighbour_indices(cells)),
        rings=tuple(tuple((lon, lat) for lon, lat in row.ring) for row in rows),
        names=tuple(tuple(row.names) for row in rows),
        boundary_set=int(rows[0].set_id),
    )
