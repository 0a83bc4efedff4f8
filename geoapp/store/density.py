"""Density cells: counting complaints into them, and what they are read from.

One process at a time counts for a city: it holds the city's row of ``density_state``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Column, Connection, Date, Integer, MetaData, Table, Text
from sqlalchemy.dialects.postgresql import TIMESTAMP

from geoapp.domain.density import Phase
from geoapp.store.statements import statement

# `geoapp.store.filters` names every column it could ask for; of cells nobody asks the service.
_views = MetaData(schema="geoapp")
_MOMENT = TIMESTAMP(timezone=True)


def _total(name: str) -> Table:
    counts = ("open_count", "overdue_count", "done_count", "recent_count", "other_count")
    return Table(
        name,
        _views,
        Column("city_code", Text),
        Column("zoom", Integer),
        Column("group_code", Text),
        Column("cell", BigInteger),
        *(Column(count, Integer) for count in counts),
    )


def _cell(name: str) -> Table:
    codes = (
        "group_code",
        "service_code",
        "status",
        "agency_code",
        "kelurahan_code",
        "kecamatan_code",
    )
    return Table(
        name,
        _views,
        Column("city_code", Text),
        Column("month", Date),
        Column("cell", BigInteger),
        *(Column(code, Text) for code in codes),
        Column("count", Integer),
        Column("overdue_count", Integer),
        Column("recent_count", Integer),
    )


def _uncounted(name: str, *more: Column[Any]) -> Table:
    return Table(
        name,
        _views,
        Column("city_code", Text),
        Column("group_code", Text),
        Column("service_code", Text),
        Column("status", Text),
        Column("submitted_at", _MOMENT),
        Column("due_at", _MOMENT),
        Column("resolved_at", _MOMENT),
        Column("closed_at", _MOMENT),
        Column("agency_code", Text),
        Column("location_kind", Text),
        Column("tile18", BigInteger),
        Column("kelurahan_code", Text),
        Column("kecamatan_code", Text),
        *more,
    )


_public_clock = Table(
    "density_public_clock",
    _views,
    Column("city_code", Text),
    Column("complaint_id", BigInteger),
    Column("status", Text),
    Column("due_at", _MOMENT),
    Column("resolved_at", _MOMENT),
)


@dataclass(frozen=True, slots=True)
class Sources:
    """What one kind of reader reads cells from; complaints' own columns keep their names.

    Attributes:
        uncounted: what was counted of complaints; for everybody only of those that changed
            since, for staff of all, to be joined by ``complaint_id``.
        clock: when time alone counts a complaint differently.
        changed: name of the function that tells which complaints changed since.
    """

    total: Table
    cell: Table
    uncounted: Table
    clock: Table
    changed: str


public = Sources(
    _total("density_public_total"),
    _cell("density_public_cell"),
    _uncounted("density_public_uncounted"),
    _public_clock,
    "density_public_changed",
)
_counted = _uncounted("density_work_uncounted", Column("complaint_id", BigInteger))
work = Sources(
    _total("density_work_total"),
    _cell("density_work_cell"),
    _counted,
    _counted,
    "density_changed",
)


@dataclass(frozen=True, slots=True)
class State:
    """How far a city is counted.

    Attributes:
        filled_tile, filled_to: place and number of the last complaint counted on the first way.
        xid, event_id: the last event counted.
        moment: by which clock overdue and done lately are counted.
    """

    phase: Phase
    filled_tile: int
    filled_to: int
    xid: str
    event_id: int
    moment: datetime


def moment(connection: Connection, city_code: str) -> datetime | None:
    """The moment that the city's cells are counted for; None while they can't be read."""
    found: datetime | None = connection.execute(
        statement("store", "density_moment"), {"city_code": city_code}
    ).scalar_one()
    return found


def lock(connection: Connection, city_code: str) -> State | None:
    """The state, held until the transaction ends; None when there is none of this database."""
    row = connection.execute(
        statement("store", "density_lock"), {"city_code": city_code}
    ).one_or_none()
    if row is None or not row.living:
        return None
    return State(
        Phase(row.phase), row.filled_tile, row.filled_to, row.xid, row.event_id, row.moment
    )


def begin(connection: Connection, city_code: str, at: datetime) -> None:
    """Begin to count from nothing, for the clock *at*."""
    connection.execute(statement("store", "density_begin"), {"city_code": city_code, "moment": at})


def put(connection: Connection, city_code: str, state: State) -> None:
    """Write down how far the city is counted."""
    connection.execute(
        statement("store", "density_put_state"),
        {
            "city_code": city_code,
            "phase": state.phase.value,
            "filled_tile": state.filled_tile,
            "filled_to": state.filled_to,
            "xid": state.xid,
            "event_id": state.event_id,
            "moment": state.moment,
        },
    )


def clear(connection: Connection, city_code: str, most: int) -> int:
    """Remove up to *most* rows of each table that an earlier count left; how many went."""
    values = {"city_code": city_code, "most": most}
    return int(connection.execute(statement("store", "density_clear"), values).scalar_one())


def next_filled(
    connection: Connection, city_code: str, state: State, most: int
) -> list[tuple[int, int]]:
    """The next complaints by place, as (number, place)."""
    rows = connection.execute(
        statement("store", "density_next_filled"),
        {
            "city_code": city_code,
            "filled_tile": state.filled_tile,
            "filled_to": state.filled_to,
            "most": most,
        },
    )
    return [(row.id, row.tile18) for row in rows]


def next_events(
    connection: Connection, city_code: str, state: State, most: int
) -> list[tuple[int, str, int]]:
    """The next events as (complaint, transaction, event), in feed order."""
    rows = connection.execute(
        statement("store", "density_next_events"),
        {"city_code": city_code, "xid": state.xid, "event_id": state.event_id, "most": most},
    )
    return [(row.complaint_id, row.xid, row.id) for row in rows]


def take_marks(connection: Connection, city_code: str, most: int) -> list[int]:
    """Complaints that were marked as changed; their marks are taken off."""
    values = {"city_code": city_code, "most": most}
    return list(connection.execute(statement("store", "density_take_marks"), values).scalars())


def next_clock(
    connection: Connection, city_code: str, before: datetime, after: datetime, most: int
) -> list[tuple[int, datetime]]:
    """Complaints that time alone counts differently from *before* to *after*, by when it does."""
    rows = connection.execute(
        statement("store", "density_next_clock"),
        {"city_code": city_code, "before": before, "after": after, "most": most},
    )
    return [(row.complaint_id, row.at) for row in rows]


def recount(
    connection: Connection,
    city_code: str,
    complaints: Sequence[int],
    before: datetime,
    after: datetime,
) -> None:
    """Compare *complaints* with what was counted of them and put the difference into the cells.

    Args:
        complaints: ids; each may come twice.
        before, after: moments by which the cells' clock stood and is to stand.
    """
    connection.execute(
        statement("store", "density_recount"),
        {
            "city_code": city_code,
            "ids": sorted(set(complaints)),
            "before": before,
            "after": after,
        },
    )


def tidy(connection: Connection, city_code: str) -> None:
    """Remove cells that have become empty."""
    connection.execute(statement("store", "density_tidy"), {"city_code": city_code})
