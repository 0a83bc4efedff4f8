"""What tests ask the intake, and what they find in the tables afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, create_engine, text
from sqlalchemy.pool import NullPool

from geoapp.store.database import Database
from tests.support import JELUTUNG

TABLES = ("complaint", "assignment", "complaint_event", "intake_key")

_COUNTS = text("""
    SELECT (SELECT count(*) FROM geoapp.complaint), (SELECT count(*) FROM geoapp.assignment),
           (SELECT count(*) FROM geoapp.complaint_event), (SELECT count(*) FROM geoapp.intake_key)
""")


def body(**changes: Any) -> dict[str, Any]:
    """A complaint as the API takes it: a pothole in Jelutung; None leaves a field out."""
    values: dict[str, Any] = {
        "service": "pothole",
        "lon": JELUTUNG.lon,
        "lat": JELUTUNG.lat,
        "description": "Lubang besar di tengah jalan",
    } | changes
    return {name: value for name, value in values.items() if value is not None}


@contextmanager
def as_owner(database: Database) -> Iterator[Connection]:
    """A transaction of the schema's owner, who sees every row."""
    engine = create_engine(
        database.url.replace("//geoapp_app@", "//geoapp_owner@"), poolclass=NullPool
    )
    with engine.begin() as connection:
        yield connection
    engine.dispose()


def rows(database: Database) -> dict[str, int]:
    """How many rows the intake's tables hold."""
    with as_owner(database) as connection:
        return dict(zip(TABLES, connection.execute(_COUNTS).one(), strict=True))
