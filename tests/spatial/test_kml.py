"""KML as Google Earth, QGIS and people write it."""

from __future__ import annotations

from pathlib import Path

import pytest
import shapely

from geoapp.domain.boundary import BoundaryFile, Layer
from geoapp.errors import BoundaryFileError
from geoapp.spatial.files import ReadOptions, read_boundaries
from tests.spatial.boundary_files import ENVELOPE, degrees, ring
from tests.spatial.written_files import zipped


def coordinates(x: float, side: float = 1_000.0, y: float = -1_000, *, apart: str = ",") -> str:
    return " ".join(f"{lon}{apart}{lat}{apart}0" for lon, lat in degrees(ring(x, y, side)))


def polygon(x: float, hole: str = "") -> str:
    outer = f"<LinearRing><coordinates>\n{coordinates(x)}\n</coordinates></LinearRing>"
    inner = f"<innerBoundaryIs><LinearRing><coordinates>{hole}</coordinates></LinearRing></innerBoundaryIs>"
    return f"<Polygon><outerBoundaryIs>{outer}</outerBoundaryIs>{inner if hole else ''}</Polygon>"


def placemark(name: str | None, geometry: str, data: str = "") -> str:
    named = f"<name>{name}</name>" if name else ""
    return f"<Placemark>{named}<ExtendedData>{data}</ExtendedData>{geometry}</Placemark>"


def document(*inner: str, namespace: str = "http://www.opengis.net/kml/2.2") -> str:
    return (
        f'<?xml version="1.0"?><kml xmlns="{namespace}"><Document>{"".join(inner)}</Document></kml>'
    )


def read(folder: Path, content: str, **options: str) -> BoundaryFile:
    path = folder / "areas.kml"
    path.write_text(content, encoding="utf-8")
    return read_boundaries(
        path,
        city_code="15.71",
        layer=Layer.KELURAHAN,
        metric_srid=32748,
        options=ReadOptions(envelope=ENVELOPE, **options),  # type: ignore[arg-type]
    )


@pytest.mark.parametrize(
    "namespace",
    ["http://www.opengis.net/kml/2.2", "http://earth.google.com/kml/2.1", "https://other.example"],
)
def test_names_alone_identify_where_nothing_else_does(tmp_path: Path, namespace: str) -> None:
    found = read(
        tmp_path,
        document(
            placemark("Legok", polygon(0)), placemark("Murni", polygon(1_000)), namespace=namespace
        ),
    )
    assert [(area.code, area.name) for area in found.areas] == [
        ("Legok", "Legok"),
        ("Murni", "Murni"),
    ]
    assert "no attribute holds a code; the name stands for it" in found.report.notes
    assert found.report.dropped_z == 2
    assert found.report.total_area_km2 == pytest.approx(2, rel=0.01)


def test_extended_data_typed_or_not_is_what_it_says(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        document(
            placemark(
                "label", polygon(0), '<Data name="KDEPUM"><value>15.71.01.1001</value></Data>'
            ),
            placemark(
                "label",
                polygon(1_000),
                '<SchemaData schemaUrl="#s"><SimpleData name="KDEPUM">15.71.01.1002</SimpleData>'
                '<SimpleData name="NAMOBJ">Murni &amp; Sipin</SimpleData></SchemaData>',
            ),
        ),
    )
    assert [(area.code, area.name) for area in found.areas] == [
        ("15.71.01.1001", "15.71.01.1001"),
        ("15.71.01.1002", "Murni & Sipin"),
    ]


def test_the_name_of_a_placemark_is_the_name_of_its_code(tmp_path: Path) -> None:
    data = '<Data name="KDEPUM"><value>15.71.01.1001</value></Data>'
    (area,) = read(tmp_path, document(placemark("Legok", polygon(0), data))).areas
    assert (area.code, area.name) == ("15.71.01.1001", "Legok")


def test_folders_can_be_the_kecamatan(tmp_path: Path) -> None:
    def folder(name: str, *inner: str) -> str:
        return f"<Folder><name>{name}</name>{''.join(inner)}</Folder>"

    found = read(
        tmp_path,
        document(
            folder(
                "Danau Sipin", placemark("Legok", polygon(0)), placemark("Murni", polygon(1_000))
            ),
            folder("Telanaipura", folder("Barat", placemark("Sipin", polygon(2_000)))),
        ),
        parent_name_field="Folder",
    )
    assert [area.parent_name for area in found.areas] == ["Danau Sipin", "Danau Sipin", "Barat"]


def test_labels_beside_the_areas_are_left_out_and_said(tmp_path: Path) -> None:
    point = "<Point><coordinates>105.001,-0.001</coordinates></Point>"
    found = read(tmp_path, document(placemark("Legok", polygon(0)), placemark("Legok", point)))
    assert [area.code for area in found.areas] == ["Legok"]
    assert any("left out 1 Placemarks" in note for note in found.report.notes)
    with pytest.raises(BoundaryFileError, match="is Point; areas must be polygons"):
        read(tmp_path, document(placemark("Legok", point)))


def test_holes_parts_and_blanks_after_commas(tmp_path: Path) -> None:
    # A hole of 200 m in the first part: 2 km² less 0.04.
    hole = coordinates(400, 200, -600, apart=", ")
    parts = f"<MultiGeometry>{polygon(0, hole)}{polygon(2_000)}</MultiGeometry>"
    (area,) = read(tmp_path, document(placemark("Legok", parts))).areas
    shape = shapely.from_wkb(area.geometry)
    assert shapely.get_num_geometries(shape) == 2
    assert len(shape.geoms[0].interiors) == 1
    whole = shapely.Polygon(degrees(ring(0, -1_000))).area
    assert shape.area == pytest.approx(1.96 * whole, rel=1e-6)


def test_an_area_without_geometry_is_named(tmp_path: Path) -> None:
    content = document(placemark("Legok", polygon(0)), placemark("Murni", ""))
    with pytest.raises(BoundaryFileError, match="Murni: no geometry"):
        read(tmp_path, content)


def test_a_kmz_is_the_kml_in_it(tmp_path: Path) -> None:
    content = document(placemark("Legok", polygon(0))).encode()
    other = document(placemark("Other", polygon(0))).encode()
    path = zipped(tmp_path, "a.kmz", {"files/other.kml": other, "doc.kml": content, "i.png": b"x"})
    found = read_boundaries(
        path,
        city_code="15.71",
        layer=Layer.KELURAHAN,
        metric_srid=32748,
        options=ReadOptions(envelope=ENVELOPE),
    )
    assert [area.code for area in found.areas] == ["Legok"]
