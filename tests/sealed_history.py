"""A history to seal, to verify and to cut, for the tests of the audit."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import text

from geoapp.store.database import Database
from geoapp.usecases import audit
from tests import complaint_rows
from tests.asking import as_owner
from tests.support import default_city


def fill(database: Database, count: int, *, empty: bool = True) -> None:
    """Complaints with an event each, of now, beside or in place of those there are."""
    with as_owner(database) as owner:
        if empty:
            owner.execute(
                text(
                    "TRUNCATE geoapp.complaint, geoapp.assignment, geoapp.complaint_event,"
                    " geoapp.seal, geoapp.event_digest, geoapp.erasure CASCADE"
                )
            )
        for _ in range(count):
            row = complaint_rows.add(owner)
            owner.execute(
                text(
                    "UPDATE geoapp.complaint_event SET data = :data, at = now() WHERE ticket = :ticket"
                    " AND kind = 'submitted'"
                ),
                {"data": '{"b": 1.50, "aa": "é ☂", "c": null}', "ticket": row["ticket"]},
            )


def verified(database: Database, published: Path | None = None) -> audit.Report:
    """What a verification of the default city says."""
    return audit.verify(database, default_city(database), published)


CUT_EVENTS = (
    "DELETE FROM geoapp.complaint_event WHERE id IN"
    " (SELECT event_id FROM geoapp.event_digest WHERE seal_number > :number)"
)


def cut_to(database: Database, number: int) -> None:
    """Remove every seal after *number* with its digests and events."""
    with as_owner(database) as owner:
        for command in (
            CUT_EVENTS,
            "DELETE FROM geoapp.event_digest WHERE seal_number > :number",
            "DELETE FROM geoapp.seal WHERE number > :number",
        ):
            owner.execute(text(command), {"number": number})
