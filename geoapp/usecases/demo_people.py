"""The demo's people: one account per role, with passwords nobody has to invent."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from geoapp.domain.access import Grant, StaffRole
from geoapp.domain.catalogue import Catalogue, City
from geoapp.store import accounts as store
from geoapp.store.database import Database, Role
from geoapp.usecases import cities, demo_texts, livemap, passwords

_GROUP = "street_light"
"""The agency of this group's services gets the demo's agency accounts, if the city has it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoPerson:
    """Someone to try the demo as."""

    role: StaffRole
    name: str
    email: str
    password: str


def create(
    database: Database, city: City, keep: Callable[[Sequence[DemoPerson]], None]
) -> list[DemoPerson]:
    """One account per role and texts to answer with, unless the city has accounts already.

    Args:
        keep: puts the passwords where they are found again. Called before the accounts are
            in force: when it fails nobody is left with a password that nobody knows.

    Returns:
        Whom it made; empty when there was somebody.
    """
    agency = _agency(cities.catalogue(database, city))
    with database.transaction(Role.WORKER, city.code) as connection:
        if store.any_account(connection, city.code):
            return []
        busy = store.busiest_kelurahan(connection, city.code, agency)
    areas = livemap.area_list(database, city)
    kelurahan = frozenset(busy or [str(area["code"]) for area in areas[:2]])
    people = [
        (_person(city, role, name), grant)
        for role, name, grant in (
            (StaffRole.OPERATOR, "Operator", Grant(role=StaffRole.OPERATOR)),
            (
                StaffRole.AGENCY_ADMIN,
                "Admin instansi",
                Grant(role=StaffRole.AGENCY_ADMIN, agency_code=agency),
            ),
            (
                StaffRole.AGENCY_HEAD,
                "Kepala instansi",
                Grant(role=StaffRole.AGENCY_HEAD, agency_code=agency),
            ),
            (
                StaffRole.FIELD_OFFICER,
                "Petugas lapangan",
                Grant(role=StaffRole.FIELD_OFFICER, agency_code=agency, kelurahan=kelurahan),
            ),
            (StaffRole.CITY_ADMIN, "Admin kota", Grant(role=StaffRole.CITY_ADMIN)),
            (StaffRole.AUDITOR, "Auditor", Grant(role=StaffRole.AUDITOR)),
        )
    ]
    with database.transaction(Role.WORKER, city.code) as connection:
        for person, grant in people:
            created = store.insert(
                connection, city.code, kind="person", name=person.name, email=person.email
            )
            assert created is not None  # the city had no account, and the addresses differ
            store.set_password(connection, city.code, created, passwords.hashed(person.password))
            store.insert_grant(connection, city.code, created, grant, "system")
            store.record(
                connection, city.code, "system", "account.demo_added", f"account:{created}"
            )
        made = [person for person, _ in people]
        keep(made)
    demo_texts.add(database, city)
    return made


def _person(city: City, role: StaffRole, name: str) -> DemoPerson:
    return DemoPerson(
        role=role,
        name=name,
        email=f"{role.replace('_', '-')}@{city.slug}.example",
        password=passwords.generated(),
    )


def _agency(catalogue: Catalogue) -> str:
    services = sorted(catalogue.services.values(), key=lambda service: service.group_code != _GROUP)
    return services[0].agency_code
