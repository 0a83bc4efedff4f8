"""What a simulation asks the database: where the city's areas are, what is there already."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select

from geoapp.domain.boundary import Layer
from geoapp.store import tables


@dataclass(frozen=True, slots=True)
class Span:
    """Complaints of a city: how many, how many of them simulated, first and last."""

    count: int
    simulated: int
    first: datetime | None
    last: datetime | None


def span(connection: Connection, city_code: str) -> Span:
    """What the city has been told so far."""
    table = tables.complaint
    row = connection.execute(
        select(
            func.count(),
            func.count().filter(table.c.simulated),
            func.min(table.c.submitted_at),
            func.max(table.c.submitted_at),
        ).where(table.c.city_code == city_code)
    ).one()
    return Span(*row)


def active_areas(connection: Connection, city_code: str) -> list[tuple[str, str | None, bytes]]:
    """Code, parent code and WKB polygon (EPSG:4326) of the kelurahan in force, by code."""
    area, sets = tables.area, tables.boundary_set
    rows = connection.execute(
        select(area.c.code, area.c.parent_code, func.ST_AsBinary(area.c.geom))
        .join(sets, (sets.c.city_code == area.c.city_code) & (sets.c.id == area.c.set_id))
        .where(
            sets.c.city_code == city_code,
            sets.c.layer == Layer.KELURAHAN.value,
            sets.c.status == "active",
        )
        .order_by(area.c.code)
    )
    return [(code, parent, bytes(wkb)) for code, parent, wkb in rows]
