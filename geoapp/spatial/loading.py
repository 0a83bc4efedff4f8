"""What files of areas and of lines have in common: bounded bytes in, degrees out."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import shapely

from geoapp.domain.boundary import Box, CrsFinding
from geoapp.errors import BoundaryFileError
from geoapp.spatial.crs import Expectation, Geometries, find_crs, to_degrees
from geoapp.spatial.options import ReadOptions

_SMALLER = "Cut it to the city, or simplify it: ogr2ogr -spat … -simplify …"


def load(path: Path, options: ReadOptions) -> bytes:
    """The file's bytes, once it is clear that they and what they become fit in memory.

    Raises:
        BoundaryFileError: it can't be read, or holds more than the options allow.
    """
    try:
        with path.open("rb") as file:
            content = file.read(options.max_bytes + 1)
    except OSError as error:
        raise BoundaryFileError(
            f"{path} can't be read: {error.strerror}.", "Check the path.", "file"
        ) from error
    if len(content) > options.max_bytes:
        raise BoundaryFileError(
            f"{path.name} is larger than {options.max_bytes / 1e6:,.0f} MB.", _SMALLER, "file"
        )
    if not content:
        raise BoundaryFileError(
            f"{path.name} is empty.", "Give a file with areas in it, or download it again.", "file"
        )
    # Every position opens a bracket, so this bounds the vertices before they exist. Formats
    # in which brackets are chance have one in 128 bytes; readers of those count vertices.
    brackets = content.count(b"[") + content.count(b"{")
    if brackets > options.max_vertices:
        raise BoundaryFileError(
            f"{path.name} has some {brackets:,} positions and objects; "
            f"at most {options.max_vertices:,} are read.",
            _SMALLER,
            "file",
        )
    return content


def astray(degrees: Geometries, envelope: Box | None) -> dict[int, str]:
    """Where those of *degrees* (EPSG:4326) lie that are far from the city, by their index.

    Far is wholly outside the *envelope* widened by its own size on every side; without an
    envelope nothing is. Empty geometries lie nowhere and aren't judged.
    """
    if envelope is None:
        return {}
    west, south, east, north = envelope
    dx, dy = east - west, north - south
    left, bottom, right, top = shapely.bounds(degrees).T
    far = (right < west - dx) | (left > east + dx) | (top < south - dy) | (bottom > north + dy)
    return {
        n: f"longitude {(left[n] + right[n]) / 2:.4f}, latitude {(bottom[n] + top[n]) / 2:.4f}"
        for n in np.flatnonzero(far).tolist()
    }


def in_degrees(
    geometries: Geometries, declared: str | None, metric_srid: int, options: ReadOptions
) -> tuple[Geometries, CrsFinding]:
    """*geometries*, of which one at least isn't empty, in EPSG:4326; and what they were in.

    Raises:
        BoundaryFileError: their CRS can't be told, or they lie elsewhere than the city.
    """
    finding = find_crs(
        shapely.get_coordinates(geometries),
        chosen=options.crs,
        declared=declared,
        expected=Expectation(metric_srid, options.envelope),
    )
    degrees = to_degrees(geometries, finding)
    lon, lat = shapely.get_coordinates(degrees).T
    # The CRS was judged on a sample, and a projection has no answer far from its zone.
    if not ((np.abs(lon) <= 180).all() and (np.abs(lat) <= 90).all()):
        raise BoundaryFileError(
            f"Read as {finding.name}, some positions aren't on earth.",
            "The file mixes CRSs or has broken positions; repair it, or give --crs.",
            "crs",
        )
    return degrees, finding
