"""The approximate kelurahan: complete, marked, gapless, with the published sizes, repeatable."""

from __future__ import annotations

import csv
import importlib
import json
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
import shapely
from pyproj import Transformer

ROOT = Path(__file__).resolve().parents[2]
JAMBI = ROOT / "boundaries" / "kota-jambi"
CELLS = JAMBI / "kelurahan.geojson"
OFFICIAL = ROOT.parent / "shared" / "boundaries" / "kota-jambi" / "kelurahan.geojson"


@pytest.fixture(scope="module")
def cells() -> dict[str, Any]:
    return json.loads(CELLS.read_text("utf-8"))


@pytest.fixture(scope="module")
def facts() -> list[dict[str, str]]:
    with (JAMBI / "facts.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


@pytest.fixture(scope="module")
def grow() -> ModuleType:
    sys.path.insert(0, str(ROOT / "scripts"))
    try:
        return importlib.import_module("grow_boundaries")
    finally:
        sys.path.remove(str(ROOT / "scripts"))


def shapes(collection: dict[str, Any]) -> np.ndarray:
    return np.array([shapely.geometry.shape(f["geometry"]) for f in collection["features"]])


def in_metres(geometries: np.ndarray) -> np.ndarray:
    to_metres = Transformer.from_crs(4326, 32748, always_xy=True)
    return shapely.transform(geometries, to_metres.transform, interleaved=False)


def test_68_kelurahan_in_11_kecamatan_with_nested_codes(cells: dict[str, Any]) -> None:
    rows = [f["properties"] for f in cells["features"]]
    assert len({r["code"] for r in rows}) == len(rows) == 68
    assert len({r["kecamatan_code"] for r in rows}) == 11
    length = json.loads((JAMBI / "city.json").read_text("utf-8"))["city"]["parent_prefix_length"]
    assert all(r["code"][:length] == r["kecamatan_code"] for r in rows)
    assert all(r["code"].startswith("15.71.") for r in rows)


def test_codes_and_names_are_the_published_ones(
    cells: dict[str, Any], facts: list[dict[str, str]]
) -> None:
    keys = ("code", "name", "kecamatan_code", "kecamatan")
    assert [{k: f["properties"][k] for k in keys} for f in cells["features"]] == [
        {k: row[k] for k in keys} for row in facts
    ]


def test_every_feature_and_the_file_say_approximate(cells: dict[str, Any]) -> None:
    assert cells["approximate"] is True
    assert {f["properties"]["approximate"] for f in cells["features"]} == {True}
    assert cells["source"]
    assert cells["licence"]
    assert "not official" in cells["note"]
    sets = json.loads((JAMBI / "city.json").read_text("utf-8"))["boundaries"]
    assert [s["approximate"] for s in sets if s["file"] == CELLS.name] == [True]


def test_the_cells_are_a_coverage_without_gaps_overlaps_or_holes(cells: dict[str, Any]) -> None:
    areas = shapes(cells)
    assert shapely.is_valid(areas).all()
    assert shapely.coverage_is_valid(areas)
    whole = shapely.coverage_union_all(areas)
    assert whole.geom_type == "Polygon"
    assert len(whole.interiors) == 0
    assert whole.area == pytest.approx(shapely.area(areas).sum(), rel=1e-12)


def test_every_cell_has_the_published_size(
    cells: dict[str, Any], facts: list[dict[str, str]]
) -> None:
    size = shapely.area(in_metres(shapes(cells))) / 1e6
    published = np.array([float(row["area_km2"]) for row in facts])
    assert np.abs(size / published - 1).max() < 0.01
    assert size.sum() == pytest.approx(169.86, abs=0.05)


def test_cells_lie_about_their_published_centres(
    cells: dict[str, Any], facts: list[dict[str, str]]
) -> None:
    """Not all hold their centre point: real areas are long and bent, cells are not."""
    points = shapely.points([(float(r["centre_lon"]), float(r["centre_lat"])) for r in facts])
    assert shapely.covers(shapes(cells), points).mean() > 0.9
    away = shapely.distance(shapely.centroid(in_metres(shapes(cells))), in_metres(points))
    assert np.median(away) < 250


def test_the_file_is_small_with_six_decimals_inside_the_envelope(cells: dict[str, Any]) -> None:
    assert CELLS.stat().st_size < 120_000
    corners = shapely.get_coordinates(shapes(cells))
    assert np.array_equal(corners, corners.round(6))
    west, south, east, north = json.loads((JAMBI / "city.json").read_text("utf-8"))["city"][
        "envelope"
    ]
    assert (corners > (west, south)).all()
    assert (corners < (east, north)).all()


@pytest.mark.long
def test_growing_them_again_gives_the_same_cells(grow: ModuleType, cells: dict[str, Any]) -> None:
    """To the last decimal place: another machine may round one either way."""
    again = json.loads(grow.build(JAMBI))
    assert {k: v for k, v in again.items() if k != "features"} == {
        k: v for k, v in cells.items() if k != "features"
    }
    for new, old in zip(again["features"], cells["features"], strict=True):
        assert new["properties"] == old["properties"]
        a, b = (np.array(f["geometry"]["coordinates"][0]) for f in (new, old))
        assert a.shape == b.shape
        assert np.abs(a - b).max() < 2.5e-6


def test_agreement_counts_the_share_in_the_same_area(grow: ModuleType, tmp_path: Path) -> None:
    """Two squares against the same two with the border moved by a quarter: 3/4 agree."""

    def two(border: float) -> str:
        boxes = [shapely.box(0, 0, border, 1), shapely.box(border, 0, 2, 1)]
        features = [
            {
                "type": "Feature",
                "properties": {"code": code},
                "geometry": shapely.geometry.mapping(b),
            }
            for code, b in zip("ab", boxes, strict=True)
        ]
        return json.dumps({"type": "FeatureCollection", "features": features})

    (tmp_path / "official.geojson").write_text(two(1.0), encoding="utf-8")
    assert grow.agreement(two(1.5), tmp_path / "official.geojson") == pytest.approx(0.75, abs=0.01)


@pytest.mark.skipif(not OFFICIAL.exists(), reason="official polygons (../shared) are not here")
def test_cells_agree_with_the_official_polygons_for_most_of_the_city(grow: ModuleType) -> None:
    """About 73 % is what facts alone can give; less means that the growing broke."""
    assert grow.agreement(CELLS.read_text("utf-8"), OFFICIAL) > 0.72
