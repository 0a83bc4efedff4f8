"""Thousands of submissions with photos while processes are killed: `make soak-submit`.

Eight phones (`bench.phones`) send until so many complaints are acknowledged; meanwhile web
workers and the database's postmaster are killed (kill -9) in turn. Then everything that was
told is compared with what is stored:

- lost: a ticket that was told and isn't there; doubled: a complaint that is there twice, or
  was told two tickets;
- without event: a complaint without its beginning in the history, or without its decision;
- photos: of each complaint exactly those it was sent with, in order, recognised by what they
  show; each file there, and its SHA-256 the one it is kept under;
- rubbish: files that nothing refers to, once the cleaning job has run.

So that the check isn't blind, two worlds in which it must find something come first: with
``synchronous_commit=off`` acknowledged complaints must be lost, without Idempotency-Keys
doubled. Ends with 1 if anything was wrong, or if a blind world looked right.
"""

from __future__ import annotations

import argparse
import os
import platform
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

import click
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from bench.phones import Phones, Report, mark_of
from geoapp.embedded import Cluster
from geoapp.errors import NotFound
from geoapp.media.storage import Storage, open_storage
from geoapp.settings import Settings
from geoapp.store import migrate
from geoapp.store.database import Database
from geoapp.usecases import cities, photo_files
from tests.servers import Server, serve
from tests.support import eventually

# A slow WAL writer keeps what isn't flushed for up to ten seconds.
LOSSY = {
    "synchronous_commit": "off",
    "wal_writer_delay": "10000ms",
    "wal_writer_flush_after": "1GB",
}
COMPLAINTS = text("""
    SELECT complaint.ticket, complaint.landmark AS mark,
           (SELECT count(*) FROM geoapp.complaint_event AS event
            WHERE event.city_code = complaint.city_code AND event.complaint_id = complaint.id
              AND event.kind = 'submitted') AS beginnings,
           (SELECT count(*) FROM geoapp.assignment
            WHERE assignment.city_code = complaint.city_code
              AND assignment.complaint_id = complaint.id) AS decisions,
           ARRAY(SELECT photo.sha256 FROM geoapp.photo
                 WHERE photo.city_code = complaint.city_code
                   AND photo.complaint_id = complaint.id
                 ORDER BY photo.position) AS photos
    FROM geoapp.complaint
""")
OLDER = text("""
    UPDATE geoapp.photo
    SET created_at = created_at - interval '3 days', touched_at = touched_at - interval '3 days'
""")
REFERENCED = text("""
    SELECT sha256 FROM geoapp.photo WHERE sha256 IS NOT NULL
    UNION SELECT small_sha256 FROM geoapp.photo WHERE small_sha256 IS NOT NULL
""")


@dataclass
class Found:
    """What the comparison found wrong; counts of tickets or files."""

    acknowledged: int = 0
    stored: int = 0
    photos: int = 0
    failures: int = 0
    kills: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0
    lost: int = 0
    doubled: int = 0
    without_event: int = 0
    wrong_photos: int = 0
    missing_files: int = 0
    wrong_hashes: int = 0
    rubbish: int = 0
    problems: list[str] = field(default_factory=list)

    @property
    def wrong(self) -> int:
        """Everything that was wrong, added up."""
        return (
            self.lost + self.doubled + self.without_event + self.wrong_photos
            + self.missing_files + self.wrong_hashes + self.rubbish + len(self.problems)
        )  # fmt: skip


@dataclass
class World:
    """A cluster that may be killed, a server on it, and where its photos lie."""

    cluster: Cluster
    server: Server
    storage: Storage
    photos: Path

    def kill_postmaster(self) -> None:
        """Kill the postmaster and every backend at once, and start it again."""
        engine = create_engine(self.cluster.url("geoapp_owner", "soak"), poolclass=NullPool)
        try:
            with engine.connect() as connection:
                rows = connection.execute(text("SELECT pid FROM pg_stat_activity"))
                victims = [row.pid for row in rows]
        finally:
            engine.dispose()
        pid = self.cluster.pid
        for victim in [pid, *victims]:
            if victim is not None and Path(f"/proc/{victim}").exists():
                os.kill(victim, signal.SIGKILL)
        eventually(lambda: not self.cluster.running, within_s=30)
        self.cluster.start()

    def kill_worker(self) -> None:
        """Kill one web worker; gunicorn starts another."""
        workers = self.server.workers()
        if workers:
            os.kill(random.choice(workers), signal.SIGKILL)


@contextmanager
def world(home: Path, pg: dict[str, str]) -> Iterator[World]:
    """A world of its own in *home*, gone afterwards."""
    cluster = Cluster.prepare(home / "cluster", progress=lambda _: None, settings=pg)
    cluster.start()
    try:
        cluster.create_database("soak")
        migrate.upgrade(cluster.url("geoapp_owner", "soak"))
        database = Database(cluster.url("geoapp_app", "soak"))
        cities.load_default(database)
        photos = home / "photos"
        storage = open_storage(Settings(photo_storage=str(photos)))
        with serve(database.url, home / "web", photo_storage=photos) as server:
            database.dispose()
            yield World(cluster, server, storage, photos)
    finally:
        cluster.destroy()


def soak(
    here: World, *, submissions: int, kills: int, photos: float, keyed: bool, seed: int, label: str
) -> Found:
    """Let the phones send and kill meanwhile; then compare."""
    found = Found()
    begun = time.monotonic()
    dice = random.Random(seed)
    phones = Phones(here.server.port, submissions, photos=photos, keyed=keyed, seed=seed)
    # At random places of the run, the two kinds in turn.
    at = sorted(dice.uniform(0.02, 0.95) * submissions for _ in range(kills))
    with phones, click.progressbar(length=submissions, label=label, file=sys.stderr) as bar:
        shown = 0
        for number, place in enumerate(at):
            while phones.acknowledged < place and not phones.done:
                eventually(
                    lambda: phones.done or phones.acknowledged > shown, within_s=180,  # noqa: B023
                    what=f"tickets go on; see {here.server.log}",
                )  # fmt: skip
                bar.update(phones.acknowledged - shown)
                shown = phones.acknowledged
            if phones.done:
                break
            if number % 2:
                here.kill_worker()
                found.kills["web worker"] += 1
            else:
                here.kill_postmaster()
                found.kills["postmaster"] += 1
        eventually(lambda: phones.done, within_s=3600, what="the last tickets")
        bar.update(phones.acknowledged - shown)
    found.seconds = time.monotonic() - begun
    eventually(here.server.healthy, within_s=60, what="healthy at the end")
    found.failures = phones.failures
    found.problems = phones.problems[:5]
    compare(here, phones.told, found)
    return found


def compare(here: World, told: list[Report], found: Found) -> None:
    """Compare what was told with what is stored."""
    engine = create_engine(here.cluster.url("geoapp_owner", "soak"), poolclass=NullPool)
    with engine.connect() as connection:
        stored = connection.execute(COMPLAINTS).all()
    by_ticket = {row.ticket: row for row in stored}
    by_mark = Counter(row.mark for row in stored)
    found.acknowledged, found.stored = len(told), len(stored)
    found.without_event = sum((row.beginnings, row.decisions) != (1, 1) for row in stored)
    found.doubled = sum(count - 1 for count in by_mark.values())
    for report in told:
        found.photos += len(report.photos)
        found.doubled += len(report.tickets) - 1
        row = next((by_ticket[one] for one in report.tickets if one in by_ticket), None)
        if row is None:
            found.lost += report.mark not in by_mark or not any(
                one.startswith("unknown-") for one in report.tickets
            )
            continue
        shown = []
        for digest in row.photos:
            try:
                photo = here.storage.get(f"{digest[:2]}/{digest}.jpg")
            except NotFound:
                found.missing_files += 1
                continue
            found.wrong_hashes += sha256(photo).hexdigest() != digest
            shown.append(mark_of(photo))
        found.wrong_photos += shown != report.photos
    _clean(here)
    with engine.connect() as connection:
        referenced = set(connection.execute(REFERENCED).scalars())
    kept = {Path(one.key).stem for one in here.storage.keys("") if not one.key.startswith("parts/")}
    found.rubbish = len(kept - referenced)
    found.rubbish += sum(1 for _ in here.storage.keys("parts/"))
    found.missing_files += len(referenced - kept)
    engine.dispose()


def _clean(here: World) -> None:
    """Let the job run that removes what nothing refers to, three days later."""
    long_ago = time.time() - 3 * 86_400
    for file in here.photos.rglob("*"):
        if file.is_file():
            os.utime(file, (long_ago, long_ago))
    engine = create_engine(here.cluster.url("geoapp_owner", "soak"), poolclass=NullPool)
    with engine.begin() as connection:
        connection.execute(OLDER)
    engine.dispose()
    database = Database(here.cluster.url("geoapp_app", "soak"))
    try:
        photo_files.tidy(database, here.storage, Settings())
    finally:
        database.dispose()


def report(results: dict[str, Found]) -> None:
    """Print the table."""
    print(f"\n{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}\n")
    lines = {
        "acknowledged": "acknowledged", "stored": "stored", "photos": "photos sent",
        "failures": "requests that failed", "seconds": "seconds", "lost": "**lost**",
        "doubled": "**doubled**", "without_event": "**without event or decision**",
        "wrong_photos": "**complaints with wrong photos**",
        "missing_files": "**files missing**", "wrong_hashes": "**wrong hashes**",
        "rubbish": "**files nothing refers to**",
    }  # fmt: skip
    print("| | " + " | ".join(results) + " |\n|---|" + "---:|" * len(results))
    kills = " | ".join(
        ", ".join(f"{n} × {kind}" for kind, n in found.kills.items()) for found in results.values()
    )
    print(f"| killed | {kills} |")
    for name, words in lines.items():
        values = " | ".join(f"{round(getattr(found, name)):,}" for found in results.values())
        print(f"| {words} | {values} |")
    for name, found in results.items():
        for problem in found.problems:
            print(f"\n{name}: {problem}")


def main() -> None:
    """Run the blind worlds and the real one, print the table."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--submissions", type=int, default=10_000)
    options.add_argument("--kills", type=int, default=30)
    options.add_argument("--photos", type=float, default=0.2, help="mean number per complaint")
    options.add_argument("--seed", type=int, default=5)
    options.add_argument("--only", choices=("durable", "lossy", "keyless"))
    chosen = options.parse_args()
    small = {"submissions": 400, "kills": 4, "photos": 0.05, "seed": chosen.seed}
    results: dict[str, Found] = {}
    good = True
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        if chosen.only in {None, "lossy"}:
            with world(home / "lossy", LOSSY) as here:
                results["not durable"] = soak(here, keyed=True, label="not durable", **small)
            good &= results["not durable"].lost + results["not durable"].doubled > 0
        if chosen.only in {None, "keyless"}:
            with world(home / "keyless", {}) as here:
                results["without keys"] = soak(here, keyed=False, label="without keys", **small)
            good &= results["without keys"].doubled > 0
        if not good:
            print("The check is blind: a world in which it must find something looks right.")
        if chosen.only in {None, "durable"}:
            with world(home / "durable", {}) as here:
                results["as it is"] = soak(
                    here, keyed=True, label="as it is", submissions=chosen.submissions,
                    kills=chosen.kills, photos=chosen.photos, seed=chosen.seed,
                )  # fmt: skip
            good &= results["as it is"].wrong == 0
            good &= results["as it is"].failures > 0
    report(results)
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
