"""Staff for tests: accounts with grants, put straight into the database."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from sqlalchemy import text

from geoapp.domain.access import Actor, Grant, StaffRole
from geoapp.store.database import Database, Role

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
