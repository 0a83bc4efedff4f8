"""Lists of complaints in a box, against others who serve them: `make bench-lists`.

Everybody is asked for the same boxes in turn: a hundred features as GeoJSON and how many there
are in all. On the same PostGIS, from the same rows with the same columns, with as many processes:

- ours: ``/api/v1/complaints?bbox=…&limit=100``, from the public view, newest first;
- tipg 1.6.1 (asyncpg under uvicorn) and pygeoapi 0.21.0 (SQLAlchemy under gunicorn), each from
  PyPI in an environment of its own, on a flat table with a GiST index;
- bare: one SQL statement that makes the same GeoJSON of that table, on connections of its own.

All must tell the same number for every box. Rates are medians of alternating rounds.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import platform
import random
import statistics
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import psycopg2
from sqlalchemy import create_engine, text

from bench import rivals
from bench.access import fill, read
from geoapp.domain.place import BBox
from geoapp.embedded import Cluster
from geoapp.store import migrate
from geoapp.store.database import Database
from geoapp.usecases import cities
from tests.servers import serve

SIDE_DEGREES = 0.012
"""Of a box: a few streets, as a phone or a zoomed-in map asks for."""
BARE = (Path(__file__).with_name("sql") / "lists_bare.sql").read_text(encoding="utf-8")

Ask = Callable[[BBox], bytes]


@dataclass(frozen=True)
class Contestant:
    """Somebody who answers lists; *connect* gives a way of asking to each client."""

    name: str
    connect: Callable[[], Ask]
    limit: str = ""


def main() -> None:
    """Build the world, let the contestants answer in turn, print the table."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--points", type=int, default=300_000)
    options.add_argument("--clients", type=int, default=8)
    options.add_argument("--seconds", type=float, default=4.0)
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--workers", type=int, default=2)
    chosen = options.parse_args()
    with ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        cluster = stack.enter_context(Cluster.prepare(home / "cluster", progress=print))
        cluster.create_database("bench")
        owner_url = cluster.url("geoapp_owner", "bench")
        migrate.upgrade(owner_url)
        database = Database(cluster.url("geoapp_app", "bench"))
        stack.callback(database.dispose)
        city = cities.load_default(database)
        owner = create_engine(owner_url, isolation_level="AUTOCOMMIT")
        stack.callback(owner.dispose)
        fill(owner, city, chosen.points)
        with owner.connect() as connection:
            connection.execute(read("lists_table"))
            connection.exec_driver_sql("VACUUM ANALYZE geoapp.complaint")
            connection.exec_driver_sql("VACUUM ANALYZE rivals.complaint")
            middle = connection.execute(
                text("SELECT ST_X(c), ST_Y(c) FROM (SELECT ST_Centroid(ST_Collect(geom)) AS c"
                     " FROM rivals.complaint) AS middle")
            ).one()  # fmt: skip
        ours = stack.enter_context(serve(database.url, home / "web", web_workers=chosen.workers))
        tipg = stack.enter_context(rivals.tipg(cluster, "bench", "rivals", chosen.workers, home))
        pygeoapi = stack.enter_context(
            rivals.pygeoapi(cluster, "bench", "rivals", "complaint", chosen.workers, home)
        )
        contestants = [
            Contestant("ours", _over_http(ours.url, "/api/v1/complaints?limit=100&")),
            Contestant(
                "tipg 1.6.1",
                _over_http(tipg, "/collections/rivals.complaint/items?f=geojson&limit=100&"),
                "3x",
            ),
            Contestant(
                "pygeoapi 0.21.0",
                _over_http(pygeoapi, "/collections/complaints/items?f=json&limit=100&"),
                "3x",
            ),
            Contestant("bare SQL", lambda: _bare(owner_url)),
        ]
        boxes = _boxes((middle[0], middle[1]))
        report(contestants, boxes, chosen)


def _boxes(middle: tuple[float, float]) -> list[BBox]:
    """Forty places around the middle of the city, the same at every run."""
    dice = random.Random(4)
    corners = [
        tuple(value + dice.uniform(-0.03, 0.03) - SIDE_DEGREES / 2 for value in middle)
        for _ in range(40)
    ]
    return [
        BBox(*(round(value, 6) for value in (x, y, x + SIDE_DEGREES, y + SIDE_DEGREES)))
        for x, y in corners
    ]


def _over_http(url: str, path: str) -> Callable[[], Ask]:
    address = urlsplit(url).netloc

    def connect() -> Ask:
        link = http.client.HTTPConnection(address, timeout=60)

        def ask(box: BBox) -> bytes:
            link.request("GET", f"{path}bbox={box.west},{box.south},{box.east},{box.north}")
            answer = link.getresponse()
            body = answer.read()
            if answer.status != 200:
                raise SystemExit(f"{url} answered {answer.status}: {body[:500]!r}")
            return body

        return ask

    return connect


def _bare(owner_url: str) -> Ask:
    link = psycopg2.connect(owner_url.replace("postgresql+psycopg2", "postgresql"))
    link.autocommit = True
    statement = text(BARE)

    def ask(box: BBox) -> bytes:
        bound = statement.bindparams(
            west=box.west, south=box.south, east=box.east, north=box.north
        ).compile(compile_kwargs={"literal_binds": True})
        with link.cursor() as cursor:
            cursor.execute(str(bound))
            row = cursor.fetchone()
        assert row is not None
        return str(row[0]).encode()

    return ask


def run(contestant: Contestant, boxes: list[BBox], clients: int, seconds: float) -> list[float]:
    """Seconds that each list of *clients* took, in so many seconds."""
    took: list[list[float]] = [[] for _ in range(clients)]
    start = threading.Barrier(clients)

    def client(number: int) -> None:
        ask = contestant.connect()
        ask(boxes[number])
        start.wait()
        end = time.perf_counter() + seconds
        while (begun := time.perf_counter()) < end:
            ask(boxes[(number + len(took[number]) * clients) % len(boxes)])
            took[number].append(time.perf_counter() - begun)

    threads = [threading.Thread(target=client, args=(number,)) for number in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [latency for mine in took for latency in mine]


def agree(contestants: list[Contestant], boxes: list[BBox]) -> list[int]:
    """How many there are in each box, by all of them; ends the program if they differ."""
    asks = {one.name: one.connect() for one in contestants}
    told = []
    for box in boxes:
        answers = {name: json.loads(ask(box)) for name, ask in asks.items()}
        numbers = {
            name: (answer["numberMatched"], len(answer["features"]))
            for name, answer in answers.items()
        }
        if len(set(numbers.values())) > 1:
            raise SystemExit(f"They don't agree about {box}: {numbers}")
        told.append(next(iter(numbers.values()))[0])
    return told


def report(contestants: list[Contestant], boxes: list[BBox], chosen: argparse.Namespace) -> None:
    """Ask everybody in turn and print rates, latencies and ratios."""
    matched = agree(contestants, boxes)
    rates: dict[str, list[float]] = {one.name: [] for one in contestants}
    latencies: dict[str, list[float]] = {one.name: [] for one in contestants}
    for one in contestants:
        run(one, boxes, chosen.clients, min(2.0, chosen.seconds))  # plans, caches
    for turn in range(chosen.rounds):
        for one in contestants if turn % 2 == 0 else reversed(contestants):
            took = run(one, boxes, chosen.clients, chosen.seconds)
            rates[one.name].append(len(took) / chosen.seconds)
            latencies[one.name] += took
    print(
        f"\n{chosen.points:,} complaints, {statistics.median(matched):,.0f} in a box,"
        f" {chosen.clients} clients, {chosen.workers} processes each, {chosen.rounds} rounds of"
        f" {chosen.seconds:g} s; {os.cpu_count()} cores, {platform.machine()},"
        f" load {os.getloadavg()[0]:.1f}\n"
    )
    print(f"{'what':<20}{'lists/s':>9}{'p50 ms':>9}{'p99 ms':>9}{'ours is':>10}   at least")
    ours = rates[contestants[0].name]
    for one in contestants:
        ratio = statistics.median(
            mine / other for mine, other in zip(ours, rates[one.name], strict=True)
        )
        ordered = sorted(latencies[one.name])
        p50, p99 = (1000 * ordered[int(len(ordered) * part)] for part in (0.5, 0.99))
        print(
            f"{one.name:<20}{statistics.median(rates[one.name]):>9.1f}{p50:>9.1f}{p99:>9.1f}"
            f"{ratio:>9.2f}x   {one.limit}"
        )


if __name__ == "__main__":
    main()
