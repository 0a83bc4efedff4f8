"""Photos for tests: drawn here, with notes written byte by byte as the standards say."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Sequence
from typing import Any

import pillow_heif
from PIL import Image, ImageDraw

pillow_heif.register_heif_opener()

Rational = tuple[int, int]


def scene(width: int = 640, height: int = 480) -> Image.Image:
    """A picture whose four quarters tell which way up it lies: red, green, blue, white."""
    image = Image.new("RGB", (width, height), "white")
    pen = ImageDraw.Draw(image)
    half = width // 2, height // 2
    pen.rectangle((0, 0, half[0] - 1, half[1] - 1), fill=(200, 30, 30))
    pen.rectangle((half[0], 0, width, half[1] - 1), fill=(30, 160, 30))
    pen.rectangle((0, half[1], half[0] - 1, height), fill=(30, 30, 200))
    return image


def noise(width: int, height: int) -> Image.Image:
    """A picture with as much detail as a photo of a street has."""
    small = Image.effect_noise((max(1, width // 4), max(1, height // 4)), 60)
    grain = small.resize((width, height))
    slope = Image.linear_gradient("L").resize((width, height))
    return Image.merge("RGB", (slope, grain, Image.blend(slope, grain, 0.5)))


def encoded(image: Image.Image, kind: str, **options: Any) -> bytes:
    """*image* as a file of *kind* (Pillow's name)."""
    output = io.BytesIO()
    image.save(output, kind, **options)
    return output.getvalue()


def all_four(image: Image.Image) -> dict[str, bytes]:
    """*image* in each of the kinds that are taken."""
    return {
        "jpeg": encoded(image, "JPEG", quality=85),
        "png": encoded(image, "PNG"),
        "webp": encoded(image, "WEBP", quality=80, method=0),
        "heic": encoded(image, "HEIF", quality=60),
    }


def exif(
    *,
    lat: Sequence[Rational] | None = None,
    lat_ref: bytes | None = b"S\0",
    lon: Sequence[Rational] | None = None,
    lon_ref: bytes | None = b"E\0",
    taken: bytes | None = None,
    offset: bytes | None = None,
    orientation: int | None = None,
    thumbnail: bytes | None = None,
    maker: bytes | None = None,
) -> bytes:
    """An Exif block (CIPA DC-008), big-endian, without the marker ``Exif\\0\\0``."""
    gps = []
    if lat is not None:
        gps += [(1, 2, 2, lat_ref)] if lat_ref else []
        gps += [(2, 5, len(lat), b"".join(struct.pack(">II", *part) for part in lat))]
    if lon is not None:
        gps += [(3, 2, 2, lon_ref)] if lon_ref else []
        gps += [(4, 5, len(lon), b"".join(struct.pack(">II", *part) for part in lon))]
    details = []
    if taken is not None:
        details.append((0x9003, 2, len(taken), taken))
    if offset is not None:
        details.append((0x9011, 2, len(offset), offset))
    if maker is not None:
        details.append((0x927C, 7, len(maker), maker))
    first: list[tuple[int, int, int, bytes]] = [(0x010F, 2, 12, b"KAMERA-UJI1\0")]
    if orientation is not None:
        first.append((0x0112, 3, 1, struct.pack(">HH", orientation, 0)))
    tables: list[tuple[int | None, list[Any]]] = [(None, first), (0x8769, details), (0x8825, gps)]
    return _tiff(tables, thumbnail)


def _tiff(tables: list[tuple[int | None, list[Any]]], thumbnail: bytes | None) -> bytes:
    tables = [(tag, entries) for tag, entries in tables if entries]
    first = list(tables[0][1]) + [(tag, 4, 1, b"????") for tag, _ in tables[1:]]
    sizes = [2 + 12 * len(first) + 4] + [2 + 12 * len(entries) + 4 for _, entries in tables[1:]]
    starts, at = [], 8
    for size in sizes:
        starts.append(at)
        at += size
    out, heap = b"MM\0\x2a" + struct.pack(">I", 8), b""
    heap_at = at + (2 + 24 + 4 if thumbnail else 0)

    def table(entries: list[Any], following: int) -> bytes:
        nonlocal heap
        made = struct.pack(">H", len(entries))
        for tag, kind, count, value in sorted(entries, key=lambda entry: entry[0]):
            if value == b"????":
                index = [t for t, _ in tables].index(tag)
                value = struct.pack(">I", starts[index])  # noqa: PLW2901
            if len(value) > 4:
                held = struct.pack(">I", heap_at + len(heap))
                heap += value + b"\0" * (len(value) % 2)
            else:
                held = value.ljust(4, b"\0")
            made += struct.pack(">HHI", tag, kind, count) + held
        return made + struct.pack(">I", following)

    body = table(first, at if thumbnail else 0)
    for _, entries in tables[1:]:
        body += table(entries, 0)
    if thumbnail:
        where = heap_at + len(heap)
        body += table([(0x0201, 4, 1, struct.pack(">I", where)),
                       (0x0202, 4, 1, struct.pack(">I", len(thumbnail)))], 0)  # fmt: skip
        heap += thumbnail
    return out + body + heap


def segment(marker: int, content: bytes) -> bytes:
    """A JPEG segment."""
    return struct.pack(">BBH", 0xFF, marker, len(content) + 2) + content


def with_segments(jpeg: bytes, *segments: bytes) -> bytes:
    """*jpeg* with more segments right behind its beginning."""
    return jpeg[:2] + b"".join(segments) + jpeg[2:]


def exif_segment(block: bytes) -> bytes:
    """APP1 with an Exif block."""
    return segment(0xE1, b"Exif\0\0" + block)


def png_chunk(name: bytes, content: bytes) -> bytes:
    """A PNG chunk with its checksum."""
    return (
        struct.pack(">I", len(content)) + name + content
        + struct.pack(">I", zlib.crc32(name + content))
    )  # fmt: skip


def png_bomb(width: int, height: int) -> bytes:
    """A small PNG that unpacks to width × height bytes of one colour."""
    packer = zlib.compressobj(9)
    row, packed = b"\0" * (1 + width), b""
    for _ in range(min(height, 4000)):
        packed += packer.compress(row)
    packed += packer.flush()
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", head) + png_chunk(b"IDAT", packed)
        + png_chunk(b"IEND", b"")
    )  # fmt: skip
