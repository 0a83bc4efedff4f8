"""In which encoding the text of a .dbf is.

The format has none of its own: a .cpg beside it says so, or a byte in its header, or
nobody; and all three are known to be wrong. So the bytes decide: text beyond ASCII that
is valid UTF-8 throughout is UTF-8, as by chance it would not be.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from geoapp.errors import BoundaryFileError

_HEADER = 32
_FIELD_END = 0x0D


def settle(content: bytes, cpg: bytes | None, name: str) -> tuple[bytes, str, str]:
    """The table's bytes, mended; the encoding of its text; and why that one.

    Mended are characters of UTF-8 that were cut in two at the width of their column: what
    is left of them becomes blanks.

    Raises:
        BoundaryFileError: it isn't a .dbf.
    """
    said = _named(cpg)
    spans = list(_text_spans(content, name))
    texts = [content[start:end] for start, end in spans]
    if all(text.isascii() for text in texts):
        return content, "UTF-8", "all of it is ASCII"
    cuts = [_cut(text) for text in texts]
    if None not in cuts:
        mended = bytearray(content)
        for (_, end), cut in zip(spans, cuts, strict=True):
            if cut:
                mended[end - cut : end] = b" " * cut
        why = "its .cpg says so" if said == "utf-8" else "its bytes are valid UTF-8"
        return bytes(mended), "UTF-8", why
    if said not in (None, "utf-8"):
        try:
            for text in texts:
                text.decode(str(said))
        except (UnicodeDecodeError, LookupError):
            pass
        else:
            return content, str(said), "its .cpg says so"
    encoding = "cp1252"
    try:
        for text in texts:
            text.decode(encoding)
    except UnicodeDecodeError:
        encoding = "latin-1"
    why = "its bytes are no valid UTF-8" + (", whatever its .cpg says" if said else "")
    return content, encoding, why


def _named(cpg: bytes | None) -> str | None:
    """The codec that a .cpg names (``UTF-8``, ``1252``, ``ANSI 1252``), or None."""
    if cpg is None:
        return None
    word = cpg[:40].decode("ascii", "ignore").strip().lower().removeprefix("ansi").strip()
    word = {"65001": "utf-8", "utf8": "utf-8", "88591": "latin-1"}.get(word, word)
    return f"cp{word}" if word.isdecimal() else word or None


def _text_spans(content: bytes, name: str) -> Iterator[tuple[int, int]]:
    """Where in *content* the values of text columns stand, without trailing blanks or NULs."""
    if len(content) < _HEADER + 1:
        raise _broken(name, "is cut short")
    count, header, width = struct.unpack_from("<IHH", content, 4)
    columns: list[tuple[int, int]] = []
    offset, at = 1, _HEADER
    while at + _HEADER <= min(header, len(content)) and content[at] != _FIELD_END:
        kind, length = content[at + 11 : at + 12], content[at + 16]
        if kind == b"C":
            # Wide text columns keep the high byte of their length where decimals stand.
            length += content[at + 17] * 256
            columns.append((offset, length))
        offset += length
        at += _HEADER
    if width < 1 or header < _HEADER:
        raise _broken(name, "has a broken header")
    there = max(0, (len(content) - header) // width)
    for record in range(min(count, there)):
        base = header + record * width
        for column, length in columns:
            start = base + column
            value = content[start : start + length].rstrip(b" \x00")
            if value and not value.isascii():
                yield start, start + len(value)


def _cut(text: bytes) -> int | None:
    """How many bytes of a cut character end *text*; None if it isn't UTF-8 at all."""
    for cut in range(4):
        try:
            text[: len(text) - cut].decode("utf-8")
        except UnicodeDecodeError as error:
            # Only an unfinished character at the very end may be a cut one.
            if error.reason != "unexpected end of data":
                return None
        else:
            return cut
    return None


def _broken(name: str, what: str) -> BoundaryFileError:
    return BoundaryFileError(
        f"The .dbf in {name} {what}.", "Export the Shapefile anew, or download it again.", "file"
    )
