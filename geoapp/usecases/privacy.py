"""A person's rights over their data: what has served its time goes, what they ask to go goes.

What is kept, where and how long stands in docs/privacy.md. Erasing is `geoapp.usecases.erasure`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from geoapp.domain import contact as addresses
from geoapp.domain.access import Actor, Permission, require
from geoapp.domain.catalogue import City
from geoapp.domain.filters import unstorable
from geoapp.domain.privacy import Belonging
from geoapp.errors import FieldProblem, InvalidInput, NotFound
from geoapp.store import privacy as store
from geoapp.store.database import Database, Role
from geoapp.store.privacy import Access, Request
from geoapp.usecases.vault import Vault

MOST = 100_000
"""Complaints that are gone through in one run."""

BATCH = 100
"""Complaints whose contacts go in one transaction: well below a second."""

REASON_LEAST, REASON_MOST = 3, 300


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What retention removed: contacts, marks of browsers."""

    contacts: int
    marks: int


def retain(
    database: Database,
    city: City,
    *,
    days: int,
    stopping: Callable[[], bool] = lambda: False,
    batch: int = BATCH,
) -> Forgotten:
    """Remove contacts and marks of complaints that ended more than *days* ago; noted as counts.

    By the database's clock, batch by batch: what a batch did stays when a later one is cut off.
    """
    contacts = marks = 0
    with database.transaction(Role.WORKER, city.code) as connection:
        # Once: it looks through everything there is. What comes beyond is tomorrow's.
        due = store.ended(connection, city.code, days=days, most=MOST)
    for first in range(0, len(due), batch):
        if stopping():
            break
        with database.transaction(Role.WORKER, city.code) as connection:
            heads = store.hold(connection, city.code, due[first : first + batch], days=days)
            gone = store.forget(connection, city.code, heads, days=days)
        contacts, marks = contacts + gone[0], marks + gone[1]
    with database.transaction(Role.WORKER, city.code) as connection:
        told = {"contacts": contacts, "marks": marks, "days": days}
        store.note(connection, city.code, "retention", actor="system", data=told)
    return Forgotten(contacts, marks)


def retention_due(database: Database, city: City, *, every_s: float) -> bool:
    """Whether retention hasn't been gone through for so long."""
    with database.transaction(Role.WORKER, city.code) as connection:
        age = store.retention_age_s(connection, city.code)
    return age is None or age >= every_s


def find(
    database: Database,
    vault: Vault,
    city: City,
    *,
    ticket: str = "",
    email: str = "",
    phone: str = "",
    alone: bool = False,
) -> list[Belonging]:
    """What belongs to the person behind a ticket, an e-mail address or a telephone number.

    Addresses were typed by whoever reported and never proven: look at the list before doing
    anything with it.

    Args:
        alone: of a ticket its report alone, not what else has the same address.

    Raises:
        InvalidInput: nothing is named, or it can't be an address; never repeats it.
        NotFound: nothing of it is kept.
    """
    values: dict[str, str | None] = {}
    for name, typed, read in (
        ("email", email, addresses.email),
        ("phone", phone, addresses.phone),
    ):
        try:
            normal = read(typed) if typed.strip() else None
        except ValueError as problem:
            raise InvalidInput(
                "That can't be an address.",
                "Correct it.",
                [FieldProblem(name, str(problem))],
            ) from None
        values[name] = vault.digest(city.code, normal) if normal else None
    ticket = ticket.strip().upper()
    if unstorable(ticket) is not None:
        raise _nothing()
    if not ticket and not any(values.values()):
        raise InvalidInput(
            "Nobody is named.",
            "Give a ticket, an e-mail address or a telephone number.",
            [FieldProblem("ticket", "is missing")],
        )
    with database.transaction(Role.WORKER, city.code) as connection:
        found = store.subject(
            connection,
            city.code,
            tickets=[ticket] if ticket else [],
            email_digest=values["email"],
            phone_digest=values["phone"],
            alone=alone,
        )
    if not found:
        raise _nothing()
    return found


def reasoned(reason: str) -> str:
    """*reason* in one line.

    Raises:
        InvalidInput: it's missing or too long.
    """
    reason = " ".join(reason.split())
    if not REASON_LEAST <= len(reason) <= REASON_MOST or unstorable(reason) is not None:
        raise InvalidInput(
            "A reason is needed.",
            "Say why, without naming the person.",
            [FieldProblem("reason", "Please fill this in.")],
        )
    return reason


def requests(
    database: Database, city: City, actor: Actor, *, before: int | None, most: int
) -> list[Request]:
    """What was asked and done, newest first."""
    require(actor, Permission.ADMINISTER)
    with database.transaction(Role.ADMIN, city.code, account=actor.account_id) as connection:
        return store.requests(connection, city.code, before=before, most=most)


def accesses(
    database: Database,
    city: City,
    actor: Actor,
    *,
    before: int | None = None,
    account: int | None = None,
    ticket: str = "",
    since: datetime | None = None,
    until: datetime | None = None,
    most: int,
) -> list[Access]:
    """Who of the staff was shown whose contact, newest first; for auditors, too."""
    require(actor, Permission.AUDIT)
    # Tickets are of complaints, which administration itself doesn't read: as staff.
    with database.transaction(Role.STAFF, city.code, account=actor.account_id) as connection:
        return store.accesses(
            connection,
            city.code,
            before=before,
            actor=None if account is None else f"account:{account}",
            ticket=ticket.strip().upper() or None,
            since=since,
            until=until,
            most=most,
        )


def _nothing() -> NotFound:
    return NotFound(
        "Nothing of this person is kept.", "Check what was typed; another way may find more."
    )
