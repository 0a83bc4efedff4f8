"""What is drawn under the complaints: outlines without the faults of the boundary file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import shapely
from shapely.geometry import shape

from geoapp.domain.boundary import Layer
from geoapp.maps.shell import ground
from geoapp.spatial.files import ReadOptions, read_boundaries

DEGREE_M = 111_320.0
"""Of the equator, where the squares of these tests lie."""


def geojson(geometry: shapely.Geometry) -> Any:
    """*geometry* as the API hands it out."""
    return json.loads(shapely.to_geojson(geometry))


def feature(parent: str, geometry: shapely.Geometry) -> dict[str, Any]:
    """*geometry* in metres from 0° 0° as a feature of *parent*."""
    degrees = shapely.transform(geometry, lambda xy: xy / DEGREE_M)
    return {"geometry": geojson(degrees), "properties": {"parent_code": parent}}


def rings(lines: dict[str, Any]) -> int:
    """Closed lines in *lines*; fails when a line is not closed."""
    parts = shapely.get_parts(shape(lines))
    assert shapely.is_closed(parts).all()
    return len(parts)


def halves(hole_m: float) -> list[dict[str, Any]]:
    """Two kecamatan of 1 × 2 km, side by side, with a square hole on their border."""
    hole = shapely.box(1_000 - hole_m / 2, 500, 1_000 + hole_m / 2, 500 + hole_m)
    return [
        feature("w", shapely.box(0, 0, 1_000, 2_000) - hole),
        feature("e", shapely.box(1_000, 0, 2_000, 2_000) - hole),
    ]


def test_a_hole_between_two_kecamatan_is_no_border_of_the_city_unless_it_is_an_enclave() -> None:
    small, large = ground(halves(200)), ground(halves(300))  # 0.04 and 0.09 km²
    assert rings(small.city) == 1
    assert rings(large.city) == 2
    assert shape(small.land).area == pytest.approx(4e6 / DEGREE_M**2, rel=1e-3)
    assert shape(large.land).area == pytest.approx((4e6 - 9e4) / DEGREE_M**2, rel=1e-3)


def test_an_area_within_another_keeps_its_border() -> None:
    pond = shapely.box(400, 400, 500, 500)  # 0.01 km², a kelurahan of its own
    drawn = ground(
        [feature("k", shapely.box(0, 0, 1_000, 1_000) - pond), feature("k", pond)],
    )
    assert rings(drawn.kelurahan) == 2
    assert rings(drawn.kecamatan) == 1


def test_a_shared_border_is_drawn_once() -> None:
    west, east = shapely.box(0, 0, 1_000, 1_000), shapely.box(1_000, 0, 2_000, 1_000)
    drawn = ground([feature("w", west), feature("e", east)])
    assert shape(drawn.kecamatan).length == pytest.approx(7_000 / DEGREE_M, rel=1e-3)


def test_without_areas_there_is_nothing_to_draw() -> None:
    nothing = ground([])
    assert not any(
        layer["coordinates"] for layer in (nothing.land, nothing.kelurahan, nothing.city)
    )


def test_the_real_file_draws_one_border_per_part_and_no_dashes_inside(shared: Path) -> None:
    read = read_boundaries(
        shared / "boundaries" / "kota-jambi" / "kelurahan.geojson",
        city_code="15.71",
        layer=Layer.KELURAHAN,
        metric_srid=32748,
        options=ReadOptions(envelope=(103.5242, -1.6961, 103.6811, -1.5467)),
    )
    areas = [
        {
            "geometry": geojson(shapely.from_wkb(area.display_geometry)),
            "properties": {"parent_code": area.parent_code},
        }
        for area in read.areas
    ]
    drawn = ground(areas)
    assert rings(drawn.city) == len(shapely.get_parts(shape(drawn.land))) == 1
    # A planar map of n faces in one piece has at most 3(n - 1) borders between junctions, its
    # outer face counted: 68 kelurahan make 204, 11 kecamatan 33. Each unmatched edge adds more.
    assert len(shapely.get_parts(shape(drawn.kelurahan))) <= 3 * 68
    assert len(shapely.get_parts(shape(drawn.kecamatan))) <= 3 * 11
