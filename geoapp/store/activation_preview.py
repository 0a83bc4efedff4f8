"""What the decisions taken beforehand by an activation would change, for its preview."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row

from geoapp.domain.activation import AgencyMove, AreaMove
from geoapp.store.statements import statement


def from_to(connection: Connection, city_code: str, activation_id: int) -> tuple[AreaMove, ...]:
    """Moving complaints by kelurahan they leave and enter, largest first."""
    values = {"city_code": city_code, "activation_id": activation_id}
    rows = connection.execute(statement("store", "activation_from_to"), values)
    return tuple(AreaMove(*row) for row in rows)


def agencies(connection: Connection, city_code: str, activation_id: int) -> tuple[AgencyMove, ...]:
    """Moving complaints by agency they leave and enter, largest first."""
    values = {"city_code": city_code, "activation_id": activation_id}
    rows = connection.execute(statement("store", "activation_agencies"), values)
    return tuple(AgencyMove(*row) for row in rows)


def points(
    connection: Connection,
    city_code: str,
    activation_id: int,
    *,
    at_most: int,
    side_m: float | None,
) -> list[Row[Any]]:
    """Moving complaints' positions (``lon``, ``lat``, EPSG:4326), with what is told of each.

    With *side_m* counts on a grid of so many metres instead.
    """
    values: dict[str, Any] = {
        "city_code": city_code,
        "activation_id": activation_id,
        "at_most": at_most,
    }
    if side_m is None:
        return list(connection.execute(statement("store", "activation_points"), values))
    values["side_m"] = side_m
    return list(connection.execute(statement("store", "activation_cells"), values))


def complaints(connection: Connection, city_code: str) -> int:
    """How many complaints the city has, those included that no set can move."""
    values = {"city_code": city_code}
    return int(connection.execute(statement("store", "activation_complaints"), values).scalar_one())
