"""Which CRS a file's coordinates are in, and the way to EPSG:4326 and to metres.

The caller's word comes first, then the file's, then the coordinates themselves; a file's
word is dropped when it would put the areas off the earth or away from the city.
Coordinates are x, y (longitude first) whatever a CRS's official axis order is: that is
how GeoJSON has always been written.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray

from geoapp.domain.boundary import Box, CrsFinding
from geoapp.errors import BoundaryFileError
from geoapp.spatial.crs_names import authority_and_code, crs_of

Geometries = NDArray[Any]
"""A one-dimensional array of shapely geometries."""

Coordinates = NDArray[np.float64]
"""Shape (n, 2): x, y."""

GUESSED_SHARE = 0.5
"""A guess in metres stands when this share of the vertices lands in the city's envelope."""

# Met in Indonesia beside the city's own metric CRS (SRGI2013 / UTM 48S, TM-3 zone 48.1),
# and what web maps export. SRGI2013 in degrees (EPSG:9470) needs no entry: its numbers
# are WGS 84's to within a metre.
_IN_METRES = (9488, 23833, 3857)

_FOOT_M = 0.3048
_SAMPLE = 20_000


@dataclass(frozen=True, slots=True)
class Expectation:
    """Where the areas should lie.

    Attributes:
        metric_srid: The city's metric CRS.
        envelope: The city's bounding box; without it nothing in metres can be guessed.
    """

    metric_srid: int
    envelope: Box | None = None

    def box(self) -> Box | None:
        """The envelope with a margin of a fifth, else the metric CRS's area of use."""
        if self.envelope is not None:
            west, south, east, north = self.envelope
            dx, dy = (east - west) / 5, (north - south) / 5
            return west - dx, south - dy, east + dx, north + dy
        use = pyproj.CRS.from_epsg(self.metric_srid).area_of_use
        return (use.west, use.south, use.east, use.north) if use is not None else None


def project(geometries: Geometries, source: object, target: object) -> Geometries:
    """*geometries* vertex by vertex from one CRS into another, x first in both."""
    move = _mover(pyproj.CRS.from_user_input(source), pyproj.CRS.from_user_input(target))
    moved: Geometries = shapely.transform(geometries, move)
    return moved


def to_degrees(geometries: Geometries, finding: CrsFinding) -> Geometries:
    """*geometries* in EPSG:4326, as *finding* says they must be read."""
    if finding.axes_swapped:
        geometries = shapely.transform(geometries, _turn)
    crs = crs_of(finding.name)
    return geometries if _is_wgs84(crs) else project(geometries, crs, 4326)


def find_crs(
    xy: Coordinates, *, chosen: str | None, declared: str | None, expected: Expectation
) -> CrsFinding:
    """What the coordinates *xy* of a file are in.

    Args:
        xy: Finite, shape (n, 2), n > 0; a sample of 20,000 is looked at.
        chosen: The caller's word; believed, only the axis order is looked at.
        declared: The file's word.
        expected: Where the areas should lie.

    Raises:
        BoundaryFileError: a CRS nobody knows, areas that lie elsewhere than the city,
            or coordinates that fit nothing.
    """
    xy = xy[:: max(1, len(xy) // _SAMPLE)]
    if chosen is not None:
        found = _reading(xy, chosen, "given by the caller", expected)
        if found is None:
            raise BoundaryFileError(
                f"Read as {chosen[:80]}, the areas lie {_where(xy, crs_of(chosen))}{_city(expected)}.",
                "Check --crs, and that the file is this city's.",
                "crs",
            )
        return found
    prefix = ""
    if declared is not None:
        found = _reading(xy, declared, "declared by the file", expected)
        if found is not None:
            return found
        prefix = (
            f"the file declares {declared[:80]}, but so its areas would lie "
            f"{_where(xy, crs_of(declared))}; "
        )
    found = _guess(xy, expected, prefix)
    if found is None:
        raise _not_guessable(xy, expected, prefix)
    return found


def _reading(xy: Coordinates, name: str, why: str, expected: Expectation) -> CrsFinding | None:
    """*name* as it stands, or with its axes swapped, if that puts the areas where expected."""
    crs = crs_of(name)
    if _share(_degrees(xy, crs), expected) > 0:
        return CrsFinding(_name(crs, name), False, why)
    if expected.box() is not None and _share(_degrees(xy[:, ::-1], crs), expected) > 0:
        return CrsFinding(_name(crs, name), True, f"{why}; {_SWAPPED}", axes_swapped=True)
    return None


_SWAPPED = "only with the axes swapped (latitude or northing first) do the areas meet the city"


def _guess(xy: Coordinates, expected: Expectation, prefix: str) -> CrsFinding | None:
    wgs84 = pyproj.CRS.from_epsg(4326)
    if _on_earth(xy) and _share(xy, expected) > 0:
        if prefix:
            return CrsFinding("EPSG:4326", True, prefix + "as degrees they meet the city")
        return CrsFinding(
            "EPSG:4326", False, "degrees, as GeoJSON without a crs member is WGS 84 (RFC 7946)"
        )
    if _share(_degrees(xy[:, ::-1], wgs84), expected) > 0:
        return CrsFinding("EPSG:4326", True, f"{prefix}degrees, but {_SWAPPED}", axes_swapped=True)
    if expected.envelope is None or _on_earth(xy):
        return None
    best = max(_in_metres(xy, expected), key=lambda found: found[0])
    share, crs, swapped = best
    if share < GUESSED_SHARE:
        return None
    name = _name(crs, str(crs.to_epsg()))
    return CrsFinding(
        name,
        True,
        f"{prefix}read as {name} ({crs.name}), {share:.0%} of the vertices lie in the "
        f"city's envelope{', with northing first' if swapped else ''}",
        axes_swapped=swapped,
    )


def _in_metres(xy: Coordinates, expected: Expectation) -> Iterator[tuple[float, pyproj.CRS, bool]]:
    for srid in dict.fromkeys((expected.metric_srid, *_IN_METRES)):
        crs = pyproj.CRS.from_epsg(srid)
        for swapped in (False, True):
            yield _share(_degrees(xy[:, ::-1] if swapped else xy, crs), expected), crs, swapped


def _not_guessable(xy: Coordinates, expected: Expectation, prefix: str) -> BoundaryFileError:
    (west, south), (east, north) = xy.min(axis=0), xy.max(axis=0)
    found = f"{prefix}x runs from {west:.10g} to {east:.10g}, y from {south:.10g} to {north:.10g}"
    remedy = "Give the CRS with --crs, for instance --crs EPSG:32748."
    if _on_earth(xy):
        return BoundaryFileError(
            f"The areas lie elsewhere than the city: {found}{_city(expected)}.",
            "Check that the file is this city's; if it isn't in degrees, give --crs.",
            "crs",
        )
    if expected.envelope is None:
        return BoundaryFileError(
            f"The coordinates aren't degrees: {found}; where the city lies isn't known, so "
            "their CRS can't be guessed.",
            remedy,
            "crs",
        )
    metric = pyproj.CRS.from_epsg(expected.metric_srid)
    if _share(_degrees(xy * _FOOT_M, metric), expected) >= GUESSED_SHARE:
        # The US survey foot and the international one differ by 2 ppm: metres at the size
        # of false eastings. The range can't tell them apart, so a person must.
        return BoundaryFileError(
            f"The coordinates look like feet: {found}; read as feet of {metric.name} they "
            "meet the city.",
            "Say which foot with --crs: the EPSG code of the CRS in feet, such as EPSG:2249.",
            "crs",
        )
    return BoundaryFileError(
        f"The CRS can't be guessed: {found}; neither degrees nor EPSG:{expected.metric_srid}, "
        f"{', '.join(f'EPSG:{srid}' for srid in _IN_METRES)} puts them in the city.",
        remedy,
        "crs",
    )


def _mover(source: pyproj.CRS, target: pyproj.CRS) -> Callable[[Coordinates], Coordinates]:
    transformer = pyproj.Transformer.from_crs(source, target, always_xy=True)

    def move(xy: Coordinates) -> Coordinates:
        return np.column_stack(transformer.transform(xy[:, 0], xy[:, 1]))

    return move


def _turn(xy: Coordinates) -> Coordinates:
    return xy[:, ::-1]


def _is_wgs84(crs: pyproj.CRS) -> bool:
    return crs.to_authority() in (("EPSG", "4326"), ("OGC", "CRS84"))


def _name(crs: pyproj.CRS, given: str) -> str:
    """``EPSG:32748``; for what loses its code with its third dimension, the one *given*."""
    authority = crs.to_authority() or authority_and_code(given) or ("EPSG", given)
    return "EPSG:4326" if _is_wgs84(crs) else ":".join(authority)


def _degrees(xy: Coordinates, crs: pyproj.CRS) -> Coordinates:
    """*xy* as degrees; infinite where the CRS has no such place."""
    if _is_wgs84(crs):
        return xy
    return _mover(crs, pyproj.CRS.from_epsg(4326))(xy)


def _on_earth(degrees: Coordinates) -> bool:
    return bool((np.abs(degrees[:, 0]) <= 180).all() and (np.abs(degrees[:, 1]) <= 90).all())


def _share(degrees: Coordinates, expected: Expectation) -> float:
    """Share of the positions where the city is expected; 0 if any is off the earth."""
    if not _on_earth(degrees):
        return 0.0
    box = expected.box()
    if box is None:
        return 1.0
    lon, lat = degrees[:, 0], degrees[:, 1]
    return float(((lon >= box[0]) & (lon <= box[2]) & (lat >= box[1]) & (lat <= box[3])).mean())


def _where(xy: Coordinates, crs: pyproj.CRS) -> str:
    lon, lat = np.median(_degrees(xy, crs), axis=0)
    if not (abs(lon) <= 180 and abs(lat) <= 90):
        return "off the earth"
    return f"around longitude {lon:.4f}, latitude {lat:.4f}"


def _city(expected: Expectation) -> str:
    box = expected.envelope or expected.box()
    if box is None:
        return ""
    return (
        f"; expected: longitude {box[0]:.4g} to {box[2]:.4g}, latitude {box[1]:.4g} to {box[3]:.4g}"
    )
