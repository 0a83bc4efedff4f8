"""After the deadline: the sender chooses whether to turn to the Ombudsman."""

from __future__ import annotations

from datetime import datetime

from geoapp.domain.catalogue import City
from geoapp.errors import StepRefused
from geoapp.store import sender as store
from geoapp.store.database import Database, Role
from geoapp.usecases import sender


def escalate(database: Database, city: City, ticket: str, *, secret: str, key: str) -> datetime:
    """Note in the history that the sender takes the complaint to the Ombudsman.

    Nothing is sent there: it is the citizen who goes, with the dossier. Said again, the first
    time stands.

    Returns:
        The moment of the step.

    Raises:
        Forbidden: the key isn't that of the ticket.
        NotFound: there is no such complaint.
        StepRefused: the deadline hasn't passed, or the city names no Ombudsman.
    """
    found = sender.view(database, city, ticket, secret=secret, key=key)
    if city.ombudsman is None:
        raise StepRefused(
            "This city names no Ombudsman.", "Ask the city where such complaints are taken."
        )
    with database.transaction(Role.INTAKE, city.code) as connection:
        allowed, since = store.escalate(connection, city.code, ticket)
    if not allowed or since is None:
        raise StepRefused(
            "This complaint was finished in time, or its deadline hasn't passed.",
            f"The deadline is {found.due_at.isoformat()}; until then, reply to the agency.",
        )
    return since
