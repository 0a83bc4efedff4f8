"""Every format with every publisher's attributes gives the same areas."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas
import pytest
import shapely

from geoapp.domain.boundary import BoundaryFile, Layer
from geoapp.errors import BoundaryFileError
from geoapp.spatial.files import ReadOptions, read_boundaries
from tests.spatial.written_files import (
    CITY,
    ENVELOPE,
    FORMATS,
    PLACES,
    SCHEMAS,
    SHAPES,
    expected,
    frame,
    shapefile,
    zipped,
)

# GDAL tells how it writes: names cut to ten characters, letters that CP1252 lacks.
pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning", "ignore::UserWarning")


def read(path: Path, layer: Layer = Layer.KELURAHAN, **options: Any) -> BoundaryFile:
    return read_boundaries(
        path,
        city_code=CITY,
        layer=layer,
        metric_srid=32748,
        options=ReadOptions(envelope=ENVELOPE, **options),
    )


def identities(found: BoundaryFile) -> list[tuple[str, str, str | None, str | None]]:
    return [(area.code, area.name, area.parent_code, area.parent_name) for area in found.areas]


def assert_same_ground(found: BoundaryFile, within: float = 1e-9) -> None:
    for area, shape in zip(found.areas, SHAPES, strict=True):
        assert shapely.hausdorff_distance(shapely.from_wkb(area.geometry), shape) < within


@pytest.mark.parametrize("schema", SCHEMAS)
@pytest.mark.parametrize("format_", FORMATS)
def test_a_file_of_any_format_and_schema_gives_the_same_areas(
    tmp_path: Path, format_: str, schema: str
) -> None:
    found = read(FORMATS[format_](frame(schema), tmp_path))
    order = sorted(range(len(PLACES)), key=lambda n: expected(schema, n)[0])
    by_code = sorted(found.areas, key=lambda area: area.code)
    assert sorted(identities(found)) == [expected(schema, n) for n in order]
    for area, n in zip(by_code, order, strict=True):
        assert shapely.hausdorff_distance(shapely.from_wkb(area.geometry), SHAPES[n]) < 1e-9
    assert any(note.endswith(f"format {format_}") for note in found.report.notes)
    assert (found.report.gaps, found.report.overlaps) == ((), ())


@pytest.mark.parametrize("srid", [4326, 32748, 9488, 23833, 3857])
def test_a_shapefile_is_placed_by_its_prj_or_by_its_coordinates(tmp_path: Path, srid: int) -> None:
    moved = frame("big").to_crs(srid)
    (tmp_path / "with").mkdir()
    told = read(shapefile(moved, tmp_path / "with"))
    assert not told.report.crs.guessed
    assert_same_ground(told, within=1e-8)
    (tmp_path / "without").mkdir()
    guessed = read(shapefile(moved, tmp_path / "without", without=(".prj",)))
    assert any("no .prj" in note for note in guessed.report.notes)
    # UTM 48S by WGS 84 and by SRGI2013 are some decimetres apart, and nobody can tell them.
    assert_same_ground(guessed, within=1e-5)


NAMES = ["Señora", "Ma’ruf", "Ünal"]


@pytest.mark.parametrize(
    ("encoding", "without", "read_as"),
    [
        ("UTF-8", (), "UTF-8"),
        ("UTF-8", (".cpg",), "UTF-8"),
        ("CP1252", (), "cp1252"),
        ("CP1252", (".cpg",), "cp1252"),
    ],
)
def test_the_text_of_a_dbf_is_read_in_its_own_encoding(
    tmp_path: Path, encoding: str, without: tuple[str, ...], read_as: str
) -> None:
    named = frame("big").assign(NAMOBJ=NAMES)
    found = read(shapefile(named, tmp_path, encoding=encoding, without=without))
    assert [area.name for area in found.areas] == NAMES
    assert any(note.startswith(f".dbf read as {read_as}") for note in found.report.notes)


def test_a_cpg_that_lies_is_not_believed(tmp_path: Path) -> None:
    named = frame("big").assign(NAMOBJ=NAMES)
    parts = tmp_path / "parts"
    parts.mkdir()
    named.to_file(parts / "a.shp", encoding="CP1252")
    members = {part.name: part.read_bytes() for part in parts.iterdir()}
    for lie in (b"UTF-8", b"big5-of-sorts"):
        members["a.cpg"] = lie
        found = read(zipped(tmp_path, "a.zip", members))
        assert [area.name for area in found.areas] == NAMES


def test_a_letter_cut_in_two_by_its_column_is_dropped(tmp_path: Path) -> None:
    # As tools write it that count bytes: of the ü (C3 BC) at the column's end half is left.
    parts = tmp_path / "parts"
    parts.mkdir()
    frame("big").assign(NAMOBJ=["Jürü~", "Ünal", "Legok"]).to_file(parts / "a.shp")
    members = {part.name: part.read_bytes() for part in parts.iterdir() if part.suffix != ".cpg"}
    assert members["a.dbf"].count(b"\xbc~") == 1
    members["a.dbf"] = members["a.dbf"].replace(b"\xbc~", b"\xbc\xc3")
    found = read(zipped(tmp_path, "a.zip", members))
    assert [area.name for area in found.areas] == ["Jürü", "Ünal", "Legok"]


def test_a_shapefile_lies_in_a_folder_of_its_zip_or_lacks_its_index(tmp_path: Path) -> None:
    path = shapefile(frame("bps"), tmp_path, without=(".shx",), within="Batas Desa 2023/")
    assert_same_ground(read(path))


def test_of_several_tables_one_must_be_chosen(tmp_path: Path) -> None:
    path = tmp_path / "kota.gpkg"
    frame("big").to_file(path, driver="GPKG", layer="kelurahan")
    frame("big").iloc[:1].to_file(path, driver="GPKG", layer="kecamatan")
    with pytest.raises(BoundaryFileError, match="2 tables: 'kelurahan', 'kecamatan'") as caught:
        read(path)
    assert caught.value.fields[0].field == "table"
    assert "--table" in caught.value.remedy
    assert len(read(path, table="Kelurahan").areas) == 3
    with pytest.raises(BoundaryFileError, match="no table 'desa'"):
        read(path, table="desa")
    parts = tmp_path / "parts"
    parts.mkdir()
    for name in ("batas", "jalan"):
        frame("big").to_file(parts / f"{name}.shp")
    members = {part.name: part.read_bytes() for part in sorted(parts.iterdir())}
    both = zipped(tmp_path, "b.zip", members)
    with pytest.raises(BoundaryFileError, match="2 Shapefiles: 'batas', 'jalan'"):
        read(both)
    assert len(read(both, table="batas").areas) == 3


def test_heights_are_dropped_from_binary_formats_too(tmp_path: Path) -> None:
    high = frame("geoapp").set_geometry(shapely.force_3d(list(SHAPES), 12.5), crs=4326)
    path = tmp_path / "high.gpkg"
    high.to_file(path, driver="GPKG")
    found = read(path)
    assert found.report.dropped_z == 3
    assert_same_ground(found)


def test_curves_of_a_geopackage_are_straightened(tmp_path: Path) -> None:
    import sqlite3
    import struct

    path = tmp_path / "curve.gpkg"
    frame("geoapp").to_file(path, driver="GPKG", layer="a")
    # CurvePolygon of one LineString; header "GP", version 0, little-endian, no envelope.
    ring = list(SHAPES[0].exterior.coords)
    line = struct.pack("<BII", 1, 2, len(ring)) + b"".join(struct.pack("<2d", *p) for p in ring)
    blob = struct.pack("<2sBBi", b"GP", 0, 1, 4326) + struct.pack("<BII", 1, 10, 1) + line
    with sqlite3.connect(path) as database:
        for (name,) in database.execute(
            "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        ).fetchall():
            database.execute(f'DROP TRIGGER "{name}"')
        database.execute("UPDATE a SET geom = ? WHERE fid = 1", (blob,))
    assert_same_ground(read(path))


def test_a_name_that_says_another_format_is_only_noted(tmp_path: Path) -> None:
    path = FORMATS["GeoPackage"](frame("geoapp"), tmp_path)
    wrong = path.rename(tmp_path / "kelurahan.geojson")
    found = read(wrong)
    assert len(found.areas) == 3
    assert "named as GeoJSON, but its content is GeoPackage" in found.report.notes


def test_ten_digits_are_kemendagri_or_bps_by_all_codes_together(tmp_path: Path) -> None:
    # 1571011001 fits both: Aur Kenali of BPS's kecamatan 1571011. Its neighbours decide.
    bps = frame("bps").rename(columns={"iddesa": "KDEPUM", "nmdesa": "NAMOBJ"})
    path = tmp_path / "mixed.geojson"
    bps.to_file(path, driver="GeoJSON")
    assert [area.code for area in read(path).areas] == ["1571010003", "1571010005", "1571011001"]
    other = frame("geoapp")
    other["code"] = [code.replace(".", "") for code in other["code"]]
    other = other.drop(columns=["parent_code"])
    path = tmp_path / "undotted.geojson"
    other.to_file(path, driver="GeoJSON")
    found = read(path)
    assert [area.code for area in found.areas] == [place[0] for place in PLACES]
    assert [area.parent_code for area in found.areas] == [place[3] for place in PLACES]
    assert any("15.71.07.1003" in note for note in found.report.notes)


def test_a_profile_by_hand_reads_what_no_publisher_uses(tmp_path: Path) -> None:
    named = geopandas.GeoDataFrame(
        {"no_urut_wilayah": ["1", "2", "3"], "sebutan_wilayah": ["A", "B", "C"]},
        geometry=list(SHAPES),
        crs=4326,
    )
    path = shapefile(named, tmp_path)  # which keeps ten characters of each
    found = read(path, code_field="no_urut_wilayah", name_field="sebutan_wi")
    assert [(area.code, area.name) for area in found.areas] == [("1", "A"), ("2", "B"), ("3", "C")]
    assert found.report.fields == {"code": "no_urut_wi", "name": "sebutan_wi"}


def test_a_file_of_service_areas_needs_no_polygon_for_whole_areas(tmp_path: Path) -> None:
    rules = frame("geoapp").assign(
        code=["a", "b", "c"],
        agency=["dlh", "dlh", "bpbd"],
        service_code=["waste_pile", None, None],
        group=[None, "waste", None],
        priority=[5, 100, None],
        coverage=["city", "areas", None],
        area_codes=[None, '["15.71.07.1003", "15.71.07.1005"]', None],
    )
    rules.loc[0, "geometry"] = None
    for format_ in ("GeoJSON", "GeoPackage", "Shapefile"):
        (tmp_path / format_).mkdir()
        found = read(FORMATS[format_](rules, tmp_path / format_), Layer.SERVICE_AREA)
        assert [area.code for area in found.areas] == ["c"]
        assert found.areas[0].properties.priority == 100
        assert found.areas[0].properties.agency_code == "bpbd"
        whole, some = sorted(found.undrawn, key=lambda area: area.code)
        assert (whole.code, whole.properties.coverage, whole.properties.priority) == (
            "a",
            "city",
            5,
        )
        assert whole.properties.service_code == "waste_pile"
        assert some.properties.area_codes == ("15.71.07.1003", "15.71.07.1005")
        assert some.properties.group_code == "waste"
