"""``geoapp complaints``: complaints of other systems."""

from __future__ import annotations

from pathlib import Path

import click

from geoapp.channels.csv_profile import load_profile
from geoapp.cli.context import open_database
from geoapp.usecases import cities, intake_bulk


@click.group()
def complaints() -> None:
    """Bring complaints of other systems in."""


@complaints.command("import")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--profile", required=True, metavar="NAME", help="Shipped profile, or a .json file.")
@click.option("--city", "code", required=True, metavar="CODE", help="Code or slug of the city.")
@click.option(
    "--rejected",
    type=click.Path(path_type=Path, dir_okay=False),
    help="File for rejected rows; default FILE.rejected.csv.",
)
def import_file(file: Path, profile: str, code: str, rejected: Path | None) -> None:
    """Store the complaints of FILE (.csv or .csv.gz).

    May be stopped at any moment and run again: rows that are there are left alone.
    """
    chosen = load_profile(profile)
    length = file.stat().st_size if file.is_file() else 0
    with open_database() as (_settings, database):
        city = cities.find(database, code)
        with click.progressbar(length=length, label=file.name, show_pos=False) as bar:
            summary = intake_bulk.import_complaints(
                database,
                city,
                file,
                chosen,
                rejected_to=rejected,
                at_byte=lambda at: (
                    bar.update(at - bar.pos) if at - bar.pos > length // 200 else None
                ),
            )
            bar.update(length - bar.pos)
    click.echo(f"{summary.rows:,} rows: {summary.stored:,} stored", nl=False)
    click.echo(f", {summary.known:,} were there already, {summary.rejected:,} rejected.")
    for point, count in summary.at_points.items():
        click.echo(f"{count:,} lie on {point.lat}, {point.lon}: {point.note}.")
    for reason, count in summary.reasons.most_common(5):
        click.echo(f"  rejected {count:,}: {reason}")
    if summary.rejected_file:
        click.echo(f"Rejected rows: {summary.rejected_file}")
