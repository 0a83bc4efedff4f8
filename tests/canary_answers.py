"""An answer of any sort as text that can be searched, and the points of a vector tile."""

from __future__ import annotations

import gzip
import html
import io
import json
import math
import re
import zipfile
from collections.abc import Iterator
from email import message_from_bytes, policy
from typing import Any
from urllib.parse import unquote

import mapbox_vector_tile

from tests.canary_marks import Mark, Marks, Place

_TILE = re.compile(r"/(\d+)/(\d+)/(\d+)\.mvt")
_EXTENT = 4096
_EQUATOR_M = 40_075_016.7
_NEAR_M = 1.2


def found_in(marks: Marks, address: str, kind: str, headers: str, body: bytes) -> set[Mark | Place]:
    """What of *marks* an answer holds: in its headers, its body, and whatever is packed in it."""
    if kind.startswith("application/vnd.mapbox-vector-tile"):
        tile = mapbox_vector_tile.decode(body) if body else {}
        text = json.dumps(tile, default=str)
        found = marks.found(body, f"{headers}\n{text}")
        return found | set(_places_in_tile(marks, address, tile))
    return marks.found(body, f"{headers}\n{readable(kind, body)}")


def readable(kind: str, body: bytes) -> str:
    """The words of a body: as they stand, and once more without HTML's or JSON's escapes."""
    if body[:2] == b"\x1f\x8b":
        body = gzip.decompress(body)
    if body[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(io.BytesIO(body)) as packed:
            return "\n".join(
                [*packed.namelist(), *(readable("", packed.read(n)) for n in packed.namelist())]
            )
    if body[:5] == b"%PDF-":
        return pdf_text(body)
    if kind.startswith("image/"):
        return body.decode("latin-1")
    text = body.decode("utf-8", "replace")
    return f"{text}\n{html.unescape(text)}" if "&" in text else text


def pdf_text(body: bytes) -> str:
    """Every word of a PDF document, and what it says of itself."""
    import pypdf

    reader = pypdf.PdfReader(io.BytesIO(body))
    pages = "\n".join(page.extract_text() for page in reader.pages)
    # a word may be broken where a line or a glyph ends
    unbroken = re.sub(r"[\s\u00ad-]+", "", pages)
    return f"{reader.metadata}\n{pages}\n{unbroken}"


def mail_text(content: bytes) -> str:
    """A mail's headers and words, decoded, and as it travelled."""
    message = message_from_bytes(content, policy=policy.default)
    parts = [f"{name}: {value}" for name, value in message.items()]
    parts += [
        part.get_content() for part in message.walk() if part.get_content_maintype() == "text"
    ]
    return unquote("\n".join([*parts, content.decode("utf-8", "replace")]))


def _places_in_tile(marks: Marks, address: str, tile: dict[str, Any]) -> Iterator[Place]:
    """Exact positions a tile's points stand on, where its grid is fine enough to tell."""
    found = _TILE.search(address)
    if found is None:
        return
    z, x, y = map(int, found.groups())
    grid_m = _EQUATOR_M / 2**z / _EXTENT
    if grid_m > 2 * _NEAR_M:
        return
    points = [
        feature["geometry"]["coordinates"]
        for layer in tile.values()
        for feature in layer["features"]
        if feature["geometry"]["type"] == "Point"
    ]
    for place in marks.places:
        # in the tile's own units, upwards from its lower edge as the decoder gives them
        across = (place.lon + 180) / 360 * 2**z
        latitude = math.radians(place.lat)
        down = (1 - math.asinh(math.tan(latitude)) / math.pi) / 2 * 2**z
        at_x, at_y = (across - x) * _EXTENT, (y + 1 - down) * _EXTENT
        if place in marks.beside_public:
            continue
        reach = max(0.75, _NEAR_M / grid_m)
        if any(math.hypot(px - at_x, py - at_y) <= reach for px, py in points):
            yield place
