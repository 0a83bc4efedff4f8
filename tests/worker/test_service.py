"""The worker process: works at once, stops when asked, outlives the database's restarts."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from geoapp.embedded import Cluster
from geoapp.store import migrate
from geoapp.store.database import Database, Role
from geoapp.usecases import cities


def until(condition: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        threading.Event().wait(0.05)


@pytest.fixture
def own_cluster(tmp_path: Path) -> Iterator[Cluster]:
    """A cluster of the test's own, as it will be stopped and started."""
    with Cluster.prepare(tmp_path, progress=lambda _: None, settings={"fsync": "off"}) as running:
        running.create_database("geoapp")
        migrate.upgrade(running.url("geoapp_owner", "geoapp"))
        yield running


@pytest.fixture
def database(own_cluster: Cluster) -> Iterator[Database]:
    database = Database(own_cluster.url("geoapp_app", "geoapp"))
    cities.load_default(database)
    yield database
    database.dispose()


@pytest.fixture
def worker(database: Database, tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    environment = {**os.environ, "GEOAPP_DATABASE_URL": database.url}
    with (tmp_path / "worker.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "geoapp", "worker"], env=environment, stderr=log, stdout=log
        )
        yield process
        if process.poll() is None:
            process.kill()
        process.wait()


def runs(database: Database) -> int:
    with database.transaction(Role.VISITOR, "15.71") as connection:
        return int(connection.execute(text("SELECT count(*) FROM geoapp.hotspot_run")).scalar_one())


def queue_is_empty(cluster: Cluster) -> bool:
    engine = create_engine(cluster.url("geoapp_owner", "geoapp"), poolclass=NullPool)
    with engine.connect() as connection:
        query = "SELECT count(*) FROM procrastinate.procrastinate_jobs"
        return connection.execute(text(query)).scalar_one() == 0


def test_hotspots_are_there_soon_after_the_start_and_sigterm_ends_it_cleanly(
    worker: subprocess.Popen[bytes], own_cluster: Cluster, database: Database, tmp_path: Path
) -> None:
    until(lambda: runs(database) > 0)
    until(lambda: queue_is_empty(own_cluster))
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(timeout=20) == 0
    log = (tmp_path / "worker.log").read_text(encoding="utf-8")
    assert "Traceback" not in log, log
    engine = create_engine(own_cluster.url("geoapp_owner", "geoapp"), poolclass=NullPool)
    with engine.connect() as connection:
        left = connection.execute(text("SELECT count(*) FROM procrastinate.procrastinate_workers"))
        assert left.scalar_one() == 0


@pytest.mark.long
def test_the_same_process_goes_on_after_the_database_was_away(
    worker: subprocess.Popen[bytes], own_cluster: Cluster, database: Database, tmp_path: Path
) -> None:
    until(lambda: runs(database) > 0)
    until(lambda: queue_is_empty(own_cluster))
    log = tmp_path / "worker.log"
    own_cluster.stop()
    until(lambda: "can't be worked off" in log.read_text(encoding="utf-8"))
    assert worker.poll() is None
    own_cluster.start()
    database.dispose()
    with database.transaction(Role.WORKER, "15.71") as connection:
        connection.execute(text("DELETE FROM geoapp.hotspot_run"))
    until(lambda: runs(database) > 0, 90)
    assert worker.poll() is None
    # Pauses grow: an outage of a few seconds makes a handful of lines, not a flood.
    assert log.read_text(encoding="utf-8").count("can't be worked off") < 10
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(timeout=20) == 0
