from __future__ import annotations

import queue
import socket
import time
from datetime import date

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from geoapp.domain.events import BoundariesChanged, Cursor, FeedEvent, Position
from geoapp.store import boundaries, feed
from geoapp.store.database import Database, Role
from geoapp.usecases.feed import Hub, health
from geoapp.usecases.feed_client import BACKLOG, Batch, Client
from tests.roads import jelutung_on_a_national_road
from tests.support import eventually, send

EVENT = text(
    "INSERT INTO geoapp.complaint_event (city_code, complaint_id, ticket, kind, status, actor)"
    " SELECT city_code, id, ticket, 'status', 'verified', 'system' FROM geoapp.complaint"
    " WHERE ticket = :ticket RETURNING id"
)

ENDED = text(
    "INSERT INTO geoapp.activation (city_code, state, started_by, finished_at)"
    " VALUES ('15.71', 'done', 'system', now())"
)

LOADED = text(
    "INSERT INTO geoapp.complaint_event"
    " (city_code, complaint_id, ticket, kind, status, actor, at)"
    " SELECT city_code, id, ticket, 'status', 'verified', 'import', '2020-01-01+00'"
    " FROM geoapp.complaint WHERE ticket = :ticket"
)


@pytest.fixture
def writer(jambi: Database):
    """Plain connections as the worker, to hold transactions open."""
    engine = create_engine(jambi.url, poolclass=NullPool)
    connections = []

    def connect():
        connection = engine.connect()
        connection.begin()
        connection.execute(text("SET LOCAL ROLE geoapp_worker"))
        connections.append(connection)
        return connection

    yield connect
    for connection in connections:
        connection.close()
    engine.dispose()


@pytest.fixture
def new_hub(jambi: Database):
    """Hubs as other web processes have them."""
    hubs = []

    def make():
        hubs.append(Hub(jambi, interval_s=0.01))
        return hubs[-1]

    yield make
    for hub in hubs:
        hub.close()


def heard(client: Client) -> FeedEvent | BoundariesChanged:
    """The only event of the next batch."""
    batch = client.next(5)
    assert batch is not None
    (event,) = batch.events
    return event


def nothing_waits(client: Client) -> bool:
    try:
        client.next(0)
    except queue.Empty:
        return True
    return False


def read(database: Database, cursor: Cursor) -> list[int]:
    with database.transaction(Role.LISTENER) as connection:
        return [event.cursor.id for event in feed.after(connection, cursor)]


def test_an_event_waits_for_older_transactions_and_then_comes_after_them(jambi, writer):
    ticket = send(jambi)["ticket"]
    with jambi.transaction(Role.LISTENER) as connection:
        start = feed.position(connection).cursor

    slow, fast = writer(), writer()
    first = slow.execute(EVENT, {"ticket": ticket}).scalar_one()
    second = fast.execute(EVENT, {"ticket": ticket}).scalar_one()
    fast.commit()
    # A reader that asked for "id > last" now would see the second and never the first.
    assert read(jambi, start) == []
    slow.commit()
    assert read(jambi, start) == [first, second]


def test_the_lag_is_how_long_an_open_transaction_holds_readers_back(jambi, writer):
    ticket = send(jambi)["ticket"]
    eventually(lambda: health(jambi)["held_back_s"] == 0)

    slow = writer()
    slow.execute(EVENT, {"ticket": ticket})
    began = time.monotonic()
    # Committed, and yet no reader may have it. What was loaded tells of moments long gone.
    with jambi.transaction(Role.WORKER, "15.71") as connection:
        connection.execute(LOADED, {"ticket": ticket})
    assert health(jambi)["held_back_s"] == 0
    with jambi.transaction(Role.WORKER, "15.71") as connection:
        connection.execute(EVENT, {"ticket": ticket})
    first = float(health(jambi)["held_back_s"])
    eventually(lambda: float(health(jambi)["held_back_s"]) > first + 0.05)
    assert float(health(jambi)["held_back_s"]) <= time.monotonic() - began + 0.1
    slow.commit()
    eventually(lambda: health(jambi)["held_back_s"] == 0)


def test_a_hub_hands_a_new_complaint_to_the_clients_of_its_city_only(jambi, new_hub):
    hub = new_hub()
    with hub.subscribe("15.71") as (jambi_client, _), hub.subscribe("99.99") as (other, _):
        ticket = send(jambi)["ticket"]
        event = heard(jambi_client)
        assert (event.ticket, event.kind, event.visible) == (ticket, "submitted", True)
        assert nothing_waits(other)


def test_a_client_that_was_away_gets_what_it_missed_and_nothing_twice(jambi, new_hub):
    hub = new_hub()
    with hub.subscribe("15.71") as (_, here):
        away_since = here.cursor
    tickets = [send(jambi)["ticket"] for _ in range(5)]
    eventually(lambda: len(read(jambi, away_since)) == 5)
    hub = new_hub()  # another process
    with hub.subscribe("15.71") as (client, here):
        missed = hub.catch_up("15.71", away_since, here)
        assert missed is not None
        later = send(jambi)["ticket"]
        event = heard(client)
    assert [event.ticket for event in missed.events] + [event.ticket] == [*tickets, later]


def test_a_confidential_complaint_reaches_the_feed_without_anything_of_it(jambi, new_hub):
    hub = new_hub()
    with hub.subscribe("15.71") as (client, _):
        send(jambi, confidential=True)
        event = heard(client)
    assert event.visible is False
    assert (event.service_code, event.lon, event.lat, event.kelurahan_code) == (None,) * 4


def test_a_client_that_does_not_read_is_let_go_and_others_go_on(jambi, new_hub):
    hub, hung_up = new_hub(), []
    with (
        hub.subscribe("15.71", lambda: hung_up.append(True)) as (slow, here),
        hub.subscribe("15.71") as (quick, _),
    ):
        first = send(jambi)["ticket"]
        event = heard(quick)
        assert event.ticket == first
        assert not hung_up
        assert slow.give(Batch(here.epoch, (event,) * (BACKLOG - 1)))  # with the first: all it may
        second = send(jambi)["ticket"]
        assert heard(quick).ticket == second
        eventually(lambda: hub.clients == 1)
        assert slow.next(0) is None
        assert nothing_waits(slow)
        assert hung_up == [True]


def test_what_is_told_to_many_alike_is_made_once(jambi, new_hub):
    hub, made = new_hub(), []

    def render(batch: Batch) -> str:
        made.append(batch)
        return "rendered"

    with hub.subscribe("15.71") as (one, _), hub.subscribe("15.71") as (another, _):
        send(jambi)
        first, second = one.next(5), another.next(5)
    assert [first.once("public", render), second.once("public", render)] == ["rendered"] * 2
    assert len(made) == 1
    first.once("staff", render)
    assert len(made) == 2


def test_who_heard_more_from_another_process_hears_nothing_twice(jambi, new_hub):
    hub = new_hub()
    with hub.subscribe("15.71") as (client, here):
        tickets = [send(jambi)["ticket"] for _ in range(3)]
        events = []
        while len(events) < 3:
            events += client.next(5).events
        batch = Batch(here.epoch, tuple(events))
        assert [event.ticket for event in batch.after(events[0].cursor).events] == tickets[1:]
        assert batch.after(events[2].cursor).events == ()
        assert batch.after(here.cursor) is batch
        # this process had read as far as `here` when it came with the second event's number
        assert hub.catch_up("15.71", events[1].cursor, here).events == ()


def test_many_that_come_back_with_the_same_number_are_answered_with_one_batch(jambi, new_hub):
    hub = new_hub()
    with hub.subscribe("15.71") as (client, before):
        ticket = send(jambi)["ticket"]
        heard(client)
        with hub.subscribe("15.71") as (_, here):
            first = hub.catch_up("15.71", before.cursor, here)
            second = hub.catch_up("15.71", before.cursor, here)
            assert [event.ticket for event in first.events] == [ticket]
            assert second is first
            assert hub.catch_up("15.71", here.cursor, here).events == ()


def test_a_place_where_the_feed_never_was_is_answered_as_another_life(jambi, new_hub):
    hub = new_hub()
    with hub.subscribe("15.71") as (_, here):
        assert hub.catch_up("15.71", Cursor(here.cursor.xid + 10**9, 1), here) is None


def test_the_bell_is_heard_by_a_process_with_thousands_of_open_sockets(jambi, new_hub):
    ends = [socket.socketpair() for _ in range(600)]  # 1,200 descriptors: more than select() takes
    try:
        with new_hub().subscribe("15.71") as (client, _):
            ticket = send(jambi)["ticket"]
            assert heard(client).ticket == ticket
    finally:
        for one, other in ends:
            one.close()
            other.close()


@pytest.mark.parametrize(
    "text_", ["", "x", "a:b:c", "e:1", "e:-1:2", "e:1:1e3", "e:٣:1", f"e:{10**20}:1", "e:1:2:3"]
)
def test_a_foreign_last_event_id_is_no_position(text_):
    assert Position.parse(text_) is None


def test_a_position_survives_its_own_text():
    position = Position("5f0c", Cursor(18_446_744_073, 42))
    assert Position.parse(str(position)) == position


def test_the_clients_of_a_city_are_told_when_it_goes_by_other_boundaries(jambi, new_hub):
    hub = new_hub()
    with hub.subscribe("15.71") as (client, _), hub.subscribe("99.99") as (other, _):
        before = hub.boundaries("15.71")
        assert before
        staged = jelutung_on_a_national_road(jambi, activate=False)
        send(jambi)  # a staged set tells nobody anything
        assert heard(client).kind == "submitted"
        with jambi.transaction(Role.WORKER, "15.71") as connection:
            boundaries.activate(connection, "15.71", staged, date(2026, 1, 1))
        told = heard(client)  # within the second that a hub sleeps
        assert isinstance(told, BoundariesChanged)
        assert told.version == hub.boundaries("15.71") != before
        with jambi.transaction(Role.WORKER, "15.71") as connection:
            connection.execute(ENDED)
        again = heard(client)
        assert again.version not in {before, told.version}
        assert nothing_waits(client)
        assert nothing_waits(other)
