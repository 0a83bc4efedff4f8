"""Whole databases, as their owner: counted, made, renamed, brought into a new life.

Everything else in this room works inside one database, as one of its roles.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from psycopg2.sql import SQL, Composable, Identifier
from sqlalchemy import Connection, create_engine, func, inspect, make_url, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from geoapp.errors import ClusterError, Conflict
from geoapp.settings import psycopg2_url
from geoapp.store import migrate, tables
from geoapp.store.database import STAFF_REACHES, Role
from geoapp.store.statements import ROOT

SCHEMAS = ("geoapp", "procrastinate")
"""What a backup holds; extensions and alembic's note are made anew."""

_CREATE = SQL("CREATE DATABASE {} TEMPLATE template0")
_DROP = SQL("DROP DATABASE IF EXISTS {}")
_RENAME = SQL("ALTER DATABASE {} RENAME TO {}")
_VARIABLES = {
    "host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "password": "PGPASSWORD",
    "dbname": "PGDATABASE", "sslmode": "PGSSLMODE", "sslrootcert": "PGSSLROOTCERT",
    "sslcert": "PGSSLCERT", "sslkey": "PGSSLKEY",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class KeptCity:
    """A city in a backup, with its last seal (0: none)."""

    code: str
    slug: str
    name: str
    seal: int


def libpq(url: str) -> dict[str, str]:
    """The environment that makes PostgreSQL's own programs connect to *url*."""
    engine = create_engine(psycopg2_url(url), poolclass=NullPool)  # connects to nothing yet
    _, given = engine.dialect.create_connect_args(engine.url)
    return {_VARIABLES[name]: str(value) for name, value in given.items() if name in _VARIABLES}


def name_of(url: str) -> str:
    """The database that *url* names."""
    return make_url(psycopg2_url(url)).database or ""


def at(url: str, database: str) -> str:
    """*url* with another database."""
    changed = make_url(psycopg2_url(url)).set(database=database)
    return changed.render_as_string(hide_password=False)


@contextmanager
def snapshot(url: str) -> Iterator[tuple[Connection, str]]:
    """A reading transaction that sees one moment, and the name pg_dump sees it by."""
    engine = create_engine(psycopg2_url(url), poolclass=NullPool)
    with engine.connect() as plain:
        connection = plain.execution_options(
            isolation_level="REPEATABLE READ", postgresql_readonly=True
        )
        with connection.begin():
            yield connection, connection.execute(select(func.pg_export_snapshot())).scalar_one()
    engine.dispose()


def counts(connection: Connection) -> dict[str, int]:
    """Rows of every table that a backup holds, by name; of those an older schema has."""
    there = inspect(connection)
    return {
        table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
        for table in tables.metadata.sorted_tables
        if there.has_table(table.name, schema="geoapp")
        and table is not tables.rate_window  # unlogged: nobody's loss
    }


def cities(connection: Connection) -> list[KeptCity]:
    """The cities, each with its last seal."""
    last = (
        select(func.coalesce(func.max(tables.seal.c.number), 0))
        .where(tables.seal.c.city_code == tables.city.c.code)
        .scalar_subquery()
    )
    listed = select(tables.city.c.code, tables.city.c.slug, tables.city.c.name, last.label("seal"))
    rows = connection.execute(listed.order_by(tables.city.c.code))
    return [KeptCity(row.code, row.slug, row.name, row.seal) for row in rows]


def clock(url: str) -> datetime:
    """The server's time, in UTC."""
    with _administration(url) as connection:
        now: datetime = connection.execute(select(func.now())).scalar_one()
        return now.astimezone(UTC)


def exists(url: str) -> bool:
    """Whether the server of *url* has the database it names."""
    with _administration(url) as connection:
        wanted = text("SELECT count(*) FROM pg_database WHERE datname = :name")
        return bool(connection.execute(wanted, {"name": name_of(url)}).scalar_one())


def holds_cities(url: str) -> bool:
    """Whether there is anything in the database that a restore would put aside."""
    engine = create_engine(psycopg2_url(url), poolclass=NullPool)
    try:
        with engine.connect() as connection:
            if not inspect(connection).has_table("city", schema="geoapp"):
                return False
            count = select(func.count()).select_from(tables.city)
            return bool(connection.execute(count).scalar_one())
    finally:
        engine.dispose()


def others_connected(url: str) -> int:
    """Sessions in the database of *url*."""
    with _administration(url) as connection:
        wanted = text("SELECT count(*) FROM pg_stat_activity WHERE datname = :name")
        found: int = connection.execute(wanted, {"name": name_of(url)}).scalar_one()
        return found


def create(url: str) -> None:
    """Make the database of *url* with its extensions.

    Raises:
        ClusterError: the server doesn't let this login.
    """
    try:
        with _administration(url) as connection:
            _run(connection, _CREATE.format(Identifier(name_of(url))))
        with _autocommit(url) as connection:
            connection.execute(text("CREATE EXTENSION IF NOT EXISTS postgis"))
            connection.execute(text("CREATE EXTENSION IF NOT EXISTS btree_gist"))
    except DBAPIError as problem:
        raise ClusterError(
            f"A database beside {name_of(url)!r} can't be made: {problem.orig}".strip(),
            "The owner's login needs CREATEDB and may have to be a superuser for PostGIS.",
        ) from problem


def drop(url: str) -> None:
    """Remove the database of *url*, if it is there."""
    with _administration(url) as connection:
        _run(connection, _DROP.format(Identifier(name_of(url))))


def rename(url: str, name: str) -> None:
    """Give the database of *url* another name.

    Raises:
        Conflict: somebody is connected to it.
    """
    try:
        with _administration(url) as connection:
            _run(connection, _RENAME.format(Identifier(name_of(url)), Identifier(name)))
    except DBAPIError as problem:
        if getattr(problem.orig, "pgcode", "") != "55006":
            raise
        raise Conflict(
            f"Somebody is connected to the database {name_of(url)!r}.",
            "Stop the servers and workers that use it, and restore again.",
        ) from problem


def make_roles(url: str) -> None:
    """Make sure that the roles exist which a backup's rights are given to."""
    engine = create_engine(psycopg2_url(url), poolclass=NullPool)
    wanted = "{" + ",".join((*Role, *STAFF_REACHES)) + "}"
    with engine.begin() as connection:
        connection.execute(select(func.set_config("geoapp.wanted_roles", wanted, True)))
        script = (ROOT / "store" / "sql" / "runtime_roles.sql").read_text(encoding="utf-8")
        connection.exec_driver_sql(script.replace("%", "%%"))
    engine.dispose()


def begin_life(url: str, revision: str) -> dict[str, int]:
    """Bring restored rows up to the newest schema and into a new life of the feed.

    Args:
        revision: the migration they were kept at.

    Returns:
        The rows of each table before that, for comparison with what was kept.
    """
    engine = create_engine(psycopg2_url(url), poolclass=NullPool)
    with engine.connect() as connection:
        found = counts(connection)
    engine.dispose()
    migrate.stamp(url, revision)
    migrate.upgrade(url)
    with _autocommit(url) as connection:
        connection.execute(text("CALL geoapp.begin_epoch()"))
        connection.execute(text("SELECT geoapp.carry_notices_on()"))
        # Every event was written a second time.
        connection.execute(text("VACUUM geoapp.complaint_event"))
        connection.execute(text("ANALYZE"))
    return found


def seals_end(url: str) -> Mapping[str, int]:
    """The last seal of each city, by slug."""
    engine = create_engine(psycopg2_url(url), poolclass=NullPool)
    with engine.connect() as connection:
        ends = {city.slug: city.seal for city in cities(connection)}
    engine.dispose()
    return ends


@contextmanager
def reading(url: str) -> Iterator[Connection]:
    """A connection to the database of *url*, for its owner's questions."""
    engine = create_engine(psycopg2_url(url), poolclass=NullPool)
    try:
        with engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()


@contextmanager
def _autocommit(url: str) -> Iterator[Connection]:
    engine = create_engine(psycopg2_url(url), poolclass=NullPool, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        yield connection
    engine.dispose()


@contextmanager
def _administration(url: str) -> Iterator[Connection]:
    """A connection beside the database of *url*, for what can't be done from inside it."""
    with _autocommit(at(url, "postgres")) as connection:
        yield connection


def _run(connection: Connection, command: Composable) -> None:
    driver = connection.connection.driver_connection
    assert driver is not None
    connection.exec_driver_sql(command.as_string(driver))
