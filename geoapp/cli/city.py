"""``geoapp city``: the cities this server keeps."""

from __future__ import annotations

import csv
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from geoapp.cli.context import open_database
from geoapp.errors import InvalidInput
from geoapp.usecases import cities, feed


@click.group()
def city() -> None:
    """Cities: set one up, load one from its folder, list them."""


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


@city.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--name", required=True, help='As its people call it: "Kabupaten Muaro Jambi".')
@click.option("--name-en", help="In English.")
@click.option("--code", help="Kemendagri code; by default what all codes of FILE begin with.")
@click.option("--slug", help="Its part of an address; by default made of the name.")
@click.option("--host", help="Host name under which it answers without the slug.")
@click.option("--ticket-prefix", help="2 to 5 capital letters; by default made of the name.")
@click.option("--timezone", help="IANA name; by default that of the province.")
@click.option("--metric-srid", type=int, help="EPSG code; by default the UTM zone.")
@click.option(
    "--parents",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="CSV with code,name of the kecamatan, where FILE has their codes alone.",
)
@click.option(
    "--from",
    "valid_from",
    type=click.DateTime(["%Y-%m-%d"]),
    default="2023-01-01",
    show_default=True,
    help="First day the boundaries hold.",
)
@click.option("--version", help="What the boundary set is called; by default the file's name.")
@click.option("--source", help="Who published it.")
@click.option("--licence", default="", help="Under which licence.")
@click.option("--approximate", is_flag=True, help="Say on map and API that edges are approximate.")
@click.option("--crs", help="CRS of the coordinates, such as EPSG:32748; overrides the file's.")
@click.option("--code-field", help="Attribute with the areas' codes.")
@click.option("--name-field", help="Attribute with their names.")
@click.option(
    "--folder",
    type=click.Path(path_type=Path),
    help="Where the city's files are written; by default under GEOAPP_HOME.",
)
def add(
    file: Path,
    parents: Path | None,
    valid_from: datetime,
    folder: Path | None,
    crs: str | None,
    code_field: str | None,
    name_field: str | None,
    **wished: Any,
) -> None:
    """Set up another city from FILE, its kelurahan or desa.

    Writes a city folder (boundaries/README.md) with what the file tells and a catalogue as
    Indonesian cities usually have it, and loads it. Correct the folder and load it again, or
    change the catalogue on /admin.
    """
    # These bring numpy and shapely along, which no other command of this group needs.
    from geoapp.spatial.files import ReadOptions  # noqa: PLC0415
    from geoapp.usecases import city_add  # noqa: PLC0415

    wishes = city_add.CityWishes(
        valid_from=valid_from.date(), parents=_named(parents) if parents else {}, **wished
    )
    options = ReadOptions(crs=crs, code_field=code_field, name_field=name_field)
    with open_database() as (settings, database):
        city, written = city_add.add(
            database,
            file,
            wishes,
            folder=folder,
            home=settings.home / "cities",
            options=options,
            progress=click.echo,
        )
        feed.ring_once(database)
        alone = sum(not one.practice for one in cities.every(database)) == 1
    click.echo(f"{city.name.local} ({city.code}) is ready; its files are in {written}.")
    if not alone:
        click.echo(
            f"It answers under /{city.slug}/, or under a host of its own (--host). The addresses "
            "without a prefix stay with the first city, or go to GEOAPP_DEFAULT_CITY."
        )
    click.echo(
        "Next: check agencies and services (/admin or the folder), then\n"
        f"  geoapp account invite EMAIL --name NAME --role city_admin --city {city.code}"
    )


def _named(path: Path) -> dict[str, str]:
    """Names by code from a CSV with the columns ``code`` and ``name``."""
    with path.open(encoding="utf-8-sig", newline="") as opened:
        rows = csv.DictReader(opened)
        if not {"code", "name"} <= set(rows.fieldnames or ()):
            raise InvalidInput(
                f"{path.name} has the columns {', '.join(rows.fieldnames or ()) or 'none'}.",
                "Give a CSV with the columns code and name.",
            )
        return {row["code"].strip(): row["name"].strip() for row in rows}


@city.command(name="list")
def list_() -> None:
    """List the cities with their codes."""
    with open_database() as (_, database):
        for one in cities.every(database):
            click.echo(f"{one.code}\t{one.slug}\t{one.name.local}")
