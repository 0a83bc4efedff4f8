"""``geoapp density``: count the cells of the density map anew, or check them."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click

from geoapp.cli.context import open_database
from geoapp.domain.catalogue import City
from geoapp.store.database import Database
from geoapp.usecases import cities
from geoapp.usecases import density as usecase


@click.group()
def density() -> None:
    """The cells of the density map: count them anew, check them."""


@density.command()
@click.option("--city", "code", metavar="CODE", help="Code or slug; default: every city.")
def rebuild(code: str | None) -> None:
    """Count every complaint into the cells anew.

    The city stays open: meanwhile maps are answered from the complaints themselves, large ones
    with a request to zoom in. Cut short, the worker goes on; so does this command.
    """
    with open_database() as (_, database):
        for city in _chosen(database, code):
            with _bar(city) as progress:
                usecase.rebuild(database, city, progress=progress)
            click.echo(f"{city.name.local}: counted.")


@density.command()
@click.option("--city", "code", metavar="CODE", help="Code or slug; default: every city.")
def verify(code: str | None) -> None:
    """Compare the cells with the complaints; ends with 1 when anything is wrong.

    Runs while complaints come in; what the worker hasn't counted yet is no fault.
    """
    clean = True
    with open_database() as (_, database):
        for city in _chosen(database, code):
            with _bar(city) as progress:
                found = usecase.verify(database, city, progress=progress)
            for finding in found:
                click.secho(
                    f"  {finding.what}: {finding.wrong:,} wrong in square {finding.prefix}",
                    fg="red",
                )
            if found:
                click.echo(f"{city.name.local}: count them anew with geoapp density rebuild.")
            else:
                click.secho(f"{city.name.local}: every cell is right", fg="green")
            clean = clean and not found
    sys.exit(0 if clean else 1)


@contextmanager
def _bar(city: City) -> Iterator[Callable[[int, int], None]]:
    with click.progressbar(length=1, label=city.name.local, file=sys.stderr) as bar:

        def progress(done: int, of: int) -> None:
            bar.length = max(of, 1)
            bar.update(done - bar.pos)

        yield progress


def _chosen(database: Database, code: str | None) -> list[City]:
    return [cities.find(database, code)] if code else cities.every(database)
