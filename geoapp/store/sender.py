"""The sender's own view of a complaint, and their word on the work."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from geoapp.domain.complaint import Status
from geoapp.domain.sender import Rating, SenderView, SentEntry, SentPhoto
from geoapp.store.statements import statement

_MOMENTS = frozenset(field.name for field in fields(SenderView) if "datetime" in str(field.type))


def view(connection: Connection, city_code: str, ticket: str) -> SenderView | None:
    """The complaint with *ticket*, confidential or not; None when there is no such one.

    The caller has checked that it is the sender who asks.
    """
    told: Mapping[str, Any] | None = connection.execute(
        statement("store", "sender_view"), {"city_code": city_code, "ticket": ticket}
    ).scalar_one()
    if told is None:
        return None
    values: dict[str, Any] = {
        name: _moment(told[name]) if name in _MOMENTS else told[name] for name in told
    }
    rating = told["rating"]
    values |= {
        "status": Status(told["status"]),
        "rating": Rating(
            rating["stars"], rating["words"], datetime.fromisoformat(rating["rated_at"])
        )
        if rating
        else None,
        "photos": tuple(SentPhoto(**photo) for photo in told["photos"]),
        "history": tuple(
            SentEntry(**entry | {"at": datetime.fromisoformat(entry["at"])})
            for entry in told["history"]
        ),
    }
    return SenderView(**values)


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def reply_written(connection: Connection, city_code: str, ticket: str) -> int:
    """The id of the reply that this transaction has written."""
    return int(
        connection.execute(
            statement("store", "sender_reply_written"), {"city_code": city_code, "ticket": ticket}
        ).scalar_one()
    )


def rate(
    connection: Connection, city_code: str, ticket: str, *, stars: int, words: str
) -> bool | None:
    """Keep a rating; False when it isn't the time for one, None without such a complaint."""
    written: bool | None = connection.execute(
        statement("store", "sender_rate"),
        {"city_code": city_code, "ticket": ticket, "stars": stars, "words": words},
    ).scalar_one()
    return written


def escalate(connection: Connection, city_code: str, ticket: str) -> tuple[bool, datetime | None]:
    """Keep that the sender takes it to the Ombudsman.

    Returns:
        Whether that is allowed, and since when it is so (the first time counts).
    """
    row = connection.execute(
        statement("store", "sender_escalate"), {"city_code": city_code, "ticket": ticket}
    ).one_or_none()
    return (False, None) if row is None else (row.allowed, row.escalated_at)
