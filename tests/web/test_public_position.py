"""Of a blurred complaint nobody learns more than its public position, however they ask.

The proof: the exact positions of 10,000 complaints are moved in the database while the
public ones stay; every answer a visitor can get stays the same, byte for byte.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from geoapp.app import create_app
from geoapp.domain.complaint import Channel, NewComplaint
from geoapp.domain.history import told_by
from geoapp.domain.place import LonLat, TileId
from geoapp.settings import Settings
from geoapp.spatial.bulk import Filed
from geoapp.store import feed
from geoapp.store.database import Database, Role
from geoapp.usecases import cities
from geoapp.usecases.intake_bulk import Loader
from tests.asking import as_owner
from tests.databases import clone, drop

NUMBER = 10_000
SERVICE, BLUR_M = "pollution", 100  # services.json
MOVED_DEGREES = 0.0101


@pytest.fixture(scope="module")
def many(cluster, jambi_template) -> Iterator[Database]:
    """Blurred complaints all over the city, stored by the very function of the import."""
    name = clone(cluster, jambi_template)
    database = Database(cluster.url("geoapp_app", name))
    city = cities.find(database, "15.71")
    dice = random.Random(20260621)
    box = city.envelope
    filed = []
    for number in range(NUMBER):
        new = NewComplaint(
            service=SERVICE,
            description=f"Sungai berbau nomor {number}",
            landmark="Di belakang rumah nomor 12",
            position=LonLat(dice.uniform(box.west, box.east), dice.uniform(box.south, box.north)),
            channel=Channel.IMPORT,
            source="test",
            external_id=str(number),
        )
        filed.append(Filed(new, told_by(new)))
    Loader(database, city, actor="test", keep_outside=False).store(filed)
    yield database
    database.dispose()
    drop(cluster, name)


@pytest.fixture(scope="module")
def sample(many) -> list[Any]:
    """Some complaints with both positions."""
    with as_owner(many) as connection:
        return list(
            connection.execute(
                text("""
                    SELECT ticket, ST_X(geom) AS lon, ST_Y(geom) AS lat, ST_X(public_geom) AS shown_lon,
                           ST_Y(public_geom) AS shown_lat, kelurahan_code
                    FROM geoapp.complaint ORDER BY md5(ticket) LIMIT 40
                """)
            )
        )


@pytest.fixture(scope="module")
def client(many, tmp_path_factory):
    home: Path = tmp_path_factory.mktemp("home")
    return create_app(Settings(home=home, tile_url="none", intake_limit=0), many).test_client()


def questions(sample: list[Any]) -> Iterator[str]:
    """Everything a visitor may ask about where complaints are."""
    for one in sample:
        for side in (1e-7, 1e-5, 1e-3, 0.01):
            for lon, lat in ((one.lon, one.lat), (one.shown_lon, one.shown_lat)):
                box = f"{lon - side:.9f},{lat - side:.9f},{lon + side:.9f},{lat + side:.9f}"
                yield f"/api/v1/complaints?bbox={box}&limit=1000"
                yield f"/api/v1/summary?bbox={box}"
        for zoom in (18, 16, 14):
            for lon, lat in ((one.lon, one.lat), (one.shown_lon, one.shown_lat)):
                tile = _tile(lon, lat, zoom)
                yield f"/tiles/complaints/{tile.z}/{tile.x}/{tile.y}.mvt?status=all"
        yield f"/api/v1/complaints/{one.ticket}"
        yield f"/c/{one.ticket}"
        yield f"/api/v1/complaints?q={one.ticket}"
        yield f"/api/v1/complaints?kelurahan={one.kelurahan_code}&limit=1000"
        yield f"/api/v1/summary?kelurahan={one.kelurahan_code}"
    yield "/api/v1/complaints?q=rumah"
    yield "/api/v1/hotspots"
    yield "/tiles/complaints/11/1613/1033.mvt?status=all"


def _tile(lon: float, lat: float, zoom: int) -> TileId:
    import math

    size = 1 << zoom
    world = math.log(math.tan(math.pi / 4 + math.radians(lat) / 2)) / math.pi
    return TileId(zoom, int((lon + 180) / 360 * size), int((1 - world) / 2 * size))


def answers(client: Any, database: Database, sample: list[Any]) -> dict[str, str]:
    found = {}
    for question in questions(sample):
        answer = client.get(question)
        assert answer.status_code in {200, 204}, question
        data = answer.get_data().decode("latin-1")
        # what is new in every answer by nature: nonces, tokens, the clock
        data = re.sub(r'nonce="[^"]*"', "", data)
        data = re.sub(r'"as_of": ?"[^"]*"', "", data)
        found[question] = data
    with database.transaction(Role.LISTENER) as connection:
        page = feed.after(connection, feed.Cursor(0, 0), most=NUMBER)
    found["feed"] = repr(page)
    return found


def test_every_complaint_is_blurred_within_its_kelurahan_and_distance(many):
    with as_owner(many) as connection:
        found = connection.execute(
            text("""
                SELECT count(*) AS stored,
                       count(*) FILTER (WHERE ST_Equals(complaint.geom, public_geom)) AS shown_as_is,
                       max(ST_Distance(complaint.geom::geography, public_geom::geography)) AS farthest_m,
                       avg(ST_Distance(complaint.geom::geography, public_geom::geography)) AS mean_m,
                       count(*) FILTER (WHERE complaint.assignment_method = 'covers' AND NOT
                           ST_Covers(area.geom, public_geom)) AS elsewhere,
                       count(DISTINCT shown_within_m) AS kinds, max(shown_within_m) AS blur_m
                FROM geoapp.complaint
                JOIN geoapp.area ON area.city_code = complaint.city_code
                                AND area.set_id = kelurahan_set AND area.code = kelurahan_code
            """)
        ).one()
    assert found.stored > NUMBER * 0.3  # the rest of the envelope isn't city
    assert found.shown_as_is == 0
    assert found.elsewhere == 0
    assert (found.kinds, found.blur_m) == (1, BLUR_M)
    # UTM against the ellipsoid: 0.04 %; a decimetre for rounding
    assert found.farthest_m < BLUR_M * 1.0005 + 0.1
    # evenly over a disc of radius r the mean distance is 2r/3; edges of areas shift it little
    assert abs(found.mean_m - BLUR_M * 2 / 3) < 3


def test_no_answer_contains_an_exact_coordinate(client, many, sample):
    told = answers(client, many, sample)
    for one in sample:
        exact = [f"{one.lon:.8f}", f"{one.lat:.8f}"]  # a millimetre: not by chance
        for question, data in told.items():
            if not question.startswith("/api/v1/complaints?bbox"):  # next links repeat the box
                assert exact[0] not in data, question
                assert exact[1] not in data, question


def test_the_landmark_of_a_blurred_complaint_is_not_told(client, many, sample):
    assert client.get("/api/v1/complaints?q=rumah").json["numberMatched"] == 0
    assert all("rumah" not in data for data in answers(client, many, sample).values())


def test_moving_every_exact_position_changes_no_answer(client, many, sample):
    before = answers(client, many, sample)
    assert sum("FeatureCollection" in data and '"numberMatched":0' not in data
               for data in before.values()) > 100  # fmt: skip
    with as_owner(many) as connection:
        connection.execute(
            text("UPDATE geoapp.complaint SET geom = ST_Translate(geom, :by, -:by)"),
            {"by": MOVED_DEGREES},
        )
    after = answers(client, many, sample)
    assert [question for question in before if before[question] != after[question]] == []
