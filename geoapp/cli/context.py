"""What most commands need first: the settings and a database to work on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import click

from geoapp.embedded import Cluster
from geoapp.settings import Settings
from geoapp.store import migrate
from geoapp.store.database import Database

DATABASE = "geoapp"


@contextmanager
def private_cluster(settings: Settings) -> Iterator[Cluster]:
    """The private cluster of ``settings.home``, up, with the program's database in it.

    One that is up already is used and left alone; else it runs for the block's duration.
    """
    cluster = Cluster.prepare(settings.home, progress=lambda line: click.echo(line, err=True))
    there = cluster.running
    with cluster:
        if not there:
            cluster.create_database(DATABASE)
        yield cluster


@contextmanager
def database_settings() -> Iterator[Settings]:
    """The settings with both addresses filled in: GEOAPP_DATABASE_URL, else the private cluster."""
    settings = Settings.from_env()
    if settings.database_url:
        yield replace(
            settings, owner_database_url=settings.owner_database_url or settings.database_url
        )
        return
    with private_cluster(settings) as cluster:
        yield replace(
            settings,
            database_url=cluster.url("geoapp_app", DATABASE),
            owner_database_url=cluster.url("geoapp_owner", DATABASE),
        )


@contextmanager
def owner_url() -> Iterator[str]:
    """The address of the login that owns the schema."""
    with database_settings() as settings:
        yield settings.owner_database_url


@contextmanager
def open_database() -> Iterator[tuple[Settings, Database]]:
    """Settings and database for one command.

    The private cluster's schema is brought up to date first; another server's is its
    owner's business (``geoapp db upgrade``).

    Raises:
        ClusterError: no private cluster can be had.
    """
    private = not Settings.from_env().database_url
    with database_settings() as settings:
        if private:
            migrate.upgrade(settings.owner_database_url)
        database = Database(settings.database_url, pool_size=4)
        try:
            yield settings, database
        finally:
            database.dispose()
