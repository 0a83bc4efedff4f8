"""Erasing a person's reports: written down outside the database, sealed, done, photos removed.

Whatever dies in between, what was written down comes to its end: the worker carries it on, and
so does the restore of an older backup. See docs/adr/0015.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from geoapp.domain.access import Actor, Permission, require
from geoapp.domain.catalogue import City
from geoapp.domain.filters import unstorable
from geoapp.domain.photo import content_key
from geoapp.domain.privacy import Belonging
from geoapp.errors import Conflict, FieldProblem, Forbidden, InvalidInput, NotFound
from geoapp.media.storage import Storage
from geoapp.store import photos
from geoapp.store import privacy as store
from geoapp.store.database import Database, Role
from geoapp.usecases import audit, erasure_list, replies
from geoapp.usecases.erasure_list import Line
from geoapp.usecases.privacy import reasoned

CITIZEN = "citizen"
_SEALED_WITHIN_S = 20.0


@dataclass(slots=True)
class Erased:
    """What an erasure did."""

    tickets: list[str] = field(default_factory=list)
    events: int = 0
    photos: int = 0
    contacts: int = 0

    def add(self, told: dict[str, Any]) -> None:
        """Count what one report lost."""
        self.tickets += told["tickets"]
        self.events += told["events"]
        self.photos += told["photos"]
        self.contacts += told["contacts"]

    def counts(self) -> dict[str, Any]:
        """As it is kept: tickets only where there is one, several would tell who had them."""
        counts: dict[str, Any] = {
            "reports": len(self.tickets),
            "events": self.events,
            "photos": self.photos,
            "contacts": self.contacts,
        }
        return counts | ({"ticket": self.tickets[0]} if len(self.tickets) == 1 else {})


def erase(
    database: Database,
    city: City,
    home: Path,
    storage: Storage,
    belongings: Sequence[Belonging],
    *,
    by: str,
    reason: str = "",
) -> Erased:
    """Erase a person's reports and what they follow; all of it, or the worker goes on with it.

    First it is written down outside the database, then the history is sealed, then each report
    loses its person in one transaction, then its photos go. Once this has begun it comes to its
    end, whatever dies meanwhile (`carry_on`). Of what is gone already nothing is written again.

    Args:
        belongings: of `find`, perhaps fewer.
        by: who asked or did it: ``citizen`` or ``account:<id>``.
        reason: kept with the request, without the person.

    Raises:
        Conflict: the history can't be sealed right now; the worker does it later.
    """
    reports = [one.ticket for one in belongings if one.contact_id is None]
    with database.transaction(Role.WORKER, city.code) as connection:
        left = store.reports_left(connection, city.code, reports)
    lines = [Line(database.now(), secrets.token_hex(8), ticket, by) for ticket in left] + [
        Line(database.now(), secrets.token_hex(8), one.ticket, by, one.created_at)
        for one in belongings
        if one.contact_id is not None
    ]
    if not lines:
        remove_photos(database, city, storage)
        return Erased(reports)
    erasure_list.append(erasure_list.path(home, city.slug), lines)
    done = _carry_out(database, city, home, lines)
    with database.transaction(Role.WORKER, city.code) as connection:
        store.note(connection, city.code, "erase", actor=by, reason=reason, data=done.counts())
    remove_photos(database, city, storage)
    return done


def erase_own(
    database: Database,
    city: City,
    home: Path,
    storage: Storage,
    ticket: str,
    *,
    secret: str,
    key: str,
    typed: str,
) -> Erased:
    """Erase one report for whoever sent it, who types its ticket to say that they mean it.

    This report alone, with its parts: an address that was typed into it proves nothing about
    what else has the same address.

    Raises:
        Forbidden: the key isn't that of the ticket (or there is no such ticket).
        InvalidInput: what was typed isn't the ticket.
    """
    mine = own(database, city, ticket, secret=secret, key=key)
    if typed.strip().upper() != ticket:
        raise InvalidInput(
            "The ticket wasn't typed as it stands.",
            f"Type {ticket} to erase your data.",
            [FieldProblem("ticket", f"isn't {ticket}")],
        )
    return erase(database, city, home, storage, mine[:1], by=CITIZEN)


def own(database: Database, city: City, ticket: str, *, secret: str, key: str) -> list[Belonging]:
    """The report of a ticket with its parts, the ticket's own first, for whoever has its key."""
    if not replies.key_fits(secret, city.code, ticket, key) or unstorable(ticket) is not None:
        raise Forbidden(
            "Only whoever sent this complaint may ask for its data.",
            "Use the link that the answer to the complaint gave you.",
        )
    with database.transaction(Role.WORKER, city.code) as connection:
        found = store.subject(connection, city.code, tickets=[ticket], alone=True)
    if not found:
        raise NotFound("There is no such complaint.", "Check the ticket.")
    return sorted(found, key=lambda one: one.ticket != ticket)


def erase_by_city(
    database: Database,
    city: City,
    actor: Actor,
    home: Path,
    storage: Storage,
    belongings: Sequence[Belonging],
    *,
    reason: str,
) -> Erased:
    """Erase on a request that reached the city, which has made sure of who asked.

    Raises:
        Forbidden: the actor doesn't administer the city.
        InvalidInput: no reason is given.
    """
    require(actor, Permission.ADMINISTER)
    reason = reasoned(reason)
    return erase(database, city, home, storage, belongings, by=actor.label, reason=reason)


def carry_on(
    database: Database,
    city: City,
    home: Path,
    storage: Storage,
    *,
    file: Path | None = None,
    stopping: Callable[[], bool] = lambda: False,
) -> Erased:
    """Do what the list of erasures names and this database hasn't done; noted if there was any.

    After an erasure that was cut off, and after a restore from an older backup.

    Args:
        file: a copy of the list kept elsewhere; default: the one under *home*.

    Raises:
        InvalidInput: the list can't be read.
        Conflict: the history can't be sealed right now.
    """
    here = erasure_list.path(home, city.slug)
    lines = list(erasure_list.read(file or here))
    done = Erased()
    for first in range(0, len(lines), 1000):
        if stopping():
            break
        page = lines[first : first + 1000]
        with database.transaction(Role.WORKER, city.code) as connection:
            places = store.undone(
                connection,
                city.code,
                [
                    {
                        "place": place,
                        "request": line.request,
                        "ticket": line.ticket,
                        "created_at": line.created_at.isoformat() if line.created_at else None,
                    }
                    for place, line in enumerate(page)
                ],
            )
        again = [page[place] for place in places]
        if file is not None and again:  # a copy from elsewhere: ours knows of it from now on
            erasure_list.append(here, again)
        part = _carry_out(database, city, home, again)
        done.tickets += part.tickets
        done.events, done.photos = done.events + part.events, done.photos + part.photos
        done.contacts += part.contacts
    if done.tickets or done.contacts:
        with database.transaction(Role.WORKER, city.code) as connection:
            told = done.counts() | {"again": True}
            store.note(connection, city.code, "erase", actor="system", data=told)
    remove_photos(database, city, storage)
    return done


def _carry_out(database: Database, city: City, home: Path, lines: Sequence[Line]) -> Erased:
    done = Erased()
    for line in lines:
        if line.created_at is not None:
            with database.transaction(Role.WORKER, city.code) as connection:
                done.contacts += store.erase_contact(
                    connection, city.code, line.ticket, line.created_at
                )
        else:
            done.add(_erase_report(database, city, home, line))
    return done


def _erase_report(database: Database, city: City, home: Path, line: Line) -> dict[str, Any]:
    """Seal and erase, until nothing came in between."""
    until = time.monotonic() + _SEALED_WITHIN_S
    while True:
        audit.seal_all(database, city, home / "seals")
        with database.transaction(Role.WORKER, city.code) as connection:
            told = store.erase_report(
                connection, city.code, line.ticket, actor=line.by, request=line.request
            )
        if told is None:
            return {"tickets": [], "events": 0, "photos": 0, "contacts": 0}
        if "unsealed" not in told:
            return told
        if time.monotonic() > until:
            raise Conflict(
                "The history can't be sealed right now, so nothing was erased yet.",
                "It is written down and will be done by itself within the hour.",
            )
        time.sleep(0.2)


def remove_photos(database: Database, city: City, storage: Storage) -> int:
    """Remove the files of erased photos, then their rows; how many photos.

    A file that another photo shares stays. Cut off in between, the row stays and says so.

    Raises:
        StorageUnavailable: the worker tries again.
    """
    removed = 0
    while True:
        with database.transaction(Role.WORKER, city.code) as connection:
            photo = store.next_erased_photo(connection, city.code)
            if photo is None:
                return removed
            for sha256 in photo.hashes:
                # Nobody begins to refer to the file from here until this is committed.
                photos.claim(connection, sha256)
                if not store.shared(connection, city.code, photo.id, sha256):
                    storage.delete(content_key(sha256))
            store.delete_photo(connection, city.code, photo.id)
        removed += 1
