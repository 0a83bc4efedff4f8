"""Submissions over HTTP against a bare handler: `make bench-submit`.

Both run under gunicorn with the same gevent workers, on the same durable database (fsync
and synchronous_commit on), side by side, in alternating rounds of eight clients that keep
their connections:

- ours: ``POST /api/v1/complaints`` with an Idempotency-Key, as a phone sends it: validation,
  roles and row-level security, the key and its answer, the lock, the INSERT with decision,
  history and event, the doorbell. The limit on senders is off for the load's sake; with it
  on (third line) a statement and a transaction more;
- bare: Flask, psycopg2, the same INSERT as the tables' owner, commit.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import platform
import random
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import text

from geoapp.embedded import Cluster
from geoapp.store import migrate
from geoapp.store.database import Database, Role
from geoapp.usecases import cities
from tests.servers import free_port, serve
from tests.support import eventually

# Within 300 m of the middle of Kelurahan Jelutung, so that every point is in the city.
CENTRE = (103.6142, -1.6160)
SPREAD_DEGREES = 0.0027


@dataclass(frozen=True)
class Contestant:
    """A server and how it is asked."""

    name: str
    port: int
    path: str
    keyed: bool


def main() -> None:
    """Build the world, let the contestants run in turn, print the table."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--clients", type=int, default=8)
    options.add_argument("--seconds", type=float, default=4.0)
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--workers", type=int, default=2)
    chosen = options.parse_args()
    with ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        cluster = stack.enter_context(Cluster.prepare(home / "cluster", progress=print))
        cluster.create_database("bench")
        migrate.upgrade(cluster.url("geoapp_owner", "bench"))
        database = Database(cluster.url("geoapp_app", "bench"))
        stack.callback(database.dispose)
        cities.load_default(database)
        ours, limited = (
            stack.enter_context(
                serve(database.url, home / name, web_workers=chosen.workers, intake_limit=limit)
            )
            for name, limit in (("ours", 0), ("limited", 1_000_000))
        )
        bare = stack.enter_context(_bare(cluster, chosen.workers, home))
        path = "/api/v1/complaints"
        report(
            database,
            [
                Contestant("bare", bare, "/complaints", keyed=False),
                Contestant("ours", ours.port, path, keyed=True),
                Contestant("ours, senders counted", limited.port, path, keyed=True),
            ],
            chosen.clients,
            chosen.seconds,
            chosen.rounds,
        )


@contextmanager
def _bare(cluster: Cluster, workers: int, home: Path) -> Iterator[int]:
    """The bare handler under the same gunicorn; its port."""
    port = free_port()
    owner = cluster.url("geoapp_owner", "bench").replace("postgresql+psycopg2", "postgresql")
    environment = {name: value for name, value in os.environ.items() if "GEOAPP" not in name}
    environment |= {
        "BARE_DATABASE": owner,
        "GEOAPP_PORT": str(port),
        "GEOAPP_WEB_WORKERS": str(workers),
    }
    command = [sys.executable, "-m", "gunicorn", "-c", "python:geoapp.gunicorn_conf"]
    with (home / "bare.log").open("ab") as log:
        process = subprocess.Popen(
            [*command, "bench.bare_submit:application"],
            env=environment, stdout=log, stderr=log, start_new_session=True,
        )  # fmt: skip
    try:
        one = Contestant("bare", port, "/complaints", keyed=False)
        eventually(lambda: _answers(one), within_s=30, what=f"bare handler, see {home}/bare.log")
        yield port
    finally:
        process.terminate()
        process.wait()


def _answers(contestant: Contestant) -> bool:
    try:
        send(http.client.HTTPConnection("127.0.0.1", contestant.port, timeout=5), contestant)
    except OSError:
        return False
    return True


def send(connection: http.client.HTTPConnection, contestant: Contestant) -> float:
    """Seconds from sending a complaint to its acknowledgement."""
    body = json.dumps(
        {
            "service": "pothole",
            "lon": CENTRE[0] + random.uniform(-SPREAD_DEGREES, SPREAD_DEGREES),
            "lat": CENTRE[1] + random.uniform(-SPREAD_DEGREES, SPREAD_DEGREES),
            "description": "Lubang besar di tengah jalan, dekat simpang",
        }
    )
    headers = {"Content-Type": "application/json"}
    if contestant.keyed:
        headers["Idempotency-Key"] = str(uuid.uuid4())
    begun = time.perf_counter()
    connection.request("POST", contestant.path, body, headers)
    answer = connection.getresponse()
    answer.read()
    if answer.status != 201:
        raise SystemExit(f"{contestant.name} answered {answer.status}")
    return time.perf_counter() - begun


def run(contestant: Contestant, clients: int, seconds: float) -> list[float]:
    """The latencies of all submissions of *clients* in *seconds*."""
    took: list[list[float]] = [[] for _ in range(clients)]
    start = threading.Barrier(clients)

    def client(mine: list[float]) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", contestant.port, timeout=30)
        start.wait()
        end = time.perf_counter() + seconds
        while time.perf_counter() < end:
            mine.append(send(connection, contestant))
        connection.close()

    threads = [threading.Thread(target=client, args=(mine,)) for mine in took]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [latency for mine in took for latency in mine]


def report(
    database: Database,
    contestants: list[Contestant],
    clients: int,
    seconds: float,
    rounds: int,
) -> None:
    """Alternate, so that a busy neighbour hits all of them, and print rates and ratios."""
    for contestant in contestants:
        run(contestant, clients, min(2.0, seconds))  # connections, plans, caches
    rates: dict[str, list[float]] = {contestant.name: [] for contestant in contestants}
    latencies: dict[str, list[float]] = {contestant.name: [] for contestant in contestants}
    for turn in range(rounds):
        for contestant in contestants if turn % 2 == 0 else reversed(contestants):
            took = run(contestant, clients, seconds)
            rates[contestant.name].append(len(took) / seconds)
            latencies[contestant.name] += took
    with database.transaction(Role.WORKER, "15.71") as connection:
        stored, version = connection.execute(
            text("SELECT count(*), version() FROM geoapp.complaint")
        ).one()
    bare = rates[contestants[0].name]
    print(
        f"\n{clients} clients, {rounds} rounds of {seconds:g} s; {stored:,} rows stored;"
        f" {version.split(' on ')[0]}; {os.cpu_count()} cores, {platform.machine()}\n"
    )
    print(f"{'what':<24}{'per s':>8}{'p50 ms':>8}{'p99 ms':>8}{'ratio':>8}   limit")
    for contestant in contestants:
        name, mine = contestant.name, rates[contestant.name]
        ratio = statistics.median(own / other for own, other in zip(mine, bare, strict=True))
        ordered = sorted(latencies[name])
        p50, p99 = (1000 * ordered[int(len(ordered) * part)] for part in (0.5, 0.99))
        limit = "" if contestant is contestants[0] else "0.60x"
        print(
            f"{name:<24}{statistics.median(mine):>8.0f}{p50:>8.1f}{p99:>8.1f}"
            f"{ratio:>7.2f}x   {limit}"
        )


if __name__ == "__main__":
    main()
