"""The decision of a single complaint: rules, history, positions, races, deadlines."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import Connection, Row, text

from geoapp.domain.complaint import NewComplaint
from geoapp.domain.place import LonLat
from geoapp.spatial import assignment
from geoapp.store import boundaries as boundary_store
from geoapp.store.database import Database, Role
from geoapp.usecases import activation, cities
from tests.reassigning import reassign
from tests.spatial.square_world import (
    CODE,
    A,
    B,
    C,
    D,
    X,
    Y,
    draw_areas,
    draw_service_areas,
    file,
    run,
    unsure,
)


def where(row: Row[tuple[object, ...]]) -> tuple[object, ...]:
    return (row.kelurahan_code, row.method, row.ambiguous)


def test_inside_on_a_shared_edge_in_an_overlap_beside_and_far_away(squares: Connection) -> None:
    assert where(file(squares, x=0.5)) == ("A", "covers", False)
    assert where(file(squares, x=1.0)) == ("A", "covers", True)
    assert where(file(squares, x=1.75)) == ("B", "covers", True)
    assert where(file(squares, x=2.25)) == ("C", "covers", False)
    # A square is 111 m wide: 0.4 of one is 44 m, 0.5 is 56 m
    assert where(file(squares, x=-0.4)) == ("A", "nearest", False)
    assert where(file(squares, x=-0.5)) == (None, "outside", False)


def test_lowest_code_is_by_code_point_not_by_dictionary(jambi_db: Connection) -> None:
    draw_areas(jambi_db, {"a": B, "Z": B})
    assert file(jambi_db, x=1.5).kelurahan_code == "Z"


def test_a_pin_outside_is_stored_only_for_trusted_channels(squares: Connection) -> None:
    new = NewComplaint(service="pothole", position=LonLat(X - 1, Y))
    refused = assignment.store(squares, CODE, "T-R", new, actor="citizen", keep_outside=False)
    assert refused is None
    assert run(squares, "SELECT FROM geoapp.complaint WHERE ticket = 'T-R'") == []
    kept = assignment.store(squares, CODE, "T-K", new, actor="citizen", keep_outside=True)
    assert kept is not None
    assert (kept.method, kept.agency_code) == ("outside", "pupr_bina_marga")


def test_every_complaint_has_its_decision_and_its_event(squares: Connection) -> None:
    file(squares, x=0.5)
    file(squares, x=1.75)
    file(squares, x=-5)
    file(squares, named_area="B")
    file(squares, "school_levy")
    missing = run(
        squares,
        "SELECT ticket FROM geoapp.complaint WHERE"
        " (SELECT count(*) FROM geoapp.assignment WHERE complaint_id = complaint.id) <> 1 OR"
        " (SELECT count(*) FROM geoapp.complaint_event WHERE complaint_id = complaint.id"
        "  AND kind = 'submitted') <> 1",
    )
    assert missing == []
    (row,) = run(
        squares,
        "SELECT alternatives, edge_distance_m FROM geoapp.assignment WHERE ambiguous",
    )
    assert row.alternatives == ["C"]
    # a quarter of a 111.3 m wide square to C's (not B's) … B's own edge is at 2.0
    assert row.edge_distance_m == pytest.approx(0.25 * 111.3, rel=0.01)


def test_named_areas_services_without_place_and_unknown_names(squares: Connection) -> None:
    assert where(file(squares, named_area="B")) == ("B", "named_area", False)
    assert where(file(squares, "school_levy")) == (None, "by_service", False)
    unknown = NewComplaint(service="pothole", named_area="nowhere")
    assert (
        assignment.store(squares, CODE, "T-U", unknown, actor="citizen", keep_outside=True) is None
    )


def test_a_confirmed_kelurahan_wins_and_the_verdict_is_kept_beside_it(squares: Connection) -> None:
    row = file(squares, x=0.9, confirmed_area="B")
    assert where(row) == ("B", "confirmed", False)
    (decided,) = run(squares, "SELECT alternatives FROM geoapp.assignment")
    assert decided.alternatives == ["A"]
    assert where(file(squares, x=0.9, confirmed_area="A")) == ("A", "covers", False)
    # …and stands when decisions are taken anew under the same set.
    reassign(squares, CODE, [int(row.id)])
    (after,) = run(squares, "SELECT * FROM geoapp.complaint WHERE id = :id", id=row.id)
    assert (after.kelurahan_code, after.assignment_method) == ("B", "confirmed")


def test_service_areas_act_by_priority_and_without_one_the_default_agency(
    squares: Connection,
) -> None:
    draw_service_areas(
        squares,
        {"agency": "dlh", "grp": "road", "priority": 50},
        {"agency": "bpbd", "grp": "road", "priority": 10, "coverage": "areas", "codes": ["B"]},
        {"agency": "dishub", "service": "pothole", "priority": 5, "coverage": "polygon",
         "wkt": f"POLYGON(({X} {Y},{X} {Y + D / 4},{X + D} {Y + D / 4},{X + D} {Y},{X} {Y}))"},
    )  # fmt: skip
    assert file(squares, x=0.5).agency_code == "dlh"
    assert file(squares, x=1.25).agency_code == "bpbd"
    assert file(squares, x=0.5, y=0.1).agency_code == "dishub"
    assert file(squares, "sidewalk_damaged", x=0.5, y=0.1).agency_code == "dlh"
    assert file(squares, named_area="B").agency_code == "bpbd"
    assert file(squares, "tree_fallen", x=0.5).agency_code == "dlh"
    # outside the city not even a city-wide area acts
    assert file(squares, x=-5).agency_code == "pupr_bina_marga"
    moved = reassign(squares, CODE, unsure(squares))
    assert moved == 0


def test_the_catalogue_of_the_day_of_submission_counts(squares: Connection) -> None:
    run(
        squares,
        "UPDATE geoapp.service_version SET valid_to = '2026-06-01' WHERE service_code = 'pothole'",
    )
    run(
        squares,
        "INSERT INTO geoapp.service_version SELECT city_code, service_code, date '2026-06-01', NULL,"
        " name, name_en, 'hours', 5, 'bpbd', blur_m, duplicate_radius_m, needs_place, glyph, position"
        " FROM geoapp.service_version WHERE service_code = 'pothole'",
    )
    # The city is at UTC+7: 17:00 UTC on 31 May is the first minute of June there.
    before = file(squares, x=0.5, submitted_at=datetime(2026, 5, 31, 16, 59, tzinfo=UTC))
    after = file(squares, x=0.5, submitted_at=datetime(2026, 5, 31, 17, 0, tzinfo=UTC))
    assert (before.agency_code, after.agency_code) == ("pupr_bina_marga", "bpbd")
    assert after.due_at == datetime(2026, 5, 31, 22, 0, tzinfo=UTC)
    assert reassign(squares, CODE, unsure(squares)) == 0


def test_new_boundaries_move_exactly_those_they_must_and_history_stays(
    squares: Connection,
) -> None:
    stays = file(squares, x=0.25)
    moves = file(squares, x=0.75)
    named = file(squares, named_area="B")
    # The border between A and B moves west, to the middle of A; C is no more.
    west = f"POLYGON(({X} {Y},{X + D / 2} {Y},{X + D / 2} {Y + D},{X} {Y + D},{X} {Y}))"
    east = f"POLYGON(({X + D / 2} {Y},{X + 2 * D} {Y},{X + 2 * D} {Y + D},{X + D / 2} {Y + D},{X + D / 2} {Y}))"
    draw_areas(squares, {"A": west, "B": east})
    assert reassign(squares, CODE, unsure(squares)) == 1
    codes = dict(run(squares, "SELECT id, kelurahan_code FROM geoapp.complaint"))  # type: ignore[arg-type]
    assert codes == {stays.id: "A", moves.id: "B", named.id: "B"}
    history = run(
        squares,
        "SELECT kelurahan_code, decided_by, reason FROM geoapp.assignment WHERE complaint_id = :id"
        " ORDER BY id",
        id=moves.id,
    )
    assert [tuple(row) for row in history] == [
        ("A", "citizen", None),
        ("B", "system", "boundaries changed"),
    ]
    (event,) = run(squares, "SELECT data FROM geoapp.complaint_event WHERE kind = 'assignment'")
    assert (event.data["from"]["kelurahan"], event.data["to"]["kelurahan"]) == ("A", "B")
    assert assignment.movers(squares, CODE) == []
    assert len(run(squares, "SELECT FROM geoapp.assignment")) == 4


def test_who_has_a_moved_complaint_open_must_look_again(squares: Connection) -> None:
    moves, stays = file(squares, x=0.5), file(squares, x=2.5)
    before = dict(run(squares, "SELECT id, version FROM geoapp.complaint"))  # type: ignore[arg-type]
    draw_areas(squares, {"B": A, "A": B, "C": C})
    assert reassign(squares, CODE, [moves.id, stays.id]) == 1
    after = dict(run(squares, "SELECT id, version FROM geoapp.complaint"))  # type: ignore[arg-type]
    assert after == {moves.id: before[moves.id] + 1, stays.id: before[stays.id]}


def test_whom_a_person_chose_gets_no_service_area_of_another_agency(squares: Connection) -> None:
    by_hand, ours, by_rule = (file(squares, x=0.5) for _ in range(3))
    run(
        squares,
        "UPDATE geoapp.complaint SET assignment_method = 'manual',"
        " agency_code = CASE WHEN id = :ours THEN 'dlh' ELSE 'bpbd' END WHERE id <> :by_rule",
        ours=ours.id, by_rule=by_rule.id,
    )  # fmt: skip
    draw_service_areas(squares, {"agency": "dlh", "priority": 5})
    assert reassign(squares, CODE, unsure(squares)) == 2
    stored = {
        row.id: (row.assignment_method, row.agency_code, row.service_area_code)
        for row in run(
            squares,
            "SELECT id, assignment_method, agency_code, service_area_code FROM geoapp.complaint",
        )
    }
    assert stored == {
        by_hand.id: ("manual", "bpbd", None),
        ours.id: ("manual", "dlh", "s0"),
        by_rule.id: ("covers", "dlh", "s0"),
    }
    assert reassign(squares, CODE, unsure(squares)) == 0


@pytest.mark.parametrize(
    ("clock", "target", "begun", "due"),
    [
        # Wednesday 10:00 in Jambi (UTC+7): plain hours, nights and Sundays included
        ("hours", 24, "2026-03-04 10:00+07", "2026-03-05 10:00+07"),
        ("hours", 72, "2026-03-06 10:00+07", "2026-03-09 10:00+07"),
        # Wednesday + 3 working days = Monday's end (Thu, Fri, Mon)
        ("working_days", 3, "2026-03-04 10:00+07", "2026-03-09 23:59:59+07"),
        # Friday + 1 = Monday; Saturday + 1 = Monday too
        ("working_days", 1, "2026-03-06 23:59+07", "2026-03-09 23:59:59+07"),
        ("working_days", 1, "2026-03-07 08:00+07", "2026-03-09 23:59:59+07"),
        # 18:30 UTC on Sunday is Monday in Jambi already: counted from Monday
        ("working_days", 1, "2026-03-08 18:30+00", "2026-03-10 23:59:59+07"),
        ("working_days", 1, "2026-03-08 16:30+00", "2026-03-09 23:59:59+07"),
        # Thursday 12 and Friday 13 November are made holidays: Wednesday + 2 = Tuesday
        ("working_days", 2, "2026-11-11 10:00+07", "2026-11-17 23:59:59+07"),
    ],
)
def test_deadlines_against_a_calendar_on_the_wall(
    jambi_db: Connection, clock: str, target: int, begun: str, due: str
) -> None:
    run(jambi_db, "DELETE FROM geoapp.holiday WHERE day BETWEEN '2026-03-01' AND '2026-03-11'")
    run(jambi_db, "DELETE FROM geoapp.holiday WHERE day BETWEEN '2026-11-01' AND '2026-11-30'")
    run(
        jambi_db,
        "INSERT INTO geoapp.holiday VALUES (:city, '2026-11-12', 'x', 'local'),"
        " (:city, '2026-11-13', 'y', 'local')",
    )
    (row,) = run(
        jambi_db,
        "SELECT geoapp.due_at(:city, :clock, :target, :begun) AS due, cast(:due AS timestamptz) AS wanted",
        clock=clock, target=target, begun=begun, due=due,
    )  # fmt: skip
    assert row.due == row.wanted


@pytest.fixture
def staged(jambi: Database) -> tuple[Database, int]:
    """Squares in force; a second set, in which A and B have changed places, staged."""
    with jambi.transaction(Role.WORKER, CODE) as connection:
        draw_areas(connection, {"A": A, "B": B})
        set_id = draw_areas(connection, {"B": A, "A": B}, activate=False)
    return jambi, set_id


def test_a_submission_that_waits_for_an_activation_lands_in_the_new_set(
    staged: tuple[Database, int],
) -> None:
    database, set_id = staged
    answers: list[tuple[object, ...]] = []
    asked = threading.Event()

    def submit() -> None:
        with database.transaction(Role.INTAKE, CODE, ticket="T-W") as connection:
            asked.set()
            assignment.lock_in_submission(connection, CODE)
            answers.append(where(file(connection, x=0.5, ticket="T-W")))

    waiting = threading.Thread(target=submit)
    with database.transaction(Role.WORKER, CODE) as connection:
        assignment.lock_out_submissions(connection, CODE)
        waiting.start()
        assert asked.wait(10)
        blocked = text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
        while connection.execute(blocked).scalar_one() == 0:
            threading.Event().wait(0.01)
        boundary_store.activate(connection, CODE, set_id, date(2026, 2, 1))
    waiting.join(20)
    assert answers == [("B", "covers", False)]


def test_no_submission_is_lost_or_lands_in_a_retired_set_around_activations(
    staged: tuple[Database, int],
) -> None:
    database, set_id = staged
    per_thread, threads = 40, 4
    started = threading.Barrier(threads + 1)

    def submit(sender: int) -> None:
        started.wait(20)
        for number in range(per_thread):
            ticket = f"T-{sender}-{number}"
            with database.transaction(Role.INTAKE, CODE, ticket=ticket) as connection:
                assignment.lock_in_submission(connection, CODE)
                file(connection, x=0.5, ticket=ticket)

    senders = [threading.Thread(target=submit, args=(n,)) for n in range(threads)]
    for sender in senders:
        sender.start()
    started.wait(20)
    city = cities.find(database, CODE)
    activation.activate(database, city, set_id, date(2026, 2, 1))
    for sender in senders:
        sender.join(60)
    with database.transaction(Role.WORKER, CODE) as connection:
        found = run(
            connection,
            "SELECT kelurahan_set, kelurahan_code, count(*) FROM geoapp.complaint GROUP BY 1, 2",
        )
    assert [tuple(row) for row in found] == [(set_id, "B", threads * per_thread)]
