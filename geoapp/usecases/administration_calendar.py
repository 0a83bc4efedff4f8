"""The city's days off, as administrators keep them.

Deadlines already promised stay where they are: a day that is added or removed counts for
complaints that come after it was stored, and for those whose pause ends after it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from geoapp.domain.access import Actor, Permission, require
from geoapp.domain.administration import Holiday
from geoapp.domain.catalogue import City
from geoapp.errors import NotFound
from geoapp.store import administration as store
from geoapp.store.database import Database, Role


@dataclass(frozen=True, slots=True)
class Calendar:
    """A year's days off and what an administrator should know beside them."""

    year: int
    today: date
    days: list[Holiday]
    years: dict[int, int]
    """How many days off each year has."""
    next_year_missing: bool
    promises: int
    """Open complaints whose deadline in working days stays as it was promised."""


def calendar(database: Database, city: City, actor: Actor, year: int | None = None) -> Calendar:
    """The days off of *year*, by default the current one."""
    require(actor, Permission.ADMINISTER)
    with database.transaction(Role.ADMIN, city.code, account=actor.account_id) as connection:
        today = store.today(connection, city.code)
        shown = year or today.year
        days = store.holidays(connection, city.code, shown)
        years = store.holiday_years(connection, city.code)
    # Complaints are read as staff: administrators keep the catalogue, they see the rest.
    with database.transaction(Role.STAFF, city.code, account=actor.account_id) as connection:
        promises = store.working_day_promises(connection, city.code)
    return Calendar(
        year=shown,
        today=today,
        days=days,
        years=years,
        next_year_missing=today.year + 1 not in years,
        promises=promises,
    )


def holiday(database: Database, city: City, actor: Actor, day: date) -> Holiday:
    """What is off on *day*.

    Raises:
        NotFound: it is an ordinary day.
    """
    require(actor, Permission.ADMINISTER)
    with database.transaction(Role.ADMIN, city.code, account=actor.account_id) as connection:
        return _known(store.holiday(connection, city.code, day))


def add_holiday(database: Database, city: City, actor: Actor, added: Holiday) -> None:
    """A new day off.

    Raises:
        InvalidInput: the day is off already, naming ``day``.
    """
    require(actor, Permission.ADMINISTER)
    with database.transaction(Role.ADMIN, city.code, account=actor.account_id) as connection:
        store.add_holiday(connection, city.code, added)
        store.record(
            connection,
            city.code,
            actor.label,
            "holiday.added",
            added.day.isoformat(),
            {
                "label": added.name,
                "changes": {name: [None, value] for name, value in _data(added).items()},
            },
        )


def change_holiday(
    database: Database, city: City, actor: Actor, day: date, changed: Holiday
) -> None:
    """Another name, kind or day for the day off on *day*.

    Raises:
        NotFound: *day* is an ordinary day.
        InvalidInput: the new day is off already, naming ``day``.
    """
    require(actor, Permission.ADMINISTER)
    with database.transaction(Role.ADMIN, city.code, account=actor.account_id) as connection:
        known = _known(store.holiday(connection, city.code, day))
        store.drop_holiday(connection, city.code, day)
        store.add_holiday(connection, city.code, changed)
        before, after = _data(known), _data(changed)
        changes = {
            name: [before[name], after[name]] for name in after if before[name] != after[name]
        }
        store.record(
            connection,
            city.code,
            actor.label,
            "holiday.changed",
            day.isoformat(),
            {"label": known.name, "changes": changes},
        )


def drop_holiday(database: Database, city: City, actor: Actor, day: date) -> Holiday:
    """Make *day* an ordinary working day again; answers what it was.

    Raises:
        NotFound: it is one.
    """
    require(actor, Permission.ADMINISTER)
    with database.transaction(Role.ADMIN, city.code, account=actor.account_id) as connection:
        known = _known(store.holiday(connection, city.code, day))
        store.drop_holiday(connection, city.code, day)
        store.record(
            connection,
            city.code,
            actor.label,
            "holiday.removed",
            day.isoformat(),
            {
                "label": known.name,
                "changes": {name: [value, None] for name, value in _data(known).items()},
            },
        )
    return known


def _known(found: Holiday | None) -> Holiday:
    if found is None:
        raise NotFound("This is no day off.", "Choose from the calendar.")
    return found


def _data(day: Holiday) -> dict[str, Any]:
    return {"day": day.day.isoformat(), "name": day.name, "kind": day.kind.value}
