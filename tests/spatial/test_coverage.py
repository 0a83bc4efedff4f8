"""Gaps, overlaps and the joint simplification: small arithmetic, and one real file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from numpy.typing import NDArray

from geoapp.domain.boundary import Layer
from geoapp.spatial.coverage import find_gaps, find_overlaps, simplify_together
from geoapp.spatial.crs import project
from geoapp.spatial.files import ReadOptions, read_boundaries

UTM = 32748


def in_degrees(*polygons: shapely.Geometry) -> NDArray[Any]:
    """Polygons drawn in metres beside UTM 48S's origin (105° E on the equator), as EPSG:4326."""
    moved = [shapely.transform(p, lambda xy: np.add(xy, (500_000, 9_990_000))) for p in polygons]
    return project(np.array(moved, dtype=object), UTM, 4326)


def metres(position: tuple[float, float]) -> tuple[float, float]:
    point = project(np.array([shapely.Point(position)]), 4326, UTM)[0]
    return point.x - 500_000, point.y - 9_990_000


def test_a_hole_between_areas_is_a_gap_of_its_size_and_neighbours() -> None:
    # A frame of 300 m with an opening of 100 m, made of two halves.
    frame = shapely.box(0, 0, 300, 300) - shapely.box(100, 100, 200, 200)
    left = frame & shapely.box(0, 0, 150, 300)
    right = frame & shapely.box(150, 0, 300, 300)
    far = shapely.box(1_000, 0, 1_100, 100)
    (gap,) = find_gaps(["l", "r", "far"], in_degrees(left, right, far), UTM)
    assert gap.area_m2 == pytest.approx(10_000, abs=0.01)
    assert gap.codes == ("l", "r")
    x, y = metres(gap.at)
    assert 100 < x < 200
    assert 100 < y < 200


def test_an_island_in_a_hole_is_no_gap() -> None:
    frame = shapely.box(0, 0, 300, 300) - shapely.box(100, 100, 200, 200)
    island = shapely.box(120, 120, 180, 180)
    (gap,) = find_gaps(["frame", "island"], in_degrees(frame, island), UTM)
    assert gap.area_m2 == pytest.approx(10_000 - 3_600, abs=0.01)
    filled = shapely.box(100, 100, 200, 200)
    assert find_gaps(["frame", "filled"], in_degrees(frame, filled), UTM) == ()


def test_a_bay_open_to_the_outside_is_no_gap() -> None:
    horseshoe = shapely.box(0, 0, 300, 300) - shapely.box(100, 100, 300, 200)
    assert find_gaps(["u"], in_degrees(horseshoe), UTM) == ()


def test_overlapping_areas_are_reported_in_pairs_largest_first() -> None:
    a = shapely.box(0, 0, 100, 100)
    b = shapely.box(90, 0, 200, 100)  # 10 × 100 m on a
    c = shapely.box(95, 95, 205, 200)  # 5 × 5 m on a, 105 × 5 m on b
    found = find_overlaps(["b", "a", "c"], in_degrees(b, a, c), UTM)
    assert [overlap.codes for overlap in found] == [("a", "b"), ("b", "c"), ("a", "c")]
    assert [overlap.area_m2 for overlap in found] == pytest.approx([1_000, 525, 25], abs=0.01)
    x, y = metres(found[0].at)
    assert 90 < x < 100
    assert 0 < y < 100


def test_neighbours_that_share_an_edge_or_meet_in_a_t_do_not_overlap() -> None:
    west = shapely.box(0, 0, 100, 100)
    north_east = shapely.box(100, 37, 217, 100)
    south_east = shapely.box(100, 0, 217, 37)
    codes = ["w", "ne", "se"]
    assert find_overlaps(codes, in_degrees(west, north_east, south_east), UTM) == ()


def test_nothing_given_nothing_found() -> None:
    none = np.array([], dtype=object)
    assert find_gaps([], none, UTM) == ()
    assert find_overlaps([], none, UTM) == ()
    assert simplify_together(none, UTM, 10.0)[1] == 0


def wavy_thirds() -> tuple[shapely.Polygon, shapely.Polygon, shapely.Polygon]:
    """A square of 2 km cut by a line that wobbles by 2 m every 20 m, its east cut once more.

    The second cut meets the first in a T, at a corner that is nothing to the western area
    and so is kept only by those who look at all three together.
    """
    line = [(1_000 + 2 * (n % 2), 20.0 * n) for n in range(101)]
    return (
        shapely.Polygon([(0, 2_000), (0, 0), *line]),
        shapely.Polygon([(2_000, 0), (2_000, 1_020), *line[51::-1]]),
        shapely.Polygon([(2_000, 1_020), (2_000, 2_000), *line[:50:-1]]),
    )


def test_neighbours_keep_their_shared_edge_when_simplified() -> None:
    before = in_degrees(*wavy_thirds())
    assert shapely.coverage_is_valid(before)
    drawn, alone = simplify_together(before, UTM, 10.0)
    assert alone == 0
    assert shapely.get_num_coordinates(drawn).sum() < shapely.get_num_coordinates(before).sum() / 3
    assert shapely.coverage_is_valid(drawn)
    assert find_gaps(["a", "b", "c"], drawn, UTM) == ()
    assert find_overlaps(["a", "b", "c"], drawn, UTM) == ()


def test_a_faulty_coverage_still_simplifies_to_valid_areas() -> None:
    left, right, _ = wavy_thirds()
    moved = shapely.transform(right, lambda xy: np.subtract(xy, (25, 0)))  # overlaps by 25 m
    crossing = shapely.box(900, 900, 1_100, 1_100)
    drawn, _ = simplify_together(in_degrees(left, moved, crossing), UTM, 10.0)
    assert shapely.is_valid(drawn).all()
    assert not shapely.is_empty(drawn).any()


def test_a_gap_and_an_overlap_are_closed_in_what_is_drawn() -> None:
    """Two areas of 1 km², a sliver of 4 m open and one of 10 m claimed twice between them."""
    west = shapely.Polygon([(0, 0), (1_000, 0), (1_000, 1_000), (0, 1_000)])
    east = shapely.Polygon(
        [(1_000, 0), (2_000, 0), (2_000, 1_000), (1_000, 1_000), (990, 750), (1_000, 500),
         (1_004, 250)]
    )  # fmt: skip
    drawn, alone = simplify_together(in_degrees(west, east), UTM, 5.0)
    assert alone == 0
    assert shapely.coverage_is_valid(drawn)
    assert find_gaps(["w", "e"], drawn, UTM) == ()
    assert find_overlaps(["w", "e"], drawn, UTM) == ()
    # The overlap is 10 × 500 / 2 m², the gap 4 × 500 / 2: nothing else may have changed, but
    # corners below tolerance² / 2.
    areas = shapely.area(project(drawn, 4326, UTM))
    assert areas.sum() == pytest.approx(2_000_000, abs=2 * 5**2 / 2)
    assert areas == pytest.approx([1_000_000, 1_000_000], abs=2_500 + 1_000 + 5**2)


def test_an_enclave_of_another_city_stays_open() -> None:
    frame = shapely.box(0, 0, 1_000, 1_000) - shapely.box(400, 400, 600, 600)
    halves = in_degrees(
        frame & shapely.box(0, 0, 500, 1_000), frame & shapely.box(500, 0, 1_000, 1_000)
    )
    drawn, _ = simplify_together(halves, UTM, 10.0)
    (gap,) = find_gaps(["w", "e"], drawn, UTM)
    assert gap.area_m2 == pytest.approx(40_000, abs=1)


def test_an_area_wholly_under_others_is_still_drawn() -> None:
    drawn, _ = simplify_together(
        in_degrees(shapely.box(0, 0, 1_000, 1_000), shapely.box(200, 200, 300, 300)), UTM, 10.0
    )
    assert shapely.is_valid(drawn).all()
    assert shapely.area(project(drawn, 4326, UTM))[1] == pytest.approx(10_000, abs=1)


def test_the_real_file_is_drawn_without_faults_and_nothing_else_moves(shared: Path) -> None:
    read = read_boundaries(
        shared / "boundaries" / "kota-jambi" / "kelurahan.geojson",
        city_code="15.71",
        layer=Layer.KELURAHAN,
        metric_srid=UTM,
        options=ReadOptions(envelope=(103.5242, -1.6961, 103.6811, -1.5467)),
    )
    codes = [area.code for area in read.areas]
    drawn = shapely.from_wkb([area.display_geometry for area in read.areas])
    stored = shapely.from_wkb([area.geometry for area in read.areas])
    # As it leaves the database: six decimals.
    assert shapely.coverage_is_valid(shapely.set_precision(drawn, 1e-6, mode="pointwise"))
    assert find_gaps(codes, drawn, UTM) == ()
    assert find_overlaps(codes, drawn, UTM) == ()
    before, after = (shapely.area(project(areas, 4326, UTM)) for areas in (stored, drawn))
    faults = dict.fromkeys(codes, 0.0)
    sizes = [(gap.codes, gap.area_m2) for gap in read.report.gaps]
    sizes += [(overlap.codes, overlap.area_m2) for overlap in read.report.overlaps]
    for concerned, area_m2 in sizes:
        for code in concerned:
            faults[code] += area_m2
    # Simplifying takes off corners below 10² / 2 m², at most one for each vertex.
    corners = shapely.get_num_coordinates(stored) * 10**2 / 2
    assert (np.abs(after - before) <= [faults[code] for code in codes] + corners).all()
    # All in all: the overlaps counted once instead of twice, the gaps filled.
    gained = sum(gap.area_m2 for gap in read.report.gaps)
    lost = sum(overlap.area_m2 for overlap in read.report.overlaps)
    assert after.sum() - before.sum() == pytest.approx(gained - lost, abs=1_000)


@pytest.mark.parametrize("fails", ["raises", "empties"])
def test_areas_are_drawn_even_when_they_cannot_be_simplified_together(
    monkeypatch: pytest.MonkeyPatch, fails: str
) -> None:
    def instead(geometries: NDArray[Any], tolerance: float) -> NDArray[Any]:
        if fails == "raises":
            raise shapely.errors.GEOSException("no")
        return np.full(len(geometries), shapely.Polygon(), dtype=object)

    before = in_degrees(*wavy_thirds())
    monkeypatch.setattr(shapely, "coverage_simplify", instead)
    drawn, alone = simplify_together(before, UTM, 10.0)
    assert alone == 3
    assert shapely.is_valid(drawn).all()
    assert shapely.area(project(drawn, 4326, UTM)).sum() == pytest.approx(4e6, rel=0.01)
    assert shapely.get_num_coordinates(drawn).sum() < shapely.get_num_coordinates(before).sum() / 3


def test_an_area_smaller_than_the_tolerance_is_still_drawn() -> None:
    drawn, _ = simplify_together(in_degrees(shapely.box(0, 0, 3, 3)), UTM, 1_000.0)
    assert shapely.is_valid(drawn).all()
    assert (shapely.area(project(drawn, 4326, UTM)) > 1).all()


def test_the_faults_of_the_real_file_are_the_published_ones(shared: Path) -> None:
    read = read_boundaries(
        shared / "boundaries" / "kota-jambi" / "kelurahan.geojson",
        city_code="15.71",
        layer=Layer.KELURAHAN,
        metric_srid=UTM,
        options=ReadOptions(envelope=(103.5242, -1.6961, 103.6811, -1.5467)),
    )
    gaps, overlaps = read.report.gaps, read.report.overlaps
    # Measured by others: 193 gaps, 0.073 km², largest 2,653 m²; 114 pairs, 0.096 km²,
    # largest 7,750 m². A handful of the 193 are hairlines without measurable area whose
    # number hangs on the overlay's last bits (191 when the union is taken in UTM), hence ±3;
    # areas are given to their last published digit.
    assert len(gaps) == pytest.approx(193, abs=3)
    assert sum(gap.area_m2 for gap in gaps) == pytest.approx(73_000, abs=500)
    assert gaps[0].area_m2 == pytest.approx(2_653, abs=1)
    # One pair shares 0.005 m²: with another threshold it may be missing.
    assert len(overlaps) == pytest.approx(114, abs=1)
    assert sum(overlap.area_m2 for overlap in overlaps) == pytest.approx(96_000, abs=500)
    assert overlaps[0].area_m2 == pytest.approx(7_750, abs=1)
    assert all(len(gap.codes) >= 2 for gap in gaps)
