"""Bringing the schema to the newest migration, and checking that code and schema agree."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from geoalchemy2 import alembic_helpers
from sqlalchemy import Connection, create_engine
from sqlalchemy.pool import NullPool

from geoapp import resources
from geoapp.settings import psycopg2_url
from geoapp.store.tables import metadata

VERSION_TABLE = "geoapp_migration"


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(resources.path("migrations")))
    config.attributes["connection"] = connection
    return config


def upgrade(url: str, revision: str = "head") -> None:
    """Migrate the database at *url* (as its owner) up to *revision*."""
    _with_lock(url, lambda config: command.upgrade(config, revision))


def downgrade(url: str, revision: str = "base") -> None:
    """Migrate the database at *url* (as its owner) down to *revision*."""
    _with_lock(url, lambda config: command.downgrade(config, revision))


def stamp(url: str, revision: str) -> None:
    """Note that the database at *url* is at *revision* already: its tables were restored."""
    _with_lock(url, lambda config: command.stamp(config, revision))


def _with_lock(url: str, work: Callable[[Config], None]) -> None:
    engine = create_engine(psycopg2_url(url), poolclass=NullPool)
    with engine.begin() as connection:
        # Two servers starting at once migrate one after the other.
        connection.exec_driver_sql("SELECT pg_advisory_xact_lock(7403162851)")
        work(_config(connection))
    engine.dispose()


def run_sql(connection: Connection, name: str) -> None:
    """Execute ``migrations/sql/<name>.sql``, several statements and per cent signs included."""
    script = (resources.path("migrations") / "sql" / f"{name}.sql").read_text(encoding="utf-8")
    cursor = connection.connection.cursor()
    try:
        cursor.execute(script)
    finally:
        cursor.close()


def head() -> str:
    """The newest revision this program knows."""
    config = Config()
    config.set_main_option("script_location", str(resources.path("migrations")))
    newest = ScriptDirectory.from_config(config).get_current_head()
    if newest is None:
        raise FileNotFoundError("no migrations are installed")
    return newest


def revisions() -> set[str]:
    """Every revision this program knows."""
    config = Config()
    config.set_main_option("script_location", str(resources.path("migrations")))
    return {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}


def current(connection: Connection) -> str | None:
    """The revision the database is at."""
    options = {"version_table": VERSION_TABLE}
    return MigrationContext.configure(connection, opts=options).get_current_revision()


def drift(connection: Connection) -> list[str]:
    """What the database has and ``store.tables`` hasn't, or the other way round.

    Empty when they agree. Compared: tables, columns and their types, indexes, keys.
    """
    context = MigrationContext.configure(
        connection,
        opts={
            "version_table": VERSION_TABLE,
            "include_schemas": True,
            "compare_type": True,
            "include_object": _ours,
            "include_name": lambda name, kind, _: kind != "schema" or name == "geoapp",
            "target_metadata": metadata,
        },
    )
    return [str(difference) for difference in compare_metadata(context, metadata)]


def _ours(item: Any, name: Any, kind: str, reflected: bool, compare_to: Any) -> bool:
    include = cast("Callable[..., bool]", alembic_helpers.include_object)
    if not include(item, name, kind, reflected, compare_to):
        return False
    return kind != "table" or item.schema == "geoapp"
