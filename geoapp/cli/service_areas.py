"""``geoapp service-areas``: who acts where, as a list and as a file."""

from __future__ import annotations

import json
from pathlib import Path

import click

from geoapp.cli.context import open_database
from geoapp.domain.catalogue import City
from geoapp.errors import InvalidInput, NotFound
from geoapp.store.database import Database
from geoapp.usecases import cities, service_area_files
from geoapp.usecases import service_areas as use

_city = click.option("--city", "code", required=True, metavar="CODE", help="Code or slug.")
_set = click.option(
    "--set", "set_id", type=int, help="Id of a set; by default the draft, else the one in force."
)


@click.group()
def service_areas() -> None:
    """Service areas: list, export, change the draft from a file.

    A draft comes into force as every boundary set does: geoapp boundaries activate.
    """


@service_areas.command(name="list")
@_city
@_set
def list_(code: str, set_id: int | None) -> None:
    """List the rules in the order they are tried."""
    with open_database() as (_, database):
        city = cities.find(database, code)
        chosen = _chosen(database, city, set_id)
        for held in use.areas(database, city, chosen):
            area = held.area
            where = {
                "city": "whole city",
                "areas": f"{len(area.area_codes)} kelurahan",
                "polygon": f"polygon of {held.km2 or 0:.2f} km²",
            }[area.coverage.value]
            about = area.service_code or area.group_code or "everything"
            click.echo(
                f"{area.priority:>5}  {area.code:<32} {about:<24} "
                f"{area.agency_code or '(own agency)':<24} {where}"
            )
        for clash in use.clashes(database, city, chosen):
            ground = "in the whole city" if clash.m2 is None else f"on {clash.m2:,.0f} m²"
            click.echo(
                f"equal rank {ground}: {clash.first_code} comes before {clash.second_code} "
                "by its code alone",
                err=True,
            )


@service_areas.command()
@click.argument("file", type=click.Path(dir_okay=False, allow_dash=True, path_type=Path))
@_city
@_set
def export(file: Path, code: str, set_id: int | None) -> None:
    """Write the rules to FILE as GeoJSON, every corner to the last digit; - is standard output."""
    with open_database() as (_, database):
        city = cities.find(database, code)
        written = service_area_files.geojson(database, city, _chosen(database, city, set_id))
    text = json.dumps(written, ensure_ascii=False, indent=1)
    if str(file) == "-":
        click.echo(text.encode())
        return
    file.write_text(text + "\n", encoding="utf-8")
    click.echo(f"{len(written['features'])} service areas in {file}.")


@service_areas.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@_city
def put(file: Path, code: str) -> None:
    """Store the rules of FILE in the draft, instead of those with the same codes.

    FILE is GeoJSON as export writes it. All of it is stored, or nothing. Without a draft one
    begins as a copy of the set in force.
    """
    try:
        value = json.loads(file.read_text(encoding="utf-8"))
    except ValueError as problem:
        raise InvalidInput(f"{file} is no JSON: {problem}.", "Write one with export.") from None
    wanted = service_area_files.from_features(value)
    with open_database() as (_, database):
        city = cities.find(database, code)
        set_id = use.draft(database, city, "system")
        stored = use.put_all(database, city, set_id, wanted, "system")
    click.echo(
        f"{len(stored)} service areas are in the draft. Put it in force with: "
        f"geoapp boundaries activate {set_id} --city {city.code}"
    )


def _chosen(database: Database, city: City, set_id: int | None) -> int:
    if set_id is not None:
        return set_id
    shown = use.standing(database, city).shown
    if shown is None:
        raise NotFound("The city has no service areas.", "Store some with put.")
    return shown.id
