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
    "--seals",
    "published",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Published seals to compare with; default: those under the home. Takes --city"
    " where several are kept.",
)
def verify(code: str | None, published: Path | None) -> None:
    """Check every sealed event, every seal, and what was published.

    Ends with 1 when anything was altered, is missing, was slipped in or reordered.
    """
    clean = True
    with open_database() as (settings, database):
        chosen = _chosen(database, code)
        if published is not None and len(chosen) > 1:
            raise click.UsageError("--seals is one city's: name it with --city.")
        for city in chosen:
            file = published or published_seals.path(settings.home / "seals", city.slug)
            clean = check(database, city, file) and clean
    sys.exit(0 if clean else 1)


def check(database: Database, city: City, published: Path | None) -> bool:
    """Verify one city and say what was found; whether nothing was."""
    with click.progressbar(length=1, label=city.name.local, file=sys.stderr) as bar:

        def progress(done: int, of: int) -> None:
            bar.length = max(of, 1)
            bar.update(done - bar.pos)

        report = usecase.verify(database, city, published, progress=progress)
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
