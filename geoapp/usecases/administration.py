"""What administrators and auditors read: the overview, the log, what grants can be limited to.

People, machines and keys themselves are of `geoapp.usecases.accounts`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from geoapp.domain.access import Actor, Permission, require
from geoapp.domain.administration import AreaChoice, Holiday, KeyEnding, LogEntry, Numbers
from geoapp.domain.catalogue import City
from geoapp.store import administration as store
from geoapp.store import administration_people as people_store
from geoapp.store.database import Database, Role

_LATEST = 8
_NEXT_DAYS = 4


@dataclass(frozen=True, slots=True)
class Overview:
    """The first page: what there is, what ends soon, what was done last."""

    today: date
    numbers: Numbers
    next_holidays: list[Holiday]
    keys_ending: list[KeyEnding]
    """Keys in use that end within thirty days."""
    latest: list[LogEntry]


def overview(database: Database, city: City, actor: Actor) -> Overview:
    """The city's administration at a glance."""
    require(actor, Permission.ADMINISTER)
    with database.transaction(Role.ADMIN, city.code, account=actor.account_id) as connection:
        today = store.today(connection, city.code)
        return Overview(
            today=today,
            numbers=people_store.numbers(connection, city.code, today),
            next_holidays=store.next_holidays(connection, city.code, today, _NEXT_DAYS),
            keys_ending=people_store.keys_ending(connection, city.code),
            latest=store.log(connection, city.code, before=None, at_most=_LATEST),
        )


def log(
    database: Database, city: City, actor: Actor, *, before: int | None, at_most: int
) -> list[LogEntry]:
    """What was changed by whom, newest first; auditors read it too."""
    require(actor, Permission.AUDIT)
    with database.transaction(Role.STAFF, city.code, account=actor.account_id) as connection:
        return store.log(connection, city.code, before=before, at_most=at_most)


def areas(database: Database, city: City, actor: Actor) -> list[AreaChoice]:
    """What a grant can be limited to, kelurahan by kecamatan first."""
    require(actor, Permission.ADMINISTER)
    with database.transaction(Role.ADMIN, city.code, account=actor.account_id) as connection:
        return people_store.areas(connection, city.code)
