"""Statistics of staff's complaints: each table one statement, all through the one filter."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ColumnElement, Connection, Text, func

from geoapp.domain.complaint import OPEN
from geoapp.domain.figures import FigureRow
from geoapp.domain.statistics import BACKLOG_DAYS, Age, Step
from geoapp.domain.work_filter import WorkFilter
from geoapp.store.figures import by_key, without_period
from geoapp.store.filters import area_column, matching
from geoapp.store.sources import work
from geoapp.store.statements import statement


def by_agency(connection: Connection, city_code: str, wanted: WorkFilter) -> list[FigureRow]:
    """Figures by the agency that has a complaint now, that of all first."""
    return _by(connection, city_code, wanted, work.c.agency_code)


def by_group(connection: Connection, city_code: str, wanted: WorkFilter) -> list[FigureRow]:
    """Figures by group of services, that of all first."""
    return _by(connection, city_code, wanted, work.c.group_code)


def by_kelurahan(connection: Connection, city_code: str, wanted: WorkFilter) -> list[FigureRow]:
    """Figures by kelurahan of the boundaries that *wanted* means, that of all first."""
    return _by(connection, city_code, wanted, area_column("kelurahan", wanted, work))


def by_month(
    connection: Connection, city_code: str, wanted: WorkFilter, timezone: str
) -> list[FigureRow]:
    """Figures by month (``2026-03``) of the city's zone, that of the whole period first.

    A complaint counts in the month it came; its response and its resolution where they
    happened or were missed. What is open is what came in the month and still is.
    """

    def month(moment: ColumnElement[datetime]) -> ColumnElement[str]:
        return func.to_char(func.timezone(timezone, moment), "YYYY-MM", type_=Text)

    return by_key(
        connection,
        city_code,
        without_period(wanted),
        month(work.c.submitted_at),
        answer_key=month(func.coalesce(work.c.first_response_at, work.c.answer_due_at)),
        resolution_key=month(func.coalesce(work.c.resolved_at, work.c.due_at)),
        since=wanted.since,
        until=wanted.until,
        of_period=True,
    )


def arrivals(
    connection: Connection, city_code: str, wanted: WorkFilter, timezone: str, step: Step
) -> list[tuple[date, str, int]]:
    """First day of the step, group and count of what came in the period of *wanted*."""
    rows = matching(city_code, wanted, work.c.submitted_at, work.c.group_code, source=work)
    asked = statement("store", "statistics_arrivals").bindparams(
        step=step.value, timezone=timezone, now=wanted.now
    )
    found = connection.execute(asked.columns().add_cte(rows.cte("matching")))
    return [(row.starts, row.group_code, row.received) for row in found]


def backlog(connection: Connection, city_code: str, wanted: WorkFilter) -> tuple[Age, ...]:
    """What is open now by its age, whenever it came; every age is there."""
    rows = matching(
        city_code,
        without_period(wanted),
        work.c.status,
        work.c.submitted_at,
        work.c.due_at,
        source=work,
    ).where(work.c.status.in_(OPEN))
    asked = statement("store", "statistics_backlog").bindparams(
        days=list(BACKLOG_DAYS), now=wanted.now
    )
    found = {
        row.age: row for row in connection.execute(asked.columns().add_cte(rows.cte("matching")))
    }
    limits = (0, *BACKLOG_DAYS)
    ends = (*BACKLOG_DAYS, None)
    return tuple(
        Age(
            begins,
            ends[number],
            found[number].open if number in found else 0,
            found[number].overdue if number in found else 0,
        )
        for number, begins in enumerate(limits)
    )


def _by(
    connection: Connection, city_code: str, wanted: WorkFilter, key: ColumnElement[str]
) -> list[FigureRow]:
    return by_key(
        connection, city_code, without_period(wanted), key, since=wanted.since, until=wanted.until
    )
