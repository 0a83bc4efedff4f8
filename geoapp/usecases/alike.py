"""Before somebody reports: has somebody else reported the same already?"""

from __future__ import annotations

from typing import Any

from geoapp.domain.catalogue import Catalogue, City
from geoapp.domain.place import LonLat
from geoapp.errors import FieldProblem, InvalidInput
from geoapp.spatial import alike
from geoapp.store.database import Database, Role
from geoapp.usecases import livemap

MOST = 10
"""Complaints that somebody looks through before a report."""


def near(
    database: Database, city: City, catalogue: Catalogue, service: str, here: LonLat
) -> dict[str, Any]:
    """Open public complaints that may be what *service* at *here* would be again (JSON-able).

    Those of the service's group within its radius; the properties of their public features
    with ``distance_m`` (whole metres), ``lon`` and ``lat``, nearest first.

    Raises:
        InvalidInput: there is no such service.
    """
    meant = catalogue.services.get(service)
    if meant is None:
        raise InvalidInput(
            f"There is no service {service!r}.",
            "GET /api/v1/services lists them.",
            [FieldProblem("service", "is not in the catalogue", service)],
        )
    radius_m = meant.duplicate_radius_m
    found: list[dict[str, Any]] = []
    if radius_m > 0:
        with database.transaction(Role.VISITOR, city.code) as connection:
            near_by = alike.near(
                connection,
                city.code,
                meant.group_code,
                here,
                radius_m,
                now=database.now(),
                most=MOST,
            )
        for complaint, distance_m in near_by:
            assert complaint.position is not None
            found.append(
                livemap.properties(complaint, catalogue, city.locale)
                | {
                    "distance_m": round(distance_m),
                    "lon": complaint.position.lon,
                    "lat": complaint.position.lat,
                }
            )
    return {"radius_m": radius_m, "complaints": found}
