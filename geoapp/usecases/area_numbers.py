"""Figures by area: for everybody, and for those who read an agency's figures."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from geoapp.channels import spreadsheet
from geoapp.channels.spreadsheet import Column, Kind, Sheet
from geoapp.domain.access import Actor, Permission, reach, require
from geoapp.domain.area_numbers import AreaMap, AreaNumbers, AreaRow, Level
from geoapp.domain.catalogue import City
from geoapp.domain.filters import ComplaintFilter
from geoapp.domain.work_filter import WorkFilter
from geoapp.store import area_numbers
from geoapp.store.database import Database, Role
from geoapp.store.sources import work

COLUMNS = (
    "code", "name", "parent", "total", "open", "overdue", "done", "in_time", "judged", "valid_set",
)  # fmt: skip
"""Of a row, in the order of a CSV file."""


def of_public(database: Database, city: City, wanted: ComplaintFilter, level: Level) -> AreaNumbers:
    """Public complaints by area; a blurred one counts where it is shown."""
    with database.transaction(Role.VISITOR, city.code) as connection:
        return area_numbers.numbers(connection, city.code, wanted, level, days_of(city, wanted))


def of_staff(
    database: Database, city: City, actor: Actor, wanted: WorkFilter, level: Level
) -> AreaNumbers:
    """What *actor* sees by area, at true positions.

    Raises:
        Forbidden: the actor reads no figures.
    """
    require(actor, Permission.READ_NUMBERS)
    wanted = replace(wanted, reach=reach(actor, Permission.READ))
    with database.transaction(Role.STAFF, city.code, account=actor.account_id) as connection:
        return area_numbers.numbers(
            connection, city.code, wanted, level, days_of(city, wanted), work
        )


def small_map(database: Database, city: City, counted: AreaNumbers) -> AreaMap | None:
    """The newest of the sets that *counted* goes by, to be shaded; None without one."""
    if not counted.sets:
        return None
    with database.transaction(Role.VISITOR, city.code) as connection:
        return area_numbers.shapes(connection, city.code, counted.sets[-1], counted.level)


def told(counted: AreaNumbers) -> dict[str, Any]:
    """*counted* as the API answers it (JSON-able)."""
    return {
        "level": counted.level.value,
        "boundaries": "then" if counted.then else "today",
        "as_of": counted.as_of.isoformat(),
        "sets": [
            {
                "id": one.id,
                "version": one.version,
                "source": one.source,
                "approximate": one.approximate,
                "valid_from": one.valid_from.isoformat() if one.valid_from else None,
                "valid_to": one.valid_to.isoformat() if one.valid_to else None,
            }
            for one in counted.sets
        ],
        "rows": [_row(row) for row in counted.rows],
        "nowhere": _row(counted.nowhere),
    }


def as_csv(counted: AreaNumbers) -> str:
    """*counted* as a table; the last row, without a code, has what lies in no area."""
    columns = tuple(Column(name, name, _KINDS.get(name, Kind.COUNT)) for name in COLUMNS)
    rows = [[getattr(row, name) for name in COLUMNS] for row in (*counted.rows, counted.nowhere)]
    return spreadsheet.as_csv(Sheet(counted.level.value, columns, rows))


_KINDS = dict.fromkeys(("code", "name", "parent", "valid_set"), Kind.TEXT)


def _row(row: AreaRow) -> dict[str, Any]:
    return {name: getattr(row, name) for name in COLUMNS}


def days_of(city: City, wanted: ComplaintFilter) -> tuple[date | None, date | None]:
    """The first and the last day of the period in the city's zone."""
    zone = ZoneInfo(city.timezone)
    since, until = wanted.since, wanted.until
    return (
        since.astimezone(zone).date() if since else None,
        (until - timedelta(microseconds=1)).astimezone(zone).date() if until else None,
    )
