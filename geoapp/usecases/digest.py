"""The morning digest: what an agency has to know when the day begins."""

from __future__ import annotations

from datetime import date

from geoapp.domain.access import Actor, Permission, require
from geoapp.domain.casework import Digest, WholeAgency
from geoapp.domain.catalogue import City
from geoapp.errors import NotFound
from geoapp.store import numbers
from geoapp.store.database import Database, Role
from geoapp.usecases import cities


def make_due(database: Database) -> int:
    """Make today's digests of every city whose morning has come (06:00 there); how many.

    Asked again on the same day it makes none; a worker that was down in the morning makes
    them when it is back. One city is one transaction.
    """
    made = 0
    for city in cities.every(database):
        with database.transaction(Role.WORKER, city.code) as connection:
            made += numbers.make_digests(connection, city.code)
    return made


def of_agency(
    database: Database, city: City, actor: Actor, agency: str, day: date | None = None
) -> Digest:
    """The digest of *agency* of a day, or the last one.

    Raises:
        Forbidden: the actor doesn't read all that the agency has.
        NotFound: none was made.
    """
    require(actor, Permission.READ_NUMBERS, WholeAgency(agency))
    with database.transaction(Role.STAFF, city.code, account=actor.account_id) as connection:
        found = numbers.digest(connection, city.code, agency, day)
    if found is None:
        raise NotFound(
            "There is no digest of this agency for this day.",
            "Digests are made each morning at six; ask without a day for the last one.",
        )
    return found
