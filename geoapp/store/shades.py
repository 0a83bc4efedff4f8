"""Areas with what a measure is told by, counted in the database."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection

from geoapp.domain.area_numbers import Level
from geoapp.domain.figures import FigureRow
from geoapp.domain.work_filter import WorkFilter
from geoapp.store import figures
from geoapp.store.filters import area_column
from geoapp.store.sources import work
from geoapp.store.statements import statement


@dataclass(frozen=True, slots=True)
class Area:
    """An area in force; inhabitants only where a figure is published."""

    code: str
    name: str
    km2: float
    inhabitants: int | None
    boundary_source: str
    inhabitants_source: str | None


def areas(connection: Connection, city_code: str, level: Level) -> list[Area]:
    """The areas in force, by code."""
    values = {"city_code": city_code, "level": level.value}
    return [
        Area(
            row.code,
            row.name or row.code,
            float(row.km2),
            None if row.inhabitants is None else int(row.inhabitants),
            row.boundary_source,
            row.inhabitants_source,
        )
        for row in connection.execute(statement("store", "shade_areas"), values)
    ]


def figures_by_area(
    connection: Connection, city_code: str, wanted: WorkFilter, level: Level
) -> dict[str, FigureRow]:
    """The figures of what fits *wanted* by area's code; areas without any are left out."""
    rows = figures.by_key(connection, city_code, wanted, area_column(level.value, wanted, work))
    return {row.key: row for row in rows if row.key is not None}
