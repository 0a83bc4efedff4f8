"""What docs/hotspots.md claims, measured anew: `make validate-hotspots`.

Prints Markdown tables: Gi* against published and computed outside answers, noise, power,
Boston's default point (where ../shared is there), and the time for a million complaints.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
from scipy import stats
from sqlalchemy import Connection, create_engine, text

from geoapp.domain.hotspot import CORE_Q
from geoapp.settings import psycopg2_url
from geoapp.spatial import hotspots
from geoapp.spatial.getis_ord import benjamini_hochberg, getis_ord_star, neighbourhoods
from geoapp.spatial.hexagons import city_grid, neighbour_indices
from geoapp.store import migrate

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"
sys.path.insert(0, str(ROOT / "tests" / "spatial"))

RUNS = 400
DATA_SETS = (
    ("NC SIDS, SID79/BIR79", "sids2.shp", lambda f: f.SID79 / f.BIR79),
    ("Columbus, CRIME", "columbus.shp", lambda f: f.CRIME),
    ("St. Louis, HR8893", "stl_hom.shp", lambda f: f.HR8893),
)


def table(title: str, head: Iterable[str], rows: Iterable[Iterable[Any]]) -> None:
    head = list(head)
    print(f"\n**{title}**\n")
    print("| " + " | ".join(head) + " |")
    print("|" + " --- |" * len(head))
    for row in rows:
        print("| " + " | ".join(str(value) for value in row) + " |")


def best(work: Callable[[], Any], times: int = 5) -> float:
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return min(taken)


def against_esda() -> None:
    esda, geopandas = import_module("esda"), import_module("geopandas")
    libpysal = import_module("libpysal")

    rows = []
    for name, file, column in DATA_SETS:
        frame = geopandas.read_file(libpysal.examples.get_path(file))
        weights = libpysal.weights.Queen.from_dataframe(frame, use_index=False)
        around = neighbourhoods([weights.neighbors[i] for i in range(weights.n)])
        values = column(frame).to_numpy(dtype=float)  # type: ignore[no-untyped-call]  # loaded by name
        ours = getis_ord_star(values, around)
        theirs = esda.G_Local(values, weights, transform="B", star=True, permutations=0).Zs
        published = "3.1132463" if file == "sids2.shp" else "–"
        rows.append(
            (name, weights.n, f"{ours.max():.7f}", published, f"{abs(ours - theirs).max():.1e}")
        )
    table(
        "Gi* (Queen contiguity) against esda with binary weights",
        ["data", "sites", "top z", "published", "largest difference"],
        rows,
    )

    cells = [(q, r) for q in range(100) for r in range(100)]
    lists = neighbour_indices(cells)
    around = neighbourhoods(lists)
    weights = libpysal.weights.W(dict(enumerate(lists)), silence_warnings=True)
    values = np.random.default_rng(1).poisson(1, len(cells)).astype(float)
    ours_s = best(lambda: getis_ord_star(values, around))
    theirs_s = best(
        lambda: esda.G_Local(values, weights, transform="B", star=True, permutations=0), 3
    )
    table(
        "Time of z alone, 10,000 hexagons, adjacency given",
        ["ours", "esda", "ratio"],
        [(f"{ours_s * 1e3:.2f} ms", f"{theirs_s * 1e3:.0f} ms", f"1 : {theirs_s / ours_s:.0f}")],
    )


def disc(radius: int = 16) -> tuple[list[tuple[int, int]], Any, Any]:
    """817 hexagons, those on the rim partly outside: the size of a city of 170 km²."""
    reach = range(-radius, radius + 1)
    cells = [(q, r) for q in reach for r in reach if abs(q + r) <= radius]
    area = np.array([0.5 if max(abs(q), abs(r), abs(q + r)) == radius else 1.0 for q, r in cells])
    return cells, area, neighbourhoods(neighbour_indices(cells))


def noise() -> None:
    cells, area, around = disc()
    share = area / area.sum()
    rows = []
    for mean in (0.1, 0.3, 1, 3, 10):
        maps = np.random.default_rng(20261).poisson(mean * area, (RUNS, len(cells)))
        exact = normal = core = 0
        for counts in maps:
            verdict = hotspots.judge(counts, share, around)
            exact += bool(verdict.drawn.any())
            core += bool((verdict.q <= CORE_Q).any())
            normal += bool((benjamini_hochberg(stats.norm.sf(verdict.z)) <= CORE_Q).any())
        rows.append((mean, f"{exact / RUNS:.2%}", f"{core / RUNS:.2%}", f"{normal / RUNS:.2%}"))
    bound = stats.binom.ppf(0.99, RUNS, 0.05) / RUNS
    table(
        f"Maps of pure noise that show anything: {RUNS} runs, {len(cells)} hexagons "
        f"(promised 5 %, 99 % Monte Carlo bound {bound:.2%})",
        ["complaints per cell", "drawn", "some q ≤ 0.05", "normal p instead"],
        rows,
    )


def power() -> None:
    cells, area, around = disc()
    share = area / area.sum()
    spot = cells.index((5, -3))
    planted = (3, 4, 5, 6, 8, 10, 15, 20)
    rows = []
    for mean in (0.02, 0.1, 0.3, 1):
        maps = np.random.default_rng(6).poisson(mean * area, (200, len(cells)))
        found = []
        for extra in planted:
            hits = 0
            for counts in maps:
                changed = counts.copy()
                changed[spot] += extra
                hits += bool(hotspots.judge(changed, share, around).drawn[spot])
            found.append(f"{hits / len(maps):.0%}")
        rows.append((f"{mean} ({mean * area.sum():.0f} in all)", *found))
    table(
        "Extra complaints in one hexagon and how often it is drawn (200 runs each)",
        ["background per cell", *(f"+{extra}" for extra in planted)],
        rows,
    )


def boston(conn: Connection) -> None:
    world = import_module("hotspot_world")
    folder = SHARED / "data" / "boston-311-2015"
    if not folder.is_dir():
        print("\n(../shared isn't there: Boston left out)")
        return
    world.load_boston(conn, folder)
    now, year = datetime(2016, 1, 1, 5, tzinfo=UTC), timedelta(days=365)
    grid = city_grid(conn, city_code=world.BOSTON, metric_srid=world.BOSTON_SRID, cell_m=500)
    points = hotspots.default_points(conn, city_code=world.BOSTON, now=now, window=year)
    rows = []
    for group in ("street_light", "drainage"):
        for title, defaults in (("set aside", points), ("left in", [])):
            run = hotspots.compute(
                conn, city_code=world.BOSTON, group_code=group, window=year, now=now,
                grid=grid, defaults=defaults,
            )  # fmt: skip
            top = run.clusters[0]
            hottest = max(run.hotspots, key=lambda cell: cell.count)
            rows.append(
                (group, title, run.total, sum(pile.count for pile in run.set_aside),
                 f"{len(run.hotspots)} of {run.cells}", len(run.clusters), hottest.count,
                 f"{top.count} ({top.expected:.0f} expected), wards {', '.join(top.kelurahan)}")
            )  # fmt: skip
    named = ", ".join(f"({point.shown_lat}, {point.shown_lon})" for point in points)
    table(
        f"Boston 2015, a year, 500 m hexagons; recognised default points: {named}",
        ["group", "default point", "counted", "set aside", "cells drawn", "clusters",
         "most in a drawn cell", "first cluster"],
        rows,
    )  # fmt: skip


MILLION = """
INSERT INTO geoapp.complaint (city_code, ticket, channel, service_code, group_code, submitted_at,
    due_at, location_kind, geom, public_geom, agency_code, assignment_method, kelurahan_set,
    kelurahan_code)
SELECT :city, 'M' || n, 'simulation', grp, grp, at, at, 'point', g, g, 'works', 'covers',
    a.set_id, a.code
FROM (
    SELECT n, (ARRAY['road', 'street_light'])[1 + (n > :rows * 0.9)::integer] AS grp,
        CAST(:until AS timestamptz) - random() * interval '90 days' AS at,
        ST_SetSRID(ST_MakePoint(103.53 + 0.14 * random(), -1.69 + 0.14 * random()), 4326) AS g
    FROM generate_series(1, :rows) AS n
) AS r
JOIN geoapp.area AS a ON a.city_code = :city AND ST_Covers(a.geom, r.g)
ON CONFLICT DO NOTHING
"""


def million(conn: Connection, rows: int) -> None:
    world = import_module("hotspot_world")
    file = SHARED / "boundaries" / "kota-jambi" / "kelurahan.geojson"
    if file.is_file():
        areas = world.features(file, "code", "name")
    else:
        ring = [[103.52, -1.7], [103.68, -1.7], [103.68, -1.54], [103.52, -1.54], [103.52, -1.7]]
        areas = [("99.01.1", "Coba", {"type": "Polygon", "coordinates": [ring]})]
    world.make_city(conn, areas, ["road", "street_light"])
    now, window = datetime(2026, 3, 1, tzinfo=UTC), timedelta(days=90)
    conn.execute(text("SELECT setseed(0.5)"))
    stored = conn.execute(text(MILLION), {"city": world.CITY, "rows": rows, "until": now}).rowcount
    conn.execute(text("ANALYZE geoapp.complaint"))

    def timed(work: Callable[[], Any]) -> tuple[float, Any]:
        start = time.perf_counter()
        answer = work()
        return time.perf_counter() - start, answer

    bare_s, _ = timed(
        lambda: conn.execute(
            text(
                "SELECT sum(ST_X(ST_Transform(geom, 32748))) FROM geoapp.complaint"
                " WHERE city_code = :city AND group_code = 'road'"
            ),
            {"city": world.CITY},
        ).all()
    )
    grid_s, grid = timed(
        lambda: city_grid(conn, city_code=world.CITY, metric_srid=32748, cell_m=500)
    )
    piles_s, defaults = timed(
        lambda: hotspots.default_points(conn, city_code=world.CITY, now=now, window=window)
    )
    run_s, run = timed(
        lambda: hotspots.compute(
            conn, city_code=world.CITY, group_code="road", window=window, now=now,
            grid=grid, defaults=defaults,
        )
    )  # fmt: skip
    judge_s = best(lambda: hotspots.judge(np.ones(len(grid.cells)), grid.share, grid.around))
    table(
        f"{stored:,} complaints over 90 days, {len(grid.cells)} hexagons",
        ["step", "seconds", "against the bare projection of the same points"],
        [
            ("bare: project and add up", f"{bare_s:.2f}", "1.0"),
            ("grid, once for all groups", f"{grid_s:.2f}", ""),
            ("default points, once for all groups", f"{piles_s:.2f}", f"{piles_s / bare_s:.1f}"),
            (f"one group: {run.total:,} counted and judged", f"{run_s:.2f}",
             f"{run_s / bare_s:.1f}"),
            ("… of which statistics", f"{judge_s:.4f}", ""),
            ("together", f"{grid_s + piles_s + run_s:.2f}", ""),
        ],
    )  # fmt: skip


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--rows", type=int, default=1_600_000,
                           help="points drawn in the box; about 62 %% fall into Kota Jambi")  # fmt: skip
    rows = arguments.parse_args().rows
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    against_esda()
    noise()
    power()

    from geoapp.embedded import Cluster

    with (
        tempfile.TemporaryDirectory(prefix="hotspots-") as home,
        Cluster.prepare(Path(home), progress=lambda _: None, settings={"fsync": "off"}) as cluster,
    ):
        cluster.create_database("validate")
        migrate.upgrade(cluster.url("geoapp_owner", "validate"))
        engine = create_engine(psycopg2_url(cluster.url("geoapp_owner", "validate")))
        for part in (boston, lambda conn: million(conn, rows)):
            with engine.connect() as connection:
                part(connection)
                connection.rollback()
        engine.dispose()


if __name__ == "__main__":
    main()
