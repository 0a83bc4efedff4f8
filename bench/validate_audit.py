"""What docs/audit.md claims, measured anew: `make validate-audit`.

Prints Markdown tables: tamperings found of those tried, by their way; how long the
transactions took that sealed a history. Ends with 1 if a tampering was missed.
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import sys
import tempfile
import time
from pathlib import Path

from sqlalchemy import text

from geoapp.embedded import Cluster
from geoapp.store import migrate
from geoapp.store.database import Database
from geoapp.usecases import audit, cities
from tests.asking import as_owner
from tests.support import default_city, send
from tests.tampering import tally, tampered

EVENTS = text("""
    INSERT INTO geoapp.complaint_event (city_code, complaint_id, ticket, kind, status, actor, data)
    SELECT city_code, complaint_id, ticket, 'answer', 'in_progress', 'account:' || n % 50,
           jsonb_build_object('class', 'substantive', 'text', repeat('Sudah kami perbaiki. ', 8))
    FROM generate_series(1, :count) AS n,
         (SELECT * FROM geoapp.complaint_event ORDER BY id LIMIT 1) AS one
""")


def main() -> None:
    """Make a cluster, tamper with one history, seal a long one, print the tables."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--times", type=int, default=1000, help="tamperings")
    options.add_argument("--events", type=int, default=20_000, help="events to seal")
    chosen = options.parse_args()
    print(f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}")
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        quiet = Cluster.prepare(home / "cluster", progress=lambda _: None)
        with quiet as cluster:
            for name in ("tampered", "long"):
                cluster.create_database(name)
                migrate.upgrade(cluster.url("geoapp_owner", name))
                database = Database(cluster.url("geoapp_app", name))
                cities.load_default(database)
                database.dispose()
            complete = tampering(cluster, home / "seals", chosen.times)
            sealing(cluster, chosen.events)
        quiet.destroy()
    sys.exit(0 if complete else 1)


def tampering(cluster: Cluster, folder: Path, times: int) -> bool:
    """Print what was found of each way of tampering; whether everything was."""
    with tampered(cluster, "tampered", folder) as world:
        results = tally(world, times)
    print("\n**Tamperings found**\n\n| way | tried | found |\n| --- | ---: | ---: |")
    for name, got in results.items():
        print(f"| {name.replace('_', ' ')} | {len(got)} | {sum(got)} |")
    tried, found = sum(map(len, results.values())), sum(map(sum, results.values()))
    print(f"| **all {len(results)} ways** | **{tried:,}** | **{found:,}** |")
    return tried == found


def sealing(cluster: Cluster, events: int) -> None:
    """Print how long the transactions took that sealed *events* events."""
    database = Database(cluster.url("geoapp_app", "long"))
    city = default_city(database)
    send(database)
    with as_owner(database) as owner:
        owner.execute(EVENTS, {"count": events - 1})
    took = []
    while True:
        begun = time.perf_counter()
        if audit.seal_next(database, city) is None:
            break
        took.append(time.perf_counter() - begun)
    database.dispose()
    print(
        f"\n**One sealing transaction, {events:,} events in batches of {audit.BATCH:,}**\n\n"
        "| transactions | median | worst |\n| ---: | ---: | ---: |\n"
        f"| {len(took)} | {1000 * statistics.median(took):.0f} ms | {1000 * max(took):.0f} ms |"
    )


if __name__ == "__main__":
    main()
