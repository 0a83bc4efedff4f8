"""``geoapp restore``: what a backup holds, back in a database."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from geoapp.cli.audit import check
from geoapp.cli.server import bars, database_server
from geoapp.media.storage import open_storage
from geoapp.settings import Settings
from geoapp.store.database import Database
from geoapp.usecases import cities, erasure, keeping, published_seals


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--replace", is_flag=True, help="Put a database that holds cities aside first.")
def restore(file: Path, replace: bool) -> None:
    """Bring back what FILE, written by geoapp backup, holds.

    The servers must be stopped. What is there is left alone until the backup is loaded
    beside it; with --replace it is kept under another name. Afterwards every seal is
    checked.
    """
    with database_server() as server:
        with bars() as progress:
            done = keeping.restore(server, file.absolute(), replace=replace, progress=progress)
        click.echo(
            f"{done.manifest.counts['complaint']:,} complaints of {done.manifest.made_at} are back."
        )
        for note in done.notes:
            click.echo(note)
        if done.before:
            click.echo(f"The database of before is kept as {done.before!r}.")
        database = Database(server.url, pool_size=2)
        storage = open_storage(Settings.from_env())
        try:
            # Before anybody can read it: what people had erased since that backup.
            for city in cities.every(database):
                again = erasure.carry_on(database, city, server.home, storage)
                if again.tickets or again.contacts:
                    click.echo(
                        f"{city.name.local}: {len(again.tickets)} reports that were erased since"
                        " are erased again."
                    )
            clean = [
                check(
                    database,
                    city,
                    published_seals.path(server.home / "seals", city.slug),
                    acknowledged=True,
                )
                for city in cities.every(database)
            ]
        finally:
            database.dispose()
    sys.exit(0 if all(clean) else 1)
