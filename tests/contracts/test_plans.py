"""Every question about places is answered through an index, under every role that asks it.

EXPLAIN decides, on 60,000 complaints with statistics: a test on a few rows would see
sequential scans that are right there.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import mapbox_vector_tile
import pytest
from sqlalchemy import event, text

from geoapp.domain.access import Actor, Permission, reach
from geoapp.domain.complaint import OPEN, NewComplaint, new_ticket
from geoapp.domain.drawn import DrawnPolygon
from geoapp.domain.events import Cursor
from geoapp.domain.filters import ComplaintFilter
from geoapp.domain.place import BBox, LonLat, TileId
from geoapp.domain.work_filter import DeadlineState, Duty, Sort, WorkFilter
from geoapp.spatial import assignment, hexagons, hotspots
from geoapp.spatial.tiles import tile_statement
from geoapp.store import complaints, feed, work
from geoapp.store.database import Database, Role
from geoapp.store.sources import work as work_view
from geoapp.store.statements import ROOT
from tests.asking import as_owner
from tests.databases import clone, drop
from tests.people import hire
from tests.support import JELUTUNG

CITY = "15.71"
NUMBER = 60_000
BIG = {"complaint", "area", "area_piece", "complaint_event", "assignment"}
"""Tables too large to be read whole; areas, because old editions of the map stay."""

NOW = datetime.now(UTC)
STREET = BBox(103.600, -1.612, 103.612, -1.600)
STREET_TILE = TileId(16, 51628, 33061)
QUARTER_TILE = TileId(14, 12907, 8265)
CITY_TILE = TileId(11, 1613, 1033)

FILL = text("""
    WITH place AS (
        SELECT number, ST_SetSRID(ST_MakePoint(
            103.54 + 0.14 * (number * 0.6180339887 - floor(number * 0.6180339887)),
            -1.68 + 0.12 * (number * 0.7548776662 - floor(number * 0.7548776662))), 4326) AS point
        FROM generate_series(1, :number) AS number
    ), stored AS (
        INSERT INTO geoapp.complaint (
            city_code, ticket, channel, service_code, group_code, status, submitted_at, due_at,
            location_kind, geom, public_geom, agency_code, assignment_method, confidential)
        SELECT service.city_code, 'PLN-' || number, 'import', service.code, service.group_code,
               CASE WHEN number % 5 = 0 THEN 'submitted' ELSE 'closed' END,
               now() - number * interval '9 minutes', now() + interval '1 day', 'point', point,
               point, version.agency_code, 'covers', number % 50 = 0
        FROM place
        JOIN geoapp.service ON service.city_code = '15.71'
             AND service.code = CASE WHEN number % 3 = 0 THEN 'pothole' ELSE 'waste_burning' END
        JOIN geoapp.service_version AS version
          ON version.city_code = service.city_code AND version.service_code = service.code
        RETURNING city_code, id, ticket, status
    ), decided AS (
        INSERT INTO geoapp.assignment (
            city_code, complaint_id, decided_by, agency_code, method, ambiguous)
        SELECT city_code, id, 'test', 'dlh', 'covers', false FROM stored
    )
    INSERT INTO geoapp.complaint_event (city_code, complaint_id, ticket, kind, status, actor)
    SELECT city_code, id, ticket, 'submitted', status, 'test' FROM stored
""")

OLD_MAPS = text("""
    WITH old AS (
        INSERT INTO geoapp.boundary_set (city_code, layer, version, source, sha256, status)
        SELECT '15.71', 'kelurahan', 'old-' || number, 'test', repeat('0', 64), 'retired'
        FROM generate_series(1, 100) AS number
        RETURNING city_code, id
    )
    INSERT INTO geoapp.area (city_code, set_id, code, name, geom, display_geom, label)
    SELECT old.city_code, old.id, area.code, area.name, area.geom, area.display_geom, area.label
    FROM old
    JOIN geoapp.area ON area.city_code = old.city_code AND area.set_id = (
        SELECT id FROM geoapp.boundary_set WHERE layer = 'kelurahan' AND status = 'active')
""")


@pytest.fixture(scope="module")
def full(cluster, jambi_template) -> Iterator[Database]:
    """A city with as many complaints as a few years bring."""
    name = clone(cluster, jambi_template)
    database = Database(cluster.url("geoapp_app", name))
    with as_owner(database) as connection:
        connection.execute(FILL, {"number": NUMBER})
        connection.execute(OLD_MAPS)
        connection.execute(text("ANALYZE"))
    yield database
    database.dispose()
    drop(cluster, name)


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for child in plan.get("Plans", ()):
        yield from nodes(child)


def explained(
    database: Database, role: Role, ask: Callable[[Any], object], account: int | None = None
) -> list[dict[str, Any]]:
    """The plan's nodes of the last statement that *ask* sends, under *role*.

    ``auto_explain`` would need a superuser; so each statement is sent again, explained.
    """
    plans: list[dict[str, Any]] = []
    with database.transaction(role, CITY, account=account) as connection:
        sent: list[tuple[str, Any]] = []

        def note(_c: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
            sent.append((statement, parameters))

        event.listen(connection, "before_cursor_execute", note)
        ask(connection)
        event.remove(connection, "before_cursor_execute", note)
        statement, parameters = sent[-1]
        statement = statement.rpartition(";\n")[2]  # without the settings that came first
        answer = connection.exec_driver_sql("EXPLAIN (FORMAT JSON) " + statement, parameters)
        told = answer.scalar_one()
        plans = told if isinstance(told, list) else json.loads(told)
    return [node for plan in plans for node in nodes(plan["Plan"])]


def check(found: list[dict[str, Any]], tables: set[str]) -> None:
    read = [node for node in found if node.get("Relation Name") in BIG | tables]
    assert {node["Relation Name"] for node in read} >= tables, "the question reads other tables"
    whole = [node["Relation Name"] for node in read if node["Node Type"] == "Seq Scan"]
    assert not whole, f"read whole: {whole}"


def filtered(**values: Any) -> ComplaintFilter:
    return ComplaintFilter(now=NOW, **values)


READS = {
    "list in a street's box": complaints.page_statement(CITY, filtered(bbox=STREET), 101),
    "newest in the city": complaints.page_statement(
        CITY, filtered(since=NOW - timedelta(days=1)), 101
    ),
    "summary of a street's box": complaints.summary_statement(CITY, filtered(bbox=STREET)),
    "street tile": tile_statement(CITY, filtered(), STREET_TILE),
    "street tile of one group": tile_statement(CITY, filtered(groups=("road",)), STREET_TILE),
    "quarter tile": tile_statement(CITY, filtered(), QUARTER_TILE),
    "city tile of what is open": tile_statement(
        CITY, ComplaintFilter.parse({}, now=NOW, timezone="UTC", status="open"), CITY_TILE
    ),
}
"""Every read of the public map by place."""


@pytest.mark.parametrize("role", [Role.VISITOR, Role.WORKER])
@pytest.mark.parametrize("name", READS)
def test_a_read_of_the_map_by_place_uses_an_index(full, role, name):
    check(explained(full, role, lambda c: c.execute(READS[name])), {"complaint"})


DRAWN = DrawnPolygon.parse("103.600,-1.612,103.612,-1.612,103.606,-1.600")
HERE = LonLat(103.606, -1.606)


def asked_by(actor: Actor, **values: Any) -> WorkFilter:
    return WorkFilter(now=NOW, reach=reach(actor, Permission.READ), **values)


STAFF_READS: dict[str, Callable[[Actor], Any]] = {
    "list in a street's box": lambda who: work.page_statement(
        CITY, asked_by(who, bbox=STREET), Sort.NEWEST, 101
    ),
    "list in a drawn polygon": lambda who: work.page_statement(
        CITY, asked_by(who, polygon=DRAWN), Sort.DUE, 101
    ),
    "list around an officer": lambda who: work.page_statement(
        CITY, asked_by(who, near=HERE, within_m=400), Sort.NEAR, 101
    ),
    "open work, nearest first": lambda who: work.page_statement(
        CITY, asked_by(who, near=HERE, statuses=OPEN), Sort.NEAR, 101
    ),
    "queue by deadline": lambda who: work.page_statement(
        CITY, asked_by(who, statuses=OPEN), Sort.DUE, 101
    ),
    "overdue": lambda who: work.page_statement(
        CITY, asked_by(who, deadlines=(DeadlineState.OVERDUE,)), Sort.DUE, 101
    ),
    "late verifications": lambda who: work.page_statement(
        CITY, asked_by(who, late=(Duty.VERIFY,)), Sort.DUE, 101
    ),
    "late first answers or resolutions": lambda who: work.page_statement(
        CITY, asked_by(who, late=(Duty.ANSWER, Duty.RESOLVE)), Sort.DUE, 101
    ),
    "street tile": lambda who: tile_statement(CITY, asked_by(who), STREET_TILE, work_view),
    "quarter tile": lambda who: tile_statement(CITY, asked_by(who), QUARTER_TILE, work_view),
    "one case": lambda _: work.case_statement(CITY, "PLN-777", NOW),
    "polygons of a case": lambda _: text(
        (ROOT / "store/sql/work_area.sql").read_text(encoding="utf-8")
    ).bindparams(city_code=CITY, ticket="PLN-777"),
}
"""Every read of staff by place, and of one complaint."""

STAFF: dict[str, dict[str, Any]] = {
    "operator": {},
    "agency_admin": {"agency": "dlh"},
    "field_officer": {"kelurahan": ["15.71.08.1006", "15.71.08.1001"]},
}


@pytest.mark.parametrize("role", STAFF)
def test_the_reads_of_staff_use_an_index_under_row_level_security(full, role):
    actor = hire(full, role, **STAFF[role])
    for name, make in STAFF_READS.items():
        question = make(actor)
        found = explained(
            full,
            Role.STAFF,
            lambda c, question=question: c.execute(question),
            account=actor.account_id,
        )
        try:
            check(found, {"complaint"})
        except AssertionError as problem:
            raise AssertionError(f"{name}: {problem}") from problem


TRUTH = text("""
    SELECT count(*) FROM geoapp.complaint
    WHERE NOT confidential AND (group_code = :group OR :group = '')
      AND ST_Intersects(public_geom, ST_MakeEnvelope(:west, :south, :east, :north, 4326))
""")


def there(
    database: Database, west: float, south: float, east: float, north: float, group=""
) -> int:
    """Complaints a visitor may see in a box, counted without the program's filter and view."""
    box = {"west": west, "south": south, "east": east, "north": north, "group": group}
    with as_owner(database) as connection:
        return int(connection.execute(TRUTH, box).scalar_one())


@pytest.mark.parametrize("group", ["", "road"])
def test_the_reads_by_place_answer_a_visitor_what_is_there(full, group):
    """The statements whose plans are looked at are those that answer."""
    with full.transaction(Role.VISITOR, CITY) as connection:
        listed = connection.execute(READS["list in a street's box"]).all()
        counted = complaints.summary(connection, CITY, filtered(bbox=STREET))
        name = "street tile of one group" if group else "street tile"
        layers = mapbox_vector_tile.decode(bytes(connection.execute(READS[name]).scalar_one()))
    box = (STREET.west, STREET.south, STREET.east, STREET.north)
    assert len(listed) == 101 <= there(full, *box)
    assert counted.total == there(full, *box)
    # A tile of zoom 16 is 360/65536 degrees wide; near the equator nearly as high.
    with as_owner(full) as connection:
        edges = connection.execute(
            text(
                "SELECT ST_XMin(b), ST_YMin(b), ST_XMax(b), ST_YMax(b) FROM (SELECT"
                " ST_Transform(ST_TileEnvelope(:z, :x, :y), 4326) AS b) AS tile"
            ),
            {"z": STREET_TILE.z, "x": STREET_TILE.x, "y": STREET_TILE.y},
        ).one()
    told = [feature["properties"] for feature in layers["points"]["features"]]
    assert len(told) == there(full, *edges, group) > 0
    assert not group or {properties["group"] for properties in told} == {group}


PIN = {"service": "pothole", "lon": 103.6105, "lat": -1.6125, "accuracy_m": 20, "within_m": 300}
CHOSEN = NewComplaint(
    service="pothole", description="x", position=JELUTUNG, confirmed_area="15.71.08.1006"
)


@pytest.mark.parametrize(
    ("role", "ask"),
    [
        (Role.VISITOR, lambda c: assignment.preview(c, CITY, PIN)),
        (Role.INTAKE, lambda c: assignment.confirmable(c, CITY, CHOSEN)),
        (Role.VISITOR, lambda c: assignment.outside(c, CITY, 103.0, -1.6)),
        (Role.WORKER, lambda c: hexagons.city_grid(
            c, city_code=CITY, metric_srid=32748, cell_m=600)),
    ],
    ids=["preview", "confirmable", "outside", "hotspot grid"],
)  # fmt: skip
def test_a_question_about_areas_reads_none_of_old_maps(full, role, ask):
    check(explained(full, role, ask), {"area"})


def test_the_complaints_of_a_window_are_counted_by_an_index(full):
    with full.transaction(Role.WORKER, CITY) as connection:
        grid = hexagons.city_grid(connection, city_code=CITY, metric_srid=32748, cell_m=600)
    found = explained(
        full,
        Role.WORKER,
        lambda c: hotspots.compute(
            c,
            city_code=CITY,
            group_code="road",
            window=timedelta(days=7),
            now=NOW,
            grid=grid,
            defaults=[hotspots.DefaultPoint(0, 103_610_500, -1_612_500, 0.0, 0.0)],
        ),
    )
    check(found, {"complaint"})


def test_decisions_taken_anew_for_some_read_only_those(full):
    some = range(1, 501)
    for run, known in enumerate([(), ("15.71.01.1001", "15.71.01.1001")]):
        asked = [assignment.Mover(one, *known) for one in some]
        ask = lambda c, run=run, asked=asked: assignment.decide(c, CITY, run, asked)  # noqa: E731
        check(explained(full, Role.WORKER, ask), {"complaint", "area"})
    check(explained(full, Role.WORKER, lambda c: assignment.apply(c, CITY, 0, some)), {"complaint"})


def test_who_may_move_is_found_in_one_reading(full):
    """Complaints are read once; contested ground is looked up by the index of positions."""
    found = explained(full, Role.WORKER, lambda c: assignment.movers(c, CITY))
    assert "complaint_geom" in {node.get("Index Name") for node in found}
    whole = [node["Relation Name"] for node in found if node["Node Type"] == "Seq Scan"]
    assert whole.count("complaint") <= 1
    assert "area" not in whole


def test_one_complaint_and_its_history_use_an_index(full):
    for ask, tables in (
        (lambda c: complaints.by_ticket(c, CITY, "PLN-777"), {"complaint"}),
        (lambda c: complaints.timeline(c, CITY, "PLN-777"), {"complaint", "complaint_event"}),
    ):
        check(explained(full, Role.VISITOR, ask), tables)


def test_the_feed_uses_an_index(full):
    with full.transaction(Role.LISTENER) as connection:
        end = feed.position(connection).cursor
    for ask in (
        feed.position,
        feed.held_back_s,
        lambda c: feed.after(c, Cursor(end.xid, end.id - 5)),
    ):
        check(explained(full, Role.LISTENER, ask), {"complaint_event"})


@pytest.mark.parametrize("role", [Role.INTAKE, Role.VISITOR, Role.WORKER])
def test_the_areas_at_a_point_are_found_by_an_index(full, role):
    """The two lookups behind geoapp.decide, which EXPLAIN can't see into."""
    point = "ST_SetSRID(ST_MakePoint(103.6105, -1.6125), 4326)"
    with full.transaction(role, CITY) as connection:
        kelurahan = connection.execute(
            text(
                "SELECT id FROM geoapp.boundary_set WHERE layer = 'kelurahan' AND status = 'active'"
            )
        ).scalar_one()
    for call in (
        f"geoapp.area_at('15.71', {kelurahan}, {point})",
        f"geoapp.nearest_area('15.71', {kelurahan}, {point}, 32748)",
    ):
        question = text("SELECT * FROM " + call)
        found = explained(full, role, lambda c, question=question: c.execute(question))
        check(found, {"area_piece"})


def test_a_submission_reads_no_large_table_whole(full):
    """Counted by the server itself: sequential scans while a complaint is stored."""
    count = text("""
        SELECT sum(seq_tup_read) FROM pg_stat_xact_user_tables
        WHERE relname IN ('complaint', 'complaint_event', 'assignment', 'area_piece')
    """)
    new = NewComplaint(service="waste_burning", description="Asap tebal", position=JELUTUNG)
    ticket = new_ticket("JBI")
    with full.transaction(Role.INTAKE, CITY, ticket=ticket) as connection:
        assignment.lock_in_submission(connection, CITY)
        # the server's count goes on from what this connection did a moment ago
        before = connection.execute(count).scalar_one()
        row = assignment.store(connection, CITY, ticket, new, actor="citizen", keep_outside=False)
        assert row is not None
        assert connection.execute(count).scalar_one() == before


def test_the_check_sees_a_scan_when_there_is_one(full):
    with pytest.raises(AssertionError, match="read whole"):
        check(
            explained(
                full,
                Role.VISITOR,
                lambda c: c.execute(
                    text("SELECT count(*) FROM geoapp.complaint_public WHERE ST_X(geom) > 103.6")
                ),
            ),
            {"complaint"},
        )
