"""Bulk assignment against the bare spatial join: `make bench-assign`.

The same points, the same polygons, the same server, one after the other:

- ours, joined: a new edition of the polygons in which nobody moves. The join with all its
  rules (`geoapp.spatial.assignment.movers`), which writes nothing, as the others don't;
- ours, whole: the same edition put through `activation.reassign`, which writes only
  what moves;
- ours, moving: approximate kelurahan give way to the official ones (where ../shared has
  them), and each complaint that moves gets a decision and an event;
- the bare join: `SELECT count(*)` of points JOIN subdivided polygons ON ST_Intersects, as
  one would write it by hand: no tie rule, no nearest area, no agencies;
- geopandas `sjoin` on a sample, its time scaled to the same number of points.

Every contestant runs several times, but the moving one, which can't be repeated; the
median counts. `make bench-assign points=1000000` takes a million.
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, create_engine, text
from sqlalchemy.pool import NullPool

from geoapp.domain.boundary import Layer
from geoapp.domain.catalogue import City
from geoapp.embedded import Cluster
from geoapp.spatial import assignment
from geoapp.store import migrate
from geoapp.store.database import Database, Role
from geoapp.usecases import activation, boundaries, cities

ROOT = Path(__file__).resolve().parent.parent
REAL = ROOT.parent / "shared" / "boundaries" / "kota-jambi" / "kelurahan.geojson"
APPROXIMATE = ROOT / "boundaries" / "kota-jambi" / "kelurahan.geojson"
SQL = Path(__file__).with_name("sql")


def main() -> None:
    """Build the world, time the contestants, print the table."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--points", type=int, default=300_000)
    options.add_argument("--sample", type=int, default=100_000)
    options.add_argument("--rounds", type=int, default=3)
    chosen = options.parse_args()
    with (
        tempfile.TemporaryDirectory() as home,
        Cluster.prepare(Path(home), progress=print, settings={"fsync": "off"}) as cluster,
    ):
        cluster.create_database("bench")
        migrate.upgrade(cluster.url("geoapp_owner", "bench"))
        database = Database(cluster.url("geoapp_app", "bench"))
        moving = build(database, cluster.url("geoapp_owner", "bench"), chosen.points)
        report(database, chosen.points, chosen.sample, chosen.rounds, moving)
        database.dispose()


@dataclass(frozen=True)
class Moving:
    """What it cost to bring complaints from one set of polygons to quite another."""

    seconds: float
    moved: int
    bare: float
    """Seconds of the bare join with the same points and the new polygons, just after."""


def build(database: Database, owner_url: str, points: int) -> Moving | None:
    """A city with *points* complaints where they belong; None where no official set is."""
    city = cities.load_default(database)
    if REAL.exists():
        # Points lie where the official kelurahan are, but start in the approximate ones.
        edition(database, city, "drawn from", REAL)
    engine = create_engine(owner_url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    moving = None
    with engine.connect() as connection:
        connection.execute(read("assign_complaints"), {"city_code": city.code, "points": points})
        connection.exec_driver_sql("VACUUM ANALYZE geoapp.complaint")
        edition(database, city, "start", APPROXIMATE)
        took, moved = timed(lambda: ours(database, city))
        assert moved > 0.9 * points, "the complaints didn't find their kelurahan"
        print(f"first assignment, with a decision and an event each: {moved:,} in {took:.1f} s")
        connection.exec_driver_sql("VACUUM ANALYZE geoapp.complaint")
        if REAL.exists():
            edition(database, city, "moving", REAL)
            took, moved = timed(lambda: ours(database, city))
            connection.exec_driver_sql("VACUUM ANALYZE geoapp.complaint")
            with database.transaction(Role.WORKER, city.code) as worker:
                joined, _ = timed(lambda: bare(worker, city.code))
            moving = Moving(took, moved, joined)
    engine.dispose()
    return moving


def read(name: str) -> Any:
    """The statement in ``bench/sql/<name>.sql``."""
    return text((SQL / f"{name}.sql").read_text(encoding="utf-8"))


def ours(database: Database, city: City) -> int:
    """The real thing: what an activation does after the switch; how many complaints moved."""
    return activation.reassign(database, city).moved


def edition(database: Database, city: City, version: str, file: Path) -> None:
    """A new edition of the polygons of *file* in force: every complaint must be joined anew."""
    with database.transaction(Role.WORKER, city.code) as connection:
        box = city.envelope
        boundaries.import_into(
            connection,
            city_code=city.code,
            metric_srid=city.metric_srid,
            envelope=(box.west, box.south, box.east, box.north),
            path=file,
            layer=Layer.KELURAHAN,
            version=version,
            source="bench",
            licence="",
            approximate=False,
            activate_from=date(2026, 1, 1),
        )


def join(database: Database, city: City) -> int:
    """The join alone: who may move; the rest is proven to stay. How many are unsure."""
    with database.transaction(Role.WORKER, city.code) as connection:
        return len(assignment.movers(connection, city.code))


def bare(connection: Connection, city_code: str) -> int:
    """The join one would write by hand, with the plan that measured fastest (not parallel)."""
    connection.execute(text("SET LOCAL max_parallel_workers_per_gather = 0"))
    return int(connection.execute(read("assign_bare"), {"city_code": city_code}).scalar_one())


def sjoin(points: Any, areas: Any) -> int:
    """geopandas, points within polygons; the number of matches."""
    return len(points.sjoin(areas, predicate="intersects"))


def timed(work: Callable[[], int]) -> tuple[float, int]:
    """Seconds a piece of work takes, and what it answers."""
    begun = time.perf_counter()
    answer = work()
    return time.perf_counter() - begun, answer


def report(
    database: Database, points: int, sample: int, rounds: int, moving: Moving | None
) -> None:
    """Run the contestants in turn, so that a busy neighbour hits all of them."""
    import geopandas

    city = cities.every(database)[0]
    code = city.code
    with database.transaction(Role.WORKER, code) as connection:
        values = {"city_code": code, "sample": sample}
        frame = [
            geopandas.GeoDataFrame(
                geometry=geopandas.GeoSeries.from_wkb(
                    [bytes(row.geom) for row in connection.execute(read(name), values)]
                ),
                crs="EPSG:4326",
            )
            for name in ("assign_sample", "assign_areas")
        ]
    seconds: dict[str, list[float]] = {"ours": [], "whole": [], "bare": [], "sjoin": []}
    for number in range(1, rounds + 1):
        edition(database, city, f"edition {number}", REAL if moving else APPROXIMATE)
        took, unsure = timed(lambda: join(database, city))
        seconds["ours"].append(took)
        took, moved = timed(lambda: ours(database, city))
        seconds["whole"].append(took)
        assert moved == 0, f"{moved} complaints moved: the world isn't what the join says"
        with database.transaction(Role.WORKER, code) as connection:
            took, matches = timed(lambda: bare(connection, code))
        seconds["bare"].append(took)
        took, _found = timed(lambda: sjoin(*frame))
        seconds["sjoin"].append(took * points / sample)
    middle = {name: statistics.median(all_of) for name, all_of in seconds.items()}
    with database.transaction(Role.WORKER, code) as connection:
        versions = connection.execute(text("SELECT version(), postgis_lib_version()")).one()
    polygons = "official kelurahan" if moving else "approximate kelurahan"
    print(
        f"\n{points:,} points, {polygons}; the bare join finds {matches:,} pairs;"
        f" {unsure:,} complaints were decided one by one"
    )
    print(
        f"{versions[0].split(' on ')[0]}, PostGIS {versions[1]}; {os.cpu_count()} cores, "
        f"{platform.machine()}; median of {rounds}\n"
    )
    scaled = f"geopandas sjoin ({sample:,}, scaled)"
    lines = [
        ("join with all rules / bare join (limit 1.5)", middle["ours"], middle["bare"], points),
        (f"join with all rules / {scaled}", middle["ours"], middle["sjoin"], points),
        ("whole, nobody moves / bare join", middle["whole"], middle["bare"], points),
        (f"whole, nobody moves / {scaled}", middle["whole"], middle["sjoin"], points),
    ]
    if moving:
        what = f"whole, {moving.moved:,} of {points:,} move"
        lines += [
            (f"{what} / bare join", moving.seconds, moving.bare, points),
            (f"{what} / {scaled}", moving.seconds, middle["sjoin"], points),
        ]
    print("| what | ours | theirs | ratio | rows |")
    print("|---|---|---|---|---|")
    for about, mine, theirs, rows in lines:
        print(f"| {about} | {mine:.2f} s | {theirs:.2f} s | {mine / theirs:.2f} | {rows:,} |")


if __name__ == "__main__":
    main()
