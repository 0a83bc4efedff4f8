"""The numbers beside the command center's map: what an account sees, and what it was before."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from geoapp.domain.access import Actor, Permission, reach, require
from geoapp.domain.catalogue import City
from geoapp.domain.summary import Before, Summary
from geoapp.domain.work_filter import WorkFilter
from geoapp.store import summary as store
from geoapp.store import summary_before
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
        found = store.summary(connection, city.code, wanted, today)
        return replace(found, before=_before(connection, city, wanted, wanted.now - today))


def _before(
    connection: Connection, city: City, wanted: WorkFilter, day: timedelta
) -> Before | None:
    """The same question one length of its period earlier: since, until and now moved back.

    None without a begin of the period, and for what no history tells: whom it was given to,
    which duty was late, what was offered to others, what had just been done. Agency and areas
    are today's.

    Args:
        day: how long today has lasted.
    """
    length = (wanted.until or wanted.now) - wanted.since if wanted.since else timedelta(0)
    untold = (wanted.officer, wanted.unassigned, wanted.late, wanted.offered, wanted.recent_done)
    if wanted.since is None or length <= timedelta(0) or any(untold):
        return None
    then = replace(wanted, now=wanted.now - length, since=wanted.since - length, until=wanted.since)
    stood = summary_before.stood(connection, city.code, then, new_since=then.now - day)
    known = stood.unknown == 0
    asks = bool(wanted.statuses or wanted.deadlines) or wanted.overdue is not None
    return Before(
        since=wanted.since - length,
        until=wanted.since,
        as_of=then.now,
        open=stood.figures.open if known else None,
        overdue=stood.figures.overdue if known else None,
        new_today=stood.new if known or not asks else None,
        median_first_response_s=stood.figures.median_response_s if known else None,
        followed_up=stood.figures.followed_up if known else None,
    )


def day_begins(city: City, moment: datetime) -> datetime:
    """The midnight at which the city's day of *moment* began."""
    zone = ZoneInfo(city.timezone)
    return datetime.combine(moment.astimezone(zone).date(), time(), zone)
