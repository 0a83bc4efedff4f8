"""Vector tiles of complaints: points when few, density cells when many."""

from __future__ import annotations

from sqlalchemy import Connection, Table, TextualSelect, func

from geoapp.domain.filters import ComplaintFilter
from geoapp.domain.place import MERCATOR_LATITUDE, TileId
from geoapp.store.filters import matching
from geoapp.store.sources import lat, lon, public
from geoapp.store.statements import statement

MOST_POINTS = 2000
"""Above this a tile carries cells."""

CELLS_ONLY_ZOOM = 11
"""Up to this zoom a tile always carries cells: the whole city is in a few of them."""


def tile_statement(
    city_code: str, wanted: ComplaintFilter, tile: TileId, source: Table = public
) -> TextualSelect:
    """The question behind `complaint_tile`."""
    point = (
        source.c.id,
        source.c.ticket,
        source.c.group_code,
        source.c.service_code,
        source.c.status,
        source.c.submitted_at,
        source.c.due_at,
        source.c.simulated,
    )
    counted = (source.c.tile18, source.c.status, source.c.due_at)
    degrees_east, degrees_north = lon(source).element, lat(source).element
    latitude = func.greatest(-MERCATOR_LATITUDE, func.least(MERCATOR_LATITUDE, degrees_north))
    world = (
        ((degrees_east + 180) / 360).label("wx"),
        # web mercator: asinh(tan(phi)) is the inverse Gudermannian of the latitude
        (0.5 - func.asinh(func.tan(func.radians(latitude))) / (2 * func.pi())).label("wy"),
    )
    few = matching(city_code, wanted, *point, *world, tile=tile, source=source).limit(
        MOST_POINTS + 1
    )
    many = matching(city_code, wanted, *counted, *world, tile=tile, source=source)
    return (
        statement("spatial", "tile_complaints")
        .bindparams(
            as_points=tile.z > CELLS_ONLY_ZOOM,
            most=MOST_POINTS,
            zoom=tile.z,
            column=tile.x,
            row=tile.y,
            first=tile.morton_range[0],
            now=wanted.now,
        )
        .columns()
        .add_cte(few.cte("few"), many.cte("many"))
    )


def complaint_tile(
    connection: Connection,
    city_code: str,
    wanted: ComplaintFilter,
    tile: TileId,
    source: Table = public,
) -> bytes:
    """The complaints of *source* in a tile as a Mapbox Vector Tile (extent 4096); empty without any.

    Either a layer ``points`` (ticket, group, service, status, submitted, due, simulated;
    times in epoch seconds, due only while open) or, above `MOST_POINTS` and up to zoom
    `CELLS_ONLY_ZOOM`, a layer ``cells`` (count, overdue) of the cells' lower left corners
    on a 64 x 64 grid. A point belongs to exactly one tile of a zoom, by its ``tile18``.
    """
    return bytes(
        connection.execute(tile_statement(city_code, wanted, tile, source)).scalar_one() or b""
    )
