"""Text formats: GeoJSON and the published ``wilayah_boundaries`` SQL."""

from __future__ import annotations

import json
from typing import Any

from geoapp.errors import BoundaryFileError
from geoapp.spatial.readers.raw import READ, RawFeature, RawFile
from geoapp.spatial.readers.wilayah_sql import looks_like_wilayah_sql, read_rows

_CONVERT = "Convert it: ogr2ogr -t_srs EPSG:4326 areas.geojson {name}"


def parse(content: bytes, name: str) -> RawFile:
    """The features in *content*; *name* is only for messages and remedies.

    Raises:
        BoundaryFileError: not UTF-8, not JSON, nested too deeply, not GeoJSON, or
            without any feature.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BoundaryFileError(
            f"{name} isn't UTF-8 text: byte 0x{content[error.start]:02x} at {error.start:,}.",
            f"GeoJSON and SQL must be UTF-8. These formats are read: {READ}.",
            "file",
        ) from error
    if not text.strip():
        raise BoundaryFileError(f"{name} is empty.", "Give a file with areas in it.", "file")
    if not text.lstrip().startswith(("{", "[")) and looks_like_wilayah_sql(text):
        return _from_sql(text, name)
    return _from_geojson(_loads(text, name), name)


def _from_sql(text: str, name: str) -> RawFile:
    features = [
        RawFeature(number, {"kode": row.code, "nama": row.name}, row.geometry)
        for number, row in enumerate(read_rows(text), start=1)
    ]
    if not features:
        raise BoundaryFileError(
            f"{name} has an INSERT into wilayah_boundaries, but no rows.",
            "Give a file with areas in it.",
            "file",
        )
    # The format is defined in degrees; that the [lat, lng] order was turned is no guess.
    return RawFile(features, "EPSG:4326", "wilayah_boundaries SQL")


def _loads(text: str, name: str) -> Any:
    try:
        return json.loads(text)
    except RecursionError as error:
        raise BoundaryFileError(
            f"{name} is nested too deeply to be GeoJSON.",
            "GeoJSON needs about ten levels; export the file anew.",
            "file",
        ) from error
    except ValueError as error:
        where = f" (line {error.lineno})" if isinstance(error, json.JSONDecodeError) else ""
        what = error.msg if isinstance(error, json.JSONDecodeError) else "a number without end"
        raise BoundaryFileError(
            _unreadable(text, name, f"{what}{where}"),
            f"These formats are read: {READ}.",
            "file",
        ) from error


def _unreadable(text: str, name: str, what: str) -> str:
    """What *text* is, in words: JSON with a fault in it, or nothing that is read."""
    if text.lstrip().startswith(("{", "[")):
        return f"{name} is broken JSON: {what}."
    return f"{name} holds no map: it begins with {text.lstrip()[:30]!r}."


def _from_geojson(document: Any, name: str) -> RawFile:
    if not isinstance(document, dict):
        raise BoundaryFileError(
            f"{name} is JSON, but a {type(document).__name__} and not a FeatureCollection.",
            "Give a GeoJSON FeatureCollection.",
            "file",
        )
    kind = document.get("type")
    if kind == "Feature":
        found: Any = [document]
    elif kind == "FeatureCollection":
        found = document.get("features")
    else:
        raise BoundaryFileError(
            f"{name} is {_what_else(document)}, not a FeatureCollection.",
            "Areas need a code, so give a GeoJSON FeatureCollection with properties. "
            + _CONVERT.format(name=name),
            "file",
        )
    if not isinstance(found, list) or not found:
        raise BoundaryFileError(
            f"{name} is a FeatureCollection without features.",
            "Give a file with areas in it; an export filter may have let nothing through.",
            "file",
        )
    features = []
    for number, item in enumerate(found, start=1):
        if not isinstance(item, dict):
            raise BoundaryFileError(
                f"Feature {number} of {name} is a {type(item).__name__}, not an object.",
                "Export the file anew as GeoJSON.",
                "file",
            )
        properties = item.get("properties")
        features.append(
            RawFeature(
                number, properties if isinstance(properties, dict) else {}, item.get("geometry")
            )
        )
    return RawFile(features, _declared_crs(document.get("crs"), name), "GeoJSON")


def _what_else(document: dict[str, Any]) -> str:
    if document.get("type") == "Topology":
        return "TopoJSON"
    if "features" in document and "geometryType" in document:
        return "Esri JSON"
    if "type" in document:
        return f"of type {str(document['type'])[:40]!r}"
    return "JSON without a type"


def _declared_crs(member: Any, name: str) -> str | None:
    """The name in the old-style "crs" member: ``{"type":"name","properties":{"name":…}}``."""
    if member is None:
        return None
    properties = member.get("properties") if isinstance(member, dict) else None
    if isinstance(properties, dict):
        if isinstance(properties.get("name"), str):
            return str(properties["name"])
        # {"type": "EPSG", "properties": {"code": 32748}}: GeoJSON of before 2008.
        if isinstance(properties.get("code"), int):
            return f"EPSG:{properties['code']}"
    raise BoundaryFileError(
        f'The "crs" member of {name} can\'t be understood: {json.dumps(member)[:120]}.',
        "Remove it and give --crs, for instance --crs EPSG:32748.",
        "crs",
    )
