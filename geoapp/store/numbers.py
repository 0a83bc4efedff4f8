"""An agency's figures and its morning digest, as the database reckons them."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Connection

from geoapp.domain.casework import Digest, Figure
from geoapp.domain.figures import FigureRow, Share
from geoapp.domain.work_filter import WorkFilter
from geoapp.store.figures import total
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
    wanted = WorkFilter(now=now, agencies=(agency,))
    return told(total(connection, city_code, wanted, since=since, until=until))


def told(row: FigureRow) -> list[Figure]:
    """The figures of a row, each with what it was made of."""
    median = row.median_response_s
    numbers: list[tuple[str, float | None, int, int]] = [
        ("open", row.open, row.open, row.open),
        ("overdue", row.overdue, row.overdue, row.open),
        ("verify_late", row.verify_late, row.verify_late, row.open),
        ("answer_late", row.answer_late, row.answer_late, row.open),
        (
            "median_first_response",
            None if median is None else median / 3600,
            row.answered,
            row.waited,
        ),
    ]
    shares: dict[str, Share] = {
        "answered_in_time": row.answered_in_time,
        "followed_up": row.followed_up,
        "resolved_in_time": row.resolved_in_time,
        "reopened": row.reopened,
    }
    return [
        Figure(code, UNITS[code], None if value is None else float(value), n, of)
        for code, value, n, of in numbers
    ] + [Figure(code, "share", share.value, share.n, share.of) for code, share in shares.items()]


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
