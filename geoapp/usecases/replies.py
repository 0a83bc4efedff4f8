"""The reporter's word on a complaint: disputed, solved, or something to add.

Who sent a complaint proves it with the key that the answer to the submission gave. It is
worked out from the ticket, so nothing about it is stored.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from uuid import UUID

from geoapp.domain.answers import reply_leads_to
from geoapp.domain.catalogue import City
from geoapp.domain.complaint import Status
from geoapp.errors import (
    FieldProblem,
    Forbidden,
    InvalidInput,
    KeyReused,
    NotFound,
    NothingStored,
    StepRefused,
)
from geoapp.store import casework, complaints, intake, sender
from geoapp.store.database import Database, Role
from geoapp.usecases import photos
from geoapp.usecases.submit import Sending


@dataclass(frozen=True, slots=True)
class Replied:
    """How the complaint stands after a reply; *changed*: the reply did it."""

    ticket: str
    status: Status
    changed: bool


def follow_key(secret: str, city_code: str, ticket: str) -> str:
    """The key of whoever sent *ticket*: 16 letters and digits, 80 bits."""
    message = f"follow:{city_code}:{ticket}".encode()
    digest = hmac.new(secret.encode(), message, hashlib.sha256).digest()
    return base64.b32encode(digest).decode("ascii")[:16]


def key_fits(secret: str, city_code: str, ticket: str, key: str) -> bool:
    """Whether *key* is that of *ticket*; takes as long for any wrong one."""
    right = follow_key(secret, city_code, ticket)
    return hmac.compare_digest(right.encode(), key.strip().upper().encode("utf-8"))


def prove(secret: str, city_code: str, ticket: str, key: str) -> None:
    """Nothing when *key* is that of *ticket*.

    Raises:
        Forbidden: it isn't (whether there is such a ticket isn't told).
    """
    if not key_fits(secret, city_code, ticket, key):
        raise Forbidden(
            "Only whoever sent this complaint may do this.",
            "Use the link that the answer to the complaint gave you.",
        )


def as_reply(sending: Sending) -> Sending:
    """*sending* under a name that replies alone have.

    A submission's key holds no space, so neither is ever answered with the other's answer. Whose
    reply it is stands in the body, which holds the sender's key.
    """
    return replace(sending, key=f"reply {sending.key}")


def reply(
    database: Database,
    city: City,
    ticket: str,
    *,
    secret: str,
    key: str,
    text: str,
    solved: bool,
    photo_ids: Sequence[UUID] = (),
    sending: Sending | None = None,
) -> Replied:
    """Store a reply with its photos, and what becomes of the complaint.

    Photos are for the city and the agency alone, as the words. Within ten working days after it
    was resolved: *solved* closes it, anything else reopens it. While somebody works on it the
    reply is only added. With a *sending* (of `as_reply`) seen before, nothing is stored
    and the first answer is given again.

    Raises:
        Forbidden: the key isn't that of the ticket (or there is no such ticket).
        InvalidInput: it says and shows nothing, or a photo can't be attached.
        KeyReused: the sending's key came before with another body.
        StepRefused: it is too late, or nobody works on it any more; of what was merged it names
            the complaint that goes on, if that is public.
    """
    prove(secret, city.code, ticket, key)
    if not text and not solved and not photo_ids:
        raise InvalidInput(
            "The reply says nothing.",
            "Say what is missing, or that it is solved.",
            [FieldProblem("text", "is missing")],
        )
    with database.transaction(Role.INTAKE, city.code) as connection:
        if sending is not None:
            # Before anything is looked at: two at the same moment come one after the other.
            held = intake.claim_key(connection, city.code, sending.key)
            if held is not None:
                return _again(held, sending)
        standing = casework.reply_standing(connection, city.code, ticket)
        if standing is None:
            raise NotFound("There is no such complaint.", "Check the ticket.")
        before = Status(standing.status)
        if before is Status.DUPLICATE:
            raise _merged(database, city, ticket)
        after = reply_leads_to(
            before, solved=solved, now=standing.at, disputed_until=standing.disputed_until
        )
        if not casework.record_reply(
            connection,
            city.code,
            ticket,
            version=standing.version,
            text=text,
            solved=solved,
            status=after.value if after else None,
        ):
            raise NothingStored("The reply wasn't stored.", "Send the same request again.")
        if photo_ids:
            event = sender.reply_written(connection, city.code, ticket)
            photos.attach(connection, city.code, ticket, photo_ids, event_id=event, private=True)
        told = Replied(ticket, after or before, after is not None)
        if sending is not None:
            intake.keep_answer(
                connection, city.code, sending.key, sending.body_sha256, asdict(told)
            )
    return told


def _again(held: intake.Held, sending: Sending) -> Replied:
    """The first answer; what became of the complaint since doesn't change it."""
    if held.body_sha256 != sending.body_sha256:
        own = sending.key.removeprefix("reply ")
        raise KeyReused(
            "This Idempotency-Key was used before with another body.",
            "Draw a new key for a new reply.",
            [FieldProblem("Idempotency-Key", "was used before", own)],
        )
    first = held.answer
    return Replied(first["ticket"], Status(first["status"]), first["changed"])


def _merged(database: Database, city: City, ticket: str) -> StepRefused:
    """Why nobody would read a reply here, and who does where."""
    with database.transaction(Role.VISITOR, city.code) as connection:
        lead = complaints.lead(connection, city.code, ticket)
    if lead is None:
        return StepRefused(
            "It was merged with another complaint, and goes on there.",
            "Ask the city, or send a new report; name this ticket in it.",
        )
    return StepRefused(
        f"It was merged with {lead}, and goes on there.",
        f"Follow {lead}; to add something send a new report and name {lead} in it.",
    )
