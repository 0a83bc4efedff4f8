"""The numbers of the command center, counted in the database."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Table, Text, TextualSelect, and_, func, true

from geoapp.domain.complaint import OPEN
from geoapp.domain.summary import Count, Summary
from geoapp.domain.work_filter import WorkFilter
from geoapp.store import figures
from geoapp.store.filters import conditions_of, matching
from geoapp.store.sources import work
from geoapp.store.statements import statement


def _facets(wanted: WorkFilter) -> dict[str, WorkFilter]:
    """By field that is counted by: what the filter says of that field alone."""
    bare = WorkFilter(now=wanted.now)
    return {
        "group": replace(bare, groups=wanted.groups),
        "agency": replace(bare, agencies=wanted.agencies),
        "status": replace(bare, statuses=wanted.statuses, recent_done=wanted.recent_done),
        "deadline": replace(bare, deadlines=wanted.deadlines),
        "channel": replace(bare, channels=wanted.channels),
    }


def facets_statement(city_code: str, wanted: WorkFilter, today: datetime) -> TextualSelect:
    """The question behind `counts`: what fits but for five fields, each of them beside it."""
    rest = replace(
        wanted, groups=(), agencies=(), statuses=(), recent_done=False, deadlines=(), channels=()
    )
    rows = matching(
        city_code,
        rest,
        work.c.group_code,
        work.c.agency_code,
        work.c.status,
        work.c.channel,
        work.c.submitted_at,
        work.c.status.in_(OPEN).label("open"),
        deadline(work, wanted.now).label("deadline"),
        *(
            and_(true(), *conditions_of(alone, work)).label(f"in_{field}")
            for field, alone in _facets(wanted).items()
        ),
        source=work,
    )
    asked = statement("store", "summary_facets").bindparams(today=today)
    return asked.columns().add_cte(rows.cte("facets"))


def deadline(source: Table, now: datetime) -> ColumnElement[str]:
    """How a row's deadline stands at *now*, ``done`` included."""
    return func.geoapp.deadline_state(source.c.status, source.c.due_at, now, type_=Text)


def summary(connection: Connection, city_code: str, wanted: WorkFilter, today: datetime) -> Summary:
    """The numbers of what fits *wanted*, without those of the period before.

    Args:
        today: begin of the city's day.
    """
    found = connection.execute(facets_statement(city_code, wanted, today)).all()
    whole = next(row for row in found if row.facet == "all")
    # the filter's own period stays in it: what came in it, whatever became of that since
    rates = figures.total(connection, city_code, wanted)

    def totals(facet: str) -> dict[str, int]:
        return {row.code: row.total for row in found if row.facet == facet}

    def counts(facet: str) -> dict[str, Count]:
        return {row.code: Count(row.total, row.open) for row in found if row.facet == facet}

    return Summary(
        as_of=wanted.now,
        total=whole.total,
        open=whole.open,
        overdue=whole.overdue,
        due_soon=whole.due_soon,
        new_today=whole.new_today,
        median_first_response_s=rates.median_response_s,
        followed_up=rates.followed_up,
        resolved_in_time=rates.resolved_in_time,
        by_group=counts("group"),
        by_agency=counts("agency"),
        by_status=totals("status"),
        by_deadline=totals("deadline"),
        by_channel=totals("channel"),
        before=None,
    )
