"""Service areas: who acts for what, and where; changed in a staged set, in force by activation.

Only staged sets change. The first change begins a draft, a copy of the set in force, which then
lives as every boundary set does: report, preview, activation. Whoever changes a rule says which
revision was seen; another one is never overwritten unseen.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from geoapp.domain.access import Actor, Permission, require
from geoapp.domain.boundary import Layer
from geoapp.domain.catalogue import City
from geoapp.domain.service_area import (
    ServiceArea,
    set_digest,
)
from geoapp.errors import (
    BoundarySetNotStaged,
    ChangedMeanwhile,
    Conflict,
    NotFound,
)
from geoapp.store import administration
from geoapp.store import service_areas as store
from geoapp.store.database import Database, Role
from geoapp.usecases.service_area_checks import checked, describe, told

By = Actor | str
"""Who does it: somebody signed in, or ``system`` (the command line)."""

DRAWN = {"id": "Digambar pada peta"}
"""Source of a draft in the city's language; elsewhere it is said in English."""


@dataclass(frozen=True, slots=True)
class Standing:
    """The sets there are: in force, and staged, the newest first.

    *shown* is what the pages show: the draft, else what is in force.
    """

    active: store.AreaSet | None
    staged: tuple[store.AreaSet, ...]

    @property
    def draft(self) -> store.AreaSet | None:
        """The newest staged set: what the next change goes to."""
        return self.staged[0] if self.staged else None

    @property
    def shown(self) -> store.AreaSet | None:
        """The draft, else what is in force, else None."""
        return self.draft or self.active


def standing(database: Database, city: City, by: By = "system") -> Standing:
    """Which sets of service areas the city has."""
    _may(by)
    with database.transaction(Role.WORKER, city.code) as connection:
        return _standing(connection, city)


def _standing(connection: Connection, city: City) -> Standing:
    known = store.sets(connection, city.code)
    return Standing(
        active=next((one for one in known if one.status == "active"), None),
        staged=tuple(one for one in known if one.status == "staged"),
    )


def areas(database: Database, city: City, set_id: int, by: By = "system") -> list[store.Held]:
    """The service areas of a set in the order they are tried; none for an unknown set."""
    _may(by)
    with database.transaction(Role.WORKER, city.code) as connection:
        return store.held(connection, city.code, set_id)


def in_force(database: Database, city: City, actor: Actor) -> list[store.Held]:
    """The rules by which complaints are assigned now, in the order they are tried.

    For whoever reads figures: they say which agency acts where, and nothing of complaints.
    """
    require(actor, Permission.READ_NUMBERS)
    with database.transaction(Role.STAFF, city.code, account=actor.account_id) as connection:
        return store.in_force(connection, city.code)


def one(database: Database, city: City, set_id: int, code: str, by: By = "system") -> ServiceArea:
    """One service area of a set.

    Raises:
        NotFound: the set has none of this code.
    """
    for held in areas(database, city, set_id, by):
        if held.area.code == code:
            return held.area
    raise NotFound(f"There is no service area {code!r}.", "Choose from the list.")


def acting(
    database: Database, city: City, set_id: int, service: str, by: By = "system"
) -> list[store.Part]:
    """Who acts where for a service once a set is in force; see `store.service_areas.acting`."""
    _may(by)
    with database.transaction(Role.WORKER, city.code) as connection:
        return store.acting(connection, city.code, set_id, service)


def clashes(database: Database, city: City, set_id: int, by: By = "system") -> list[store.Clash]:
    """Rules of a set where the code alone decides who acts."""
    _may(by)
    with database.transaction(Role.WORKER, city.code) as connection:
        return store.clashes(connection, city.code, set_id)


def neighbours(
    database: Database, city: City, set_id: int | None, *, besides: str = "", by: By = "system"
) -> dict[str, Any]:
    """What a drawn line snaps to: kelurahan in force and other polygons of the set, exactly.

    A FeatureCollection, EPSG:4326; properties ``kind`` (kelurahan, service_area), ``code``,
    ``name``.
    """
    _may(by)
    with database.transaction(Role.WORKER, city.code) as connection:
        kelurahan = store.neighbours(connection, city.code)
        rules = store.held(connection, city.code, set_id) if set_id is not None else []
    drawn = [
        (held.area.code, held.area.name, held.area.geometry)
        for held in rules
        if held.area.geometry is not None and held.area.code != besides
    ]
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "geometry": shape.geojson,
                "properties": {"kind": kind, "code": code, "name": name},
            }
            for kind, found in (("kelurahan", kelurahan), ("service_area", drawn))
            for code, name, shape in found
        ],
    }


def last_change(
    database: Database, city: City, code: str, by: By = "system"
) -> tuple[str, datetime] | None:
    """Who changed a service area last, and when; None when nobody did here."""
    _may(by)
    with database.transaction(Role.WORKER, city.code) as connection:
        return store.last_change(connection, city.code, code)


def draft(database: Database, city: City, by: By) -> int:
    """The set that changes go to: the newest staged one, else a copy of the one in force.

    Raises:
        Conflict: that set is being put in force.
    """
    label = _may(by)
    with database.transaction(Role.WORKER, city.code) as connection:
        store.lock_drafts(connection, city.code)
        there = _standing(connection, city)
        if there.draft is not None:
            if there.draft.held:
                raise _being_activated()
            return there.draft.id
        day = database.now().astimezone(ZoneInfo(city.timezone)).date()
        made = store.begin(
            connection,
            city.code,
            made_from=there.active.id if there.active else None,
            version=f"draft-{day.isoformat()}",
            source=DRAWN.get(city.locale, "Drawn on the map"),
            sha256=set_digest([]),
            by=label,
        )
        describe(connection, city, made)
        return made


def put(
    database: Database,
    city: City,
    set_id: int,
    area: ServiceArea,
    by: By,
    *,
    seen: str | None = None,
) -> ServiceArea:
    """Store a service area in a staged set, instead of the one with its code; as it then is.

    Args:
        seen: The revision that the change was made upon, empty for a new one; None overwrites
            whatever is there.

    Raises:
        InvalidInput: names each field that is wrong.
        ChangedMeanwhile: somebody else changed, added or removed it since.
        BoundarySetNotStaged: the set is in force or retired.
    """
    return put_all(database, city, set_id, [area], by, seen=seen)[0]


def put_all(
    database: Database,
    city: City,
    set_id: int,
    wanted: Sequence[ServiceArea],
    by: By,
    *,
    seen: str | None = None,
) -> list[ServiceArea]:
    """Several at once, all or none; see `put`. Fields are named ``<code>.<field>`` then."""
    with _changing(database, city, set_id, by) as (connection, office, label):
        held = {each.area.code: each.area for each in store.held(connection, city.code, set_id)}
        rules = checked(connection, city, wanted, held)
        if seen is not None:
            for rule in rules:
                _unchanged(connection, city, rule.code, held.get(rule.code), seen)
        new = [rule for rule in rules if held.get(rule.code) != rule]
        if new:
            store.put(connection, city.code, set_id, new)
            describe(connection, city, set_id)
        for rule in new:
            what = told(held.get(rule.code), rule)
            administration.record(
                office, city.code, label, "service_areas.changed", rule.code, what
            )
    return rules


def remove(
    database: Database, city: City, set_id: int, code: str, by: By, *, seen: str | None = None
) -> ServiceArea:
    """Take a service area out of a staged set; answers what it was.

    Raises:
        NotFound: the set has none of this code.
        ChangedMeanwhile: somebody else changed it since *seen*.
        BoundarySetNotStaged: the set is in force or retired.
    """
    with _changing(database, city, set_id, by) as (connection, office, label):
        held = {each.area.code: each.area for each in store.held(connection, city.code, set_id)}
        if code not in held:
            raise NotFound(f"There is no service area {code!r}.", "Load the list again.")
        if seen is not None:
            _unchanged(connection, city, code, held[code], seen)
        store.remove(connection, city.code, set_id, code)
        describe(connection, city, set_id)
        administration.record(
            office, city.code, label, "service_areas.changed", code, told(held[code], None)
        )
    return held[code]


def _may(by: By) -> str:
    """The name under which it is written down."""
    if isinstance(by, Actor):
        require(by, Permission.ADMINISTER)
        return by.label
    return by


@contextmanager
def _changing(
    database: Database, city: City, set_id: int, by: By
) -> Iterator[tuple[Connection, Connection, str]]:
    """The set, locked and known to be staged: its connection, the log's, and who writes there.

    The log has a transaction of its own, as nobody but the account may sign for itself; it
    ends after the change, so that no entry stands for a change that failed.
    """
    label = _may(by)
    account = int(label.removeprefix("account:")) if label.startswith("account:") else None
    with (
        _office(database, city, account) as office,
        database.transaction(Role.WORKER, city.code) as connection,
    ):
        found = store.lock(connection, city.code, set_id)
        if found is None or found.layer != Layer.SERVICE_AREA.value:
            raise NotFound("There is no such set of service areas.", "Load the list again.")
        if found.status != "staged":
            raise BoundarySetNotStaged(
                "This draft has been put in force meanwhile.",
                "Load the page again: the next change begins another draft.",
            )
        if found.held:
            raise _being_activated()
        yield connection, office or connection, label


@contextmanager
def _office(database: Database, city: City, account: int | None) -> Iterator[Connection | None]:
    if account is None:
        yield None
        return
    with database.transaction(Role.ADMIN, city.code, account=account) as connection:
        yield connection


def _being_activated() -> Conflict:
    return Conflict(
        "This draft is being put in force.",
        "Wait until that is done or give the activation up, then change it.",
    )


def _unchanged(
    connection: Connection, city: City, code: str, held: ServiceArea | None, seen: str
) -> None:
    now = held.revision if held is not None else ""
    if now == seen:
        return
    last = store.last_change(connection, city.code, code)
    who = f"{last[0]}, {last[1].isoformat(timespec='minutes')}" if last else "somebody else"
    raise ChangedMeanwhile(
        f"The service area {code} was changed meanwhile ({who}); nothing was stored.",
        "Look at it again, then repeat your change.",
    )
