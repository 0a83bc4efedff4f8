"""What every reader gives: the features of a file as found, not yet believed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

READ = "GeoJSON, GeoPackage, zipped Shapefile, KML, KMZ, FlatGeobuf and wilayah_boundaries SQL"
"""The formats that are read, as messages name them."""


@dataclass(frozen=True, slots=True)
class RawFeature:
    """One feature as found: *number* counts from 1.

    *geometry* is what the file had there: whatever JSON held, or WKB as bytes; None
    when it has none.
    """

    number: int
    properties: dict[str, Any]
    geometry: Any


@dataclass(frozen=True, slots=True)
class RawFile:
    """The features of a file and what it declares about its CRS.

    Attributes:
        crs: The declared name, such as ``urn:ogc:def:crs:EPSG::32748``; None when the
            file is silent.
        format: Such as ``GeoJSON`` or ``GeoPackage``.
        notes: What was decided on the way, such as the encoding of a .dbf.
        named_by: The attribute that tells features apart where no schema fits, such as the
            Name of a Placemark.
    """

    features: list[RawFeature]
    crs: str | None
    format: str
    notes: tuple[str, ...] = ()
    named_by: str | None = None
