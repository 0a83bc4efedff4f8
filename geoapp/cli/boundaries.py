"""``geoapp boundaries``: sets of areas, from files into force."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from geoapp.cli import boundary_quality
from geoapp.cli.context import open_database
from geoapp.domain.boundary import Layer
from geoapp.usecases import boundaries as use
from geoapp.usecases import cities, feed

Progress = Callable[[int, int], None]
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
        with _bar() as progress:
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
            feed.ring_once(database)
            click.echo(_in_force(imported.set_id, starts.isoformat(), summary))


@boundaries.command()
@click.argument("set_id", type=int)
@_city
@_other_codes
@_from
def activate(set_id: int, code: str, other_codes: bool, valid_from: datetime | None) -> None:
    """Put the staged set SET_ID in force and re-join all complaints."""
    with open_database() as (_, database):
        city = cities.find(database, code)
        starts = valid_from.date() if valid_from else cities.today(city, database.now())
        with _bar() as progress:
            summary = use.activate(
                database, city, set_id, starts, other_codes=other_codes, progress=progress
            )
        feed.ring_once(database)
        click.echo(_in_force(set_id, starts.isoformat(), summary))


@boundaries.command()
@_city
def reassign(code: str) -> None:
    """Re-join all complaints to the sets in force, as after an activation cut short."""
    with open_database() as (_, database):
        city = cities.find(database, code)
        with _bar() as progress:
            summary = use.reassign(database, city, progress=progress)
        feed.ring_once(database)
        click.echo(f"{summary.moved:,} complaints moved, of {summary.looked_at:,} looked at.")


@boundaries.command(name="list")
@_city
def list_(code: str) -> None:
    """List the city's boundary sets, the newest first."""
    with open_database() as (_, database):
        for kept in use.kept(database, cities.find(database, code)):
            since = kept.valid_from.isoformat() if kept.valid_from else ""
            until = kept.valid_to.isoformat() if kept.valid_to else ""
            kind = " approximate" if kept.approximate else ""
            click.echo(
                f"{kept.id:>5}  {kept.layer:<12} {kept.status:<8} {since:>10} … {until:<10} "
                f"{kept.areas:>5} areas{kind}  {kept.version} ({kept.source})"
            )


def _in_force(set_id: int, starts: str, summary: use.Reassigned) -> str:
    return (
        f"Set {set_id} is in force from {starts}: {summary.moved:,} complaints moved, "
        f"of {summary.looked_at:,} looked at; {summary.nowhere:,} lie in no kelurahan."
    )


@contextmanager
def _bar() -> Iterator[Progress]:
    """A bar for the re-assignment, drawn when that begins; nothing when output isn't a terminal."""
    drawn: list[Any] = []

    def progress(done: int, total: int) -> None:
        if not drawn:
            bar = click.progressbar(length=total, label="Re-assigning", show_pos=True)
            drawn.append(bar.__enter__())
        drawn[0].update(done - drawn[0].pos)

    try:
        yield progress
    finally:
        if drawn:
            drawn[0].__exit__(None, None, None)


for _command in (boundary_quality.report, boundary_quality.clean, boundary_quality.discard):
    boundaries.add_command(_command)
