"""Shapes as people paste them, and back, to the last bit."""

from __future__ import annotations

import json
import struct

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geoapp.domain.shape import MAX_CORNERS, Shape
from geoapp.errors import InvalidInput

WKT = "POLYGON ((103.6 -1.6, 103.7 -1.6, 103.7 -1.5, 103.6 -1.6), (103.61 -1.59, 103.62 -1.59, 103.62 -1.58, 103.61 -1.59))"


def test_wkt_geojson_and_wkb_say_the_same_as_shapely_reads_them():
    expected = shapely.from_wkt(WKT)
    shape = Shape.parse(WKT)
    assert shapely.from_wkb(shape.wkb).equals_exact(shapely.MultiPolygon([expected]))
    assert shapely.geometry.shape(shape.geojson).equals_exact(expected)
    assert Shape.from_wkb(shapely.to_wkb(expected)) == shape
    assert Shape.parse(f"SRID=4326;multipolygon z({WKT[8:]})".replace(" -1.6,", " -1.6 12,"))
    feature = {"type": "Feature", "properties": {}, "geometry": shape.geojson}
    for value in (feature, {"type": "FeatureCollection", "features": [feature]}):
        assert Shape.parse(json.dumps(value)) == shape
    assert shape.corner_count == 6
    assert shape.box == (103.6, -1.6, 103.7, -1.5)


corner = st.tuples(st.floats(-180, 180, allow_nan=False), st.floats(-90, 90, allow_nan=False))


@given(st.lists(st.lists(corner, min_size=3, max_size=8, unique=True), min_size=1, max_size=3))
def test_every_corner_comes_back_to_the_last_bit(rings):
    shape = Shape.from_geojson({"type": "Polygon", "coordinates": rings})
    assert Shape.parse(shape.text) == shape
    assert Shape.from_wkb(shape.wkb) == shape
    bits = [struct.pack("<2d", *each) for each in shape.corners]
    assert bits == [
        struct.pack("<2d", *map(float, each)) for ring in rings for each in (*ring, ring[0])
    ]


SQUARE = [[103.6, -1.6], [103.7, -1.6], [103.7, -1.5], [103.6, -1.6]]
REFUSED = {
    "nothing": "",
    "words": "di sebelah pasar",
    "a point": "POINT (103 -1)",
    "a line": json.dumps({"type": "LineString", "coordinates": SQUARE}),
    "empty": "POLYGON EMPTY",
    "an empty list": '{"type":"Polygon","coordinates":[]}',
    "open brackets": "POLYGON ((103 -1, 104 -1",
    "brackets without end": "POLYGON " + "(" * 5000,
    "json without end": '{"a":' * 5000,
    "too few corners": "POLYGON ((103 -1, 104 -1, 103 -1))",
    "metres": "POLYGON ((340000 9820000, 341000 9820000, 341000 9821000, 340000 9820000))",
    "not a number": '{"type":"Polygon","coordinates":[[[NaN,1],[1,2],[3,4]]]}',
    "infinite": "POLYGON ((1e999 0, 1 0, 1 1))",
    "a number of a thousand digits": '{"type":"Polygon","coordinates":[[[%s,1],[1,2],[3,4]]]}'
    % ("9" * 1000),
    "texts for numbers": '{"type":"Polygon","coordinates":[[["1",1],[1,2],[3,4]]]}',
    "true for a number": '{"type":"Polygon","coordinates":[[[true,1],[1,2],[3,4]]]}',
    "lists too flat": '{"type":"Polygon","coordinates":[103,-1]}',
    "two features": json.dumps({"type": "FeatureCollection", "features": [{}, {}]}),
    "a list": "[1, 2]",
    "too many corners": json.dumps(
        {"type": "Polygon", "coordinates": [[[n / 1e5, 0] for n in range(MAX_CORNERS + 2)]]}
    ),
    "a flood": "POLYGON ((" + "1 1, " * 500_000,
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_polygon_of_this_earth_is_refused_in_words(name):
    with pytest.raises(InvalidInput) as refused:
        Shape.parse(REFUSED[name])
    assert refused.value.message.endswith(".")
    assert refused.value.remedy


@pytest.mark.parametrize("data", [b"", b"\x01", shapely.to_wkb(shapely.Point(1, 2)),
                                  shapely.to_wkb(shapely.from_wkt(WKT))[:-3]])  # fmt: skip
def test_wkb_of_something_else_is_told(data):
    with pytest.raises(ValueError, match=r"WKB|short"):
        Shape.from_wkb(data)
