"""What operators' entries ask the database beside the submission itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from geoapp.store.statements import statement


@dataclass(frozen=True, slots=True)
class EntryFacts:
    """*now* by the database's clock; *ticket* that has the source's number already."""

    now: datetime
    ticket: str | None


def facts(
    connection: Connection, city_code: str, source: str | None, external_id: str | None
) -> EntryFacts:
    """What an entry is checked against; as much as the transaction's account may read."""
    row = connection.execute(
        statement("store", "entry_facts"),
        {"city_code": city_code, "source": source, "external_id": external_id},
    ).one()
    return EntryFacts(row.now, row.ticket)


def keep_junk_event(
    connection: Connection,
    city_code: str,
    complaint_id: int,
    ticket: str,
    *,
    actor: str,
    reason: str,
) -> None:
    """Say in the history why a complaint was rejected as it came."""
    connection.execute(
        statement("store", "entry_junk_event"),
        {
            "city_code": city_code,
            "complaint_id": complaint_id,
            "ticket": ticket,
            "actor": actor,
            "reason": reason,
        },
    )
