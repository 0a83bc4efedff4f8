"""The wall for an hour at 50 events a second: `make soak-wall`.

A real wall in Chromium, at 1920 × 1080, follows a city in which 25 complaints a second come in
and 25 are resolved. Every minute what can be freed is freed and the page is weighed: JavaScript
heap, DOM nodes, listeners. What the wall shows at the end must be what the database holds.

Flat means: the mean of the last quarter is at most 1 MB of heap and 200 nodes above that of the
first quarter after the start (the first tenth, in which caches fill, isn't counted). So that the
check isn't blind, ``--leak`` makes the page keep every row it ever showed; then it must be found
growing. Ends with 1 if it grew, or told something else than the database.
"""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import mean
from typing import Any

from playwright.sync_api import Error, sync_playwright
from sqlalchemy import text

from geoapp.embedded import Cluster
from geoapp.store import migrate
from geoapp.store.database import Database
from geoapp.usecases import cities
from tests.asking import as_owner
from tests.journeys.conftest import FLAGS
from tests.journeys.staff import Staffed, staffed
from tests.journeys.wall import WALL, Scales, Weight
from tests.support import eventually

WRITE = text((Path(__file__).parent / "sql" / "soak_wall_write.sql").read_text(encoding="utf-8"))
OPEN = text("SELECT count(*) FROM geoapp.complaint WHERE status = 'submitted'")
BACKLOG_S = 300
"""How long a complaint stays open, so that their number stays the same after a while."""
HEAP_MB, NODES = 1.0, 200
"""What may be more at the end than after the start."""
LEAK = """
() => { window.kept = []; new MutationObserver((changes) => {
  for (const change of changes) window.kept.push(...change.removedNodes);
}).observe(document.getElementById('feed'), { childList: true }); }
"""
SHOWN = "() => document.getElementById('n-open').textContent.replace(/\\D/g, '')"


@dataclass(frozen=True)
class Reading:
    """The page's weight after so many events."""

    minute: float
    events: int
    weight: Weight


def soak(hall: Staffed, *, minutes: float, rate: int, leak: bool) -> tuple[list[Reading], str]:
    """Write and weigh; the readings, and what the wall shows otherwise than the database at the end."""
    page = hall.page(hall.world.operator, "/command?wall", **WALL)
    page.wait_for_function("() => document.getElementById('n-open').textContent !== ''")
    if leak:
        page.evaluate(LEAK)
    scales = Scales(page)
    readings: list[Reading] = []
    begun = time.monotonic()
    seconds = 0
    events = 0
    while seconds < minutes * 60:
        page.wait_for_timeout(max(0.0, (begun + seconds - time.monotonic()) * 1000))
        done = rate // 2 if seconds > BACKLOG_S else 0
        with as_owner(hall.world.database) as connection:
            written = connection.execute(
                WRITE, {"first": events, "number": rate - done, "done": done}
            ).rowcount
        events += written
        seconds += 1
        if seconds % 60 == 0:
            readings.append(Reading(seconds / 60, events, scales.weigh()))
            show(readings[-1])
    return readings, _difference(hall, page)


def _difference(hall: Staffed, page: Any) -> str:
    with as_owner(hall.world.database) as connection:
        stored = str(connection.execute(OPEN).scalar_one())
    try:
        page.wait_for_function(f"(stored) => ({SHOWN})() === stored", arg=stored, timeout=60_000)
    except Error:
        return f"{stored} are open, the wall shows {page.evaluate(SHOWN)}"
    return ""


def grown(readings: Sequence[Reading]) -> str:
    """How much more the page holds at the end than after the start; empty when that's little."""
    counted = readings[len(readings) // 10 :]
    quarter = max(1, len(counted) // 4)
    first, last = counted[:quarter], counted[-quarter:]
    heap = mean(r.weight.heap_mb for r in last) - mean(r.weight.heap_mb for r in first)
    nodes = mean(r.weight.nodes for r in last) - mean(r.weight.nodes for r in first)
    print(f"\nlast quarter against the first: heap {heap:+.2f} MB, nodes {nodes:+.0f}")
    return f"grew by {heap:.2f} MB, {nodes:.0f} nodes" if heap > HEAP_MB or nodes > NODES else ""


def show(reading: Reading) -> None:
    """Print a line of the table."""
    weight = reading.weight
    print(
        f"| {reading.minute:.0f} | {reading.events:,} | {weight.heap_mb:.2f} | {weight.nodes:,}"
        f" | {weight.listeners:,} |",
        flush=True,
    )


def run(home: Path, *, minutes: float, rate: int, leak: bool) -> list[str]:
    """A world of its own, soaked; what was wrong with the wall."""
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        sys.exit("missing tool: chromium")
    with (
        Cluster.prepare(
            home / "cluster", progress=lambda _: None, settings={"fsync": "off"}
        ) as cluster,
        sync_playwright() as playwright,
    ):
        cluster.create_database("soak")
        migrate.upgrade(cluster.url("geoapp_owner", "soak"))
        database = Database(cluster.url("geoapp_app", "soak"))
        cities.load_default(database)
        database.dispose()
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        with staffed(cluster, "soak", home / "web", browser) as hall:
            eventually(hall.server.healthy, within_s=30, what="a healthy server")
            readings, differs = soak(hall, minutes=minutes, rate=rate, leak=leak)
            hall.close_pages()
        browser.close()
    return [fault for fault in (grown(readings), differs) if fault]


def main() -> None:
    """Run, print the table."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--minutes", type=float, default=60.0)
    options.add_argument("--rate", type=int, default=50, help="events a second")
    options.add_argument("--leak", action="store_true", help="a page that must be found growing")
    chosen = options.parse_args()
    print(
        f"{chosen.rate} events/s for {chosen.minutes:.0f} min; {os.cpu_count()} cores,"
        f" {platform.machine()}, load {os.getloadavg()[0]:.1f}\n"
    )
    print("| minute | events | heap, MB | nodes | listeners |\n|---:|---:|---:|---:|---:|")
    with tempfile.TemporaryDirectory() as home:
        wrong = run(Path(home), minutes=chosen.minutes, rate=chosen.rate, leak=chosen.leak)
    for fault in wrong:
        print(fault)
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
