"""Files of roads become lines with a keeper, stretches of one road joined."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas
import pytest
import shapely

from geoapp.domain.boundary_lines import LineFile, authority_of
from geoapp.errors import BoundaryFileError
from geoapp.spatial.files import ReadOptions, read_lines
from tests.spatial.boundary_files import (
    ENVELOPE,
    KM_IN_DEGREES,
    collection,
    degrees,
    polygon,
    ring,
    square,
)
from tests.spatial.written_files import FORMATS

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning", "ignore::UserWarning")
Read = Callable[..., LineFile]


def stretch(x: float, length: float = 1_000.0, **properties: Any) -> dict[str, Any]:
    """A road due east from x metres east of (105° E, 0°)."""
    line = degrees([[x, 0], [x + length, 0]])
    return {
        "type": "Feature",
        "properties": properties,
        "geometry": {"type": "LineString", "coordinates": line},
    }


def read_path(path: Path, **options: Any) -> LineFile:
    return read_lines(path, metric_srid=32748, options=ReadOptions(envelope=ENVELOPE, **options))


@pytest.fixture
def read(tmp_path: Path) -> Read:
    def read_content(content: Any, **options: Any) -> LineFile:
        path = tmp_path / "roads.geojson"
        path.write_text(json.dumps(content))
        return read_path(path, **options)

    return read_content


def told(found: LineFile) -> list[tuple[str, str, str | None, str]]:
    return [(line.code, line.name, line.ref, line.authority) for line in found.lines]


@pytest.mark.parametrize(
    ("words", "authority"),
    [
        (("Nasional", "national", "Jalan Nasional", "JLN. NASIONAL", "Negara"), "nation"),
        (("Provinsi", "Propinsi", "provincial", "jalan  provinsi", "PROVINCE"), "province"),
        (("Kota", "Kabupaten", "Jalan Kota", "Kabupaten/Kota", "city"), "city"),
        (("III", "Arteri", "Jalan", "", "1", "Tol"), None),
    ],
)
def test_the_words_for_who_keeps_a_road(words: tuple[str, ...], authority: str | None) -> None:
    assert {authority_of(word) for word in words} == {authority}


@pytest.mark.parametrize("format_", FORMATS)
def test_roads_are_read_from_any_format(tmp_path: Path, format_: str) -> None:
    features = [
        stretch(0, NAMOBJ="Jl. Lintas Timur", STATUS="Nasional", ref="045"),
        stretch(1_000, NAMOBJ="Jl. Lintas Timur", STATUS="Nasional", ref="045"),
        stretch(3_000, NAMOBJ="Jl. Siwabessy", STATUS="Provinsi", ref=None),
    ]
    frame = geopandas.GeoDataFrame.from_features(features, crs=4326)
    found = read_path(FORMATS[format_](frame, tmp_path))
    assert sorted(told(found)) == [
        ("045 Jl. Lintas Timur", "Jl. Lintas Timur", "045", "nation"),
        ("Jl. Siwabessy", "Jl. Siwabessy", None, "province"),
    ]
    assert found.report.merged == 1
    assert found.report.length_km == pytest.approx({"nation": 2.0, "province": 1.0}, rel=0.01)
    lines = {line.name: shapely.from_wkb(line.geometry) for line in found.lines}
    assert lines["Jl. Lintas Timur"].geom_type == "MultiLineString"
    assert lines["Jl. Lintas Timur"].length == pytest.approx(2 * KM_IN_DEGREES, rel=1e-6)


@pytest.mark.parametrize(
    "properties",
    [
        {"kode_ruas": "12", "nama_ruas": "Jl. A", "status_jalan": "Provinsi"},
        {"no_ruas": "12", "nm_ruas": "Jl. A", "kewenangan": "provinsi"},
        {"code": 12.0, "name": "Jl. A", "authority": "province"},
        {"id_ruas": "12", "NAMRJL": "Jl. A", "AUTRJL": "Provinsi", "kelas": "IIIA"},
    ],
    ids=["kode_ruas", "no_ruas", "geoapp", "rbi"],
)
def test_attributes_of_road_files_are_recognised(read: Read, properties: dict[str, Any]) -> None:
    (line,) = read(collection(stretch(0, **properties))).lines
    assert (line.code, line.name, line.authority) == ("12", "Jl. A", "province")


def test_a_road_with_two_keepers_is_two_lines(read: Read) -> None:
    found = read(
        collection(
            stretch(0, code="7", name="Jl. A", status="nasional"),
            stretch(1_000, code="7", name="Jl. A", status="kota"),
            stretch(2_000, code="7", name="Jl. A", status="nasional"),
        )
    )
    assert [(line.code, line.authority) for line in found.lines] == [
        ("7:nation", "nation"),
        ("7:city", "city"),
    ]


def test_roads_without_number_and_name_are_roads_of_their_own(read: Read) -> None:
    found = read(collection(stretch(0, status="kota"), stretch(1_000, status="kota")))
    assert [line.code for line in found.lines] == ["line-1", "line-2"]


def test_one_keeper_can_be_given_to_the_whole_file(read: Read) -> None:
    content = collection(stretch(0, name="A"), stretch(1_000, name="B"))
    with pytest.raises(BoundaryFileError, match="No attribute says who keeps") as caught:
        read(content)
    assert "--authority" in caught.value.remedy
    assert [line.authority for line in read(content, authority="nation").lines] == ["nation"] * 2


def test_words_that_nobody_knows_are_asked_for(read: Read) -> None:
    content = collection(
        stretch(0, name="A", AUTRJL="1"), stretch(1_000, name="B", AUTRJL="9", agency="dpupr")
    )
    with pytest.raises(BoundaryFileError, match="AUTRJL doesn't say who keeps the roads: '1', '9'"):
        read(content)
    with pytest.raises(BoundaryFileError, match="'9'"):
        read(content, authority_words={"1": "nation"})
    found = read(content, authority_words={"1": "nation", "9": "city"})
    assert [line.authority for line in found.lines] == ["nation", "city"]
    assert [line.agency_code for line in found.lines] == [None, "dpupr"]


def test_an_attribute_is_passed_over_if_it_means_something_else(read: Read) -> None:
    (line,) = read(collection(stretch(0, status="baik", kelas="Nasional"))).lines
    assert line.authority == "nation"
    with pytest.raises(BoundaryFileError, match="'baik', which isn't understood"):
        read(collection(stretch(0, status="baik", kelas="Nasional")), authority_field="status")


def test_a_missing_value_names_the_feature(read: Read) -> None:
    content = collection(stretch(0, status="kota"), stretch(1_000, status=None))
    with pytest.raises(BoundaryFileError, match="Feature 2 has no value in 'status'"):
        read(content)
    found = read(content, authority="province")
    assert [line.authority for line in found.lines] == ["city", "province"]


def test_roads_of_elsewhere_are_left_out(read: Read) -> None:
    found = read(
        collection(stretch(0, name="A", status="kota"), stretch(900_000, name="B", status="kota"))
    )
    assert [line.name for line in found.lines] == ["A"]
    assert found.report.elsewhere == 1
    with pytest.raises(BoundaryFileError, match="elsewhere than the city"):
        read(collection(stretch(900_000, name="B", status="kota")))


def test_metres_are_found_out(read: Read) -> None:
    feature = stretch(0, name="A", status="kota")
    feature["geometry"]["coordinates"] = [[500_000, 9_999_000], [501_000, 9_999_000]]
    found = read(collection(feature))
    assert found.report.crs.name == "EPSG:32748"
    assert found.report.length_km == pytest.approx({"city": 1.0}, rel=0.01)


def _with(geometry: Any) -> dict[str, Any]:
    return collection({"type": "Feature", "properties": {"status": "kota"}, "geometry": geometry})


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (collection(square("a", 0, status="kota")), "Feature 1 is Polygon; roads must be lines"),
        (_with(None), "No feature of the file has a line"),
        (_with({"type": "LineString", "coordinates": []}), "No feature of the file has a line"),
        (_with({"type": "LineString", "coordinates": [[105, 0], [105, 0]]}), "has a line"),
        (_with({"type": "LineString", "coordinates": [[105, 0], [math.nan, 0]]}), r"\[nan"),
        (_with({"type": "LineString", "coordinates": [["a", "b"]]}), "other than numbers"),
        (_with({"type": "MultiLineString", "coordinates": 7}), "is MultiLineString"),
        (
            _with({"type": "GeometryCollection", "geometries": [polygon(ring(0, 0))]}),
            "Feature 1 is Polygon",
        ),
    ],
)
def test_what_is_no_line_is_refused(read: Read, content: Any, said: str) -> None:
    with pytest.raises(BoundaryFileError, match=said) as caught:
        read(content)
    assert caught.value.remedy


def test_a_report_is_told_in_lines(read: Read) -> None:
    high = stretch(0, name="A", status="kota")
    high["geometry"]["coordinates"] = [[*p, 3.5] for p in high["geometry"]["coordinates"]]
    found = read(collection(high, stretch(1_000, name="A", status="kota")))
    said = found.report.lines()
    assert said[0] == "1 roads (city 2.0 km), 4 vertices"
    assert "joined 1 features to others of the same road" in said
    assert "dropped the third coordinate of 1 features" in said
    assert json.loads(json.dumps(found.report.as_dict()))["length_km"].keys() == {"city"}
