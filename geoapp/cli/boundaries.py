"""``geoapp boundaries``: sets of areas, from files into force."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import click

from geoapp.cli import activation, boundary_quality
from geoapp.cli.context import open_database
from geoapp.domain.boundary import Layer
from geoapp.usecases import activation as activations
from geoapp.usecases import boundaries as use
from geoapp.usecases import cities

_city = click.option("--city", "code", required=True, metavar="CODE", help="Code or slug.")
_other_codes = click.option(
    "--other-codes",
    is_flag=True,
    help="Put it in force although most codes differ from those in force.",
)
_from = click.option(
    "--from",
    "valid_from",
    type=click.DateTime(["%Y-%m-%d"]),
    help="First day the set holds; by default today, in the city's zone.",
)


@click.group()
def boundaries() -> None:
    """Boundary sets: import official polygons, list what is kept."""


@boundaries.command(name="import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@_city
@click.option(
    "--layer",
    type=click.Choice([Layer.KELURAHAN.value, Layer.SERVICE_AREA.value]),
    default=Layer.KELURAHAN.value,
    show_default=True,
)
@click.option("--activate", is_flag=True, help="Put the set in force and re-join all complaints.")
@_other_codes
@_from
@click.option("--version", help="What this set is called; by default the file's name.")
@click.option("--source", default="", help="Who published it.")
@click.option("--licence", default="", help="Under which licence.")
@click.option("--approximate", is_flag=True, help="Say on map and API that edges are approximate.")
@click.option("--crs", help="CRS of the coordinates, such as EPSG:32748; overrides the file's.")
@click.option("--code-field", help="Attribute with the areas' codes.")
@click.option("--name-field", help="Attribute with their names.")
@click.option("--parent-field", help="Attribute with the code of the area above (kecamatan).")
@click.option("--parent-name-field", help="Attribute with its name.")
@click.option("--admin-level", help="Of an OSM extract, the level to take.")
@click.option(
    "--merge-duplicates", is_flag=True, help="Features of one code are parts of one area."
)
@click.option("--leave-out-refused", is_flag=True, help="Import the rest of a broken file.")
@click.option(
    "--max-repair-change",
    type=click.FloatRange(0, 1),
    default=0.01,
    show_default=True,
    help="Largest change of an area, as a share, that mending its rings may make.",
)
def import_(
    file: Path,
    code: str,
    layer: str,
    activate: bool,
    other_codes: bool,
    valid_from: datetime | None,
    version: str | None,
    source: str,
    licence: str,
    approximate: bool,
    **reading: Any,
) -> None:
    """Store the areas of FILE (GeoJSON or wilayah_boundaries SQL) as a new set.

    Without --activate the set is staged: stored, not yet used.
    """
    if valid_from is not None and not activate:
        raise click.UsageError("--from says when a set comes into force: add --activate.")
    # The reader brings numpy and shapely along, which no other command needs.
    from geoapp.spatial.files import ReadOptions  # noqa: PLC0415

    with open_database() as (_, database):
        city = cities.find(database, code)
        starts = valid_from.date() if valid_from else cities.today(city, database.now())
        with activation.bar("Re-assigning") as progress:
            imported, summary = use.import_file(
                database,
                city,
                file,
                layer=Layer(layer),
                version=version or file.stem,
                source=source,
                licence=licence,
                approximate=approximate,
                options=ReadOptions(**reading),
                activate_from=starts if activate else None,
                other_codes=other_codes,
                progress=progress,
            )
        for line in imported.report.lines():
            click.echo(line)
        if summary is None:
            click.echo(
                f"Set {imported.set_id} is staged. Put it in force with: "
                f"geoapp boundaries activate {imported.set_id} --city {city.code}"
            )
        else:
            click.echo(activation.in_force(imported.set_id, starts, summary))


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
            until = kept.valid_to.isoformat() if kept.valid_to else ""
            kind = " approximate" if kept.approximate else ""
            click.echo(
                f"{kept.id:>5}  {kept.layer:<12} {kept.status:<8} {since:>10} … {until:<10} "
                f"{kept.areas:>5} areas{kind}  {kept.version} ({kept.source})"
            )


activation.register(boundaries)
for _command in (boundary_quality.report, boundary_quality.clean, boundary_quality.discard):
    boundaries.add_command(_command)
