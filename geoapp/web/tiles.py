"""``/tiles``: vector tiles of the public complaints."""

from __future__ import annotations

import re

from flask import Blueprint, Response

from geoapp.domain.place import TileId
from geoapp.errors import NotFound
from geoapp.usecases import livemap
from geoapp.web.access import Audience, open_to
from geoapp.web.api import queries
from geoapp.web.api.operations import Good, Operation, known_versions, operation, read_query
from geoapp.web.api.reading import wanted_by
from geoapp.web.context import current_city, now, site

MVT = "application/vnd.mapbox-vector-tile"

blueprint = Blueprint("tiles", __name__, url_prefix="/tiles")


# Not Flask's int converter: it hands thousands of digits to int(), which refuses them.
@blueprint.get("/complaints/<z>/<x>/<y>.mvt")
@open_to(Audience.EVERYBODY)
@operation(
    Operation(
        summary="A tile of complaints: layer `points` when few, `cells` when many",
        path=queries.TilePath,
        query=queries.FilterQuery,
        good={
            200: Good("A Mapbox Vector Tile, extent 4096.", media=MVT),
            204: Good("Nothing in this tile."),
        },
        faults=(422,),
    )
)
def complaints(z: str, x: str, y: str) -> Response:
    """Answer a tile; without a status it shows the ``current`` set."""
    if not all(re.fullmatch(r"[0-9]{1,6}", number) for number in (z, x, y)):
        raise NotFound("A tile's address is made of numbers.", "/tiles/complaints/z/x/y.mvt")
    moment = livemap.tile_moment(now())
    wanted = wanted_by(read_query(queries.FilterQuery), now=moment, status="current")
    tile = livemap.tile(
        site().database,
        current_city(),
        wanted,
        TileId(int(z), int(x), int(y)),
        known=known_versions(),
        shelf=site().tiles,
    )
    return tile_answer(tile)


def tile_answer(tile: livemap.Tile) -> Response:
    """A tile as it is sent: *not modified*, *nothing there*, or its bytes."""
    response = Response(tile.body or b"", mimetype=MVT)
    if tile.body is None:
        response.status_code = 304
    elif not tile.body:
        response.status_code = 204
        del response.headers["Content-Type"]
    response.headers["Cache-Control"] = "private, no-cache"
    response.set_etag(tile.version, weak=True)
    return response
