from __future__ import annotations

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from geoapp.errors import Forbidden, InvalidInput, StepRefused
from geoapp.store.database import Database, Role
from geoapp.usecases import closing, replies
from geoapp.worker import jobs
from tests.asking import as_owner
from tests.casework import EMPTY, World
from tests.databases import clone, drop

SECRET = "a secret of this test"
WIB = ZoneInfo("Asia/Jakarta")


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


def reply(world, ticket, words="Lubangnya masih ada", *, solved=False, key=None):
    key = replies.follow_key(SECRET, "15.71", ticket) if key is None else key
    return replies.reply(
        world.database, world.city, ticket, secret=SECRET, key=key, text=words, solved=solved
    )


def resolved(world, **changes):
    ticket = world.new(**changes)
    world.act(world.operator, "assign", ticket)
    world.act(world.officer, "finish", ticket, text="Sudah ditambal.")
    return ticket


def edge_of_the_dispute(world):
    """Noon of the last day that is too old to dispute today, and of the day after it.

    Counted day by day, apart from the function that is tested.
    """
    with as_owner(world.database) as connection:
        off = set(connection.execute(text("SELECT day FROM geoapp.holiday")).scalars())
        today = connection.execute(text("SELECT now()")).scalar_one().astimezone(WIB).date()

    def tenth_working_day_after(day):
        left = 10
        while left:
            day += timedelta(days=1)
            left -= day.weekday() < 5 and day not in off
        return day

    day = today
    while tenth_working_day_after(day) >= today:
        day -= timedelta(days=1)
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=WIB)
    return noon, noon + timedelta(days=1)


def test_the_key_is_sixteen_letters_of_base32_and_the_tickets_own():
    # printf 'follow:15.71:JBI-3333-3333' | openssl dgst -sha256 -hmac KEY, in base32
    key = replies.follow_key("KEY", "15.71", "JBI-3333-3333")
    assert re.fullmatch("[A-Z2-7]{16}", key)
    assert key == "ECUWEGTTCBVPDKNH"
    others = {
        replies.follow_key("OTHER", "15.71", "JBI-3333-3333"),
        replies.follow_key("KEY", "15.72", "JBI-3333-3333"),
        replies.follow_key("KEY", "15.71", "JBI-3333-3334"),
    }
    assert len(others | {key}) == 4
    assert replies.key_fits("KEY", "15.71", "JBI-3333-3333", f" {key.lower()} ")


@pytest.mark.parametrize("key", ["", "A" * 16, "ключ", "x" * 64])
def test_a_wrong_key_changes_nothing_and_tells_nothing(world, key):
    ticket = resolved(world)
    with pytest.raises(Forbidden) as known:
        reply(world, ticket, key=key)
    with pytest.raises(Forbidden) as unknown:
        reply(world, "JBI-9999-9999", key=key)
    assert str(known.value) == str(unknown.value)
    assert world.row(ticket).version == 3


def test_a_dispute_reopens_with_the_full_target(world):
    ticket = resolved(world)
    before = world.row(ticket)
    told = reply(world, ticket)
    row = world.row(ticket)
    assert (told.status, told.changed) == ("reopened", True)
    assert (row.status, row.version, row.reopenings, row.resolved_at) == ("reopened", 4, 1, None)
    assert row.handled_at == before.handled_at
    said, status = world.events(ticket)[-2:]
    assert (said.kind, said.status, said.actor) == ("reply", None, "citizen")
    assert said.data == {"text": "Lubangnya masih ada", "solved": False}
    assert (status.kind, status.status, status.actor) == ("status", "reopened", "citizen")
    assert row.due_at == status.at + timedelta(hours=72)
    # not text: PostgreSQL drops trailing zeros of microseconds
    assert datetime.fromisoformat(status.data["due_at_before"]) == before.due_at


def test_the_reporters_agreement_closes(world):
    ticket = resolved(world)
    assert reply(world, ticket, "", solved=True).status == "closed"
    row = world.row(ticket)
    assert (row.status, row.reopenings) == ("closed", 0)
    assert row.closed_at == world.events(ticket)[-1].at
    assert row.resolved_at is not None


def test_while_it_is_worked_on_a_reply_is_only_added(world):
    ticket = world.new()
    told = reply(world, ticket, "Sekarang dua lubang", solved=True)
    assert (told.status, told.changed) == ("submitted", False)
    row = world.row(ticket)
    assert (row.status, row.version) == ("submitted", 1)
    assert [event.kind for event in world.events(ticket)] == ["submitted", "reply"]


def test_a_dispute_has_to_say_something(world):
    with pytest.raises(InvalidInput) as refusal:
        reply(world, resolved(world), "")
    assert [fault.field for fault in refusal.value.fields] == ["text"]


def test_ten_working_days_and_not_one_more(world):
    in_time, late = resolved(world), resolved(world)
    too_old, still_young = edge_of_the_dispute(world)
    world.set(late, "resolved_at = :at", at=too_old)
    world.set(in_time, "resolved_at = :at", at=still_young)
    with pytest.raises(StepRefused) as refusal:
        reply(world, late)
    assert "10 working days" in refusal.value.message
    assert refusal.value.remedy
    assert reply(world, in_time).status == "reopened"


@pytest.mark.parametrize("step", ["reject", "out_of_authority", "close"])
def test_what_nobody_works_on_takes_no_reply(world, step):
    ticket = resolved(world) if step == "close" else world.new()
    fields = {"reason": "Di luar kota"} if step != "close" else {}
    if step == "out_of_authority":
        fields["authority"] = "BPJN Jambi"
    world.act(world.operator, step, ticket, **fields)
    before = world.row(ticket)
    with pytest.raises(StepRefused) as refusal:
        reply(world, ticket)
    assert refusal.value.remedy
    assert world.row(ticket) == before


def test_the_visitors_side_can_do_no_more_than_that(world):
    """The two functions are all that the intake role has; and they move what is resolved only."""
    ticket = world.new()
    with world.database.transaction(Role.INTAKE, "15.71") as connection:
        recorded = connection.execute(
            text("SELECT geoapp.record_reply('15.71', :ticket, 1, 'x', true, 'closed')"),
            {"ticket": ticket},
        ).scalar_one()
    assert recorded is False
    with world.database.transaction(Role.INTAKE, "15.72") as connection:
        assert (
            connection.execute(
                text("SELECT geoapp.record_reply('15.71', :ticket, 1, 'x', true, NULL)"),
                {"ticket": ticket},
            ).scalar_one()
            is False
        )
        assert not connection.execute(
            text("SELECT * FROM geoapp.reply_standing('15.71', :ticket)"), {"ticket": ticket}
        ).all()
    for role in (Role.VISITOR, Role.LISTENER, Role.STAFF):
        with (
            pytest.raises(ProgrammingError, match="permission denied"),
            world.database.transaction(role, "15.71") as connection,
        ):
            connection.execute(text("SELECT geoapp.record_reply('15.71', 'x', 1, 'x', true, NULL)"))
    assert world.row(ticket).version == 1


def test_what_nobody_disputed_is_closed_by_the_system_once(world):
    due, young, disputed = resolved(world), resolved(world), resolved(world)
    too_old, still_young = edge_of_the_dispute(world)
    world.set(due, "resolved_at = :at", at=too_old)
    world.set(young, "resolved_at = :at", at=still_young)
    reply(world, disputed)

    assert closing.close_undisputed(world.database, world.city) == 1
    assert closing.close_undisputed(world.database, world.city) == 0

    row = world.row(due)
    assert (row.status, row.version, row.resolved_at) == ("closed", 4, too_old)
    event = world.events(due)[-1]
    assert (event.kind, event.status, event.actor) == ("status", "closed", "system")
    assert (world.row(young).status, world.row(disputed).status) == ("resolved", "reopened")


def test_closing_goes_in_batches_and_leaves_alone_what_somebody_holds(world, monkeypatch):
    tickets = [resolved(world) for _ in range(5)]
    for ticket in tickets:
        world.set(ticket, "resolved_at = now() - interval '60 days'")
    monkeypatch.setattr(closing, "BATCH", 2)
    with as_owner(world.database) as connection:
        connection.execute(
            text("SELECT 1 FROM geoapp.complaint WHERE ticket = :ticket FOR NO KEY UPDATE"),
            {"ticket": tickets[0]},
        )
        assert closing.close_undisputed(world.database, world.city) == 4
    assert closing.close_undisputed(world.database, world.city) == 1
    assert {world.row(ticket).status for ticket in tickets} == {"closed"}


def test_closing_stops_when_asked_between_batches(world, monkeypatch):
    for _ in range(3):
        world.set(resolved(world), "resolved_at = now() - interval '60 days'")
    monkeypatch.setattr(closing, "BATCH", 1)
    answers = iter([False, False, True])
    assert closing.close_undisputed(world.database, world.city, stopping=lambda: next(answers)) == 2


def test_the_workers_job_closes_in_every_city(world):
    ticket = resolved(world)
    world.set(ticket, "resolved_at = now() - interval '60 days'")
    assert jobs.close_undisputed(world.database, lambda: False) == 1
    assert jobs.close_undisputed(world.database, lambda: False) == 0
    assert world.row(ticket).status == "closed"


def test_what_was_put_on_hold_elsewhere_resumes_without_a_pause(world):
    """Imported and simulated complaints don't say since when, nor from where."""
    ticket = world.new()
    world.set(ticket, "status = 'on_hold'")
    before = world.row(ticket)
    assert world.act(world.operator, "resume", ticket).status == "verified"
    assert world.row(ticket).due_at == before.due_at
    assert world.events(ticket)[-1].kind == "status"
