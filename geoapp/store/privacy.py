"""What the law lets a person ask for: found, told, taken away; and what was done of it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from geoapp.domain.privacy import Belonging
from geoapp.store.statements import statement


@dataclass(frozen=True, slots=True)
class Request:
    """One request and what was done; `actor_name` None for programs and citizens.

    Breaches have a `number` of their own in their city, from 1.
    """

    id: int
    kind: str
    at: datetime
    actor: str
    actor_name: str | None
    reason: str
    data: Mapping[str, Any]
    number: int | None = None


@dataclass(frozen=True, slots=True)
class Access:
    """Somebody of the staff was shown a contact."""

    id: int
    at: datetime
    actor: str
    actor_name: str | None
    purpose: str
    ticket: str


@dataclass(frozen=True, slots=True)
class ErasedPhoto:
    """A photo that is to go with its files."""

    id: UUID
    hashes: tuple[str, ...]


def subject(
    connection: Connection,
    city: str,
    *,
    tickets: Sequence[str] = (),
    email_digest: str | None = None,
    phone_digest: str | None = None,
    alone: bool = False,
) -> list[Belonging]:
    """Everything of the person behind these; with *alone* no more than the tickets' reports."""
    rows = connection.execute(
        statement("store", "privacy_subject"),
        {
            "city": city,
            "tickets": list(tickets),
            "email": email_digest,
            "phone": phone_digest,
            "alone": alone,
        },
    )
    return [Belonging(**row) for row in rows.mappings()]


def reports_left(connection: Connection, city: str, tickets: Sequence[str]) -> list[str]:
    """Reports with one of *tickets* that aren't erased, or hold something again.

    Each once, by the ticket of its oldest part, which an older backup is the likeliest to know.
    """
    rows = connection.execute(
        statement("store", "privacy_left"), {"city": city, "tickets": list(tickets)}
    )
    return list(rows.scalars())


def erase_report(
    connection: Connection, city: str, ticket: str, *, actor: str, request: str
) -> dict[str, Any] | None:
    """Take the person out of a report; what was done, or how many events are ``unsealed``.

    None when there is no such ticket.
    """
    told: dict[str, Any] | None = connection.execute(
        statement("store", "privacy_erase_report"),
        {"city": city, "ticket": ticket, "actor": actor, "request": request},
    ).scalar_one()
    return told


def erase_contact(connection: Connection, city: str, ticket: str, created_at: datetime) -> int:
    """Blank the contact that has followed *ticket* since that moment; how many there were."""
    gone: int = connection.execute(
        statement("store", "privacy_erase_contact"),
        {"city": city, "ticket": ticket, "created_at": created_at},
    ).scalar_one()
    return gone


def undone(connection: Connection, city: str, lines: Sequence[Mapping[str, Any]]) -> list[int]:
    """The places (`place`) of *lines* that weren't carried out in this database."""
    rows = connection.execute(
        statement("store", "privacy_undone"), {"city": city, "lines": json.dumps(list(lines))}
    )
    return list(rows.scalars())


def next_erased_photo(connection: Connection, city: str) -> ErasedPhoto | None:
    """A photo whose files are to go, locked; None when there is none."""
    row = connection.execute(
        statement("store", "privacy_photos_erased"), {"city": city}
    ).one_or_none()
    if row is None:
        return None
    return ErasedPhoto(row.id, tuple(sorted({row.sha256, row.small_sha256})))


def shared(connection: Connection, city: str, photo: UUID, sha256: str) -> bool:
    """Whether another photo than *photo* has a file with that hash."""
    found: bool = connection.execute(
        statement("store", "privacy_photo_shared"), {"city": city, "id": photo, "sha256": sha256}
    ).scalar_one()
    return found


def delete_photo(connection: Connection, city: str, photo: UUID) -> None:
    """Remove the row of a photo that `next_erased_photo` gave."""
    connection.execute(statement("store", "privacy_photo_delete"), {"city": city, "id": photo})


def ended(connection: Connection, city: str, *, days: int, most: int) -> list[int]:
    """Complaints that ended longer ago and still hold contacts or marks."""
    rows = connection.execute(
        statement("store", "privacy_retention_due"), {"city": city, "days": days, "most": most}
    )
    return list(rows.scalars())


def hold(connection: Connection, city: str, heads: Sequence[int], *, days: int) -> list[int]:
    """Those of *heads* that ended longer ago still, locked."""
    rows = connection.execute(
        statement("store", "privacy_retention_hold"),
        {"city": city, "heads": list(heads), "days": days},
    )
    return list(rows.scalars())


def forget(
    connection: Connection, city: str, heads: Sequence[int], *, days: int
) -> tuple[int, int]:
    """Blank contacts and marks of complaints that `ended` gave; how many of each."""
    values = {"city": city, "heads": list(heads)}
    contacts = connection.execute(
        statement("store", "privacy_retention_contacts"), values | {"days": days}
    ).rowcount
    connection.execute(statement("store", "privacy_retention_deliveries"), values)
    marks = connection.execute(statement("store", "privacy_retention_marks"), values).scalar_one()
    return contacts, marks


def note(
    connection: Connection,
    city: str,
    kind: str,
    *,
    actor: str,
    reason: str = "",
    data: Mapping[str, Any],
) -> tuple[int, datetime]:
    """Keep a request and what was done; its number and moment."""
    row = connection.execute(
        statement("store", "privacy_request_insert"),
        {
            "city": city,
            "kind": kind,
            "actor": actor,
            "reason": reason,
            "data": json.dumps(dict(data)),
        },
    ).one()
    return row.id, row.at


def requests(
    connection: Connection,
    city: str,
    *,
    before: int | None = None,
    kind: str | None = None,
    most: int,
) -> list[Request]:
    """Requests, newest first."""
    rows = connection.execute(
        statement("store", "privacy_requests"),
        {"city": city, "before": before, "kind": kind, "most": most},
    )
    return [Request(**row) for row in rows.mappings()]


def retention_age_s(connection: Connection, city: str) -> float | None:
    """Seconds since retention was last gone through; None when it never was."""
    age: float | None = connection.execute(
        statement("store", "privacy_retention_last"), {"city": city}
    ).scalar_one()
    return age


def accesses(
    connection: Connection,
    city: str,
    *,
    before: int | None = None,
    actor: str | None = None,
    ticket: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    most: int,
) -> list[Access]:
    """Who was shown whose contact, newest first."""
    rows = connection.execute(
        statement("store", "privacy_accesses"),
        {
            "city": city,
            "before": before,
            "actor": actor,
            "ticket": ticket,
            "since": since,
            "until": until,
            "most": most,
        },
    )
    return [Access(**row) for row in rows.mappings()]
