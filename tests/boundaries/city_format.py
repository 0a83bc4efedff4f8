"""The city file format of boundaries/README.md as a checker, independent of the program's loader."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any
from zoneinfo import available_timezones

CODE = re.compile(r"[a-z][a-z0-9_]{0,62}")
COLOUR = re.compile(r"#[0-9a-f]{6}")
VALIDITY = {"valid_from", "valid_to"}
KEYS = {
    "groups": {"code", "name", "name_en", "colour", "colour_dark", "glyph", "position"},
    "agencies": {"code", "versions"},
    "services": {"code", "group", "versions"},
    "service_areas": {
        "code", "name", "name_en", "agency", "group", "service", "priority", "coverage",
        "area_codes",
    },
    "holidays": {"day", "name", "name_en", "kind"},
}  # fmt: skip
VERSION_KEYS = {
    "agencies": VALIDITY | {"name", "name_en", "short_name", "unit", "in_city"},
    "services": VALIDITY
    | {"name", "name_en", "clock", "target", "agency", "blur_m", "duplicate_radius_m"}
    | {"needs_place", "position"},
}
OPTIONAL_OF_A_SERVICE = {
    "glyph", "verify_clock", "verify_target", "answer_clock", "answer_target",
}  # fmt: skip
OPTIONAL = {"service_areas": {"geometry"}, "groups": {"by_road"}}
CITY_KEYS = {
    "code", "slug", "name", "name_en", "timezone", "metric_srid", "locale", "ticket_prefix",
    "envelope", "centre", "parent_prefix_length", "valid_from",
}  # fmt: skip
OPTIONAL_OF_A_CITY = {"host", "road_within_m", "road_authorities", "ombudsman"}
TOP_KEYS = {
    "city": {"format", "city", "boundaries"},
    "groups": {"format", "groups"},
    "agencies": {"format", "fallback", "agencies"},
    "services": {"format", "services"},
    "service_areas": {"format", "service_areas", "version", "source", "licence"} | VALIDITY,
    "holidays": {"format", "holidays"},
    "inhabitants": {"format", "source", "as_of", "inhabitants"},
}
NEEDED = ("city", "groups", "agencies", "services")


def load(folder: Path) -> dict[str, Any]:
    """Every file of the folder that exists, by its stem."""
    paths = [folder / f"{name}.json" for name in TOP_KEYS]
    return {p.stem: json.loads(p.read_text("utf-8")) for p in paths if p.exists()}


def problems(folder: Path) -> list[str]:
    """Everything in the folder that breaks the format, as sentences; empty when it is right."""
    files = load(folder)
    found = [f"{name}.json is missing" for name in NEEDED if name not in files]
    return found or list(_all(files, folder))


def _all(files: dict[str, Any], folder: Path) -> Iterator[str]:
    for name, content in files.items():
        if content.get("format") != f"geoapp-{name.replace('_', '-')}/1":
            yield f"{name}: wrong format {content.get('format')!r}"
        yield from _keys(name, content, TOP_KEYS[name], {"sources", "parents"})
        for item in content.get(name, []) if name != "city" else []:
            where = f"{name} {item.get('code') or item.get('day')}"
            optional = OPTIONAL.get(name, set())
            yield from _keys(where, item, KEYS[name], optional)
            if "code" in item and not CODE.fullmatch(item["code"]):
                yield f"{where}: not a code"
            yield from _versions(name, where, item)
        codes = [i.get("code") or i.get("day") for i in content.get(name, []) if name != "city"]
        yield from (f"{name} {c}: twice" for c in sorted({c for c in codes if codes.count(c) > 1}))
    yield from _city(files["city"], folder)
    yield from _links(files)


def _keys(where: str, item: dict[str, Any], needed: set[str], optional: set[str]) -> Iterator[str]:
    for key in sorted(needed - item.keys()):
        yield f"{where}: {key} is missing"
    for key in sorted(item.keys() - needed - optional):
        yield f"{where}: unknown key {key}"


def _versions(name: str, where: str, item: dict[str, Any]) -> Iterator[str]:
    end: date | None = date.min
    for version in item.get("versions", []):
        optional = OPTIONAL_OF_A_SERVICE if name == "services" else set()
        yield from _keys(where, version, VERSION_KEYS[name], optional)
        start = date.fromisoformat(version["valid_from"])
        if end is None or start < end:
            yield f"{where}: versions overlap or are out of order"
        end = date.fromisoformat(version["valid_to"]) if version["valid_to"] else None
        if end is not None and end <= start:
            yield f"{where}: a version ends before it begins"
        if name == "services":
            for step in ("", "verify_", "answer_"):
                clock = version.get(f"{step}clock", "working_days")
                if clock not in {"hours", "working_days"} or version.get(f"{step}target", 1) < 1:
                    yield f"{where}: {step}clock or {step}target"
            if min(version["blur_m"], version["duplicate_radius_m"]) < 0:
                yield f"{where}: a negative distance"
    if "versions" in item and not item["versions"]:
        yield f"{where}: no version"


def _city(content: dict[str, Any], folder: Path) -> Iterator[str]:
    city = content["city"]
    yield from _keys("city", city, CITY_KEYS, OPTIONAL_OF_A_CITY)
    if "ombudsman" in city:
        yield from _keys(
            "ombudsman", city["ombudsman"], {"name", "name_en", "website", "phone"}, set()
        )
    west, south, east, north = city["envelope"]
    lon, lat = city["centre"]
    if not (-180 <= west < lon < east <= 180 and -90 <= south < lat < north <= 90):
        yield "city: envelope and centre do not fit"
    if city["timezone"] not in available_timezones():
        yield "city: unknown time zone"
    if not re.fullmatch(r"[A-Z]{2,5}", city["ticket_prefix"]):
        yield "city: ticket_prefix"
    if not re.fullmatch(r"[a-z0-9-]+", city["slug"]):
        yield "city: slug"
    for boundary in content["boundaries"]:
        if not (folder / boundary["file"]).is_file():
            yield f"boundaries: no file {boundary['file']}"


def _links(files: dict[str, Any]) -> Iterator[str]:
    groups = {g["code"] for g in files["groups"]["groups"]}
    agencies = {a["code"] for a in files["agencies"]["agencies"]}
    services = {s["code"] for s in files["services"]["services"]}
    if files["agencies"]["fallback"] not in agencies:
        yield "agencies: fallback is no agency"
    for authority, agency in files["city"]["city"].get("road_authorities", {}).items():
        if authority not in {"city", "province", "nation"} or agency not in agencies:
            yield f"city: road_authorities {authority}"
    for group in files["groups"]["groups"]:
        if not (COLOUR.fullmatch(group["colour"]) and COLOUR.fullmatch(group["colour_dark"])):
            yield f"groups {group['code']}: colour"
    for service in files["services"]["services"]:
        if service["group"] not in groups:
            yield f"services {service['code']}: no group {service['group']}"
        for version in service["versions"]:
            if version.get("agency") not in agencies:
                yield f"services {service['code']}: no agency {version.get('agency')}"
    positions = [s["versions"][-1].get("position") for s in files["services"]["services"]]
    if len(set(positions)) != len(positions):
        yield "services: a position twice"
    yield from _service_areas(files, groups, agencies, services)
    for holiday in files.get("holidays", {}).get("holidays", []):
        date.fromisoformat(holiday["day"])
        if holiday["kind"] not in {"national", "collective_leave", "local"}:
            yield f"holidays {holiday['day']}: kind"


def _service_areas(
    files: dict[str, Any], groups: set[str], agencies: set[str], services: set[str]
) -> Iterator[str]:
    for area in files.get("service_areas", {}).get("service_areas", []):
        where = f"service_areas {area['code']}"
        if area["agency"] not in agencies:
            yield f"{where}: no agency {area['agency']}"
        if (area["group"] is None) == (area["service"] is None):
            yield f"{where}: exactly one of group and service"
        if area["group"] not in groups | {None} or area["service"] not in services | {None}:
            yield f"{where}: unknown group or service"
        wanted = {"city": (False, False), "areas": (True, False), "polygon": (False, True)}
        if wanted.get(area["coverage"]) != (bool(area["area_codes"]), "geometry" in area):
            yield f"{where}: coverage does not fit its codes and geometry"
