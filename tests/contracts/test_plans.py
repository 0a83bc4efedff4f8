"""Every question about places is answered through an index, under every role that asks it.

EXPLAIN decides, on 60,000 complaints with statistics: a test on a few rows would see
sequential scans that are right there.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import event, text

from geoapp.domain.complaint import NewComplaint, new_ticket
from geoapp.domain.events import Cursor
from geoapp.spatial import assignment
from geoapp.spatial.tiles import SPATIAL_STATEMENTS
from geoapp.store import complaints, feed
from geoapp.store.database import Database, Role
from tests.asking import as_owner
from tests.databases import clone, drop
from tests.support import JELUTUNG

CITY = "15.71"
NUMBER = 60_000
BIG = {"complaint", "area_piece", "complaint_event", "assignment"}
"""Tables too large to be read whole."""

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


@pytest.fixture(scope="module")
def full(cluster, jambi_template) -> Iterator[Database]:
    """A city with as many complaints as a few years bring."""
    name = clone(cluster, jambi_template)
    database = Database(cluster.url("geoapp_app", name))
    with as_owner(database) as connection:
        connection.execute(FILL, {"number": NUMBER})
        connection.execute(text("ANALYZE"))
    yield database
    database.dispose()
    drop(cluster, name)


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for child in plan.get("Plans", ()):
        yield from nodes(child)


def explained(database: Database, role: Role, ask: Callable[[Any], object]) -> list[dict[str, Any]]:
    """The plan's nodes of the last statement that *ask* sends, under *role*.

    ``auto_explain`` would need a superuser; so each statement is sent again, explained.
    """
    plans: list[dict[str, Any]] = []
    with database.transaction(role, CITY) as connection:
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


@pytest.mark.parametrize("role", [Role.VISITOR, Role.WORKER])
@pytest.mark.parametrize("name", SPATIAL_STATEMENTS)
def test_a_read_of_the_map_by_place_uses_an_index(full, role, name):
    statement = SPATIAL_STATEMENTS[name](CITY, datetime.now(UTC))
    check(explained(full, role, lambda c: c.execute(statement)), {"complaint"})


def test_one_complaint_and_its_history_use_an_index(full):
    for ask, tables in (
        (lambda c: complaints.by_ticket(c, CITY, "PLN-777"), {"complaint"}),
        (lambda c: complaints.timeline(c, CITY, "PLN-777"), {"complaint", "complaint_event"}),
    ):
        check(explained(full, Role.VISITOR, ask), tables)


def test_the_feed_uses_an_index(full):
    with full.transaction(Role.LISTENER) as connection:
        end = feed.position(connection).cursor
    for ask in (feed.position, lambda c: feed.after(c, Cursor(end.xid, end.id - 5))):
        check(explained(full, Role.LISTENER, ask), {"complaint_event"})


@pytest.mark.parametrize("role", [Role.INTAKE, Role.VISITOR, Role.WORKER])
def test_the_areas_at_a_point_are_found_by_an_index(full, role):
    """The two lookups behind geoapp.decide, which EXPLAIN can't see into."""
    point = "ST_SetSRID(ST_MakePoint(103.6105, -1.6125), 4326)"
    with full.transaction(role, CITY) as connection:
        kelurahan = connection.execute(
            text("SELECT id FROM geoapp.boundary_set WHERE layer = 'kelurahan'")
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
        row = assignment.store(connection, CITY, ticket, new, actor="x", keep_outside=False)
        assert row is not None
        assert connection.execute(count).scalar_one() == 0


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
