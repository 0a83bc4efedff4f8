"""The numbers beside the command center's map: what an account sees, and what it was before."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time
from zoneinfo import ZoneInfo

from geoapp.domain.access import Actor, Permission, reach, require
from geoapp.domain.catalogue import City
from geoapp.domain.summary import Summary
from geoapp.domain.work_filter import WorkFilter
from geoapp.store import summary as store
from geoapp.store.database import Database, Role


def of_staff(database: Database, city: City, actor: Actor, wanted: WorkFilter) -> Summary:
    """What *actor* sees of what fits *wanted*, counted.

    Raises:
        Forbidden: the actor reads no figures.
    """
    require(actor, Permission.READ_NUMBERS)
    wanted = replace(wanted, reach=reach(actor, Permission.READ))
    today = day_begins(city, wanted.now)
    with database.transaction(Role.STAFF, city.code, account=actor.account_id) as connection:
        return store.summary(connection, city.code, wanted, today)


def day_begins(city: City, moment: datetime) -> datetime:
    """The midnight at which the city's day of *moment* began."""
    zone = ZoneInfo(city.timezone)
    return datetime.combine(moment.astimezone(zone).date(), time(), zone)
