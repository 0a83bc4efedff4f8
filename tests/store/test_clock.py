"""The database's time, counted on between two readings."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import event, text

from geoapp.errors import DatabaseUnavailable
from geoapp.store import clock as clock_module
from geoapp.store.clock import ASK_AGAIN_AFTER_S, DatabaseClock, Reading
from geoapp.store.database import Database, Role

NOON = datetime(2026, 6, 15, 5, 0, tzinfo=UTC)


class Ticks:
    """A monotonic clock that moves when told to."""

    def __init__(self) -> None:
        self.value = 1000.0

    def monotonic(self) -> float:
        return self.value


@pytest.fixture
def ticks(monkeypatch: pytest.MonkeyPatch) -> Ticks:
    made = Ticks()
    monkeypatch.setattr(clock_module, "time", made)
    return made


def test_it_asks_once_a_minute_and_counts_on_in_between(ticks: Ticks) -> None:
    asked: list[float] = []

    def ask() -> Reading:
        asked.append(ticks.value)
        # the database's clock runs two seconds a minute faster than ours
        return Reading(NOON + timedelta(seconds=(ticks.value - 1000.0) * 62 / 60), ticks.value)

    clock = DatabaseClock(ask)
    assert clock.now() == NOON
    ticks.value += ASK_AGAIN_AFTER_S - 1
    assert clock.now() == NOON + timedelta(seconds=59)
    assert len(asked) == 1
    ticks.value += 1
    assert clock.now() == NOON + timedelta(seconds=62)
    assert len(asked) == 2


def test_a_new_connection_makes_it_ask_again(ticks: Ticks) -> None:
    answers = iter([NOON, NOON + timedelta(days=1)])
    clock = DatabaseClock(lambda: Reading(next(answers), ticks.value))
    assert clock.now() == NOON
    clock.doubt()
    assert clock.now() == NOON + timedelta(days=1)


def test_it_counts_on_while_the_server_is_away(ticks: Ticks) -> None:
    answers = iter([Reading(NOON, ticks.value)])

    def ask() -> Reading:
        try:
            return next(answers)
        except StopIteration:
            raise DatabaseUnavailable("away", "wait") from None

    clock = DatabaseClock(ask)
    clock.now()
    ticks.value += 3600
    assert clock.now() == NOON + timedelta(hours=1)
    with pytest.raises(DatabaseUnavailable):
        DatabaseClock(ask).now()


def test_who_has_a_reading_does_not_wait_for_the_next() -> None:
    asking, answer = threading.Event(), threading.Event()
    readings = 0

    def ask() -> Reading:
        nonlocal readings
        readings += 1
        if readings > 1:
            asking.set()
            assert answer.wait(10)
        return Reading(NOON, time.monotonic())

    clock = DatabaseClock(ask)
    clock.now()
    clock.doubt()
    slow = threading.Thread(target=clock.now)
    slow.start()
    assert asking.wait(10)
    assert NOON <= clock.now() < NOON + timedelta(seconds=10)
    answer.set()
    slow.join(10)
    assert readings == 2


def test_it_is_the_servers_time_in_utc(jambi: Database) -> None:
    asked: list[str] = []
    event.listen(
        jambi.engine, "before_cursor_execute", lambda *a, **_: asked.append(a[2]), named=False
    )
    with jambi.transaction(Role.VISITOR) as connection:
        before = connection.execute(text("SELECT clock_timestamp() AS moment")).scalar_one()
        told = jambi.now()
        after = connection.execute(text("SELECT clock_timestamp() AS moment")).scalar_one()
    # the reading is half a round trip on a Unix socket off at most
    slack = timedelta(seconds=0.1)
    assert before - slack <= told <= after + slack
    assert told.tzinfo is UTC
    for _ in range(100):
        jambi.now()
    assert sum(statement == "SELECT clock_timestamp()" for statement in asked) == 1
    # a connection that was lost may come back to another server
    jambi.dispose()
    with jambi.transaction(Role.VISITOR) as connection:
        connection.execute(text("SELECT 1"))
    jambi.now()
    assert sum(statement == "SELECT clock_timestamp()" for statement in asked) == 2
