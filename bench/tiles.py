"""Tiles from density cells and of streets, against others who serve them: `make bench-tiles`.

First the whole city at one size or at several (``points=1000000,10000000``): the tile that every
map begins with, and filtered ones, asked in one process as a visitor; beside them the bare
``ST_AsMVT`` of the same square, and how an answer grew from the first size to the last.

Then, at the first size, tiles of streets over HTTP from as many processes each:

- ours: ``/tiles/complaints/z/x/y.mvt``; and again by somebody who has them (*not modified*);
- tipg 1.6.1 from PyPI in an environment of its own, on a flat table with a GiST index;
- bare: the statement that makes such a tile of that table, on connections of its own.

All must draw the same number of points. Rates are medians of alternating rounds.
"""

from __future__ import annotations

import argparse
import http.client
import os
import platform
import statistics
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import mapbox_vector_tile  # type: ignore[import-untyped]
import psycopg2
from sqlalchemy import Engine, create_engine

from bench import rivals
from bench.access import read
from geoapp.domain.catalogue import City
from geoapp.domain.filters import ComplaintFilter
from geoapp.domain.place import TileId
from geoapp.embedded import Cluster
from geoapp.store import migrate
from geoapp.store.database import Database
from geoapp.usecases import cities, density, livemap
from tests.servers import serve

WHOLE_CITY_ZOOM = 11
STREET_ZOOMS = (15, 16, 17, 14, 13)
"""The first at which enough tiles are drawn as points is asked for."""
ENOUGH_TILES = 20
CLIENTS = 8

Ask = Callable[[TileId], bytes]


@dataclass(frozen=True)
class Contestant:
    """Somebody who answers tiles; *connect* gives a way of asking to each client."""

    name: str
    connect: Callable[[], Ask]
    limit: str = ""


@dataclass(frozen=True)
class Timed:
    """An answer of the whole city: milliseconds the first time and usually, and bytes."""

    first_ms: float
    usual_ms: float
    size: int


def main() -> None:
    """Build the worlds, ask, print the tables."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--points", default="300000", help="sizes, comma between them")
    options.add_argument("--seconds", type=float, default=4.0)
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--workers", type=int, default=2)
    chosen = options.parse_args()
    sizes = [int(size) for size in chosen.points.split(",")]
    told: dict[int, dict[str, Timed]] = {}
    with ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        cluster = stack.enter_context(
            Cluster.prepare(home / "cluster", progress=print, settings={"fsync": "off"})
        )
        for number, size in enumerate(sizes):
            database, owner, city = world(cluster, f"bench{number}", size)
            stack.callback(database.dispose)
            stack.callback(owner.dispose)
            told[size] = whole_city(database, owner, city)
            if number == 0:
                streets(stack, cluster, "bench0", database, owner, city, home, chosen)
        whole_city_report(told)


def world(cluster: Cluster, name: str, points: int) -> tuple[Database, Engine, City]:
    """A city with *points* complaints, counted."""
    cluster.create_database(name)
    owner_url = cluster.url("geoapp_owner", name)
    migrate.upgrade(owner_url)
    database = Database(cluster.url("geoapp_app", name))
    city = cities.load_default(database)
    owner = create_engine(owner_url, isolation_level="AUTOCOMMIT")
    begun = time.perf_counter()
    with owner.connect() as connection:
        connection.execute(read("tiles_complaints"), {"city_code": city.code, "points": points})
        connection.exec_driver_sql("VACUUM ANALYZE geoapp.complaint")
    print(f"{points:,} complaints stored in {time.perf_counter() - begun:.0f} s", flush=True)
    begun = time.perf_counter()
    density.rebuild(database, city)
    took = time.perf_counter() - begun
    with owner.connect() as connection:
        connection.exec_driver_sql("VACUUM ANALYZE")
    print(f"counted in {took:.0f} s: {points / took:,.0f} a second", flush=True)
    return database, owner, city


def questions(database: Database) -> dict[str, dict[str, str]]:
    """What is asked of the whole city, by name."""
    now = database.now()
    month = (now.replace(day=1) - timedelta(days=40)).date()
    end = (month.replace(day=1) + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    return {
        "current (as a map begins)": {},
        "all": {"status": "all"},
        "one group": {"status": "all", "group": "road"},
        "one month": {"status": "all", "since": str(month.replace(day=1)), "until": str(end)},
        "one status": {"status": "closed"},
        "one agency": {"status": "all", "agency": "pupr_bina_marga"},
        "one kelurahan": {"status": "all", "kelurahan": "15.71.08.1006"},
        "open of 90 days": {"status": "open", "since": "P90D"},
    }


def tile_at(key: int, zoom: int) -> TileId:
    """The tile that a Morton key of its zoom names."""
    x = sum((key >> 2 * bit & 1) << bit for bit in range(zoom))
    y = sum((key >> 2 * bit + 1 & 1) << bit for bit in range(zoom))
    return TileId(zoom, x, y)


def whole_city(database: Database, owner: Engine, city: City) -> dict[str, Timed]:
    """Times of the fullest tile that shows (a half of) the city, by question."""
    values = {"city_code": city.code, "zoom": WHOLE_CITY_ZOOM}
    with owner.connect() as connection:
        key = connection.execute(read("tiles_fullest"), values).scalar_one()
    place = tile_at(key, WHOLE_CITY_ZOOM)
    now = livemap.tile_moment(database.now())
    found = {}
    for name, args in questions(database).items():
        wanted = ComplaintFilter.parse(args, now=now, timezone=city.timezone, status="current")
        times, body = [], b""
        for _ in range(15):
            begun = time.perf_counter()
            body = livemap.tile(database, city, wanted, place).body or b""
            times.append(1000 * (time.perf_counter() - begun))
        found[name] = Timed(times[0], statistics.median(times), len(body))
    with owner.connect() as connection:
        rows = read("tiles_raw")
        begun = time.perf_counter()
        size = connection.execute(
            rows, {"z": place.z, "x": place.x, "y": place.y, "city_code": city.code,
                   "first": place.morton_range[0], "last": place.morton_range[1]},
        ).scalar_one()  # fmt: skip
        raw = 1000 * (time.perf_counter() - begun)
    found["bare ST_AsMVT of its points"] = Timed(raw, raw, size)
    return found


def whole_city_report(told: dict[int, dict[str, Timed]]) -> None:
    """Print times and bytes for each size, and the growth from the first to the last."""
    sizes = list(told)
    print(f"\n{machine()}\n")
    for size in sizes:
        print(f"{size:,} complaints, zoom {WHOLE_CITY_ZOOM}, one process, as a visitor")
        print(f"{'what':<30}{'first ms':>10}{'usual ms':>10}{'kB':>9}   at most")
        for name, one in told[size].items():
            limit = "50 ms, 40 kB" if name.startswith("current") else "500 ms first"
            limit = "" if name.startswith("bare") else limit
            print(
                f"{name:<30}{one.first_ms:>10.1f}{one.usual_ms:>10.1f}{one.size / 1000:>9.1f}"
                f"   {limit}"
            )
        print()
    if len(sizes) > 1:
        print(f"growth from {sizes[0]:,} to {sizes[-1]:,}, usual time (current: at most 1.2x)")
        for name, one in told[sizes[0]].items():
            print(f"{name:<30}{told[sizes[-1]][name].usual_ms / one.usual_ms:>9.2f}x")


def machine() -> str:
    """Where this ran."""
    return f"{os.cpu_count()} cores, {platform.machine()}, load {os.getloadavg()[0]:.1f}"


def streets(
    stack: ExitStack,
    cluster: Cluster,
    name: str,
    database: Database,
    owner: Engine,
    city: City,
    home: Path,
    chosen: argparse.Namespace,
) -> None:
    """Let everybody answer tiles of streets in turn, and print rates."""
    places: list[TileId] = []
    with owner.connect() as connection:
        connection.execute(read("tiles_table"))
        connection.exec_driver_sql("VACUUM ANALYZE rivals.street")
        for zoom in STREET_ZOOMS:
            if len(places) < ENOUGH_TILES:
                keys = connection.execute(
                    read("tiles_streets"), {"city_code": city.code, "zoom": zoom}
                ).scalars()
                places = [tile_at(key, zoom) for key in keys]
    if not places:
        print("no tile of a street has as many complaints as are drawn as points, nearly")
        return
    ours = stack.enter_context(serve(database.url, home / "web", web_workers=chosen.workers))
    tipg = stack.enter_context(rivals.tipg(cluster, name, "rivals", chosen.workers, home))
    template = "/tiles/complaints/{z}/{x}/{y}.mvt?status=all"
    contestants = [
        Contestant("ours", over_http(ours.url, template)),
        Contestant("ours, had before", over_http(ours.url, template, again=True)),
        Contestant(
            "tipg 1.6.1",
            over_http(tipg, "/collections/rivals.street/tiles/WebMercatorQuad/{z}/{x}/{y}"),
            "2x; had before 10x",
        ),
        Contestant("bare SQL", lambda: bare(cluster.url("geoapp_owner", name)), "0.7x"),
    ]
    points = agree(contestants, places)
    rates: dict[str, list[float]] = {one.name: [] for one in contestants}
    for one in contestants:
        run(one, places, min(2.0, chosen.seconds))
    for turn in range(chosen.rounds):
        for one in contestants if turn % 2 == 0 else reversed(contestants):
            rates[one.name].append(run(one, places, chosen.seconds))
    print(
        f"\nstreets, zoom {places[0].z}: {statistics.median(points):,.0f} points a tile,"
        f" {CLIENTS} clients, {chosen.workers} processes each; {machine()}"
    )
    print(f"{'what':<20}{'tiles/s':>10}{'ours is':>10}{'had before':>12}   at least")
    for one in contestants:
        ratios = [
            statistics.median(
                mine / other for mine, other in zip(rates[who], rates[one.name], strict=True)
            )
            for who in ("ours", "ours, had before")
        ]
        print(
            f"{one.name:<20}{statistics.median(rates[one.name]):>10.1f}{ratios[0]:>9.2f}x"
            f"{ratios[1]:>11.2f}x   {one.limit}"
        )


def over_http(url: str, template: str, *, again: bool = False) -> Callable[[], Ask]:
    """A way of asking over HTTP; *again*: as somebody who has each tile already."""
    address = urlsplit(url).netloc

    def connect() -> Ask:
        link = http.client.HTTPConnection(address, timeout=120)
        held: dict[TileId, tuple[str, bytes]] = {}

        def ask(place: TileId) -> bytes:
            headers = {"If-None-Match": held[place][0]} if place in held else {}
            link.request("GET", template.format(z=place.z, x=place.x, y=place.y), headers=headers)
            answer = link.getresponse()
            body = answer.read()
            if answer.status == 304:
                return held[place][1]
            if answer.status != 200:
                raise SystemExit(f"{url} answered {answer.status}: {body[:500]!r}")
            if again:
                held[place] = (answer.headers["ETag"], body)
            return body

        return ask

    return connect


def bare(owner_url: str) -> Ask:
    """A way of asking the bare statement."""
    link = psycopg2.connect(owner_url.replace("postgresql+psycopg2", "postgresql"))
    link.autocommit = True
    statement = read("tiles_bare")

    def ask(place: TileId) -> bytes:
        bound = statement.bindparams(z=place.z, x=place.x, y=place.y)
        with link.cursor() as cursor:
            cursor.execute(str(bound.compile(compile_kwargs={"literal_binds": True})))
            row = cursor.fetchone()
        assert row is not None
        return bytes(row[0])

    return ask


def agree(contestants: list[Contestant], places: list[TileId]) -> list[int]:
    """Points in each tile, by all of them; ends the program if they differ by more than edges."""
    told = []
    asks = {one.name: one.connect() for one in contestants}
    for place in places:
        numbers = {}
        for name, ask in asks.items():
            layers = mapbox_vector_tile.decode(ask(place))
            numbers[name] = sum(len(layer["features"]) for layer in layers.values())
        # a point beside the edge may be drawn in a buffer too
        if max(numbers.values()) > 1.05 * min(numbers.values()) + 20:
            raise SystemExit(f"They don't agree about {place}: {numbers}")
        told.append(numbers["ours"])
    return told


def run(contestant: Contestant, places: list[TileId], seconds: float) -> float:
    """Tiles a second that `CLIENTS` got, over so many seconds."""
    counted = [0] * CLIENTS
    start = threading.Barrier(CLIENTS)

    def client(number: int) -> None:
        ask = contestant.connect()
        for place in places:
            ask(place)
        start.wait()
        end = time.perf_counter() + seconds
        while time.perf_counter() < end:
            ask(places[(number * 5 + counted[number]) % len(places)])
            counted[number] += 1

    threads = [threading.Thread(target=client, args=(number,)) for number in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counted) / seconds


if __name__ == "__main__":
    main()
