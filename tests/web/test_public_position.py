"""Of a blurred complaint nobody learns more than its public position, however they ask.

The proof: the exact positions of 10,000 complaints are moved in the database while the
public ones stay; every answer a visitor can get stays the same, byte for byte.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import shapely
from sqlalchemy import text

from geoapp.app import create_app
from geoapp.domain.complaint import Channel, NewComplaint
from geoapp.domain.history import told_by
from geoapp.domain.place import LonLat, TileId
from geoapp.settings import Settings
from geoapp.spatial.bulk import Filed
from geoapp.store import feed
from geoapp.store.database import Database, Role
from geoapp.usecases import cities, hotspots
from geoapp.usecases.intake_bulk import Loader
from tests.asking import as_owner
from tests.boundary_imports import in_force
from tests.databases import clone, drop

pytestmark = pytest.mark.long

NUMBER = 10_000
SERVICE, BLUR_M = "pollution", 100  # services.json
MOVED_DEGREES = 0.0101
NOW = datetime.now(UTC)

_AREAS = text("""
    SELECT area.code, area.parent_code, ST_AsBinary(area.geom) AS geom
    FROM geoapp.area
    JOIN geoapp.boundary_set ON boundary_set.city_code = area.city_code
                            AND boundary_set.id = area.set_id
    WHERE boundary_set.layer = 'kelurahan' AND boundary_set.status = 'active'
    ORDER BY area.code
""")
_TOLD = text("""
    SELECT told.kelurahan_code, told.kecamatan_code, ST_X(told.geom) AS lon,
           ST_Y(told.geom) AS lat, complaint.assignment_method AS method
    FROM geoapp.complaint_public AS told
    JOIN geoapp.complaint ON complaint.city_code = told.city_code AND complaint.id = told.id
    WHERE told.shown_within_m > 0
""")


@pytest.fixture(scope="module")
def many(cluster, jambi_template) -> Iterator[Database]:
    """Blurred complaints all over the city, stored by the very function of the import."""
    name = clone(cluster, jambi_template)
    database = Database(cluster.url("geoapp_app", name))
    city = cities.find(database, "15.71")
    dice = random.Random(20260621)
    box = city.envelope
    with as_owner(database) as connection:
        codes = (
            connection.execute(text("SELECT code FROM geoapp.area ORDER BY code")).scalars().all()
        )
    loader = Loader(database, city, actor="import", keep_outside=False)
    stored = drawn = 0
    while stored < NUMBER:  # half of the envelope isn't city
        filed = []
        for number in range(drawn, drawn + 2_000):
            at = LonLat(dice.uniform(box.west, box.east), dice.uniform(box.south, box.north))
            new = NewComplaint(
                service=SERVICE,
                description=f"Sungai berbau nomor {number}",
                landmark="Di belakang rumah nomor 12",
                position=at,
                channel=Channel.IMPORT,
                source="test",
                external_id=str(number),
                # every third citizen says it is next door
                confirmed_area=dice.choice(codes) if number % 3 == 0 else None,
            )
            filed.append(Filed(new, told_by(new)))
        drawn += len(filed)
        stored += sum(answer.ticket is not None for answer in loader.store(filed))
    compute_hotspots(database)
    yield database
    database.dispose()
    drop(cluster, name)


def compute_hotspots(database: Database) -> None:
    """As the worker does; the same moment each time."""
    hotspots.compute_all(database, Settings(), "15.71", NOW + timedelta(hours=1), groups=["waste"])


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
        data = re.sub(r'"(as_of|computed_at|now)": ?"[^"]*"', "", data)
        found[question] = data
    with database.transaction(Role.LISTENER) as connection:
        page = feed.after(connection, feed.Cursor(0, 0), most=NUMBER)
    found["feed"] = repr(page)
    return found


def test_every_complaint_is_blurred_within_its_distance(many):
    with as_owner(many) as connection:
        found = connection.execute(
            text("""
                SELECT count(*) AS stored,
                       count(*) FILTER (WHERE ST_Equals(geom, public_geom)) AS shown_as_is,
                       max(ST_Distance(geom::geography, public_geom::geography)) AS farthest_m,
                       avg(ST_Distance(geom::geography, public_geom::geography)) AS mean_m,
                       count(DISTINCT shown_within_m) AS kinds, max(shown_within_m) AS blur_m
                FROM geoapp.complaint
            """)
        ).one()
    assert found.stored >= NUMBER
    assert found.shown_as_is == 0
    assert (found.kinds, found.blur_m) == (1, BLUR_M)
    # UTM against the ellipsoid: 0.04 %; a decimetre for rounding
    assert found.farthest_m < BLUR_M * 1.0005 + 0.1
    # evenly over a disc of radius r the mean distance is 2r/3; edges of areas shift it little
    assert abs(found.mean_m - BLUR_M * 2 / 3) < 3


def told_elsewhere(database: Database) -> dict[str, tuple[int, int]]:
    """By method: how many complaints, and of how many another area is told than shapely's.

    The area told goes by the public position alone: the lowest code of those covering it.
    """
    with as_owner(database) as connection:
        areas = connection.execute(_AREAS).all()
        rows = connection.execute(_TOLD).all()
    # STRtree answers in the order of the codes
    shapes = [shapely.from_wkb(bytes(area.geom)) for area in areas]
    points = shapely.points([(row.lon, row.lat) for row in rows])
    first: dict[int, int] = {}
    for point, area in zip(*shapely.STRtree(shapes).query(points, "intersects"), strict=True):
        first[int(point)] = min(int(area), first.get(int(point), int(area)))
    counts: dict[str, tuple[int, int]] = {}
    for number, row in enumerate(rows):
        area = areas[first[number]] if number in first else None
        wanted = (area.code, area.parent_code) if area else (None, None)
        stored, wrong = counts.get(row.method, (0, 0))
        counts[row.method] = (
            stored + 1,
            wrong + ((row.kelurahan_code, row.kecamatan_code) != wanted),
        )
    return counts


def test_the_kelurahan_told_is_the_one_the_public_position_lies_in(many):
    found = told_elsewhere(many)
    assert {method for method, (stored, _) in found.items() if stored > 50} >= {
        "covers",
        "confirmed",
    }
    assert found["nearest"][0] > 5
    assert {method: wrong for method, (_, wrong) in found.items() if wrong} == {}


def digits(degrees: float, number: int) -> str:
    """The first decimals, cut off: so a longer number begins, which rounding would miss."""
    whole, _, decimals = f"{degrees:.12f}".partition(".")
    return f"{whole}.{decimals[:number]}"


def test_no_answer_contains_an_exact_coordinate(client, many, sample):
    told = {
        # -1.574078 is written as -1.5740779999999999: the noise of a float is no seventh decimal
        question: re.sub(r"\d+\.\d{12,}", lambda number: repr(round(float(number[0]), 9)), data)
        for question, data in answers(client, many, sample).items()
    }
    for one in sample:
        lon, lat = digits(one.lon, 6), digits(one.lat, 6)
        # Of thousands of complaints one has the same latitude by chance, but not both.
        both = re.compile(rf"{re.escape(lon)}\d*\D{{1,20}}{re.escape(lat[1:])}")
        for question, data in told.items():
            if not question.startswith("/api/v1/complaints?bbox"):  # next links repeat the box
                assert lon not in data or not both.search(data), question
                # Public positions have six decimals: a seventh can only be the exact one's.
                assert digits(one.lon, 7) not in data, question
                assert digits(one.lat, 7) not in data, question


def test_the_landmark_of_a_blurred_complaint_is_not_told(client, many, sample):
    assert client.get("/api/v1/complaints?q=rumah").json["numberMatched"] == 0
    assert all("rumah" not in data for data in answers(client, many, sample).values())


def move_exact_positions(database: Database, by: float) -> None:
    with as_owner(database) as connection:
        connection.execute(
            text("UPDATE geoapp.complaint SET geom = ST_Translate(geom, :by, -:by)"), {"by": by}
        )


@pytest.mark.long
def test_moving_every_exact_position_changes_no_answer(client, many, sample):
    assert client.get("/api/v1/hotspots").json["runs"][0]["total"] >= NUMBER
    before = answers(client, many, sample)
    assert sum("FeatureCollection" in data and '"numberMatched":0' not in data
               for data in before.values()) > 100  # fmt: skip
    move_exact_positions(many, MOVED_DEGREES)
    compute_hotspots(many)
    after = answers(client, many, sample)
    move_exact_positions(many, -MOVED_DEGREES)
    assert [question for question in before if before[question] != after[question]] == []


def test_the_kelurahan_told_goes_by_the_public_position_after_new_boundaries_too(many, shared):
    """The last test, as it puts the official kelurahan in force."""
    summary = in_force(
        many, cities.find(many, "15.71"), shared / "boundaries/kota-jambi/kelurahan.geojson",
        version="official", since=date(2026, 1, 1),
    )  # fmt: skip
    assert summary.moved > 1000
    found = told_elsewhere(many)
    assert found["covers"][0] > NUMBER / 2
    assert {method: wrong for method, (_, wrong) in found.items() if wrong} == {}
