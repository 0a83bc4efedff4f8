"""Who acts at a point, decided by shapely and plain comparisons: nothing of the program's own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import shapely


@dataclass(frozen=True)
class Rule:
    """A rule in plain values."""

    code: str
    agency: str | None
    group: str | None
    service: str | None
    priority: int
    coverage: str
    area_codes: frozenset[str]
    polygon: Any

    @classmethod
    def of(cls, area: Any) -> Rule:
        """The plain values of a service area."""
        polygon = shapely.geometry.shape(area.geometry.geojson) if area.geometry else None
        return cls(
            area.code, area.agency_code, area.group_code, area.service_code, area.priority,
            str(area.coverage.value), frozenset(area.area_codes), polygon,
        )  # fmt: skip


NOBODY = Rule("", None, None, None, 0, "", frozenset(), None)


@dataclass(frozen=True)
class Acting:
    """The rule that won, if any, and its agency."""

    code: str | None
    agency: str | None


def acting_agency(
    rules: list[Rule], lon: float, lat: float, kelurahan: str | None, service: str, group: str
) -> Acting:
    """The first by priority; a service of its own before a group before neither; then the code."""
    best: Rule | None = None
    for rule in rules:
        if rule.service is not None and rule.service != service:
            continue
        if rule.group is not None and rule.group != group:
            continue
        if rule.coverage == "city" and kelurahan is None:
            continue
        if rule.coverage == "areas" and kelurahan not in rule.area_codes:
            continue
        if rule.coverage == "polygon" and not rule.polygon.covers(shapely.Point(lon, lat)):
            continue
        if best is None or _before(rule, best):
            best = rule
    return Acting(None, None) if best is None else Acting(best.code, best.agency)


def _before(one: Rule, other: Rule) -> bool:
    if one.priority != other.priority:
        return one.priority < other.priority
    if (one.service is None) != (other.service is None):
        return other.service is None
    if (one.group is None) != (other.group is None):
        return other.group is None
    return one.code.encode() < other.code.encode()
