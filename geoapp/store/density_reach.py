"""How many rows an answer would have to look through, counted no further than to the limit."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Integer, Table, func, literal, select

from geoapp.domain.complaint import OPEN
from geoapp.domain.density import CELL_ZOOM, MOST_ROWS, TOTAL_ZOOM
from geoapp.domain.filters import ComplaintFilter
from geoapp.domain.place import MAX_ZOOM, BBox, TileId
from geoapp.domain.work_filter import DeadlineState, WorkFilter
from geoapp.store.density import Sources
from geoapp.store.filters import has_point, in_keys


def stand(
    connection: Connection, city_code: str, tile: TileId, cells: Sources
) -> tuple[datetime | None, int | None]:
    """The moment the cells are counted for, and how many complaints a tile has in all.

    Both None while there are no cells; the second also for who doesn't read totals, or in a tile
    without any.
    """
    total = cells.total
    level = CELL_ZOOM if tile.z <= CELL_ZOOM else TOTAL_ZOOM
    first, last = tile.morton_range
    shift = 2 * (MAX_ZOOM - level)
    size = (
        select(func.sum(total.c.open_count + total.c.done_count + total.c.other_count))
        .where(
            total.c.city_code == city_code,
            total.c.zoom == level,
            total.c.group_code == "",
            total.c.cell.between(first >> shift, last >> shift),
        )
        .scalar_subquery()
    )
    moment, complaints = connection.execute(
        select(func.geoapp.density_moment(city_code), size)
    ).one()
    return moment, None if complaints is None else int(complaints)


def counted(connection: Connection, city_code: str, tile: TileId, source: Table) -> int:
    """Complaints in a tile, whatever the filter, counted no further than just beyond the limit."""
    return _counted(connection, city_code, source, [_in_tile(tile, source)])


def affordable(
    connection: Connection, city_code: str, wanted: ComplaintFilter, tile: TileId, source: Table
) -> bool:
    """Whether an index leads to at most `MOST_ROWS` rows that hold every answer."""
    return any(
        _counted(connection, city_code, source, conditions) <= MOST_ROWS
        for conditions in _ways(wanted, tile, source)
    )


def _ways(
    wanted: ComplaintFilter, tile: TileId, source: Table
) -> Iterator[list[ColumnElement[Any]]]:
    """What indexes can be asked for, each as conditions."""
    yield [
        _in_tile(tile, source),
        *(in_keys(box, source) for box in _boxes(wanted)),
    ]
    if wanted.since is not None or wanted.until is not None:
        period = []
        if wanted.since is not None:
            period.append(source.c.submitted_at >= wanted.since)
        if wanted.until is not None:
            period.append(source.c.submitted_at < wanted.until)
        yield period
    if _open_alone(wanted):
        yield [source.c.status.in_(OPEN)]
    if wanted.kelurahan and not wanted.then:
        yield [source.c.kelurahan_code.in_(wanted.kelurahan)]
    if isinstance(wanted, WorkFilter) and wanted.officer is not None:
        yield [source.c.officer_id == wanted.officer]


def _boxes(wanted: ComplaintFilter) -> Iterator[BBox]:
    if wanted.bbox is not None:
        yield wanted.bbox
    if isinstance(wanted, WorkFilter):
        if wanted.polygon is not None:
            yield wanted.polygon.bbox
        if wanted.near is not None and wanted.within_m is not None:
            yield wanted.near.box_around(wanted.within_m)


def _open_alone(wanted: ComplaintFilter) -> bool:
    if wanted.overdue or (
        isinstance(wanted, WorkFilter)
        and wanted.deadlines
        and DeadlineState.PAUSED not in wanted.deadlines
    ):
        return True
    return bool(wanted.statuses) and not wanted.recent_done and set(wanted.statuses) <= set(OPEN)


def _in_tile(tile: TileId, source: Table) -> ColumnElement[bool]:
    first, last = tile.morton_range
    return has_point(source) & source.c.tile18.between(first, last)


def _counted(
    connection: Connection, city_code: str, source: Table, conditions: list[ColumnElement[Any]]
) -> int:
    """Rows under *conditions*, counted no further than just beyond the limit."""
    rows = (
        select(literal(1, Integer))
        .select_from(source)
        .where(source.c.city_code == city_code, *conditions)
        .limit(MOST_ROWS + 1)
        .subquery()
    )
    return int(connection.execute(select(func.count()).select_from(rows)).scalar_one())
