"""Boundary files that cannot be used are refused with what was found and a remedy."""

from __future__ import annotations

import json
import math
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from geoapp.domain.boundary import Layer
from geoapp.errors import BoundaryFileError
from geoapp.spatial.files import read_boundaries
from tests.spatial.boundary_files import (
    Read,
    collection,
    degrees,
    polygon,
    read_content,
    ring,
    square,
    with_geometry,
)


@pytest.fixture
def read(tmp_path: Path) -> Read:
    return partial(read_content, tmp_path)


LONDON = [[-0.2, 51.4], [-0.1, 51.4], [-0.1, 51.5], [-0.2, 51.4]]


def with_one_in_london() -> dict[str, Any]:
    far = {**with_geometry(polygon(LONDON), "b"), "properties": {"code": "b", "name": "Far"}}
    return collection(square("a", 0), far, square("c", 1_000))


@pytest.mark.parametrize("layer", [Layer.KELURAHAN, Layer.SERVICE_AREA])
def test_one_area_on_another_continent_is_refused_by_number_code_and_place(
    read: Read, layer: Layer
) -> None:
    with pytest.raises(BoundaryFileError) as caught:
        read(with_one_in_london(), layer=layer)
    assert "1 of 3 areas" in caught.value.message
    # The middle of its bounds: (-0.2 + -0.1) / 2 and (51.4 + 51.5) / 2.
    assert "b: feature 2 lies around longitude -0.1500, latitude 51.4500" in caught.value.message
    assert "--leave-out-refused" in caught.value.remedy
    assert "repair" not in caught.value.remedy.lower()


def test_areas_far_away_can_be_left_out_and_are_named(read: Read) -> None:
    found = read(with_one_in_london(), leave_out_refused=True)
    assert [area.code for area in found.areas] == ["a", "c"]
    assert [(one.code, "feature 2 lies around" in one.why) for one in found.report.refused] == [
        ("b", True)
    ]
    assert found.report.bbox[0] > 104


def test_an_area_beside_the_city_is_no_fault(read: Read) -> None:
    # The envelope is 7.8 km wide, as 0.07°; 10 km east of the origin is 5 km beyond its edge.
    assert len(read(collection(square("a", 0), square("b", 10_000))).areas) == 2
    with pytest.raises(BoundaryFileError, match="feature 2 lies around"):
        read(collection(square("a", 0), square("b", 30_000)))


NESTED = '{"type":"FeatureCollection","features":' + "[" * 100_000
CLOSED = degrees(ring(0, -1_000))


def broken(positions: Any) -> dict[str, Any]:
    return collection(with_geometry(polygon(positions)))


@pytest.mark.parametrize(
    ("content", "said", "field"),
    [
        ("", "is empty", "file"),
        ("  \n", "is empty", "file"),
        ("code,name\n1,Legok\n", "holds no map", "file"),
        ('{"type": "FeatureCollection", ', "broken JSON", "file"),
        (NESTED, "nested too deeply", "file"),
        ("[" * 200_000, "nested too deeply", "file"),
        (b'{"type": "\xff\xfe"}', "isn't UTF-8", "file"),
        (b"PK\x03\x04....", "archive areas.geojson is broken", "file"),
        (b"SQLite format 3\x00", "no GeoPackage", "file"),
        (b"\x1f\x8b....", "a gzip archive", "file"),
        (b"\x00\x00\x27\x0a", "a part of a Shapefile", "file"),
        (b"fgb\x03fgb\x00....", "can't be read as FlatGeobuf", "file"),
        ("<?xml version='1.0'?><gml/>", "XML, but of <gml>", "file"),
        ("<kml/>", "KML without a Placemark", "file"),
        ("INSERT INTO wilayah_boundaries VALUES ;", "no rows", "file"),
        ([1, 2], "a list and not a FeatureCollection", "file"),
        ({"type": "Topology", "objects": {}}, "TopoJSON", "file"),
        ({"geometryType": "esriGeometryPolygon", "features": []}, "Esri JSON", "file"),
        (polygon(CLOSED), "of type 'Polygon'", "file"),
        (collection(), "without features", "file"),
        ({"type": "FeatureCollection"}, "without features", "file"),
        ({"type": "FeatureCollection", "features": [None]}, "Feature 1", "file"),
        (collection({"type": "Feature", "properties": {"Shape_Area": 1, "colour": "red"}}),
         "there are: 'Shape_Area', 'colour'", "code_field"),
        (collection({"type": "Feature", "properties": None}), "none at all", "code_field"),
        (collection(square("a", 0), square(None, 1_000)), "1 of 2 features have no value in 'code'",
         "code_field"),
        (collection(square("x" * 65, 0)), "has 65 characters", "code_field"),
        (collection(square("a", 0), square("a", 1_000)), "a (2×)", "code_field"),
        (collection(square("a", 0, priority="high")), "priority of feature 1 is 'high'", "priority"),
        (broken([[math.nan, 0], *CLOSED[1:]]), "Feature 1 (a) has the position [nan", "geometry"),
        (json.dumps(broken(CLOSED)).replace("105.0,", "1e400,"), "[inf", "geometry"),
        (json.dumps(broken(CLOSED)).replace("105.0,", "1" * 400 + ","), "than numbers", "geometry"),
        (json.dumps(broken(CLOSED)).replace("105.0,", "1" * 5_000 + ","), "without end", "file"),
        (broken([["105", "0"]] * 4), "other than numbers", "geometry"),
        (broken([[None, 0], *CLOSED[1:]]), "other than numbers", "geometry"),
        (broken([[105], [106], [107], [105]]), "other than numbers", "geometry"),
        (broken([105, 0, 106, 0]), "other than numbers", "geometry"),
        (broken([[[105, 0]]]), "other than numbers", "geometry"),
        (broken("nonsense"), "aren't a list", "geometry"),
        (collection(with_geometry({"type": "Polygon"})), "aren't a list", "geometry"),
        (collection(with_geometry({"type": "Point", "coordinates": [105, 0]})),
         "Feature 1 (a) is Point; areas must be polygons", "geometry"),
        (collection(with_geometry({"type": "MultiLineString", "coordinates": [CLOSED]})),
         "is MultiLineString", "geometry"),
        (collection(with_geometry({"type": "GeometryCollection", "geometries": [
            {"type": "Point", "coordinates": [105, 0]}]})), "is Point", "geometry"),
        (collection(with_geometry({"type": "CircularString", "coordinates": []})),
         "'CircularString', which isn't known", "geometry"),
        (collection(with_geometry("POLYGON EMPTY")), "'str', which isn't known", "geometry"),
        (collection(with_geometry(None)), "No feature of the file has a geometry", "geometry"),
        (broken([]), "No feature of the file has a geometry", "geometry"),
        (broken([[105, 0], [105.01, 0], [105, 0], [105, 0]]), "No feature", "geometry"),
        (broken([[105, 0], [105.01, 0], [105.02, 0], [105, 0]]), "nothing is left", "geometry"),
        (collection(square("a", 0), with_geometry(None, "b")), "b: no geometry", "geometry"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_used_says_why_and_what_to_do(
    read: Read, content: Any, said: str, field: str
) -> None:
    with pytest.raises(BoundaryFileError) as caught:
        read(content, layer=Layer.SERVICE_AREA)
    assert said in caught.value.message
    assert caught.value.remedy
    assert [problem.field for problem in caught.value.fields] == [field]


def test_a_collection_within_a_collection_without_end_is_refused(read: Read) -> None:
    geometry: dict[str, Any] = polygon(CLOSED)
    for _ in range(50):
        geometry = {"type": "GeometryCollection", "geometries": [geometry]}
    with pytest.raises(BoundaryFileError, match="GeometryCollection"):
        read(collection(with_geometry(geometry)))


def test_a_chosen_attribute_must_be_there(read: Read) -> None:
    with pytest.raises(BoundaryFileError, match="No feature has an attribute 'WARD'"):
        read(collection(square("a", 0)), code_field="WARD")


def test_size_and_vertices_are_bounded(read: Read) -> None:
    content = collection(square("a", 0))
    with pytest.raises(BoundaryFileError, match="larger than"):
        read(content, max_bytes=100)
    with pytest.raises(BoundaryFileError, match="at most 5 are read"):
        read(content, max_vertices=5)


def test_roads_are_not_areas(read: Read) -> None:
    with pytest.raises(BoundaryFileError, match="lines"):
        read(collection(square("a", 0)), layer=Layer.ROAD)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    for path in (tmp_path / "absent.geojson", tmp_path):
        with pytest.raises(BoundaryFileError, match="can't be read"):
            read_boundaries(path, city_code="a", layer=Layer.KELURAHAN, metric_srid=32748)
