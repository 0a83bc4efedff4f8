"""What administrators read beside the accounts themselves (`store.accounts`)."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Connection

from geoapp.domain.administration import AreaChoice, KeyEnding, Numbers
from geoapp.store.statements import statement


def numbers(connection: Connection, city_code: str, day: date) -> Numbers:
    """How much there is of what on *day*."""
    values = {"city_code": city_code, "day": day}
    row = connection.execute(statement("store", "admin_numbers"), values).one()
    return Numbers(**row._asdict())


def keys_ending(connection: Connection, city_code: str) -> list[KeyEnding]:
    """Keys in use that end within thirty days, the next first."""
    values = {"city_code": city_code}
    found = connection.execute(statement("store", "admin_keys_ending"), values)
    return [KeyEnding(**row._asdict()) for row in found]


def areas(connection: Connection, city_code: str) -> list[AreaChoice]:
    """What a grant can be limited to: kelurahan in force, then service areas in force."""
    values = {"city_code": city_code}
    found = connection.execute(statement("store", "admin_areas"), values)
    return [AreaChoice(**row._asdict()) for row in found]
