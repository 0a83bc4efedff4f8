"""Protections taken away for a moment, to see that somebody notices."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import text

from geoapp.store.database import Database
from tests.asking import as_owner

_VIEW = text("SELECT pg_get_viewdef(cast(:name AS regclass), true)")
_FUNCTION = text(
    "SELECT pg_get_functiondef(oid) FROM pg_proc"
    " WHERE pronamespace = 'geoapp'::regnamespace AND proname = :name"
)


@contextmanager
def view_changed(database: Database, view: str, pattern: str, instead: str) -> Iterator[None]:
    """A view of the schema in which *pattern* is *instead*."""
    with as_owner(database) as owner:
        held = owner.execute(_VIEW, {"name": f"geoapp.{view}"}).scalar_one()
    broken, changes = re.subn(pattern, instead, held)
    assert changes, f"{pattern} isn't in: {held}"
    _replace(database, f"CREATE OR REPLACE VIEW geoapp.{view} AS {broken}")
    try:
        yield
    finally:
        _replace(database, f"CREATE OR REPLACE VIEW geoapp.{view} AS {held}")


@contextmanager
def function_changed(
    database: Database, function: str, pattern: str, instead: str
) -> Iterator[None]:
    """A function of the schema in which *pattern* is *instead*."""
    with as_owner(database) as owner:
        held = owner.execute(_FUNCTION, {"name": function}).scalar_one()
    broken, changes = re.subn(pattern, instead, held, flags=re.DOTALL)
    assert changes, f"{pattern} isn't in: {held}"
    _replace(database, broken)
    try:
        yield
    finally:
        _replace(database, held)


@contextmanager
def without_row_security(database: Database, table: str) -> Iterator[None]:
    """A table whose policies don't hold."""
    _replace(database, f"ALTER TABLE geoapp.{table} DISABLE ROW LEVEL SECURITY")
    try:
        yield
    finally:
        _replace(database, f"ALTER TABLE geoapp.{table} ENABLE ROW LEVEL SECURITY")


def _replace(database: Database, statement: str) -> None:
    with as_owner(database) as owner:
        owner.exec_driver_sql(statement.replace("%", "%%"))
