"""What is known of a boundary set before it comes into force: its report, and a cleaning.

A set is compared with the one in force of the same layer, code by code. Areas are km² (or
m² where named so) in the city's metric CRS; nothing here computes geometry.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from geoapp.domain.boundary import (
    SLIVER_M2,
    CrsFinding,
    Gap,
    Overlap,
    QualityReport,
    Refusal,
    Repair,
)

SHOWN = 12
"""Codes, names or areas listed in a line for people; the rest is counted."""

MOVED_KM2 = SLIVER_M2 / 1e6
"""An area whose ground differs by less from that in force counts as the same."""


class OverlapStrategy(StrEnum):
    """To which of its claimants ground goes that several areas claim."""

    LOWEST_CODE = "lowest_code"
    """The one that decides there already: no complaint goes elsewhere."""
    LONGEST_BORDER = "longest_border"
    LARGEST = "largest"
    SMALLEST = "smallest"
    KEEP = "keep"
    """To all of them, as before."""


class Change(StrEnum):
    """What became of an area, compared with the set in force; the first that is true."""

    NEW = "new"
    GONE = "gone"
    MOVED = "moved"
    RENAMED = "renamed"
    SAME = "same"


@dataclass(frozen=True, slots=True)
class SetFacts:
    """A boundary set without its areas.

    Attributes:
        imported_by: ``system`` or ``account:<id>``.
        made_from: The set it was cleaned or drawn from, while that is kept.
        areas: How many areas (or lines) it has.
    """

    id: int
    layer: str
    version: str
    status: str
    source: str
    licence: str
    sha256: str
    approximate: bool
    valid_from: date | None
    valid_to: date | None
    imported_at: datetime
    imported_by: str
    made_from: int | None
    areas: int


@dataclass(frozen=True, slots=True)
class AreaChange:
    """One code in the set in force (*old*) and in the set looked at (*new*).

    Attributes:
        name: By the set looked at, if it has the code.
        old_km2, new_km2: None where that set lacks the code, or knows no polygon for it.
        moved_km2: Ground that only one of the two has (the symmetric difference); all of it
            for a code that only one of them has.
        rule_differs: Of a service area: agency, group, service, priority or coverage.
    """

    code: str
    name: str
    change: Change
    old_km2: float | None
    new_km2: float | None
    moved_km2: float | None
    rule_differs: bool = False


@dataclass(frozen=True, slots=True)
class Renamed:
    """A code whose name differs from that in force."""

    code: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class ParentMissing:
    """A parent code that no set has a name for, or (code None) no parent at all."""

    code: str | None
    areas: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ParentChanged:
    """An area that lies in another parent than in the set in force."""

    code: str
    old: str | None
    new: str | None


@dataclass(frozen=True, slots=True)
class Outline:
    """The ground of all areas together.

    Attributes:
        difference_km2: Ground that only one of the two sets covers.
        share: The same as a share of what the set in force covers.
    """

    old_km2: float
    new_km2: float
    difference_km2: float
    share: float


@dataclass(frozen=True, slots=True)
class Comparison:
    """A set beside the one in force of its layer.

    Attributes:
        set_id, version: Of the set in force.
        codes_added, codes_retired: Sorted; their names are in *areas*.
        parents_missing: Judged by the set looked at, also when none is in force.
        areas: Every code of either set, sorted.
        outline: None where polygons aren't what a set is made of, or one set has none.
    """

    set_id: int
    version: str
    codes_added: tuple[str, ...]
    codes_retired: tuple[str, ...]
    renamed: tuple[Renamed, ...]
    parents_changed: tuple[ParentChanged, ...]
    areas: tuple[AreaChange, ...]
    outline: Outline | None

    @property
    def moved(self) -> tuple[AreaChange, ...]:
        """Codes of both sets whose ground differs, the most moved first."""
        both = [area for area in self.areas if area.change is Change.MOVED]
        return tuple(sorted(both, key=lambda area: (-(area.moved_km2 or 0.0), area.code)))

    def lines(self) -> list[str]:
        """A summary for people, one fact a line."""
        names = {area.code: area.name for area in self.areas}
        out = [f"compared with set {self.set_id} in force ({self.version}):"]
        for what, codes in (("new", self.codes_added), ("retired", self.codes_retired)):
            listed = _few([f"{code} {names[code]}" for code in codes])
            out.append(f"{len(codes)} codes {what}: {listed}" if codes else f"no code {what}")
        if self.renamed:
            listed = _few([f"{one.code} {one.old} → {one.new}" for one in self.renamed])
            out.append(f"{len(self.renamed)} names differ: {listed}")
        if self.parents_changed:
            listed = _few([f"{one.code} {one.old} → {one.new}" for one in self.parents_changed])
            out.append(f"{len(self.parents_changed)} areas in another parent: {listed}")
        moved = self.moved
        listed = _few([f"{area.code} {area.name} {area.moved_km2:,.4f} km²" for area in moved])
        out.append(
            f"{len(moved)} areas have other ground, most: {listed}"
            if moved
            else "no area has other ground"
        )
        rules = [area.code for area in self.areas if area.rule_differs]
        if rules:
            out.append(f"{len(rules)} service areas have another rule: {_few(rules)}")
        if self.outline:
            out.append(
                f"outline {self.outline.old_km2:,.3f} → {self.outline.new_km2:,.3f} km², "
                f"differing in {self.outline.difference_km2:,.3f} km² ({self.outline.share:.2%})"
            )
        return out


@dataclass(frozen=True, slots=True)
class SetReport:
    """A boundary set, what its file was like, and how it differs from the one in force.

    Attributes:
        quality: A `QualityReport` as JSON has it; empty for sets that were no file.
        parents_missing: Parents without a name in any set; areas without a parent.
        comparison: None for the set in force itself, and while none is.
        gaps, overlaps, changed: How many shapes are kept for the map.
    """

    set: SetFacts
    quality: dict[str, Any]
    parents_missing: tuple[ParentMissing, ...]
    comparison: Comparison | None
    gaps: int
    overlaps: int
    changed: int

    def as_dict(self) -> dict[str, Any]:
        """JSON-able form; days and moments are ISO 8601."""
        plain = _plain(asdict(self))
        assert isinstance(plain, dict)
        return plain

    def lines(self) -> list[str]:
        """All of it for people, one fact a line."""
        one = self.set
        last = one.valid_to - timedelta(days=1) if one.valid_to else ""
        days = f", {one.valid_from} … {last}".rstrip() if one.valid_from else ""
        out = [f"set {one.id} ({one.layer}, {one.status}{days}): {one.version}, {one.source}"]
        if one.made_from is not None:
            out.append(f"made from set {one.made_from}")
        out += quality_lines(self.quality)
        out += cleaning_lines(self.quality.get("cleaning"))
        for missing in self.parents_missing:
            who = f"{len(missing.areas)} areas ({_few(missing.areas)})"
            out.append(
                f"parent {missing.code} of {who} has a name in no set"
                if missing.code
                else f"{who} have no parent"
            )
        if self.comparison:
            out += self.comparison.lines()
        elif one.status != "active":
            out.append("no set of this layer is in force to compare with")
        return out


@dataclass(frozen=True, slots=True)
class CleanedArea:
    """What a cleaning did to one area; *moved_m2* is ground lost plus ground gained.

    *share* is the same as a share of the area before.
    """

    code: str
    name: str
    old_m2: float
    new_m2: float
    moved_m2: float
    share: float


@dataclass(frozen=True, slots=True)
class Cleaned:
    """What a cleaning made: a new staged set.

    Attributes:
        set_id: Of the new set.
        made_from: Of the set that was cleaned, which stays as it is.
        area_change_m2: The areas' sum, new minus old; what several had claimed counted for each.
        covered_change_m2: Ground that all areas cover together, new minus old: what was
            added where gaps were.
        changed: Areas that lost or gained ground, the most changed first.
    """

    set_id: int
    made_from: int
    gaps_under_m2: float
    overlaps: OverlapStrategy
    max_change: float
    gaps_before: int
    gaps_after: int
    overlaps_before: int
    overlaps_after: int
    area_change_m2: float
    covered_change_m2: float
    changed: tuple[CleanedArea, ...]

    def as_dict(self) -> dict[str, Any]:
        """JSON-able form, as it is kept with the set's report."""
        plain = _plain(asdict(self))
        assert isinstance(plain, dict)
        return plain

    def lines(self) -> list[str]:
        """A summary for people, one fact a line."""
        return cleaning_lines(self.as_dict())


def cleaning_lines(cleaning: Mapping[str, Any] | None) -> list[str]:
    """What a cleaning did, out of `Cleaned.as_dict`, one fact a line; none for none."""
    if not cleaning:
        return []
    changed = cleaning["changed"]
    gaps = "{gaps_before} → {gaps_after} gaps (those under {gaps_under_m2:,.0f} m² closed)"
    overlaps = "{overlaps_before} → {overlaps_after} overlaps (ground to: {overlaps})"
    ground = "{covered_change_m2:+,.1f} m² of ground covered, {area_change_m2:+,.1f} m² in all"
    out = [
        f"cleaned: {gaps}, {overlaps}".format(**cleaning),
        f"{len(changed)} areas changed, {ground} areas' sum".format(**cleaning),
    ]
    return out + [
        f"changed {area['code']} {area['name']}: {area['old_m2']:,.1f} → {area['new_m2']:,.1f} m², "
        f"{area['moved_m2']:,.1f} m² lost or gained ({area['share']:.3%})"
        for area in changed
    ]


def quality_lines(quality: Mapping[str, Any]) -> list[str]:
    """`QualityReport.lines` of a report that was stored as JSON; none for an empty one."""
    if "area_count" not in quality or "crs" not in quality:
        return []
    names = {one.name for one in fields(QualityReport)}
    values = {name: value for name, value in quality.items() if name in names}
    values |= {
        "bbox": tuple(quality["bbox"]),
        "crs": CrsFinding(**quality["crs"]),
        "repairs": tuple(Repair(**one) for one in quality.get("repairs", ())),
        "refused": tuple(Refusal(**one) for one in quality.get("refused", ())),
        "gaps": tuple(Gap(**one) for one in quality.get("gaps", ())),
        "overlaps": tuple(Overlap(**one) for one in quality.get("overlaps", ())),
    }
    return QualityReport(**values).lines()


def _few(items: Sequence[str]) -> str:
    more = len(items) - SHOWN
    return ", ".join(items[:SHOWN]) + (f" and {more} more" if more > 0 else "")


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, StrEnum) else value
