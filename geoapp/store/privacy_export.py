"""Everything that is kept of a person, read for themself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection

from geoapp.store.statements import statement


def reports(
    connection: Connection, city: str, tickets: Sequence[str], *, internal: bool
) -> list[dict[str, Any]]:
    """Reports with their history, as JSON; *internal*: with what staff wrote among themselves."""
    rows = connection.execute(
        statement("store", "privacy_export_reports"),
        {"city": city, "tickets": list(tickets), "internal": internal},
    )
    return [dict(row.report) for row in rows]


def contacts(
    connection: Connection, city: str, tickets: Sequence[str], followers: Sequence[int]
) -> list[dict[str, Any]]:
    """Sealed contacts: of the reports, and those followers'."""
    rows = connection.execute(
        statement("store", "privacy_export_contacts"),
        {"city": city, "tickets": list(tickets), "followers": list(followers)},
    )
    return [dict(row) for row in rows.mappings()]


def supports(connection: Connection, city: str, tickets: Sequence[str]) -> list[dict[str, Any]]:
    """What the browsers that sent the reports supported."""
    rows = connection.execute(
        statement("store", "privacy_export_supports"), {"city": city, "tickets": list(tickets)}
    )
    return [dict(row) for row in rows.mappings()]


def photos(
    connection: Connection, city: str, tickets: Sequence[str], *, internal: bool
) -> list[dict[str, Any]]:
    """Photos of the reports: ticket, position, hash of the large one, with what they came.

    *internal*: also those that staff added to its own notes.
    """
    rows = connection.execute(
        statement("store", "privacy_export_photos"),
        {"city": city, "tickets": list(tickets), "internal": internal},
    )
    return [dict(row) for row in rows.mappings()]
