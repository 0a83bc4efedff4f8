"""``geoapp boundaries report``, ``clean`` and ``discard``: a set before it comes into force."""

from __future__ import annotations

import json

import click

from geoapp.cli.context import open_database
from geoapp.domain.boundary_quality import OverlapStrategy
from geoapp.usecases import boundary_quality as use
from geoapp.usecases import cities

_city = click.option("--city", "code", required=True, metavar="CODE", help="Code or slug.")


@click.command()
@click.argument("set_id", type=int)
@_city
@click.option("--json", "as_json", is_flag=True, help="Everything, for programs.")
def report(set_id: int, code: str, as_json: bool) -> None:
    """What set SET_ID's file was like, and how it differs from the set in force."""
    with open_database() as (_, database):
        found = use.report(database, cities.find(database, code), set_id)
        if as_json:
            click.echo(json.dumps(found.as_dict(), ensure_ascii=False, indent=2))
        else:
            click.echo("\n".join(found.lines()))


@click.command()
@click.argument("set_id", type=int)
@_city
@click.option(
    "--gaps-under",
    type=click.FloatRange(min=0),
    required=True,
    metavar="M2",
    help="Close gaps smaller than this many m²; 0 closes none.",
)
@click.option(
    "--overlaps",
    type=click.Choice([strategy.value for strategy in OverlapStrategy]),
    default=OverlapStrategy.LOWEST_CODE.value,
    show_default=True,
    help="Who gets ground that several areas claim; the lowest code decides there already.",
)
@click.option(
    "--max-change",
    type=click.FloatRange(0, 1, min_open=True),
    default=use.MAX_CHANGE,
    show_default=True,
    help="Largest share of an area that may be lost and gained together.",
)
@click.option("--version", help="What the new set is called.")
def clean(
    set_id: int,
    code: str,
    gaps_under: float,
    overlaps: str,
    max_change: float,
    version: str | None,
) -> None:
    """Make a new staged set from set SET_ID, without small gaps and overlaps.

    SET_ID itself stays as it is; every area that changes is listed.
    """
    with open_database() as (settings, database):
        city = cities.find(database, code)
        cleaned = use.clean(
            database,
            city,
            set_id,
            gaps_under_m2=gaps_under,
            overlaps=OverlapStrategy(overlaps),
            max_change=max_change,
            version=version,
            home=settings.home,
        )
        click.echo("\n".join(cleaned.lines()))
        click.echo(
            f"Set {cleaned.set_id} is staged. Compare it with: "
            f"geoapp boundaries report {cleaned.set_id} --city {city.code}"
        )


@click.command()
@click.argument("set_id", type=int)
@_city
def discard(set_id: int, code: str) -> None:
    """Remove the staged set SET_ID; sets that were in force are kept for ever."""
    with open_database() as (_, database):
        city = cities.find(database, code)
        use.discard(database, city, set_id)
        click.echo(f"Set {set_id} is discarded.")
