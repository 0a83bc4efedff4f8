"""The position everybody may see: same kelurahan, within the blur, evenly, and secret."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from scipy import stats
from sqlalchemy import Connection, text

from geoapp.domain.complaint import Channel, NewComplaint
from geoapp.domain.place import LonLat
from geoapp.settings import Settings
from geoapp.spatial import assignment
from geoapp.store.database import Role
from geoapp.usecases import hotspots

CODE = "15.71"
# 10,000 draws at the function that every INSERT calls; positions are drawn by the database
DRAW = text(
    """
    WITH city AS (SELECT metric_srid FROM geoapp.city WHERE code = :city),
    chosen AS (
        SELECT area.set_id, area.code, dumped.geom
        FROM geoapp.area CROSS JOIN LATERAL ST_Dump(
            ST_GeneratePoints(area.geom, :each, 7)) AS dumped
        WHERE area.city_code = :city
    ),
    decided AS (
        SELECT chosen.set_id, chosen.geom,
               (SELECT min(code) FROM geoapp.area_at(:city, chosen.set_id, chosen.geom)) AS code
        FROM chosen
    ),
    drawn AS MATERIALIZED (
        SELECT decided.*, geoapp.draw_public_point(
            :city, set_id, code, geom, :blur, city.metric_srid) AS public
        FROM decided CROSS JOIN city
    )
    SELECT drawn.code, metres.length,
           (SELECT min(hit.code) FROM geoapp.area_at(:city, drawn.set_id, public) AS hit) AS public_code,
           ST_Equals(drawn.geom, public) AS same,
           ST_Distance(ST_Boundary(ST_Transform(area.geom, city.metric_srid)),
                       ST_Transform(drawn.geom, city.metric_srid)) AS edge,
           degrees(ST_Azimuth(ST_Transform(drawn.geom, city.metric_srid),
                              ST_Transform(public, city.metric_srid))) AS azimuth
    FROM drawn CROSS JOIN city
    CROSS JOIN LATERAL (SELECT ST_Distance(ST_Transform(drawn.geom, city.metric_srid),
                                           ST_Transform(public, city.metric_srid))) AS metres (length)
    JOIN geoapp.area ON area.city_code = :city AND area.set_id = drawn.set_id
                    AND area.code = drawn.code
    """
)


def test_ten_thousand_blurred_points_keep_their_kelurahan_and_their_distance(
    jambi_db: Connection,
) -> None:
    blur = 100
    rows = jambi_db.execute(DRAW, {"city": CODE, "each": 150, "blur": blur}).all()
    assert len(rows) >= 10_000
    assert [row for row in rows if row.public_code != row.code] == []
    # 0.2 m: rounded to 1e-6 degrees (0.11 m a side) after the draw
    assert max(row.length for row in rows) <= blur + 0.2
    assert not any(row.same for row in rows)

    inner = [row for row in rows if row.edge > blur + 1]
    assert len(inner) > 5000
    # Evenly over the disc: rings of equal area, and sectors, are hit equally often.
    rings = np.bincount([min(9, int(10 * (row.length / blur) ** 2)) for row in inner], minlength=10)
    sectors = np.bincount([min(11, int(row.azimuth // 30)) for row in inner], minlength=12)
    assert stats.chisquare(rings).pvalue > 1e-4
    assert stats.chisquare(sectors).pvalue > 1e-4
    # The test can tell: a draw without the square root would crowd the centre.
    crowded = [int(10 * (n / 5000) ** 2) for n in range(5000)]
    assert stats.chisquare(np.bincount(crowded, minlength=10)).pvalue < 1e-4


@pytest.mark.parametrize(("service", "blur"), [("pothole", 0), ("noise", 100)])
def test_a_service_without_blur_shows_the_point_itself_and_one_with_blur_never(
    jambi_db: Connection, service: str, blur: int
) -> None:
    new = NewComplaint(service=service, position=LonLat(103.61, -1.61), channel=Channel.IMPORT)
    for number in range(20):
        assignment.store(jambi_db, CODE, f"T-{number}", new, actor="t", keep_outside=True)
    query = text(
        "SELECT DISTINCT ST_Equals(geom, public_geom), shown_within_m,"
        " geoapp.tile18(public_geom) = public_tile18 FROM geoapp.complaint"
    )
    assert [tuple(row) for row in jambi_db.execute(query)] == [(blur == 0, blur, True)]
    places = jambi_db.execute(
        text("SELECT count(DISTINCT public_geom::text) FROM geoapp.complaint")
    )
    assert places.scalar_one() == (1 if blur == 0 else 20)


def test_the_draw_is_not_taken_from_a_generator_that_can_be_seeded(jambi_db: Connection) -> None:
    drawn = []
    for _ in range(2):
        jambi_db.execute(text("SELECT setseed(0.5)"))
        drawn.append(tuple(jambi_db.execute(text("SELECT * FROM geoapp.secret_uniforms()")).one()))
    assert drawn[0] != drawn[1]
    assert all(0 <= value < 1 and math.isfinite(value) for pair in drawn for value in pair)


def test_what_a_trusted_channel_places_on_the_other_side_of_the_earth_harms_nothing(jambi) -> None:
    # 99 degrees from the meridian of UTM 48S: no projection reaches there.
    with jambi.transaction(Role.WORKER, CODE) as connection:
        new = NewComplaint(service="noise", position=LonLat(6.0, 0.0))
        assignment.lock_in_submission(connection, CODE)
        stored = assignment.store(connection, CODE, "T-FAR", new, actor="import", keep_outside=True)
        assert stored is not None
        moved_m = connection.execute(
            text(
                "SELECT ST_Distance(geom::geography, public_geom::geography)"
                " FROM geoapp.complaint WHERE ticket = 'T-FAR' AND shown_within_m > 0"
            )
        ).scalar_one()
    assert 0 < moved_m < 500
    runs = hotspots.compute_all(
        jambi, Settings(hotspot_min_complaints=1), CODE, datetime.now(UTC) + timedelta(minutes=1)
    )
    assert sum(run.outside for run in runs) == 1
