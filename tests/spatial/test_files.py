"""Good boundary files of every sort become areas with a report; real ones too."""

from __future__ import annotations

import hashlib
import json
from functools import partial
from pathlib import Path

import pytest
import shapely

from geoapp.domain.boundary import Layer
from geoapp.errors import BoundaryFileError
from geoapp.spatial.files import ReadOptions, read_boundaries
from tests.spatial.boundary_files import (
    KM_IN_DEGREES,
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


def test_a_plain_file_becomes_multipolygons_with_a_report(read: Read, tmp_path: Path) -> None:
    found = read(collection(square("a", 0), square("b", 1_000, kecamatan_code="k", kecamatan="K")))
    assert [(area.code, area.name) for area in found.areas] == [("a", "Area a"), ("b", "Area b")]
    assert [area.parent_code for area in found.areas] == [None, "k"]
    assert found.areas[1].parent_name == "K"
    for area in found.areas:
        geometry = shapely.from_wkb(area.geometry)
        assert geometry.geom_type == "MultiPolygon"
        assert shapely.from_wkb(area.display_geometry).geom_type == "MultiPolygon"
        assert geometry.contains(shapely.Point(area.label))
    report = found.report
    assert report.area_count == 2
    assert report.total_area_km2 == pytest.approx(2, rel=0.01)
    assert report.crs.name == "EPSG:4326"
    assert not report.crs.guessed
    assert (report.gaps, report.overlaps, report.repairs, report.refused) == ((), (), (), ())
    assert report.parent_codes == ("k",)
    assert found.source == "areas.geojson"
    assert found.sha256 == hashlib.sha256((tmp_path / "areas.geojson").read_bytes()).hexdigest()


def test_the_label_is_in_the_widest_part_not_at_the_centroid(read: Read) -> None:
    # A square of 1 km with a thin arm of 3 km: the centroid falls near the arm's root.
    line: list[list[float]] = [
        [0, 0],
        [1_000, 0],
        [1_000, 450],
        [4_000, 450],
        [4_000, 550],
        [1_000, 550],
    ]
    shape = degrees([*line, [1_000, 1_000], [0, 1_000], [0, 0]])
    (area,) = read(collection(with_geometry(polygon(shape)))).areas
    east = (area.label[0] - 105) / KM_IN_DEGREES
    north = area.label[1] / KM_IN_DEGREES
    assert [east, north] == pytest.approx([0.5, 0.5], abs=0.02)


def test_numbers_as_codes_are_their_plain_text(read: Read) -> None:
    found = read(collection(square(1, 0), square(2.0, 1_000), square("03", 2_000)))
    assert [area.code for area in found.areas] == ["1", "2", "03"]


def test_text_is_cleaned_of_what_breaks_pages_and_databases(read: Read) -> None:
    raw = json.dumps(collection(square("a", 0, name="PLACE")))
    raw = raw.replace("PLACE", r" Le\u0000gok\n\n \ud800 \u202eBaru ")
    assert read(raw).areas[0].name == "Legok Baru"


def test_heights_are_dropped_and_counted(read: Read) -> None:
    flat = degrees(ring(0, -1_000))
    high = [[x, y, 12.5] for x, y in flat]
    measured = [[x, y, 12.5, 3.0] for x, y in flat]
    ragged = [flat[0], *high[1:4], flat[4]]
    expected = shapely.Polygon(flat)
    for positions in (high, measured, ragged):
        found = read(collection(with_geometry(polygon(positions))))
        geometry = shapely.from_wkb(found.areas[0].geometry)
        assert not geometry.has_z
        assert geometry.equals(expected)
        assert found.report.dropped_z == 1


def test_a_small_self_intersection_is_repaired_and_reported(read: Read) -> None:
    # The north edge turns back across itself: a loop of about a square metre in a million.
    loop: list[list[float]] = [
        [0, 0],
        [1_000, 0],
        [1_000, 1_000],
        [500, 1_000],
        [499, 1_001],
        [499, 1_000],
    ]
    shape = degrees([*loop, [500, 1_001], [0, 1_000], [0, 0]])
    found = read(collection(with_geometry(polygon(shape))))
    assert shapely.from_wkb(found.areas[0].geometry).is_valid
    (repair,) = found.report.repairs
    assert repair.code == "a"
    assert "Self-intersection" in repair.what
    assert abs(repair.area_change_m2) < 5


BOW_TIE = degrees([[0, 0], [1_000, 1_000], [1_000, 0], [0, 1_000], [0, 0]])


def test_a_bow_tie_is_refused_by_name(read: Read) -> None:
    content = collection(with_geometry(polygon(BOW_TIE), "tie"), square("b", 2_000))
    with pytest.raises(BoundaryFileError, match="1 of 2 areas") as caught:
        read(content)
    assert "tie: Self-intersection" in caught.value.message
    assert "--leave-out-refused" in caught.value.remedy
    found = read(content, leave_out_refused=True)
    assert [area.code for area in found.areas] == ["b"]
    assert [refusal.code for refusal in found.report.refused] == ["tie"]


def test_an_uneven_bow_tie_passes_only_when_its_change_is_accepted(read: Read) -> None:
    # The lines cross at (900, 900). Left of it lie 1,800 × 900 / 2 = 810,000 m², right of it
    # 200 × 100 / 2 = 10,000: as written they cancel to 800,000, repaired they make 820,000.
    shape = degrees([[0, 0], [1_000, 1_000], [1_000, 800], [0, 1_800], [0, 0]])
    content = collection(with_geometry(polygon(shape)))
    with pytest.raises(BoundaryFileError, match=r"\+2\.5%"):
        read(content)
    found = read(content, max_repair_change=0.03)
    assert found.report.repairs[0].area_change_m2 == pytest.approx(20_000, rel=0.01)


def test_overlapping_parts_of_one_area_are_joined_not_cut_out(read: Read) -> None:
    # Two squares of 1 km² that share a strip of 5 m: as written 2,000,000 m², joined 5,000 less.
    parts = [[degrees(ring(0, -1_000))], [degrees(ring(995, -1_000))]]
    found = read(collection(with_geometry({"type": "MultiPolygon", "coordinates": parts})))
    (repair,) = found.report.repairs
    assert repair.area_change_m2 == pytest.approx(-5_000, rel=0.01)


def test_an_open_ring_is_closed_and_said(read: Read) -> None:
    found = read(collection(with_geometry(polygon(degrees(ring(0, -1_000))[:4]))))
    assert found.report.repairs[0].what == "open ring closed"
    assert found.report.total_area_km2 == pytest.approx(1, rel=0.01)


def test_polygons_are_picked_from_a_collection(read: Read) -> None:
    members = [
        {"type": "Point", "coordinates": [105, 0]},
        polygon(degrees(ring(0, -1_000))),
        {"type": "GeometryCollection", "geometries": [polygon(degrees(ring(3_000, -1_000)))]},
    ]
    found = read(collection(with_geometry({"type": "GeometryCollection", "geometries": members})))
    assert found.report.total_area_km2 == pytest.approx(2, rel=0.01)
    assert "points and lines" in found.report.repairs[0].what


def test_parts_with_the_same_code_are_merged_when_asked(read: Read) -> None:
    content = collection(square("a", 0), square("a", 1_000), square("a", 5_000), square("b", 2_000))
    with pytest.raises(BoundaryFileError, match=r"1 codes occur more than once: a \(3×\)"):
        read(content)
    found = read(content, merge_duplicates=True)
    assert [area.code for area in found.areas] == ["a", "b"]
    assert shapely.get_num_geometries(shapely.from_wkb(found.areas[0].geometry)) == 2
    assert found.report.duplicate_codes == ("a",)
    assert found.report.total_area_km2 == pytest.approx(4, rel=0.01)


def test_shared_names_are_reported(read: Read) -> None:
    found = read(collection(square("a", 0, name="Baru"), square("b", 1_000, name="Baru")))
    assert found.report.duplicate_names == {"Baru": ("a", "b")}


@pytest.mark.parametrize(
    ("name", "key", "count"),
    [
        ("wards", "WARD", 22),
        ("police_districts", "DISTRICT", 12),
        ("precincts", "WARD_PRECINCT", 255),
    ],
)
def test_bostons_files_are_read_by_their_own_keys(
    shared: Path, name: str, key: str, count: int
) -> None:
    path = shared / "data" / "boston-311-2015" / f"{name}.geojson"
    found = read_boundaries(
        path,
        city_code="boston",
        layer=Layer.KELURAHAN,
        metric_srid=26986,
        options=ReadOptions(code_field=key, envelope=(-71.2, 42.2, -70.9, 42.4)),
    )
    theirs = [str(f["properties"][key]) for f in json.loads(path.read_text())["features"]]
    assert [area.code for area in found.areas] == theirs
    assert len(theirs) == count
    geometries = shapely.from_wkb([area.geometry for area in found.areas])
    drawn = shapely.from_wkb([area.display_geometry for area in found.areas])
    assert shapely.is_valid(geometries).all()
    assert shapely.is_valid(drawn).all()
    assert shapely.get_num_coordinates(drawn).sum() < shapely.get_num_coordinates(geometries).sum()
    labels = shapely.points([area.label for area in found.areas])
    assert shapely.contains_properly(geometries, labels).all()
    # Two of the precincts touch themselves along a ring, as PostGIS's ST_IsValid says too.
    assert len(found.report.repairs) == (2 if name == "precincts" else 0)


def test_the_default_envelope_of_jambi_finds_its_own_file_in_utm(
    shared: Path, tmp_path: Path
) -> None:
    import geopandas

    source = shared / "boundaries" / "kota-jambi" / "kelurahan.geojson"
    frame = geopandas.read_file(source)
    path = tmp_path / "utm.geojson"
    document = json.loads(frame.to_crs(9488).to_json(drop_id=True))
    document.pop("crs", None)
    path.write_text(json.dumps(document))
    found = read_boundaries(
        path,
        city_code="15.71",
        layer=Layer.KELURAHAN,
        metric_srid=32748,
        options=ReadOptions(envelope=(103.5242, -1.6961, 103.6811, -1.5467)),
    )
    assert found.report.crs.guessed
    # EPSG:9488 without a word can't be told from EPSG:32748: they differ by 0.2 m.
    moved = shapely.hausdorff_distance(
        shapely.from_wkb(found.areas[0].geometry), frame.geometry.iloc[0]
    )
    assert moved < 1 / 111_000


def test_names_that_are_cut_are_told(read: Read) -> None:
    long = square("b", 1_000)
    long["properties"]["name"] = "N" * 201
    fits = square("a", 0)
    fits["properties"]["name"] = "N" * 200
    found = read(collection(fits, long))
    assert [len(area.name) for area in found.areas] == [200, 200]
    assert "names cut to 200 characters (1): b" in found.report.notes
    assert "names cut" not in "".join(read(collection(fits)).report.notes)


def test_service_areas_that_leave_open_who_acts_or_for_what_are_counted_and_named(
    read: Read,
) -> None:
    content = collection(
        square("all", 0),
        square("own", 1_000, group="road"),
        square("full", 2_000, agency="dlh", service="pothole"),
        {
            "type": "Feature",
            "properties": {"code": "city", "coverage": "city", "agency": "dlh"},
            "geometry": None,
        },
    )
    report = read(content, layer=Layer.SERVICE_AREA).report
    assert report.no_agency == ("all", "own")
    assert report.every_service == ("all", "city")
    told = "\n".join(report.lines())
    assert "2 service areas name no agency, there the service's own acts: all, own" in told
    assert "reach every service: all, city" in told
    alone = read(collection(content["features"][3]), layer=Layer.SERVICE_AREA).report
    assert (alone.no_agency, alone.every_service) == ((), ("city",))
    assert read(collection(square("a", 0))).report.no_agency == ()
