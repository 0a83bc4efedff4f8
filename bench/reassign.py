"""62 kelurahan become 68 under a full city: `make bench-reassign`.

The set of before 2023 (the six new units merged back into their parents) is in force and
complaints of seven years lie in it. The real 68 are staged. On one database, one after the
other:

- the bare join, as one would write it by hand: `SELECT count(*)` of points JOIN subdivided
  polygons ON ST_Intersects; before and after, since neighbours come and go;
- decisions alone: which complaints move and where to, with every rule proven; read, as the
  bare join is, and nothing kept;
- decisions kept: `geoapp boundaries preview`, with its progress in committed batches;
- everything: `geoapp boundaries activate` as a process of its own, while eight clients submit
  at an even pace (`--rate` for each: 10 makes 80 a second and takes two thirds of a core, 2.5
  makes the 20 a second that the feed is measured with). Beside it the feed's lag, the oldest
  writing transaction of the program and the longest submission are watched.

Then every complaint's two answers (by the boundaries of then, and by today's) are compared
with a join of whole polygons in plain SQL. `make bench-reassign points=1000000`.

Needs ../shared (the real boundaries).
"""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from bench.assign import REAL, read, timed
from geoapp.domain.boundary import Layer
from geoapp.domain.catalogue import City
from geoapp.domain.complaint import NewComplaint
from geoapp.domain.place import LonLat
from geoapp.embedded import Cluster
from geoapp.errors import OutsideCity
from geoapp.spatial import assignment
from geoapp.store import migrate
from geoapp.store.database import Database, Role
from geoapp.usecases import activation, boundaries, cities, submit
from tests.boundary_change import Answers, answers, merged_back

CLIENTS = 8
STARTS = date(2023, 1, 1)
SETTINGS = {"max_wal_size": "4GB", "shared_buffers": "512MB"}

_INDEXES = text("""
    SELECT indexdef, indexrelid::regclass::text AS name
    FROM pg_index JOIN pg_indexes ON indexname = (SELECT relname FROM pg_class WHERE oid = indexrelid)
    WHERE indrelid = ANY (ARRAY['geoapp.complaint', 'geoapp.assignment',
                                'geoapp.complaint_event']::regclass[])
      AND NOT indisunique AND schemaname = 'geoapp'
""")
_LAG = text("""
    SELECT coalesce(extract(epoch FROM clock_timestamp() - min(event.at)), 0) AS lag,
           oldest.writing, oldest.what
    FROM (
        -- the program's: autovacuum has a number of its own too, which nobody waits for
        SELECT coalesce(max(extract(epoch FROM clock_timestamp() - xact_start)), 0) AS writing,
               (array_agg(left(query, 300) ORDER BY xact_start))[1] AS what
        FROM pg_stat_activity
        WHERE datname = current_database() AND backend_xid IS NOT NULL
          AND backend_type = 'client backend' AND pid <> pg_backend_pid()
    ) AS oldest
    LEFT JOIN geoapp.complaint_event AS event
      ON event.xid >= pg_snapshot_xmin(pg_current_snapshot())
    GROUP BY oldest.writing, oldest.what
""")


def main() -> None:
    """Build the world, take the times, compare the answers, print the table."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--points", type=int, default=300_000)
    options.add_argument("--rate", type=float, default=10.0, help="submissions per client and s")
    options.add_argument("--strict", action="store_true", help="fail on a wrong answer")
    chosen = options.parse_args()
    if not REAL.exists():
        raise SystemExit("absent: ../shared (real boundaries)")
    with ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        cluster = stack.enter_context(
            Cluster.prepare(home / "cluster", progress=print, settings=SETTINGS)
        )
        stack.callback(cluster.destroy)
        cluster.create_database("bench")
        migrate.upgrade(cluster.url("geoapp_owner", "bench"))
        database = Database(cluster.url("geoapp_app", "bench"))
        stack.callback(database.dispose)
        world = build(database, cluster, home, chosen.points)
        wrong = report(world, 1 / chosen.rate)
    if chosen.strict and wrong:
        raise SystemExit("Some answers are wrong: see above.")


@dataclass
class World:
    """The city before the change: its sets and how many complaints it has."""

    database: Database
    owner_url: str
    admin_url: str
    city: City
    old: int
    new: int
    complaints: int


def build(database: Database, cluster: Cluster, home: Path, points: int) -> World:
    """A city under the old set with its complaints, and the new set staged."""
    city = cities.load_default(database)
    name = str(database.engine.url.database)
    old_file = home / "62.geojson"
    merged_back(REAL, old_file)
    old = stage(database, city, old_file, "62", activate_from=date(2018, 1, 1))
    # Foreign keys and indexes of a million rows are checked and made at once, not row by row.
    engine = create_engine(
        cluster.url("postgres", name), poolclass=NullPool, isolation_level="AUTOCOMMIT"
    )
    with engine.connect() as connection:
        connection.execute(text("SET session_replication_role = replica"))
        connection.execute(text("SET jit = off"))
        connection.execute(text("SET max_parallel_workers_per_gather = 0"))
        connection.execute(text("SET synchronous_commit = off"))
        connection.execute(text("SET work_mem = '128MB'"))
        indexes = connection.execute(_INDEXES).all()
        for index in indexes:
            connection.exec_driver_sql(f"DROP INDEX {index.name}")
        values = {"city_code": city.code, "points": points}
        took, _ = timed(lambda: connection.execute(read("reassign_complaints"), values).rowcount)
        connection.execute(text("SET maintenance_work_mem = '256MB'"))
        for index in indexes:
            connection.exec_driver_sql(index.indexdef)
        new = stage(database, city, REAL, "68", activate_from=None)
        connection.exec_driver_sql("VACUUM ANALYZE")
        connection.exec_driver_sql("CHECKPOINT")
        stored = connection.execute(text("SELECT count(*) FROM geoapp.complaint")).scalar_one()
    engine.dispose()
    print(f"stored {stored:,} complaints under the old set in {took:.0f} s")
    return World(
        database,
        cluster.url("geoapp_owner", name),
        cluster.url("postgres", name),
        city,
        old,
        new,
        stored,
    )


def stage(
    database: Database, city: City, file: Path, version: str, *, activate_from: date | None
) -> int:
    """A set of kelurahan from a file; its id."""
    with database.transaction(Role.WORKER, city.code) as connection:
        box = city.envelope
        return boundaries.import_into(
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
            activate_from=activate_from,
        ).set_id


def bare(world: World) -> int:
    """The join one would write by hand, with the plan that measured fastest (not parallel)."""
    with world.database.transaction(Role.WORKER, world.city.code) as connection:
        connection.execute(text("SET LOCAL max_parallel_workers_per_gather = 0"))
        connection.execute(text("SET LOCAL jit = off"))
        values = {"city_code": world.city.code, "set_id": world.new}
        return int(connection.execute(read("reassign_bare"), values).scalar_one())


def alone(world: World) -> int:
    """Who moves and where to, with every rule; how many were plain or not proven to stay."""
    with world.database.transaction(Role.WORKER, world.city.code) as connection:
        return len(assignment.movers(connection, world.city.code, [world.new]))


def command(world: World, *words: str) -> None:
    """``geoapp boundaries …`` as a process of its own, as a GIS officer runs it."""
    environment = os.environ | {
        "GEOAPP_DATABASE_URL": world.database.url,
        "GEOAPP_SECRET_KEY": "bench" * 8,
    }
    done = subprocess.run(
        [sys.executable, "-m", "geoapp", "boundaries", *words, "--city", world.city.code],
        env=environment, check=False, capture_output=True, text=True,
    )  # fmt: skip
    if done.returncode:
        raise SystemExit(f"geoapp boundaries {words}: {done.stdout}{done.stderr}")


@dataclass
class Watched:
    """What was seen while the activation ran."""

    submitted: int = 0
    longest_s: float = 0.0
    lag_s: float = 0.0
    writing_s: float = 0.0
    writing: str = ""
    """What the oldest writing transaction was at."""
    wall_s: float = 0.0
    cores_busy: float = 0.0
    cores_of_clients: float = 0.0
    problems: list[str] = field(default_factory=list)


@contextmanager
def watching(world: World, every_s: float) -> Iterator[Watched]:
    """Eight clients submit, each one in *every_s*, and one watches, until the block ends.

    Paced: as fast as they can they'd measure how the cores are shared out, not whom the
    activation keeps waiting.
    """
    seen, ending, guard = Watched(), threading.Event(), threading.Lock()
    catalogue = cities.catalogue(world.database, world.city)

    def client(number: int) -> None:
        sent = 0
        while not ending.is_set():
            sent += 1
            # a walk over the city, the same every time
            step = (number * 7919 + sent * 104_729) % 10_000
            place = LonLat(103.545 + step % 100 * 0.0011, -1.665 + step // 100 * 0.0011)
            begun = time.perf_counter()
            try:
                submit.submit(
                    world.database,
                    world.city,
                    catalogue,
                    NewComplaint(service="pothole", description="Lubang", position=place),
                )
            except OutsideCity:
                continue
            except Exception as problem:  # noqa: BLE001 - counted and shown
                with guard:
                    seen.problems.append(f"{type(problem).__name__}: {problem}")
                continue
            took = time.perf_counter() - begun
            with guard:
                seen.submitted += 1
                seen.longest_s = max(seen.longest_s, took)
            ending.wait(max(0.0, every_s - took))

    def watcher() -> None:
        # the superuser: others don't see whose transactions write
        engine = create_engine(world.admin_url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            while not ending.wait(0.05):
                row = connection.execute(_LAG).one()
                seen.lag_s = max(seen.lag_s, float(row.lag))
                if row.writing > seen.writing_s:
                    seen.writing_s, seen.writing = float(row.writing), row.what

    threads = [threading.Thread(target=client, args=(one,)) for one in range(CLIENTS)]
    threads.append(threading.Thread(target=watcher))
    for thread in threads:
        thread.start()
    begun, busy, own = time.monotonic(), _busy_s(), time.process_time()
    try:
        yield seen
    finally:
        seen.wall_s = time.monotonic() - begun
        seen.cores_busy = (_busy_s() - busy) / seen.wall_s
        seen.cores_of_clients = (time.process_time() - own) / seen.wall_s
        ending.set()
        for thread in threads:
            thread.join()


def _busy_s() -> float:
    """Seconds that all cores of this machine have worked since it started, for anybody."""
    told = [int(word) for word in Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]]
    idle = told[3] + told[4]
    return (sum(told) - idle) / os.sysconf("SC_CLK_TCK")


def report(world: World, every_s: float) -> bool:
    """Take the times, print them; whether some answer is wrong."""
    before, _ = timed(lambda: bare(world))
    first, _ = timed(lambda: bare(world))
    decided, unsure = timed(lambda: alone(world))
    after, _ = timed(lambda: bare(world))
    join = (min(before, first) + after) / 2
    again, _ = timed(lambda: alone(world))
    kept, moving = timed(lambda: _preview(world))
    with watching(world, every_s) as seen:
        threading.Event().wait(1.0)
        whole, _ = timed(lambda: _activate(world))
        threading.Event().wait(0.5)
    with world.database.transaction(Role.WORKER, world.city.code) as connection:
        version = connection.execute(text("SELECT version(), postgis_lib_version()")).one()
    print(
        f"\n{world.complaints:,} complaints; {unsure:,} not proven to stay, {moving:,} move; "
        f"{seen.submitted:,} submitted meanwhile by {CLIENTS} clients "
        f"({seen.submitted / seen.wall_s:.0f}/s)\n"
        f"meanwhile {seen.cores_busy:.1f} of {os.cpu_count()} cores busy with everything on this "
        f"machine, {seen.cores_of_clients:.1f} of them in the clients' own process\n"
        f"{version[0].split(' on ')[0]}, PostGIS {version[1]}; {os.cpu_count()} cores, "
        f"{platform.machine()}, load {os.getloadavg()[0]:.1f}\n"
    )
    print("| what | time | / bare join | limit |\n|---|---|---|---|")
    rows: list[tuple[str, float, str]] = [
        ("bare join", join, ""),
        ("decisions alone (read)", min(decided, again), "1.5"),
        ("decisions kept in batches, as a command", kept, ""),
        (f"everything, as a command, {CLIENTS / every_s:.0f} submissions/s meant", whole, "30 s"),
    ]
    for what, seconds, limit in rows:
        print(f"| {what} | {seconds:.2f} s | {seconds / join:.2f} | {limit} |")
    for what, seconds, limit in (
        ("longest submission", seen.longest_s, "1 s"),
        ("oldest writing transaction", seen.writing_s, "1 s"),
        ("feed's lag at most", seen.lag_s, "2 s"),
    ):
        print(f"| {what} | {seconds:.2f} s | | {limit} |")
    engine = create_engine(world.owner_url, poolclass=NullPool)
    with engine.connect() as owner:
        found = answers(
            owner,
            old=world.old,
            new=world.new,
            starts=STARTS.isoformat(),
            acknowledged=world.complaints + seen.submitted,
        )
    engine.dispose()
    print(f"\n{found}")
    print(f"oldest writing transaction: {' '.join(seen.writing.split())}")
    for problem in seen.problems[:5]:
        print(problem)
    return bool(seen.problems) or wrong(found)


def wrong(found: Answers) -> bool:
    """Whether anything but the number of moves differs from what it must be."""
    return any(
        (
            found.wrong_now,
            found.wrong_then,
            found.wrong_public,
            found.lost,
            found.doubled,
            found.uncalled,
        )
    )


def _preview(world: World) -> int:
    command(world, "preview", str(world.new), "--from", STARTS.isoformat())
    run = activation.latest(world.database, world.city)
    assert run is not None, "the preview left no activation"
    activation.undo(world.database, world.city, run.id)
    return run.moving


def _activate(world: World) -> int:
    command(world, "activate", str(world.new), "--from", STARTS.isoformat())
    return 0


if __name__ == "__main__":
    main()
