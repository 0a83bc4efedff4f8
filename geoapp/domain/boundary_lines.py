"""What a file of roads says once it has been read: lines and who keeps them.

Positions are longitude and latitude in EPSG:4326; lengths are km in the city's metric CRS.
Nothing here computes geometry: ``geoapp.spatial.lines`` fills these.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from geoapp.domain.boundary import Box, CrsFinding, crs_line, jsonable

Authority = Literal["city", "province", "nation"]
"""Who keeps a road."""

AUTHORITIES: tuple[Authority, ...] = ("city", "province", "nation")

_WORDS: dict[str, Authority] = {
    "city": "city",
    "kota": "city",
    "kabupaten": "city",
    "kab": "city",
    "kab/kota": "city",
    "kabupaten/kota": "city",
    "municipal": "city",
    "regency": "city",
    "district": "city",
    "province": "province",
    "provincial": "province",
    "provinsi": "province",
    "propinsi": "province",
    "prov": "province",
    "nation": "nation",
    "national": "nation",
    "nasional": "nation",
    "negara": "nation",
    "state": "nation",
}


def authority_of(word: str) -> Authority | None:
    """The authority that *word* means: ``Jalan Nasional`` → ``nation``; None if unclear."""
    plain = " ".join(word.casefold().replace(".", " ").split())
    for prefix in ("jalan ", "jln ", "jl "):
        plain = plain.removeprefix(prefix)
    return _WORDS.get(plain)


@dataclass(frozen=True, slots=True)
class Line:
    """One road, or one stretch of it that has one keeper.

    Attributes:
        code: Unique within the file.
        ref: Its number, such as ``045``; None when the file has none.
        agency_code: Who acts for it, if the file says so; the catalogue knows better.
        geometry: WKB of a valid, non-empty 2D MultiLineString, EPSG:4326.
    """

    code: str
    name: str
    ref: str | None
    authority: Authority
    agency_code: str | None
    geometry: bytes


@dataclass(frozen=True, slots=True)
class LineReport:
    """Everything a GIS officer should know before trusting a file of roads.

    Attributes:
        length_km: In all, by authority.
        fields: Which attribute of the file each of ours was read from.
        merged: Features that were joined to another of the same road.
        elsewhere: Features left out because they don't come near the city.
        dropped_z: Features that had a third coordinate.
        notes: Anything else that was decided on the way.
    """

    line_count: int
    vertex_count: int
    length_km: dict[str, float]
    bbox: Box
    crs: CrsFinding
    fields: dict[str, str] = field(default_factory=dict)
    merged: int = 0
    elsewhere: int = 0
    dropped_z: int = 0
    notes: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """JSON-able form."""
        plain: dict[str, Any] = jsonable(asdict(self))
        return plain

    def lines(self) -> list[str]:
        """A summary for people, one fact a line."""
        west, south, east, north = self.bbox
        by = ", ".join(f"{who} {length:,.1f} km" for who, length in self.length_km.items())
        out = [
            f"{self.line_count:,} roads ({by}), {self.vertex_count:,} vertices",
            f"longitude {west:.4f} to {east:.4f}, latitude {south:.4f} to {north:.4f}",
            crs_line(self.crs),
        ]
        if self.fields:
            out.append("read " + ", ".join(f"{ours} from {k}" for ours, k in self.fields.items()))
        if self.merged:
            out.append(f"joined {self.merged} features to others of the same road")
        if self.elsewhere:
            out.append(f"left out {self.elsewhere} features that don't come near the city")
        if self.dropped_z:
            out.append(f"dropped the third coordinate of {self.dropped_z} features")
        return [*out, *self.notes]


@dataclass(frozen=True, slots=True)
class LineFile:
    """A file of roads that was read: its lines in file order, and the report on them.

    Attributes:
        sha256: Hex digest of the file's bytes.
        source: The file's name.
    """

    lines: tuple[Line, ...]
    report: LineReport
    sha256: str
    source: str
