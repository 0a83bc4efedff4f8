"""Submissions over HTTP while the history is sealed, against the same without: `make bench-seal`.

One server, one durable database; rounds with and without a sealer alternate. The sealer is a
process of its own that seals and publishes every second (the worker does it every minute), so
what it costs is told rather too high. Then the whole history is verified once.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import platform
import resource
import statistics
import tempfile
import time
from contextlib import ExitStack
from multiprocessing.synchronize import Event
from pathlib import Path

from bench.submit import Contestant, run
from geoapp.embedded import Cluster
from geoapp.store import migrate
from geoapp.store.database import Database
from geoapp.usecases import audit, cities, published_seals
from tests.servers import serve

LIMIT = 0.95


def main() -> None:
    """Build the world, let both take turns, print the table."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--clients", type=int, default=8)
    options.add_argument("--seconds", type=float, default=6.0)
    options.add_argument("--rounds", type=int, default=6)
    options.add_argument("--workers", type=int, default=2)
    chosen = options.parse_args()
    with ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        cluster = stack.enter_context(Cluster.prepare(home / "cluster", progress=print))
        cluster.create_database("bench")
        migrate.upgrade(cluster.url("geoapp_owner", "bench"))
        database = Database(cluster.url("geoapp_app", "bench"))
        stack.callback(database.dispose)
        city = cities.load_default(database)
        server = stack.enter_context(serve(database.url, home / "web", web_workers=chosen.workers))
        spawning = multiprocessing.get_context("spawn")
        on, over = spawning.Event(), spawning.Event()
        sealer = spawning.Process(target=seal, args=(database.url, home / "seals", on, over))
        sealer.start()
        stack.callback(sealer.join)
        stack.callback(over.set)
        ours = Contestant("submit", server.port, "/api/v1/complaints", keyed=True)
        measure(ours, on, chosen.clients, chosen.seconds, chosen.rounds)
        on.clear()
        audit.seal_all(database, city, home / "seals")
        begun = time.perf_counter()
        report = audit.verify(database, city, published_seals.path(home / "seals", city.slug))
        took = time.perf_counter() - begun
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(
            f"\nverified: {report.events:,} events in {report.seals:,} seals,"
            f" {len(report.findings)} findings, {report.events / took:,.0f} events/s,"
            f" {memory:.0f} MB at most"
        )
        if not report.clean:
            raise SystemExit(1)


def seal(url: str, folder: Path, on: Event, over: Event) -> None:
    """Seal and publish every second while *on*, until it's *over*."""
    database = Database(url, pool_size=2)
    city = cities.find(database, "15.71")
    while not over.wait(1.0):
        if on.is_set():
            audit.seal_all(database, city, folder)
    database.dispose()


def measure(contestant: Contestant, on: Event, clients: int, seconds: float, rounds: int) -> None:
    """Alternate, so that a busy neighbour hits both, and print rates and their ratio."""
    run(contestant, clients, min(2.0, seconds))  # connections, plans, caches
    rates: dict[bool, list[float]] = {False: [], True: []}
    latencies: dict[bool, list[float]] = {False: [], True: []}
    for turn in range(rounds):
        for sealing in (False, True) if turn % 2 == 0 else (True, False):
            if sealing:
                on.set()
            else:
                on.clear()
            took = run(contestant, clients, seconds)
            rates[sealing].append(len(took) / seconds)
            latencies[sealing] += took
    print(
        f"\n{clients} clients, {rounds} rounds of {seconds:g} s each;"
        f" {os.cpu_count()} cores, {platform.machine()}\n"
    )
    print(f"{'what':<24}{'per s':>8}{'p50 ms':>8}{'p99 ms':>8}{'ratio':>8}   limit")
    ratio = statistics.median(
        with_ / without for with_, without in zip(rates[True], rates[False], strict=True)
    )
    for sealing, name in ((False, "submit"), (True, "submit, sealing each s")):
        ordered = sorted(latencies[sealing])
        p50, p99 = (1000 * ordered[int(len(ordered) * part)] for part in (0.5, 0.99))
        end = f"{ratio:>7.2f}x   {LIMIT:.2f}x" if sealing else f"{1:>7.2f}x"
        rate = statistics.median(rates[sealing])
        print(f"{name:<24}{rate:>8.0f}{p50:>8.1f}{p99:>8.1f}{end}")


if __name__ == "__main__":
    main()
