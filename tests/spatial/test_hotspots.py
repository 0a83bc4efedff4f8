"""Hotspots on a real database: the grid, the counting, default points, storing."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from click.testing import CliRunner
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.pool import NullPool

from geoapp.cli import main
from geoapp.errors import InvalidInput, NotFound
from geoapp.settings import psycopg2_url
from geoapp.spatial import hotspots
from geoapp.spatial.hexagons import Grid, city_grid
from geoapp.store import hotspots as store
from geoapp.store.database import Role
from geoapp.usecases.hotspots import compute_all
from tests.spatial.hotspot_world import CITY, Report, add, make_city

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
MONTH = timedelta(days=30)
SRID = 32748
GROUPS = ("road", "drainage", "street_light", "waste", "tree", "traffic")
WEST, EAST, SOUTH, NORTH = 103.55, 103.65, -1.66, -1.58
MIDDLE = 103.60


def rectangle(west: float, south: float, east: float, north: float) -> dict:
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


AREAS = [
    ("99.01.1", "Barat", rectangle(WEST, SOUTH, MIDDLE, NORTH)),
    ("99.01.2", "Timur", rectangle(MIDDLE, SOUTH, EAST, NORTH)),
]


@pytest.fixture
def city(db: Connection) -> Connection:
    make_city(db, AREAS, GROUPS)
    return db


def scattered(rng: np.random.Generator, count: int, days: float = 30) -> list[Report]:
    """Complaints of all groups anywhere in the city, any time in the last *days*."""
    return [
        Report(
            group=str(rng.choice(GROUPS)),
            at=NOW - timedelta(days=float(rng.uniform(0, days))),
            lon=float(rng.uniform(WEST, EAST)),
            lat=float(rng.uniform(SOUTH, NORTH)),
        )
        for _ in range(count)
    ]


def grid_of(conn: Connection, cell_m: float = 500) -> Grid:
    return city_grid(conn, city_code=CITY, metric_srid=SRID, cell_m=cell_m)


def run_of(conn: Connection, group: str = "street_light", *, window: timedelta = MONTH):
    defaults = hotspots.default_points(conn, city_code=CITY, now=NOW, window=window)
    return hotspots.compute(
        conn, city_code=CITY, group_code=group, window=window, now=NOW,
        grid=grid_of(conn), defaults=defaults,
    )  # fmt: skip


def hexagon(cell: tuple[int, int], size: float):
    """The cell as shapely has it: six corners at 30°, 90° … around the axial centre."""
    import shapely

    x, y = size * (cell[0] + cell[1] / 2), size * cell[1] * math.sqrt(3) / 2
    reach = size / math.sqrt(3)
    return shapely.Polygon(
        [
            (x + reach * math.cos(math.radians(a)), y + reach * math.sin(math.radians(a)))
            for a in range(30, 390, 60)
        ]
    )


def metric(points: np.ndarray) -> np.ndarray:
    import pyproj

    change = pyproj.Transformer.from_crs(4326, SRID, always_xy=True)
    return np.column_stack(change.transform(points[:, 0], points[:, 1]))


@pytest.mark.parametrize("cell_m", [500, 333.3])
def test_every_complaint_is_counted_in_the_hexagon_it_lies_in(city, cell_m):
    import shapely

    rng = np.random.default_rng(1)
    places = np.column_stack([rng.uniform(WEST, EAST, 3000), rng.uniform(SOUTH, NORTH, 3000)])
    add(city, [Report("road", NOW, lon, lat) for lon, lat in places.tolist()])
    grid = grid_of(city, cell_m)
    rows = city.execute(
        hotspots.statement("spatial", "hotspot_counts"),
        {
            "city_code": CITY, "group_code": "road", "since": NOW - MONTH, "until": NOW,
            "cell_m": cell_m, "metric_srid": SRID,
            "pile_tiles": [], "pile_lon6": [], "pile_lat6": [],
        },
    ).all()  # fmt: skip
    counted = dict.fromkeys(grid.cells, 0)
    for row in rows:
        counted[row.q, row.r] += row.complaints

    tree = shapely.STRtree([hexagon(cell, cell_m) for cell in grid.cells])
    inside = tree.query(shapely.points(metric(places)), predicate="within")
    expected = np.bincount(inside[1], minlength=len(grid.cells))
    assert inside.shape[1] == 3000
    assert [counted[cell] for cell in grid.cells] == expected.tolist()


def test_the_grid_holds_exactly_the_hexagons_that_share_area_with_the_city(city):
    import shapely

    size = 700
    grid = grid_of(city, size)
    # Straight in degrees isn't straight in metres, so the halves are brought over each.
    halves = [shapely.box(WEST, SOUTH, MIDDLE, NORTH), shapely.box(MIDDLE, SOUTH, EAST, NORTH)]
    whole = shapely.union_all([shapely.transform(half, metric) for half in halves])
    south_west, north_east = np.array(whole.bounds[:2]), np.array(whole.bounds[2:])
    r_range = range(
        math.floor(south_west[1] / size * 2 / math.sqrt(3)) - 2,
        math.ceil(north_east[1] / size * 2 / math.sqrt(3)) + 3,
    )
    expected = {}
    for r in r_range:
        for q in range(
            math.floor(south_west[0] / size - r / 2) - 2,
            math.ceil(north_east[0] / size - r / 2) + 3,
        ):
            part = hexagon((q, r), size).intersection(whole).area
            if part > 0:
                expected[q, r] = part / whole.area
    assert sorted(expected) == list(grid.cells)
    assert grid.share.sum() == pytest.approx(1)
    assert grid.share == pytest.approx([expected[cell] for cell in grid.cells], abs=1e-9)
    # Inner hexagons have six neighbours and themselves.
    assert grid.around.sum(axis=1).max() == 7


def test_a_hexagons_ring_is_its_outline_in_degrees_and_it_knows_its_kelurahan(city):
    grid = grid_of(city)
    for index in (0, 100, len(grid.cells) - 1):
        ring = np.array(grid.rings[index])
        assert ring.shape == (7, 2)
        assert (ring[0] == ring[-1]).all()
        corners = np.array(hexagon(grid.cells[index], 500).exterior.coords)
        found = metric(ring)
        gaps = np.hypot(*(found[:, None] - corners[None]).transpose(2, 0, 1)).min(axis=1)
        assert gaps.max() < 0.02
    for cell, names in zip(grid.cells, grid.names, strict=True):
        x = 500 * (cell[0] + cell[1] / 2)
        border = metric(np.array([[MIDDLE, -1.62]]))[0, 0]
        if abs(x - border) > 300:
            assert names == (("Barat",) if x < border else ("Timur",))
        elif abs(x - border) < 100:
            assert set(names) == {"Barat", "Timur"}
            assert names[0] == ("Barat" if x < border else "Timur") or abs(x - border) < 5


def test_overlapping_kelurahan_are_counted_once_in_the_area(db):
    make_city(db, [*AREAS, ("99.01.3", "Tengah", rectangle(103.59, -1.63, 103.61, -1.61))], GROUPS)
    alone = grid_of(db)
    import shapely

    outline = shapely.segmentize(shapely.box(WEST, SOUTH, EAST, NORTH), 0.0002)
    whole = shapely.transform(outline, metric).area
    inner = 500**2 * math.sqrt(3) / 2 / whole
    assert alone.share.max() == pytest.approx(inner, rel=1e-3)


def test_a_city_without_active_boundaries_says_so(db):
    make_city(db, [], GROUPS)
    with pytest.raises(NotFound, match="no active kelurahan"):
        grid_of(db)


def planted(rng: np.random.Generator, count: int = 20) -> list[Report]:
    """Broken lights within 200 m of one spot in Timur over ten days."""
    return [
        Report(
            "street_light",
            NOW - timedelta(days=float(rng.uniform(0, 10))),
            103.63 + float(rng.uniform(-0.002, 0.002)),
            -1.61 + float(rng.uniform(-0.002, 0.002)),
            simulated=True,
        )
        for _ in range(count)
    ]


def test_a_planted_hotspot_is_found_named_and_counted(city):
    rng = np.random.default_rng(2)
    add(city, [*scattered(rng, 300), *planted(rng)])
    run = run_of(city)
    surest = run.clusters[0]
    assert surest.confidence == 99
    assert surest.kelurahan == ("Timur",)
    assert surest.centre == pytest.approx((103.63, -1.61), abs=0.005)
    assert 20 <= surest.count <= 26
    # 300 scattered over some 800 hexagons, about 24 of them in and around the hotspot
    assert surest.expected < 5
    west, south, east, north = surest.bbox
    assert west < 103.63 < east
    assert south < -1.61 < north
    cells = [cell for cell in run.hotspots if cell.cluster == 0]
    assert len(cells) == surest.cells
    # the rest of what it was judged by lies in the cells around it
    assert sum(cell.count for cell in cells) <= surest.count
    assert surest.count >= max(cell.neighbourhood for cell in cells)
    assert all(cell.q <= 0.1 and cell.p <= cell.q and cell.z > 0 for cell in cells)
    assert run.simulated >= 20
    # Nothing was planted among the other groups.
    assert run_of(city, "road").clusters == ()


def test_what_nobody_may_see_or_what_is_junk_is_not_counted(city):
    rng = np.random.default_rng(3)
    spot = planted(rng, 10)
    hidden = [
        *(Report(r.group, r.at, r.lon, r.lat, confidential=True) for r in spot),
        *(Report(r.group, r.at, r.lon, r.lat, status="rejected") for r in spot),
        *(Report(r.group, r.at, r.lon, r.lat, status="duplicate") for r in spot),
        *(Report(r.group, r.at - MONTH - MONTH, r.lon, r.lat) for r in spot),
        *(Report(r.group, NOW + timedelta(minutes=1), r.lon, r.lat) for r in spot),
    ]
    add(city, hidden)
    run = run_of(city)
    assert (run.total, run.outside, run.hotspots, run.set_aside) == (0, 0, (), ())


def test_only_public_positions_are_counted(city):
    # Exact positions on one spot, shown far apart from each other.
    rng = np.random.default_rng(4)
    add(
        city,
        [
            Report(r.group, r.at, r.lon, r.lat, public=(103.56 + 0.004 * i, -1.65 + 0.003 * i))
            for i, r in enumerate(planted(rng))
        ],
    )
    run = run_of(city)
    assert run.total == 20
    assert run.hotspots == ()


def test_complaints_beyond_the_grid_are_told_apart(city):
    add(city, [Report("road", NOW, 103.9, -1.6), Report("road", NOW, 103.6, -1.6)])
    run = run_of(city, "road")
    assert (run.total, run.outside) == (1, 1)


CITY_HALL = (103.612345, -1.600001)


def fallback(rng: np.random.Generator, count: int, **changes) -> list[Report]:
    """Complaints of all groups over a year that a geocoder put on the city hall."""
    return [
        Report(
            str(rng.choice(GROUPS)), NOW - timedelta(days=float(rng.uniform(0, 360))),
            *CITY_HALL, **changes,
        )
        for _ in range(count)
    ]  # fmt: skip


def test_a_default_point_is_set_aside_and_named_and_an_honest_hotspot_stays(city):
    rng = np.random.default_rng(5)
    add(city, [*scattered(rng, 900, 360), *fallback(rng, 150), *planted(rng)])
    # Twenty on one lamp's own coordinate: one trouble, not a default.
    add(city, [Report("street_light", r.at, 103.57, -1.64) for r in planted(rng)])
    year = run_of(city, window=timedelta(days=365))
    assert [(pile.lon, pile.lat) for pile in year.set_aside] == [CITY_HALL]
    assert year.set_aside[0].count == pytest.approx(150 / 6, abs=15)
    assert year.set_aside[0].reason == "default_point"
    named = [cluster.centre for cluster in year.clusters]
    assert len(named) == 2
    assert any(math.dist(centre, (103.63, -1.61)) < 0.005 for centre in named)
    assert any(math.dist(centre, (103.57, -1.64)) < 0.005 for centre in named)
    everything = city.execute(
        text("SELECT count(*) FROM geoapp.complaint WHERE group_code = 'street_light'")
    ).scalar_one()
    assert year.total + year.set_aside[0].count == everything


def test_a_blurred_default_point_is_set_aside_without_telling_where_it_is(city):
    rng = np.random.default_rng(6)
    blurred = [
        Report(r.group, r.at, r.lon, r.lat,
               public=(r.lon + float(rng.normal(0, 0.002)), r.lat + float(rng.normal(0, 0.002))))
        for r in fallback(rng, 200)
    ]  # fmt: skip
    add(city, [*scattered(rng, 600, 360), *blurred])
    run = run_of(city, "road", window=timedelta(days=365))
    assert run.clusters == ()
    assert run.set_aside[0].count == sum(report.group == "road" for report in blurred)
    label = city.execute(
        text("SELECT ST_X(label), ST_Y(label) FROM geoapp.area WHERE name = 'Timur'")
    ).one()
    assert (run.set_aside[0].lon, run.set_aside[0].lat) == tuple(label)


def test_the_two_halves_of_a_coordinate_differ_only_by_more_than_a_tenth_of_a_metre(city):
    rng = np.random.default_rng(7)
    near = [
        Report(r.group, r.at, r.lon + (i % 2) * 2e-7, r.lat)
        for i, r in enumerate(fallback(rng, 100))
    ]
    add(city, [*scattered(rng, 500, 360), *near])
    found = hotspots.default_points(city, city_code=CITY, now=NOW, window=MONTH)
    assert [(point.lon6, point.lat6) for point in found] == [(103612345, -1600001)]


def test_a_stored_run_reads_back_as_it_was_and_the_newest_wins(city):
    rng = np.random.default_rng(8)
    add(city, [*scattered(rng, 900, 360), *fallback(rng, 150), *planted(rng)])
    run = run_of(city)
    assert run.hotspots
    assert run.set_aside
    quiet = run_of(city, "road")
    for each in (run, quiet):
        store.insert(city, each)
    assert store.latest(city, CITY) == [quiet, run]
    assert store.latest(city, CITY, groups=["street_light"], window_days=30) == [run]
    assert store.latest(city, CITY, window_days=7) == []
    assert store.latest(city, CITY, groups=[]) == []
    assert store.latest(city, "00.00") == []
    valid = city.execute(text("SELECT bool_and(ST_IsValid(geom)) FROM geoapp.hotspot"))
    assert valid.scalar_one() is True


def test_old_runs_go_and_their_hexagons_with_them(city, monkeypatch):
    monkeypatch.setattr(store, "KEEP", 2)
    rng = np.random.default_rng(9)
    add(city, planted(rng))
    run = run_of(city)
    for _ in range(4):
        store.insert(city, run)
    assert city.execute(text("SELECT count(*) FROM geoapp.hotspot_run")).scalar_one() == 2
    kept = city.execute(text("SELECT count(*) FROM geoapp.hotspot")).scalar_one()
    assert kept == 2 * len(run.hotspots)


@pytest.fixture
def planted_city(database, cluster):
    """A database of the test's own in which a hotspot of street lights is planted."""
    engine = create_engine(
        psycopg2_url(cluster.url("geoapp_owner", database.engine.url.database)),
        poolclass=NullPool,
    )
    with engine.begin() as owner:
        make_city(owner, AREAS, GROUPS)
        rng = np.random.default_rng(10)
        add(owner, [*scattered(rng, 900, 360), *fallback(rng, 300), *planted(rng)])
    return database


def test_the_worker_computes_all_groups_and_a_visitor_reads_them(planted_city, settings):
    database = planted_city
    done = []
    runs = compute_all(database, settings, CITY, NOW, progress=lambda *step: done.append(step))
    assert [run.group_code for run in runs] == list(GROUPS)
    assert done == [(group, i, len(GROUPS)) for i, group in enumerate(GROUPS, start=1)]
    with database.transaction(Role.VISITOR, CITY) as connection:
        seen = store.latest(connection, CITY)
    assert sorted(runs, key=lambda run: run.group_code) == seen
    assert [run.group_code for run in seen if run.clusters] == ["street_light"]

    only = compute_all(database, settings, CITY, NOW, groups=["road"], days=7, cell_m=250)
    assert [(run.group_code, run.cell_m) for run in only] == [("road", 250)]
    assert only[0].window_to - only[0].window_from == timedelta(days=7)
    with pytest.raises(InvalidInput, match="'sewers'"):
        compute_all(database, settings, CITY, NOW, groups=["sewers"])


def test_the_command_prints_clusters_with_names_and_what_was_left_out(planted_city):
    answer = CliRunner().invoke(
        main,
        ["hotspots", "compute", "--city", CITY, "--at", "2026-03-01T19:00:00"],
        env={"GEOAPP_DATABASE_URL": planted_city.url},
    )
    assert answer.exit_code == 0, answer.output
    lines = answer.output.splitlines()
    row = next(line for line in lines if line.startswith("street_light"))
    assert "99%" in row
    assert row.endswith("Timur")
    assert any(line.startswith("Set aside:") and "-1.600001, 103.612345" in line for line in lines)
    assert any(line.startswith("No hotspot: road, drainage, waste") for line in lines)
