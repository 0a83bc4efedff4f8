"""A set's report before it comes into force: its faults, and how it differs from today's."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import shapely
from sqlalchemy import text

from geoapp.domain.boundary import Layer
from geoapp.domain.boundary_quality import Change
from geoapp.domain.catalogue import City
from geoapp.embedded import Cluster
from geoapp.errors import InvalidInput
from geoapp.spatial.comparison import InForce, compare
from geoapp.store.database import Database, Role
from geoapp.usecases import boundary_quality as use
from geoapp.usecases import cities
from tests.conftest import REPOSITORY
from tests.databases import clone, drop
from tests.usecases.boundary_world import (
    CODE,
    bring,
    bring_features,
    cell,
    feature,
    kinds,
    square_metres,
)

APPROXIMATE = REPOSITORY / "boundaries" / "kota-jambi" / "kelurahan.geojson"


@pytest.fixture(scope="module")
def database(cluster: Cluster, jambi_template: str) -> Iterator[Database]:
    name = clone(cluster, jambi_template)
    database = Database(cluster.url("geoapp_app", name))
    yield database
    database.dispose()
    drop(cluster, name)


@pytest.fixture(scope="module")
def city(database: Database) -> City:
    return cities.find(database, CODE)


@pytest.fixture(scope="module")
def official(database: Database, shared: Path) -> int:
    """The real kelurahan, staged."""
    return bring(database, shared / "boundaries" / "kota-jambi" / "kelurahan.geojson")


@pytest.fixture(scope="module")
def drawn(
    cluster: Cluster, jambi_template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Database, City, int]]:
    """Four squares in force, and a staged set that differs from them in every way there is."""
    folder = tmp_path_factory.mktemp("drawn")
    name = clone(cluster, jambi_template)
    database = Database(cluster.url("geoapp_app", name))
    bring_features(
        database, folder,
        feature(1001, "Alpha", cell(0, 0)),
        feature(1002, "Beta", cell(1, 0)),
        feature(1003, "Gamma", cell(0, 1)),
        feature(1004, "Delta", cell(1, 1)),
        active=True,
    )  # fmt: skip
    gamma = feature(1003, "Gamma", cell(0, 1), kecamatan_code=f"{CODE}.03")
    gamma["properties"]["kecamatan"] = "District 3"
    # of a kecamatan that nobody has named
    epsilon = feature(1005, "Epsilon", cell(1, 1.5, height=0.5), kecamatan=77)
    del epsilon["properties"]["kecamatan"]
    staged = bring_features(
        database, folder,
        feature(1001, "Alfa", cell(0, 0)),
        feature(1002, "Beta", cell(1, 0, height=1.5)),
        gamma,
        epsilon,
    )  # fmt: skip
    yield database, cities.find(database, CODE), staged
    database.dispose()
    drop(cluster, name)


def shapes(path: Path) -> dict[str, shapely.Geometry]:
    features = json.loads(path.read_text(encoding="utf-8"))["features"]
    return {f["properties"]["code"]: shapely.geometry.shape(f["geometry"]) for f in features}


def test_the_real_file_shows_its_gaps_and_overlaps_as_shapes(
    database: Database, city: City, official: int
) -> None:
    found = kinds(database, city, official)
    # Measured by others: 193 gaps, 0.073 km², largest 2,653 m²; 114 pairs, 0.096 km², 7,750 m².
    assert [len(found[kind]) for kind in ("gap", "overlap", "changed")] == [193, 114, 0]
    for kind, total, largest in (("gap", 73_000, 2_653), ("overlap", 96_000, 7_750)):
        told = [one["properties"]["area_m2"] for one in found[kind]]
        assert sum(told) == pytest.approx(total, abs=500)
        assert told[0] == pytest.approx(largest, abs=1)
        assert told == sorted(told, reverse=True)
        drawn = [square_metres(shapely.geometry.shape(one["geometry"])) for one in found[kind]]
        # Nine decimals of a degree: a tenth of a millimetre on each edge.
        assert drawn == pytest.approx(told, abs=0.5)
    report = use.report(database, city, official)
    assert (report.gaps, report.overlaps, report.changed) == (193, 114, 0)
    lines = "\n".join(report.lines())
    assert "193 interior gaps, 0.073 km² in all, largest 2,653 m²" in lines
    assert "114 overlapping pairs, 0.096 km² in all, largest 7,750 m²" in lines


def test_the_report_compares_with_the_set_in_force_as_shapely_does(
    database: Database, city: City, official: int, shared: Path
) -> None:
    began = time.perf_counter()
    comparison = use.report(database, city, official).comparison
    took = time.perf_counter() - began
    assert took < 2
    assert comparison is not None
    old = shapes(APPROXIMATE)
    new = shapes(shared / "boundaries" / "kota-jambi" / "kelurahan.geojson")
    assert [area.code for area in comparison.areas] == sorted(old)
    for area in comparison.areas:
        before, after = old[area.code], new[area.code]
        moved = square_metres(shapely.symmetric_difference(before, after))
        assert area.old_km2 == pytest.approx(square_metres(before) / 1e6, abs=1e-6)
        assert area.new_km2 == pytest.approx(square_metres(after) / 1e6, abs=1e-6)
        assert area.moved_km2 == pytest.approx(moved / 1e6, rel=1e-5)
        assert area.change is Change.MOVED
    whole, other = (shapely.union_all(list(some.values())) for some in (old, new))
    assert comparison.outline is not None
    assert comparison.outline.old_km2 == pytest.approx(square_metres(whole) / 1e6, abs=1e-5)
    assert comparison.outline.new_km2 == pytest.approx(square_metres(other) / 1e6, abs=1e-5)
    differing = square_metres(shapely.symmetric_difference(whole, other)) / 1e6
    assert comparison.outline.difference_km2 == pytest.approx(differing, rel=1e-4)
    assert comparison.outline.share == pytest.approx(
        differing * 1e6 / square_metres(whole), rel=1e-4
    )
    assert comparison.codes_added == comparison.codes_retired == ()


def test_the_set_in_force_has_its_faults_from_the_first_day(database: Database, city: City) -> None:
    with database.transaction(Role.VISITOR, CODE) as connection:
        in_force, quality = connection.execute(
            text("SELECT id, quality FROM geoapp.boundary_set"
                 " WHERE layer = 'kelurahan' AND status = 'active'")
        ).one()  # fmt: skip
    found = kinds(database, city, in_force)
    assert len(found["gap"]) == len(quality["gaps"])
    assert len(found["overlap"]) == len(quality["overlaps"])
    report = use.report(database, city, in_force)
    assert report.comparison is None
    assert report.set.status == "active"
    changes = {
        one["properties"]["change"] for one in use.areas(database, city, in_force)["features"]
    }
    assert changes == {None}


def test_codes_names_parents_and_ground_are_compared_one_by_one(
    drawn: tuple[Database, City, int],
) -> None:
    database, city, staged = drawn
    report = use.report(database, city, staged)
    found = report.comparison
    assert found is not None
    assert found.codes_added == ("15.71.77.1005",)
    assert found.codes_retired == ("15.71.01.1004",)
    assert [(one.code, one.old, one.new) for one in found.renamed] == [
        ("15.71.01.1001", "Alpha", "Alfa")
    ]
    assert [(one.code, one.old, one.new) for one in found.parents_changed] == [
        ("15.71.01.1003", "15.71.01", "15.71.03")
    ]
    assert [(one.code, one.areas) for one in report.parents_missing] == [
        ("15.71.77", ("15.71.77.1005",))
    ]
    # A rectangle of 0.01° × 0.005° moves from Delta to Beta, and as much is Epsilon now.
    half = square_metres(cell(1, 1, height=0.5)) / 1e6
    whole = square_metres(cell(1, 1)) / 1e6
    other = square_metres(cell(1, 1.5, height=0.5)) / 1e6
    ground = {
        area.code[-4:]: (area.change, area.old_km2, area.new_km2, area.moved_km2)
        for area in found.areas
    }
    one = square_metres(cell(1, 0)) / 1e6
    assert ground["1002"] == (
        Change.MOVED, pytest.approx(one), pytest.approx(one + half, rel=1e-6), pytest.approx(half, rel=1e-5),
    )  # fmt: skip
    assert ground["1004"] == (Change.GONE, pytest.approx(whole), None, pytest.approx(whole))
    assert ground["1005"] == (Change.NEW, None, pytest.approx(other), pytest.approx(other))
    assert ground["1001"][0] is Change.RENAMED
    assert ground["1003"][0] is Change.SAME
    assert ground["1001"][3] == ground["1003"][3] == 0
    assert found.outline is not None
    assert found.outline.difference_km2 == pytest.approx(0, abs=1e-6)
    lines = "\n".join(report.lines())
    for word in ("Alpha → Alfa", "Epsilon", "Delta", "15.71.77", "15.71.01 → 15.71.03"):
        assert word in lines
    assert json.loads(json.dumps(report.as_dict()))["comparison"]["codes_retired"] == [
        "15.71.01.1004"
    ]


def test_the_map_shows_what_became_of_every_area(drawn: tuple[Database, City, int]) -> None:
    database, city, staged = drawn
    told = {
        one["id"][-4:]: one["properties"] | {"shape": shapely.geometry.shape(one["geometry"])}
        for one in use.areas(database, city, staged)["features"]
    }
    assert {code: one["change"] for code, one in told.items()} == {
        "1001": "renamed", "1002": "moved", "1003": "same", "1004": "gone", "1005": "new",
    }  # fmt: skip
    assert told["1001"]["name_before"] == "Alpha"
    assert told["1002"]["name_before"] is None
    gone = shapely.symmetric_difference(told["1004"]["shape"], cell(1, 1))
    assert gone.area == pytest.approx(0, abs=1e-9)
    assert told["1002"]["area_m2"] == pytest.approx(square_metres(cell(1, 0, height=1.5)), rel=1e-6)
    assert told["1003"]["parent_name"] == "District 3"


def test_service_areas_are_compared_by_code_rule_and_ground(
    drawn: tuple[Database, City, int], tmp_path: Path
) -> None:
    database, city, _ = drawn

    def area(code: str, shape: shapely.Geometry, priority: int) -> dict[str, Any]:
        told = feature(1, f"Depot {code}", shape)
        told["properties"] = {
            "code": code, "name": f"Depot {code}", "agency": "dlh", "group": "waste",
            "priority": priority,
        }  # fmt: skip
        return told

    bring_features(
        database, tmp_path, area("a", cell(0, 0), 1), area("b", cell(1, 0), 2), area("c", cell(0, 1), 3),
        layer=Layer.SERVICE_AREA, active=True,
    )  # fmt: skip
    staged = bring_features(
        database, tmp_path, area("a", cell(0, 0), 1), area("b", cell(1, 0), 7), area("d", cell(0, 1), 3),
        layer=Layer.SERVICE_AREA,
    )  # fmt: skip
    report = use.report(database, city, staged)
    found = report.comparison
    assert found is not None
    assert (found.codes_added, found.codes_retired) == (("d",), ("c",))
    assert {one.code: one.rule_differs for one in found.areas} == {
        "a": False, "b": True, "c": False, "d": False,
    }  # fmt: skip
    assert found.outline is None
    assert report.parents_missing == ()
    assert "b" in "\n".join(report.lines())
    changes = {
        one["id"]: one["properties"]["change"]
        for one in use.areas(database, city, staged)["features"]
    }
    assert changes == {"a": "same", "b": "moved", "c": "gone", "d": "new"}
    with pytest.raises(InvalidInput, match="service_area"):
        use.clean(database, city, staged, gaps_under_m2=1)


def test_a_corner_more_on_a_long_edge_moves_no_ground(
    drawn: tuple[Database, City, int], tmp_path: Path
) -> None:
    """An edge straight in degrees is bent in metres; a corner half way takes ground with it."""
    database = drawn[0]
    west, south, east, north = 103.5, -1.7, 103.6, -1.6
    four = [(west, south), (east, south), (east, north), (west, north)]
    plain = shapely.Polygon(four)
    corner = shapely.Polygon([*four[:3], ((west + east) / 2, north), four[3]])
    assert abs(square_metres(corner) - square_metres(plain)) > 100
    before = bring_features(database, tmp_path, feature(1001, "Alpha", plain))
    after = bring_features(database, tmp_path, feature(1001, "Alpha", corner))
    with database.transaction(Role.WORKER, CODE) as connection:
        beside = compare(connection, CODE, Layer.KELURAHAN, after, InForce(before, "plain"))
    assert [area.change for area in beside.areas] == [Change.SAME]
    assert beside.outline is not None
    assert beside.outline.difference_km2 == 0
