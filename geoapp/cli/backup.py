"""``geoapp backup``: everything in one file."""

from __future__ import annotations

from pathlib import Path

import click

from geoapp.cli.server import bars, database_server
from geoapp.usecases import keeping


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def backup(file: Path) -> None:
    """Write the database, the published seals and the signing key into FILE.

    As it is at one moment; the servers may go on meanwhile. FILE is readable to you alone:
    it holds what nobody else may see. An older backup of that name is replaced when the
    new one is whole.
    """
    with database_server() as server, bars() as progress:
        made = keeping.backup(server, file.absolute(), progress)
    size = file.stat().st_size / 1_000_000
    click.echo(f"{file}: {made.counts['complaint']:,} complaints, {size:,.1f} MB.")
