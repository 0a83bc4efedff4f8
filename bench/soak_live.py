"""The feed while everything around it breaks: `make soak-live`.

Writers (`bench.live_writers`) submit complaints, take steps of staff that hide, publish and hand
over complaints, and hold transactions open, so that commits come in another order than ids.
Clients (`bench.live_droppers`) of ``/live`` and of ``/live/work`` (two agencies and an operator)
keep dropping, even inside a message, and come back with ``Last-Event-ID``. Meanwhile the feed's
listeners are cut off in the database, web workers are killed (kill -9) and restarted.

Then everything that was heard is compared with what was written (`bench.live_verdict`): per
client each event exactly once, per complaint in order, and told to those alone who might know of
it when it was read. Who was away for more than a thousand events is told to fetch everything
anew ("reload"); what that stands for isn't missed, and is shown.

So that the check isn't blind, three sorts of clients run along in which it must find something:
one that forgets where it was (missed), one that resumes a message too early (doubled), and an
operator's stream judged as if it were public (unauthorised). Ends with 1 if anything was wrong,
or if one of those looked right.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import platform
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import click
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from bench.live_droppers import Gathered, Kind, listen
from bench.live_verdict import Verdict, Written, judge
from bench.live_writers import ROADS, WASTE, write
from geoapp.domain.access import Grant, StaffRole
from geoapp.embedded import Cluster
from geoapp.store import migrate
from geoapp.store.database import Database
from geoapp.usecases import accounts, cities
from geoapp.usecases.accounts import COMMAND_LINE
from tests.people import hire
from tests.servers import Server, serve
from tests.support import eventually

CUT_OFF = text("""
    SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
    WHERE query LIKE 'LISTEN %' AND pid <> pg_backend_pid()
""")
WRITTEN = text("SELECT count(*), max(id) FROM geoapp.complaint_event")
LAST = text("SELECT id FROM geoapp.complaint_event ORDER BY xid DESC, id DESC LIMIT 1")
BREAKS = ("listeners cut off", "web worker killed", "web workers restarted")
BLIND = {"forgetful": "missed", "late": "doubled", "operator as public": "unauthorised"}
"""Kinds of clients in which something must be found wrong, and what."""


@dataclass
class Found:
    """What came of a run."""

    verdicts: dict[str, Verdict]
    events: int = 0
    seconds: float = 0.0
    breaks: Counter[str] = field(default_factory=Counter)
    contradictions: int = 0
    refused_steps: int = 0
    failures: list[str] = field(default_factory=list)

    @property
    def wrong(self) -> int:
        """Everything wrong at the clients that do as they should."""
        return self.contradictions + sum(
            verdict.wrong for kind, verdict in self.verdicts.items() if kind not in BLIND
        )

    @property
    def blind(self) -> list[str]:
        """Kinds in which the check should have found something and didn't."""
        return [kind for kind, what in BLIND.items() if not getattr(self.verdicts[kind], what)]


@dataclass
class World:
    """A cluster, a server on it, and who listens."""

    cluster: Cluster
    database: Database
    server: Server
    kinds: list[tuple[Kind, int]]

    def ask(self, statement: object, user: str = "geoapp_owner") -> tuple[int, ...]:
        """The only row of a statement, as *user*, on a connection of its own."""
        engine = create_engine(
            self.cluster.url(user, "soak"), poolclass=NullPool, isolation_level="AUTOCOMMIT"
        )
        try:
            with engine.connect() as connection:
                return tuple(connection.execute(statement).one())  # type: ignore[call-overload]
        finally:
            engine.dispose()

    def spoil(self, what: str) -> None:
        """Do one of `BREAKS`."""
        if what == "listeners cut off":
            self.ask(CUT_OFF, "postgres")
        elif what == "web worker killed":
            os.kill(random.choice(self.server.workers()), signal.SIGKILL)
        else:
            self.server.process.send_signal(signal.SIGHUP)


@contextmanager
def world(home: Path, clients: int) -> Iterator[World]:
    """A world of its own in *home*, gone afterwards; *clients* for each stream."""
    with ExitStack() as stack:
        settings = {"track_commit_timestamp": "on", "fsync": "off"}
        cluster = stack.enter_context(
            Cluster.prepare(home / "cluster", progress=lambda _: None, settings=settings)
        )
        cluster.create_database("soak")
        migrate.upgrade(cluster.url("geoapp_owner", "soak"))
        database = Database(cluster.url("geoapp_app", "soak"))
        stack.callback(database.dispose)
        cities.load_default(database)
        head, operator = StaffRole.AGENCY_HEAD, StaffRole.OPERATOR
        roads, waste, everything = (
            {"Authorization": f"Bearer {_key(database, Grant(role=role, agency_code=agency))}"}
            for role, agency in ((head, ROADS), (head, WASTE), (operator, None))
        )
        kinds = [
            (Kind("public", "/live"), 2 * clients),
            (Kind("roads", "/live/work", roads), clients),
            (Kind("waste", "/live/work", waste), clients),
            (Kind("operator", "/live/work", everything), clients),
            (Kind("forgetful", "/live", resumes=False), 1),
            (Kind("late", "/live", resumes="late"), 1),
            (Kind("operator as public", "/live/work", everything), 1),
        ]
        server = stack.enter_context(serve(database.url, home / "web", web_workers=2))
        yield World(cluster, database, server, kinds)


def _key(database: Database, grant: Grant) -> str:
    city = cities.find(database, "15.71")
    machine = accounts.add_machine(database, city, COMMAND_LINE, name="M", grants=[grant])
    made = accounts.make_key(database, city, COMMAND_LINE, machine, name="k", scopes=["read"])
    return made.key


def soak(here: World, *, events: int, rate: float, every_s: float, seed: int) -> Found:
    """Write, break and listen until there are *events*; then compare."""
    begun = time.monotonic()
    breaks: Counter[str] = Counter()
    operator = hire(here.database, "operator")
    context = multiprocessing.get_context("spawn")
    hears, heard = context.Pipe()
    ends, ended = context.Pipe()
    listeners = context.Process(target=listen, args=(here.server.port, here.kinds, seed, heard))
    writers = context.Process(
        target=write, args=(here.database.url, operator, rate, 8, seed, ended)
    )
    try:
        listeners.start()
        hears.recv()
        writers.start()
        _watch(here, events, every_s, breaks)
        ends.send("enough")
        refused, failures = ends.recv()
        eventually(here.server.healthy, within_s=60, what="healthy at the end")
        # One more, after everything that was held back: whoever hears it has heard all.
        hears.send(here.ask(LAST)[0])
        gathered: Gathered = hears.recv()
    finally:
        for process in (listeners, writers):
            if process.pid is not None:
                process.join(timeout=30)
                process.kill()
    sights = {"roads": ROADS, "waste": WASTE, "operator": "*"}
    verdicts = judge(
        gathered,
        Written.read(here.cluster.url("geoapp_owner", "soak")),
        {kind.name: sights.get(kind.name) for kind, _ in here.kinds},
    )
    return Found(
        verdicts, here.ask(WRITTEN)[0], time.monotonic() - begun, breaks,
        gathered.contradictions, refused, failures,
    )  # fmt: skip


def _watch(here: World, events: int, every_s: float, breaks: Counter[str]) -> None:
    """Break something every so often until so many events are written."""
    next_break, number, shown = time.monotonic() + every_s, 0, 0
    with click.progressbar(length=events, label="events", file=sys.stderr) as bar:
        while shown < events:
            time.sleep(0.2)
            written = here.ask(WRITTEN)[0]
            bar.update(written - shown)
            shown = written
            if time.monotonic() >= next_break:
                what = BREAKS[number % len(BREAKS)]
                here.spoil(what)
                # The next one comes when it works again, however slow the machine is.
                eventually(
                    here.server.healthy, within_s=120, what=f"healthy, see {here.server.log}"
                )
                breaks[what] += 1
                number += 1
                next_break = time.monotonic() + every_s


def report(found: Found) -> None:
    """Print the table."""
    done = ", ".join(f"{count} x {what}" for what, count in found.breaks.items())
    print(
        f"\n{found.events:,} events in {found.seconds:,.0f} s; {done};"
        f" {found.refused_steps:,} steps refused by the workflow;"
        f" {os.cpu_count()} cores, {platform.machine()}, load {os.getloadavg()[0]:.1f}\n"
    )
    columns = {
        "clients": "clients", "drops": "drops", "refused": "refused", "heard": "heard",
        "told": "told", "reloads": "reloads", "skipped": "skipped by them", "missed": "**missed**", "doubled": "**doubled**",
        "unauthorised": "**unauthorised**", "disordered": "**out of order**",
        "untold": "**kept back**",
    }  # fmt: skip
    print("| | " + " | ".join(columns.values()) + " |\n|---|" + "---:|" * len(columns))
    for kind, verdict in found.verdicts.items():
        values = " | ".join(f"{getattr(verdict, name):,}" for name in columns)
        print(f"| {kind}{' (must be wrong)' if kind in BLIND else ''} | {values} |")
    for failure in found.failures:
        print(f"\na writer failed: {failure}")


def main() -> None:
    """Run, print the table."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--events", type=int, default=100_000)
    options.add_argument("--rate", type=float, default=60.0, help="writes a second, at most")
    options.add_argument("--clients", type=int, default=6, help="for each stream of staff")
    options.add_argument("--every", type=float, default=20.0, help="seconds between breaks")
    options.add_argument("--seed", type=int, default=7)
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as home, world(Path(home), chosen.clients) as here:
        found = soak(
            here, events=chosen.events, rate=chosen.rate, every_s=chosen.every, seed=chosen.seed
        )
    report(found)
    if found.blind:
        print(f"\nThe check is blind: {', '.join(found.blind)} looked right.")
    sys.exit(1 if found.wrong or found.blind or found.failures else 0)


if __name__ == "__main__":
    main()
