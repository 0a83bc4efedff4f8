"""``geoapp audit``: seal the history now, check that nobody changed it."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from geoapp.cli.context import open_database
from geoapp.domain.catalogue import City
from geoapp.store.database import Database
from geoapp.usecases import audit as usecase
from geoapp.usecases import cities, published_seals


@click.group()
def audit() -> None:
    """The history's seals: make them now, check them all."""


@audit.command()
@click.option("--city", "code", metavar="CODE", help="Code or slug; default: every city.")
def seal(code: str | None) -> None:
    """Seal and publish what is due now; the worker does it every minute."""
    with open_database() as (settings, database):
        for city in _chosen(database, code):
            made = usecase.seal_all(database, city, settings.home / "seals")
            click.echo(f"{city.name.local}: {made} new seals.")


@audit.command()
@click.option("--city", "code", metavar="CODE", help="Code or slug; default: every city.")
@click.option(
    "--anew",
    is_flag=True,
    help="Begin the file again, with a line that says so; the old one is kept beside it.",
)
def publish(code: str | None, anew: bool) -> None:
    """Append seals that aren't published yet; the worker does it every minute.

    A file that is missing or empty is never begun again but by --anew: compare the seals
    with a copy first. Takes --city with it where there are several.
    """
    with open_database() as (settings, database):
        chosen = _chosen(database, code)
        if anew and len(chosen) > 1:
            raise click.UsageError("--anew is for one city: name it with --city.")
        for city in chosen:
            folder = settings.home / "seals"
            aside = None
            if anew:
                count, aside = usecase.publish_anew(database, city, folder)
            else:
                count = usecase.publish(database, city, folder)
            click.echo(f"{city.name.local}: {count} seals published.")
            if aside:
                click.echo(f"  the file of before is kept as {aside}")


@audit.command()
@click.option("--city", "code", metavar="CODE", help="Code or slug; default: every city.")
@click.option(
    "--seals",
    "published",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Published seals to compare with; default: those under the home. Takes --city"
    " where several are kept.",
)
@click.option(
    "--acknowledge-restore",
    "acknowledged",
    is_flag=True,
    help="You answer for the restores the published file tells of: they are no findings.",
)
def verify(code: str | None, published: Path | None, acknowledged: bool) -> None:
    """Check every sealed event, every seal, and what was published.

    Ends with 1 when anything was altered, is missing, was slipped in or reordered, when
    there is nothing published to compare with, and when a restore isn't acknowledged.
    """
    clean = True
    with open_database() as (settings, database):
        chosen = _chosen(database, code)
        if published is not None and len(chosen) > 1:
            raise click.UsageError("--seals is one city's: name it with --city.")
        for city in chosen:
            ours = published_seals.path(settings.home / "seals", city.slug)
            # a copy that tells of a restore vouches for it; our own file can't for itself
            vouched = published is not None and published.resolve() != ours.resolve()
            clean = check(database, city, published or ours, acknowledged or vouched) and clean
    sys.exit(0 if clean else 1)


def check(
    database: Database, city: City, published: Path | None, acknowledged: bool = False
) -> bool:
    """Verify one city and say what was found; whether nothing was.

    Args:
        acknowledged: restores that *published* tells of are no findings.
    """
    with click.progressbar(length=1, label=city.name.local, file=sys.stderr) as bar:

        def progress(done: int, of: int) -> None:
            bar.length = max(of, 1)
            bar.update(done - bar.pos)

        report = usecase.verify(
            database, city, published, acknowledged=acknowledged, progress=progress
        )
    _tell(report)
    return report.clean


def _tell(report: usecase.Report) -> None:
    click.echo(
        f"{report.city.name.local}: {report.events:,} sealed events in {report.seals:,} seals."
    )
    waiting = report.unsealed
    if waiting.count:
        age = "" if waiting.oldest_s is None else f", the oldest since {waiting.oldest_s:,.0f} s"
        click.echo(f"  not sealed yet: {waiting.count:,} events{age}")
    if report.erased:
        shown = ", ".join(map(str, report.erased[:20]))
        click.echo(f"  erased by record: {len(report.erased):,} events ({shown})")
    for note in report.notes:
        click.echo(f"  note: {note}")
    for finding in report.findings.named:
        click.secho(f"  {finding.fault.value}: {finding.text}", fg="red")
    unnamed = len(report.findings) - len(report.findings.named)
    if unnamed:
        click.secho(f"  and {unnamed:,} more of the same kinds", fg="red")
    if report.clean:
        click.secho("  nothing was changed", fg="green")
    else:
        counts = ", ".join(f"{count:,} {kind}" for kind, count in report.findings.counts.items())
        click.secho(f"  found: {counts}", fg="red", bold=True)


def _chosen(database: Database, code: str | None) -> list[City]:
    return [cities.find(database, code)] if code else cities.every(database)
