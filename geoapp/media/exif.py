"""Where and when a photo was taken, as its camera noted it: read once, never kept with it."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from PIL import Image
from PIL.ExifTags import GPS, IFD, Base

_MOMENT = re.compile(r"(\d{4}):(\d\d):(\d\d)[ T](\d\d):(\d\d):(\d\d)")
_OFFSET = re.compile(r"[+-](?:0\d|1[0-4]):[0-5]\d|Z")
_EARLIEST = 1990


@dataclass(frozen=True, slots=True)
class Noted:
    """What a camera noted.

    *lon* and *lat* are WGS 84 degrees, both or neither. *taken_at* is ISO 8601; by the
    camera's own clock, without a zone, unless the camera noted one.
    """

    lon: float | None = None
    lat: float | None = None
    taken_at: str | None = None


def noted(image: Image.Image) -> Noted:
    """What is noted in *image*; nothing where it is absent, broken, or can't be true."""
    try:
        exif = image.getexif()
        place = exif.get_ifd(IFD.GPSInfo)
        details = exif.get_ifd(IFD.Exif)
    except Exception:  # noqa: BLE001 - written by whoever; a photo without notes is a photo
        return Noted()
    lat = _degrees(place.get(GPS.GPSLatitude), place.get(GPS.GPSLatitudeRef), "N", "S", 90)
    lon = _degrees(place.get(GPS.GPSLongitude), place.get(GPS.GPSLongitudeRef), "E", "W", 180)
    taken_at = _moment(
        details.get(Base.DateTimeOriginal) or exif.get(Base.DateTime),
        details.get(Base.OffsetTimeOriginal) or details.get(Base.OffsetTime),
    )
    # 0° 0′ is what a camera writes that knows no place.
    if lat is None or lon is None or (lat == 0 and lon == 0):
        return Noted(taken_at=taken_at)
    return Noted(round(lon, 7), round(lat, 7), taken_at)


def orientation(image: Image.Image) -> int:
    """Which way up *image* lies, 1 to 8 as Exif numbers them; 1 where that can't be read."""
    try:
        found = image.getexif().get(Base.Orientation, 1)
    except Exception:  # noqa: BLE001 - see `noted`
        return 1
    return found if isinstance(found, int) and 1 <= found <= 8 else 1


def _degrees(parts: Any, side: Any, plus: str, minus: str, most: int) -> float | None:
    """Degrees, minutes and seconds with the letter of their half of the world."""
    letter = _text(side).upper()
    if letter not in (plus, minus) or not isinstance(parts, tuple) or len(parts) != 3:
        return None
    try:
        degrees, minutes, seconds = (float(part) for part in parts)
    except (TypeError, ValueError, ZeroDivisionError, OverflowError):
        return None
    if not all(math.isfinite(part) and part >= 0 for part in (degrees, minutes, seconds)):
        return None
    if minutes > 60 or seconds > 60:
        return None
    value = degrees + minutes / 60 + seconds / 3600
    if value > most:
        return None
    return value if letter == plus else -value


def _moment(noted_as: Any, offset: Any) -> str | None:
    found = _MOMENT.match(_text(noted_as))
    if found is None:
        return None
    try:
        taken = datetime(*(int(part) for part in found.groups()))  # type: ignore[arg-type]  # noqa: DTZ001 - the camera's own clock
    except ValueError:
        return None
    if taken.year < _EARLIEST:
        return None
    zone = _text(offset)
    return taken.isoformat() + (zone.replace("Z", "+00:00") if _OFFSET.fullmatch(zone) else "")


def _text(value: Any) -> str:
    """What stands in a field of text, however it was written."""
    if isinstance(value, bytes):
        value = value.decode("ascii", "replace")
    return value.strip("\x00 \t\n") if isinstance(value, str) else ""
