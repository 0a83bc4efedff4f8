"""Files that nobody should be able to hurt a server with, one function each.

Each writes its file into a folder and returns its path. What must be said of it stands in
``REFUSED``; what is read after all, with a word on it, in ``READ``.
"""

from __future__ import annotations

import gzip
import io
import json
import math
import sqlite3
import stat
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from tests.spatial.boundary_files import (
    collection,
    degrees,
    in_metres,
    polygon,
    ring,
    square,
    with_geometry,
)
from tests.spatial.written_files import FORMATS, frame, shapefile, zipped

Write = Callable[[Path], Path]

RING = degrees(ring(0, -1_000))
BOW_TIE = degrees([[0, 0], [1_000, 1_000], [1_000, 0], [0, 1_000], [0, 0]])
BOSTON = [[-71.1, 42.3], [-71.0, 42.3], [-71.0, 42.4], [-71.1, 42.4], [-71.1, 42.3]]
FOOT_M = 0.3048


def _text(content: Any, name: str = "areas.geojson") -> Write:
    def write(folder: Path) -> Path:
        path = folder / name
        data = content if isinstance(content, str | bytes) else json.dumps(content)
        path.write_bytes(data if isinstance(data, bytes) else data.encode())
        return path

    return write


def _one(geometry: Any, **members: Any) -> dict[str, Any]:
    return collection(square("b", 2_000), with_geometry(geometry, "bad"), **members)


def _boston(**members: Any) -> dict[str, Any]:
    return collection(with_geometry(polygon(BOSTON)), **members)


def _zip(**members: bytes) -> Write:
    return lambda folder: zipped(folder, "areas.zip", members)


def zip_bomb(folder: Path) -> Path:
    """A Shapefile whose .shp has 256 MB of nothing, in a quarter of one."""
    path = folder / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        with archive.open("a.shp", "w") as member:
            for _ in range(256):
                member.write(bytes(1024 * 1024))
        archive.writestr("a.dbf", b"")
    return path


def zip_of_a_million_entries(folder: Path) -> Path:
    """A directory of entries that alone would fill the memory."""
    path = folder / "many.zip"
    entry = b"PK\x01\x02" + bytes(42)
    path.write_bytes(b"PK\x03\x04" + bytes(26) + entry * 1_000_000)
    return path


def zip_with_link(folder: Path) -> Path:
    path = folder / "link.zip"
    link = zipfile.ZipInfo("kelurahan.shp")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(link, "/etc/passwd")
        archive.writestr("kelurahan.dbf", b"")
    return path


def zip_that_lies_of_its_size(folder: Path) -> Path:
    """The directory says ten bytes; there are a hundred million."""
    path = folder / "liar.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.shp", bytes(100_000_000))
        archive.writestr("a.dbf", b"")
    content = bytearray(path.read_bytes())
    at = content.index(b"PK\x01\x02")
    content[at + 24 : at + 28] = (10).to_bytes(4, "little")
    content[22:26] = (10).to_bytes(4, "little")
    path.write_bytes(content)
    return path


def truncated_geopackage(folder: Path) -> Path:
    path = FORMATS["GeoPackage"](frame("geoapp"), folder)
    path.write_bytes(path.read_bytes()[:40_000])
    return path


def geopackage_without_end(folder: Path) -> Path:
    """Its layer is a view that counts for ever."""
    path = FORMATS["GeoPackage"](frame("geoapp"), folder)
    with sqlite3.connect(path) as database:
        database.execute("ALTER TABLE kelurahan RENAME TO real")
        database.execute(
            "CREATE VIEW kelurahan AS WITH RECURSIVE n(fid) AS "
            "(SELECT 1 UNION ALL SELECT fid + 1 FROM n) "
            "SELECT n.fid AS fid, real.geom AS geom, real.code AS code FROM n, real"
        )
    return path


def another_sqlite(folder: Path) -> Path:
    path = folder / "places.gpkg"
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE moz_places (id INTEGER, url TEXT)")
    return path


def nan_in_a_geopackage(folder: Path) -> Path:
    broken = frame("geoapp")
    xy = shapely.get_coordinates(broken.geometry.iloc[1])
    xy[2] = math.nan, math.nan
    broken.loc[1, "geometry"] = shapely.Polygon(xy)
    path = folder / "nan.gpkg"
    broken.to_file(path, driver="GPKG", SPATIAL_INDEX="NO")
    return path


def shapefile_of_points(folder: Path) -> Path:
    points = frame("geoapp")
    points["geometry"] = points.geometry.centroid
    return shapefile(points, folder)


def broken_flatgeobuf(folder: Path) -> Path:
    path = FORMATS["FlatGeobuf"](frame("geoapp"), folder)
    content = bytearray(path.read_bytes())
    content[200:-10] = bytes(byte ^ 0xFF for byte in content[200:-10])
    path.write_bytes(content)
    return path


def gzipped(folder: Path) -> Path:
    path = folder / "areas.geojson.gz"
    path.write_bytes(gzip.compress(json.dumps(collection(square("a", 0))).encode()))
    return path


def many_vertices(folder: Path) -> Path:
    """Ten million positions in sixty megabytes of GeoJSON."""
    path = folder / "many.geojson"
    start = '{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"code":"a"},'
    with path.open("wb") as file:
        file.write(start.encode() + b'"geometry":{"type":"Polygon","coordinates":[[')
        for _ in range(10):
            file.write(b"[1,0]," * 1_000_000)
        file.write(b"[1,0]]]}}]}")
    return path


def many_vertices_geopackage(folder: Path) -> Path:
    """Ten million positions in a GeoPackage of 160 megabytes."""
    angle = np.linspace(0, 2 * math.pi, 10_000_000, endpoint=False)
    xy = np.column_stack([105 + 0.01 * np.cos(angle), -0.01 + 0.01 * np.sin(angle)])
    big = frame("geoapp").iloc[:1].copy()
    big["geometry"] = [shapely.Polygon(xy)]
    path = folder / "many.gpkg"
    big.to_file(path, driver="GPKG", SPATIAL_INDEX="NO")
    return path


def many_vertices_zipped(folder: Path) -> Path:
    """Ten million positions in a zipped Shapefile of less than a megabyte."""
    header = bytes.fromhex("0000270a") + bytes(96)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        with archive.open("a.shp", "w") as member:
            member.write(header)
            for _ in range(160):
                member.write(bytes(1_000_000))
        archive.writestr("a.dbf", b"")
    path = folder / "many.zip"
    path.write_bytes(out.getvalue())
    return path


_LAUGHS = "".join(
    f'<!ENTITY l{n} "{"".join(f"&l{n - 1};" for _ in range(10))}">' for n in range(1, 10)
)
BILLION_LAUGHS = (
    f'<?xml version="1.0"?><!DOCTYPE kml [<!ENTITY l0 "ha">{_LAUGHS}]>'
    '<kml xmlns="http://www.opengis.net/kml/2.2"><Placemark><name>&l9;</name></Placemark></kml>'
)
EXTERNAL_ENTITY = (
    '<?xml version="1.0"?><!DOCTYPE kml [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    "<kml><Placemark><name>&x;</name></Placemark></kml>"
)
NESTED_KML = (
    "<kml><Placemark><name>a</name>"
    + "<MultiGeometry>" * 300
    + "</MultiGeometry>" * 300
    + "</Placemark></kml>"
)

REFUSED: dict[str, tuple[Write, str, str]] = {
    # what: the file, what must be said, the field that is at fault
    "zip bomb": (zip_bomb, "unpacks to more than 67 MB: a zip bomb", "file"),
    "10 million vertices in a small zip": (many_vertices_zipped, "zip bomb", "file"),
    "zip of a million entries": (zip_of_a_million_entries, "more than 1,000 files", "file"),
    "zip that lies of its size": (zip_that_lies_of_its_size, "is broken|zip bomb", "file"),
    "climbing path": (
        _zip(**{"../../etc/cron.d/a.shp": b"", "a.dbf": b""}),
        r"'../../etc/cron.d/a.shp', a path that leads out",
        "file",
    ),
    "absolute path": (_zip(**{"/etc/a.shp": b""}), "'/etc/a.shp', an absolute path", "file"),
    "drive letter": (_zip(**{"C:\\a.shp": b""}), "an absolute path", "file"),
    "link": (zip_with_link, "'kelurahan.shp', a symbolic link", "file"),
    "no .dbf": (_zip(**{"a.shp": b""}), "a.shp without its .dbf", "file"),
    "zip of other things": (_zip(**{"a.docx": b""}), r"without a .shp or .kml .* 'a.docx'", "file"),
    "bow-tie": (_text(_one(polygon(BOW_TIE))), "1 of 2 areas.* bad: Self-intersection", "geometry"),
    "feet": (
        _text(in_metres(500_000 / FOOT_M, 10_000_000 / FOOT_M)),
        "look like feet: x runs from 1640419",
        "crs",
    ),
    "NaN": (
        _text(_one(polygon([[math.nan, 0], *RING[1:]]))),
        r"Feature 2 \(bad\) has the position \[nan",
        "geometry",
    ),
    "Infinity": (
        _text(_one(polygon([[math.inf, 0], *RING[1:]]))),
        r"Feature 2 \(bad\) has the position \[inf",
        "geometry",
    ),
    "NaN in a GeoPackage": (
        nan_in_a_geopackage,
        r"Feature 2 \(15.71.07.1005\) has the position \[nan",
        "geometry",
    ),
    "no geometry": (_text(_one(None)), "bad: no geometry", "geometry"),
    "empty geometry": (_text(_one(polygon([]))), "bad: no geometry", "geometry"),
    "points": (shapefile_of_points, r"Feature 1 \(.*\) is Point; areas must be", "geometry"),
    "collection of lines": (
        _text(
            _one(
                {
                    "type": "GeometryCollection",
                    "geometries": [{"type": "LineString", "coordinates": RING}],
                }
            )
        ),
        r"Feature 2 \(bad\) is LineString",
        "geometry",
    ),
    "billion laughs": (_text(BILLION_LAUGHS, "a.kml"), "declares a document type", "file"),
    "external entity": (_text(EXTERNAL_ENTITY, "a.kml"), "declares a document type", "file"),
    "nested KML": (_text(NESTED_KML, "a.kml"), "nested too deeply", "file"),
    "KML cut short": (_text("<kml><Placemark>", "a.kml"), "isn't well-formed", "file"),
    "KML of words": (
        _text(
            "<kml><Placemark><name>Legok</name><Polygon><outerBoundaryIs><LinearRing><coordinates>"
            "105,0 west,0</coordinates></LinearRing></outerBoundaryIs></Polygon></Placemark></kml>",
            "a.kml",
        ),
        "Placemark 1 of a.kml has something other than numbers",
        "geometry",
    ),
    "crs that lies": (
        _text(_boston(crs={"type": "name", "properties": {"name": "EPSG:2154"}})),
        "declares EPSG:2154, but so its areas would lie",
        "crs",
    ),
    "crs nobody knows": (
        _text(_one(polygon(RING), crs={"type": "name", "properties": {"name": "EPSG:999999"}})),
        "'EPSG:999999' isn't known",
        "crs",
    ),
    "another continent": (
        _text(_boston()),
        "elsewhere than the city: x runs from -71.1",
        "crs",
    ),
    "another city": (_text(collection(square("12.71.01.1001", 0))), "begin with 12.71", "city"),
    "truncated GeoPackage": (truncated_geopackage, "is cut short: 40,000 of", "file"),
    "SQLite that is no GeoPackage": (another_sqlite, "no table gpkg_contents", "file"),
    "broken FlatGeobuf": (broken_flatgeobuf, "can't be read as FlatGeobuf|elsewhere", ""),
    "wrong extension": (_text("<html></html>", "areas.gpkg"), "XML, but of <html>", "file"),
    "binary noise": (_text(bytes(range(256)) * 40), "isn't UTF-8 text", "file"),
    "0 bytes": (_text(b""), "is empty", "file"),
    "gz": (gzipped, "is a gzip archive", "file"),
    "nested JSON": (_text("[" * 200_000), "nested too deeply", "file"),
}  # fmt: skip

TOO_MUCH: dict[str, tuple[Write, str, str]] = {
    "10 million vertices": (many_vertices, r"some 10,000,0\d\d positions", "file"),
    "10 million vertices in a GeoPackage": (
        many_vertices_geopackage,
        "some 10,000,0|more than 512 MB of memory",
        "file",
    ),
    "a table without end": (geopackage_without_end, "more than 100,000 features", "file"),
}
