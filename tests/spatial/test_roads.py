"""Whose road a place lies at, and what is offered for it: alone, in bulk, and by Shapely."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest
from sqlalchemy import text

from geoapp.domain.complaint import Channel, NewComplaint
from geoapp.domain.history import told_by
from geoapp.domain.place import LonLat
from geoapp.embedded import Cluster
from geoapp.spatial import assignment, bulk
from geoapp.spatial.bulk import Filed
from geoapp.store.database import Database, Role
from tests.databases import clone, drop
from tests.roads import CITY, beside, draw_roads, expected, line, network
from tests.support import JELUTUNG, default_city, send

LINES = network(seed=5, number=120)
AT = text("""
    SELECT found.* FROM geoapp.road_at(
        '15.71', :set, ST_SetSRID(ST_MakePoint(:lon, :lat), 4326), :within, 32748) AS found
""")
STORED = text("""
    SELECT complaint.ticket, complaint.road_set, complaint.road_code, complaint.authority_offer,
           complaint.agency_code, complaint.status, decision.road, complaint.external_id
    FROM geoapp.complaint
    JOIN geoapp.assignment AS decision ON decision.complaint_id = complaint.id
    ORDER BY complaint.id
""")


@pytest.fixture(scope="module")
def crossed(cluster: Cluster, jambi_template: str) -> Iterator[tuple[Database, int]]:
    """The city with a network of roads in force."""
    name = clone(cluster, jambi_template)
    database = Database(cluster.url("geoapp_app", name))
    yield database, draw_roads(database, LINES)
    database.dispose()
    drop(cluster, name)


def places(number: int, seed: int = 1) -> list[LonLat]:
    """Among the roads: a third anywhere, a third at corners, a third metres beside one."""
    import shapely

    dice = random.Random(seed)
    corners = [p for one in LINES for p in shapely.get_coordinates(shapely.from_wkb(one.geometry))]
    found = []
    for n in range(number):
        if n % 3 == 0:
            found.append(LonLat(dice.uniform(103.58, 103.62), dice.uniform(-1.63, -1.60)))
            continue
        x, y = map(float, dice.choice(corners))
        off = 0 if n % 3 == 1 else 4e-4
        found.append(LonLat(x + dice.uniform(-off, off), y + dice.uniform(-off, off)))
    return found


@pytest.mark.parametrize("within", [5, 25, 200])
def test_the_road_is_the_one_that_shapely_finds(crossed: tuple[Database, int], within: int) -> None:
    database, set_id = crossed
    hits = 0
    with database.transaction(Role.VISITOR, CITY) as connection:
        for place in places(600):
            row = connection.execute(
                AT, {"set": set_id, "lon": place.lon, "lat": place.lat, "within": within}
            ).one_or_none()
            wanted = expected(LINES, place, within)
            assert (row and row.code) == (wanted and wanted[0]), place
            if row and wanted:
                hits += 1
                assert row.distance_m == pytest.approx(wanted[1], abs=2e-3)
                assert row.authority != "city"
    assert hits > 60


def test_a_city_road_that_is_nearer_settles_it_one_as_near_does_not(jambi: Database) -> None:
    x, y = JELUTUNG.lon, JELUTUNG.lat
    nation = line("n", "nation", [(x - 0.01, y), (x, y), (x + 0.01, y)])
    city = line("c", "city", [(x, y - 0.01), (x, y), (x, y + 0.01)])
    set_id = draw_roads(jambi, [nation, city])
    with jambi.transaction(Role.VISITOR, CITY) as connection:

        def at(east: float, north: float) -> str | None:
            values = {"set": set_id, "lon": x + east, "lat": y + north, "within": 25}
            row = connection.execute(AT, values).one_or_none()
            return row.code if row else None

        assert at(1e-4, 1e-5) == "n"  # 11 m from the city's, 1 m from the nation's
        assert at(1e-5, 1e-4) is None  # the other way round
        assert at(0, 0) == "n"  # the crossing lies on both
        assert at(3e-4, 3e-4) is None  # 33 m from either


def test_only_groups_that_go_by_roads_are_offered_and_nobody_is_moved(jambi: Database) -> None:
    set_id = draw_roads(jambi, [beside(JELUTUNG, 8, "n-045", "nation", name="Jl. Lintas")])
    send(jambi)
    send(jambi, service="waste_pile")
    send(jambi, service="pothole", position=LonLat(JELUTUNG.lon, JELUTUNG.lat + 0.002))
    with jambi.transaction(Role.WORKER, CITY) as connection:
        road, waste, far = connection.execute(STORED).all()
    assert (road.road_set, road.road_code, road.authority_offer) == (set_id, "n-045", "open")
    assert road.road | {"distance_m": 0} == {
        "code": "n-045", "name": "Jl. Lintas", "ref": None, "authority": "nation",
        "agency_code": "bpjn_jambi", "distance_m": 0,
    }  # fmt: skip
    assert road.road["distance_m"] == pytest.approx(8, abs=0.02)
    assert (road.agency_code, road.status) == ("pupr_bina_marga", "submitted")
    for other in (waste, far):
        assert (other.road_set, other.road_code, other.authority_offer, other.road) == (
            None, None, None, None,
        )  # fmt: skip


def test_without_roads_nothing_is_offered_and_a_staged_set_is_none(jambi: Database) -> None:
    draw_roads(jambi, [beside(JELUTUNG, 8, "n-045", "nation")], activate=False)
    send(jambi)
    with jambi.transaction(Role.WORKER, CITY) as connection:
        assert connection.execute(STORED).one().authority_offer is None


@pytest.mark.long
def test_a_batch_is_offered_what_its_rows_would_be_one_by_one(
    crossed: tuple[Database, int],
) -> None:
    database, _ = crossed
    services = ["pothole", "road_damage", "waste_pile"]
    with database.transaction(Role.WORKER, CITY) as connection:
        known = set(connection.execute(text("SELECT code FROM geoapp.service")).scalars())
        services = [one for one in services if one in known]
        rows = [
            NewComplaint(
                service=services[n % len(services)], position=place, channel=Channel.IMPORT,
                external_id=str(n), source="single",
            )
            for n, place in enumerate(places(300, seed=2))
        ]  # fmt: skip
        assignment.lock_in_submission(connection, CITY)
        for n, new in enumerate(rows):
            ticket = f"JBI-{n:04}-AAAA"
            assert assignment.store(
                connection, CITY, ticket, new, actor="import", keep_outside=True
            )
        single = {row.external_id: row for row in connection.execute(STORED)}
        again = [
            NewComplaint(
                service=new.service, position=new.position, channel=Channel.IMPORT,
                external_id=new.external_id, source="bulk",
            )
            for new in rows
        ]  # fmt: skip
        bulk.store_many(
            connection, CITY, "JBI", [Filed(new, told_by(new)) for new in again],
            actor="import", keep_outside=True,
        )  # fmt: skip
        both = connection.execute(STORED).all()
        connection.rollback()
    many = {row.external_id: row for row in both[len(rows) :]}
    assert many.keys() == single.keys()
    offered = 0
    for n, one in single.items():
        other = many[n]
        assert (one.road_set, one.road_code, one.authority_offer, one.road) == (
            other.road_set, other.road_code, other.authority_offer, other.road,
        )  # fmt: skip
        place = rows[int(n)].position
        assert place is not None
        wanted = expected(LINES, place, 25)
        by_road = rows[int(n)].service != "waste_pile"
        assert one.road_code == (wanted[0] if wanted and by_road else None)
        offered += one.road_code is not None
    assert offered > 30


def test_the_road_is_found_by_its_index(crossed: tuple[Database, int]) -> None:
    database, set_id = crossed
    for role in (Role.VISITOR, Role.INTAKE, Role.WORKER):
        with database.transaction(role, CITY) as connection:
            plan = "\n".join(
                connection.execute(
                    text(
                        "EXPLAIN SELECT * FROM geoapp.road_at('15.71', :set,"
                        " ST_SetSRID(ST_MakePoint(103.6, -1.61), 4326), 25, 32748)"
                    ),
                    {"set": set_id},
                ).scalars()
            )
        assert "road_segment_geom" in plan, plan


def test_the_city_says_how_near_a_road_counts(jambi: Database) -> None:
    draw_roads(jambi, [beside(JELUTUNG, 40, "p-1", "province")])
    send(jambi)
    with jambi.transaction(Role.WORKER, CITY) as connection:
        connection.execute(text("UPDATE geoapp.city SET road_within_m = 50"))
    send(jambi)
    with jambi.transaction(Role.WORKER, CITY) as connection:
        near, far = connection.execute(STORED).all()
    assert (near.road_code, far.road_code) == (None, "p-1")
    assert far.road["agency_code"] == "pupr_provinsi"
    assert default_city(jambi).code == CITY


def test_new_roads_are_known_to_the_planner_at_once(crossed: tuple[Database, int]) -> None:
    """Else a decision reads the whole set until the server looks by itself, minutes later."""
    database, set_id = crossed
    with database.transaction(Role.VISITOR, CITY) as connection:
        known = connection.execute(
            text("SELECT reltuples FROM pg_class WHERE oid = 'geoapp.road_segment'::regclass")
        ).scalar_one()
        plan = "\n".join(
            connection.execute(
                text(
                    "EXPLAIN SELECT offered.code FROM geoapp.complaint_public AS complaint"
                    " CROSS JOIN LATERAL geoapp.road_offer('15.71', :set, 'road', complaint.geom)"
                    " AS offered"
                ),
                {"set": set_id},
            ).scalars()
        )
    assert known > 0
    assert "road_segment_geom" in plan, plan
