"""A batch must get the same decisions as its rows would have got one by one."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, text

from geoapp.domain.complaint import Channel, NewComplaint, Status, new_ticket
from geoapp.domain.history import Step, told_by
from geoapp.domain.place import LonLat
from geoapp.spatial import assignment, bulk
from geoapp.spatial.bulk import Filed, Outcome, store_many
from geoapp.store.database import Database, Role
from geoapp.usecases import cities
from tests.boundary_imports import in_force

CITY = "15.71"
BEGIN = datetime(2026, 3, 18, 1, 0, tzinfo=UTC)


def filed(**values: Any) -> Filed:
    new = NewComplaint(**{"service": "pothole", "channel": Channel.IMPORT} | values)
    return Filed(new, told_by(new))


def put(
    connection: Connection, rows: list[Filed], *, keep_outside: bool = True
) -> list[bulk.Answer]:
    return store_many(connection, CITY, "JBI", rows, actor="import", keep_outside=keep_outside)


def awkward_points(connection: Connection, number: int) -> list[LonLat]:
    """A third corners of polygons, a third middles of their edges, a third anywhere."""
    edges = connection.execute(
        text(
            "WITH ring AS (SELECT (ST_DumpSegments(ST_Boundary(geom))).geom FROM geoapp.area"
            " JOIN geoapp.boundary_set s ON s.id = set_id AND s.status = 'active')"
            " SELECT ST_X(ST_StartPoint(geom)), ST_Y(ST_StartPoint(geom)),"
            " ST_X(ST_LineInterpolatePoint(geom, 0.5)), ST_Y(ST_LineInterpolatePoint(geom, 0.5))"
            " FROM ring ORDER BY md5(ST_AsText(geom)) LIMIT :n"
        ),
        {"n": number // 3},
    ).all()
    dice = random.Random(7)
    points = [LonLat(x, y) for x, y, _, _ in edges] + [LonLat(x, y) for _, _, x, y in edges]
    while len(points) < number:
        points.append(LonLat(dice.uniform(103.51, 103.70), dice.uniform(-1.71, -1.53)))
    return points


@pytest.mark.long
@pytest.mark.parametrize("boundary", ["approximate", "official"])
def test_a_batch_gets_the_same_decisions_as_single_submissions(
    jambi: Database, boundary: str, request: pytest.FixtureRequest
) -> None:
    number = 2500
    if boundary == "official":  # with the gaps and overlaps of a real file
        path = request.getfixturevalue("shared") / "boundaries/kota-jambi/kelurahan.geojson"
        city = cities.find(jambi, CITY)
        in_force(jambi, city, path, version="official", since=date(2023, 1, 1))
    services = ["pothole", "drain_blocked", "social_aid", "noise", "business_licence"]
    with jambi.transaction(Role.WORKER, CITY) as connection:
        points = awkward_points(connection, number)
        rows = [
            NewComplaint(
                service=services[n % len(services)],
                position=None if n % 50 == 0 else point,
                named_area="15.71.08.1006" if n % 100 == 0 else None,
                confirmed_area="15.71.08.1003" if n % 40 == 1 else None,
                channel=Channel.IMPORT,
                submitted_at=BEGIN + timedelta(hours=n),
                external_id=str(n),
                source="single",
            )
            for n, point in enumerate(points)
        ]
        assignment.lock_in_submission(connection, CITY)
        for row in rows:
            ticket = new_ticket("JBI")
            told = assignment.store(
                connection, CITY, ticket, row, actor="import", keep_outside=True
            )
            assert told is not None
        from dataclasses import replace

        many = [replace(row, source="bulk") for row in rows]
        for start in range(0, number, bulk.BATCH):
            answers = put(
                connection, [Filed(r, told_by(r)) for r in many[start : start + bulk.BATCH]]
            )
            assert {a.outcome for a in answers} == {Outcome.STORED}
        columns = (
            "service_code, group_code, status, submitted_at, due_at, location_kind, geom,"
            " shown_within_m, kelurahan_set, kelurahan_code, kecamatan_code, service_area_set,"
            " service_area_code, agency_code, assignment_method, c.ambiguous, alternatives"
        )
        compared = connection.execute(
            text(
                "WITH side AS (SELECT c.source, external_id, row("
                + columns.replace("kelurahan_", "c.kelurahan_")
                .replace("service_area_", "c.service_area_")
                .replace("agency_code", "c.agency_code")
                + ")::text AS told, assignment_method FROM geoapp.complaint c JOIN geoapp.assignment a"
                " ON a.city_code = c.city_code AND a.complaint_id = c.id)"
                " SELECT count(*), count(*) FILTER (WHERE one.told <> many.told),"
                " array_agg(DISTINCT one.assignment_method ORDER BY one.assignment_method)"
                " FROM side one JOIN side many USING (external_id)"
                " WHERE one.source = 'single' AND many.source = 'bulk'"
            )
        ).one()
        strays = connection.execute(
            text(
                "SELECT count(*) FROM geoapp.complaint c WHERE shown_within_m > 0 AND"
                " location_kind = 'point' AND assignment_method = 'covers' AND kelurahan_code <>"
                " (SELECT min(code) FROM geoapp.area_at(:city, c.kelurahan_set, c.public_geom))"
            ),
            {"city": CITY},
        ).scalar_one()
    assert compared[:2] == (number, 0)
    assert {"covers", "outside", "named_area", "by_service", "confirmed"} <= set(compared[2])
    assert strays == 0


def test_rows_that_are_there_are_left_alone(jambi_db: Connection) -> None:
    first = [filed(source="a", external_id=str(n)) for n in range(5)]
    again = [
        filed(source="a", external_id="4", description="changed"),
        filed(source="b", external_id="4"),
        filed(source="a", external_id="5"),
        filed(source="a", external_id="5"),
    ]
    assert {a.outcome for a in put(jambi_db, first)} == {Outcome.STORED}
    told = [a.outcome for a in put(jambi_db, again)]
    assert told[:2] == [Outcome.KNOWN, Outcome.STORED]
    assert sorted(told[2:]) == [Outcome.KNOWN, Outcome.STORED]
    kept = jambi_db.execute(
        text("SELECT count(*), count(description) FROM geoapp.complaint WHERE source IN ('a', 'b')")
    ).one()
    assert tuple(kept) == (7, 0)


def test_a_ticket_drawn_twice_is_drawn_again(
    jambi_db: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken = put(jambi_db, [filed()])[0].ticket
    drawn = iter([taken, "JBI-AAAA-AAAA", "JBI-AAAA-AAAA", "JBI-CCCC-CCCC", "JBI-DDDD-DDDD"])
    monkeypatch.setattr(bulk, "new_ticket", lambda _prefix: next(drawn))
    answers = put(jambi_db, [filed(), filed(), filed()])
    assert sorted(a.ticket or "" for a in answers) == [
        "JBI-AAAA-AAAA", "JBI-CCCC-CCCC", "JBI-DDDD-DDDD",
    ]  # fmt: skip
    rows = jambi_db.execute(
        text("SELECT count(*), count(DISTINCT complaint_id) FROM geoapp.assignment")
    ).one()
    assert tuple(rows) == (4, 4)


def test_what_cannot_be_stored_says_why(jambi_db: Connection) -> None:
    jakarta = LonLat(106.82, -6.17)
    rows = [
        filed(service="no_such_service"),
        filed(named_area="15.71.99.9999"),
        filed(position=jakarta),
        filed(submitted_at=datetime(1999, 1, 1, tzinfo=UTC)),
        filed(named_area="15.71.08.1006"),
    ]
    told = [a.outcome for a in put(jambi_db, rows, keep_outside=False)]
    assert told == [
        Outcome.UNKNOWN_SERVICE, Outcome.UNKNOWN_AREA, Outcome.OUTSIDE, Outcome.UNKNOWN_SERVICE,
        Outcome.STORED,
    ]  # fmt: skip
    [kept] = put(jambi_db, [filed(position=jakarta, external_id="j", source="s")])
    assert kept.outcome is Outcome.STORED
    method = jambi_db.execute(
        text("SELECT assignment_method FROM geoapp.complaint WHERE ticket = :t"), {"t": kept.ticket}
    ).scalar_one()
    assert method == "outside"


def test_the_history_is_stored_in_order_with_its_own_moments(jambi_db: Connection) -> None:
    steps = (
        Step(Status.SUBMITTED, BEGIN),
        Step(Status.IN_PROGRESS, BEGIN + timedelta(hours=3)),
        Step(Status.RESOLVED, BEGIN + timedelta(hours=9)),
    )
    new = NewComplaint(
        service="pothole", submitted_at=BEGIN, status=Status.RESOLVED,
        resolved_at=BEGIN + timedelta(hours=9),
    )  # fmt: skip
    [answer] = put(jambi_db, [Filed(new, steps)])
    events = jambi_db.execute(
        text("SELECT kind, status, at FROM geoapp.complaint_event WHERE ticket = :t ORDER BY id"),
        {"t": answer.ticket},
    ).all()
    assert [tuple(event) for event in events] == [
        ("submitted", "submitted", BEGIN),
        ("status", "in_progress", BEGIN + timedelta(hours=3)),
        ("status", "resolved", BEGIN + timedelta(hours=9)),
    ]
