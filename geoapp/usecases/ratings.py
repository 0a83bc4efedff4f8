"""What the sender of a complaint thinks of the work, once it is closed."""

from __future__ import annotations

from geoapp.domain.catalogue import City
from geoapp.domain.complaint import ticket_is_plausible
from geoapp.domain.sender import LEAST_STARS, MOST_STARS
from geoapp.errors import FieldProblem, InvalidInput, NotFound, StepRefused
from geoapp.store import sender as store
from geoapp.store.database import Database, Role
from geoapp.usecases.replies import prove


def rate(
    database: Database, city: City, ticket: str, *, secret: str, key: str, stars: int, words: str
) -> None:
    """Keep *stars* and *words*; within 30 days after closing, and as often as they like.

    The last one counts. The history keeps the stars of each, the words are kept apart from it.

    Raises:
        Forbidden: the key isn't that of the ticket.
        InvalidInput: as many stars don't exist.
        NotFound: there is no such complaint.
        StepRefused: it isn't closed, or was long ago.
    """
    prove(secret, city.code, ticket, key)
    if not LEAST_STARS <= stars <= MOST_STARS:
        raise InvalidInput(
            "There are one to five stars.",
            "Choose how many.",
            [FieldProblem("stars", "must be 1 to 5", stars)],
        )
    written = None
    if ticket_is_plausible(ticket):
        with database.transaction(Role.INTAKE, city.code) as connection:
            written = store.rate(connection, city.code, ticket, stars=stars, words=words)
    if written is None:
        raise NotFound("There is no such complaint.", "Check the ticket.")
    if not written:
        raise StepRefused(
            "A complaint is rated once it is closed, within 30 days.",
            "Wait until it is closed; while it is worked on, reply.",
        )
