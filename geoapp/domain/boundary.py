"""What a boundary file says once it has been read: areas, and a report on their quality.

Positions are ``(lon, lat)`` in EPSG:4326; areas are m² (or km² where named so) in the
city's metric CRS. Nothing here computes geometry: ``geoapp.spatial.files`` fills these.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any, Literal

Position = tuple[float, float]
"""Longitude and latitude in degrees, EPSG:4326."""

Box = tuple[float, float, float, float]
"""West, south, east, north in degrees, EPSG:4326."""

SLIVER_M2 = 1.0
"""A gap or overlap below this is told apart as a sliver: nobody stands in it, but it counts."""

_KEMENDAGRI = re.compile(r"\d\d(?:\.\d\d(?:\.\d\d(?:\.\d{4})?)?)?")
_UNDOTTED = re.compile(r"(\d\d)(\d\d)(\d\d)([12]\d{3})?")
_BPS_VILLAGE = re.compile(r"\d{10}")


USUAL_PRIORITY = 100
"""Of a service area whose file names none; lower ones are tried first."""


class Layer(StrEnum):
    """What a boundary set divides the city into."""

    KELURAHAN = "kelurahan"
    SERVICE_AREA = "service_area"
    ROAD = "road"


def is_kemendagri_code(code: str) -> bool:
    """Whether *code* has the dotted form of the ministry: ``15``, ``15.71``, … ``15.71.01.1001``."""
    return _KEMENDAGRI.fullmatch(code) is not None


def dotted_codes(codes: Iterable[str]) -> dict[str, str]:
    """Kemendagri codes written without dots, with them; empty if they aren't Kemendagri's.

    ``1571011001`` → ``15.71.01.1001``. BPS codes have ten digits too; but a village number
    of the ministry begins with 1 (kelurahan) or 2 (desa), where BPS has the last digit of
    the kecamatan, mostly 0. So either every code fits or none is touched.
    """
    found: dict[str, str] = {}
    for code in codes:
        if is_kemendagri_code(code):
            continue
        match = _UNDOTTED.fullmatch(code)
        if match is None:
            return {}
        found[code] = ".".join(part for part in match.groups() if part)
    return found


def parent_code_of(code: str) -> str | None:
    """The kecamatan of an Indonesian kelurahan code, which is its prefix; else None.

    Kemendagri: ``15.71.01.1001`` → ``15.71.01``. BPS: ``1571010001`` → ``1571010``.
    Codes of other lands say nothing about their parent.
    """
    if is_kemendagri_code(code) and code.count(".") == 3:
        return code.rpartition(".")[0]
    if _BPS_VILLAGE.fullmatch(code):
        return code[:7]
    return None


def belongs_to_city(code: str, city_code: str) -> bool:
    """False only when both codes are Kemendagri's and *code* lies in another city.

    ``15.05.01.1003`` does not belong to ``15.71``; a code of any other scheme can't be
    judged and is given the benefit of the doubt.
    """
    if not (is_kemendagri_code(code) and is_kemendagri_code(city_code)):
        return True
    return code == city_code or code.startswith(city_code + ".")


@dataclass(frozen=True, slots=True)
class AreaProperties:
    """What a feature of the ``service_area`` layer says about who serves it.

    Attributes:
        coverage: ``polygon``: its own geometry; ``city``: all of it; ``areas``: *area_codes*.
        area_codes: Kelurahan or kecamatan codes that make it up.
    """

    agency_code: str | None = None
    group_code: str | None = None
    service_code: str | None = None
    priority: int = USUAL_PRIORITY
    coverage: Literal["polygon", "city", "areas"] = "polygon"
    area_codes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Area:
    """One area of a boundary set.

    Attributes:
        code: Unique within the set.
        parent_code: For a kelurahan its kecamatan; None when unknown.
        geometry: WKB of a valid, non-empty 2D MultiPolygon, EPSG:4326: what decides.
        display_geometry: The same, simplified together with its neighbours: what is drawn.
        label: A point well inside the area.
    """

    code: str
    name: str
    parent_code: str | None
    parent_name: str | None
    geometry: bytes
    display_geometry: bytes
    label: Position
    properties: AreaProperties = AreaProperties()


@dataclass(frozen=True, slots=True)
class UndrawnArea:
    """A service area that needs no polygon: the whole city, or kelurahan by their codes."""

    code: str
    name: str
    properties: AreaProperties


@dataclass(frozen=True, slots=True)
class CrsFinding:
    """Which CRS the coordinates were taken to be in, and why.

    Attributes:
        name: Such as ``EPSG:32748``.
        guessed: True when neither the caller nor the file (believably) said so.
        axes_swapped: True when the file had latitude first.
    """

    name: str
    guessed: bool
    why: str
    axes_swapped: bool = False


@dataclass(frozen=True, slots=True)
class Repair:
    """An area whose rings had to be mended; *area_change_m2* is new minus old."""

    code: str
    what: str
    area_change_m2: float


@dataclass(frozen=True, slots=True)
class Refusal:
    """An area that was left out, and why."""

    code: str
    why: str


@dataclass(frozen=True, slots=True)
class Gap:
    """A hole in the coverage: enclosed by areas, belonging to none. *codes* are its neighbours."""

    codes: tuple[str, ...]
    area_m2: float
    at: Position


@dataclass(frozen=True, slots=True)
class Overlap:
    """Ground that two areas claim."""

    codes: tuple[str, str]
    area_m2: float
    at: Position


@dataclass(frozen=True, slots=True)
class QualityReport:
    """Everything a GIS officer should know before trusting the file.

    Attributes:
        fields: Which attribute of the file each of ours was read from.
        parent_codes: The distinct parents, sorted.
        dropped_z: Features that had a third (or fourth) coordinate.
        refused: Areas left out because their rings can't be mended honestly.
        other_city: Areas left out because their code belongs to another city.
        duplicate_codes: Codes met more than once, whose features were merged.
        duplicate_names: Names that several areas share, with those areas' codes.
        gaps, overlaps: Largest first, all of them.
        no_agency: Codes of service areas without an agency: there the service's own acts.
        every_service: Codes of service areas that name neither group nor service.
        notes: Anything else that was decided on the way.
    """

    area_count: int
    vertex_count: int
    total_area_km2: float
    bbox: Box
    crs: CrsFinding
    fields: dict[str, str] = field(default_factory=dict)
    parent_codes: tuple[str, ...] = ()
    dropped_z: int = 0
    repairs: tuple[Repair, ...] = ()
    refused: tuple[Refusal, ...] = ()
    other_city: int = 0
    duplicate_codes: tuple[str, ...] = ()
    duplicate_names: dict[str, tuple[str, ...]] = field(default_factory=dict)
    gaps: tuple[Gap, ...] = ()
    overlaps: tuple[Overlap, ...] = ()
    no_agency: tuple[str, ...] = ()
    every_service: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """JSON-able form, with the sums a reader wants beside the lists."""
        plain: dict[str, Any] = jsonable(asdict(self))
        plain["gap_area_m2"] = sum(gap.area_m2 for gap in self.gaps)
        plain["overlap_area_m2"] = sum(overlap.area_m2 for overlap in self.overlaps)
        return plain

    def lines(self) -> list[str]:
        """A summary for people, one fact a line."""
        west, south, east, north = self.bbox
        areas = f"{self.area_count:,} areas, {self.total_area_km2:,.3f} km²"
        out = [
            f"{areas}, {self.vertex_count:,} vertices",
            f"longitude {west:.4f} to {east:.4f}, latitude {south:.4f} to {north:.4f}",
            crs_line(self.crs),
        ]
        if self.fields:
            out.append("read " + ", ".join(f"{ours} from {k}" for ours, k in self.fields.items()))
        if self.parent_codes:
            out.append(f"{len(self.parent_codes)} parents")
        if self.dropped_z:
            out.append(f"dropped the third coordinate of {self.dropped_z} features")
        out += [
            # + 0.0 turns a rounded -0.0 into 0.0
            f"repaired {r.code}: {r.what}, area {round(r.area_change_m2, 2) + 0.0:+,.2f} m²"
            for r in self.repairs
        ]
        out += [f"left out {refusal.code}: {refusal.why}" for refusal in self.refused]
        if self.other_city:
            out.append(f"left out {self.other_city} areas of other cities")
        if self.duplicate_codes:
            out.append("merged features of the same code: " + ", ".join(self.duplicate_codes))
        out += [f"name {n!r} is shared by {', '.join(c)}" for n, c in self.duplicate_names.items()]
        if self.no_agency:
            out.append(
                f"{len(self.no_agency)} service areas name no agency, there the service's own "
                f"acts: {', '.join(self.no_agency)}"
            )
        if self.every_service:
            out.append(
                f"{len(self.every_service)} service areas name neither group nor service, they "
                f"reach every service: {', '.join(self.every_service)}"
            )
        out.append(_faults("interior gap", "interior gaps", self.gaps))
        out.append(_faults("overlapping pair", "overlapping pairs", self.overlaps))
        out += self.notes
        return out


@dataclass(frozen=True, slots=True)
class Fault:
    """A shape for the map: ``gap``, ``overlap`` or ``changed``; WKB, EPSG:4326."""

    kind: str
    codes: tuple[str, ...]
    area_m2: float
    geometry: bytes


@dataclass(frozen=True, slots=True)
class BoundaryFile:
    """A boundary file that was read: its areas in file order, and the report on them.

    Attributes:
        undrawn: Service areas without a polygon of their own.
        sha256: Hex digest of the file's bytes.
        source: The file's name.
        faults: Of kelurahan, the ground of the report's gaps, then of its overlaps.
    """

    layer: Layer
    areas: tuple[Area, ...]
    report: QualityReport
    sha256: str
    source: str
    undrawn: tuple[UndrawnArea, ...] = ()
    faults: tuple[Fault, ...] = ()


def _faults(one: str, many: str, faults: tuple[Gap, ...] | tuple[Overlap, ...]) -> str:
    if not faults:
        return f"no {many}"
    total = sum(fault.area_m2 for fault in faults)
    largest = max(fault.area_m2 for fault in faults)
    slivers = sum(fault.area_m2 < SLIVER_M2 for fault in faults)
    in_all = f"{total / 1e6:,.3f} km²" if total >= 10_000 else f"{total:,.0f} m²"
    text = (
        f"{len(faults)} {one if len(faults) == 1 else many}, "
        f"{in_all} in all, largest {largest:,.0f} m²"
    )
    return text + (f", {slivers} of them under {SLIVER_M2:.0f} m²" if slivers else "")


def crs_line(crs: CrsFinding) -> str:
    """``CRS EPSG:32748 (guessed): why``."""
    how = [
        word for word, so in (("guessed", crs.guessed), ("axes swapped", crs.axes_swapped)) if so
    ]
    return f"CRS {crs.name}{' (' + ', '.join(how) + ')' if how else ''}: {crs.why}"


def jsonable(value: Any) -> Any:
    """*value* with tuples as lists, all the way down."""
    if isinstance(value, dict):
        return {key: jsonable(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [jsonable(item) for item in value]
    return value
