"""Rules that don't fit: found by what people re-route, again and again, the same way."""

from __future__ import annotations

from datetime import timedelta

from geoapp.domain.access import Actor, Permission, require
from geoapp.domain.catalogue import City
from geoapp.domain.misfit import Misfit
from geoapp.store import misfits
from geoapp.store.database import Database, Role

LEAST = 3
"""So many re-routings of one kind make a pattern: one is a mistake, two are a chance."""

WITHIN = timedelta(days=180)
"""Half a year: long enough for rare services, short enough that a rule mended since drops out."""

MOST = 200
"""Kinds told at most, the commonest first."""


def of_city(database: Database, city: City, actor: Actor) -> list[Misfit]:
    """Kinds of re-routing that repeat, of the complaints that *actor* reads.

    Raises:
        Forbidden: the actor doesn't administer the city.
    """
    require(actor, Permission.ADMINISTER)
    since = database.now() - WITHIN
    with database.transaction(Role.STAFF, city.code, account=actor.account_id) as connection:
        return misfits.misfits(connection, city.code, since=since, least=LEAST, most=MOST)
