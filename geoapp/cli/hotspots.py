"""``geoapp hotspots``: where complaints are denser than chance."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import click

from geoapp.cli.context import open_database
from geoapp.domain.hotspot import HotspotRun
from geoapp.usecases import cities
from geoapp.usecases.hotspots import compute_all


@click.group()
def hotspots() -> None:
    """Find where complaints are denser than chance."""


@hotspots.command()
@click.option("--city", "code", required=True, metavar="CODE", help="Code or slug of the city.")
@click.option(
    "--group", "groups", multiple=True, metavar="CODE", help="Only this group; repeatable."
)
@click.option("--days", type=click.IntRange(1, 3660), help="Length of the window.")
@click.option("--cell-m", type=click.FloatRange(50, 10_000), help="Hexagon, edge to edge, metres.")
@click.option(
    "--at",
    type=click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"]),
    help="End of the window, city time; default now.",
)
def compute(
    code: str,
    groups: tuple[str, ...],
    days: int | None,
    cell_m: float | None,
    at: datetime | None,
) -> None:
    """Compute and store the hotspots of every group, and print them."""
    with open_database() as (settings, database):
        city = cities.find(database, code)
        now = at.replace(tzinfo=ZoneInfo(city.timezone)) if at else database.now()
        with click.progressbar(length=len(groups) or 1, label="Groups") as bar:

            def step(_group: str, done: int, of: int) -> None:
                bar.length = of
                bar.update(done - bar.pos)

            runs = compute_all(
                database,
                settings,
                city.code,
                now,
                groups=groups or None,
                days=days,
                cell_m=cell_m,
                progress=step,
            )
    for line in report(runs):
        click.echo(line)


def report(runs: list[HotspotRun]) -> list[str]:
    """The clusters of *runs* as lines of a table, and what was left out."""
    lines = []
    rows = [(run, cluster) for run in runs for cluster in run.clusters]
    if rows:
        lines.append(f"{'group':<14}{'sure':>5}{'count':>7}{'expected':>10}{'cells':>7}  kelurahan")
    lines += [
        f"{run.group_code:<14}{cluster.confidence:>4}%{cluster.count:>7}{cluster.expected:>10.1f}"
        f"{cluster.cells:>7}  {', '.join(cluster.kelurahan)}"
        for run, cluster in rows
    ]
    counted = sum(run.total for run in runs)
    quiet = [run.group_code for run in runs if not run.clusters]
    lines.append(f"{counted:,} complaints in {len(runs)} groups judged.")
    if quiet:
        lines.append(f"No hotspot: {', '.join(quiet)}.")
    simulated = sum(run.simulated for run in runs)
    if simulated:
        lines.append(f"{simulated:,} of them are simulated.")
    aside: dict[tuple[float, float], int] = {}
    for run in runs:
        for pile in run.set_aside:
            aside[pile.lat, pile.lon] = aside.get((pile.lat, pile.lon), 0) + pile.count
    lines += [
        f"Set aside: {count:,} on a default point near {lat}, {lon}."
        for (lat, lon), count in aside.items()
    ]
    outside = sum(run.outside for run in runs)
    if outside:
        lines.append(f"Left out: {outside:,} outside the city's hexagons.")
    return lines
