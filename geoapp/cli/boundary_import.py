"""``geoapp boundaries import``: a file, or what is at an address, becomes a staged set."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from itertools import cycle
from pathlib import Path, PurePosixPath
from typing import Any

import click

from geoapp.cli import activation
from geoapp.cli.context import open_database
from geoapp.domain.boundary import Layer
from geoapp.domain.boundary_lines import AUTHORITIES, Authority
from geoapp.usecases import activation as activations
from geoapp.usecases import cities

_PHASES = {"download": "Downloading", "read": "Reading", "store": "Storing"}
_TURNS_S = 0.15


@click.command(name="import")
@click.argument("source", metavar="FILE|URL")
@click.option("--city", "code", required=True, metavar="CODE", help="Code or slug.")
@click.option(
    "--layer",
    type=click.Choice([layer.value for layer in Layer]),
    default=Layer.KELURAHAN.value,
    show_default=True,
)
@click.option("--activate", is_flag=True, help="Put the set in force and re-join all complaints.")
@click.option(
    "--other-codes",
    is_flag=True,
    help="Put it in force although most codes differ from those in force.",
)
@click.option(
    "--from",
    "valid_from",
    type=click.DateTime(["%Y-%m-%d"]),
    help="First day the set holds; by default today, in the city's zone.",
)
@click.option("--version", help="What this set is called; by default the file's name.")
@click.option("--source", "publisher", default="", help="Who published it.")
@click.option("--licence", default="", help="Under which licence.")
@click.option("--approximate", is_flag=True, help="Say on map and API that edges are approximate.")
@click.option("--crs", help="CRS of the coordinates, such as EPSG:32748; overrides the file's.")
@click.option("--table", help="Of several in a GeoPackage or zip, the one to read.")
@click.option("--code-field", help="Attribute with the areas' or roads' codes.")
@click.option("--name-field", help="Attribute with their names.")
@click.option("--parent-field", help="Attribute with the code of the area above (kecamatan).")
@click.option("--parent-name-field", help="Attribute with its name.")
@click.option("--ref-field", help="Of roads: attribute with their number.")
@click.option("--authority-field", help="Of roads: attribute that says who keeps them.")
@click.option(
    "--authority",
    type=click.Choice(AUTHORITIES),
    help="Who keeps the roads that don't say so themselves.",
)
@click.option(
    "--authority-word",
    "words",
    multiple=True,
    metavar="WORD=AUTHORITY",
    help="What a word of that attribute means, such as Lingkungan=city; may be repeated.",
)
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
    source: str,
    code: str,
    layer: str,
    activate: bool,
    other_codes: bool,
    valid_from: datetime | None,
    version: str | None,
    publisher: str,
    licence: str,
    approximate: bool,
    words: tuple[str, ...],
    **reading: Any,
) -> None:
    """Store what is in FILE, or at URL, as a new set, and report on it.

    Reads GeoJSON, GeoPackage, zipped Shapefile, KML, KMZ, FlatGeobuf and
    wilayah_boundaries SQL. Without --activate the set is staged: stored, not yet used.
    """
    if valid_from is not None and not activate:
        raise click.UsageError("--from says when a set comes into force: add --activate.")
    where = _where(source)
    # The reader brings numpy and shapely along, which no other command needs.
    from geoapp.spatial.options import ReadOptions  # noqa: PLC0415
    from geoapp.usecases import boundary_import as use  # noqa: PLC0415

    with open_database() as (settings, database):
        city = cities.find(database, code)
        with _spinner() as tell:
            staged = use.stage(
                database,
                city,
                where,
                layer=Layer(layer),
                version=version or _stem(where),
                source_name=publisher,
                licence=licence,
                approximate=approximate,
                options=ReadOptions(authority_words=_authority_words(words), **reading),
                settings=settings,
                progress=tell,
            )
        for line in staged.report.lines():
            click.echo(line)
        if staged.unchanged:
            click.echo(f"This very file is set {staged.set_id} already; nothing was stored.")
        if not activate:
            if not staged.unchanged:
                _next_steps(staged.set_id, city.code)
            return
        starts = valid_from.date() if valid_from else cities.today(city, database.now())
        with activation.bar("Re-assigning") as progress:
            summary = activations.activate(
                database, city, staged.set_id, starts, other_codes=other_codes, progress=progress
            )
        click.echo(activation.in_force(staged.set_id, starts, summary))


def _where(source: str) -> Path | str:
    """A path, or an address as it was typed."""
    if source.lower().startswith(("http://", "https://")):
        return source
    path = Path(source)
    if not path.is_file():
        raise click.BadParameter(f"{source!r} is neither a file nor a web address.")
    return path


def _stem(where: Path | str) -> str:
    path = where if isinstance(where, Path) else PurePosixPath(where.partition("?")[0])
    return path.stem or "import"


def _authority_words(words: tuple[str, ...]) -> dict[str, Authority]:
    known: dict[str, Authority] = {one: one for one in AUTHORITIES}
    meant: dict[str, Authority] = {}
    for word in words:
        key, _, value = word.rpartition("=")
        if not key or value not in known:
            raise click.BadParameter(
                f"{word!r} must be WORD=AUTHORITY, with {', '.join(AUTHORITIES)}.",
                param_hint="--authority-word",
            )
        meant[key] = known[value]
    return meant


def _next_steps(set_id: int, city: str) -> None:
    click.echo(f"Set {set_id} is staged: stored, not yet used. Next:")
    for command, what in (
        ("report", "its faults, and how it differs from the set in force"),
        ("preview", "which complaints would move"),
        ("activate", "put it in force"),
    ):
        click.echo(f"  geoapp boundaries {command} {set_id} --city {city:<10}  # {what}")


@contextmanager
def _spinner() -> Iterator[Callable[[str], None]]:
    """Something that turns while one waits, and says for what; nothing without a terminal."""
    if not sys.stderr.isatty():
        yield lambda _what: None
        return
    doing = [""]
    ended = threading.Event()

    def turn() -> None:
        for sign in cycle("|/-\\"):
            click.echo(f"\r\033[K{doing[0]} {sign}" if doing[0] else "", nl=False, err=True)
            if ended.wait(_TURNS_S):
                click.echo("\r\033[K", nl=False, err=True)
                return

    def tell(what: str) -> None:
        doing[0] = _PHASES.get(what, what)

    turning = threading.Thread(target=turn, daemon=True)
    turning.start()
    try:
        yield tell
    finally:
        ended.set()
        turning.join()
