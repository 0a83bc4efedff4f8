"""Boundary files in every format and schema, written with geopandas in a test's folder."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import geopandas
import shapely

from tests.spatial.boundary_files import degrees, ring

CITY = "15.71"
ENVELOPE = (104.98, -0.03, 105.05, 0.01)

PLACES = (
    ("15.71.07.1003", "1571010003", "Kenali Asam Atas", "15.71.07", "Kota Baru"),
    ("15.71.07.1005", "1571010005", "Simpang Ⅲ Sipin", "15.71.07", "Kota Baru"),
    ("15.71.11.1001", "1571011001", "Aur Kenali", "15.71.11", "Alam Barajo"),
)
"""Kemendagri's code, BPS's, the name, and the kecamatan's code and name."""

SHAPES = tuple(
    # Degrees that every format keeps: a KML has fifteen digits.
    shapely.set_precision(shapely.Polygon(degrees(ring(1_000.0 * n, -1_000))), 1e-9)
    for n in range(len(PLACES))
)


def _kemendagri(place: tuple[str, ...]) -> dict[str, Any]:
    code, _, name, parent, parent_name = place
    return {
        "KODE_DESA": code.replace(".", ""),
        "DESA_KELUR": name,
        "KODE_KEC": parent.replace(".", ""),
        "KECAMATAN": parent_name,
        "PROVINSI": "JAMBI",
    }


def _big(place: tuple[str, ...]) -> dict[str, Any]:
    code, bps, name, parent, parent_name = place
    return {
        "NAMOBJ": name,
        "KDEBPS": bps,
        "KDEPUM": code,
        "KDCPUM": parent,
        "KDPPUM": "15",
        "WADMKC": parent_name,
        "WADMKD": name,
        "LUASWH": 1.25,
    }


SCHEMAS: dict[str, Callable[[tuple[str, ...]], dict[str, Any]]] = {
    "geoapp": lambda p: {"code": p[0], "name": p[2], "parent_code": p[3], "parent_name": p[4]},
    "big": _big,
    "big-undotted": lambda p: {
        **_big(p), "KDEPUM": p[0].replace(".", ""), "KDCPUM": p[3].replace(".", ""),
    },
    "big-bps": lambda p: {"NAMOBJ": p[2], "KDEBPS": p[1], "WADMKC": p[4]},
    "kemendagri": _kemendagri,
    "bps": lambda p: {"iddesa": p[1], "nmdesa": p[2], "idkec": p[1][:7], "nmkec": p[4]},
    "gadm": lambda p: {
        "GID_4": f"IDN.8.5.{p[0][-1]}_1", "NAME_4": p[2], "GID_3": "IDN.8.5_1", "NAME_3": p[4],
        "TYPE_4": "Kelurahan", "CC_4": p[1],
    },
    "geoboundaries": lambda p: {
        "shapeName": p[2], "shapeID": f"53022829B{p[0][-1]}", "shapeGroup": "IDN", "shapeType": "ADM4",
    },
    "osm": lambda p: {"name": p[2], "ref": p[0], "admin_level": "7", "boundary": "administrative"},
}  # fmt: skip

BPS_CODES = frozenset({"big-bps", "bps"})


def expected(schema: str, n: int) -> tuple[str, str, str | None, str | None]:
    """Code, name, parent's code and name that area *n* must have, by the schema's own words."""
    code, bps, name, parent, parent_name = PLACES[n]
    if schema in BPS_CODES:
        return bps, name, bps[:7], parent_name
    if schema == "gadm":
        return f"IDN.8.5.{code[-1]}_1", name, "IDN.8.5_1", parent_name
    if schema == "geoboundaries":
        return f"53022829B{code[-1]}", name, None, None
    if schema == "osm":
        return code, name, parent, None
    return code, name, parent, parent_name


def frame(schema: str) -> geopandas.GeoDataFrame:
    rows = [SCHEMAS[schema](place) for place in PLACES]
    return geopandas.GeoDataFrame(rows, geometry=list(SHAPES), crs=4326)


def zipped(folder: Path, name: str, members: Mapping[str, bytes]) -> Path:
    """A zip file of *members* in *folder*."""
    path = folder / name
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for member, content in members.items():
            archive.writestr(member, content)
    return path


def shapefile(
    frame: geopandas.GeoDataFrame,
    folder: Path,
    *,
    encoding: str = "UTF-8",
    without: tuple[str, ...] = (),
    within: str = "",
) -> Path:
    """A zipped Shapefile of *frame*, some of its parts left out."""
    parts = folder / "parts"
    parts.mkdir()
    frame.to_file(parts / "kelurahan.shp", driver="ESRI Shapefile", encoding=encoding)
    members = {
        f"{within}{part.name}": part.read_bytes()
        for part in sorted(parts.iterdir())
        if part.suffix not in without
    }
    return zipped(folder, "kelurahan.zip", members)


def _file(driver: str, suffix: str) -> Callable[[geopandas.GeoDataFrame, Path], Path]:
    def write(frame: geopandas.GeoDataFrame, folder: Path) -> Path:
        path = folder / f"kelurahan{suffix}"
        frame.to_file(path, driver=driver)
        return path

    return write


def _kmz(frame: geopandas.GeoDataFrame, folder: Path) -> Path:
    content = _file("LIBKML", ".kml")(frame, folder).read_bytes()
    return zipped(folder, "kelurahan.kmz", {"doc.kml": content})


FORMATS: dict[str, Callable[[geopandas.GeoDataFrame, Path], Path]] = {
    "GeoJSON": _file("GeoJSON", ".geojson"),
    "GeoPackage": _file("GPKG", ".gpkg"),
    "FlatGeobuf": _file("FlatGeobuf", ".fgb"),
    "KML": _file("LIBKML", ".kml"),
    "KMZ": _kmz,
    "Shapefile": shapefile,
}
