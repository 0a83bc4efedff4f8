"""A set comes into force: previewed, mapped, switched, brought along, or given up."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from procrastinate.exceptions import JobAborted

from geoapp.domain.activation import ActivationState, How, Mapped
from geoapp.domain.catalogue import City
from geoapp.domain.complaint import Channel, NewComplaint
from geoapp.domain.place import LonLat
from geoapp.errors import BoundarySetNotStaged, Conflict, InvalidInput
from geoapp.spatial import assignment
from geoapp.store.database import Database, Role
from geoapp.usecases import activation, activation_hands, cities
from geoapp.worker.activation import carry_on
from tests.activating import (
    CODE,
    EAST,
    IN,
    MERGED,
    MIDDLE,
    NORTH,
    SHIFTED,
    STARTS,
    WEST,
    ask,
    changing,
)
from tests.people import hire

EARLY = datetime(2025, 6, 1, tzinfo=UTC)
LATE = datetime(2026, 3, 1, tzinfo=UTC)

_STANDS = """
    SELECT ticket, kelurahan_code, kecamatan_code,
           nullif(coalesce(then_kelurahan_code, kelurahan_code), ''),
           nullif(coalesce(public_then_kelurahan_code, public_kelurahan_code), '')
    FROM geoapp.complaint ORDER BY ticket
"""
_TOLD = """
    SELECT complaint.ticket,
           (SELECT count(*) FROM geoapp.assignment
            WHERE complaint_id = complaint.id AND reason IS NOT NULL),
           (SELECT count(*) FROM geoapp.complaint_event
            WHERE complaint_id = complaint.id AND kind = 'assignment')
    FROM geoapp.complaint ORDER BY ticket
"""


@pytest.fixture
def city(jambi: Database, tmp_path: Path) -> tuple[City, int]:
    """The city before the change, and the staged set."""
    return changing(jambi, tmp_path)


def file(
    database: Database, ticket: str, place: LonLat, at: datetime = EARLY, service: str = "pothole"
) -> None:
    with database.transaction(Role.WORKER, CODE) as connection:
        assignment.lock_in_submission(connection, CODE)
        new = NewComplaint(service=service, position=place, channel=Channel.IMPORT, submitted_at=at)
        stored = assignment.store(connection, CODE, ticket, new, actor="import", keep_outside=True)
        assert stored is not None


def one_in_each(database: Database) -> None:
    for code, place in IN.items():
        file(database, f"T-{code[-4:]}", place)
    file(database, "T-SHIFTED", SHIFTED)
    file(database, "T-LATE", IN[WEST], LATE)


def test_a_preview_tells_what_would_move_and_changes_nothing(
    jambi: Database, city: tuple[City, int]
) -> None:
    home, staged = city
    one_in_each(jambi)
    before = ask(jambi, _STANDS)
    run = activation.begin(jambi, home, staged, STARTS)
    assert activation.decide(jambi, home, run).state is ActivationState.DECIDED
    told = activation.preview(jambi, home, run)
    assert {(one.from_code, one.to_code): one.count for one in told.from_to} == {
        (WEST, MERGED): 2,
        (MIDDLE, MERGED): 1,
        (EAST, NORTH): 1,
    }
    assert told.from_to[0].to_name == "Kelurahan 1009"
    assert (told.moving, told.outside, told.agencies) == (4, 0, ())
    assert sorted(one["properties"]["ticket"] for one in told.points["features"]) == [
        "T-1001", "T-1002", "T-LATE", "T-SHIFTED",
    ]  # fmt: skip
    assert ask(jambi, _STANDS) == before
    assert {row[1:] for row in ask(jambi, _TOLD)} == {(0, 0)}


def test_a_day_to_come_is_refused_and_nothing_is_begun(
    jambi: Database, city: tuple[City, int]
) -> None:
    home, staged = city
    tomorrow = cities.today(home, jambi.now()) + timedelta(days=1)
    with pytest.raises(InvalidInput, match="still to come"):
        activation.begin(jambi, home, staged, tomorrow)
    assert activation.under_way(jambi, home) is None


def test_then_and_now_differ_for_what_came_before_the_first_day_alone(
    jambi: Database, city: tuple[City, int]
) -> None:
    home, staged = city
    one_in_each(jambi)
    done = activation.activate(jambi, home, staged, STARTS)
    assert (done.moved, done.nowhere) == (4, 0)
    assert ask(jambi, _STANDS) == [
        ("T-1001", MERGED, "15.71.01", WEST, WEST),
        ("T-1002", MERGED, "15.71.01", MIDDLE, MIDDLE),
        ("T-1003", NORTH, "15.71.01", NORTH, NORTH),
        ("T-2001", EAST, "15.71.02", EAST, EAST),
        ("T-LATE", MERGED, "15.71.01", MERGED, MERGED),
        ("T-SHIFTED", NORTH, "15.71.01", EAST, EAST),
    ]
    moved = {"T-1001", "T-1002", "T-LATE", "T-SHIFTED"}
    assert {row[0] for row in ask(jambi, _TOLD) if row[1:] == (1, 1)} == moved
    assert {row[1:] for row in ask(jambi, _TOLD) if row[0] not in moved} == {(0, 0)}
    # …and the former set back again: then is as it was, and now is then.
    former = ask(jambi, "SELECT id FROM geoapp.boundary_set WHERE version = 'before'")[0][0]
    copy = activation.reactivate(jambi, home, former)
    again = activation.reactivate(jambi, home, copy)
    day = cities.today(home, jambi.now()).isoformat()
    names = "SELECT version FROM geoapp.boundary_set WHERE id = ANY(ARRAY[{}, {}]) ORDER BY id"
    assert [row[0] for row in ask(jambi, names.format(copy, again))] == [
        f"before (copy {day})", f"before (copy {day}, 2)",
    ]  # fmt: skip
    activation.activate(jambi, home, copy, STARTS)
    assert [(row[1], row[3]) for row in ask(jambi, _STANDS)] == [
        (WEST, WEST), (MIDDLE, MIDDLE), (NORTH, NORTH), (EAST, EAST), (WEST, WEST), (EAST, EAST),
    ]  # fmt: skip


def test_what_comes_and_changes_after_the_preview_is_decided_too(
    jambi: Database, city: tuple[City, int]
) -> None:
    home, staged = city
    one_in_each(jambi)
    run = activation.begin(jambi, home, staged, STARTS)
    activation.decide(jambi, home, run)
    file(jambi, "T-NEW", IN[MIDDLE])
    activation.switch(jambi, home, run)
    file(jambi, "T-NEWER", IN[MIDDLE])  # by the new set, at once
    ask(jambi, "UPDATE geoapp.complaint SET version = version + 1, agency_code = 'dlh',"
        " assignment_method = 'manual', service_area_set = NULL, service_area_code = NULL"
        " WHERE ticket = 'T-1001'")  # fmt: skip
    done = activation.apply(jambi, home, run)
    assert (done.state, done.moved) == (ActivationState.DONE, 5)
    stands = {row[0]: row[1] for row in ask(jambi, _STANDS)}
    assert stands["T-NEW"] == stands["T-NEWER"] == stands["T-1001"] == MERGED
    told = {row[0]: row[1:] for row in ask(jambi, _TOLD)}
    assert (told["T-NEW"], told["T-NEWER"], told["T-1001"]) == ((1, 1), (0, 0), (1, 1))
    # What an operator chose in between stands.
    assert ask(jambi, "SELECT agency_code FROM geoapp.complaint WHERE ticket = 'T-1001'") == [
        ("dlh",)
    ]


def test_codes_that_grants_name_need_a_mapping_and_no_grant_gets_wider(
    jambi: Database, city: tuple[City, int]
) -> None:
    home, staged = city
    both = hire(jambi, "field_officer", agency="dlh", kelurahan=[WEST, NORTH])
    gone = hire(jambi, "agency_head", agency="dlh", kelurahan=[MIDDLE])
    kept = hire(jambi, "field_officer", kelurahan=[EAST])
    codes = {code.code: code for code in activation.retiring(jambi, home, staged)}
    assert set(codes) == {WEST, MIDDLE}
    assert codes[WEST].suggestion == Mapped(How.MERGED, (MERGED,))
    assert codes[WEST].shares[MERGED] == pytest.approx(1, abs=0.001)
    assert codes[WEST].named_by[0].who.startswith("field_officer")

    with pytest.raises(InvalidInput) as refused:
        activation.begin(jambi, home, staged, STARTS, mapping={WEST: codes[WEST].suggestion})
    assert [problem.field for problem in refused.value.fields] == [MIDDLE]
    wrong = {WEST: Mapped(How.MERGED, (MIDDLE,)), MIDDLE: Mapped(How.DROPPED)}
    with pytest.raises(InvalidInput, match="has no kelurahan"):
        activation.begin(jambi, home, staged, STARTS, mapping=wrong)

    mapping = {WEST: codes[WEST].suggestion, MIDDLE: Mapped(How.DROPPED)}
    activation.activate(jambi, home, staged, STARTS, mapping=mapping)
    held = ask(
        jambi,
        "SELECT account_id, kelurahan_codes, granted_by FROM geoapp.account_grant"
        " WHERE revoked_at IS NULL ORDER BY account_id",
    )
    assert held == [
        (both.account_id, [NORTH, MERGED], "system"),
        (kept.account_id, [EAST], "system"),
    ]
    logged = ask(jambi, "SELECT subject, data -> 'after' -> 'kelurahan' FROM geoapp.admin_event"
                        " WHERE kind = 'boundaries.grants_mapped' ORDER BY id")  # fmt: skip
    assert logged == [
        (f"account:{both.account_id}", [NORTH, MERGED]),
        (f"account:{gone.account_id}", []),
    ]


def test_a_grant_given_since_keeps_the_set_out_of_force_until_it_is_mapped(
    jambi: Database, city: tuple[City, int]
) -> None:
    home, staged = city
    run = activation.begin(jambi, home, staged, STARTS)
    activation.decide(jambi, home, run)
    hire(jambi, "field_officer", kelurahan=[WEST])
    with pytest.raises(InvalidInput, match=WEST):
        activation.run(jambi, home, run)
    stands = activation.get(jambi, home, run)
    assert (stands.state, WEST in (stands.problem or "")) == (ActivationState.DECIDED, True)
    assert ask(jambi, "SELECT version FROM geoapp.boundary_set WHERE status = 'active'"
                      " AND layer = 'kelurahan'") == [("before",)]  # fmt: skip


def test_service_areas_that_name_the_codes_come_along_in_the_same_moment(
    jambi: Database, city: tuple[City, int]
) -> None:
    home, staged = city
    ask(jambi, "INSERT INTO geoapp.service_area (city_code, set_id, code, name, agency_code,"
        " group_code, priority, coverage, area_codes) SELECT city_code, id, 'uptd', 'UPTD', 'dlh',"
        " 'road', 1, 'areas', ARRAY[:west] FROM geoapp.boundary_set"
        " WHERE layer = 'service_area' AND status = 'active'", west=WEST)  # fmt: skip
    activation.reassign(jambi, home)
    one_in_each(jambi)
    mapping = {WEST: Mapped(How.MERGED, (MERGED,))}
    run = activation.begin(jambi, home, staged, STARTS, mapping=mapping)
    companion = activation.get(jambi, home, run).companion_set
    assert companion is not None
    activation.run(jambi, home, run)
    in_force = (
        "SELECT id FROM geoapp.boundary_set WHERE layer = 'service_area' AND status = 'active'"
    )
    assert ask(jambi, in_force) == [(companion,)]
    assert ask(jambi, "SELECT ticket, agency_code, service_area_code FROM geoapp.complaint"
                      " WHERE kelurahan_code = :code ORDER BY ticket", code=MERGED) == [
        ("T-1001", "dlh", "uptd"), ("T-1002", "dlh", "uptd"), ("T-LATE", "dlh", "uptd"),
    ]  # fmt: skip


def test_undone_before_the_switch_nothing_is_left_and_it_can_begin_anew(
    jambi: Database, city: tuple[City, int]
) -> None:
    home, staged = city
    one_in_each(jambi)
    before = ask(jambi, _STANDS)
    run = activation.begin(jambi, home, staged, STARTS)
    activation.decide(jambi, home, run)
    with pytest.raises(Conflict, match="under way"):
        activation.begin(jambi, home, staged, STARTS)
    assert activation.undo(jambi, home, run).state is ActivationState.UNDONE
    assert ask(jambi, "SELECT count(*) FROM geoapp.pending_decision") == [(0,)]
    assert ask(jambi, _STANDS) == before
    with pytest.raises(Conflict, match="undone"):
        activation.switch(jambi, home, run)
    assert activation.activate(jambi, home, staged, STARTS).moved == 4
    latest = activation.latest(jambi, home)
    assert latest is not None
    with pytest.raises(Conflict, match="done already"):
        activation.undo(jambi, home, latest.id)
    with pytest.raises(BoundarySetNotStaged):
        activation.begin(jambi, home, staged, STARTS)


def test_stopped_after_every_batch_and_carried_on_nothing_is_lost_or_doubled(
    jambi: Database, city: tuple[City, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    home, staged = city
    for number in range(12):
        file(jambi, f"S-{number}", IN[WEST])
    monkeypatch.setattr(activation_hands, "BATCHES", (2, 2))
    monkeypatch.setattr(activation_hands.Pace, "__init__", _two_at_a_time)
    run = activation.begin(jambi, home, staged, STARTS)
    stops = 0
    while activation.get(jambi, home, run).is_open and stops < 40:
        stops += 1
        activation.decide(jambi, home, run, stopping=lambda: True)
        state = activation.get(jambi, home, run).state
        if state is ActivationState.DECIDED:
            activation.switch(jambi, home, run)
        if state is ActivationState.SWITCHED:
            activation.apply(jambi, home, run, stopping=lambda: True)
    assert stops > 6
    assert activation.get(jambi, home, run).moved == 12
    assert {row[1:] for row in ask(jambi, _TOLD)} == {(1, 1)}


def _two_at_a_time(pace: activation_hands.Pace, _first: int) -> None:
    pace.size = 2


def test_the_worker_decides_what_a_page_begun_and_carries_out_what_is_wanted(
    jambi: Database, city: tuple[City, int]
) -> None:
    home, staged = city
    one_in_each(jambi)
    admin = hire(jambi, "city_admin")
    run = activation.begin(jambi, home, staged, STARTS, by=admin.label)
    queued = "SELECT count(*) FROM procrastinate.procrastinate_jobs WHERE task_name = 'activations'"
    assert ask(jambi, queued) == [(1,)]
    assert carry_on(jambi, lambda: False) == 1
    assert activation.get(jambi, home, run).state is ActivationState.DECIDED
    assert carry_on(jambi, lambda: False) == 0  # waits for a word
    activation.want(jambi, home, run, by=admin.label)
    assert carry_on(jambi, lambda: False) == 1
    assert activation.get(jambi, home, run).state is ActivationState.DONE
    logged = ask(jambi, "SELECT kind, actor FROM geoapp.admin_event ORDER BY id")
    assert logged == [
        ("boundaries.begun", admin.label),
        ("boundaries.wanted", admin.label),
        ("boundaries.activated", "system"),
    ]


def test_the_worker_finishes_what_a_crash_left_switched_and_stops_when_asked(
    jambi: Database, city: tuple[City, int]
) -> None:
    home, staged = city
    one_in_each(jambi)
    run = activation.begin(jambi, home, staged, STARTS)
    activation.decide(jambi, home, run)
    activation.switch(jambi, home, run)
    with pytest.raises(JobAborted):
        carry_on(jambi, lambda: True)
    assert carry_on(jambi, lambda: False) == 1
    assert activation.get(jambi, home, run).state is ActivationState.DONE
    assert activation.reassign(jambi, home).moved == 0


def test_begun_to_hold_from_one_day_it_isnt_put_in_force_from_another(
    jambi: Database, city: tuple[City, int]
) -> None:
    home, staged = city
    activation.begin(jambi, home, staged, STARTS)
    with pytest.raises(Conflict, match="2026-01-01"):
        activation.activate(jambi, home, staged, date(2026, 2, 1))
