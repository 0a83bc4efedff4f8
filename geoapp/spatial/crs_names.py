"""Names of coordinate reference systems as files and people write them, and nothing else.

PROJ takes much more for a CRS: whole pipelines, WKT, names of grid files, addresses. A name
that a stranger's file brings is therefore never handed to it, only the authority and the
code that are found in the name.
"""

from __future__ import annotations

import re

import pyproj
import pyproj.exceptions

from geoapp.errors import BoundaryFileError

_LONGEST = 120
_AUTHORITY = r"(?P<authority>EPSG|ESRI|OGC|CRS|IGNF)"
_CODE = r"(?P<code>[A-Za-z0-9]{1,20})"
_FORMS = tuple(
    re.compile(form, re.ASCII | re.IGNORECASE)
    for form in (
        rf"{_AUTHORITY}:{{1,2}}{_CODE}",
        rf"urn:(?:x-)?ogc:def:crs:{_AUTHORITY}:[0-9.]*:?{_CODE}",
        rf"https?://(?:www\.)?opengis\.net/def/crs/{_AUTHORITY}/[0-9.]+/{_CODE}",
        rf"https?://(?:www\.)?opengis\.net/gml/srs/{_AUTHORITY}\.xml#{_CODE}",
        r"(?P<code>[0-9]{1,9})",
        r"(?P<code>CRS84)",
    )
)
_REMEDY = "Give --crs an EPSG code, for instance --crs EPSG:32748."


def authority_and_code(name: str) -> tuple[str, str] | None:
    """``urn:ogc:def:crs:EPSG::32748`` → ``("EPSG", "32748")``; None for anything else.

    Understood are ``AUTHORITY:CODE``, OGC's URNs and URLs of such, a number (EPSG's) and
    CRS84.
    """
    plain = name.strip()
    if len(plain) > _LONGEST:
        return None
    for form in _FORMS:
        if found := form.fullmatch(plain):
            parts = found.groupdict()
            code = parts["code"].upper()
            if code in ("CRS84", "84"):
                return "OGC", "CRS84"
            return (parts.get("authority") or "EPSG").upper(), code
    return None


def crs_of(name: str) -> pyproj.CRS:
    """The CRS called *name*, in two dimensions.

    Raises:
        BoundaryFileError: it isn't the name of a CRS that is geographic or projected.
    """
    named = authority_and_code(name)
    try:
        if named is None:
            raise pyproj.exceptions.CRSError(name)
        crs = pyproj.CRS.from_authority(*named).to_2d()
    except pyproj.exceptions.ProjError as error:
        raise BoundaryFileError(f"The CRS {name[:80]!r} isn't known.", _REMEDY, "crs") from error
    if not (crs.is_geographic or crs.is_projected):
        raise BoundaryFileError(
            f"The CRS {name[:80]!r} ({crs.name}) is neither geographic nor projected.",
            _REMEDY,
            "crs",
        )
    return crs
