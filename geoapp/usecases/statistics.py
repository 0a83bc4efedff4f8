"""Statistics of the complaints an account sees, by agency, kelurahan, group and month."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from geoapp.domain.access import Actor, Permission, reach, require
from geoapp.domain.area_numbers import AreaMap, Level
from geoapp.domain.catalogue import Catalogue, City
from geoapp.domain.figures import FigureRow, Share, nothing
from geoapp.domain.statistics import Arrivals, Line, Statistics, Step
from geoapp.domain.work_filter import WorkFilter
from geoapp.store import area_numbers
from geoapp.store import statistics as store
from geoapp.store.database import Database, Role
from geoapp.usecases.area_numbers import days_of

_DAYS_BY_DAY, _DAYS_BY_WEEK = 21, 200
"""Up to so many days the arrivals are told by day, by week; by month beyond."""


def of_staff(
    database: Database, city: City, catalogue: Catalogue, actor: Actor, wanted: WorkFilter
) -> Statistics:
    """All tables of what *actor* sees and *wanted* lets through, as of its moment.

    The period of *wanted* is that of `usecases.numbers.FORMULAS`: what is open or overdue
    is told as it stands now, whenever it came.

    Raises:
        Forbidden: the actor reads no figures.
    """
    require(actor, Permission.READ_NUMBERS)
    wanted = replace(wanted, reach=reach(actor, Permission.READ))
    with database.transaction(Role.STAFF, city.code, account=actor.account_id) as connection:
        total, *agencies = store.by_agency(connection, city.code, wanted)
        _, *groups = store.by_group(connection, city.code, wanted)
        _, *months = store.by_month(connection, city.code, wanted, city.timezone)
        return Statistics(
            as_of=wanted.now,
            since=wanted.since,
            until=wanted.until,
            then=wanted.then,
            total=total,
            agencies=league(
                Line(row.key, _agency(catalogue, row.key), row) for row in agencies if tells(row)
            ),
            kelurahan=_kelurahan(connection, city, wanted),
            groups=_groups(catalogue, groups),
            months=tuple(Line(row.key, row.key or "", row) for row in months if tells(row)),
            arrivals=_arrivals(connection, city, catalogue, wanted),
            backlog=store.backlog(connection, city.code, wanted),
            sets=area_numbers.sets_of_period(connection, city.code, wanted, days_of(city, wanted)),
            partial=bool(wanted.reach),
        )


def small_map(database: Database, city: City, told: Statistics) -> AreaMap | None:
    """The newest of the sets that *told* goes by, to be shaded; None without one."""
    if not told.sets:
        return None
    with database.transaction(Role.VISITOR, city.code) as connection:
        return area_numbers.shapes(connection, city.code, told.sets[-1], Level.KELURAHAN)


def league(lines: Iterable[Line]) -> tuple[Line, ...]:
    """*lines* by what is overdue now, then by what is open, the most first; then by name."""
    return tuple(
        sorted(
            lines,
            key=lambda line: (-line.figures.overdue, -line.figures.open, line.name.casefold()),
        )
    )


def tells(row: FigureRow) -> bool:
    """Whether any figure of a row is more than nothing."""
    return bool(
        row.received or row.open or row.answered_in_time.of or row.resolved_in_time.of
    )  # what came before the period and is done touches none


def as_json(told: Statistics) -> dict[str, Any]:
    """*told* as the API answers it (JSON-able)."""
    return {
        "as_of": told.as_of.isoformat(),
        "since": _moment(told.since),
        "until": _moment(told.until),
        "boundaries": "then" if told.then else "today",
        "partial": told.partial,
        "sets": [
            {"id": one.id, "version": one.version, "source": one.source,
             "approximate": one.approximate}
            for one in told.sets
        ],
        "total": _figures(told.total),
        **{
            name: [
                {"code": line.code, "name": line.name, "parent": line.parent}
                | _figures(line.figures)
                for line in lines
            ]
            for name, lines in (
                ("agencies", told.agencies), ("kelurahan", told.kelurahan),
                ("groups", told.groups), ("months", told.months),
            )
        },
        "arrivals": {
            "step": told.arrivals.step.value,
            "starts": [day.isoformat() for day in told.arrivals.starts],
            "by_group": {code: list(counts) for code, counts in told.arrivals.by_group.items()},
        },
        "backlog": [
            {"from_days": age.from_days, "to_days": age.to_days, "open": age.open,
             "overdue": age.overdue}
            for age in told.backlog
        ],
    }  # fmt: skip


def _figures(row: FigureRow) -> dict[str, Any]:
    return {
        "received": row.received,
        "set_aside": row.set_aside,
        "followed_up": _share(row.followed_up),
        "resolved_in_time": _share(row.resolved_in_time),
        "answered_in_time": _share(row.answered_in_time),
        "median_first_response_s": row.median_response_s,
        "p90_first_response_s": row.p90_response_s,
        "responses": _share(Share(row.answered, row.waited)),
        "open": row.open,
        "overdue": row.overdue,
        "oldest_open_at": _moment(row.oldest_open_at),
    }


def _share(share: Share) -> dict[str, int]:
    return {"n": share.n, "of": share.of}


def _moment(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _agency(catalogue: Catalogue, code: str | None) -> str:
    agency = catalogue.agencies.get(code or "")
    return agency.display if agency else code or ""


def _groups(catalogue: Catalogue, rows: list[FigureRow]) -> tuple[Line, ...]:
    found = {row.key: row for row in rows if tells(row)}
    known = [code for code in catalogue.groups if code in found]
    return tuple(
        Line(code, catalogue.groups[code].name.local, found[code]) for code in known
    ) + tuple(
        Line(code, code or "", row) for code, row in found.items() if code not in catalogue.groups
    )


def _kelurahan(connection: Connection, city: City, wanted: WorkFilter) -> tuple[Line, ...]:
    """Every kelurahan of the boundaries meant, and what else has complaints."""
    rows = store.by_kelurahan(connection, city.code, wanted)
    found = {row.key: row for row in rows if not row.is_total and tells(row)}
    areas = area_numbers.known(
        connection, city.code, wanted, Level.KELURAHAN, days_of(city, wanted)
    )
    lines = [
        Line(one.code, one.name, found.get(one.code) or nothing(one.code), one.parent, one.version)
        for one in areas
        if one.of_period or one.code in found
    ]
    named = {one.code for one in areas}
    rest = [Line(code, code or "", row) for code, row in found.items() if code not in named]
    return league(lines) + league(rest)


def _arrivals(
    connection: Connection, city: City, catalogue: Catalogue, wanted: WorkFilter
) -> Arrivals:
    """What came in, each step of the period there, also those without any."""
    zone = ZoneInfo(city.timezone)
    end = min(wanted.until or wanted.now, wanted.now)
    last = (end - timedelta(microseconds=1)).astimezone(zone).date()
    first = wanted.since.astimezone(zone).date() if wanted.since else None
    step = step_for(first, last)
    found = store.arrivals(connection, city.code, wanted, city.timezone, step)
    if first is None:
        first = found[0][0] if found else last
    starts = _steps(step, first, last)
    place = {day: number for number, day in enumerate(starts)}
    counts: dict[str, list[int]] = {}
    for day, group, received in found:
        counts.setdefault(group, [0] * len(starts))[place[day]] = received
    order = {code: number for number, code in enumerate(catalogue.groups)}
    return Arrivals(
        step,
        starts,
        {
            code: tuple(counts[code])
            for code in sorted(counts, key=lambda code: (order.get(code, len(order)), code))
        },
    )


def step_for(first: date | None, last: date) -> Step:
    """How far apart the bars of a period are; without a beginning by month."""
    days = (last - first).days + 1 if first else _DAYS_BY_WEEK + 1
    if days <= _DAYS_BY_DAY:
        return Step.DAY
    return Step.WEEK if days <= _DAYS_BY_WEEK else Step.MONTH


def _steps(step: Step, first: date, last: date) -> tuple[date, ...]:
    """The first day of every step that has a day from *first* to *last*."""
    if step is Step.MONTH:
        months = range(first.year * 12 + first.month - 1, last.year * 12 + last.month)
        return tuple(date(number // 12, number % 12 + 1, 1) for number in months)
    length = timedelta(days=7 if step is Step.WEEK else 1)
    day = first - timedelta(days=first.weekday()) if step is Step.WEEK else first
    found = []
    while day <= last:
        found.append(day)
        day += length
    return tuple(found)
