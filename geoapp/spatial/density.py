"""Tiles of density cells from what was counted beforehand, exact at the very snapshot.

The cells say what stood at a cursor of the feed, by the clock of a moment. Added to them is
what changed since: complaints with later events as they stand now, less what was counted of
them; and what time alone moves between that moment and the one asked for.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Date,
    Integer,
    Select,
    Table,
    TextualSelect,
    and_,
    case,
    column,
    func,
    literal,
    literal_column,
    or_,
    select,
    union,
    union_all,
)

from geoapp.domain.complaint import CLOCK_RUNS, DONE, OPEN
from geoapp.domain.density import CELL_ZOOM, OTHER, TOTAL_ZOOM, CellPlan
from geoapp.domain.filters import DONE_WINDOW, ComplaintFilter
from geoapp.domain.place import MAX_ZOOM, TileId
from geoapp.domain.work_filter import WorkFilter
from geoapp.store.density import Sources
from geoapp.store.filters import conditions_of, is_overdue, matching
from geoapp.store.statements import statement

_GRID = 6
"""A tile has at most 2^6 cells a side: its cells are tiles so many zooms deeper."""

_ALL_MONTHS = literal_column("date '-infinity'", Date)

Sums = Select[*tuple[Any, ...]]
"""Rows of (key of a cell, how many, how many of them overdue)."""


@dataclass(frozen=True, slots=True)
class CellTile:
    """A tile of cells.

    Attributes:
        total: complaints in it.
        body: Mapbox Vector Tile, layer ``cells`` (count, overdue, and ``side`` when a cell's
            side isn't 64 of the tile's 4096 units); empty without any.
    """

    total: int
    body: bytes


def cell_tile(
    connection: Connection,
    city_code: str,
    asked: CellPlan,
    tile: TileId,
    *,
    counted_for: datetime,
    source: Table,
    cells: Sources,
) -> CellTile | None:
    """The complaints in a tile as cells; None when the cells have moved on meanwhile.

    Args:
        counted_for: the moment of the cells, as read before.
        source, cells: where complaints and cells are read from, both as everybody or both as
            staff sees them.
    """
    row = connection.execute(
        cell_statement(city_code, asked, tile, counted_for=counted_for, source=source, cells=cells)
    ).one()
    if not row.current:
        return None
    return CellTile(int(row.total), bytes(row.mvt or b""))


def cell_statement(
    city_code: str,
    asked: CellPlan,
    tile: TileId,
    *,
    counted_for: datetime,
    source: Table,
    cells: Sources,
) -> TextualSelect:
    """The question behind `cell_tile`: one statement, so one snapshot."""
    # Totals have cells of both zooms; the coarser serves where it is fine enough.
    level = TOTAL_ZOOM if asked.by_totals and tile.z + _GRID > CELL_ZOOM else CELL_ZOOM
    zoom = min(tile.z + _GRID, level)
    counted = (
        _totals(city_code, asked, tile, level, zoom, cells.total)
        if asked.by_totals
        else _monthly(city_code, asked, tile, zoom, cells.cell)
    )
    parts = [
        counted,
        *_since(city_code, asked.whole, tile, zoom, counted_for, source, cells),
        *(_rows(city_code, edge, tile, zoom, source, 1) for edge in asked.edges),
    ]
    shift = 2 * (MAX_ZOOM - zoom)
    return (
        statement("spatial", "tile_cells")
        .bindparams(
            city_code=city_code,
            counted_for=counted_for,
            first=tile.morton_range[0] >> shift,
            side=4096 >> (zoom - tile.z),
        )
        .columns()
        .add_cte(union_all(*parts).cte("part"))
    )


def _keys(tile: TileId, level: int, cell: ColumnElement[int]) -> ColumnElement[bool]:
    """Whether a cell of zoom *level* lies in the tile."""
    first, last = tile.morton_range
    shift = 2 * (MAX_ZOOM - level)
    return cell.between(first >> shift, last >> shift)


def _coarser(cell: ColumnElement[int], level: int, zoom: int) -> ColumnElement[int]:
    """The cell of *zoom* that a cell of zoom *level* lies in."""
    return cell.bitwise_rshift(literal(2 * (level - zoom), Integer))


def _late_alone(wanted: ComplaintFilter) -> bool:
    return wanted.overdue is True or (isinstance(wanted, WorkFilter) and bool(wanted.deadlines))


def _totals(
    city_code: str, asked: CellPlan, tile: TileId, level: int, zoom: int, total: Table
) -> Sums:
    """Sums from the totals; by open, done and neither."""
    wanted = asked.whole
    statuses = set(wanted.statuses)
    every = not statuses and not wanted.recent_done
    nothing: ColumnElement[Any] = literal(0, Integer)
    opened = every or statuses.issuperset(OPEN)
    late: ColumnElement[Any] = total.c.overdue_count if opened else nothing
    count: ColumnElement[Any]
    if _late_alone(wanted):
        count = late
    else:
        count = total.c.open_count if opened else nothing
        if every or statuses.issuperset(DONE):
            count = count + total.c.done_count
        elif wanted.recent_done:
            count = count + total.c.recent_count
        if every or statuses.issuperset(OTHER):
            count = count + total.c.other_count
    if wanted.overdue is False:
        count, late = count - late, nothing
    return (
        select(
            _coarser(total.c.cell, level, zoom).label("key"),
            func.sum(count).label("n"),
            func.sum(late).label("late"),
        )
        .where(
            total.c.city_code == city_code,
            total.c.zoom == level,
            total.c.group_code.in_(wanted.groups or ("",)),
            _keys(tile, level, total.c.cell),
        )
        .group_by(column("key"))
    )


def _monthly(city_code: str, asked: CellPlan, tile: TileId, zoom: int, cell: Table) -> Sums:
    """Sums from the monthly cells."""
    wanted = asked.whole
    count: ColumnElement[Any] = cell.c.count
    late: ColumnElement[Any] = cell.c.overdue_count
    if _late_alone(wanted):
        count = late
    if wanted.overdue is False:
        count, late = count - late, literal(0, Integer)
    chosen = [
        cell.c.city_code == city_code,
        *conditions_of(_without_clock(wanted), cell),
        _keys(tile, CELL_ZOOM, cell.c.cell),
    ]
    if wanted.statuses or wanted.recent_done:
        named: ColumnElement[bool] = cell.c.status.in_(wanted.statuses)
        if wanted.recent_done:
            recent: ColumnElement[Any] = (
                literal(0, Integer) if _late_alone(wanted) else cell.c.recent_count
            )
            count = case((named, count), else_=recent)
            late = case((named, late), else_=literal(0, Integer))
            named = or_(named, cell.c.status.in_(DONE))
        chosen.append(named)
    if asked.all_time:
        chosen.append(cell.c.month == _ALL_MONTHS)
    else:
        chosen.append(cell.c.month > _ALL_MONTHS)
        if asked.first is not None:
            chosen.append(cell.c.month >= asked.first)
        if asked.end is not None:
            chosen.append(cell.c.month < asked.end)
    return (
        select(
            _coarser(cell.c.cell, CELL_ZOOM, zoom).label("key"),
            func.sum(count).label("n"),
            func.sum(late).label("late"),
        )
        .where(*chosen)
        .group_by(column("key"))
    )


def _without_clock(wanted: ComplaintFilter) -> ComplaintFilter:
    """The part of a filter that is about codes alone; row-level security knows the reach."""
    codes = replace(wanted, statuses=(), recent_done=False, since=None, until=None, overdue=None)
    return replace(codes, deadlines=(), reach=()) if isinstance(codes, WorkFilter) else codes


def _since(
    city_code: str,
    wanted: ComplaintFilter,
    tile: TileId,
    zoom: int,
    counted_for: datetime,
    source: Table,
    cells: Sources,
) -> list[Sums]:
    """What the cells don't say yet: changes, and what time alone moves."""
    changed = select(getattr(func.geoapp, cells.changed)(city_code).column_valued("id"))
    then = replace(wanted, now=counted_for)
    was = replace(then, reach=()) if isinstance(then, WorkFilter) else then
    gone = _rows(city_code, was, tile, zoom, cells.uncounted, -1)
    if "complaint_id" in cells.uncounted.c:
        gone = gone.where(cells.uncounted.c.complaint_id.in_(changed))
    parts = [
        _rows(city_code, wanted, tile, zoom, source, 1).where(source.c.id.in_(changed)),
        gone,
    ]
    if counted_for != wanted.now:
        before, after = sorted((counted_for, wanted.now))
        turning = _turning(city_code, before, after, cells.clock)
        same = and_(source.c.id.in_(turning), source.c.id.not_in(changed))
        parts += [
            _rows(city_code, wanted, tile, zoom, source, 1).where(same),
            _rows(city_code, then, tile, zoom, source, -1).where(same),
        ]
    return parts


def _rows(
    city_code: str, wanted: ComplaintFilter, tile: TileId, zoom: int, source: Table, sign: int
) -> Sums:
    """Each fitting row of *source*, counted as *sign*."""
    late = case((is_overdue(wanted, source), sign), else_=0)
    return matching(
        city_code,
        wanted,
        _coarser(source.c.tile18, MAX_ZOOM, zoom).label("key"),
        literal(sign, BigInteger).label("n"),
        late.label("late"),
        tile=tile,
        source=source,
    )


def _turning(city_code: str, before: datetime, after: datetime, clock: Table) -> Sums:
    """Complaints that time alone counts differently at *after* than at *before*."""
    due = select(clock.c.complaint_id).where(
        clock.c.city_code == city_code,
        clock.c.status.in_(CLOCK_RUNS),
        clock.c.due_at >= before,
        clock.c.due_at < after,
    )
    done = select(clock.c.complaint_id).where(
        clock.c.city_code == city_code,
        clock.c.status.in_(DONE),
        clock.c.resolved_at >= before - DONE_WINDOW,
        clock.c.resolved_at < after - DONE_WINDOW,
    )
    found = union(due, done).subquery()
    return select(found.c.complaint_id)
