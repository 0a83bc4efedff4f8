"""What an account sees day by day: what the playback's bar shows."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from geoapp.domain.access import Actor, Permission, reach, require
from geoapp.domain.catalogue import City
from geoapp.domain.daily import MAX_DAYS, Daily
from geoapp.domain.work_filter import WorkFilter
from geoapp.errors import FieldProblem, InvalidInput
from geoapp.store import daily as store
from geoapp.store.database import Database, Role


def of_staff(database: Database, city: City, actor: Actor, wanted: WorkFilter) -> Daily:
    """What *actor* sees of what fits *wanted*, for each day of its period.

    Without a begin of the period: its last `MAX_DAYS` days, from the first complaint on.
    Statuses that the filter names are those of today.

    Raises:
        Forbidden: the actor reads no figures.
        InvalidInput: the period has more than `MAX_DAYS` days.
    """
    require(actor, Permission.READ_NUMBERS)
    zone = ZoneInfo(city.timezone)
    # the end is excluded; a day that is still to come has nothing to show
    end = min(wanted.until or wanted.now, wanted.now + timedelta(microseconds=1))
    last = (end - timedelta(microseconds=1)).astimezone(zone).date()
    since: datetime | None = wanted.since
    first = since.astimezone(zone).date() if since else None
    if first is not None and (last - first).days >= MAX_DAYS:
        raise InvalidInput(
            f"The period has more than {MAX_DAYS} days.",
            "Begin it later, or end it earlier.",
            [FieldProblem("since", f"at most {MAX_DAYS} days to the end of the period")],
        )
    wanted = replace(wanted, reach=reach(actor, Permission.READ))
    with database.transaction(Role.STAFF, city.code, account=actor.account_id) as connection:
        days = store.days(
            connection, city.code, wanted, timezone=city.timezone, first=first, last=last
        )
    return Daily(wanted.now, tuple(days))
