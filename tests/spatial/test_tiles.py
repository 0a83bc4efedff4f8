from __future__ import annotations

import math
import random
from collections import Counter
from datetime import timedelta
from typing import Any

import mapbox_vector_tile
import pytest
from sqlalchemy import Connection, text

from geoapp.domain.filters import ComplaintFilter
from geoapp.domain.place import TileId
from geoapp.spatial import tiles
from tests.complaint_rows import CITY, NOW, ZONE, add

SOME = ComplaintFilter(now=NOW)
EXTENT = 4096
SCATTER = text("""
    INSERT INTO geoapp.complaint (
        city_code, ticket, channel, service_code, group_code, status, submitted_at, due_at,
        location_kind, geom, public_geom, agency_code, assignment_method, confidential)
    SELECT service.city_code, 'SCT-' || number, 'import', service.code, service.group_code,
           CASE WHEN number % 3 = 0 THEN 'closed' ELSE 'submitted' END, :now,
           :now + CASE WHEN number % 4 = 0 THEN interval '-1 hour' ELSE interval '1 hour' END,
           'point', place, place, version.agency_code, 'covers', number % 10 = 9
    FROM geoapp.service
    JOIN geoapp.service_version AS version
      ON version.city_code = service.city_code AND version.service_code = service.code
    CROSS JOIN generate_series(0, :number - 1) AS number
    CROSS JOIN LATERAL (SELECT ST_SetSRID(ST_MakePoint(
        103.6 + :width * (number * 0.6180339887 - floor(number * 0.6180339887)),
        -1.6 + :width * (number * 0.7548776662 - floor(number * 0.7548776662))), 4326)
        AS place) AS scattered
    WHERE service.city_code = '15.71' AND service.code = 'pothole'
""")


def world(lon: float, lat: float) -> tuple[float, float]:
    """Position in the unit square of web mercator, y southwards (OSGeo's formula)."""
    lat_rad = math.radians(lat)
    return (lon + 180) / 360, (
        1 - math.log(math.tan(lat_rad) + 1 / math.cos(lat_rad)) / math.pi
    ) / 2


def tile_of(lon: float, lat: float, z: int) -> TileId:
    x, y = world(lon, lat)
    return TileId(z, int(x * 2**z), int(y * 2**z))


def decoded(connection: Connection, tile: TileId, wanted: ComplaintFilter = SOME) -> dict[str, Any]:
    """Layers of a tile; coordinates as stored, y downwards."""
    body = tiles.complaint_tile(connection, CITY, wanted, tile)
    return mapbox_vector_tile.decode(body, default_options={"y_coord_down": True}) if body else {}


def total(layers: dict[str, Any]) -> int:
    """Complaints in a tile, whichever way it tells them."""
    points = layers.get("points", {"features": []})["features"]
    cells = layers.get("cells", {"features": []})["features"]
    return len(points) + sum(cell["properties"]["count"] for cell in cells)


def around(tile: TileId) -> list[TileId]:
    return [
        TileId(tile.z, tile.x + right, tile.y + down)
        for right in (-1, 0, 1)
        for down in (-1, 0, 1)
        if 0 <= tile.x + right < 2**tile.z and 0 <= tile.y + down < 2**tile.z
    ]


def scatter(connection: Connection, number: int, width: float) -> None:
    connection.execute(SCATTER, {"number": number, "width": width, "now": NOW})
    connection.execute(text("SET LOCAL ROLE geoapp_visitor"))


def test_a_tile_without_complaints_is_empty(jambi_db: Connection) -> None:
    for z in (0, 11, 12, 18):
        assert tiles.complaint_tile(jambi_db, CITY, SOME, tile_of(103.61, -1.61, z)) == b""


def test_a_point_tells_its_attributes_and_lies_where_arithmetic_puts_it(
    jambi_db: Connection,
) -> None:
    row = add(jambi_db, lon=103.6123, lat=-1.6045, simulated=True)
    layers = decoded(jambi_db, tile_of(103.6123, -1.6045, 15))
    assert list(layers) == ["points"]
    assert layers["points"]["extent"] == EXTENT
    (feature,) = layers["points"]["features"]
    x, y = (value * 2**15 for value in world(103.6123, -1.6045))
    assert feature["geometry"] == {
        "type": "Point",
        "coordinates": [int((x - int(x)) * EXTENT), int((y - int(y)) * EXTENT)],
    }
    assert feature["properties"] == {
        "ticket": row["ticket"],
        "group": "road",
        "service": "pothole",
        "status": "submitted",
        "submitted": int(NOW.timestamp()),
        "due": int((NOW + timedelta(days=3)).timestamp()),
        "simulated": True,
    }


def test_what_is_done_has_no_deadline(jambi_db: Connection) -> None:
    add(jambi_db, status="closed", resolved_at=NOW)
    (feature,) = decoded(jambi_db, tile_of(103.61, -1.61, 14))["points"]["features"]
    assert "due" not in feature["properties"]


def test_up_to_zoom_eleven_everything_is_cells(jambi_db: Connection) -> None:
    add(jambi_db, due_at=NOW - timedelta(hours=1))
    for z in range(12):
        layers = decoded(jambi_db, tile_of(103.61, -1.61, z))
        assert list(layers) == ["cells"]
        (cell,) = layers["cells"]["features"]
        assert cell["properties"] == {"count": 1, "overdue": 1}


@pytest.mark.parametrize(("number", "layer"), [(2000, "points"), (2001, "cells")])
def test_above_two_thousand_points_a_tile_carries_cells(
    jambi_db: Connection, number: int, layer: str
) -> None:
    # nine of ten are public
    scatter(jambi_db, int(number / 0.9), 0.002)
    visible = jambi_db.execute(text("SELECT count(*) FROM geoapp.complaint_public")).scalar_one()
    assert visible == number
    tile = tile_of(103.601, -1.599, 12)
    layers = decoded(jambi_db, tile)
    assert list(layers) == [layer]
    assert total(layers) == number


@pytest.mark.parametrize("z", [0, 5, 10, 11, 12, 13, 14, 15, 16])
def test_the_tiles_of_a_zoom_hold_every_public_complaint_once(jambi_db: Connection, z: int) -> None:
    scatter(jambi_db, 4000, 0.01)
    expected, overdue = jambi_db.execute(
        text(
            "SELECT count(*), count(*) FILTER (WHERE status = 'submitted' AND due_at < :now)"
            " FROM geoapp.complaint_public"
        ),
        {"now": NOW},
    ).one()
    first, last = tile_of(103.6, -1.59, z), tile_of(103.61, -1.6, z)
    found = [
        decoded(jambi_db, TileId(z, x, y))
        for x in range(first.x, last.x + 1)
        for y in range(first.y, last.y + 1)
    ]
    assert expected == 3600
    assert sum(total(layers) for layers in found) == expected
    if all("points" not in layers for layers in found):
        cells = [cell for layers in found if layers for cell in layers["cells"]["features"]]
        assert sum(cell["properties"]["overdue"] for cell in cells) == overdue


@pytest.mark.parametrize("z", [3, 9, 12, 13, 15])
def test_cells_are_where_the_points_are(
    jambi_db: Connection, monkeypatch: pytest.MonkeyPatch, z: int
) -> None:
    monkeypatch.setattr(tiles, "MOST_POINTS", 0)
    dice = random.Random(11)
    places = [(103.6 + dice.random() / 50, -1.6 + dice.random() / 50) for _ in range(60)]
    for lon, lat in places:
        add(jambi_db, lon=lon, lat=lat)
    tile = tile_of(103.605, -1.595, z)
    expected: Counter[tuple[int, int]] = Counter()
    for lon, lat in places:
        x, y = (value * 2 ** (z + 6) for value in world(lon, lat))
        if tile == TileId(z, int(x) >> 6, int(y) >> 6):
            expected[int(x) & 63, int(y) & 63] += 1
    found = {
        # lower left corner: a cell lies above that y
        (x // 64, y // 64 - 1): cell["properties"]["count"]
        for cell in decoded(jambi_db, tile)["cells"]["features"]
        for x, y in [cell["geometry"]["coordinates"]]
    }
    assert found == expected
    assert expected


@pytest.mark.parametrize(
    ("lon", "lat"),
    [
        # 51628 / 65536 of the way round: an edge of zoom 14 and deeper, exact in binary
        (51628 / 65536 * 360 - 180, -1.6),
        # the corner where four tiles of every zoom meet
        (0.0, 0.0),
        (90.0, 0.0),
        # a hair beside the edge
        (math.nextafter(51628 / 65536 * 360 - 180, 0), -1.6),
        # beyond the square of web mercator
        (103.6, 89.0),
        (103.6, -90.0),
        (-180.0, -1.6),
        (180.0, -1.6),
    ],
)
def test_a_point_on_an_edge_is_in_exactly_one_tile_and_inside_it(
    jambi_db: Connection, lon: float, lat: float
) -> None:
    add(jambi_db, lon=lon, lat=lat)
    near = max(-85.0, min(85.0, lat))
    for z in (1, 8, 12, 14, 16, 18):
        at = tile_of(min(lon, 179.999), near, z)
        candidates = around(at) if abs(lat) < 86 else [
            TileId(z, at.x, 0 if lat > 0 else 2**z - 1),
            TileId(z, at.x, 1 if lat > 0 else 2**z - 2),
        ]  # fmt: skip
        if lon == 180:
            candidates = [TileId(z, 2**z - 1, at.y), TileId(z, 0, at.y)]
        found = [layers for tile in candidates if (layers := decoded(jambi_db, tile))]
        assert sum(map(total, found)) == 1, z
        for x, y in (
            feature["geometry"]["coordinates"]
            for layers in found
            for feature in layers.get("points", {"features": []})["features"]
        ):
            assert 0 <= x < EXTENT
            assert 0 <= y < EXTENT


def test_a_tile_shows_what_its_filter_lets_through(jambi_db: Connection) -> None:
    tile = tile_of(103.61, -1.61, 15)
    add(jambi_db, status="submitted")
    add(jambi_db, service="pollution")
    add(jambi_db, status="closed", resolved_at=NOW - timedelta(days=1))
    add(jambi_db, status="closed", resolved_at=NOW - timedelta(days=3))
    add(jambi_db, confidential=True)
    add(jambi_db, lon=None)

    def shown(**args: str) -> int:
        wanted = ComplaintFilter.parse(args, now=NOW, timezone=ZONE, status="current")
        return total(decoded(jambi_db, tile, wanted))

    assert shown() == 3
    assert shown(status="all") == 4
    assert shown(status="open") == 2
    assert shown(group="waste") == 1
    assert shown(bbox="103.7,-1.7,103.8,-1.6") == 0
