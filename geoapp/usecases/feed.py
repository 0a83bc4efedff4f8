"""The live feed of one process: a bell that is rung after commits, a hub that listens.

One hub per process follows the table with one connection and hands what it reads to every
client of its city, one batch per reading: a client is woken once, and what is told to many
alike is rendered once (`Batch.once`). Threads here are greenlets under gevent.
"""

from __future__ import annotations

import logging
import select
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg2
import psycopg2.extensions
from sqlalchemy.exc import SQLAlchemyError

from geoapp.domain.events import BoundariesChanged, Cursor, FeedEvent, Position
from geoapp.errors import DatabaseUnavailable
from geoapp.store import feed
from geoapp.store.database import Database, Role
from geoapp.usecases.feed_client import BACKLOG, Batch, Client

log = logging.getLogger(__name__)

CAUGHT_S = 0.5
"""What was missed is told as it was read so long ago at most: it may turn confidential."""

AT_ONCE = 500
"""Clients that are told without a pause; some ten milliseconds."""


class Bell:
    """Rings the doorbell after commits, at most once per interval.

    A NOTIFY inside the writer's transaction would cost it a third of its throughput.
    """

    def __init__(self, database: Database, *, interval_s: float = 0.02) -> None:
        self._database = database
        self._interval = interval_s
        self._wanted = threading.Event()
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()

    def ring(self) -> None:
        """Say that something was committed; returns at once."""
        if self._thread is None:
            with self._lock:
                if self._thread is None:
                    self._thread = threading.Thread(target=self._run, daemon=True)
                    self._thread.start()
        self._wanted.set()

    def _run(self) -> None:
        connection: psycopg2.extensions.connection | None = None
        while True:
            self._wanted.wait()
            self._wanted.clear()
            try:
                if connection is None or connection.closed:
                    connection = self._database.raw_connection()
                with connection.cursor() as cursor:
                    cursor.execute(feed.RING)
            except psycopg2.Error:
                # Listeners poll every second anyway: a lost ring delays, it loses nothing.
                connection = None
            time.sleep(self._interval)


def ring_once(database: Database) -> None:
    """Ring from a command that ends right after."""
    connection = database.raw_connection()
    try:
        with connection.cursor() as cursor:
            cursor.execute(feed.RING)
    finally:
        connection.close()


class Hub:
    """Follows the feed and hands events to clients; starts with its first client."""

    def __init__(self, database: Database, *, interval_s: float = 0.15) -> None:
        self._database = database
        self._interval = interval_s
        self._clients: set[Client] = set()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._ready = threading.Event()
        self._position: Position | None = None
        self._boundaries: dict[str, str] = {}
        self._looked_at = 0.0
        self._caught = Batch("", ())
        self._caught_at = 0.0
        self._closed = False

    def close(self) -> None:
        """Stop following; every client's subscription ends."""
        self._closed = True
        with self._lock:
            self._drop_all()

    @property
    def clients(self) -> int:
        """How many are subscribed in this process."""
        return len(self._clients)

    def lag_s(self) -> float | None:
        """Seconds since the hub last read the feed; None while nobody listens here."""
        return time.monotonic() - self._looked_at if self._thread else None

    def boundaries(self, city_code: str) -> str:
        """What a city's boundaries stand at; empty before the first client."""
        return self._boundaries.get(city_code, "")

    @contextmanager
    def subscribe(
        self, city_code: str, hang_up: Callable[[], None] = lambda: None
    ) -> Iterator[tuple[Client, Position]]:
        """A client that gets every event of its city after the position given with it.

        Args:
            hang_up: called when the subscription ends because the client doesn't keep up.

        Raises:
            DatabaseUnavailable: the feed can't be read right now.
        """
        self._start()
        if not self._ready.wait(timeout=5):
            raise DatabaseUnavailable("The live feed isn't ready.", "Connect again.")
        client = Client(city_code, hang_up)
        with self._lock:
            assert self._position is not None
            here = self._position
            self._clients.add(client)
        try:
            yield client, here
        finally:
            with self._lock:
                self._clients.discard(client)

    def catch_up(self, city_code: str, since: Cursor, here: Position) -> Batch | None:
        """Events of a city after *since* up to *here*; empty if *since* is further.

        None when they are too many to resend, or *since* is where the feed never was. When a
        web worker goes, thousands come back at once with the same number: they are answered
        with one batch, read once.
        """
        with self._lock:
            if time.monotonic() - self._caught_at > CAUGHT_S:
                self._caught, self._caught_at = Batch(here.epoch, ()), time.monotonic()
            caught = self._caught
        return caught.once((city_code, since, here), lambda _: self._after(city_code, since, here))

    def _after(self, city_code: str, since: Cursor, here: Position) -> Batch | None:
        if since > here.cursor:
            with self._database.transaction(Role.LISTENER) as connection:
                known = since <= feed.position(connection).cursor
            return Batch(here.epoch, ()) if known else None
        missed: list[FeedEvent] = []
        cursor = since
        while cursor < here.cursor:
            with self._database.transaction(Role.LISTENER) as connection:
                page = feed.after(connection, cursor)
            if not page:
                break
            missed += [
                event
                for event in page
                if event.city_code == city_code and event.cursor <= here.cursor
            ]
            if len(missed) > BACKLOG:
                return None
            cursor = page[-1].cursor
        return Batch(here.epoch, tuple(missed))

    def _start(self) -> None:
        if self._thread is None:
            with self._lock:
                if self._thread is None:
                    self._looked_at = time.monotonic()
                    self._thread = threading.Thread(target=self._run, daemon=True)
                    self._thread.start()

    def _run(self) -> None:
        connection: psycopg2.extensions.connection | None = None
        while not self._closed:
            try:
                if connection is None or connection.closed:
                    connection = self._database.raw_connection()
                    with connection.cursor() as cursor:
                        cursor.execute(feed.LISTEN)
                self._read()
                # The bell, or a second: whichever comes first.
                if _rings(connection, within_s=1.0):
                    connection.poll()
                    connection.notifies.clear()
                    time.sleep(self._interval)
            except (psycopg2.Error, SQLAlchemyError, DatabaseUnavailable, OSError) as problem:
                log.warning("the feed can't be read, trying again: %s", problem)
                connection = None
                time.sleep(0.5)

    def _read(self) -> None:
        """Hand on everything new; several pages after a burst."""
        while True:
            with self._database.transaction(Role.LISTENER) as connection:
                end = feed.position(connection)
                boundaries = feed.boundaries(connection)
                here = self._position
                if here is None or here.epoch != end.epoch:
                    page: list[FeedEvent] = []
                else:
                    page = feed.after(connection, here.cursor)
            self._looked_at = time.monotonic()
            batches = self._changed(end.epoch, boundaries)
            with self._lock:
                # Who subscribes after this gets what comes after these batches.
                clients = list(self._clients)
                if here is None or here.epoch != end.epoch:
                    self._position = end
                    self._ready.set()
                    if here is not None:
                        self._drop_all()
                        return
                elif page:
                    self._position = Position(here.epoch, page[-1].cursor)
            batches += _by_city(end.epoch, page)
            for city_code, batch in batches:
                self._hand_out(city_code, batch, clients)
            if not page:
                return

    def _changed(self, epoch: str, found: dict[str, str]) -> list[tuple[str, Batch]]:
        """What to tell the clients of each city whose boundaries aren't what they were."""
        before, self._boundaries = self._boundaries, found
        return [
            (city_code, Batch(epoch, (BoundariesChanged(city_code, version),)))
            for city_code, version in found.items()
            if before.get(city_code, version) != version
        ]

    def _hand_out(self, city_code: str, batch: Batch, clients: list[Client]) -> None:
        for number, client in enumerate(clients):
            if number % AT_ONCE == AT_ONCE - 1:
                time.sleep(0)  # whoever else waits has a turn
            if client.city_code != city_code or client not in self._clients:
                continue
            if not client.give(batch):
                with self._lock:
                    self._end(client)

    def _drop_all(self) -> None:
        for client in list(self._clients):
            self._end(client)

    def _end(self, client: Client) -> None:
        """A client that can't keep up starts over: its reconnect carries its position."""
        self._clients.discard(client)
        client.end()


def _by_city(epoch: str, page: list[FeedEvent]) -> list[tuple[str, Batch]]:
    found: dict[str, list[FeedEvent | BoundariesChanged]] = {}
    for event in page:
        found.setdefault(event.city_code, []).append(event)
    return [(city_code, Batch(epoch, tuple(events))) for city_code, events in found.items()]


def _rings(connection: psycopg2.extensions.connection, *, within_s: float) -> bool:
    """Whether something was heard on *connection* in time.

    Not by select(): it knows no file descriptor above 1,023, and every client has one.
    """
    bell = select.poll()
    bell.register(connection, select.POLLIN)
    return bool(bell.poll(1000 * within_s))


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a city stood at one moment, for a page that will follow the feed from there."""

    position: Position
    boundaries: str


def standing(database: Database, city_code: str) -> Standing:
    """What a page made now has to be told of later.

    Raises:
        DatabaseUnavailable: the feed can't be read.
    """
    with database.transaction(Role.VISITOR, city_code) as connection:
        return Standing(*feed.stands(connection, city_code))


def health(database: Database) -> dict[str, str | float]:
    """How the feed stands: its end, and for how long readers have been held back before it.

    Readers stop below the oldest running transaction, so a long one anywhere hides every
    event that was committed since.

    Raises:
        DatabaseUnavailable: it can't be read.
    """
    with database.transaction(Role.LISTENER) as connection:
        return {
            "position": str(feed.position(connection)),
            "held_back_s": round(feed.held_back_s(connection), 3),
        }
