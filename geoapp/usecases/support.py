"""Me too: somebody has the problem that another has reported already.

A person is a digest (`geoapp.web.person` says of what) and counts once for a complaint and all
that was merged into it; nobody supports what they sent themselves. What is confidential counts
for nothing: docs/adr/0016.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection

from geoapp.domain.catalogue import City
from geoapp.domain.complaint import ticket_is_plausible
from geoapp.errors import NotFound, StepRefused
from geoapp.store import supporters
from geoapp.store.database import Database, Role


@dataclass(frozen=True, slots=True)
class Supported:
    """How many support a complaint now, and what became of the word.

    *result*: ``new``, ``again`` (was counted already), ``own`` (sent it); ``withdrawn`` or
    ``none`` (there was nothing to withdraw).
    """

    ticket: str
    supporters: int
    result: str


def remember_sender(connection: Connection, city: City, complaint_id: int, person: str) -> None:
    """Note in the transaction that stores a complaint which *person* sends it."""
    supporters.remember_sender(connection, city.code, complaint_id, person)


def support(database: Database, city: City, ticket: str, person: str) -> Supported:
    """Count *person* among those who have the problem; the same again changes nothing.

    Raises:
        NotFound: nothing public has this ticket.
        StepRefused: nobody works on it any more, or its sender had it erased; of what was merged
            it names the complaint that goes on, if that is public.
    """
    return _say(database, city, ticket, person, wanted=True)


def withdraw(database: Database, city: City, ticket: str, person: str) -> Supported:
    """Count *person* no longer, neither here nor for what was merged into it.

    Raises:
        NotFound: nothing public has this ticket.
    """
    return _say(database, city, ticket, person, wanted=False)


def _say(database: Database, city: City, ticket: str, person: str, *, wanted: bool) -> Supported:
    ticket = ticket.upper()
    told = None
    if ticket_is_plausible(ticket):
        with database.transaction(Role.INTAKE, city.code) as connection:
            told = supporters.say(connection, city.code, ticket, person, wanted=wanted)
    if told is None:
        raise NotFound(
            "There is no public complaint with this ticket.", "Check the ticket's letters."
        )
    if told.result == "merged":
        goes_on = told.lead or "another complaint"
        raise StepRefused(
            f"It was merged with {goes_on}, and goes on there.",
            f"Support {told.lead}." if told.lead else "Send a report of your own.",
        )
    if told.result == "erased":
        raise StepRefused(
            "Its sender had their data erased: nobody can join this report any more.",
            "Send a report of your own if the problem is still there.",
        )
    if told.result == "finished":
        raise StepRefused(
            f"It is {told.status.replace('_', ' ')}: nobody works on it any more.",
            "Send a report of your own if the problem is still there.",
        )
    return Supported(ticket, told.supporters, told.result)
