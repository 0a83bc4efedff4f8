"""Staff for tests: accounts with grants, put straight into the database."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import text

from geoapp.domain.access import Actor, Grant, StaffRole
from geoapp.store import accounts as store
from geoapp.store.database import Database, Role
from geoapp.usecases import door, passwords

_numbers = itertools.count(1)

_ACCOUNT = text("""
    INSERT INTO geoapp.account (city_code, name, email) VALUES (:city, :name, :email) RETURNING id
""")
_GRANT = text("""
    INSERT INTO geoapp.account_grant (city_code, account_id, role, agency_code, kelurahan_codes,
                                      kecamatan_codes, service_area_codes, granted_by)
    VALUES (:city, :account, :role, :agency, :kelurahan, :kecamatan, :service_areas, 'system')
""")


def hire(
    database: Database,
    role: str,
    *,
    agency: str | None = None,
    kelurahan: Sequence[str] = (),
    kecamatan: Sequence[str] = (),
    service_areas: Sequence[str] = (),
    name: str = "",
    city: str = "15.71",
) -> Actor:
    """An account with one grant, as an actor; its e-mail is ``<role>-<n>@example.org``."""
    number = next(_numbers)
    name = name or f"{role} {number}"
    with database.transaction(Role.WORKER, city) as connection:
        account = connection.execute(
            _ACCOUNT, {"city": city, "name": name, "email": f"{role}-{number}@example.org"}
        ).scalar_one()
        connection.execute(
            _GRANT,
            {
                "city": city,
                "account": account,
                "role": role,
                "agency": agency,
                "kelurahan": list(kelurahan),
                "kecamatan": list(kecamatan),
                "service_areas": list(service_areas),
            },
        )
    return Actor(
        account_id=account,
        city_code=city,
        name=name,
        grants=(
            Grant(
                role=StaffRole(role),
                agency_code=agency,
                kelurahan=frozenset(kelurahan),
                kecamatan=frozenset(kecamatan),
                service_areas=frozenset(service_areas),
            ),
        ),
    )


def sign_in(client: FlaskClient, actor: Actor, *, factor: bool = True) -> None:
    """Sign *client* in as *actor*: a session's row and cookie, without the password's cost.

    Where second factors are required the account has one from then on, unless not *factor*.
    A form or an unsafe method then needs a token: take it from ``csrf_token(client)``.
    """
    here = client.application.extensions["geoapp"]
    database = here.database
    city: Any = SimpleNamespace(code=actor.city_code)  # of a city the door asks its code alone
    if factor and here.settings.needs_second_factor:
        with database.transaction(Role.ACCOUNTS, actor.city_code) as connection:
            store.set_totp(
                connection, actor.city_code, actor.account_id, secret="-", counter=0, recovery=()
            )
    token = door.begin(database, city, actor.account_id, "Test browser")
    with client.session_transaction() as session:
        session["signed_in"] = token


def csrf_token(client: FlaskClient, page: str = "/login") -> str:
    """The token that goes with *client*'s cookie, for ``X-CSRFToken`` or ``csrf_token``."""
    found = re.search(
        r'name="csrf[-_]token"[^>]*(?:content|value)="([^"]+)"', client.get(page).text
    )
    assert found is not None, f"{page} has no token"
    return found[1]


def password_for(database: Database, actor: Actor) -> str:
    """A password that *actor* can sign in with, set now."""
    password = passwords.generated()
    with database.transaction(Role.ACCOUNTS, actor.city_code) as connection:
        assert store.set_password(
            connection, actor.city_code, actor.account_id, passwords.hashed(password)
        )
    return password


def email_of(database: Database, actor: Actor) -> str:
    """The address *actor* signs in with."""
    with database.transaction(Role.ACCOUNTS, actor.city_code) as connection:
        known = store.credentials(connection, actor.city_code, account_id=actor.account_id)
    assert known is not None
    return known.email
