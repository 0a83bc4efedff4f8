"""A disk that is full: said as 503, told by /health, nothing half-stored, well again by itself."""

from __future__ import annotations

import http.client
import json
import os
import shutil
import subprocess
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

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

SIZE = "400m"


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of its own with little room."""
    if shutil.which("mount") is None or os.geteuid() != 0:
        pytest.skip("a file system of its own needs root to mount it")
    place = tmp_path / "disk"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={SIZE},mode=0755", "tmpfs", str(place)],
        capture_output=True, check=False,
    )  # fmt: skip
    if mounted.returncode != 0:
        pytest.skip("file systems can't be mounted here")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


def fill(disk: Path) -> Path:
    """Take all the room there is; the file that does."""
    filler = disk / "filler"
    with filler.open("wb") as file:
        try:
            while True:
                file.write(b"\0" * 65536)
                file.flush()
        except OSError:
            pass
    return filler


def ask(
    server: Server, method: str, path: str, data: Any = None, **headers: str
) -> tuple[int, dict[str, Any]]:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    sent = None if data is None else json.dumps(data)
    connection.request(method, path, sent, {"Content-Type": "application/json"} | headers)
    answer = connection.getresponse()
    told = json.loads(answer.read() or b"{}")
    connection.close()
    return answer.status, told


def test_a_database_without_room_refuses_and_is_well_again_when_there_is_some(small_disk, tmp_path):
    small = {"min_wal_size": "32MB", "max_wal_size": "48MB", "wal_recycle": "off"}
    cluster = Cluster.prepare(small_disk / "home", progress=lambda _: None, settings=small)
    cluster.start()
    try:
        cluster.create_database("full")
        migrate.upgrade(cluster.url("geoapp_owner", "full"))
        database = Database(cluster.url("geoapp_app", "full"))
        cities.load_default(database)
        with serve(database.url, tmp_path / "web") as server:
            told: dict[str, str] = {}

            def send(key: str) -> int:
                status, answer = ask(
                    server, "POST", "/api/v1/complaints",
                    body(description="Lubang besar di jalan " + "x" * 1900, landmark=key),
                    **{"Idempotency-Key": key},
                )  # fmt: skip
                if status == 201:
                    told[key] = answer["ticket"]
                else:
                    assert status == 503, answer
                    assert answer["error"]["remedy"]
                return status

            assert send(str(uuid.uuid4())) == 201
            filler = fill(small_disk)
            refused = ""
            for _ in range(20_000):
                key = str(uuid.uuid4())
                if send(key) == 503:
                    refused = key
                    break
            assert refused, "the disk never got full"

            def said() -> bool:
                # Each of the two workers tells what it has met itself.
                send(refused)
                status, health = ask(server, "GET", "/health")
                return status == 503 or health["status"] == "degraded"

            eventually(said, within_s=30, what="/health says it")
            filler.unlink()
            eventually(lambda: send(refused) == 201, within_s=90, what="taken again by itself")
            stored = rows(cluster)
            assert len(stored) == len({key for key, _ in stored}) == len(told)
            assert set(stored) == set(told.items())
        database.dispose()
    finally:
        cluster.destroy()


def rows(cluster: Cluster) -> list[tuple[str, str]]:
    engine = create_engine(cluster.url("geoapp_owner", "full"), poolclass=NullPool)
    with engine.connect() as connection:
        found = connection.execute(text("SELECT landmark, ticket FROM geoapp.complaint")).all()
    engine.dispose()
    return [(row.landmark, row.ticket) for row in found]
