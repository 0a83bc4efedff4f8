"""Agencies and services as administrators keep them: added, changed from a day, never deleted.

Every change is one transaction as the administrator's account and leaves an entry in the log.
Complaints carry the deadline that was promised to them, so no change here moves one.
"""

from __future__ import annotations

import re
from datetime import date
from enum import Enum
from typing import Any

from geoapp.domain.access import Actor, Permission, require
from geoapp.domain.administration import (
    AgencyTerms,
    Change,
    ServiceTerms,
    Versioned,
    as_data,
    fault,
    plan_change,
)
from geoapp.domain.catalogue import City
from geoapp.errors import NotFound
from geoapp.store import administration as store
from geoapp.store.database import Database, Role

_CODE = re.compile(r"[a-z][a-z0-9_]{1,39}\Z")
_STEP = 10
"""Positions leave room between services."""


def agencies(database: Database, city: City, actor: Actor) -> list[Versioned[AgencyTerms]]:
    """Every agency with its names through time."""
    require(actor, Permission.ADMINISTER)
    with database.transaction(Role.ADMIN, city.code, account=actor.account_id) as connection:
        return store.agencies(connection, city.code)


def services(database: Database, city: City, actor: Actor) -> list[Versioned[ServiceTerms]]:
    """Every service with its promises through time, group by group."""
    require(actor, Permission.ADMINISTER)
    with database.transaction(Role.ADMIN, city.code, account=actor.account_id) as connection:
        return store.services(connection, city.code)


def agency(database: Database, city: City, actor: Actor, code: str) -> Versioned[AgencyTerms]:
    """One agency.

    Raises:
        NotFound: the city has none with this code.
    """
    require(actor, Permission.ADMINISTER)
    with database.transaction(Role.ADMIN, city.code, account=actor.account_id) as connection:
        return _one(store.agencies(connection, city.code, code))


def service(database: Database, city: City, actor: Actor, code: str) -> Versioned[ServiceTerms]:
    """One service; see `agency`."""
    require(actor, Permission.ADMINISTER)
    with database.transaction(Role.ADMIN, city.code, account=actor.account_id) as connection:
        return _one(store.services(connection, city.code, code))


def today(database: Database, city: City, actor: Actor) -> date:
    """The city's date, by the database's clock."""
    with database.transaction(Role.ADMIN, city.code, account=actor.account_id) as connection:
        return store.today(connection, city.code)


def add_agency(
    database: Database,
    city: City,
    actor: Actor,
    *,
    code: str,
    valid_from: date,
    terms: AgencyTerms,
) -> str:
    """A new agency from a day on; answers its code.

    Args:
        code: empty makes one of the English name.

    Raises:
        InvalidInput: the code is malformed or taken, the day is past.
    """
    require(actor, Permission.ADMINISTER)
    code = _code(code, terms.name_en)
    with database.transaction(Role.ADMIN, city.code, account=actor.account_id) as connection:
        change = plan_change(
            (), valid_from=valid_from, last_day=None, today=store.today(connection, city.code)
        )
        store.add_agency(connection, city.code, code)
        store.put_agency_version(connection, city.code, code, change, terms)
        store.record(
            connection, city.code, actor.label, "agency.added", code, _told(change, None, terms)
        )
    return code


def change_agency(
    database: Database,
    city: City,
    actor: Actor,
    code: str,
    *,
    valid_from: date,
    last_day: date | None,
    terms: AgencyTerms,
) -> None:
    """Call an agency otherwise from a day on, and perhaps end it; what it was stays on record.

    Raises:
        NotFound: no such agency.
        InvalidInput: the days don't fit (see `plan_change`), or services would name an
            agency that is gone.
    """
    require(actor, Permission.ADMINISTER)
    with database.transaction(Role.ADMIN, city.code, account=actor.account_id) as connection:
        store.lock_agency(connection, city.code, code)
        known = _one(store.agencies(connection, city.code, code))
        change = plan_change(
            known.versions,
            valid_from=valid_from,
            last_day=last_day,
            today=store.today(connection, city.code),
        )
        end = change.valid_to
        later = (version for version in known.versions if version.valid_from > valid_from)
        if end is not None and not any(version.holds(end) for version in later):
            _nothing_left_alone(connection, city, code, end)
        store.put_agency_version(connection, city.code, code, change, terms)
        before = known.on(valid_from)
        told = _told(change, before.terms if before else None, terms)
        store.record(connection, city.code, actor.label, "agency.changed", code, told)


def add_service(
    database: Database,
    city: City,
    actor: Actor,
    *,
    code: str,
    group_code: str,
    valid_from: date,
    terms: ServiceTerms,
) -> str:
    """A new service from a day on, last in the order; answers its code.

    Raises:
        InvalidInput: the code is malformed or taken, the day is past, the agency isn't
            there on it.
    """
    require(actor, Permission.ADMINISTER)
    code = _code(code, terms.name_en)
    with database.transaction(Role.ADMIN, city.code, account=actor.account_id) as connection:
        change = plan_change(
            (), valid_from=valid_from, last_day=None, today=store.today(connection, city.code)
        )
        _agency_is_there(connection, city, terms.agency_code, change)
        store.add_service(connection, city.code, code, group_code)
        store.put_service_version(connection, city.code, code, change, terms)
        told = _told(change, None, terms) | {"group": group_code}
        store.record(connection, city.code, actor.label, "service.added", code, told)
    return code


def change_service(
    database: Database,
    city: City,
    actor: Actor,
    code: str,
    *,
    valid_from: date,
    last_day: date | None,
    terms: ServiceTerms,
) -> None:
    """Promise something else from a day on; see `change_agency`."""
    require(actor, Permission.ADMINISTER)
    with database.transaction(Role.ADMIN, city.code, account=actor.account_id) as connection:
        store.lock_service(connection, city.code, code)
        known = _one(store.services(connection, city.code, code))
        change = plan_change(
            known.versions,
            valid_from=valid_from,
            last_day=last_day,
            today=store.today(connection, city.code),
        )
        _agency_is_there(connection, city, terms.agency_code, change)
        store.put_service_version(connection, city.code, code, change, terms)
        before = known.on(valid_from)
        told = _told(change, before.terms if before else None, terms)
        store.record(connection, city.code, actor.label, "service.changed", code, told)


def next_position(known: list[Versioned[ServiceTerms]]) -> int:
    """Where a new service stands: after all others."""
    taken = (version.terms.position for one in known for version in one.versions)
    return max(taken, default=0) + _STEP


def _one(found: list[Versioned[Any]]) -> Versioned[Any]:
    if not found:
        raise NotFound("There is nothing with this code.", "Choose from the list.")
    return found[0]


def _code(typed: str, name_en: str) -> str:
    """The code that was typed, or one made of the English name.

    Raises:
        InvalidInput: it isn't lower-case letters, digits and underscores.
    """
    code = typed or re.sub(r"[^a-z0-9]+", "_", name_en.lower()).strip("_")[:40].rstrip("_")
    if not _CODE.match(code):
        raise fault(
            "code", "Use 2 to 40 lower-case letters, digits and underscores, a letter first."
        )
    return code


def _nothing_left_alone(connection: Any, city: City, code: str, gone_from: date) -> None:
    left = store.services_left_alone(connection, city.code, code, gone_from)
    if left:
        raise fault(
            "last_day",
            "Services still name this agency after that day: %(value)s. "
            "Give them to another one first.",
            ", ".join(left),
        )


def _agency_is_there(connection: Any, city: City, agency: str, change: Change) -> None:
    if not store.agency_is_there(connection, city.code, agency, change.valid_from, change.valid_to):
        raise fault("agency_code", "This agency isn't there on all days of the version.")


def _told(
    change: Change,
    before: AgencyTerms | ServiceTerms | None,
    after: AgencyTerms | ServiceTerms,
) -> dict[str, Any]:
    """A change as the log keeps it: its days, and the fields that differ."""
    old = as_data(before) if before is not None else {}
    new = as_data(after)
    return {
        "label": after.short_name if isinstance(after, AgencyTerms) else after.name,
        "valid_from": change.valid_from.isoformat(),
        "valid_to": change.valid_to.isoformat() if change.valid_to else None,
        "changes": {
            name: [_plain(old.get(name)), _plain(value)]
            for name, value in new.items()
            if name not in old or old[name] != value
        },
    }


def _plain(value: Any) -> Any:
    return value.value if isinstance(value, Enum) else value
