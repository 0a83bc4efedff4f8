"""What holds and reopenings make of the three deadlines, worked by hand; times are WIB."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text

from geoapp.domain.complaint import Status
from geoapp.domain.workflow_terms import Clock
from geoapp.errors import StepRefused
from geoapp.store import casework as stored
from geoapp.store.database import Database, Role
from tests.asking import as_owner
from tests.casework import EMPTY, World
from tests.databases import clone, drop

WIB = ZoneInfo("Asia/Jakarta")


def wib(moment: str) -> datetime:
    return datetime.fromisoformat(moment).replace(tzinfo=WIB)


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


OLD = (
    "submitted_at = '2026-03-02 09:00+07', verify_due_at = '2026-03-05 23:59:59+07',"
    " answer_due_at = '2026-03-09 23:59:59+07', due_at = '2026-03-05 09:00+07'"
)


def reopened_on_a_friday(world, ticket):
    """The row, having been reopened on Friday 13 March 2026 at 10:00."""
    with world.database.transaction(
        Role.STAFF, "15.71", account=world.operator.account_id
    ) as connection:
        before = stored.lock(connection, "15.71", [ticket])[ticket]
        after = replace(before, status=Status.REOPENED)
        moved = stored.move(
            connection,
            "15.71",
            before,
            after,
            now=wib("2026-03-13 10:00"),
            clock=Clock.RESTART,
        )
    return moved, world.row(ticket)


# | 16 17 (18-24 off) 25 26 27; a pothole's 72 hours end on Monday the 16th.
VERIFY, ANSWER = wib("2026-03-25 23:59:59"), wib("2026-03-27 23:59:59")
DUE = wib("2026-03-16 10:00")


def test_reopening_restarts_whatever_was_not_met(world):
    ticket = world.new()
    world.set(ticket, OLD)
    moved, row = reopened_on_a_friday(world, ticket)
    assert (row.verify_due_at, row.answer_due_at, row.due_at) == (VERIFY, ANSWER, DUE)
    assert moved.verify == (wib("2026-03-05 23:59:59"), VERIFY)


def test_reopening_leaves_alone_what_was_met(world):
    ticket = world.new()
    world.set(ticket, f"{OLD}, verified_at = '2026-03-04 08:00+07'")
    _, row = reopened_on_a_friday(world, ticket)
    assert (row.verify_due_at, row.answer_due_at) == (wib("2026-03-05 23:59:59"), ANSWER)
    world.set(
        ticket,
        f"{OLD}, verified_at = '2026-03-04 08:00+07', first_response_at = '2026-03-05 08:00+07'",
    )
    _, row = reopened_on_a_friday(world, ticket)
    assert (row.verify_due_at, row.answer_due_at, row.due_at) == (
        wib("2026-03-05 23:59:59"),
        wib("2026-03-09 23:59:59"),
        DUE,
    )


def promised(world, at):
    with as_owner(world.database) as connection:
        return connection.execute(
            text("SELECT * FROM geoapp.deadlines('15.71', 'pothole', :at)"), {"at": at}
        ).one()


def test_the_history_tells_what_reopening_restarted(world):
    ticket = world.new()
    world.set(ticket, OLD)
    world.act(world.operator, "reject", ticket, reason="Terlalu umum")
    world.act(world.operator, "reopen", ticket, reason="Foto menyusul")
    row, event = world.row(ticket), world.events(ticket)[-1]
    promise = promised(world, event.at)
    assert (row.verify_due_at, row.answer_due_at) == (promise.verify_due_at, promise.answer_due_at)
    # The entry is dated when it is written, a moment after the step was planned.
    assert timedelta(0) <= promise.due_at - row.due_at < timedelta(seconds=5)
    for name in ("verify_due_at", "answer_due_at", "due_at"):
        assert datetime.fromisoformat(event.data[f"{name}_after"]) == getattr(row, name)
    assert datetime.fromisoformat(event.data["verify_due_at_before"]) == wib("2026-03-05 23:59:59")


@pytest.mark.parametrize("step", ["hold", "out_of_authority"])
def test_an_agency_sets_nothing_aside_before_it_was_verified(world, step):
    ticket = world.new()
    fields = {"reason": "Menunggu anggaran"} | (
        {"authority": "BPJN Jambi"} if step == "out_of_authority" else {}
    )
    with pytest.raises(StepRefused) as refusal:
        world.act(world.admin, step, ticket, **fields)
    assert "verified" in refusal.value.remedy
    assert world.row(ticket).version == 1
    world.act(world.operator, "verify", ticket)
    assert world.act(world.admin, step, ticket, **fields).version == 3


def test_nor_what_an_operator_put_on_hold_before(world):
    ticket = world.new()
    world.act(world.operator, "hold", ticket, reason="Menunggu foto")
    fields = {"reason": "Jalan nasional", "authority": "BPJN Jambi"}
    with pytest.raises(StepRefused, match="verified"):
        world.act(world.admin, "out_of_authority", ticket, **fields)
    assert world.act(world.operator, "out_of_authority", ticket, **fields).version == 3


def test_a_hold_keeps_the_lateness_that_there_was(world):
    """Eight hours late when it was put on hold: eight hours late when it goes on."""
    ticket = world.new()
    world.act(world.operator, "verify", ticket)
    held = datetime.now(UTC) - timedelta(hours=30)
    world.set(ticket, "due_at = :due", due=held - timedelta(hours=8))
    world.act(world.admin, "hold", ticket, reason="Menunggu aspal")
    world.set(ticket, "hold_since = :held", held=held)
    assert state(world, ticket) == "paused"
    world.act(world.admin, "resume", ticket)
    resumed = datetime.fromisoformat(world.events(ticket)[-1].data["to"])
    assert world.row(ticket).due_at == resumed - timedelta(hours=8)
    assert state(world, ticket) == "overdue"


def state(world, ticket):
    row = world.row(ticket)
    with as_owner(world.database) as connection:
        return connection.execute(
            text("SELECT geoapp.deadline_state(:status, :due, now())"),
            {"status": row.status, "due": row.due_at},
        ).scalar_one()
