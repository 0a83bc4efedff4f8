"""Coverages made clean: small arithmetic, and the real file against plain set operations."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from numpy.typing import NDArray

from geoapp.domain.boundary import Area, Layer
from geoapp.domain.boundary_quality import OverlapStrategy
from geoapp.spatial.cleaning import changed_areas, clean_areas, close_and_resolve
from geoapp.spatial.coverage import find_gaps, find_overlaps
from geoapp.spatial.crs import project
from geoapp.spatial.files import ReadOptions, read_boundaries

UTM = 32748
LOWEST = OverlapStrategy.LOWEST_CODE
RESOLVING = [one for one in OverlapStrategy if one is not OverlapStrategy.KEEP]


def in_degrees(*polygons: shapely.Geometry) -> NDArray[Any]:
    """Polygons drawn in metres beside UTM 48S's origin (105° E on the equator), as EPSG:4326."""
    moved = [shapely.transform(p, lambda xy: np.add(xy, (500_000, 9_990_000))) for p in polygons]
    multi = [shapely.MultiPolygon([m]) if m.geom_type == "Polygon" else m for m in moved]
    return project(np.array(multi, dtype=object), UTM, 4326)


def square_metres(geometries: NDArray[Any]) -> NDArray[Any]:
    return shapely.area(project(geometries, 4326, UTM))


def cleaned(
    shapes: dict[str, shapely.Geometry],
    gaps_under_m2: float = 0,
    overlaps: OverlapStrategy = LOWEST,
) -> dict[str, float]:
    """m² of each area after cleaning; what comes out is a coverage unless overlaps are kept."""
    after = close_and_resolve(
        list(shapes), in_degrees(*shapes.values()), UTM,
        gaps_under_m2=gaps_under_m2, overlaps=overlaps,
    )  # fmt: skip
    assert after is not None
    assert shapely.is_valid(after).all()
    if overlaps is not OverlapStrategy.KEEP:
        assert shapely.coverage_is_valid(after)
    return dict(zip(shapes, square_metres(after).tolist(), strict=True))


# b is larger, and 10 m × 100 m of it are a's too. The strip's border towards what is a's alone
# is its west side, towards what is b's alone its east side: 100 m each; north and south are
# free. So c, above, decides who has the longer one.
A = shapely.box(0, 0, 100, 100)
B = shapely.box(90, 0, 250, 100)


@pytest.mark.parametrize(
    ("strategy", "a", "b"),
    [
        (OverlapStrategy.LOWEST_CODE, 10_000, 15_000),
        (OverlapStrategy.LARGEST, 9_000, 16_000),
        (OverlapStrategy.SMALLEST, 10_000, 15_000),
        (OverlapStrategy.KEEP, 10_000, 16_000),
    ],
)
@pytest.mark.parametrize("order", ["ab", "ba"])
def test_ground_of_two_goes_to_the_one_that_was_asked_for(
    strategy: OverlapStrategy, a: float, b: float, order: str
) -> None:
    shapes = {"a": A, "b": B}
    found = cleaned({code: shapes[code] for code in order}, gaps_under_m2=1, overlaps=strategy)
    assert found == {"a": pytest.approx(a, abs=0.01), "b": pytest.approx(b, abs=0.01)}


def test_the_lowest_code_is_the_lowest_whatever_the_size() -> None:
    found = cleaned({"z": A, "a": B})
    assert found == {"z": pytest.approx(9_000, abs=0.01), "a": pytest.approx(16_000, abs=0.01)}


def test_the_longest_border_counts_the_whole_way_round() -> None:
    # b reaches around the strip's north and south ends too: 100 + 10 + 10 m against a's 100.
    b = shapely.box(90, -50, 250, 150)
    a = shapely.box(0, 0, 100, 100)
    found = cleaned({"a": a, "b": b}, overlaps=OverlapStrategy.LONGEST_BORDER)
    assert found == {"a": pytest.approx(9_000, abs=0.01), "b": pytest.approx(32_000, abs=0.01)}


def frame(opening: shapely.Geometry) -> dict[str, shapely.Geometry]:
    """A square of 300 m with an opening, its western third "w", the rest "e"."""
    whole = shapely.box(0, 0, 300, 300) - opening
    return {"w": whole & shapely.box(0, 0, 100, 300), "e": whole & shapely.box(100, 0, 300, 300)}


def test_a_small_gap_goes_to_the_longest_border_and_a_large_one_stays() -> None:
    # 30 m × 40 m, 10 m of its width in w: w borders 10 + 40 + 10 m, e 20 + 40 + 20 m.
    shapes = frame(shapely.box(90, 100, 120, 140))
    closed = cleaned(shapes, gaps_under_m2=1_201)
    assert closed == {
        "w": pytest.approx(100 * 300 - 10 * 40, abs=0.01),
        "e": pytest.approx(200 * 300 - 20 * 40 + 1_200, abs=0.01),
    }
    left = cleaned(shapes, gaps_under_m2=1_199)
    assert left == {
        "w": pytest.approx(100 * 300 - 10 * 40, abs=0.01),
        "e": pytest.approx(200 * 300 - 20 * 40, abs=0.01),
    }


def test_borders_are_measured_in_metres_not_in_degrees() -> None:
    """A gap 25 m wide and 30 m high at 60° N, where a degree of longitude is half as long.

    The western side is one area's and so are the southern and the northern; the eastern is
    shared by two. The longest side is the western, 30 m; in degrees it would be the southern
    or the northern, 0.00045° against 0.00027°.
    """
    zone = 32633  # UTM 33N, its middle at 15° E
    # m of a degree at 60°: 55,800 and 111,412
    x0, x1, x2 = (15.0 + np.array([0, 25, 60]) / 55_800).tolist()
    y0, middle, y1, y2 = (60.0 + np.array([0, 15, 30, 60]) / 111_412).tolist()
    shapes = {
        "w": shapely.box(x0 - 0.001, y0, x0, y2),
        "s": shapely.box(x0 - 0.001, y0 - 0.001, x2, y0),
        "n": shapely.box(x0, y1, x1, y2),
        "e1": shapely.box(x1, y0, x2, middle),
        "e2": shapely.box(x1, middle, x2, y2),
    }
    before = np.array([shapely.MultiPolygon([one]) for one in shapes.values()], dtype=object)
    (gap,) = find_gaps(list(shapes), before, zone)
    assert gap.area_m2 == pytest.approx(750, rel=0.02)
    after = close_and_resolve(list(shapes), before, zone, gaps_under_m2=1_000, overlaps=LOWEST)
    assert after is not None
    gained = shapely.area(project(after, 4326, zone)) - shapely.area(project(before, 4326, zone))
    assert gained == pytest.approx([750, 0, 0, 0, 0], rel=0.02, abs=0.1)


def test_a_hole_in_one_area_and_an_island_in_a_gap() -> None:
    ring = shapely.box(0, 0, 300, 300) - shapely.box(100, 100, 200, 200)
    assert cleaned({"ring": ring}, gaps_under_m2=10_001) == {
        "ring": pytest.approx(90_000, abs=0.01)
    }
    island = shapely.box(120, 120, 180, 180)
    found = cleaned({"ring": ring, "isle": island}, gaps_under_m2=10_001)
    # The ring's border on the gap is 400 m long, the island's 240 m.
    assert found == {
        "ring": pytest.approx(90_000 - 3_600, abs=0.01),
        "isle": pytest.approx(3_600, abs=0.01),
    }


def test_two_gaps_that_touch_in_a_point_are_both_closed() -> None:
    whole = shapely.box(0, 0, 300, 300)
    holes = shapely.box(100, 100, 150, 150) | shapely.box(150, 150, 200, 200)
    assert cleaned({"a": whole - holes}, gaps_under_m2=2_501) == {
        "a": pytest.approx(90_000, abs=0.01)
    }


def test_a_clean_coverage_with_a_t_junction_is_left_to_the_last_bit() -> None:
    shapes = in_degrees(
        shapely.box(0, 0, 100, 100), shapely.box(100, 50, 300, 100), shapely.box(100, 0, 300, 50)
    )
    # What projecting does to the corner of the T is no part of the test: it lies on a meridian.
    shapes = shapely.set_precision(shapes, 1e-9)
    codes = ["a", "b", "c"]
    after = close_and_resolve(codes, shapes, UTM, gaps_under_m2=100, overlaps=LOWEST)
    assert after is not None
    assert changed_areas(codes, shapes, after, UTM) == []
    corners = [{tuple(xy) for xy in shapely.get_coordinates(one)} for one in after]
    drawn = [{tuple(xy) for xy in shapely.get_coordinates(one)} for one in shapes]
    assert all(now >= before for now, before in zip(corners, drawn, strict=True))
    # All that is new are the neighbours' own corners.
    assert set().union(*corners) == set().union(*drawn)


def test_an_area_under_others_is_named_and_nothing_is_made_of_the_rest() -> None:
    shapes = in_degrees(shapely.box(0, 0, 100, 100), shapely.box(20, 20, 40, 40))
    result = clean_areas(_areas(["a", "b"], shapes), UTM, gaps_under_m2=0, overlaps=LOWEST)
    assert result is not None
    assert result.vanished == ("b",)
    assert result.areas == ()
    assert [(one.code, one.moved_m2) for one in result.changed] == [("b", pytest.approx(400))]


def test_nothing_given_nothing_cleaned() -> None:
    none = np.array([], dtype=object)
    after = close_and_resolve([], none, UTM, gaps_under_m2=1, overlaps=LOWEST)
    assert after is not None
    assert len(after) == 0


def _areas(codes: Sequence[str], shapes: NDArray[Any]) -> list[Area]:
    return [
        Area(code, code.upper(), "p", "P", shapely.to_wkb(shape), shapely.to_wkb(shape), (0.0, 0.0))
        for code, shape in zip(codes, shapes, strict=True)
    ]


@pytest.fixture(scope="module")
def official(shared: Path) -> tuple[Area, ...]:
    return read_boundaries(
        shared / "boundaries" / "kota-jambi" / "kelurahan.geojson",
        city_code="15.71",
        layer=Layer.KELURAHAN,
        metric_srid=UTM,
        options=ReadOptions(envelope=(103.5242, -1.6961, 103.6811, -1.5467)),
    ).areas


def shapes_of(areas: Sequence[Area]) -> NDArray[Any]:
    return shapely.from_wkb(np.array([area.geometry for area in areas], dtype=object))


@pytest.mark.parametrize("strategy", RESOLVING)
def test_the_real_file_becomes_a_coverage_and_no_ground_is_lost(
    official: tuple[Area, ...], strategy: OverlapStrategy
) -> None:
    # Measured by others: 193 gaps of 0.073 km² in all, the largest 2,653 m²; 114 overlaps.
    result = clean_areas(official, UTM, gaps_under_m2=2_700, overlaps=strategy)
    assert result is not None
    assert (len(result.gaps_before), len(result.overlaps_before)) == (193, 114)
    assert result.gaps_after == result.overlaps_after == ()
    before, after = shapes_of(official), shapes_of(result.areas)
    assert shapely.is_valid(after).all()
    assert shapely.coverage_is_valid(after)
    whole, filled = shapely.union_all(before), shapely.union_all(after)
    # Nothing that was the city's isn't now, and all that was added are the closed gaps.
    lost, gained = square_metres(
        np.array([shapely.difference(whole, filled), shapely.difference(filled, whole)])
    )
    assert lost == pytest.approx(0, abs=1)
    assert gained == pytest.approx(73_000, abs=500)
    # To a square metre: a hairline, straight in degrees, is bent where it is measured here.
    assert result.covered_after_m2 - result.covered_before_m2 == pytest.approx(gained, abs=1)
    # Now that nothing overlaps, the sum of the areas is the ground they cover.
    assert result.sum_after_m2 == pytest.approx(result.covered_after_m2, abs=1)
    assert result.sum_before_m2 - result.covered_before_m2 == pytest.approx(96_000, abs=500)
    # Every area's reported change is what set operations say of it.
    reported = {one.code: one.moved_m2 for one in result.changed}
    moved = square_metres(shapely.symmetric_difference(before, after))
    codes = [area.code for area in official]
    assert [area.code for area in result.areas] == codes
    assert [reported.get(code, 0.0) for code in codes] == pytest.approx(moved.tolist(), abs=1)


def test_overlaps_of_the_real_file_go_where_the_lowest_code_decides(
    official: tuple[Area, ...],
) -> None:
    result = clean_areas(official, UTM, gaps_under_m2=0, overlaps=LOWEST)
    assert result is not None
    before, after = shapes_of(official), shapes_of(result.areas)
    order = sorted(range(len(official)), key=lambda n: official[n].code)
    for place, n in enumerate(order):
        lower = shapely.union_all(before[order[:place]])
        expected = shapely.difference(before[n], lower)
        (differs,) = square_metres(np.array([shapely.symmetric_difference(expected, after[n])]))
        assert differs < 0.5, official[n].code


def test_a_threshold_closes_the_smaller_gaps_alone(official: tuple[Area, ...]) -> None:
    result = clean_areas(official, UTM, gaps_under_m2=500, overlaps=LOWEST)
    assert result is not None
    large = [gap.area_m2 for gap in result.gaps_before if gap.area_m2 >= 500]
    assert 0 < len(large) < len(result.gaps_before)
    # An overlap beside a gap doesn't change it: what is open is open to both.
    assert [gap.area_m2 for gap in result.gaps_after] == pytest.approx(large, abs=0.01)


def test_what_is_drawn_and_where_the_name_stands_are_made_anew(official: tuple[Area, ...]) -> None:
    result = clean_areas(official, UTM, gaps_under_m2=2_700, overlaps=LOWEST)
    assert result is not None
    after = shapes_of(result.areas)
    labels = shapely.points([area.label for area in result.areas])
    assert shapely.contains_properly(after, labels).all()
    drawn = shapely.from_wkb([area.display_geometry for area in result.areas])
    assert shapely.coverage_is_valid(drawn)
    codes = [area.code for area in result.areas]
    assert find_gaps(codes, drawn, UTM) == ()
    assert find_overlaps(codes, drawn, UTM) == ()
    assert shapely.get_num_coordinates(drawn).sum() < shapely.get_num_coordinates(after).sum()
    for old, new in zip(official, result.areas, strict=True):
        kept = (old.name, old.parent_code, old.parent_name, old.properties)
        assert (new.name, new.parent_code, new.parent_name, new.properties) == kept
