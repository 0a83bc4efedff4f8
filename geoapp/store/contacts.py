"""Contacts as the database holds them: sealed. Opening them is the use case's."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import Connection

from geoapp.domain.contact import ContactRole
from geoapp.store.statements import statement


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """A contact that nobody can read, and the digests it is found by."""

    name: bytes | None
    email: bytes | None
    phone: bytes | None
    email_digest: str | None = None
    phone_digest: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What staff is told before it asks: of the contact, the rating, the escalation.

    What *may_read* denies is told as missing.
    """

    anonymous: bool
    may_read: bool
    has_name: bool
    has_email: bool
    has_phone: bool
    unsubscribed: bool
    erased_for: str | None
    stars: int | None
    words: str | None
    rated_at: datetime | None
    escalated_at: datetime | None


def keep(
    connection: Connection,
    city_code: str,
    ticket: str,
    role: ContactRole,
    sealed: Sealed,
    *,
    language: str,
    wants_mail: bool,
    with_event: bool,
) -> bool | None:
    """Store *sealed*; whether mail will come to it, None where no complaint takes it.

    *ticket* is the transaction's own.
    """
    told: bool | None = connection.execute(
        statement("store", "contact_keep"),
        asdict(sealed)
        | {
            "city_code": city_code,
            "ticket": ticket,
            "role": role.value,
            "language": language,
            "wants_mail": wants_mail,
            "with_event": with_event,
        },
    ).scalar_one()
    return told


def is_erased(connection: Connection, city_code: str, ticket: str) -> bool:
    """Whether the sender of a public complaint had their data erased."""
    erased: bool = connection.execute(
        statement("store", "complaint_erased"), {"city_code": city_code, "ticket": ticket}
    ).scalar_one()
    return erased


def own(connection: Connection, city_code: str, ticket: str) -> tuple[Sealed, str, bool] | None:
    """The reporter's contact of the transaction's complaint; None where none is kept.

    With its language, and whether it wants no mail.
    """
    row = connection.execute(
        statement("store", "contact_own"), {"city_code": city_code, "ticket": ticket}
    ).one_or_none()
    if row is None:
        return None
    sealed = Sealed(name=row.name_sealed, email=row.email_sealed, phone=row.phone_sealed)
    return sealed, row.language, row.unsubscribed


def read(
    connection: Connection, city_code: str, ticket: str, purpose: str
) -> tuple[Sealed, str, datetime] | None:
    """The reporter's contact for the transaction's account; None: there is none, or not for it.

    With its language, and when the reading was written down.
    """
    row = connection.execute(
        statement("store", "contact_read"),
        {"city_code": city_code, "ticket": ticket, "purpose": purpose},
    ).one_or_none()
    if row is None:
        return None
    sealed = Sealed(name=row.name_sealed, email=row.email_sealed, phone=row.phone_sealed)
    return sealed, row.language, row.read_at


def standing(connection: Connection, city_code: str, ticket: str) -> Standing | None:
    """What the transaction's account is told of a complaint's reporter; None: no such complaint."""
    row = connection.execute(
        statement("store", "contact_standing"), {"city_code": city_code, "ticket": ticket}
    ).one_or_none()
    if row is None:
        return None
    return Standing(
        anonymous=row.anonymous,
        may_read=bool(row.may_read),
        has_name=bool(row.has_name),
        has_email=bool(row.has_email),
        has_phone=bool(row.has_phone),
        unsubscribed=bool(row.unsubscribed),
        erased_for=row.erased_for,
        stars=row.stars,
        words=row.words,
        rated_at=row.rated_at,
        escalated_at=row.escalated_at,
    )


def batch(connection: Connection, city_code: str, after: int, most: int) -> dict[int, Sealed]:
    """Up to *most* sealed contacts behind number *after*, locked."""
    rows = connection.execute(
        statement("store", "contact_batch"),
        {"city_code": city_code, "after": after, "most": most},
    )
    return {
        row.id: Sealed(
            name=row.name_sealed,
            email=row.email_sealed,
            phone=row.phone_sealed,
            email_digest=row.email_digest,
            phone_digest=row.phone_digest,
        )
        for row in rows
    }


def put_anew(connection: Connection, city_code: str, number: int, sealed: Sealed) -> None:
    """Store the same contact as it is sealed now."""
    connection.execute(
        statement("store", "contact_reseal"),
        asdict(sealed) | {"city_code": city_code, "id": number},
    )
