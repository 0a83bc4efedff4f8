"""What goes between the sandbox and its child: JSON that is checked on arrival.

The child has held a stranger's file, so nothing it says is run: no pickle.
"""

from __future__ import annotations

from pathlib import Path

from pydantic import ConfigDict, TypeAdapter
from pydantic.dataclasses import dataclass

from geoapp.domain.boundary import BoundaryFile, Layer
from geoapp.domain.boundary_lines import LineFile
from geoapp.spatial.options import ReadOptions

_CONFIG = ConfigDict(ser_json_bytes="base64", val_json_bytes="base64")


@dataclass(frozen=True)
class Limits:
    """What the child may use; beyond it is killed."""

    memory_mb: int
    seconds: float


@dataclass(frozen=True)
class Request:
    """What the child is to read; *layer* road means lines."""

    path: Path
    city_code: str
    layer: Layer
    metric_srid: int
    options: ReadOptions
    limits: Limits


@dataclass(frozen=True)
class Refused:
    """A BoundaryFileError's parts."""

    message: str
    remedy: str
    field: str | None


@dataclass(frozen=True, config=_CONFIG)
class Answer:
    """Exactly one of these, or *out_of_memory*."""

    areas: BoundaryFile | None = None
    lines: LineFile | None = None
    refused: Refused | None = None
    out_of_memory: bool = False


REQUEST = TypeAdapter(Request)
ANSWER = TypeAdapter(Answer)
