"""kill -9 while citizens submit: what was acknowledged is there, exactly once."""

from __future__ import annotations

import http.client
import json
import os
import random
import signal
import threading
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Self

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from geoapp.embedded import Cluster
from geoapp.store import migrate
from geoapp.store.database import Database
from geoapp.usecases import cities
from tests.asking import body
from tests.servers import Server, serve
from tests.support import eventually

pytestmark = pytest.mark.long

CLIENTS = 8
BEFORE, AFTER = 60, 60
"""Acknowledged tickets before the kill, and again after the restart."""


class Crowd:
    """Eight phones that send with keys and send again until they are told a ticket."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.told: dict[str, set[str]] = {}
        self.failures = 0
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._phone) for _ in range(CLIENTS)]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join(timeout=60)

    @property
    def acknowledged(self) -> int:
        return len(self.told)

    def _phone(self) -> None:
        while not self._stop.is_set():
            key, data = str(uuid.uuid4()), json.dumps(body(landmark=str(random.random())))
            # Half of them ask once more although they know: answers get lost on the way.
            for _ in range(random.choice((1, 2))):
                while not self._stop.is_set():
                    ticket = self._send(key, data)
                    if ticket:
                        with self._lock:
                            self.told.setdefault(key, set()).add(ticket)
                        break
                    self.failures += 1
                    self._stop.wait(0.05)

    def _send(self, key: str, data: str) -> str | None:
        try:
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
            headers = {"Content-Type": "application/json", "Idempotency-Key": key}
            connection.request("POST", "/api/v1/complaints", data, headers)
            answer = connection.getresponse()
            text_ = answer.read()
            connection.close()
        except (OSError, http.client.HTTPException):
            return None
        assert answer.status in {201, 500, 503}, text_
        return str(json.loads(text_)["ticket"]) if answer.status == 201 else None


@pytest.fixture
def durable(tmp_path: Path) -> Iterator[Callable[..., tuple[Cluster, Database]]]:
    """Clusters of the test's own, made to be killed; durability is on unless asked otherwise."""
    made: list[tuple[Cluster, Database]] = []

    def make(**settings: str) -> tuple[Cluster, Database]:
        cluster = Cluster.prepare(tmp_path / "home", progress=lambda _: None, settings=settings)
        cluster.start()
        cluster.create_database("crash")
        migrate.upgrade(cluster.url("geoapp_owner", "crash"))
        database = Database(cluster.url("geoapp_app", "crash"))
        cities.load_default(database)
        made.append((cluster, database))
        return made[-1]

    yield make
    for cluster, database in made:
        database.dispose()
        cluster.destroy()


def owner(cluster: Cluster, question: str) -> list[Any]:
    engine = create_engine(cluster.url("geoapp_owner", "crash"), poolclass=NullPool)
    with engine.connect() as connection:
        found = connection.execute(text(question)).all()
    engine.dispose()
    return list(found)


def check(cluster: Cluster, crowd: Crowd) -> None:
    """Every acknowledged ticket once, whole; one ticket per key; nothing without its parts."""
    assert crowd.failures > 0, "nobody noticed the crash: the test proves nothing"
    assert all(len(tickets) == 1 for tickets in crowd.told.values()), "a key got two tickets"
    acknowledged = {ticket for tickets in crowd.told.values() for ticket in tickets}
    assert len(acknowledged) == len(crowd.told), "two keys share a ticket"
    stored = owner(
        cluster,
        """
        SELECT complaint.ticket, count(DISTINCT assignment.id) AS decisions,
               count(DISTINCT event.id) AS events
        FROM geoapp.complaint
        LEFT JOIN geoapp.assignment ON assignment.city_code = complaint.city_code
                                   AND assignment.complaint_id = complaint.id
        LEFT JOIN geoapp.complaint_event AS event ON event.city_code = complaint.city_code
                                                 AND event.complaint_id = complaint.id
        GROUP BY complaint.ticket
        """,
    )
    assert {(row.decisions, row.events) for row in stored} == {(1, 1)}
    lost = acknowledged - {row.ticket for row in stored}
    assert not lost, f"{len(lost)} acknowledged complaints are gone"
    keys = owner(cluster, "SELECT key, answer ->> 'ticket' AS ticket FROM geoapp.intake_key")
    assert len(keys) == len(stored), "a complaint without its key, or twice"
    assert {row.ticket for row in keys} == {row.ticket for row in stored}
    assert all(crowd.told[row.key] == {row.ticket} for row in keys if row.key in crowd.told)


def crash(server: Server, crowd: Crowd, kill: Callable[[], None]) -> None:
    eventually(lambda: crowd.acknowledged >= BEFORE, within_s=60, what="first tickets")
    kill()
    reached = crowd.acknowledged
    eventually(server.healthy, within_s=60, what="healthy again")
    eventually(lambda: crowd.acknowledged >= reached + AFTER, within_s=60, what="tickets again")


def test_a_killed_web_worker_loses_and_doubles_nothing(durable, tmp_path):
    cluster, database = durable()
    with serve(database.url, tmp_path / "web") as server:
        with Crowd(server.port) as crowd:
            victims = server.workers()
            assert len(victims) == 2
            crash(server, crowd, lambda: [os.kill(pid, signal.SIGKILL) for pid in victims])
            eventually(lambda: len(server.workers()) == 2)
        assert not set(server.workers()) & set(victims)
        check(cluster, crowd)


def test_a_killed_postmaster_loses_and_doubles_nothing(durable, tmp_path):
    cluster, database = durable()
    assert owner(cluster, "SHOW fsync")[0][0] == "on"
    assert owner(cluster, "SHOW synchronous_commit")[0][0] == "on"
    with serve(database.url, tmp_path / "web") as server:

        def kill() -> None:
            pid = cluster.pid
            assert pid is not None
            os.kill(pid, signal.SIGKILL)
            eventually(lambda: not cluster.running)
            cluster.start()  # recovery, as the supervisor does it

        with Crowd(server.port) as crowd:
            crash(server, crowd, kill)
        check(cluster, crowd)


@pytest.mark.slow
def test_the_check_is_not_blind_to_lost_commits(durable, tmp_path):
    """Without waiting for the disk, a kill loses acknowledged tickets: and is noticed."""
    # a slow WAL writer keeps what isn't flushed for up to ten seconds
    cluster, database = durable(
        synchronous_commit="off", wal_writer_delay="10000ms", wal_writer_flush_after="1GB"
    )
    with serve(database.url, tmp_path / "web") as server:
        for _ in range(5):
            with Crowd(server.port) as crowd:

                def kill() -> None:
                    # all at once, so that no backend writes what is pending as it ends
                    victims = owner(cluster, "SELECT pid FROM pg_stat_activity")
                    pid = cluster.pid
                    assert pid is not None
                    for victim in [pid, *(row.pid for row in victims)]:
                        if Path(f"/proc/{victim}").exists():
                            os.kill(victim, signal.SIGKILL)
                    eventually(lambda: not cluster.running)
                    cluster.start()

                crash(server, crowd, kill)
            if noticed(cluster, crowd):
                return
    pytest.fail("five crashes without durable commits lost nothing that was noticed")


def noticed(cluster: Cluster, crowd: Crowd) -> bool:
    """Whether `check` says that tickets are lost or were given out twice."""
    try:
        check(cluster, crowd)
    except AssertionError as problem:
        return "are gone" in str(problem) or "two tickets" in str(problem)
    return False
