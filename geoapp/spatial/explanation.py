"""What led to a decision, asked of the functions that take it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, TextualSelect

from geoapp.domain.explanation import (
    MOST_ALTERNATIVES,
    NEAR_M,
    Alternative,
    Covering,
    Explanation,
    RoadTold,
    Rule,
    RuleKind,
    SetTold,
    Why,
    why_not,
)
from geoapp.domain.place import LonLat
from geoapp.domain.reading import Place
from geoapp.store.statements import statement

_BROADEST_M = 500.0
"""A fix worse than this tells nothing about neighbours."""


def of_point(
    connection: Connection, city_code: str, service: str, position: LonLat, accuracy_m: float | None
) -> Explanation | None:
    """Why a pin for *service* would go where it would go now; None for an unknown service.

    ``method`` is *outside* where the city doesn't reach. *position* is EPSG:4326,
    *accuracy_m* that of the fix, metres.
    """
    values = {
        "city_code": city_code,
        "service": service,
        "lon": position.lon,
        "lat": position.lat,
        "accuracy_m": None if accuracy_m is None else min(accuracy_m, _BROADEST_M),
    }
    return _explained(connection, "explain_point", values, accuracy_m)


def of_complaint(connection: Connection, city_code: str, ticket: str) -> Explanation | None:
    """Why a stored complaint is where it is; None when the account sees none such.

    Polygons and rules are those of the sets that decided, the neighbours those of today.
    """
    return _explained(connection, "explain_complaint", {"city_code": city_code, "ticket": ticket})


def of_public(connection: Connection, city_code: str, ticket: str) -> Explanation | None:
    """What everybody may be told of a complaint's decision; None when it isn't public."""
    return _explained(connection, "explain_public", {"city_code": city_code, "ticket": ticket})


def question(asked: str) -> TextualSelect:
    """The statement of ``explain.sql`` about what *asked* (a statement's name) finds."""
    return (
        statement("spatial", "explain")
        .columns()
        .add_cte(statement("spatial", asked).columns().cte("asked"))
    )


def _explained(
    connection: Connection,
    asked: str,
    values: Mapping[str, Any],
    accuracy_m: float | None = None,
) -> Explanation | None:
    row = connection.execute(
        question(asked), {**values, "near_m": NEAR_M, "most": MOST_ALTERNATIVES}
    ).one_or_none()
    return None if row is None else _explanation(row, accuracy_m)


def _explanation(row: Row[Any], accuracy_m: float | None) -> Explanation:
    has_point = row.lon is not None
    return Explanation(
        position=LonLat(row.lon, row.lat) if has_point else None,
        accuracy_m=row.accuracy_m if accuracy_m is None else accuracy_m,
        service_code=row.service_code,
        sets={layer: _set(told) for layer, told in row.sets.items()},
        covering=tuple(
            Covering(_kelurahan(one), _kecamatan(one), one["edge_distance_m"])
            for one in row.covering
        ),
        kelurahan=_place(row.kelurahan_code, row.kelurahan_name),
        kecamatan=_place(row.kecamatan_code, row.kecamatan_name),
        method=row.method,
        place_method=row.place_method,
        ambiguous=row.ambiguous,
        edge_distance_m=row.edge_distance_m,
        rules=_rules(row, has_point=has_point),
        rules_of_others=row.rules_of_others,
        agency_code=row.agency_code,
        alternatives=tuple(
            Alternative(_kelurahan(one), _kecamatan(one), one["distance_m"], one["agency"])
            for one in row.alternatives
        ),
        by_rule=row.by_rule,
        shown_within_m=row.shown_within_m,
        road=None
        if row.road is None
        else RoadTold(**{name: row.road[name] for name in _OF_A_ROAD}, offer=row.authority_offer),
    )


_OF_A_ROAD = ("code", "name", "ref", "authority", "agency_code", "distance_m")


def _rules(row: Row[Any], *, has_point: bool) -> tuple[Rule, ...]:
    found: list[Rule] = []
    if row.by_road:
        road = row.road or {}
        found.append(
            Rule(
                n=1,
                kind=RuleKind.ROAD_AUTHORITY,
                code=road.get("code", ""),
                name=road.get("name", ""),
                agency_code=road.get("agency_code"),
                priority=None,
                matched=bool(road),
                why=Why.OFFERED if road else Why.NO_ROAD,
            )
        )
    for rule in row.rules:
        if not rule["matched"]:
            why = why_not(rule["coverage"], has_point=has_point)
        elif not row.by_rule:
            why = Why.BY_HAND
        else:
            why = Why.WON if rule["code"] == row.service_area_code else Why.LATER
        found.append(
            Rule(
                n=len(found) + 1,
                kind=RuleKind.SERVICE_AREA,
                code=rule["code"],
                name=rule["name"],
                agency_code=rule["agency"],
                priority=rule["priority"],
                matched=rule["matched"],
                why=why,
                distance_m=rule["distance_m"],
            )
        )
    if row.default_agency is not None:
        won = row.by_rule and row.service_area_code is None
        found.append(
            Rule(
                n=len(found) + 1,
                kind=RuleKind.SERVICE_DEFAULT,
                code=row.service_code,
                name=row.service_code,
                agency_code=row.default_agency,
                priority=None,
                matched=True,
                why=Why.WON if won else Why.LATER if row.by_rule else Why.BY_HAND,
            )
        )
    return tuple(found)


def _set(told: Mapping[str, Any]) -> SetTold:
    valid_from = told["valid_from"]
    return SetTold(
        told["id"],
        told["version"],
        told["approximate"],
        date.fromisoformat(valid_from) if valid_from else None,
        told["source"],
    )


def _place(code: str | None, name: str | None) -> Place | None:
    return Place(code, name or code) if code is not None else None


def _kelurahan(told: Mapping[str, Any]) -> Place:
    return Place(told["code"], told["name"])


def _kecamatan(told: Mapping[str, Any]) -> Place | None:
    return _place(told["kecamatan_code"], told["kecamatan_name"])
