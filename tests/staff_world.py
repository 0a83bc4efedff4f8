"""A city with a complaint for every mix of place, agency and service area, and who sees which."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text

from geoapp.domain.access import ALLOWED, Actor, Grant, Permission, StaffRole
from geoapp.embedded import Cluster
from geoapp.store.database import Database, Role
from tests.asking import as_owner
from tests.complaint_rows import CITY
from tests.databases import clone, drop
from tests.people import hire
from tests.work_rows import put

INSIDE = "15.71.08.1006"  # Jelutung
NEIGHBOUR = "15.71.08.1001"  # in the same kecamatan
FAR = "15.71.07.1002"
PLACES = (INSIDE, NEIGHBOUR, FAR, None)
SERVICES = ("pothole", "waste_burning", "drain_blocked")
AGENCIES = ("pupr_bina_marga", "dlh", "pupr_sda")
SERVICE_AREAS = ("roads_city", "waste_city", None)


@dataclass(frozen=True)
class Stored:
    """A complaint as grants are compared with it."""

    ticket: str
    id: int
    agency_code: str
    kelurahan_code: str | None
    kecamatan_code: str | None
    service_area_code: str | None


@dataclass(frozen=True)
class World:
    database: Database
    complaints: tuple[Stored, ...]

    def covered(self, actor: Actor, permission: Permission = Permission.READ) -> set[str]:
        """Tickets that the domain says *actor* may do this with."""
        return {
            one.ticket
            for one in self.complaints
            for grant in actor.grants
            if permission in ALLOWED[grant.role] and grant.covers(one)
        }


_DECIDED = text("""
    INSERT INTO geoapp.assignment (city_code, complaint_id, decided_by, agency_code, method,
                                   ambiguous, kelurahan_set, kelurahan_code)
    SELECT city_code, id, 'system', agency_code, 'covers', false, kelurahan_set, kelurahan_code
    FROM geoapp.complaint
""")


@contextmanager
def built(cluster: Cluster, jambi_template: str) -> Iterator[World]:
    """Every mix of place, agency and service area, in three statuses, some confidential."""
    name = clone(cluster, jambi_template)
    database = Database(cluster.url("geoapp_app", name))
    stored = []
    with as_owner(database) as connection:
        area_set = connection.execute(
            text("SELECT id FROM geoapp.boundary_set WHERE layer = 'service_area'")
        ).scalar_one()
        number = 0
        for place in PLACES:
            for service, agency in zip(SERVICES, AGENCIES, strict=True):
                for area in SERVICE_AREAS:
                    number += 1
                    row = put(
                        connection,
                        service=service,
                        kelurahan=place,
                        lon=103.605 + number * 1e-4,
                        lat=-1.605,
                        status=("assigned", "in_progress", "submitted")[number % 3],
                        confidential=number % 5 == 0,
                        service_area_set=area_set if area else None,
                        service_area_code=area,
                    )
                    assert row["agency_code"] == agency
                    stored.append(
                        Stored(row["ticket"], row["id"], agency, place, row["kecamatan_code"], area)
                    )
        connection.execute(_DECIDED)
    yield World(database, tuple(stored))
    database.dispose()
    drop(cluster, name)


_TAKEN = text("SELECT set_config('role', :role, true)")


def seen(
    world: World, account: int | None, city: str = CITY, *, role: str = ""
) -> dict[str, set[Any]]:
    """What a transaction of the staff role finds, table by table, without any filter.

    With *role*: as that one, instead of the one that fits the account.
    """
    with world.database.transaction(Role.STAFF, city, account=account) as connection:
        if role:
            connection.execute(_TAKEN, {"role": role})
        return {
            name: set(connection.execute(text(question)).scalars())
            for name, question in {
                "complaint": "SELECT ticket FROM geoapp.complaint",
                "complaint_work": "SELECT ticket FROM geoapp.complaint_work",
                "complaint_event": "SELECT ticket FROM geoapp.complaint_event",
                "assignment": "SELECT complaint_id FROM geoapp.assignment",
            }.items()
        }


def changes(world: World, actor: Actor, *, role: str = "") -> set[str]:
    """Tickets that an UPDATE of everything reaches; nothing stays changed. *role*: as in `seen`."""
    with world.database.transaction(Role.STAFF, CITY, account=actor.account_id) as connection:
        if role:
            connection.execute(_TAKEN, {"role": role})
        tried = connection.begin_nested()
        found = connection.execute(
            text("UPDATE geoapp.complaint SET version = version + 1 RETURNING ticket")
        )
        tickets = set(found.scalars())
        tried.rollback()
    return tickets


_MORE = text("""
    INSERT INTO geoapp.account_grant (city_code, account_id, role, agency_code, kelurahan_codes,
                                      kecamatan_codes, service_area_codes, granted_by)
    VALUES ('15.71', :account, :role, :agency, :kelurahan, :kecamatan, :service_areas, 'test')
""")


def hire_with(world: World, held: list[dict[str, Any]]) -> Actor:
    """An account with several grants."""
    first = hire(world.database, **held[0])
    with as_owner(world.database) as connection:
        for grant in held[1:]:
            connection.execute(
                _MORE,
                {
                    "account": first.account_id,
                    "role": grant["role"],
                    "agency": grant.get("agency"),
                    **{
                        name: sorted(grant.get(name, ()))
                        for name in ("kelurahan", "kecamatan", "service_areas")
                    },
                },
            )
    return Actor(
        account_id=first.account_id,
        city_code=CITY,
        name=first.name,
        grants=tuple(
            Grant(
                role=StaffRole(grant["role"]),
                agency_code=grant.get("agency"),
                kelurahan=frozenset(grant.get("kelurahan", ())),
                kecamatan=frozenset(grant.get("kecamatan", ())),
                service_areas=frozenset(grant.get("service_areas", ())),
            )
            for grant in held
        ),
    )
