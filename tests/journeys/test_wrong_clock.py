"""A web server and a worker whose machine is a day off: the database's time rules."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.pool import NullPool

from geoapp.embedded import Cluster
from geoapp.settings import Settings
from geoapp.store.database import Database
from geoapp.worker.jobs import enqueue
from geoapp.worker.service import make_app
from tests.clocks import shifted
from tests.complaint_rows import add
from tests.databases import clone, drop
from tests.servers import Server, serve
from tests.support import JELUTUNG, eventually

pytestmark = pytest.mark.long

SLACK = timedelta(seconds=20)
"""How far a moment told now may lie from the database's; far less than a day."""


@dataclass
class Ground:
    """A database with complaints around its own now."""

    url: str
    owner: Engine

    def now(self) -> datetime:
        return datetime.fromisoformat(self.one("SELECT clock_timestamp()::text"))

    def one(self, query: str, **values: object) -> Any:
        with self.owner.begin() as connection:
            return connection.execute(text(query), values).scalar_one()


@pytest.fixture(scope="module")
def ground(cluster: Cluster, jambi_template: str) -> Iterator[Ground]:
    name = clone(cluster, jambi_template)
    engine = create_engine(cluster.url("geoapp_owner", name), poolclass=NullPool)
    here = Ground(cluster.url("geoapp_app", name), engine)
    now = here.now()

    def hours(number: float) -> datetime:
        return now + timedelta(hours=number)

    with engine.begin() as connection:
        for ticket, status, submitted, due in (
            ("TST-LATE", "assigned", -73, -1),
            ("TST-SOON", "assigned", -20, 6),
            ("TST-TIME", "assigned", -30, 30),
            ("TST-HELD", "on_hold", -73, -1),
        ):
            add(
                connection, ticket=ticket, status=status, submitted_at=hours(submitted),
                due_at=hours(due),
            )  # fmt: skip
        # The public map shows what was done within two days.
        for ticket, done in (("TST-DONE", -36), ("TST-GONE", -60)):
            add(
                connection, ticket=ticket, status="resolved", submitted_at=hours(-90),
                resolved_at=hours(done),
            )  # fmt: skip
    yield here
    engine.dispose()
    drop(cluster, name)


@pytest.fixture(scope="module", params=["+1d", "-1d"])
def server(
    request: pytest.FixtureRequest, ground: Ground, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    """A web server on a machine a day ahead, then a day behind."""
    home = tmp_path_factory.mktemp("server")
    with serve(ground.url, home, variables=shifted(request.param), web_workers=1) as running:
        yield running


def ask(server: Server, path: str, body: dict[str, Any] | None = None) -> tuple[int, Any]:
    request = urllib.request.Request(
        server.url + path,
        data=None if body is None else json.dumps(body).encode(),
        headers={"Content-Type": "application/json"},
    )
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as refusal:
        return refusal.code, json.load(refusal)


def tickets(server: Server, query: str) -> set[str]:
    status, answer = ask(server, f"/api/v1/complaints?q=TST&{query}")
    assert status == 200, answer
    return {feature["id"] for feature in answer["features"]}


def test_the_servers_own_clock_really_is_a_day_off(server: Server) -> None:
    """Else the tests below would prove nothing: HTTP's Date is the machine's."""
    with urllib.request.urlopen(server.url + "/health", timeout=10) as answer:
        date = parsedate_to_datetime(answer.headers["Date"])
    off = abs(date - datetime.now(UTC))
    assert timedelta(hours=23) < off < timedelta(hours=25)


def test_overdue_and_due_soon_are_counted_by_the_databases_time(server: Server) -> None:
    status, told = ask(server, "/api/v1/summary?q=TST")
    assert status == 200
    assert (told["open"], told["overdue"], told["due_soon"]) == (4, 1, 1)
    assert tickets(server, "overdue=true") == {"TST-LATE"}


def test_what_was_done_lately_and_what_is_new_go_by_the_databases_time(server: Server) -> None:
    current = tickets(server, "status=current")
    assert current == {"TST-LATE", "TST-SOON", "TST-TIME", "TST-HELD", "TST-DONE"}
    assert tickets(server, "since=P1D") == {"TST-SOON"}


def test_a_new_complaint_gets_its_deadlines_from_the_databases_time(
    server: Server, ground: Ground
) -> None:
    before = ground.now()
    new = {
        "service": "pothole", "description": "Lubang besar di tengah jalan",
        "lon": JELUTUNG.lon, "lat": JELUTUNG.lat,
        "observed_at": (before - timedelta(hours=1)).isoformat(),
    }  # fmt: skip
    status, told = ask(server, "/api/v1/complaints", new)
    assert status == 201, told
    submitted = datetime.fromisoformat(told["submitted_at"])
    assert before - SLACK <= submitted <= ground.now() + SLACK
    # 72 clock hours; verification and answer as the function says for that moment
    assert datetime.fromisoformat(told["due_at"]) == submitted + timedelta(hours=72)
    assert ground.one(
        "SELECT (complaint.verify_due_at, complaint.answer_due_at)"
        " = (due.verify_due_at, due.answer_due_at)"
        " FROM geoapp.complaint, LATERAL geoapp.deadlines(city_code, service_code, submitted_at)"
        " AS due WHERE ticket = :ticket",
        ticket=told["ticket"],
    )
    # An hour ahead is the future, whatever the server's own clock says.
    new |= {"observed_at": (ground.now() + timedelta(hours=1)).isoformat()}
    status, told = ask(server, "/api/v1/complaints", new)
    assert status == 422
    assert told["error"]["fields"][0]["field"] == "observed_at"


def test_pages_and_feed_tell_the_databases_time(server: Server, ground: Ground) -> None:
    with urllib.request.urlopen(server.url + "/", timeout=30) as answer:
        page = answer.read().decode()
    told = re.search(r'id="geoapp-config"[^>]*>(.*?)</script>', page, re.DOTALL)
    assert told is not None
    config = json.loads(told.group(1))
    assert abs(datetime.fromisoformat(config["now"]) - ground.now()) < SLACK
    with urllib.request.urlopen(server.url + "/live", timeout=30) as stream:
        lines = (line.decode() for line in stream)
        hello = next(line for line in lines if line.startswith("data:"))
    assert abs(datetime.fromisoformat(json.loads(hello[5:])["at"]) - ground.now()) < SLACK


@pytest.mark.parametrize("offset", ["+1d", "-1d"])
def test_a_worker_a_day_off_closes_purges_and_computes_as_if_it_were_not(
    cluster: Cluster, jambi_template: str, tmp_path: Path, offset: str
) -> None:
    variables = shifted(offset)
    name = clone(cluster, jambi_template)
    owner = create_engine(cluster.url("geoapp_owner", name), poolclass=NullPool)
    here = Ground(cluster.url("geoapp_app", name), owner)
    # Resolved on a working day that ended 10 (11) working days ago, itself among them: the
    # tenth after it ends today or has ended. A day ahead it would be over, a day behind not.
    days = [
        here.one(
            "SELECT max(day) FROM generate_series(now() - interval '60 days', now(), '1 day') AS day"
            " WHERE geoapp.working_days_ending('15.71', day, now()) = :number",
            number=number,
        )
        for number in (10, 11)
    ]
    with owner.begin() as connection:
        for ticket, resolved_at in zip(("TST-OPEN", "TST-SHUT"), days, strict=True):
            add(
                connection, ticket=ticket, status="resolved", resolved_at=resolved_at,
                submitted_at=resolved_at - timedelta(days=1),
            )  # fmt: skip
        # Kept for seven days (GEOAPP_IDEMPOTENCY_DAYS): half a day less, half a day more.
        connection.execute(
            text("""
            INSERT INTO geoapp.intake_key (city_code, key, body_sha256, created_at)
            VALUES ('15.71', 'young', '', now() - interval '6.5 days'),
                   ('15.71', 'old', '', now() - interval '7.5 days')
        """)
        )
    settings = Settings(home=tmp_path, database_url=here.url, idempotency_days=7)
    with ThreadPoolExecutor(1) as pool:
        pool.submit(asyncio.run, queue(settings, "closing", "housekeeping")).result()
    before = here.now()
    with working(settings, variables, tmp_path / "worker.log"):
        jobs = (
            "SELECT count(*) FROM procrastinate.procrastinate_jobs"
            " WHERE task_name IN ('closing', 'housekeeping', 'hotspots')"
        )
        eventually(lambda: here.one(jobs) == 0, within_s=60, what="an empty queue")
    statuses = {
        ticket: here.one(
            "SELECT status FROM geoapp.complaint WHERE ticket = :ticket", ticket=ticket
        )
        for ticket in ("TST-OPEN", "TST-SHUT")
    }
    assert statuses == {"TST-OPEN": "resolved", "TST-SHUT": "closed"}
    assert here.one("SELECT string_agg(key, ',') FROM geoapp.intake_key") == "young"
    computed = here.one("SELECT max(window_to) FROM geoapp.hotspot_run")
    assert before - SLACK <= computed <= here.now() + SLACK
    owner.dispose()
    drop(cluster, name)


async def queue(settings: Settings, *names: str) -> None:
    database = Database(settings.database_url)
    app = make_app(settings, database)
    async with app.open_async():
        for name in names:
            await enqueue(app, name)
    database.dispose()


@contextmanager
def working(settings: Settings, variables: dict[str, str], log: Path) -> Iterator[None]:
    """A worker process under *variables*, stopped at the end."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("GEOAPP_")}
    environment |= variables | {
        "GEOAPP_DATABASE_URL": settings.database_url,
        "GEOAPP_HOME": str(settings.home),
        "GEOAPP_IDEMPOTENCY_DAYS": str(settings.idempotency_days),
    }
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "geoapp", "worker"],
            env=environment,
            stdout=output,
            stderr=output,
        )
    try:
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
