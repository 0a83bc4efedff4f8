"""``/api/v1/work/service-areas``: who acts where, for the live map."""

from __future__ import annotations

from typing import Any

from flask import Response

from geoapp.domain.access import Permission
from geoapp.usecases import service_areas
from geoapp.web.access import current_actor, open_to
from geoapp.web.api.operations import GEOJSON, Good, Operation, operation
from geoapp.web.context import current_catalogue, current_city, site
from geoapp.web.work import api
from geoapp.web.work.reading import answered


@api.get("/service-areas")
@open_to(Permission.READ_NUMBERS)
@operation(
    Operation(
        summary="The rules in force that say which agency acts where",
        good={
            200: Good(
                "A FeatureCollection in the order the rules are tried. `coverage` is `city`,"
                " `areas` (those of `area_codes`) or `polygon`; only that one has a geometry.",
                media=GEOJSON,
            )
        },
        faults=(401, 403),
    )
)
def in_force() -> Response:
    """Answer every rule in force."""
    found = service_areas.in_force(site().database, current_city(), current_actor())
    agencies = current_catalogue().agencies

    def agency(code: str | None) -> dict[str, str] | None:
        known = agencies.get(code) if code else None
        return {"code": known.code, "name": known.display} if known else None

    features: list[dict[str, Any]] = [
        {
            "type": "Feature",
            "id": held.area.code,
            "geometry": held.area.geometry.geojson if held.area.geometry else None,
            "properties": {
                "code": held.area.code,
                "name": held.area.name,
                "agency": agency(held.area.agency_code),
                "group": held.area.group_code,
                "service": held.area.service_code,
                "priority": held.area.priority,
                "coverage": held.area.coverage.value,
                "area_codes": list(held.area.area_codes),
            },
        }
        for held in found
    ]
    return answered({"type": "FeatureCollection", "features": features}, media=GEOJSON)
