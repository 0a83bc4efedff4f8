"""How people are reached: kept sealed beside the complaint, read by staff on the record.

Contacts are in no list, tile, feed, log or error. What isn't kept can't leak: name, e-mail and
telephone number are all optional.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from geoapp.domain.access import Actor, Permission, require
from geoapp.domain.catalogue import City
from geoapp.domain.contact import Contact, ContactRole
from geoapp.domain.filters import unstorable
from geoapp.errors import FieldProblem, Forbidden, InvalidInput, NotFound, StepRefused
from geoapp.store import contacts as store
from geoapp.store.database import Database, Role
from geoapp.usecases import replies
from geoapp.usecases.vault import Vault

PURPOSE_LEAST, PURPOSE_MOST = 3, 200
_BATCH = 500


@dataclass(frozen=True, slots=True)
class Kept:
    """A contact as its owner is told of it: masked, and whether mail will come."""

    contact: Contact
    notices: bool


@dataclass(frozen=True, slots=True)
class Read:
    """A contact as staff was shown it, and when that was written down."""

    contact: Contact
    language: str
    read_at: datetime


def keep(
    connection: Connection,
    vault: Vault,
    city: City,
    ticket: str,
    role: ContactRole | str,
    contact: Contact,
    language: str,
    *,
    wants_mail: bool = True,
    with_event: bool = False,
) -> bool:
    """Keep *contact* in the intake's transaction of *ticket*; whether mail may go to it.

    A reporter's takes the place of the one before. A follower is an e-mail address alone; one
    that follows already, or is the reporter's, isn't kept twice.

    Raises:
        NotFound: there is no such complaint, or none that may be followed.
    """
    told = store.keep(
        connection,
        city.code,
        ticket,
        ContactRole(role),
        _sealed(vault, city.code, contact),
        language=language if language in {"id", "en"} else "id",
        wants_mail=wants_mail,
        with_event=with_event,
    )
    if told is None:
        raise NotFound("There is no such complaint.", "Check the ticket.")
    return told


def change(
    database: Database,
    vault: Vault,
    city: City,
    ticket: str,
    *,
    secret: str,
    key: str,
    changes: dict[str, str | None],
    language: str,
) -> Kept:
    """Change the reporter's contact: a field that *changes* doesn't name stays, None takes it away.

    Naming an e-mail address asks for mail again after it was unsubscribed.

    Raises:
        Forbidden: the key isn't that of the ticket (or there is no such ticket).
    """
    if not replies.key_fits(secret, city.code, ticket, key):
        raise Forbidden(
            "Only whoever sent this complaint may change its contact.",
            "Use the link that the answer to the complaint gave you.",
        )
    with database.transaction(Role.INTAKE, city.code, ticket=ticket) as connection:
        held = store.own(connection, city.code, ticket)
        before = _opened(vault, city.code, held[0]) if held else Contact()
        after = before.changed(changes)
        if after == before and not changes.get("email"):
            return Kept(after.masked(), bool(held and after.email and not held[2]))
        told = keep(
            connection,
            vault,
            city,
            ticket,
            ContactRole.REPORTER,
            after,
            language,
            wants_mail=bool(changes.get("email")),
            with_event=True,
        )
    return Kept(after.masked(), told)


def follow(
    database: Database, vault: Vault, city: City, ticket: str, email: str, language: str
) -> None:
    """Tell *email* (normalised) from now on what becomes of a public complaint.

    Whether the address was known before isn't told to whoever asks.

    Raises:
        NotFound: there is no such complaint, or it isn't public.
        StepRefused: its sender had it erased.
    """
    if unstorable(ticket) is not None:
        raise NotFound("There is no such complaint.", "Check the ticket.")
    with database.transaction(Role.INTAKE, city.code, ticket=ticket) as connection:
        if store.is_erased(connection, city.code, ticket):
            raise StepRefused(
                "Its sender had their data erased: nobody can follow this report any more.",
                "Send a report of your own if the problem is still there.",
            )
        keep(
            connection,
            vault,
            city,
            ticket,
            ContactRole.FOLLOWER,
            Contact(email=email),
            language,
            with_event=True,
        )


def masked(connection: Connection, vault: Vault, city: City, ticket: str) -> Contact | None:
    """The reporter's contact as it is shown to its owner, who has proven it with the key.

    In the intake's transaction of *ticket*. None where none is kept.
    """
    held = store.own(connection, city.code, ticket)
    return _opened(vault, city.code, held[0]).masked() if held else None


def standing(database: Database, city: City, actor: Actor, ticket: str) -> store.Standing:
    """What *actor* is told of a complaint's reporter before asking for the contact.

    Raises:
        NotFound: there is none with this ticket that the actor sees.
    """
    require(actor, Permission.READ)
    found = None
    if unstorable(ticket) is None:
        with database.transaction(Role.STAFF, city.code, account=actor.account_id) as connection:
            found = store.standing(connection, city.code, ticket.upper())
    if found is None:
        raise _not_there()
    return found


def read(
    database: Database, vault: Vault, city: City, actor: Actor, ticket: str, purpose: str
) -> Read:
    """The reporter's contact, with *purpose* written down in the same transaction.

    For those who handle the complaint; of an anonymous one for operators alone. Never for heads,
    administrators and auditors, and never for a machine.

    Raises:
        Forbidden: the reporter is hidden from this account; machines read no contacts.
        InvalidInput: the purpose is missing.
        NotFound: there is no such complaint, or no contact of it.
    """
    require(actor, Permission.READ)
    purpose = " ".join(purpose.split())
    if not PURPOSE_LEAST <= len(purpose) <= PURPOSE_MOST or unstorable(purpose) is not None:
        raise InvalidInput(
            "Say what the contact is wanted for.",
            f"{PURPOSE_LEAST} to {PURPOSE_MOST} characters; it is kept with your name.",
            [FieldProblem("purpose", f"needs {PURPOSE_LEAST} to {PURPOSE_MOST} characters")],
        )
    if actor.scopes is not None:
        raise Forbidden(
            "A machine's key reads no contacts.", "Sign in as a person; each reading is recorded."
        )
    ticket = ticket.upper()
    if unstorable(ticket) is not None:
        raise _not_there()
    with database.transaction(Role.STAFF, city.code, account=actor.account_id) as connection:
        known = store.standing(connection, city.code, ticket)
        if known is None:
            raise _not_there()
        if not known.may_read:
            raise Forbidden(
                "This reporter's contact isn't shown to your account.",
                "Ask an operator of the command center to get in touch.",
            )
        found = store.read(connection, city.code, ticket, purpose)
        if found is None:
            raise NotFound("No contact is kept for this complaint.", "Answer it publicly.")
        sealed, language, read_at = found
        # Opened before it is committed: who was shown nothing didn't read anything.
        contact = _opened(vault, city.code, sealed)
    return Read(contact, language, read_at)


def reseal(
    database: Database,
    vault: Vault,
    city_code: str,
    progress: Callable[[int], None] = lambda _: None,
) -> int:
    """Seal every contact of a city under the newest key; how many weren't.

    Digests are worked out anew, too. May be broken off and begun again. When it has ended,
    keys behind the newest may be removed from the setting.

    Raises:
        ContactUnreadable: one doesn't open; those of the batches before are done.
    """
    changed, after = 0, 0
    while True:
        with database.transaction(Role.WORKER, city_code) as connection:
            found = store.batch(connection, city_code, after, _BATCH)
            for number, sealed in found.items():
                if _is_newest(vault, city_code, sealed):
                    continue
                anew = _sealed(vault, city_code, _opened(vault, city_code, sealed))
                store.put_anew(connection, city_code, number, anew)
                changed += 1
        if not found:
            return changed
        after = max(found)
        progress(changed)


def _sealed(vault: Vault, city_code: str, contact: Contact) -> store.Sealed:
    def seal(text: str | None) -> bytes | None:
        return None if text is None else vault.seal(city_code, text)

    return store.Sealed(
        name=seal(contact.name),
        email=seal(contact.email),
        phone=seal(contact.phone),
        email_digest=vault.digest(city_code, contact.email) if contact.email else None,
        phone_digest=vault.digest(city_code, contact.phone) if contact.phone else None,
    )


def _opened(vault: Vault, city_code: str, sealed: store.Sealed) -> Contact:
    def opened(value: bytes | None) -> str | None:
        return None if value is None else vault.open(city_code, value)

    return Contact(name=opened(sealed.name), email=opened(sealed.email), phone=opened(sealed.phone))


def _is_newest(vault: Vault, city_code: str, sealed: store.Sealed) -> bool:
    texts = [text for text in (sealed.name, sealed.email, sealed.phone) if text is not None]
    if not all(vault.is_newest(text) for text in texts):
        return False
    contact = _opened(vault, city_code, sealed)
    again = _sealed(vault, city_code, contact)
    return (again.email_digest, again.phone_digest) == (sealed.email_digest, sealed.phone_digest)


def _not_there() -> NotFound:
    return NotFound(
        "There is no such complaint, or not within the agency and areas of your account.",
        "Check the ticket.",
    )
