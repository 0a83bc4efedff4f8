"""A boundary file's content → raw features; the content, not the name, tells the format."""

from __future__ import annotations

from pathlib import PurePath

from geoapp.errors import BoundaryFileError
from geoapp.spatial.options import ReadOptions
from geoapp.spatial.readers import archive, geojson, kml, shapefile
from geoapp.spatial.readers.raw import READ, RawFile

_CONVERT = "Convert it: ogr2ogr -t_srs EPSG:4326 areas.geojson {name}"

# First bytes of formats that people try, what to call them, and what to do.
_OTHER_FORMATS = (
    (b"\x00\x00\x27\x0a", "a part of a Shapefile", "Zip its .shp, .shx, .dbf and .prj together."),
    (b"\x1f\x8b", "a gzip archive", "Unpack it (gunzip) and give the file in it."),
    (b"Rar!", "a RAR archive", "Unpack it; a Shapefile is given as a .zip."),
    (b"7z\xbc\xaf", "a 7-Zip archive", "Unpack it; a Shapefile is given as a .zip."),
    (b"BZh", "a bzip2 archive", "Unpack it and give the file in it."),
    (b"%PDF", "a PDF", "Ask its publisher for the data: " + READ + "."),
)

# What a name ending leads one to expect.
_ENDINGS = {
    ".geojson": "GeoJSON",
    ".json": "GeoJSON",
    ".gpkg": "GeoPackage",
    ".kml": "KML",
    ".kmz": "KMZ",
    ".fgb": "FlatGeobuf",
    ".zip": "Shapefile",
    ".sql": "wilayah_boundaries SQL",
}


def parse(content: bytes, name: str, options: ReadOptions) -> RawFile:
    """The features in *content*.

    Args:
        name: The file's name, for messages and remedies.
        options: *table*, and the limits on what is unpacked and counted.

    Raises:
        BoundaryFileError: another format, one that is broken, too much of it, or
            nothing in it.
    """
    raw = _parse(content, name, options)
    if len(raw.features) > options.max_features:
        raise BoundaryFileError(
            f"{name} has more than {options.max_features:,} features.",
            "Cut it to the city: ogr2ogr -spat …",
            "file",
        )
    expected = _ENDINGS.get(PurePath(name).suffix.lower())
    if expected is not None and expected != raw.format:
        note = f"named as {expected}, but its content is {raw.format}"
        raw = RawFile(raw.features, raw.crs, raw.format, (*raw.notes, note), raw.named_by)
    return raw


def _parse(content: bytes, name: str, options: ReadOptions) -> RawFile:
    for start, what, remedy in _OTHER_FORMATS:
        if content.startswith(start):
            raise BoundaryFileError(f"{name} is {what}, which isn't read.", remedy, "file")
    if content.startswith(b"PK\x03\x04"):
        return _zipped(content, name, options)
    if content.startswith(b"SQLite format 3\x00"):
        # GDAL takes half a second to load; GeoJSON does without.
        from geoapp.spatial.readers import ogr  # noqa: PLC0415

        return ogr.geopackage(content, name, options)
    if content.startswith(b"fgb"):
        from geoapp.spatial.readers import ogr  # noqa: PLC0415

        return ogr.flatgeobuf(content, name, options)
    if content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        return kml.parse(content, name, options)
    return geojson.parse(content, name)


def _zipped(content: bytes, name: str, options: ReadOptions) -> RawFile:
    names = archive.names(content, name)
    if any(member.lower().endswith(".shp") for member in names):
        return shapefile.parse(content, names, name, options)
    documents = [member for member in names if member.lower().endswith(".kml")]
    if documents:
        first = next((d for d in documents if d.lower().endswith("doc.kml")), documents[0])
        (document,) = archive.unpack(content, [first], name, options.max_bytes)
        raw = kml.parse(document, name, options)
        return RawFile(raw.features, raw.crs, "KMZ", raw.notes, raw.named_by)
    shown = ", ".join(repr(member)[:60] for member in names[:10]) or "nothing"
    raise BoundaryFileError(
        f"{name} is a zip archive without a .shp or .kml in it; it holds {shown}.",
        "Give a zipped Shapefile or a KMZ; other formats are given unpacked.",
        "file",
    )
