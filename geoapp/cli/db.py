"""``geoapp db``: the schema."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager

import click
from psycopg2.sql import SQL, Composable, Identifier
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from geoapp.cli.context import owner_url, private_cluster
from geoapp.errors import ClusterError, StoreError
from geoapp.settings import Settings, psycopg2_url
from geoapp.store import migrate

_CREATE = SQL("CREATE DATABASE {} TEMPLATE template0")
_DROP = SQL("DROP DATABASE {}")


@click.group()
def db() -> None:
    """The schema: migrate, check, go back."""


@db.command()
@click.argument("revision", default="head")
def upgrade(revision: str) -> None:
    """Migrate up to REVISION, by default the newest."""
    with owner_url() as url:
        migrate.upgrade(url, revision)
    click.echo(f"The schema is at {migrate.head() if revision == 'head' else revision}.")


@db.command()
@click.argument("revision")
@click.confirmation_option(prompt="Tables, and what is in them, will be dropped. Go on?")
def downgrade(revision: str) -> None:
    """Migrate down to REVISION ('base' removes everything)."""
    with owner_url() as url:
        migrate.downgrade(url, revision)
    click.echo(f"The schema is at {revision}.")


@db.command()
def check() -> None:
    """Check in a throwaway database that migrations and table definitions agree.

    All migrations are run up, down and up again; the result is compared with the
    definitions in geoapp.store.tables.
    """
    with _throwaway() as url:
        migrate.upgrade(url)
        migrate.downgrade(url)
        left = _schemas(url)
        migrate.upgrade(url)
        engine = create_engine(psycopg2_url(url), poolclass=NullPool)
        with engine.connect() as connection:
            differences = migrate.drift(connection)
    if left:
        raise StoreError(f"Migrating down leaves schemas behind: {', '.join(left)}.")
    if differences:
        raise StoreError(
            "Migrations and table definitions differ:\n  " + "\n  ".join(differences),
            "Add a migration, or correct geoapp/store/tables.",
        )
    click.echo(f"Migrations up to {migrate.head()} and table definitions agree.")


def _schemas(url: str) -> list[str]:
    engine = create_engine(psycopg2_url(url), poolclass=NullPool)
    with engine.connect() as connection:
        found = connection.execute(
            text("SELECT nspname FROM pg_namespace WHERE nspname IN ('geoapp', 'procrastinate')")
        )
        return sorted(found.scalars())


@contextmanager
def _throwaway() -> Iterator[str]:
    """The owner's address of an empty database with PostGIS, dropped afterwards."""
    settings = Settings.from_env()
    name = f"geoapp_check_{secrets.token_hex(4)}"
    if not settings.database_url:
        with private_cluster(settings) as cluster:
            cluster.create_database(name)
            try:
                yield cluster.url("geoapp_owner", name)
            finally:
                _administer(cluster.url("geoapp_owner", "postgres"), _DROP.format(Identifier(name)))
        return
    given = settings.owner_database_url or settings.database_url
    url = make_url(psycopg2_url(given)).set(database=name).render_as_string(hide_password=False)
    try:
        _administer(given, _CREATE.format(Identifier(name)))
    except DBAPIError as problem:
        raise _no_throwaway(problem) from problem
    try:
        try:
            _administer(url, SQL("CREATE EXTENSION postgis"))
            _administer(url, SQL("CREATE EXTENSION btree_gist"))
        except DBAPIError as problem:
            raise _no_throwaway(problem) from problem
        yield url
    finally:
        _administer(given, _DROP.format(Identifier(name)))


def _no_throwaway(problem: DBAPIError) -> ClusterError:
    return ClusterError(
        f"No throwaway database can be made on this server: {problem.orig}".strip(),
        "Unset GEOAPP_DATABASE_URL to check on a private cluster.",
    )


def _administer(url: str, command: Composable) -> None:
    """Run a command that must stand outside any transaction."""
    engine = create_engine(psycopg2_url(url), poolclass=NullPool, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        driver = connection.connection.driver_connection
        assert driver is not None
        connection.exec_driver_sql(command.as_string(driver))
