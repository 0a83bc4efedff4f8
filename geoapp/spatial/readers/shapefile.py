"""Zipped Shapefiles, with whatever .prj and .cpg they lack."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from geoapp.errors import BoundaryFileError
from geoapp.spatial.options import ReadOptions
from geoapp.spatial.readers import archive, dbf
from geoapp.spatial.readers.raw import RawFile

# GDAL is shown these and nothing else: no index, no metadata, no sidecar of another layer.
_PARTS = (".shp", ".dbf", ".shx", ".prj", ".cpg")


def parse(content: bytes, names: Sequence[str], name: str, options: ReadOptions) -> RawFile:
    """The Shapefile in the archive *content*, whose members are *names*.

    Raises:
        BoundaryFileError: several and none chosen, a part is missing, or one is broken.
    """
    chosen = _chosen(names, name, options.table)
    stem = chosen[: -len(".shp")].casefold()
    found = {
        suffix: member
        for member in names
        for suffix in _PARTS
        if member.casefold() == stem + suffix
    }
    if ".dbf" not in found:
        raise BoundaryFileError(
            f"{name} has {PurePosixPath(chosen).name} without its .dbf, which holds codes and names.",
            "Zip its .shp, .shx, .dbf and .prj together.",
            "file",
        )
    contents = archive.unpack(content, list(found.values()), name, options.max_bytes)
    parts = dict(zip(found, contents, strict=True))
    table, encoding, why = dbf.settle(parts[".dbf"], parts.pop(".cpg", None), name)
    parts[".dbf"] = table
    # GDAL takes half a second to load; GeoJSON does without.
    from geoapp.spatial.readers import ogr  # noqa: PLC0415

    with tempfile.TemporaryDirectory(prefix="geoapp-shp-") as folder:
        for suffix, part in parts.items():
            (Path(folder) / f"layer{suffix}").write_bytes(part)
        del contents, parts, table
        raw = ogr.shapefile(Path(folder) / "layer.shp", encoding, name, options)
    notes: tuple[str, ...] = (f".dbf read as {encoding}: {why}",)
    if ".prj" not in found:
        notes += ("it has no .prj: its CRS was judged by its coordinates",)
    return RawFile(raw.features, raw.crs, raw.format, (*notes, *raw.notes))


def _chosen(names: Sequence[str], name: str, table: str | None) -> str:
    shapes = [member for member in names if member.lower().endswith(".shp")]
    stems = [PurePosixPath(member).stem for member in shapes]
    if table is not None:
        for member, stem in zip(shapes, stems, strict=True):
            if stem.casefold() == table.casefold().removesuffix(".shp"):
                return member
        what = f"has no {table[:60]!r}; there are"
    elif len(shapes) == 1:
        return shapes[0]
    else:
        what = f"holds {len(shapes)} Shapefiles"
    raise BoundaryFileError(
        f"{name} {what}: {', '.join(repr(stem)[:60] for stem in stems[:20])}.",
        "Choose one with --table.",
        "table",
    )
