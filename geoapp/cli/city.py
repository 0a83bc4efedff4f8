"""``geoapp city``: the cities this server keeps."""

from __future__ import annotations

from pathlib import Path

import click

from geoapp.cli.context import open_database
from geoapp.usecases import cities, feed


@click.group()
def city() -> None:
    """Cities: load one from its folder, list them."""


@city.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "--replace",
    is_flag=True,
    help="Overwrite agencies, services and days off that were changed on /admin, too.",
)
def load(folder: Path, replace: bool) -> None:
    """Store the city of FOLDER, or bring it up to date.

    The folder's format is described in boundaries/README.md. A boundary file that
    changed becomes a new set in force; running this twice changes nothing. What was
    changed on /admin stays and is listed.
    """
    with open_database() as (_, database):
        loaded = cities.load(database, folder, replace=replace, progress=click.echo)
        feed.ring_once(database)
    click.echo(f"{loaded.name.local} ({loaded.code}) is ready.")


@city.command(name="list")
def list_() -> None:
    """List the cities with their codes."""
    with open_database() as (_, database):
        for one in cities.every(database):
            click.echo(f"{one.code}\t{one.slug}\t{one.name.local}")
