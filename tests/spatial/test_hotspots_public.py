"""A default point is found on exact positions; what is told of it is public."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
from sqlalchemy import Connection, text

from geoapp.domain.hotspot import HotspotRun
from geoapp.spatial import hotspots
from geoapp.spatial.hexagons import city_grid
from tests.spatial.hotspot_world import CITY, Report, add, make_city

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
YEAR = timedelta(days=365)
GROUPS = ("road", "drainage", "street_light", "waste", "tree", "traffic")
HALL = (103.612345, -1.600001)  # in Timur


def rectangle(west: float, east: float) -> dict:
    ring = [[west, -1.66], [east, -1.66], [east, -1.58], [west, -1.58], [west, -1.66]]
    return {"type": "Polygon", "coordinates": [ring]}


def reports(rng: np.random.Generator, count: int, **changes) -> list[Report]:
    return [
        Report(
            str(rng.choice(GROUPS)),
            NOW - timedelta(days=float(rng.uniform(0, 360))),
            **({"lon": HALL[0], "lat": HALL[1]} | changes),
        )
        for _ in range(count)
    ]


def run_of(conn: Connection, seen: list[Report], hidden: list[Report]) -> HotspotRun:
    """Roads in a city of two kelurahan with a background, and a pile of *seen* and *hidden*."""
    rng = np.random.default_rng(11)
    make_city(
        conn,
        [("99.01.1", "Barat", rectangle(103.55, 103.60)),
         ("99.01.2", "Timur", rectangle(103.60, 103.65))],
        GROUPS,
    )  # fmt: skip
    background = [
        Report(r.group, r.at, float(rng.uniform(103.55, 103.65)), float(rng.uniform(-1.66, -1.58)))
        for r in reports(rng, 600)
    ]
    add(conn, [*background, *seen, *hidden])
    # Blurred across the border: the public is told the other kelurahan.
    conn.execute(
        text(
            "UPDATE geoapp.complaint SET public_kelurahan_code = '99.01.1'"
            " WHERE NOT ST_Equals(geom, public_geom)"
        )
    )
    grid = city_grid(conn, city_code=CITY, metric_srid=32748, cell_m=500)
    found = hotspots.default_points(conn, city_code=CITY, now=NOW, window=YEAR)
    assert len(found) == 1, "the pile isn't recognised: the test proves nothing"
    return hotspots.compute(
        conn, city_code=CITY, group_code="road", window=YEAR, now=NOW, grid=grid, defaults=found
    )


def test_a_default_point_tells_only_of_what_visitors_see(db):
    rng = np.random.default_rng(12)
    seen = reports(rng, 80, public=(103.597, -1.601))
    run = run_of(db, seen, reports(rng, 300, confidential=True))
    [told] = run.set_aside
    assert told.count == sum(report.group == "road" for report in seen)
    label = db.execute(
        text("SELECT ST_X(label), ST_Y(label) FROM geoapp.area WHERE name = 'Barat'")
    ).one()
    assert (told.lon, told.lat) == tuple(label)


def test_a_default_point_of_confidential_complaints_alone_is_not_told(db):
    run = run_of(db, [], reports(np.random.default_rng(13), 300, confidential=True))
    assert run.set_aside == ()
