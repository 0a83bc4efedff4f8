from __future__ import annotations

import itertools
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geoapp.domain.cover import morton_ranges
from geoapp.domain.place import BBox

LON = st.floats(-180, 180)
LAT = st.floats(-90, 90)


def key(lon: float, lat: float) -> int:
    """The zoom-18 Morton key by the textbook: Gudermannian, then bit by bit."""
    lat = max(-85.0511287798066, min(85.0511287798066, lat))
    x = (lon + 180) / 360 * 2**18
    y = (1 - math.log(math.tan(math.pi / 4 + math.radians(lat) / 2)) / math.pi) / 2 * 2**18
    column, row = (max(0, min(2**18 - 1, math.floor(value))) for value in (x, y))
    text = "".join(a + b for a, b in zip(f"{row:018b}", f"{column:018b}", strict=True))
    return int(text, 2)


@given(LON, LON, LAT, LAT, st.floats(0, 1), st.floats(0, 1))
def test_every_point_of_a_box_is_in_its_ranges(
    a: float, b: float, c: float, d: float, across: float, up: float
) -> None:
    west, east = sorted((a, b))
    south, north = sorted((c, d))
    lon = min(east, max(west, west + across * (east - west)))
    lat = min(north, max(south, south + up * (north - south)))
    ranges = morton_ranges(BBox(west, south, east, north))
    assert any(first <= key(lon, lat) <= last for first, last in ranges)


@given(LON, LON, LAT, LAT)
def test_ranges_are_few_in_order_and_apart(a: float, b: float, c: float, d: float) -> None:
    west, east = sorted((a, b))
    south, north = sorted((c, d))
    ranges = morton_ranges(BBox(west, south, east, north))
    assert 1 <= len(ranges) <= 16
    assert all(first <= last for first, last in ranges)
    assert all(left[1] + 1 < right[0] for left, right in itertools.pairwise(ranges))


@pytest.mark.parametrize(
    ("box", "times"),
    [
        # a street block 1.3 km wide, then a city of 20 km: the ranges hold few times its tiles
        (BBox(103.600, -1.612, 103.612, -1.600), 3.0),
        (BBox(103.51, -1.71, 103.695, -1.535), 3.0),
    ],
)
def test_ranges_hold_little_beside_the_box(box: BBox, times: float) -> None:
    side = 360 / 2**18
    tiles = ((box.east - box.west) / side + 1) * ((box.north - box.south) / side + 1)
    held = sum(last - first + 1 for first, last in morton_ranges(box))
    assert held < times * tiles


def test_the_whole_world_is_one_range_and_a_point_one_tile() -> None:
    assert morton_ranges(BBox(-180, -90, 180, 90)) == [(0, 4**18 - 1)]
    assert morton_ranges(BBox(103.61, -1.61, 103.61, -1.61)) == [(key(103.61, -1.61),) * 2]
