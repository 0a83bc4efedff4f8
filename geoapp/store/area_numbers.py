"""Figures by area, counted in the database."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import Boolean, Connection, Table, Text, TextualSelect, column

from geoapp.domain.area_numbers import (
    AreaMap,
    AreaNumbers,
    AreaRow,
    KnownArea,
    Level,
    SetOfPeriod,
    Shape,
)
from geoapp.domain.complaint import DONE, OPEN
from geoapp.domain.filters import ComplaintFilter
from geoapp.store.filters import area_column, matching
from geoapp.store.sources import public
from geoapp.store.statements import statement


def numbers_statement(
    city_code: str,
    wanted: ComplaintFilter,
    level: Level,
    days: tuple[date | None, date | None],
    source: Table = public,
) -> TextualSelect:
    """The question behind `numbers`."""
    rows = matching(
        city_code,
        wanted,
        area_column(level.value, wanted, source).label("area_code"),
        source.c.status,
        source.c.due_at,
        source.c.resolved_at,
        source.c.closed_at,
        source=source,
    )
    counted = statement("store", "area_numbers").bindparams(
        now=wanted.now,
        open=[status.value for status in OPEN],
        done=[status.value for status in DONE],
    )
    known = known_statement(city_code, wanted, level, days)
    return counted.columns().add_cte(rows.cte("matching"), known.cte("known"))


def known_statement(
    city_code: str,
    wanted: ComplaintFilter,
    level: Level,
    days: tuple[date | None, date | None],
) -> TextualSelect:
    """The areas there are, those in force or of the period marked; a question to build on."""
    asked = statement("store", "area_known").bindparams(
        level=level.value, **_period(city_code, wanted, days)
    )
    return asked.columns(
        column("code", Text),
        column("name", Text),
        column("parent", Text),
        column("version", Text),
        column("of_period", Boolean),
    )


def known(
    connection: Connection,
    city_code: str,
    wanted: ComplaintFilter,
    level: Level,
    days: tuple[date | None, date | None],
) -> list[KnownArea]:
    """The areas there are, by code; *days* as for `numbers`."""
    asked = known_statement(city_code, wanted, level, days)
    return [KnownArea(*row) for row in connection.execute(asked)]


def sets_of_period(
    connection: Connection,
    city_code: str,
    wanted: ComplaintFilter,
    days: tuple[date | None, date | None],
) -> tuple[SetOfPeriod, ...]:
    """The sets whose areas are meant, the oldest first; *days* as for `numbers`."""
    found = connection.execute(
        statement("store", "area_sets"), _period(city_code, wanted, days)
    ).all()
    return tuple(SetOfPeriod(*one) for one in found)


def numbers(
    connection: Connection,
    city_code: str,
    wanted: ComplaintFilter,
    level: Level,
    days: tuple[date | None, date | None],
    source: Table = public,
) -> AreaNumbers:
    """What fits *wanted*, by area, at the filter's moment.

    *days* are the first and the last day of the period in the city's zone, None for no
    limit: with ``wanted.then`` they choose the sets whose areas are told without a complaint.
    """
    found = [
        AreaRow(
            code=row.code,
            name=row.name or "",
            parent=row.parent,
            total=row.total,
            open=row.open,
            overdue=row.overdue,
            done=row.done,
            in_time=row.in_time,
            judged=row.done + row.overdue,
            valid_set=row.valid_set,
        )
        for row in connection.execute(numbers_statement(city_code, wanted, level, days, source))
    ]
    nowhere = next((row for row in found if row.code is None), _NOWHERE)
    return AreaNumbers(
        level=level,
        then=wanted.then,
        rows=tuple(row for row in found if row.code is not None),
        nowhere=nowhere,
        sets=sets_of_period(connection, city_code, wanted, days),
        as_of=wanted.now,
    )


def shapes(connection: Connection, city_code: str, used: SetOfPeriod, level: Level) -> AreaMap:
    """The areas of a set as a small map."""
    rows = connection.execute(
        statement("store", "area_shapes"),
        {"city_code": city_code, "set_id": used.id, "level": level.value},
    ).all()
    if not rows:
        return AreaMap(used.version, 0, 0, 1, 1, ())
    box = rows[0]
    return AreaMap(
        used.version,
        int(box.west),
        int(-box.north),  # SVG counts downwards
        int(box.east - box.west),
        int(box.north - box.south),
        tuple(Shape(row.code, row.path) for row in rows),
    )


def _period(
    city_code: str, wanted: ComplaintFilter, days: tuple[date | None, date | None]
) -> Mapping[str, Any]:
    first, last = days
    return {"city_code": city_code, "then": wanted.then, "first": first, "last": last}


_NOWHERE = AreaRow(
    code=None, name="", parent=None, total=0, open=0, overdue=0, done=0, in_time=0, judged=0,
    valid_set=None,
)  # fmt: skip
