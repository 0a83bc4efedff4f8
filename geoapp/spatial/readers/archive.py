"""Zip archives from strangers: looked into before anything is unpacked, never onto the disk."""

from __future__ import annotations

import io
import stat
import zipfile
from collections.abc import Sequence

from geoapp.errors import BoundaryFileError

MAX_MEMBERS = 1_000
"""More is no Shapefile; and a directory of a million entries would itself fill the memory."""

_ENTRY = b"PK\x01\x02"


def names(content: bytes, name: str) -> list[str]:
    """The files in the archive *name*, without those that a Mac adds.

    Raises:
        BoundaryFileError: broken, encrypted, too many members, or a member that would
            land outside the folder it is unpacked to: an absolute or climbing path, a link.
    """
    with _opened(content, name) as archive:
        members = archive.infolist()
    for member in members:
        fault = _fault(member)
        if fault:
            raise BoundaryFileError(
                f"{name} holds {member.filename[:80]!r}, {fault}.",
                "Zip the files anew, without folders and links.",
                "file",
            )
    return [
        member.filename
        for member in members
        if not member.is_dir()
        and not member.filename.startswith("__MACOSX/")
        and not member.filename.rpartition("/")[2].startswith(".")
    ]


def unpack(content: bytes, wanted: Sequence[str], name: str, max_bytes: int) -> list[bytes]:
    """The bytes of the members *wanted*, in that order.

    Args:
        max_bytes: Of all together; what a member says of its size isn't believed.

    Raises:
        BoundaryFileError: more than that, or the archive is broken.
    """
    unpacked: list[bytes] = []
    left = max_bytes
    with _opened(content, name) as archive:
        for member in wanted:
            try:
                with archive.open(member) as file:
                    unpacked.append(file.read(left + 1))
            except (zipfile.BadZipFile, EOFError, NotImplementedError, OSError, ValueError) as e:
                raise _broken(name, f"{member[:80]!r}: {e}") from e
            except Exception as error:
                # The decompressors raise errors of their own: zlib.error, LZMAError.
                if isinstance(error, MemoryError):
                    raise
                raise _broken(name, f"{member[:80]!r}: {error}") from error
            left -= len(unpacked[-1])
            if left < 0:
                raise BoundaryFileError(
                    f"{name} has {len(content) / 1e6:,.1f} MB and unpacks to more than "
                    f"{max_bytes / 1e6:,.0f} MB: a zip bomb, or far more than one city.",
                    "Cut it to the city, or simplify it: ogr2ogr -spat … -simplify …",
                    "file",
                )
    return unpacked


def _opened(content: bytes, name: str) -> zipfile.ZipFile:
    if content.count(_ENTRY) > MAX_MEMBERS:
        raise BoundaryFileError(
            f"{name} holds more than {MAX_MEMBERS:,} files.",
            "Zip only the .shp, .shx, .dbf, .prj and .cpg of one layer.",
            "file",
        )
    try:
        return zipfile.ZipFile(io.BytesIO(content))
    except (zipfile.BadZipFile, EOFError, ValueError, OSError, NotImplementedError) as error:
        raise _broken(name, str(error)) from error


def _fault(member: zipfile.ZipInfo) -> str | None:
    path = member.filename.replace("\\", "/")
    if path.startswith("/") or path[1:2] == ":":
        return "an absolute path"
    if ".." in path.split("/"):
        return "a path that leads out of its folder"
    if stat.S_ISLNK(member.external_attr >> 16):
        return "a symbolic link"
    if member.flag_bits & 0x1:
        return "which is encrypted"
    return None


def _broken(name: str, what: str) -> BoundaryFileError:
    return BoundaryFileError(
        f"The zip archive {name} is broken: {what[:200]}.",
        "Zip the files anew, or download it again.",
        "file",
    )
