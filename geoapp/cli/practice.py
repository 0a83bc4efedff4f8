"""``geoapp practice``: a city to learn on."""

from __future__ import annotations

import sys

import click

from geoapp.cli.context import open_database
from geoapp.usecases import practice as usecase


@click.group()
def practice() -> None:
    """A practice city for training: make it anew, remove it.

    It is a copy of a real one, without its complaints and people, marked on every page.
    """


@practice.command()
@click.option("--city", "code", metavar="CODE", help="The real city; not needed for a lone one.")
@click.option("--days", default=usecase.DAYS, show_default=True, help="Days of complaints.")
def reset(code: str | None, days: int) -> None:
    """Remove the practice city with everything in it and make it anew."""
    with open_database() as (settings, database):
        source = usecase.chosen(database, code)
        with click.progressbar(length=days, label=source.name.local, file=sys.stderr) as bar:
            made = usecase.reset(
                database,
                settings.owner_database_url,
                settings.home,
                source,
                days=days,
                progress=lambda done, _of: bar.update(done - bar.pos),
            )
    click.echo(
        f"{made.city.name.local} is ready at /{made.city.slug}:"
        f" {made.complaints:,} simulated complaints."
    )
    for person in made.accounts:
        click.echo(f"  {person.role.value:<14} {person.email:<32} {person.password}")
    click.echo(f"These passwords aren't told again; they stand in {made.file}.")


@practice.command()
@click.option("--city", "code", metavar="CODE", help="The real city; not needed for a lone one.")
def remove(code: str | None) -> None:
    """Remove the practice city with everything in it."""
    with open_database() as (settings, database):
        source = usecase.chosen(database, code)
        gone = usecase.remove(database, settings.owner_database_url, settings.home, source)
    click.echo(f"{gone.name.local} is gone; {source.name.local} is as it was.")
