"""``geoapp account``: people of a city, for whoever runs the server; the first admin above all."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import click

from geoapp.cli.context import open_database
from geoapp.domain.access import Grant, StaffRole
from geoapp.domain.account import Invitation, Lifetime
from geoapp.domain.catalogue import City
from geoapp.settings import Settings
from geoapp.store.database import Database
from geoapp.usecases import accounts, cities
from geoapp.usecases.accounts import COMMAND_LINE

_CITY = click.option(
    "--city", "code", metavar="CODE", help="Code or slug of the city; not needed for a lone one."
)
_EMAIL = click.argument("email")


@click.group()
def account() -> None:
    """People of a city: invite, list, switch off, send a new link."""


@contextmanager
def _city(code: str | None) -> Iterator[tuple[Settings, Database, City]]:
    with open_database() as (settings, database):
        yield settings, database, cities.chosen(database, code)


def _lifetime(settings: Settings) -> Lifetime:
    return Lifetime(settings.session_idle_s, settings.session_longest_s)


@account.command()
@_EMAIL
@click.option("--name", required=True, help="As colleagues call them.")
@click.option("--role", type=click.Choice([role.value for role in StaffRole]), required=True)
@click.option("--agency", metavar="CODE", help="Agency of the role, where it is of one.")
@click.option("--kelurahan", multiple=True, metavar="CODE", help="Only there; repeatable.")
@_CITY
def invite(
    email: str,
    name: str,
    role: str,
    agency: str | None,
    kelurahan: tuple[str, ...],
    code: str | None,
) -> None:
    """Add a person and print the link, below the server's address, to set a password."""
    grant = Grant(role=StaffRole(role), agency_code=agency, kelurahan=frozenset(kelurahan))
    with _city(code) as (_, database, city):
        link = accounts.invite(database, city, COMMAND_LINE, name=name, email=email, grants=[grant])
        _tell(database, city, link)


@account.command(name="list")
@_CITY
def list_(code: str | None) -> None:
    """List the people and machines, with their roles."""
    with _city(code) as (settings, database, city):
        for one in accounts.everybody(database, city, COMMAND_LINE, _lifetime(settings)):
            roles = ", ".join(sorted(held.grant.role for held in one.grants)) or "no role"
            state = "" if one.active else "\toff"
            click.echo(f"{one.id}\t{one.email or one.kind}\t{one.name}\t{roles}{state}")


@account.command()
@_EMAIL
@_CITY
def deactivate(email: str, code: str | None) -> None:
    """Switch an account off; its sessions end now."""
    with _city(code) as (settings, database, city):
        found = accounts.by_email(database, city, COMMAND_LINE, _lifetime(settings), email)
        accounts.deactivate(database, city, COMMAND_LINE, found.id)
        click.echo(f"{found.name} is signed out and can't sign in.")


@account.command()
@_EMAIL
@click.option("--second-factor", is_flag=True, help="Take a lost second factor away, too.")
@_CITY
def reset(email: str, second_factor: bool, code: str | None) -> None:
    """Print a new link to set a password."""
    with _city(code) as (settings, database, city):
        found = accounts.by_email(database, city, COMMAND_LINE, _lifetime(settings), email)
        link = accounts.reset(database, city, COMMAND_LINE, found.id)
        if second_factor:
            accounts.reset_totp(database, city, COMMAND_LINE, found.id)
        _tell(database, city, link)


def _tell(database: Database, city: City, link: Invitation) -> None:
    # A lone city needs no prefix, nor one beside its practice city.
    real = [one for one in cities.every(database) if not one.practice]
    prefix = "" if real == [city] else f"/{city.slug}"
    click.echo(f"{prefix}{link.path}")
    click.echo("Below the server's address, e.g. https://aduan.example/invitation/…", err=True)
    click.echo(f"Opens once, until {link.expires_at.isoformat(timespec='minutes')}.", err=True)
