"""Reads KML without its dangers: no DTD, no entity, no link is followed.

Every Placemark is a feature, in whichever Folder it lies. Its attributes are those of its
ExtendedData (typed or not), its ``Name``, and the ``Folder`` it is in.
"""

from __future__ import annotations

import io
import re
from typing import Any
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import iterparse

from geoapp.errors import BoundaryFileError
from geoapp.spatial.options import ReadOptions
from geoapp.spatial.readers.raw import RawFeature, RawFile

_MAX_NESTING = 8
_MAX_DEPTH = 200
_GEOMETRIES = ("Polygon", "MultiGeometry", "LineString", "LinearRing", "Point")
_BLANK_COMMA = re.compile(r"\s*,\s*")


def parse(content: bytes, name: str, options: ReadOptions) -> RawFile:
    """The Placemarks in *content*; *name* is for messages.

    Raises:
        BoundaryFileError: not KML, not well-formed, with a DTD or entities, or more
            vertices than may be read.
    """
    # Every position has a comma, so this bounds the vertices before they exist.
    if content.count(b",") > 3 * options.max_vertices:
        raise BoundaryFileError(
            f"{name} has more than {options.max_vertices:,} positions.",
            "Cut it to the city, or simplify it: ogr2ogr -spat … -simplify …",
            "file",
        )
    reader = _Placemarks(name)
    try:
        for event, element in iterparse(
            io.BytesIO(content), events=("start", "end"), forbid_dtd=True
        ):
            reader.take(event, element)
    except DefusedXmlException as error:
        raise BoundaryFileError(
            f"{name} declares a document type or entities, which KML has no use for "
            f"({type(error).__name__}).",
            "Remove the <!DOCTYPE …> and save the file again.",
            "file",
        ) from error
    except (ParseError, ValueError, LookupError) as error:
        raise BoundaryFileError(
            f"{name} isn't well-formed XML: {str(error)[:120]}.",
            "Save it again as KML, or download it again.",
            "file",
        ) from error
    if not reader.features:
        raise BoundaryFileError(
            f"{name} is KML without a Placemark.", "Give a file with areas in it.", "file"
        )
    features, notes = _without_labels(reader.features)
    # KML knows no other: longitude and latitude on WGS 84.
    return RawFile(features, "EPSG:4326", "KML", notes, named_by="Name")


class _Placemarks:
    """Takes the parser's events and keeps what the Placemarks say, nothing of the rest."""

    def __init__(self, name: str) -> None:
        self.features: list[RawFeature] = []
        self._name = name
        self._open: list[str] = []
        self._folders: list[str | None] = []

    def take(self, event: str, element: Element) -> None:
        tag = _local(element)
        if event == "start":
            if not self._open and tag != "kml":
                raise BoundaryFileError(
                    f"{self._name} is XML, but of <{tag[:40]}> and not KML.",
                    f"Convert it: ogr2ogr -t_srs EPSG:4326 areas.geojson {self._name}",
                    "file",
                )
            if len(self._open) >= _MAX_DEPTH:
                raise BoundaryFileError(
                    f"{self._name} is nested too deeply to be KML.",
                    "Save it again as KML.",
                    "file",
                )
            self._open.append(tag)
            if tag == "Folder":
                self._folders.append(None)
            return
        self._open.pop()
        if tag == "Folder":
            self._folders.pop()
        elif tag == "name" and self._open[-1:] == ["Folder"]:
            self._folders[-1] = element.text
        if tag == "Placemark":
            self._placemark(element)
        if "Placemark" not in self._open:
            element.clear()

    def _placemark(self, element: Element) -> None:
        number = len(self.features) + 1
        properties = _extended(element)
        taken = {key.casefold() for key in properties}
        folder = next((f for f in reversed(self._folders) if f), None)
        for key, value in (("Name", _text(element, "name")), ("Folder", folder)):
            if value is not None and key.casefold() not in taken:
                properties[key] = value
        who = f"Placemark {number} of {self._name}"
        geometries = [child for child in element if _local(child) in _GEOMETRIES]
        geometry = _geometry(geometries[0], who, 0) if geometries else None
        self.features.append(RawFeature(number, properties, geometry))


def _extended(placemark: Element) -> dict[str, Any]:
    """The attributes in ``ExtendedData``: ``Data`` with a value, and ``SimpleData``."""
    found: dict[str, Any] = {}
    for data in placemark.iter():
        tag, key = _local(data), data.get("name")
        if key and tag == "Data":
            found[key] = _text(data, "value")
        elif key and tag == "SimpleData":
            found[key] = data.text
    return found


def _geometry(element: Element, who: str, level: int) -> dict[str, Any] | None:
    tag = _local(element)
    if tag == "MultiGeometry":
        if level >= _MAX_NESTING:
            raise BoundaryFileError(
                f"{who} nests MultiGeometry more than {_MAX_NESTING} deep.",
                "Save it again as KML.",
                "geometry",
            )
        members = [_geometry(c, who, level + 1) for c in element if _local(c) in _GEOMETRIES]
        return {"type": "GeometryCollection", "geometries": [m for m in members if m]}
    if tag == "Polygon":
        outer = [_ring(c, who) for c in element if _local(c) == "outerBoundaryIs"]
        inner = [_ring(c, who) for c in element if _local(c) == "innerBoundaryIs"]
        return {"type": "Polygon", "coordinates": outer[:1] + inner} if outer else None
    positions = _positions(_text(element, "coordinates"), who)
    if tag == "Point":
        return {"type": "Point", "coordinates": positions[0] if positions else []}
    return {"type": "LineString", "coordinates": positions}


def _ring(boundary: Element, who: str) -> list[list[float]]:
    for ring in boundary:
        if _local(ring) == "LinearRing":
            return _positions(_text(ring, "coordinates"), who)
    return []


def _positions(text: str | None, who: str) -> list[list[float]]:
    """``lon,lat[,height]`` tuples apart by white space; blanks after commas are forgiven."""
    tuples = _BLANK_COMMA.sub(",", text or "").split()
    try:
        positions = [[float(number) for number in part.split(",")] for part in tuples]
    except ValueError as error:
        raise BoundaryFileError(
            f"{who} has something other than numbers among its coordinates: {str(error)[:80]}.",
            "Coordinates are longitude,latitude pairs with blanks between them.",
            "geometry",
        ) from error
    if any(len(position) < 2 for position in positions):
        raise BoundaryFileError(
            f"{who} has a position without a latitude.",
            "Coordinates are longitude,latitude pairs with blanks between them.",
            "geometry",
        )
    return positions


def _without_labels(features: list[RawFeature]) -> tuple[list[RawFeature], tuple[str, ...]]:
    """Without Placemarks that are mere points, if others are more than that."""
    drawn = [f for f in features if f.geometry is None or f.geometry["type"] != "Point"]
    labels = len(features) - len(drawn)
    if not labels or not drawn:
        return features, ()
    return drawn, (f"left out {labels} Placemarks that are points beside the drawn ones",)


def _local(element: Element) -> str:
    """The tag without its namespace, of which KML has had several."""
    return str(element.tag).rpartition("}")[2]


def _text(element: Element, tag: str) -> str | None:
    return next((child.text for child in element if _local(child) == tag), None)
