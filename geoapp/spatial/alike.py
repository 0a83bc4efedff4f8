"""Open complaints of one sort near a pin: perhaps the same problem."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, TextualSelect

from geoapp.domain.complaint import OPEN
from geoapp.domain.filters import ComplaintFilter
from geoapp.domain.place import LonLat
from geoapp.domain.reading import PublicComplaint
from geoapp.store import complaints
from geoapp.store.filters import matching
from geoapp.store.sources import public
from geoapp.store.statements import statement


def near_statement(
    city_code: str, group: str, here: LonLat, radius_m: float, *, now: datetime, most: int
) -> TextualSelect:
    """The question behind `near`."""
    wanted = ComplaintFilter(
        now=now, groups=(group,), statuses=OPEN, bbox=here.box_around(radius_m)
    )
    candidates = matching(city_code, wanted, *complaints.COLUMNS, public.c.geom)
    found = statement("spatial", "alike").bindparams(
        lon=here.lon, lat=here.lat, radius_m=radius_m, most=most
    )
    return (
        statement("store", "complaint_one")
        .columns()
        .add_cte(candidates.cte("candidates"), found.columns().cte("page"))
    )


def near(
    connection: Connection,
    city_code: str,
    group: str,
    here: LonLat,
    radius_m: float,
    *,
    now: datetime,
    most: int,
) -> list[tuple[PublicComplaint, float]]:
    """Open public complaints of *group* with their metres from *here*, nearest first.

    Distances are on the spheroid, to the position that everybody is shown; at most *most*
    within *radius_m*. Complaints without a point are nowhere near.
    """
    rows = connection.execute(
        near_statement(city_code, group, here, radius_m, now=now, most=most)
    ).all()
    found = [(complaints.complaint_of(row), float(row.distance_m)) for row in rows]
    return sorted(found, key=lambda one: (one[1], one[0].id))
