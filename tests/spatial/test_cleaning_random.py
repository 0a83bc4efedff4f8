"""Cleaning coverages nobody would draw: plain set operations say what must come out."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import shapely
from numpy.typing import NDArray

from geoapp.domain.boundary_quality import OverlapStrategy
from geoapp.spatial.cleaning import close_and_resolve
from geoapp.spatial.coverage import find_gaps, find_overlaps
from tests.spatial.random_coverages import METRE, random_coverage

UTM = 32748
RESOLVING = [one for one in OverlapStrategy if one is not OverlapStrategy.KEEP]
NUMBERS = range(40)
LARGE_M2 = 20_000.0


def square_metres(shapes: Any) -> Any:
    """From degrees by arithmetic: hairlines keep their area, to a percent."""
    return shapely.area(shapes) / METRE**2


def coverage(number: int) -> tuple[list[str], NDArray[Any]]:
    areas = random_coverage(number)
    return list(areas), np.array(list(areas.values()), dtype=object)


@pytest.mark.parametrize("number", NUMBERS)
def test_the_lowest_code_keeps_what_it_has_and_others_what_is_left(number: int) -> None:
    codes, before = coverage(number)
    after = close_and_resolve(
        codes, before, UTM, gaps_under_m2=0, overlaps=OverlapStrategy.LOWEST_CODE
    )
    assert after is not None
    assert shapely.coverage_is_valid(after)
    order = sorted(range(len(codes)), key=lambda n: codes[n])
    for place, n in enumerate(order):
        expected = shapely.difference(before[n], shapely.union_all(before[order[:place]]))
        assert square_metres(shapely.symmetric_difference(expected, after[n])) < 0.1


@pytest.mark.parametrize("strategy", RESOLVING)
@pytest.mark.parametrize("number", NUMBERS[::4])
def test_no_ground_is_lost_and_only_small_gaps_are_filled(
    number: int, strategy: OverlapStrategy
) -> None:
    codes, before = coverage(number)
    after = close_and_resolve(codes, before, UTM, gaps_under_m2=LARGE_M2, overlaps=strategy)
    assert after is not None
    assert shapely.is_valid(after).all()
    assert shapely.coverage_is_valid(after)
    assert find_overlaps(codes, after, UTM) == ()
    assert all(gap.area_m2 >= LARGE_M2 for gap in find_gaps(codes, after, UTM))
    whole, filled = shapely.union_all(before), shapely.union_all(after)
    assert square_metres(shapely.difference(whole, filled)) < 0.1
    for added in shapely.get_parts(shapely.difference(filled, whole)):
        if added.is_empty:
            continue
        # Enclosed before: its outline is the areas' own, to the width of what GEOS snaps.
        assert square_metres(added) < LARGE_M2 * 1.02
        assert whole.boundary.buffer(1e-9).contains(added.exterior)
    # What an area has now was its own, or nobody's.
    taken = shapely.intersection(shapely.difference(after, before), whole)
    assert (square_metres(taken) < 0.1).all()


def test_the_random_coverages_have_every_fault() -> None:
    """Else the tests above would say nothing."""
    gaps = overlaps = slivers = several = holes = 0
    for number in NUMBERS:
        codes, areas = coverage(number)
        found = find_gaps(codes, areas, UTM)
        gaps += len(found)
        slivers += sum(gap.area_m2 < 1 for gap in found)
        overlaps += len(find_overlaps(codes, areas, UTM))
        several += int((shapely.get_num_geometries(areas) > 1).sum())
        holes += int(shapely.get_num_interior_rings(shapely.get_parts(areas)).sum())
    assert min(gaps, overlaps, slivers, several, holes) > len(NUMBERS) / 2
