"""Service areas: which agency acts for what, and where. A rule, its place in the order, its faults.

The decision itself is ``geoapp.acting_area`` in the database; `in_order` says the same order,
so that a page can show it, and a test holds the two together.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from geoapp.domain.boundary import Box
from geoapp.domain.shape import Shape
from geoapp.errors import FieldProblem

CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,62}\Z")
PRIORITIES = range(1001)
"""Lower ones are tried first."""
USUAL_PRIORITY = 100
NAME_MOST = 120
NEAR_DEGREES = 0.1
"""How far a polygon may reach beyond the city's box: some 11 km, for what is shared with a
neighbour; more is a slip of the hand or another city's file."""


class Coverage(StrEnum):
    """How a service area says where it acts."""

    CITY = "city"
    AREAS = "areas"
    POLYGON = "polygon"


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceArea:
    """A rule: who acts for what, and where.

    Without a group and a service it is about every complaint. *area_codes* (kelurahan) go with
    coverage ``areas``, *geometry* with ``polygon``; neither with ``city``.
    """

    code: str
    name: str
    agency_code: str | None = None
    group_code: str | None = None
    service_code: str | None = None
    priority: int = USUAL_PRIORITY
    coverage: Coverage = Coverage.CITY
    area_codes: tuple[str, ...] = ()
    geometry: Shape | None = None

    @property
    def rank(self) -> tuple[int, bool, bool, str]:
        """Rules are tried in this order: by priority, the more particular first, then by code."""
        return self.priority, self.service_code is None, self.group_code is None, self.code

    def is_about(self, service_code: str, group_code: str) -> bool:
        """Whether the rule speaks of a service of a group at all."""
        return self.service_code in {None, service_code} and self.group_code in {None, group_code}

    @property
    def content(self) -> dict[str, Any]:
        """All it says, as plain data; equal content gives an equal `revision`."""
        return {
            "code": self.code,
            "name": self.name,
            "agency": self.agency_code,
            "group": self.group_code,
            "service": self.service_code,
            "priority": self.priority,
            "coverage": self.coverage.value,
            "area_codes": sorted(self.area_codes),
            "geometry": None if self.geometry is None else self.geometry.wkb.hex(),
        }

    @property
    def revision(self) -> str:
        """Tells whether it was changed since it was read."""
        return _digest(self.content)[:16]

    @property
    def properties(self) -> dict[str, Any]:
        """What a GeoJSON feature of it says beside the geometry; the import reads it back."""
        return {name: value for name, value in self.content.items() if name != "geometry"}


def in_order(areas: Iterable[ServiceArea]) -> list[ServiceArea]:
    """As ``geoapp.acting_area`` tries them."""
    return sorted(areas, key=lambda area: area.rank)


def set_digest(areas: Iterable[ServiceArea]) -> str:
    """SHA-256 of a set's canonical content, in hex: equal for equal rules in whatever order."""
    return _digest([area.content for area in sorted(areas, key=lambda area: area.code)])


def _digest(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


@dataclass(frozen=True, slots=True)
class Known:
    """What a rule may name: codes of the catalogue and of the kelurahan in force.

    *services* maps each service to its group; *box* is the city's, in degrees.
    """

    agencies: frozenset[str]
    groups: frozenset[str]
    services: Mapping[str, str]
    kelurahan: frozenset[str]
    box: Box


def faults(area: ServiceArea, known: Known) -> list[FieldProblem]:
    """What is wrong with a rule, by field; whether its polygon is valid is for PostGIS to say.

    ``%(value)s`` in a message stands for the value. Fields: code, name, agency, group, service,
    priority, coverage, area_codes, geometry.
    """
    return [*_own_faults(area), *_named_faults(area, known), *_place_faults(area, known)]


def _own_faults(area: ServiceArea) -> Iterable[FieldProblem]:
    if CODE.match(area.code) is None:
        yield FieldProblem(
            "code", "Use 1 to 63 letters, digits, and the signs _ . - inside.", area.code
        )
    if not area.name.strip() or len(area.name) > NAME_MOST:
        yield FieldProblem("name", "Write 1 to 120 characters.", area.name)
    if area.priority not in PRIORITIES:
        yield FieldProblem(
            "priority", "Give a whole number from 0 to 1000; lower ones come first.", area.priority
        )


def _named_faults(area: ServiceArea, known: Known) -> Iterable[FieldProblem]:
    if area.agency_code is not None and area.agency_code not in known.agencies:
        yield FieldProblem("agency", "The city has no agency %(value)s.", area.agency_code)
    if area.group_code is not None and area.group_code not in known.groups:
        yield FieldProblem("group", "The city has no group %(value)s.", area.group_code)
    if area.service_code is None:
        return
    group = known.services.get(area.service_code)
    if group is None:
        yield FieldProblem("service", "The city has no service %(value)s.", area.service_code)
    elif area.group_code not in {None, group}:
        yield FieldProblem(
            "service", "This service belongs to the group %(value)s: choose that, or none.", group
        )


def _place_faults(area: ServiceArea, known: Known) -> Iterable[FieldProblem]:
    if area.coverage is Coverage.AREAS:
        if not area.area_codes:
            yield FieldProblem("area_codes", "Choose at least one kelurahan.")
        if unknown := sorted(set(area.area_codes) - known.kelurahan):
            yield FieldProblem(
                "area_codes",
                "These codes are not of the kelurahan in force: %(value)s. Take them out.",
                ", ".join(unknown),
            )
    elif area.area_codes:
        yield FieldProblem("area_codes", "Kelurahan go with the coverage “these kelurahan” alone.")
    if area.coverage is not Coverage.POLYGON:
        if area.geometry is not None:
            yield FieldProblem("geometry", "A shape goes with the coverage “polygon” alone.")
    elif area.geometry is None:
        yield FieldProblem("geometry", "Draw the polygon, or paste it as GeoJSON or WKT.")
    else:
        west, south, east, north = known.box
        box = area.geometry.box
        near = NEAR_DEGREES
        if (
            box[0] < west - near
            or box[1] < south - near
            or box[2] > east + near
            or box[3] > north + near
        ):
            yield FieldProblem(
                "geometry",
                "The polygon reaches far beyond the city, to %(value)s. Longitude comes first.",
                f"{box[0]:.3f} {box[1]:.3f}, {box[2]:.3f} {box[3]:.3f}",
            )


def code_from(name: str, taken: Iterable[str]) -> str:
    """A code made of a name: lower-case letters, digits, underscores, and none that is taken."""
    wanted = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")[:48] or "area"
    used = set(taken)
    code, number = wanted, 2
    while code in used:
        code, number = f"{wanted}_{number}", number + 1
    return code
