"""Two people at once, many complaints at once, and a database that dies in the middle."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import event, text

from geoapp.domain.workflow import Step
from geoapp.domain.workflow_terms import StepRequest
from geoapp.errors import ChangedMeanwhile, DatabaseUnavailable, GeoappError, InvalidInput
from geoapp.store.database import Database
from geoapp.usecases import casework, closing, replies
from tests.asking import as_owner
from tests.casework import EMPTY, World
from tests.databases import clone, drop
from tests.support import eventually

WAITING = """
    SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND wait_event_type = 'Lock'
"""


def ask(database, question, values=None):
    """The runtime login's own answer: only the same login sees and ends its connections."""
    connection = database.raw_connection()
    try:
        with connection.cursor() as cursor:
            cursor.execute(question, values)
            return cursor.fetchone()[0]
    finally:
        connection.close()


@pytest.fixture(scope="module")
def staffed(cluster, jambi_template):
    name = clone(cluster, jambi_template)
    database = Database(cluster.url("geoapp_app", name))
    yield World.build(database)
    database.dispose()
    drop(cluster, name)


@pytest.fixture
def world(staffed):
    with as_owner(staffed.database) as connection:
        connection.execute(EMPTY)
    return staffed


def test_of_two_at_once_one_wins_and_the_other_is_told_who(world):
    """Both have read version 2 and both wait for the row; nobody can tell who comes first."""
    ticket = world.new()
    world.act(world.operator, "verify", ticket)
    asked = {
        "Olivia": (world.operator, {"step": Step.HOLD, "reason": "Menunggu foto"}),
        "Adi": (world.admin, {"step": Step.OUT_OF_AUTHORITY, "reason": "x", "authority": "BPJN"}),
    }

    def go(name):
        actor, fields = asked[name]
        request = StepRequest(version=2, **fields)
        try:
            return casework.act(world.database, world.city, actor, ticket, request)
        except GeoappError as refusal:
            return refusal

    with ThreadPoolExecutor(2) as pool:
        with as_owner(world.database) as connection:
            connection.execute(
                text("SELECT 1 FROM geoapp.complaint WHERE ticket = :ticket FOR UPDATE"),
                {"ticket": ticket},
            )
            running = {name: pool.submit(go, name) for name in asked}
            eventually(lambda: ask(world.database, WAITING) == 2)
        results = {name: future.result() for name, future in running.items()}

    (loser,) = (name for name, result in results.items() if isinstance(result, ChangedMeanwhile))
    (winner,) = set(asked) - {loser}
    done = {"Olivia": "put it on hold", "Adi": "made it out of authority"}[winner]
    assert results[loser].message.startswith(f"{winner} {done} at ")
    row = world.row(ticket)
    assert row.version == 3
    assert row.status == {"Olivia": "on_hold", "Adi": "out_of_authority"}[winner]
    assert len(world.events(ticket)) == 3


def test_a_reply_that_only_adds_stops_nobody(world):
    """Else a reporter who writes again and again would keep the staff from every step."""
    ticket = world.new()
    key = replies.follow_key("secret", "15.71", ticket)
    for words in ("Sekarang dua lubang", "Sekarang tiga"):
        told = replies.reply(
            world.database, world.city, ticket, secret="secret", key=key, text=words, solved=False
        )
        assert not told.changed
    assert world.row(ticket).version == 1
    assert world.act(world.operator, "assign", ticket, version=1).version == 2
    assert [event.kind for event in world.events(ticket)] == [
        "submitted", "reply", "reply", "status",
    ]  # fmt: skip


def test_two_who_merge_crosswise_dont_wait_for_each_other_for_ever(world):
    for _ in range(5):
        one, two = world.new(), world.new()
        gate = threading.Barrier(2)

        def merge(ticket, lead, gate=gate):
            gate.wait()
            try:
                return world.act(world.operator, "merge", ticket, version=1, lead=lead)
            except GeoappError as refusal:
                return refusal

        with ThreadPoolExecutor(2) as pool:
            results = [
                running.result()
                for running in [pool.submit(merge, one, two), pool.submit(merge, two, one)]
            ]
        assert sum(isinstance(result, InvalidInput) for result in results) == 1
        assert {world.row(one).status, world.row(two).status} == {"submitted", "duplicate"}


def test_a_split_waits_for_a_switch_of_boundaries(world):
    """The part's agency is decided by the sets that are in force when it is stored."""
    ticket = world.new()
    from geoapp.spatial import assignment

    with ThreadPoolExecutor(1) as pool, as_owner(world.database) as connection:
        assignment.lock_out_submissions(connection, "15.71")
        running = pool.submit(
            world.act, world.operator, "split", ticket, version=1, service="pothole", text="Lubang"
        )
        eventually(lambda: ask(world.database, WAITING) == 1)
        connection.commit()
        assert running.result(timeout=10).other


def test_of_many_each_stands_for_itself(world):
    tickets = [world.new() for _ in range(4)]
    world.act(world.operator, "reject", tickets[1], reason="x")
    world.act(world.operator, "note", tickets[2], text="x")
    seen = [(tickets[0], 1), (tickets[1], 2), (tickets[2], 1), (tickets[3], 1)]
    results = casework.act_on_many(
        world.database, world.city, world.operator, seen, StepRequest(step=Step.VERIFY, version=0)
    )
    assert [one.ticket for one in results] == tickets
    assert [type(one.error).__name__ for one in results] == [
        "NoneType",
        "StepRefused",
        "ChangedMeanwhile",
        "NoneType",
    ]
    assert [world.row(ticket).status for ticket in tickets] == [
        "verified",
        "rejected",
        "submitted",
        "verified",
    ]


KILL = "SELECT pg_terminate_backend(%s, 5000)"


@pytest.mark.parametrize(
    "dies_before", ["UPDATE", "INSERT INTO geoapp.complaint_event", "hand_over("]
)
def test_a_connection_that_dies_in_the_middle_leaves_nothing_half_done(world, dies_before):
    ticket = world.new()
    before, told = world.row(ticket), world.events(ticket)

    def kill(connection, cursor, statement, parameters, context, executemany):
        if dies_before in statement and not killed:
            killed.append(cursor.connection.info.backend_pid)
            ask(world.database, KILL, (killed[0],))

    killed: list[int] = []
    event.listen(world.database.engine, "before_cursor_execute", kill)
    try:
        with pytest.raises(DatabaseUnavailable):
            world.act(world.operator, "assign", ticket, agency="dlh", reason="Sampah")
    finally:
        event.remove(world.database.engine, "before_cursor_execute", kill)
    assert killed
    assert world.row(ticket) == before
    assert world.events(ticket) == told
    world.act(world.operator, "assign", ticket, agency="dlh", reason="Sampah")
    assert (world.row(ticket).agency_code, world.row(ticket).version) == ("dlh", 2)


def test_closing_that_is_killed_goes_on_where_it_was(world, monkeypatch):
    tickets = [world.new() for _ in range(4)]
    for ticket in tickets:
        world.act(world.operator, "assign", ticket)
        world.act(world.admin, "finish", ticket, text="Sudah.")
        world.set(ticket, "resolved_at = now() - interval '60 days'")
    monkeypatch.setattr(closing, "BATCH", 2)
    batches: list[int] = []

    def kill(connection, cursor, statement, parameters, context, executemany):
        if "closed AS" in statement:
            batches.append(1)
            if len(batches) == 2:
                ask(world.database, KILL, (cursor.connection.info.backend_pid,))

    event.listen(world.database.engine, "before_cursor_execute", kill)
    try:
        with pytest.raises(DatabaseUnavailable):
            closing.close_undisputed(world.database, world.city)
    finally:
        event.remove(world.database.engine, "before_cursor_execute", kill)
    assert (
        sorted(world.row(ticket).status for ticket in tickets) == ["closed"] * 2 + ["resolved"] * 2
    )
    assert closing.close_undisputed(world.database, world.city) == 2
    for ticket in tickets:
        assert [e.status for e in world.events(ticket)].count("closed") == 1
