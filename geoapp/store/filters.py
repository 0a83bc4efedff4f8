"""The filter over complaints as SQL: the only place that knows how.

Statements in ``.sql`` files read from a common table expression (``matching``, ``page``,
…) that `matching` makes and the caller puts in front with ``add_cte``. Values are bound
by psycopg2 on the client, so the planner sees constants and picks the index they call for.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    Integer,
    MetaData,
    Select,
    Table,
    Text,
    and_,
    func,
    or_,
    select,
    tuple_,
)
from sqlalchemy.dialects.postgresql import TIMESTAMP

from geoapp.domain.complaint import CLOCK_RUNS, DONE
from geoapp.domain.cover import morton_ranges
from geoapp.domain.filters import DONE_WINDOW, ComplaintFilter
from geoapp.domain.place import BBox, TileId
from geoapp.domain.reading import PageCursor

MOMENT = TIMESTAMP(timezone=True)

public = Table(
    "complaint_public",
    # The view belongs to no metadata that migrations are compared with.
    MetaData(schema="geoapp"),
    Column("city_code", Text),
    Column("id", BigInteger),
    Column("ticket", Text),
    Column("service_code", Text),
    Column("group_code", Text),
    Column("description", Text),
    Column("landmark", Text),
    Column("status", Text),
    Column("submitted_at", MOMENT),
    Column("due_at", MOMENT),
    Column("resolved_at", MOMENT),
    Column("closed_at", MOMENT),
    Column("location_kind", Text),
    Column("geom"),
    Column("tile18", BigInteger),
    Column("shown_within_m", Integer),
    Column("kelurahan_set", BigInteger),
    Column("kelurahan_code", Text),
    Column("kecamatan_code", Text),
    Column("agency_code", Text),
    Column("simulated", Boolean),
)
"""What everybody may read, and nothing else."""

LON = func.ST_X(public.c.geom).label("lon")
LAT = func.ST_Y(public.c.geom).label("lat")


def matching(
    city_code: str,
    wanted: ComplaintFilter,
    *columns: ColumnElement[Any],
    tile: TileId | None = None,
) -> Select[*tuple[Any, ...]]:
    """*columns* of the city's public complaints that fit *wanted*, and lie in *tile* if given."""
    conditions = [public.c.city_code == city_code, *_conditions(wanted)]
    if tile is not None:
        first, last = tile.morton_range
        conditions += [_has_point(), public.c.tile18.between(first, last)]
    return select(*columns).where(*conditions)


def one(city_code: str, ticket: str, *columns: ColumnElement[Any]) -> Select[*tuple[Any, ...]]:
    """*columns* of the complaint with *ticket*."""
    return select(*columns).where(public.c.city_code == city_code, public.c.ticket == ticket)


def newest_first(
    query: Select[*tuple[Any, ...]], limit: int, after: PageCursor | None
) -> Select[*tuple[Any, ...]]:
    """The first *limit* rows of *query*, newest first, that follow *after*."""
    if after is not None:
        here = tuple_(public.c.submitted_at, public.c.id)
        query = query.where(here < tuple_(after.submitted_at, after.id))
    return query.order_by(public.c.submitted_at.desc(), public.c.id.desc()).limit(limit)


def is_overdue(wanted: ComplaintFilter) -> ColumnElement[bool]:
    """Whether a complaint whose clock runs is past its target at the filter's moment."""
    return and_(public.c.status.in_(CLOCK_RUNS), public.c.due_at < wanted.now)


def _conditions(wanted: ComplaintFilter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    for column, values in (
        (public.c.group_code, wanted.groups),
        (public.c.service_code, wanted.services),
        (public.c.kelurahan_code, wanted.kelurahan),
        (public.c.kecamatan_code, wanted.kecamatan),
        (public.c.agency_code, wanted.agencies),
    ):
        if values:
            found.append(column.in_(values))
    if wanted.statuses or wanted.recent_done:
        found.append(_status(wanted))
    if wanted.since is not None:
        found.append(public.c.submitted_at >= wanted.since)
    if wanted.until is not None:
        found.append(public.c.submitted_at < wanted.until)
    if wanted.overdue is not None:
        found.append(is_overdue(wanted) if wanted.overdue else ~is_overdue(wanted))
    if wanted.bbox is not None:
        found += _in_box(wanted.bbox)
    text = func.concat_ws(" ", public.c.ticket, public.c.landmark, public.c.description)
    found += [text.icontains(word, autoescape=True) for word in wanted.words]
    return found


def _status(wanted: ComplaintFilter) -> ColumnElement[bool]:
    named = public.c.status.in_(wanted.statuses)
    if not wanted.recent_done:
        return named
    done_at = func.coalesce(public.c.resolved_at, public.c.closed_at)
    return or_(named, and_(public.c.status.in_(DONE), done_at >= wanted.now - DONE_WINDOW))


def _in_box(box: BBox) -> list[ColumnElement[bool]]:
    """Key ranges for the index, then the shown coordinates themselves, edges included."""
    ranges = [public.c.tile18.between(first, last) for first, last in morton_ranges(box)]
    return [
        _has_point(),
        or_(*ranges),
        func.ST_X(public.c.geom).between(box.west, box.east),
        func.ST_Y(public.c.geom).between(box.south, box.north),
    ]


def _has_point() -> ColumnElement[bool]:
    """The condition of the partial index on ``(city_code, public_tile18)``."""
    return public.c.location_kind == "point"
