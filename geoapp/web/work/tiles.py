"""``/tiles/work``: vector tiles of what an account may see, at true positions."""

from __future__ import annotations

import re

from flask import Response

from geoapp.domain.access import Permission
from geoapp.domain.place import TileId
from geoapp.errors import NotFound
from geoapp.usecases import livemap, work
from geoapp.web.access import current_actor, open_to
from geoapp.web.api.operations import Good, Operation, known_versions, operation, read_query
from geoapp.web.api.queries import TilePath
from geoapp.web.context import current_city, site
from geoapp.web.tiles import MVT, tile_answer
from geoapp.web.work import pages, queries


@pages.get("/tiles/work/<z>/<x>/<y>.mvt")
@open_to(Permission.READ)
@operation(
    Operation(
        summary="A tile of what an account sees: layer `points` when few, `cells` when many",
        path=TilePath,
        query=queries.WorkFilterQuery,
        good={
            200: Good("A Mapbox Vector Tile, extent 4096.", media=MVT),
            204: Good("Nothing in this tile."),
        },
        faults=(401, 403, 422),
    )
)
def tile(z: str, x: str, y: str) -> Response:
    """Answer a tile; without a status it shows the ``current`` set."""
    if not all(re.fullmatch(r"[0-9]{1,6}", number) for number in (z, x, y)):
        raise NotFound("A tile's address is made of numbers.", "/tiles/work/z/x/y.mvt")
    database = site().database
    query = read_query(queries.WorkFilterQuery)
    found = work.tile(
        database,
        current_city(),
        current_actor(),
        query.wanted(livemap.tile_moment(database.now()), status="current"),
        TileId(int(z), int(x), int(y)),
        known=known_versions(),
        shelf=site().tiles,
    )
    return tile_answer(found)
