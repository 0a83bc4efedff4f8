"""What a file is by its bytes, and whether another file hides in it.

Names and declared types say nothing here. A file that is a photo and a program, an archive
or a page at once is refused, although nothing of it would be kept but what it looks like:
whoever made it meant something else. Only what isn't picture data is looked through; in
megabytes of noise any short mark turns up by chance.
"""

from __future__ import annotations

import io
import re
import struct
import zipfile
from collections.abc import Iterator
from enum import StrEnum


class Kind(StrEnum):
    """The kinds of photo that are taken, by Pillow's names."""

    JPEG = "JPEG"
    PNG = "PNG"
    WEBP = "WEBP"
    HEIC = "HEIF"


_PNG = b"\x89PNG\r\n\x1a\n"
_HEIC = {b"heic", b"heix", b"heim", b"heis"}
_NOT_HEIC = {b"avif", b"avis"}
_BRANDS_MOST = 64

# The next marker of a JPEG: neither a stuffed 0xff of the picture data nor a restart.
_JPEG_MARKER = re.compile(rb"\xff+([^\x00\xff\xd0-\xd7])")
_JPEG_ALONE = {0x01, *range(0xD0, 0xD9)}
_JPEG_SCAN = 0xDA
_JPEG_END = 0xD9
_PICTURE_CHUNKS = {b"IDAT", b"fdAT", b"VP8 ", b"VP8L", b"ALPH", b"ANMF", b"mdat", b"idat"}

_HEAD = 4096
_TAIL = 65_536

_FOREIGN = re.compile(
    rb"<\?php|<scrip[t][\s>]|<html[\s>]|<!doctype\s+html|<svg[\s>]|<iframe[\s>]|<body[\s>]"
    rb"|%PDF-|Rar!\x1a\x07|7z\xbc\xaf\x27\x1c",
    re.IGNORECASE,
)


def kind_of(data: bytes) -> Kind | None:
    """What *data* begins as; None for anything that isn't taken."""
    if data.startswith(b"\xff\xd8\xff"):
        return Kind.JPEG
    if data.startswith(_PNG):
        return Kind.PNG
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return Kind.WEBP
    if data[4:8] == b"ftyp":
        length = min(struct.unpack(">I", data[:4])[0], 16 + 4 * _BRANDS_MOST)
        brands = {data[8:12], *(data[at : at + 4] for at in range(16, length - 3, 4))}
        if brands & _HEIC and data[8:12] not in _NOT_HEIC:
            return Kind.HEIC
    return None


def hides_another(kind: Kind, data: bytes) -> bool:
    """Whether a photo of *kind* also is an archive, a page, a document or a program."""
    if _ends_as_zip(data):
        return True
    walk = {
        Kind.JPEG: _beside_jpeg,
        Kind.PNG: _beside_png,
        Kind.WEBP: _beside_webp,
        Kind.HEIC: _beside_heic,
    }[kind]
    view = memoryview(data)
    # Both ends in any case: there others look, and picture data may be said to reach to the end.
    ends = (view[:_HEAD], view[-_TAIL:])
    return any(_FOREIGN.search(part) for part in (*ends, *walk(view)))


def webp_size(data: bytes) -> tuple[int, int]:
    """Width and height that a WebP's head claims; (0, 0) where it claims none.

    Its decoder makes room for all pixels when it opens a file: the head is read before.
    """
    name, at = data[12:16], 20
    if name == b"VP8X" and len(data) >= at + 10:
        width, height = data[at + 4 : at + 7], data[at + 7 : at + 10]
        return int.from_bytes(width, "little") + 1, int.from_bytes(height, "little") + 1
    if name == b"VP8L" and len(data) >= at + 5:
        bits = int.from_bytes(data[at + 1 : at + 5], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if name == b"VP8 " and len(data) >= at + 10:
        width, height = struct.unpack_from("<HH", data, at + 6)
        return width & 0x3FFF, height & 0x3FFF
    return 0, 0


def _ends_as_zip(data: bytes) -> bool:
    """Whether an archiver would open it: those look from the end, whatever comes first."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)):
            return True
    except Exception:  # noqa: BLE001 - it reads hostile bytes; any failure says: no archive
        return False


def _beside_jpeg(data: memoryview) -> Iterator[memoryview]:
    """Segments other than picture data, and whatever follows the end."""
    at = 2
    while found := _JPEG_MARKER.search(data, at):
        marker, at = found.group(1)[0], found.end()
        if marker == _JPEG_END:
            break
        if marker in _JPEG_ALONE:
            continue
        if at + 2 > len(data):
            return
        length = max(2, struct.unpack_from(">H", data, at)[0])
        yield data[at + 2 : at + length]
        # After the head of a scan the search skips its data.
        at += length
    else:
        return
    yield data[at:]


def _beside_png(data: memoryview) -> Iterator[memoryview]:
    at = len(_PNG)
    while at + 12 <= len(data):
        length, name = struct.unpack_from(">I4s", data, at)
        if name not in _PICTURE_CHUNKS:
            yield data[at + 8 : at + 8 + length]
        at += 12 + length
        if name == b"IEND":
            break
    yield data[at:]


def _beside_webp(data: memoryview) -> Iterator[memoryview]:
    end = min(len(data), 8 + struct.unpack_from("<I", data, 4)[0])
    at = 12
    while at + 8 <= end:
        name, length = struct.unpack_from("<4sI", data, at)
        if name not in _PICTURE_CHUNKS:
            yield data[at + 8 : at + 8 + length]
        at += 8 + length + length % 2
    yield data[end:]


def _beside_heic(data: memoryview) -> Iterator[memoryview]:
    at = 0
    while at + 8 <= len(data):
        length, name = struct.unpack_from(">I4s", data, at)
        head = 8
        if length == 1 and at + 16 <= len(data):
            length, head = struct.unpack_from(">Q", data, at + 8)[0], 16
        if length == 0:
            length = len(data) - at
        if length < head:
            break
        if name not in _PICTURE_CHUNKS:
            yield data[at + head : at + length]
        at += length
    yield data[at:]
