"""What service areas are held against before they are stored, and what is written of a draft."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection

from geoapp.domain.boundary import Box, CrsFinding, QualityReport
from geoapp.domain.catalogue import City
from geoapp.domain.service_area import Known, ServiceArea, faults, in_order, set_digest
from geoapp.domain.shape import Shape
from geoapp.errors import FieldProblem, InvalidInput
from geoapp.store import boundaries as boundary_store
from geoapp.store import service_areas as store


def known(connection: Connection, city: str, box: Box) -> Known:
    """What a rule may name in a city whose polygons lie near *box*."""
    codes = boundary_store.catalogue_codes(connection, city)
    return Known(
        agencies=frozenset(codes["agency"]),
        groups=frozenset(codes["group"]),
        services=store.groups_of_services(connection, city),
        kelurahan=frozenset(
            code for codes in store.kecamatan(connection, city).values() for code in codes
        ),
        box=box,
    )


def in_kelurahan(area: ServiceArea, kecamatan: dict[str, tuple[str, ...]]) -> ServiceArea:
    """Codes of kecamatan stand for those of their kelurahan; each once, in order."""
    codes = {each for code in area.area_codes for each in kecamatan.get(code, (code,))}
    return replace(area, area_codes=tuple(sorted(codes)))


def checked(
    connection: Connection,
    city: City,
    wanted: Iterable[ServiceArea],
    held: dict[str, ServiceArea],
) -> list[ServiceArea]:
    """*wanted* as they may be stored beside those that the set has already.

    Raises:
        InvalidInput: names each field that is wrong, of several as ``<code>.<field>``.
    """
    envelope = city.envelope
    box = (envelope.west, envelope.south, envelope.east, envelope.north)
    there = known(connection, city.code, box)
    kecamatan = store.kecamatan(connection, city.code)
    rules = [in_kelurahan(area, kecamatan) for area in wanted]
    problems: list[FieldProblem] = []
    for area in rules:
        found = faults(area, there)
        if area.code in held:  # an imported code may be of any form
            found = [fault for fault in found if fault.field != "code"]
        if area.geometry is not None and not any(each.field == "geometry" for each in found):
            found += _shape_faults(connection, area.geometry)
        ahead = f"{area.code}." if len(rules) > 1 else ""
        problems += [replace(fault, field=f"{ahead}{fault.field}") for fault in found]
    codes = [area.code for area in rules]
    problems += [
        FieldProblem(f"{code}.code", "The code %(value)s comes twice.", code)
        for code in sorted({code for code in codes if codes.count(code) > 1})
    ]
    if problems:
        told = "; ".join(f"{each.field}: {said(each)}" for each in problems[:5])
        raise InvalidInput(told, "Correct the fields named and send it again.", problems)
    return rules


def _shape_faults(connection: Connection, shape: Shape) -> list[FieldProblem]:
    fault = store.fault_of(connection, shape)
    if fault is None:
        return []
    if fault.lon is None or fault.lat is None:
        return [FieldProblem("geometry", "The polygon has no surface.")]
    at = f"{fault.lon:.6f}, {fault.lat:.6f}"
    if "intersection" in fault.reason.lower():
        return [FieldProblem("geometry", "The polygon's line crosses itself at %(value)s.", at)]
    return [
        FieldProblem(
            "geometry",
            "The polygon isn't valid: %(value)s. Draw it anew there.",
            f"{fault.reason}, {at}",
        )
    ]


def said(fault: FieldProblem) -> str:
    """A fault with its value in place."""
    return fault.message if fault.value is None else fault.message % {"value": fault.value}


def describe(connection: Connection, city: City, set_id: int) -> None:
    """Write down hash and report of what a draft holds now."""
    rules = in_order(held.area for held in store.held(connection, city.code, set_id))
    shapes = [rule.geometry for rule in rules if rule.geometry is not None]
    envelope = city.envelope
    boxes = [shape.box for shape in shapes] or [
        (envelope.west, envelope.south, envelope.east, envelope.north)
    ]
    km2 = sum(held.km2 or 0.0 for held in store.held(connection, city.code, set_id))
    notes = [
        f"{each.first_code} and {each.second_code} have equal rank (priority {each.priority}) "
        + ("in the whole city" if each.m2 is None else f"on {each.m2:,.0f} m²")
        + f": {each.first_code} acts, by its code alone"
        for each in store.clashes(connection, city.code, set_id)
    ]
    report = QualityReport(
        area_count=len(rules),
        vertex_count=sum(shape.corner_count for shape in shapes),
        total_area_km2=km2,
        bbox=(
            min(box[0] for box in boxes),
            min(box[1] for box in boxes),
            max(box[2] for box in boxes),
            max(box[3] for box in boxes),
        ),
        crs=CrsFinding("EPSG:4326", guessed=False, why="drawn on the map or named by area"),
        notes=tuple(notes),
    )
    store.describe(connection, city.code, set_id, set_digest(rules), report.as_dict())


def told(before: ServiceArea | None, after: ServiceArea | None) -> dict[str, Any]:
    """What the log says of a change; of a polygon how many corners it has."""

    def plain(area: ServiceArea | None) -> dict[str, Any]:
        if area is None:
            return {}
        corners = area.geometry.corner_count if area.geometry is not None else None
        shape = None if area.geometry is None else area.geometry.wkb.hex()
        return area.properties | {"corners": corners, "": shape}

    old, new = plain(before), plain(after)
    changes = {
        name: [old.get(name), new.get(name)]
        for name in (old | new)
        if name not in {"", "code"} and old.get(name) != new.get(name)
    }
    if before is not None and after is not None and old[""] != new[""]:
        changes.setdefault("corners", [old["corners"], new["corners"]])
    named = after or before
    assert named is not None
    return {"label": named.name, "changes": changes}
