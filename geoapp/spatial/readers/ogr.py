"""Formats that GDAL reads: GeoPackage, FlatGeobuf, Shapefile.

GDAL sees a copy in memory, or one in a folder made for it, so that nothing beside the file
has a say; and in the sandbox (`restrict`) only the drivers named here.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyogrio
import pyogrio.raw
import pyproj
import pyproj.exceptions

from geoapp.errors import BoundaryFileError
from geoapp.spatial.options import ReadOptions
from geoapp.spatial.readers.raw import RawFeature, RawFile

DRIVERS = frozenset({"GPKG", "FlatGeobuf", "ESRI Shapefile", "MEM"})

_CONFIG = {
    # A layer that is a view may not reach for other files or code.
    "OGR_SQLITE_ALLOW_EXTERNAL_ACCESS": False,
    "OGR_SQLITE_LOAD_EXTENSIONS": None,
    # No neighbours of the file are looked for, no metadata written beside it, no network.
    "GDAL_DISABLE_READDIR_ON_OPEN": "EMPTY_DIR",
    "GDAL_PAM_ENABLED": False,
    "CPL_VSIL_CURL_ALLOWED_EXTENSIONS": "{none}",
    "GDAL_HTTP_MAX_RETRY": 0,
    "PROJ_NETWORK": False,
    "GDAL_NUM_THREADS": 1,
    "GDAL_CACHEMAX": 32,
}


def restrict() -> None:
    """Take every other driver out of this process's GDAL, and switch its reach off.

    For the process that reads strangers' files and then ends.

    Raises:
        RuntimeError: this GDAL keeps a driver that it was told to leave out.
    """
    others = sorted(set(pyogrio.list_drivers()) - DRIVERS)
    pyogrio.set_gdal_config_options(_CONFIG | {"GDAL_SKIP": ",".join(others)})
    # The list is looked at when drivers are registered, which importing pyogrio did before.
    pyogrio._ogr._register_drivers()  # noqa: SLF001
    left = set(pyogrio.list_drivers()) - DRIVERS
    if left:
        raise RuntimeError(f"GDAL still has the drivers {', '.join(sorted(left))}")


def geopackage(content: bytes, name: str, options: ReadOptions) -> RawFile:
    """The table of a GeoPackage that is chosen, or its only one.

    Raises:
        BoundaryFileError: another SQLite file, broken, or several tables and none chosen.
    """
    # SQLite's header: the size of a page at byte 16 (1: 65,536), their number at byte 28.
    page = int.from_bytes(content[16:18], "big")
    whole = int.from_bytes(content[28:32], "big") * (65_536 if page == 1 else page)
    if len(content) < whole:
        raise BoundaryFileError(
            f"{name} is cut short: {len(content):,} of {whole:,} bytes.",
            "Export or download it again.",
            "file",
        )
    if b"gpkg_contents" not in content:
        raise BoundaryFileError(
            f"{name} is an SQLite file, but no GeoPackage: it has no table gpkg_contents.",
            "Export the layer of areas as GeoPackage or GeoJSON.",
            "file",
        )
    with _refusing(name, "GeoPackage"):
        found = pyogrio.list_layers(content)
    tables = [str(layer) for layer, kind in found if kind is not None]
    return _read(content, "GeoPackage", name, options, layer=_table(tables, name, options.table))


def flatgeobuf(content: bytes, name: str, options: ReadOptions) -> RawFile:
    """The features of a FlatGeobuf file.

    Raises:
        BoundaryFileError: it is broken.
    """
    return _read(content, "FlatGeobuf", name, options)


def shapefile(path: Path, encoding: str, name: str, options: ReadOptions) -> RawFile:
    """The features of a Shapefile, its text decoded with *encoding*.

    Raises:
        BoundaryFileError: it is broken.
    """
    # Without its .shx it can still be read from end to end.
    pyogrio.set_gdal_config_options({"SHAPE_RESTORE_SHX": True})
    return _read(path, "Shapefile", name, options, encoding=encoding)


def _table(tables: list[str], name: str, chosen: str | None) -> str:
    shown = ", ".join(repr(table)[:60] for table in tables[:20])
    if chosen is not None:
        for table in tables:
            if table.casefold() == chosen.casefold():
                return table
        raise BoundaryFileError(
            f"{name} has no table {chosen[:60]!r} with geometries; there are: {shown or 'none'}.",
            "Choose one of them with --table.",
            "table",
        )
    if len(tables) == 1:
        return tables[0]
    if not tables:
        raise BoundaryFileError(
            f"{name} has no table with geometries.", "Give a file with areas in it.", "file"
        )
    raise BoundaryFileError(
        f"{name} holds {len(tables)} tables: {shown}.", "Choose one with --table.", "table"
    )


def _read(
    source: bytes | Path, kind: str, name: str, options: ReadOptions, **arguments: Any
) -> RawFile:
    with _refusing(name, kind):
        meta, _, geometries, columns = pyogrio.raw.read(
            source,
            # One more than may be, to tell "as many" from "too many". A table may be a view
            # without end.
            max_features=options.max_features + 1,
            datetime_as_string=True,
            **arguments,
        )
    if geometries is None or len(geometries) == 0:
        raise BoundaryFileError(
            f"{name} is a {kind} without features.",
            "Give a file with areas in it; an export filter may have let nothing through.",
            "file",
        )
    # 16 bytes and more for each: this bounds the vertices before they are unpacked.
    vertices = sum(len(wkb) for wkb in geometries if wkb is not None) // 16
    if vertices > options.max_vertices:
        raise BoundaryFileError(
            f"{name} has some {vertices:,} vertices; at most {options.max_vertices:,} are read.",
            "Cut it to the city, or simplify it: ogr2ogr -spat … -simplify …",
            "file",
        )
    fields = [str(field) for field in meta["fields"]]
    values = [column.tolist() for column in columns]
    features = [
        RawFeature(
            n + 1,
            {
                field: column[n]
                for field, column in zip(fields, values, strict=True)
                if not isinstance(column[n], bytes)
            },
            None if wkb is None else bytes(wkb),
        )
        for n, wkb in enumerate(geometries)
    ]
    crs, notes = _crs(meta["crs"])
    return RawFile(features, crs, kind, notes)


def _crs(declared: str | None) -> tuple[str | None, tuple[str, ...]]:
    """The declared CRS, by its code where it has one; None where it says nothing."""
    if not declared:
        return None, ()
    try:
        crs = pyproj.CRS.from_user_input(declared)
    except pyproj.exceptions.CRSError:
        return None, ("its CRS can't be understood and was judged by its coordinates",)
    if crs.is_engineering:
        # What a GeoPackage writes for "undefined".
        return None, ("its CRS is undefined and was judged by its coordinates",)
    authority = crs.to_authority(min_confidence=70)
    if not authority:
        # A definition of its own may name grid files; only registered ones are followed.
        return None, ("its CRS isn't a registered one and was judged by its coordinates",)
    return ":".join(authority), ()


@contextmanager
def _refusing(name: str, kind: str) -> Iterator[None]:
    """What GDAL can't read, said as our error; what it mutters, unheard."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except (RuntimeError, LookupError, OSError, ValueError) as error:
        # pyogrio's own errors are RuntimeErrors; a file without layers ends in an IndexError.
        said = " ".join(str(error).split()).replace("/vsimem/", "")
        if "allocate" in said or "out of memory" in said.lower():
            raise MemoryError from error
        said = said.rpartition(".cpp, ")[2][:160]  # without where GDAL was built
        raise BoundaryFileError(
            f"{name} can't be read as {kind}: {said}",
            "It is cut short or broken: export or download it again.",
            "file",
        ) from error
