"""``geoapp explain``: why a complaint about a place would go where it goes."""

from __future__ import annotations

import click

from geoapp.cli.context import open_database
from geoapp.domain.place import LonLat
from geoapp.usecases import cities, explanation


@click.command()
@click.option("--city", "code", required=True, metavar="CODE", help="Code or slug of the city.")
@click.option("--lon", type=float, required=True, help="Longitude, degrees (WGS 84).")
@click.option("--lat", type=float, required=True, help="Latitude, degrees (WGS 84).")
@click.option("--service", required=True, metavar="CODE", help="What is wrong there.")
@click.option("--accuracy", type=click.FloatRange(0, 100_000), help="Of the GPS fix, metres.")
@click.option(
    "--lang", type=click.Choice(["id", "en"]), default="en", show_default=True, help="Language."
)
def explain(
    code: str, lon: float, lat: float, service: str, accuracy: float | None, lang: str
) -> None:
    """Say who would handle a place, and print the numbered reasons."""
    with open_database() as (_settings, database):
        city = cities.find(database, code)
        catalogue = cities.catalogue(database, city)
        found = explanation.of_point(database, city, catalogue, service, LonLat(lon, lat), accuracy)
    told = explanation.told(found, catalogue, city.locale)
    place = told["verdict"]["kelurahan"]
    click.echo(f"{told['agency']['name']} · {place['name']} ({place['code']})" if place else "")
    for number, sentence in enumerate(told["sentences"], start=1):
        click.echo(f"{number}. {sentence[lang]}")
    if question := told["accuracy"]["question"]:
        click.echo(question[lang])
