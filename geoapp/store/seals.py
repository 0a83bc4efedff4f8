"""Seals and digests in the database: made, listed, put beside the events they cover."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row

from geoapp.domain.seal import Digested, Seal, SealedEvent
from geoapp.store.statements import statement

PAGE = 5000
"""Rows that are read at once."""


@dataclass(frozen=True, slots=True)
class Unsealed:
    """What waits to be sealed; *oldest_s* seconds, None when nothing of today waits."""

    count: int
    oldest_s: float | None


@dataclass(frozen=True, slots=True)
class Stray:
    """An event or a digest that has no place in the chain."""

    what: str
    event_id: int
    ticket: str | None
    ahead: bool


def lock(connection: Connection, city: str) -> bool:
    """Whether this transaction may seal the city; False while another one does."""
    return bool(connection.execute(statement("store", "seal_lock"), {"city": city}).scalar_one())


def seal_next(connection: Connection, city: str, *, most: int) -> Seal | None:
    """Seal the next events, at most *most*; None when there are none. Needs `lock`."""
    row = connection.execute(
        statement("store", "seal_next"), {"city": city, "most": most}
    ).one_or_none()
    return None if row is None else _seal(city, row)


def after(connection: Connection, city: str, number: int, *, most: int = PAGE) -> list[Seal]:
    """The seals after *number*, in order."""
    rows = connection.execute(
        statement("store", "seals_after"), {"city": city, "after": number, "most": most}
    )
    return [_seal(city, row) for row in rows]


def before(connection: Connection, city: str, number: int | None, *, most: int) -> list[Seal]:
    """The seals before *number* (None: from the end), newest first."""
    rows = connection.execute(
        statement("store", "seals_before"), {"city": city, "before": number, "most": most}
    )
    return [_seal(city, row) for row in rows]


def digests(
    connection: Connection, city: str, *, after: int, up_to: int, most: int = PAGE
) -> list[Digested]:
    """Digests of the ordinals after *after* up to *up_to*, in order, with their events."""
    rows = connection.execute(
        statement("store", "seal_digests"),
        {"city": city, "after": after, "up_to": up_to, "most": most},
    )
    return [_digested(city, row) for row in rows]


def strays(connection: Connection, city: str) -> Iterator[Stray]:
    """Events that lie among the sealed ones unsealed, and digests of no seal."""
    rows = connection.execute(
        statement("store", "seal_strays"), {"city": city}, execution_options={"yield_per": PAGE}
    )
    for row in rows:
        yield Stray(row.what, row.id, row.ticket, row.ahead)


def unsealed(connection: Connection, city: str) -> Unsealed:
    """What waits to be sealed."""
    row = connection.execute(statement("store", "seal_unsealed"), {"city": city}).one()
    return Unsealed(row.events, row.oldest_s)


def at_work_s(connection: Connection, city: str) -> float | None:
    """For how many seconds complaints have been coming in; None while there are none."""
    found: float | None = connection.execute(
        statement("store", "seal_at_work"), {"city": city}
    ).scalar_one()
    return found


def _seal(city: str, row: Row[Any]) -> Seal:
    return Seal(
        city, row.number, bytes(row.previous), row.first_ordinal, row.last_ordinal, row.events,
        row.sealed_at, bytes(row.hash),
    )  # fmt: skip


def _digested(city: str, row: Row[Any]) -> Digested:
    event = None
    if row.id is not None:
        event = SealedEvent(
            city, row.id, row.complaint_id, row.ticket, row.kind, row.status, row.at_us,
            row.actor, row.data,
        )  # fmt: skip
    return Digested(
        event_id=row.event_id,
        seal_number=row.seal_number,
        ordinal=row.ordinal,
        salt=None if row.salt is None else bytes(row.salt),
        digest=bytes(row.digest),
        erased=row.erased,
        event=event,
        place=None if event is None else (int(row.xid), event.id),
        words=row.words,
    )
