"""What a simulation asks the database: where the city's areas are, what is there already."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, exists, func, select

from geoapp.domain.boundary import Layer
from geoapp.store import tables
from geoapp.store.statements import statement


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


@dataclass(frozen=True, slots=True)
class Scene:
    """A drawing for a service group, as it is stored in both sizes."""

    group: str
    number: int
    large: str
    small: str
    large_bytes: int
    small_bytes: int


def has_photos(connection: Connection, city_code: str) -> bool:
    """Whether any complaint of the city shows a photo."""
    table = tables.photo
    wanted = exists().where(table.c.city_code == city_code, table.c.complaint_id.is_not(None))
    return bool(connection.execute(select(wanted)).scalar_one())


def furnish(
    connection: Connection,
    city_code: str,
    scenes: Sequence[Scene],
    variants: int,
    size: tuple[int, int],
    small_size: tuple[int, int],
) -> int:
    """Give simulated complaints scenes (pixels: width, height) and supporters; photos given."""
    given = connection.execute(
        statement("store", "simulated_photos"),
        {
            "city_code": city_code,
            "groups": [scene.group for scene in scenes],
            "numbers": [scene.number for scene in scenes],
            "large": [scene.large for scene in scenes],
            "large_bytes": [scene.large_bytes for scene in scenes],
            "small": [scene.small for scene in scenes],
            "small_bytes": [scene.small_bytes for scene in scenes],
            "variants": variants,
            "width": size[0],
            "height": size[1],
            "small_width": small_size[0],
            "small_height": small_size[1],
        },
    ).rowcount
    connection.execute(statement("store", "simulated_supporters"), {"city_code": city_code})
    return given
