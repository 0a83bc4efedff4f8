"""From a commit to every browser: `make bench-live`.

A real server (gunicorn, gevent workers) on a real database takes real submissions, 20 a second
over HTTP, while 1,000 and then 5,000 clients hold ``/live`` open. For each submission and each
client: the time from its commit (PostgreSQL's own commit timestamp) until its message was there
whole. "Beyond" is what that took beyond the coalescing interval, which is waited on purpose.

Against a raw asyncio fan-out (`bench.raw_fanout`) on the same database, with the same clients,
the same interval and the same submissions, in turn; the ratio is of what lies beyond. Each row
says how many messages weren't heard: none may be missing.

Then how long ``/health`` takes, alone and while 200 clients hold the feed open: half of them
never read, half read a byte now and then.
"""

from __future__ import annotations

import argparse
import http.client
import multiprocessing
import os
import platform
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from bench.live_clients import Heard, listen
from bench.submit import Contestant, send
from geoapp.embedded import Cluster
from geoapp.store import migrate
from geoapp.store.database import Database
from geoapp.usecases import cities
from tests.servers import Server, free_port, serve
from tests.support import eventually

COMMITTED = text("""
    SELECT id, extract(epoch FROM pg_xact_commit_timestamp(cast(xid AS xid))) AS at
    FROM geoapp.complaint_event WHERE id > :after ORDER BY id
""")
INTERVAL_S = 0.15
LIMITS_MS = {1_000: 100, 5_000: 500}
"""p99 beyond the coalescing interval, by the number of clients."""
HEALTH_LIMIT_MS = 100
SILENT = 200


@dataclass
class World:
    """A database with its two ways to the clients."""

    owner_url: str
    server: Server
    raw_port: int

    def committed(self, after: int) -> dict[int, float]:
        """By event, the moment of its commit in seconds since 1970; those after an id."""
        engine = create_engine(self.owner_url, poolclass=NullPool)
        with engine.connect() as connection:
            rows = connection.execute(COMMITTED, {"after": after}).all()
        engine.dispose()
        return {row.id: float(row.at) for row in rows}


@dataclass(frozen=True)
class Result:
    """One run: latencies in seconds of every message at every client."""

    latencies: np.ndarray
    events: int
    missed: int
    lost_links: int

    def beyond_ms(self, part: float) -> float:
        """A quantile of what lies beyond the coalescing interval, in milliseconds."""
        return max(0.0, self.whole_ms(part) - 1000 * INTERVAL_S)

    def whole_ms(self, part: float) -> float:
        """A quantile of the time from commit to receipt, in milliseconds."""
        return float(1000 * np.quantile(self.latencies, part))


def main() -> None:
    """Build the world, let the contestants run in turn, print the table."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--clients", type=int, nargs="*", default=list(LIMITS_MS))
    options.add_argument("--seconds", type=float, default=20.0)
    options.add_argument("--rate", type=float, default=20.0, help="submissions a second")
    options.add_argument("--rounds", type=int, default=2)
    options.add_argument("--workers", type=int, default=2)
    chosen = options.parse_args()
    with ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        here = stack.enter_context(world(home, chosen.workers))
        submit(here.server, chosen.rate, 2.0)  # connections, plans, caches
        print(
            f"\n{chosen.rate:g} submissions/s, coalescing {1000 * INTERVAL_S:g} ms,"
            f" {chosen.rounds} x {chosen.seconds:g} s each, {chosen.workers} web workers;"
            f" {os.cpu_count()} cores, {platform.machine()}, load {os.getloadavg()[0]:.1f}\n"
        )
        print(
            f"{'what':<28}{'events':>7}{'missed':>7}{'p50':>8}{'p99':>8}"
            f"{'p50 beyond':>12}{'p99 beyond':>12}{'ratio':>8}   limit  (ms)"
        )
        for clients in chosen.clients:
            compare(here, clients, chosen.rate, chosen.seconds, chosen.rounds)
        health(here, chosen.rate)
        print(f"\nload {os.getloadavg()[0]:.1f}")


@contextmanager
def world(home: Path, workers: int) -> Iterator[World]:
    """A cluster that knows when it committed what, a server and the raw fan-out on it."""
    with ExitStack() as stack:
        cluster = stack.enter_context(
            Cluster.prepare(
                home / "cluster", progress=print, settings={"track_commit_timestamp": "on"}
            )
        )
        cluster.create_database("bench")
        owner_url = cluster.url("geoapp_owner", "bench")
        migrate.upgrade(owner_url)
        database = Database(cluster.url("geoapp_app", "bench"))
        stack.callback(database.dispose)
        cities.load_default(database)
        server = stack.enter_context(
            serve(
                database.url, home / "web", web_workers=workers, worker_connections=20_000,
                live_interval_ms=round(1000 * INTERVAL_S),
            )
        )  # fmt: skip
        yield World(owner_url, server, stack.enter_context(_raw(database.url, home)))


@contextmanager
def _raw(database_url: str, home: Path) -> Iterator[int]:
    """The raw fan-out; its port."""
    port = free_port()
    with (home / "raw.log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "bench.raw_fanout", str(port), str(INTERVAL_S)],
            env=os.environ | {"RAW_DATABASE": database_url}, stdout=log, stderr=log,
        )  # fmt: skip
    try:
        eventually(lambda: _open(port), within_s=30, what=f"raw fan-out, see {home}/raw.log")
        yield port
    finally:
        process.terminate()
        process.wait()


def _open(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=5).close()
    except OSError:
        return False
    return True


def compare(here: World, clients: int, rate: float, seconds: float, rounds: int) -> None:
    """Run both in turn and print a row of each."""
    ways = {"raw asyncio": here.raw_port, "/live": here.server.port}
    runs: dict[str, list[Result]] = {name: [] for name in ways}
    for turn in range(rounds):
        for name in ways if turn % 2 == 0 else reversed(ways):
            runs[name].append(run(here, ways[name], clients, rate, seconds))
    theirs = statistics.median(one.beyond_ms(0.99) for one in runs["raw asyncio"])
    for name, results in runs.items():
        figures = [
            statistics.median(values)
            for values in zip(
                *(
                    (one.whole_ms(0.5), one.whole_ms(0.99), one.beyond_ms(0.5), one.beyond_ms(0.99))
                    for one in results
                ),
                strict=True,
            )
        ]
        ratio = f"{figures[3] / theirs:>7.1f}x" if theirs else f"{'':>8}"
        limit = LIMITS_MS.get(clients, "") if name == "/live" else ""
        lost = sum(one.lost_links for one in results)
        print(
            f"{f'{name}, {clients:,} clients':<28}{sum(one.events for one in results):>7}"
            f"{sum(one.missed for one in results):>7}{figures[0]:>8.0f}{figures[1]:>8.0f}"
            f"{figures[2]:>12.0f}{figures[3]:>12.0f}{ratio}   {limit}"
            + (f"  {lost} connections were lost" if lost else ""),
            flush=True,
        )


def run(here: World, port: int, clients: int, rate: float, seconds: float) -> Result:
    """Let *clients* listen at *port* while complaints are submitted."""
    context = multiprocessing.get_context("spawn")
    pipe, theirs = context.Pipe()
    process = context.Process(target=listen, args=(port, "/live", clients, theirs))
    process.start()
    theirs.close()
    try:
        pipe.recv()
        before = max(here.committed(0))
        submit(here.server, rate, seconds)
        time.sleep(INTERVAL_S + 2.0)  # the last ones arrive
        pipe.send("enough")
        heard: Heard = pipe.recv()
    finally:
        process.join(timeout=30)
        process.kill()
    committed = here.committed(before)
    latencies = [
        np.asarray(times) - committed[event]
        for events, times in heard.batches
        for event in events
        if event in committed
    ]
    found = np.concatenate(latencies) if latencies else np.zeros(0)
    return Result(found, len(committed), len(committed) * clients - len(found), heard.lost_links)


def submit(server: Server, rate: float, seconds: float) -> None:
    """Submit complaints over HTTP, evenly, on four connections."""
    here = threading.local()
    ours = Contestant("ours", server.port, "/api/v1/complaints", keyed=True)

    def one() -> None:
        if not hasattr(here, "connection"):
            here.connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
        send(here.connection, ours)

    begun = time.monotonic()
    with ThreadPoolExecutor(4) as pool:
        sent = []
        for number in range(round(rate * seconds)):
            time.sleep(max(0.0, begun + number / rate - time.monotonic()))
            sent.append(pool.submit(one))
        for one_sent in sent:
            one_sent.result()


def health(here: World, rate: float) -> None:
    """How long /health takes, alone and with silent and slow clients; submissions meanwhile."""
    print(f"\n{'/health':<28}{'asked':>7}{'p50':>8}{'p99':>8}{'longest':>9}   limit  (ms)")
    _health_row("alone", _asked(here.server, rate))
    with _silent_clients(here.server.port):
        took = _asked(here.server, rate)
    _health_row(f"{SILENT} silent or slow clients", took, HEALTH_LIMIT_MS)


def _health_row(name: str, took: list[float], limit: float | str = "") -> None:
    p50, p99, longest = (1000 * float(np.quantile(took, part)) for part in (0.5, 0.99, 1.0))
    print(f"{name:<28}{len(took):>7}{p50:>8.1f}{p99:>8.1f}{longest:>9.1f}   {limit}")


def _asked(server: Server, rate: float) -> list[float]:
    """Seconds that each of 200 questions for /health took, over ten seconds of submissions."""
    took: list[float] = []
    load = threading.Thread(target=submit, args=(server, rate, 10.0))
    load.start()
    for _ in range(200):
        begun = time.perf_counter()
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
        connection.request("GET", "/health")
        connection.getresponse().read()
        connection.close()
        took.append(time.perf_counter() - begun)
        time.sleep(max(0.0, 0.05 - took[-1]))
    load.join()
    return took


@contextmanager
def _silent_clients(port: int) -> Iterator[None]:
    """Clients with the smallest buffers there are; half never read, half a byte every second."""
    links: list[socket.socket] = []
    over = threading.Event()

    def sip() -> None:
        while not over.wait(1.0):
            for link in links[::2]:
                link.recv(1)

    try:
        for _ in range(SILENT):
            link = socket.socket()
            link.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)
            link.connect(("127.0.0.1", port))
            link.sendall(b"GET /live HTTP/1.1\r\nHost: x\r\n\r\n")
            links.append(link)
        for link in links:
            link.recv(1)  # it was let in
        sipping = threading.Thread(target=sip)
        sipping.start()
        yield
        over.set()
        sipping.join()
    finally:
        over.set()
        for link in links:
            link.close()


if __name__ == "__main__":
    main()
