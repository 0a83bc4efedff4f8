"""What goes between the sandbox and its child: JSON that is checked on arrival.

The child has held a stranger's file, so nothing it says is run: no pickle.
"""

from __future__ import annotations

from dataclasses import field
from pathlib import Path
from typing import Any

from pydantic import ConfigDict, TypeAdapter
from pydantic.dataclasses import dataclass

from geoapp.domain.boundary import Area, BoundaryFile, Fault, Layer
from geoapp.domain.boundary_lines import LineFile
from geoapp.domain.boundary_quality import OverlapStrategy
from geoapp.spatial.options import ReadOptions

_CONFIG = ConfigDict(ser_json_bytes="base64", val_json_bytes="base64")


@dataclass(frozen=True)
class Limits:
    """What the child may use; beyond it is killed."""

    memory_mb: int
    seconds: float


@dataclass(frozen=True)
class Cleaning:
    """How areas are to be cleaned."""

    gaps_under_m2: float
    overlaps: OverlapStrategy


@dataclass(frozen=True, config=_CONFIG)
class Areas:
    """Areas to be cleaned, in the file that the request names."""

    areas: tuple[Area, ...]


@dataclass(frozen=True)
class Request:
    """What the child is to read; *layer* road means lines; with *cleaning* it cleans `Areas`."""

    path: Path
    city_code: str
    layer: Layer
    metric_srid: int
    options: ReadOptions
    limits: Limits
    cleaning: Cleaning | None = None


@dataclass(frozen=True)
class Refused:
    """A BoundaryFileError's parts."""

    message: str
    remedy: str
    field: str | None


@dataclass(frozen=True)
class GroundChange:
    """Ground that one area lost and gained, in m²."""

    code: str
    old_m2: float
    new_m2: float
    moved_m2: float


@dataclass(frozen=True, config=_CONFIG)
class CleanAreas:
    """`cleaning.CleanCoverage` with its faults counted and drawn.

    Attributes:
        areas, faults, report: Empty while *vanished* names any area of which nothing is left.
        faults: Gaps, overlaps and changed ground that the cleaned areas' map shows.
        report: What the numbers of the set's report become.
        possible: False where GEOS can't bring the borders together; all else is empty then.
    """

    possible: bool
    areas: tuple[Area, ...] = ()
    changed: tuple[GroundChange, ...] = ()
    vanished: tuple[str, ...] = ()
    gaps_before: int = 0
    gaps_after: int = 0
    overlaps_before: int = 0
    overlaps_after: int = 0
    area_change_m2: float = 0.0
    covered_change_m2: float = 0.0
    faults: tuple[Fault, ...] = ()
    report: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, config=_CONFIG)
class Answer:
    """Exactly one of these, or *out_of_memory*."""

    areas: BoundaryFile | None = None
    lines: LineFile | None = None
    cleaned: CleanAreas | None = None
    refused: Refused | None = None
    out_of_memory: bool = False


AREAS = TypeAdapter(Areas)
REQUEST = TypeAdapter(Request)
ANSWER = TypeAdapter(Answer)
