"""Photos as telephones take them, made for tests: with a position and a time in their EXIF."""

from __future__ import annotations

from datetime import datetime
from fractions import Fraction
from io import BytesIO
from random import Random

from PIL import ExifTags, Image

COLOUR = (178, 74, 32)
"""What `picture` is painted with in its middle."""


def picture(width: int = 640, height: int = 480, *, noise: bool = False) -> Image.Image:
    """A plain picture with a frame; *noise* makes a file that compresses to nothing less."""
    if noise:
        return Image.frombytes("RGB", (width, height), Random(5).randbytes(3 * width * height))
    image = Image.new("RGB", (width, height), (24, 60, 92))
    image.paste(COLOUR, (width // 4, height // 4, 3 * width // 4, 3 * height // 4))
    return image


def exif(
    lon: float | None = None, lat: float | None = None, taken: datetime | None = None
) -> bytes:
    """EXIF with a WGS 84 position and the moment *taken* with its offset."""
    told = Image.Exif()
    told[ExifTags.Base.Make] = "Ponsel Uji"
    if taken is not None:
        inner = told.get_ifd(ExifTags.IFD.Exif)
        inner[ExifTags.Base.DateTimeOriginal] = taken.strftime("%Y:%m:%d %H:%M:%S")
        inner[ExifTags.Base.OffsetTimeOriginal] = taken.strftime("%z")[:3] + ":00"
    if lon is not None and lat is not None:
        place = told.get_ifd(ExifTags.IFD.GPSInfo)
        place[ExifTags.GPS.GPSLatitudeRef] = "S" if lat < 0 else "N"
        place[ExifTags.GPS.GPSLatitude] = _degrees(lat)
        place[ExifTags.GPS.GPSLongitudeRef] = "W" if lon < 0 else "E"
        place[ExifTags.GPS.GPSLongitude] = _degrees(lon)
    return told.tobytes()


def jpeg(image: Image.Image, noted: bytes = b"", quality: int = 88) -> bytes:
    """*image* as a JPEG file."""
    file = BytesIO()
    image.save(file, "JPEG", exif=noted, quality=quality)
    return file.getvalue()


def heic(image: Image.Image, noted: bytes = b"") -> bytes:
    """*image* as a HEIC file, which no Chromium can show."""
    from pillow_heif import from_pillow

    file = BytesIO()
    from_pillow(image).save(file, quality=70, exif=noted or None)
    return file.getvalue()


def _degrees(value: float) -> tuple[Fraction, Fraction, Fraction]:
    """Degrees, minutes and seconds; to a hundred-thousandth of a second, 0.3 mm."""
    whole = abs(value)
    minutes = (whole - int(whole)) * 60
    seconds = round((minutes - int(minutes)) * 60 * 100_000)
    return Fraction(int(whole)), Fraction(int(minutes)), Fraction(seconds, 100_000)
