"""A practice city: a copy of a real one, with simulated complaints and accounts to try.

Made anew whenever somebody has played enough. Only a city that is marked as one is ever
removed, and the mark is given here alone.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from geoapp.domain.access import Grant, StaffRole
from geoapp.domain.catalogue import City
from geoapp.errors import Conflict, InvalidInput, NotFound
from geoapp.store import practice as store
from geoapp.store.database import Database
from geoapp.usecases import (
    accounts,
    cities,
    demo_texts,
    door,
    passwords,
    published_seals,
    simulation,
)

SLUG = "latihan"
PREFIX = "LAT"
DAYS = 30
_ACCOUNTS = "practice-accounts.txt"
_OF_THE_CITY = frozenset({StaffRole.OPERATOR, StaffRole.CITY_ADMIN, StaffRole.AUDITOR})
"""Roles that are of no agency."""


@dataclass(frozen=True, slots=True)
class PracticeAccount:
    """Somebody to sign in as; the password is told once."""

    role: StaffRole
    email: str
    password: str


@dataclass(frozen=True, slots=True)
class Practice:
    """What a reset made."""

    city: City
    complaints: int
    accounts: tuple[PracticeAccount, ...]
    file: Path


def chosen(database: Database, wanted: str | None) -> City:
    """The real city to practise with: the one asked for, or the only one.

    Raises:
        CityUnknown: there is none such.
        InvalidInput: it is a practice city, or none was named of several.
    """
    city = cities.chosen(database, wanted)
    if city.practice:
        raise InvalidInput(f"{city.name.local} is a practice city itself.", "Name the real one.")
    return city


def of(database: Database, source: City) -> City | None:
    """The practice city of a real one, if there is one.

    Raises:
        Conflict: its code is a real city's.
    """
    code = f"{source.code}.{SLUG}"
    city = next((city for city in cities.every(database) if city.code == code), None)
    if city is not None and not city.practice:
        raise Conflict(f"{city.code} isn't a practice city.", "It is left alone.")
    return city


def remove(database: Database, owner_url: str, home: Path, source: City) -> City:
    """Remove the practice city of *source* with everything in it.

    Raises:
        NotFound: there is none.
        Conflict: its code is a real city's; nothing is removed.
    """
    city = of(database, source)
    if city is None:
        raise NotFound(
            f"{source.name.local} has no practice city.", "geoapp practice reset makes one."
        )
    _remove(owner_url, home, city)
    return city


def reset(
    database: Database,
    owner_url: str,
    home: Path,
    source: City,
    *,
    days: int = DAYS,
    progress: Callable[[int, int], None] = lambda _done, _of: None,
) -> Practice:
    """Remove the practice city of *source*, if there is one, and make it anew.

    Its accounts' passwords are new ones too, also written to ``practice-accounts.txt``
    under *home*, which only its owner may read.

    Raises:
        Conflict: its code is a real city's, or its slug is taken by another city.
    """
    there = of(database, source)
    if there is not None:
        _remove(owner_url, home, there)
    code = f"{source.code}.{SLUG}"
    taken = {city.slug for city in cities.every(database)}
    slug = SLUG if SLUG not in taken else f"{source.slug}-{SLUG}"
    if slug in taken:
        raise Conflict(f"The address /{slug} is another city's.", "Rename that one first.")
    with store.owner(owner_url) as connection:
        store.copy(connection, source.code, code, slug=slug, ticket_prefix=PREFIX)
    city = cities.find(database, code)
    # The recipe of what people complain about is the real city's; it goes by the slug.
    told = simulation.simulate(
        database, replace(city, slug=source.slug), days=days, progress=progress
    )
    demo_texts.add(database, city)
    people = tuple(_hire(database, city, role) for role in StaffRole)
    return Practice(city, told.stored, people, _write(home, city, people))


def _remove(owner_url: str, home: Path, city: City) -> None:
    with store.owner(owner_url) as connection:
        if not store.lock(connection, city.code):
            raise Conflict(f"{city.code} isn't a practice city.", "It is left alone.")
        store.remove(connection, city.code)
    published_seals.path(home / "seals", city.slug).unlink(missing_ok=True)
    _forget(home, city)


def _hire(database: Database, city: City, role: StaffRole) -> PracticeAccount:
    """An account with one grant; those of an agency are of the one with most services."""
    catalogue = cities.catalogue(database, city)
    served = Counter(service.agency_code for service in catalogue.services.values())
    agency = None if role in _OF_THE_CITY else served.most_common(1)[0][0]
    email = f"{role.value.replace('_', '-')}@{city.slug}.example"
    link = accounts.invite(
        database,
        city,
        accounts.COMMAND_LINE,
        name=f"{role.value.replace('_', ' ').capitalize()} (latihan)",
        email=email,
        grants=[Grant(role=role, agency_code=agency)],
    )
    password = passwords.generated()
    door.accept(database, city, link.token, passwords.hashed(password))
    return PracticeAccount(role, email, password)


def _forget(home: Path, city: City) -> None:
    """Remove the file of passwords that open nothing any more; another city's stays."""
    file = home / _ACCOUNTS
    if file.exists() and file.read_text("utf-8").partition("\n")[0].endswith(_door(city)):
        file.unlink()


def _door(city: City) -> str:
    return f", /{city.slug}/login"


def _write(home: Path, city: City, people: tuple[PracticeAccount, ...]) -> Path:
    file = home / _ACCOUNTS
    file.unlink(missing_ok=True)
    home.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as output:
        output.write(f"{city.name.local}{_door(city)}\n")
        output.writelines(f"{one.role}\t{one.email}\t{one.password}\n" for one in people)
    return file
