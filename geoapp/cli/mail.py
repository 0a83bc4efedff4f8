"""``geoapp mail``: whether mails leave, and what to do when they don't."""

from __future__ import annotations

import click

from geoapp.cli.context import open_database
from geoapp.usecases import notices, posting


@click.group()
def mail() -> None:
    """Notices by mail."""


@mail.command()
@click.argument("address")
def test(address: str) -> None:
    """Send one mail to ADDRESS now, and say what the mail server answers."""
    with open_database() as (settings, database):
        problem = posting.try_out(settings, address, database.now())
    if problem is not None:
        raise click.ClickException(problem)
    click.echo("The mail server took the mail.")


@mail.command()
def state() -> None:
    """How mails stand, as /health tells it."""
    with open_database() as (settings, database):
        for name, value in notices.health(database, settings).items():
            click.echo(f"{name}: {'-' if value is None else value}")


@mail.command()
@click.option("--hours", default=24, show_default=True, help="Given up within so many hours.")
def retry(hours: int) -> None:
    """Let mails that were given up wait again."""
    with open_database() as (_settings, database):
        click.echo(f"{posting.retry(database, hours=hours)} mails wait again.")
