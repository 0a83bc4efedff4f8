"""How complaints stood at an earlier moment, by their history."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, cast

from sqlalchemy import (
    ColumnElement,
    Connection,
    Subquery,
    Table,
    case,
    func,
    select,
)

from geoapp.domain.figures import FigureRow
from geoapp.domain.work_filter import WorkFilter
from geoapp.store import figures
from geoapp.store.filters import conditions_of
from geoapp.store.sources import MOMENT, work
from geoapp.store.tables import complaint_event as event

_LATER_ANSWERS = ("verified_at", "first_response_at", "handled_at", "resolved_at")


@dataclass(frozen=True, slots=True)
class Stood:
    """What there was then: figures, how many had just come, of how many nobody knows."""

    figures: FigureRow
    new: int
    unknown: int


def stood(
    connection: Connection,
    city_code: str,
    wanted: WorkFilter,
    *,
    new_since: datetime,
) -> Stood:
    """What fitted *wanted* at its moment, which is past: by status and deadline of then.

    A complaint whose history has no status up to then is *unknown*; it isn't in the figures,
    and new only where no status or deadline is asked for.

    Args:
        new_since: from when on one counts as *new*.
    """
    then = wanted.now
    rest = replace(wanted, statuses=(), recent_done=False, deadlines=(), overdue=None)
    asked = WorkFilter(
        now=then, statuses=wanted.statuses, deadlines=wanted.deadlines, overdue=wanted.overdue
    )
    rows = _as_of(city_code, rest, then)
    known = rows.c.status.is_not(None)
    told = conditions_of(asked, cast("Table", rows))
    fits = [known, *told]
    counted = connection.execute(
        select(
            func.count().filter(*told, rows.c.submitted_at >= new_since).label("new"),
            func.count().filter(~known).label("unknown"),
        ).select_from(rows)
    ).one()
    wanted_rows = select(*(rows.c[name] for name in figures.READ)).where(*fits)
    return Stood(figures.of_rows(connection, wanted_rows, now=then), counted.new, counted.unknown)


def _as_of(city_code: str, wanted: WorkFilter, then: datetime) -> Subquery:
    """Complaints that came before *then*, with status, deadline and answers as they were then."""
    # What nothing has touched since is as it was; everything that changes a row says when.
    untouched = work.c.updated_at <= then
    columns: dict[str, ColumnElement[Any]] = dict(work.c.items())
    columns |= {
        name: case((work.c[name] <= then, work.c[name]), else_=None) for name in _LATER_ANSWERS
    }
    columns |= {
        "status": case((untouched, work.c.status), else_=_status(then)),
        "due_at": case((untouched, work.c.due_at), else_=_due(then)),
    }
    conditions = [
        work.c.city_code == city_code,
        work.c.submitted_at < then,
        *conditions_of(wanted, work),
    ]
    return (
        select(*(column.label(name) for name, column in columns.items()))
        .where(*conditions)
        .subquery("stood")
    )


def _status(then: datetime) -> ColumnElement[Any]:
    """The last status that was told up to *then*; null where none was."""
    return (
        select(event.c.status)
        .where(*_of_the_complaint(), event.c.status.is_not(None), event.c.at <= then)
        .order_by(event.c.id.desc())
        .limit(1)
        .scalar_subquery()
    )


def _due(then: datetime) -> ColumnElement[Any]:
    """The deadline before it was first moved after *then*; today's where it wasn't."""
    before = event.c.data["due_at_before"].astext
    moved = (
        select(before.cast(MOMENT))
        .where(*_of_the_complaint(), event.c.at > then, before.is_not(None))
        .order_by(event.c.id)
        .limit(1)
        .scalar_subquery()
    )
    return func.coalesce(moved, work.c.due_at)


def _of_the_complaint() -> tuple[ColumnElement[bool], ...]:
    return (event.c.city_code == work.c.city_code, event.c.complaint_id == work.c.id)
