"""An agency's figures and its morning digest, as the database reckons them."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Connection

from geoapp.domain.casework import Digest, Figure
from geoapp.store.statements import statement

UNITS = {
    "open": "complaints",
    "overdue": "complaints",
    "verify_late": "complaints",
    "answer_late": "complaints",
    "median_first_response": "hours",
}
"""Of figures that aren't shares."""


def figures(
    connection: Connection,
    city_code: str,
    agency: str,
    *,
    since: datetime,
    until: datetime,
    now: datetime,
) -> list[Figure]:
    """The figures of *agency* over [*since*, *until*), as they stand at *now*.

    Only what the account sees is counted: ask for those who see all the agency has.
    """
    values = {
        "city_code": city_code, "agency": agency, "since": since, "until": until, "now": now,
    }  # fmt: skip
    return [
        Figure(row.code, UNITS.get(row.code, "share"), row.value, row.numerator, row.denominator)
        for row in connection.execute(statement("store", "work_numbers"), values)
    ]


def make_digests(connection: Connection, city_code: str) -> int:
    """Make today's digests of a city's agencies, once its morning has come; how many were new.

    The database's clock says whether; digests that are there already stay as they are.
    """
    return int(
        connection.execute(
            statement("store", "work_digest_make"), {"city_code": city_code}
        ).rowcount
    )


def digest(connection: Connection, city_code: str, agency: str, day: date | None) -> Digest | None:
    """The digest of *agency* of a day, or (None) the last one; None if there is none in sight."""
    row = connection.execute(
        statement("store", "work_digest"), {"city_code": city_code, "agency": agency, "day": day}
    ).one_or_none()
    return Digest(row.agency_code, row.day, row.made_at, row.data) if row else None
