"""``geoapp boundaries``: sets of areas, from files into force."""

from __future__ import annotations

from datetime import timedelta

import click

from geoapp.cli import activation, boundary_import, boundary_quality
from geoapp.cli.context import open_database
from geoapp.usecases import activation as activations
from geoapp.usecases import boundaries as use
from geoapp.usecases import cities

_city = click.option("--city", "code", required=True, metavar="CODE", help="Code or slug.")


@click.group()
def boundaries() -> None:
    """Boundary sets: import official polygons, list what is kept."""


@boundaries.command(name="list")
@_city
def list_(code: str) -> None:
    """List the city's boundary sets, the newest first, and the activation under way."""
    with open_database() as (_, database):
        city = cities.find(database, code)
        begun = activations.under_way(database, city)
        if begun is not None:
            click.echo(activation.describe(begun))
        for kept in use.kept(database, city):
            since = kept.valid_from.isoformat() if kept.valid_from else ""
            # The last day, as the pages tell it; a set replaced on its first day has none.
            until = (kept.valid_to - timedelta(days=1)).isoformat() if kept.valid_to else ""
            kind = " approximate" if kept.approximate else ""
            click.echo(
                f"{kept.id:>5}  {kept.layer:<12} {kept.status:<8} {since:>10} … {until:<10} "
                f"{kept.areas:>5} areas{kind}  {kept.version} ({kept.source})"
            )


activation.register(boundaries)
for _command in (
    boundary_import.import_,
    boundary_quality.report,
    boundary_quality.clean,
    boundary_quality.discard,
):
    boundaries.add_command(_command)
