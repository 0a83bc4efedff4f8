"""Figures of staff's complaints by any key: the one statement behind numbers and statistics."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, Text, TextualSelect, func, null, or_

from geoapp.domain.complaint import OPEN
from geoapp.domain.figures import FigureRow, Share
from geoapp.domain.work_filter import WorkFilter
from geoapp.store.filters import matching
from geoapp.store.sources import work
from geoapp.store.statements import statement

EVER, NEVER = datetime(1970, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
"""Ends of a period that has none; complaints are younger and no filter reaches further."""

READ = (
    "status", "submitted_at", "verify_due_at", "answer_due_at", "due_at", "verified_at",
    "first_response_at", "handled_at", "resolved_at", "hold_since", "reopenings",
)  # fmt: skip
"""What the figures are made of, beside what they are told apart by."""


def figures_statement(
    city_code: str,
    wanted: WorkFilter,
    key: ColumnElement[Any] | None = None,
    *,
    answer_key: ColumnElement[Any] | None = None,
    resolution_key: ColumnElement[Any] | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    of_period: bool = False,
) -> TextualSelect:
    """The question behind `by_key`."""
    since, until = since or EVER, until or NEVER
    by = null().cast(Text) if key is None else key
    rows = matching(
        city_code,
        wanted,
        by.label("key"),
        (by if answer_key is None else answer_key).label("answer_key"),
        (by if resolution_key is None else resolution_key).label("resolution_key"),
        *(work.c[name] for name in READ),
        source=work,
    )
    if since > EVER:
        # What is done and lies before the period touches no figure; said for the planner.
        moments = (work.c[name] for name in _MOMENTS)
        rows = rows.where(or_(work.c.status.in_(OPEN), func.greatest(*moments) >= since))
    return _over(rows, since=since, until=until, now=wanted.now, of_period=of_period)


def _over(
    rows: Select[*tuple[Any, ...]],
    *,
    since: datetime,
    until: datetime,
    now: datetime,
    of_period: bool,
) -> TextualSelect:
    asked = statement("store", "figures").bindparams(
        since=since, until=until, now=now, of_period=of_period
    )
    return asked.columns().add_cte(rows.cte("matching"))


def of_rows(connection: Connection, rows: Select[*tuple[Any, ...]], *, now: datetime) -> FigureRow:
    """The figures of *rows* at *now*, whatever period they came in.

    Args:
        rows: the columns of `READ`, of complaints as they stood at *now*.
    """
    apart = null().cast(Text)
    rows = rows.add_columns(
        apart.label("key"), apart.label("answer_key"), apart.label("resolution_key")
    )
    asked = _over(rows, since=EVER, until=NEVER, now=now, of_period=False)
    return _row(dict(next(iter(connection.execute(asked).mappings()))))


_MOMENTS = ("submitted_at", "first_response_at", "resolved_at", "answer_due_at", "due_at")


def by_key(
    connection: Connection,
    city_code: str,
    wanted: WorkFilter,
    key: ColumnElement[Any] | None = None,
    *,
    answer_key: ColumnElement[Any] | None = None,
    resolution_key: ColumnElement[Any] | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    of_period: bool = False,
) -> list[FigureRow]:
    """Figures of what fits *wanted* by *key*, that of all of it first, at the filter's moment.

    Args:
        key: a text column of `store.sources.work`, or made of its columns; None: all alone.
        answer_key: counts under this key where a first response was given or missed,
            *resolution_key* where a resolution was; *key* unless given.
        since: begin of the period, included, *until* its end, excluded. A period inside
            *wanted* would drop what came earlier: what is open now, or was resolved in it.
        of_period: what is open counts only if it came in the period.
    """
    asked = figures_statement(
        city_code, wanted, key, answer_key=answer_key, resolution_key=resolution_key,
        since=since, until=until, of_period=of_period,
    )  # fmt: skip
    return [_row(dict(row)) for row in connection.execute(asked).mappings()]


def total(
    connection: Connection,
    city_code: str,
    wanted: WorkFilter,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
) -> FigureRow:
    """The figures of all that fits *wanted*; see `by_key`."""
    return by_key(connection, city_code, wanted, since=since, until=until)[0]


def without_period(wanted: WorkFilter) -> WorkFilter:
    """*wanted* without its period, to give that apart."""
    return replace(wanted, since=None, until=None)


_SHARES = ("answered_in_time", "followed_up", "resolved_in_time", "reopened")


def _row(found: dict[Any, Any]) -> FigureRow:
    for name in _SHARES:
        found[name] = Share(found[name], found.pop(f"{name}_of"))
    return FigureRow(**found)
