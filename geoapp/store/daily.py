"""Complaints day by day, counted in the database."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Connection, TextualSelect

from geoapp.domain.complaint import OPEN
from geoapp.domain.daily import MAX_DAYS, Day
from geoapp.domain.work_filter import WorkFilter
from geoapp.store.filters import matching
from geoapp.store.sources import work
from geoapp.store.statements import statement


def daily_statement(
    city_code: str, wanted: WorkFilter, *, timezone: str, first: date | None, last: date
) -> TextualSelect:
    """The question behind `days`."""
    rows = matching(city_code, wanted, work.c.id, work.c.submitted_at, source=work)
    asked = statement("store", "daily").bindparams(
        city_code=city_code,
        timezone=timezone,
        first=first,
        last=last,
        most=MAX_DAYS,
        open=[status.value for status in OPEN],
    )
    return asked.columns().add_cte(rows.cte("matching"))


def days(
    connection: Connection,
    city_code: str,
    wanted: WorkFilter,
    *,
    timezone: str,
    first: date | None,
    last: date,
) -> list[Day]:
    """What fits *wanted* day by day of *timezone*, *first* to *last* included.

    Without *first* from the day on which the first of them came, at most `MAX_DAYS`.
    """
    asked = daily_statement(city_code, wanted, timezone=timezone, first=first, last=last)
    return [
        Day(row.day, row.received, None if row.open_at_end is None else int(row.open_at_end))
        for row in connection.execute(asked)
    ]
