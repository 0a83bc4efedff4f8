"""The operator's list of likely duplicates: what might be the same, side by side.

Merging is a step like any other (`geoapp.usecases.casework`); here is what to look at, and that
somebody has looked and found it different.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from geoapp.domain.access import Actor, Permission, require
from geoapp.domain.casework import WorkComplaint
from geoapp.domain.catalogue import City
from geoapp.domain.duplicate import Group, groups
from geoapp.errors import FieldProblem, InvalidInput, NotFound
from geoapp.spatial import duplicates
from geoapp.store import duplicates as store
from geoapp.store import work
from geoapp.store.database import Database, Role


@dataclass(frozen=True, slots=True)
class Likely:
    """A page of groups with the complaints in them by id; *total* groups, and perhaps *more*."""

    groups: tuple[Group, ...]
    complaints: dict[int, WorkComplaint]
    total: int
    more: bool


def likely(database: Database, city: City, actor: Actor, *, limit: int) -> Likely:
    """Up to *limit* groups of likely duplicates among what *actor* sees, most alike first.

    Raises:
        Forbidden: the actor triages nowhere, or reads nothing (a key that may only act).
    """
    require(actor, Permission.TRIAGE)
    require(actor, Permission.READ)
    now = database.now()
    with database.transaction(Role.STAFF, city.code, account=actor.account_id) as connection:
        found = duplicates.pairs(connection, city.code, now)
        ids = sorted({id_ for pair in found.pairs for id_ in (pair.first_id, pair.second_id)})
        known = work.by_ids(connection, city.code, ids, now) if ids else {}
    gathered = groups(found.pairs, known)
    shown = tuple(gathered[:limit])
    members = {id_: known[id_] for group in shown for id_ in group.members}
    return Likely(shown, members, len(gathered), found.more)


def different(database: Database, city: City, actor: Actor, tickets: Sequence[str]) -> None:
    """Remember that two complaints aren't the same: no list proposes them again.

    Raises:
        Forbidden: the actor triages nowhere.
        InvalidInput: they aren't two.
        NotFound: the actor doesn't see both.
    """
    require(actor, Permission.TRIAGE)
    wanted = sorted({ticket.upper() for ticket in tickets})
    if len(wanted) != 2:
        raise InvalidInput(
            "Two different complaints are compared.",
            "Send two tickets.",
            [FieldProblem("tickets", "two different ones wanted", list(tickets))],
        )
    with database.transaction(Role.STAFF, city.code, account=actor.account_id) as connection:
        if not store.remember_different(connection, city.code, wanted, actor=actor.label):
            raise NotFound("One of these complaints isn't in your sight.", "Check the tickets.")
