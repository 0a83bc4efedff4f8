"""Open complaints that are likely the same."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, TextClause

from geoapp.domain.duplicate import Pair, Pairs
from geoapp.store.statements import statement

RECENT = timedelta(days=30)
"""The newer of two came within this."""
OLDEST = timedelta(days=120)
"""Both came within this."""
PILE = 20
"""More at the very same coordinates are set aside."""
MOST = 300
COMPARED = 600
"""Pairs of which the words are compared."""


def pairs_statement(city_code: str, now: datetime) -> TextClause:
    """The question behind `pairs`."""
    return statement("spatial", "duplicates").bindparams(
        city_code=city_code,
        oldest=now - OLDEST,
        recent=now - RECENT,
        recent_days=RECENT.days,
        pile=PILE,
        compared=COMPARED,
        most=MOST,
    )


def pairs(connection: Connection, city_code: str, now: datetime) -> Pairs:
    """Pairs of open complaints that the asker sees and that are likely the same.

    Of one group, within the wider of their services' radii (metres in the city's plane), the
    newer within `RECENT`, both within `OLDEST` before *now*; without those of which somebody
    said that they aren't.
    """
    rows = connection.execute(pairs_statement(city_code, now)).all()
    found = tuple(
        Pair(
            first_id=row.first_id,
            second_id=row.second_id,
            distance_m=row.distance_m,
            hours=row.hours,
            words=row.words,
            same_service=row.same_service,
            likeness=row.likeness,
        )
        for row in rows
    )
    return Pairs(found, bool(rows) and rows[0].found > len(rows))
