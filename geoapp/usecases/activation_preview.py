"""What an activation would change, from the decisions it has taken beforehand."""

from __future__ import annotations

from typing import Any

from geoapp.domain.activation import Preview
from geoapp.domain.catalogue import City
from geoapp.store import activation as store
from geoapp.store import activation_preview as moves
from geoapp.store.database import Database, Role
from geoapp.usecases import activation_steps as steps

POINTS = 5_000
"""So many moving complaints are told one by one; beyond, cells are."""
CELLS_M = (100.0, 250.0, 1_000.0)
"""Sides of the preview's cells; the first with no more than `POINTS` of them is taken."""


def preview(database: Database, city: City, activation_id: int) -> Preview:
    """What the decisions taken so far would change, or what they changed."""
    with database.transaction(Role.WORKER, city.code) as connection:
        run = steps.get(connection, city, activation_id)
        counts = store.counts(connection, city.code, activation_id)
        rows = moves.points(connection, city.code, activation_id, at_most=POINTS + 1, side_m=None)
        for side_m in CELLS_M:
            if len(rows) <= POINTS:
                break
            rows = moves.points(
                connection, city.code, activation_id, at_most=POINTS + 1, side_m=side_m
            )
        return Preview(
            activation_id=activation_id,
            state=run.state,
            complaints=moves.complaints(connection, city.code),
            looked_at=run.looked_at,
            moving=counts.moving,
            from_to=moves.from_to(connection, city.code, activation_id),
            agencies=moves.agencies(connection, city.code, activation_id),
            outside=counts.outside,
            newly_ambiguous=counts.newly_ambiguous,
            offered=counts.offered,
            points={
                "type": "FeatureCollection",
                "features": [_feature(row._asdict()) for row in rows],
            },
        )


def _feature(told: dict[str, Any]) -> dict[str, Any]:
    place = [round(told.pop("lon"), 6), round(told.pop("lat"), 6)]
    renamed = {"from_code": "from", "to_code": "to"}
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": place},
        "properties": {renamed.get(name, name): value for name, value in told.items()},
    }
