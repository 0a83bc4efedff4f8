"""``geoapp privacy``: a person's data exported or erased, breaches looked into."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from geoapp.cli.context import open_database
from geoapp.domain.catalogue import City
from geoapp.domain.privacy import Belonging
from geoapp.media.storage import open_storage
from geoapp.settings import Settings
from geoapp.store.database import Database
from geoapp.usecases import breach as breaches
from geoapp.usecases import cities, erasure, feed, privacy_export
from geoapp.usecases import privacy as usecase
from geoapp.usecases.vault import Vault

_CITY = click.option(
    "--city", "code", metavar="CODE", help="Code or slug, where there are several."
)
_MOMENT = ["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]


def _person(command: Callable[..., None]) -> Callable[..., None]:
    """The options that say whose data."""
    for option in (
        click.option("--ticket", default="", help="Of whoever sent this complaint."),
        click.option("--email", default="", help="Of whoever gave this address."),
        click.option("--phone", default="", help="Of whoever gave this telephone number."),
        click.option(
            "--alone",
            is_flag=True,
            help="Of --ticket its report alone, not what else has the same address.",
        ),
        _CITY,
    ):
        command = option(command)
    return command


@click.group()
def privacy() -> None:
    """A person's data: export it, erase it; who was concerned by a breach.

    Make sure first who asks: addresses were typed by whoever reported, and never proven.
    """


@privacy.command()
@_person
@click.option(
    "--to",
    "target",
    type=click.Path(dir_okay=False, path_type=Path),
    help="File to write; default: named after city and ticket, in this folder.",
)
def export(target: Path | None, code: str | None, **person: Any) -> None:
    """Write everything about one person into a ZIP: JSON, photos, a page to read."""
    with _at(code) as (settings, database, city):
        vault = Vault(settings)
        found = usecase.find(database, vault, city, **person)
        _tell(found)
        made = privacy_export.export(
            database, vault, open_storage(settings), city, found, by="system", reason=""
        )
        target = target or Path(made.name)
        with target.open("xb") as output:
            target.chmod(0o600)
            shutil.copyfileobj(made.file, output)
    click.echo(f"{target}: {', '.join(f'{count} {name}' for name, count in made.counts.items())}")


@privacy.command()
@_person
@click.option("--reason", required=True, help="Why, without the person's name; it is kept.")
@click.option("--yes", is_flag=True, help="Don't ask.")
def erase(reason: str, yes: bool, code: str | None, **person: Any) -> None:
    """Erase one person's data; the public record without the person stays.

    It can't be undone, and a backup from before doesn't bring it back.
    """
    with _at(code) as (settings, database, city):
        reason = usecase.reasoned(reason)
        found = usecase.find(database, Vault(settings), city, **person)
        _tell(found)
        if not yes:
            click.confirm("Erase all of this for good?", abort=True)
        done = erasure.erase(
            database, city, settings.home, open_storage(settings), found, by="system", reason=reason
        )
        feed.ring_once(database)
    click.echo(
        f"Erased: {len(done.tickets)} reports, {done.events} events, {done.photos} photos,"
        f" {done.contacts} contacts."
    )


@privacy.command()
@click.option(
    "--list",
    "file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A copy of erasures-<city>.jsonl kept elsewhere; default: the one under the home.",
)
@_CITY
def again(file: Path | None, code: str | None) -> None:
    """Erase again what a restored backup has brought back; the worker does it hourly."""
    with _at(code) as (settings, database, city):
        done = erasure.carry_on(database, city, settings.home, open_storage(settings), file=file)
        feed.ring_once(database)
    click.echo(f"Erased again: {len(done.tickets)} reports, {done.contacts} contacts.")


@privacy.command()
@_CITY
def retain(code: str | None) -> None:
    """Remove contacts and marks whose days are over now; the worker does it daily."""
    with _at(code) as (settings, database, city):
        done = usecase.retain(database, city, days=settings.contact_days)
    click.echo(f"{done.contacts} contacts and {done.marks} marks went.")


@privacy.command()
@click.option(
    "--account",
    "accounts",
    type=int,
    multiple=True,
    help="Number of an account, as geoapp account list tells it.",
)
@click.option("--key", "keys", type=int, multiple=True, help="Number of an API key.")
@click.option("--since", type=click.DateTime(_MOMENT), required=True, help="In the city's time.")
@click.option("--until", type=click.DateTime(_MOMENT), help="Default: now.")
@click.option("--discovered", type=click.DateTime(_MOMENT), help="Default: now.")
@click.option(
    "--everybody",
    is_flag=True,
    help="Notify all whose reports could be read, not only those known to be concerned.",
)
@click.option("--what", default="", help="What happened, in a sentence for those concerned.")
@click.option(
    "--people",
    type=click.Path(dir_okay=False, path_type=Path),
    help="File for a CSV of whom to notify, with their addresses; each is noted as read.",
)
@click.option(
    "--notice",
    type=click.Path(dir_okay=False, path_type=Path),
    help="File for the text to send, in Indonesian.",
)
@_CITY
def breach(
    accounts: tuple[int, ...],
    keys: tuple[int, ...],
    since: datetime,
    until: datetime | None,
    discovered: datetime | None,
    everybody: bool,
    what: str,
    people: Path | None,
    notice: Path | None,
    code: str | None,
) -> None:
    """Say what an account or key in the wrong hands may have opened, and whose it was.

    Recorded, with the deadline of 3 x 24 hours after it was discovered.
    """
    with _at(code) as (settings, database, city):
        made = breaches.look_into(
            database, city,
            accounts=accounts, keys=keys,
            since=breaches.in_city(city, since),
            until=breaches.in_city(city, until) if until else database.now(),
            discovered_at=breaches.in_city(city, discovered) if discovered else database.now(),
            everybody=everybody, what=what, by="system",
        )  # fmt: skip
        for line in breaches.lines(city, made):
            click.echo(line)
        if notice:
            notice.write_text(breaches.notice(city, made, settings.public_url), encoding="utf-8")
            click.echo(f"The text to send: {notice}")
        if people:
            rows = breaches.people_as_system(database, Vault(settings), city, made.number)
            with people.open("x", encoding="utf-8-sig", newline="") as output:
                people.chmod(0o600)
                csv.writer(output).writerows(rows)
            click.echo(f"The list, a row for each address: {people}")


@contextmanager
def _at(code: str | None) -> Iterator[tuple[Settings, Database, City]]:
    with open_database() as (settings, database):
        yield settings, database, cities.chosen(database, code)


def _tell(found: list[Belonging]) -> None:
    for one in found:
        kind = "report" if one.contact_id is None else "follows"
        click.echo(f"{kind}\t{one.ticket}\t{one.submitted_at:%Y-%m-%d}\t{one.status}\tby {one.why}")
