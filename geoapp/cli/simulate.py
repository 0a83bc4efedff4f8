"""``geoapp simulate``: a season of complaints that nobody made."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import click

from geoapp.cli.context import open_database
from geoapp.usecases import cities
from geoapp.usecases import simulation as usecase


@click.command()
@click.option("--days", default=usecase.DAYS, show_default=True, help="Length of the season.")
@click.option("--rate", type=float, help="Complaints per day; default: the city's own.")
@click.option("--seed", default=usecase.SEED, show_default=True, help="Another seed, another city.")
@click.option("--city", "code", metavar="CODE", help="Code or slug; not needed for a lone city.")
@click.option(
    "--until",
    type=click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"]),
    help="End, in the city's time zone; default: now.",
)
def simulate(
    days: int, rate: float | None, seed: int, code: str | None, until: datetime | None
) -> None:
    """Fill a city with simulated complaints, all marked as such.

    The same seed makes the same complaints; those that are there are left alone.
    """
    with open_database() as (_settings, database):
        city = cities.chosen(database, code)
        now = until.replace(tzinfo=ZoneInfo(city.timezone)) if until else None
        with click.progressbar(length=days, label=city.name.local) as bar:
            told = usecase.simulate(
                database,
                city,
                days=days,
                rate=rate,
                seed=seed,
                now=now,
                progress=lambda done, _all: bar.update(done - bar.pos),
            )
    click.echo(
        f"{told.stored:,} simulated complaints stored, {told.known:,} were there already"
        f" ({told.first_day} to {told.last_day})."
    )
    if told.planted:
        spot = told.planted
        click.echo(
            f"Planted hotspot: {spot.count} {spot.group} within {spot.radius_m:.0f} m of"
            f" {spot.lat}, {spot.lon} in the last {spot.days} days."
        )
    if told.default_point:
        click.echo(
            f"Default point: {told.at_default_point} on"
            f" {told.default_point.lat}, {told.default_point.lon}."
        )
