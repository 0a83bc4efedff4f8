"""Moving complaints: locked, planned, written; and what a plan has to know of the world."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row

from geoapp.domain.access import Actor, Grant, StaffRole
from geoapp.domain.answers import DISPUTE_DAYS
from geoapp.domain.complaint import Status
from geoapp.domain.workflow import Standing
from geoapp.domain.workflow_terms import Around, Clock, NewEvent
from geoapp.errors import NothingStored
from geoapp.store.statements import statement

_STATUSES = frozenset({"status", "held_status"})


@dataclass(frozen=True, slots=True)
class LastEvent:
    """The newest entry of a complaint's history; *name* when an account made it."""

    actor: str
    kind: str
    status: str | None
    at: datetime
    name: str | None


@dataclass(frozen=True, slots=True)
class Moved:
    """What only the database could work out: the deadlines before and after, and the pause."""

    hold_since: datetime | None
    verify: tuple[datetime | None, datetime | None]
    answer: tuple[datetime | None, datetime | None]
    due: tuple[datetime, datetime]


def standing_of(row: Row[Any]) -> Standing:
    """A row with the columns of `Standing` (others are ignored) as one."""
    told = {field.name: getattr(row, field.name) for field in fields(Standing)}
    for name in _STATUSES:
        told[name] = Status(told[name]) if told[name] is not None else None
    return Standing(**told)


def lock(connection: Connection, city_code: str, tickets: Sequence[str]) -> dict[str, Standing]:
    """Complaints by ticket, kept from everybody else; only those the asker may change."""
    rows = connection.execute(
        statement("store", "casework_lock"), {"city_code": city_code, "tickets": list(tickets)}
    )
    return {row.ticket: standing_of(row) for row in rows}


def see(connection: Connection, city_code: str, ticket: str) -> Standing | None:
    """A complaint as it stands, for whoever may read it."""
    row = connection.execute(
        statement("store", "casework_see"), {"city_code": city_code, "ticket": ticket}
    ).one_or_none()
    return standing_of(row) if row else None


def around(
    connection: Connection,
    city_code: str,
    standing: Standing,
    *,
    officer: int | None = None,
    lead: Standing | None = None,
) -> tuple[Around, LastEvent | None]:
    """What a plan for a locked complaint has to know, and what was done with it last."""
    row = connection.execute(
        statement("store", "casework_around"),
        {"city_code": city_code, "id": standing.id, "officer": officer},
    ).one()
    merged = dict(row.merged or {})
    if row.lead_ticket is not None:
        merged["lead"] = row.lead_ticket
    told = Around(
        now=row.now,
        agencies=frozenset(row.agencies),
        templates={int(key): body for key, body in row.templates.items()},
        officer=_actor(city_code, row.officer) if row.officer else None,
        lead=lead,
        before_merge=merged,
    )
    last = LastEvent(row.actor, row.kind, row.status, row.at, row.name) if row.actor else None
    return told, last


def _actor(city_code: str, told: Mapping[str, Any]) -> Actor:
    return Actor(
        account_id=told["id"],
        city_code=city_code,
        name=told["name"],
        grants=tuple(
            Grant(
                role=StaffRole(grant["role"]),
                agency_code=grant["agency_code"],
                kelurahan=frozenset(grant["kelurahan_codes"]),
                kecamatan=frozenset(grant["kecamatan_codes"]),
                service_areas=frozenset(grant["service_area_codes"]),
            )
            for grant in told["grants"]
        ),
    )


def move(
    connection: Connection,
    city_code: str,
    before: Standing,
    after: Standing,
    *,
    now: datetime,
    clock: Clock,
    stays: bool = True,
) -> Moved:
    """Write *after*, and move the deadlines as *clock* says.

    Without *stays* the version is left to `hand_over`, which must follow.

    Raises:
        NothingStored: the row isn't *before* any more, although it was locked.
    """
    values = {field.name: getattr(after, field.name) for field in fields(Standing)}
    row = connection.execute(
        statement("store", "casework_move"),
        values
        | {
            "city_code": city_code,
            "version": before.version,
            "now": now,
            "clock": clock.value,
            "stays": stays,
        },
    ).one_or_none()
    if row is None:
        raise NothingStored("The step wasn't stored.", "Send the same request again.")
    return Moved(
        row.hold_since,
        (row.verify_before, row.verify_after),
        (row.answer_before, row.answer_after),
        (row.due_before, row.due_after),
    )


def tell(
    connection: Connection,
    city_code: str,
    events: Sequence[tuple[int, str, NewEvent]],
    *,
    actor: str,
) -> list[int]:
    """Write *events* (complaint's id, ticket, event) in their order; their ids."""
    if not events:
        return []
    told = [
        {
            "complaint_id": complaint,
            "ticket": ticket,
            "kind": event.kind,
            "status": event.status,
            "data": dict(event.data),
        }
        for complaint, ticket, event in events
    ]
    rows = connection.execute(
        statement("store", "casework_events"),
        {"city_code": city_code, "actor": actor, "events": json.dumps(told)},
    )
    return list(rows.scalars())


def decide(
    connection: Connection,
    city_code: str,
    complaint: int,
    *,
    agency: str,
    method: str,
    actor: str,
    reason: str,
    like: int | None = None,
) -> None:
    """Write the decision of a person who must act; the place is told as *like*'s last was."""
    connection.execute(
        statement("store", "casework_decide"),
        {
            "city_code": city_code,
            "id": complaint,
            "decided_like": complaint if like is None else like,
            "agency": agency,
            "method": method,
            "actor": actor,
            "reason": reason,
        },
    )


def hand_over(connection: Connection, city_code: str, before: Standing, *, agency: str) -> None:
    """Give a complaint to *agency*; the asker may not see it any more afterwards.

    The event of it must be written before, in the same transaction.

    Raises:
        NothingStored: it isn't in the asker's reach any more, although it was locked.
    """
    moved = connection.execute(
        statement("store", "casework_hand_over"),
        {
            "city_code": city_code,
            "id": before.id,
            "version": before.version,
            "agency": agency,
        },
    ).scalar_one()
    if not moved:
        raise NothingStored("The step wasn't stored.", "Send the same request again.")


def bring_followers(
    connection: Connection,
    city_code: str,
    standing: Standing,
    lead: Standing,
    *,
    actor: str,
    now: datetime,
) -> None:
    """What was merged into *standing* belongs to *lead* from now on."""
    connection.execute(
        statement("store", "casework_followers"),
        {
            "city_code": city_code,
            "id": standing.id,
            "ticket": standing.ticket,
            "lead_id": lead.id,
            "lead": lead.ticket,
            "actor": actor,
            "now": now,
        },
    )


def split(
    connection: Connection,
    city_code: str,
    original: Standing,
    *,
    ticket: str,
    service: str,
    description: str,
) -> Row[Any] | None:
    """Store the other half (id, ticket, agency_code, method); None when the service can't be."""
    return connection.execute(
        statement("store", "casework_split"),
        {
            "city_code": city_code,
            "id": original.id,
            "ticket": ticket,
            "service": service,
            "description": description,
        },
    ).one_or_none()


def close_due(connection: Connection, city_code: str, *, most: int) -> int:
    """Close at most *most* resolved complaints that nobody disputed in time; how many."""
    return int(
        connection.execute(
            statement("store", "casework_close_due"),
            {"city_code": city_code, "days": DISPUTE_DAYS, "most": most},
        ).scalar_one()
    )


def reply_standing(connection: Connection, city_code: str, ticket: str) -> Row[Any] | None:
    """Status, version, end of the dispute and the moment, for a reply; locks the complaint."""
    return connection.execute(
        statement("store", "reply_standing"),
        {"city_code": city_code, "ticket": ticket},
    ).one_or_none()


def record_reply(connection: Connection, city_code: str, ticket: str, **values: Any) -> bool:
    """Write a reply (*version*, *text*, *solved*, *status*); whether it was."""
    return bool(
        connection.execute(
            statement("store", "reply_record"),
            {"city_code": city_code, "ticket": ticket, **values},
        ).scalar_one()
    )
