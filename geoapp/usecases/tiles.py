"""How a tile is answered: from density cells, or from rows while they are few enough.

Both kinds of readers, everybody and staff, come here with their own sources.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Table

from geoapp.domain import density as rules
from geoapp.domain.catalogue import City
from geoapp.domain.filters import ComplaintFilter
from geoapp.domain.place import TileId
from geoapp.errors import FieldProblem, TooMany
from geoapp.spatial import density, tiles
from geoapp.store import density as store
from geoapp.store import density_reach
from geoapp.store.sources import public, work

FEW_ROWS = 20_000
"""Up to so many in a tile, rows cost little, and show points where these are few."""

FINE_ROWS = 60_000
"""Up to so many, rows are read where cells would be coarser than a 64th of the tile."""

_TRIES = 5
_KEY_BYTES = 1000
"""What a tile on the shelf costs beside itself, roughly."""


class Shelf:
    """Tiles as they were drawn, up to so many bytes; what was asked for longest ago goes first.

    What was asked, by whom and at which version of the data are all part of the key, so that
    nothing here can be out of date or somebody else's.
    """

    def __init__(self, most_bytes: int = 16_000_000) -> None:
        self._most = most_bytes
        self._held: OrderedDict[Hashable, bytes] = OrderedDict()
        self._size = 0
        self._lock = threading.Lock()

    def get(self, key: Hashable, draw: Callable[[], bytes]) -> bytes:
        """The tile of *key*, drawn if it isn't here."""
        with self._lock:
            if key in self._held:
                self._held.move_to_end(key)
                return self._held[key]
        body = draw()
        with self._lock:
            if key not in self._held:
                self._held[key] = body
                self._size += len(body) + _KEY_BYTES
            while self._size > self._most:
                self._size -= len(self._held.popitem(last=False)[1]) + _KEY_BYTES
        return body


@dataclass(frozen=True, slots=True)
class Reader:
    """Where one kind of reader reads complaints and their cells from."""

    complaints: Table
    cells: store.Sources


EVERYBODY = Reader(public, store.public)
STAFF = Reader(work, store.work)


def draw(
    connection: Connection, city: City, wanted: ComplaintFilter, place: TileId, reader: Reader
) -> bytes:
    """The complaints of a tile that fit *wanted*, as a Mapbox Vector Tile; empty without any.

    Up to zoom 11 always cells. Below, points while they are few; cells on the finest grid that
    can be counted without looking through more than `geoapp.domain.density.MOST_ROWS` rows.

    Raises:
        TooMany: cells can't answer the filter, and it would take more rows than that.
    """
    asked = rules.plan(wanted, city.timezone)
    moment, told = None, None
    if asked is not None and place.z <= tiles.CELLS_ONLY_ZOOM:
        moment = store.moment(connection, city.code)
        if moment is not None:
            return _cells(connection, city, asked, place, moment, reader).body
    elif asked is not None:
        moment, told = density_reach.stand(connection, city.code, place, reader.cells)
    if asked is not None and moment is not None:
        # Of staff who don't read everything totals tell nothing; theirs are counted.
        size = (
            density_reach.counted(connection, city.code, place, reader.complaints)
            if told is None
            else told
        )
        fine = asked.by_totals and place.z + 6 <= rules.TOTAL_ZOOM
        if size > (FEW_ROWS if fine else FINE_ROWS):
            found = _cells(connection, city, asked, place, moment, reader)
            if found.total > tiles.MOST_POINTS or not density_reach.affordable(
                connection, city.code, wanted, place, reader.complaints
            ):
                return found.body
    elif not density_reach.affordable(connection, city.code, wanted, place, reader.complaints):
        raise TooMany(
            f"More than {rules.MOST_ROWS:,} complaints would have to be looked through.",
            "Narrow the question: a shorter period, a smaller part of the city, a group.",
            [FieldProblem("filter", "narrow it, or zoom in")],
        )
    return tiles.complaint_tile(connection, city.code, wanted, place, reader.complaints)


def _cells(
    connection: Connection,
    city: City,
    asked: rules.CellPlan,
    place: TileId,
    moment: datetime,
    reader: Reader,
) -> density.CellTile:
    """A tile of cells, asked for again when the worker moved their clock on in between."""
    for _ in range(_TRIES):
        found = density.cell_tile(
            connection,
            city.code,
            asked,
            place,
            counted_for=moment,
            source=reader.complaints,
            cells=reader.cells,
        )
        if found is not None:
            return found
        later = store.moment(connection, city.code)
        if later is None:
            break
        moment = later
    raise TooMany(
        "The city is being counted anew.",
        "Ask again in a minute, or zoom in.",
        [FieldProblem("filter", "is being counted")],
    )
