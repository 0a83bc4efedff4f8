"""``geoapp contacts``: the keys that contacts are sealed under."""

from __future__ import annotations

import click

from geoapp.cli.context import open_database
from geoapp.usecases import cities
from geoapp.usecases import contacts as keeping
from geoapp.usecases.vault import Vault


@click.group()
def contacts() -> None:
    """Contacts of reporters and followers, sealed in the database."""


@contacts.command("reseal")
@click.option("--city", "code", metavar="CODE", help="Code or slug; default: every city.")
def reseal(code: str | None) -> None:
    """Seal every contact under the newest key of GEOAPP_CONTACT_KEYS.

    To replace a key: put the new one in front, restart the server, run this, then take the old
    one out. May be stopped at any moment and run again.
    """
    with open_database() as (settings, database):
        vault = Vault(settings)
        for city in [cities.find(database, code)] if code else cities.every(database):
            count = keeping.reseal(database, vault, city.code)
            click.echo(f"{city.name.local}: {count:,} contacts sealed anew.")
