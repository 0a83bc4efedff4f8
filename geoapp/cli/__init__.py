"""The command line: ``geoapp <noun> <verb>``, one module per noun.

Modules are imported when their command is called, not before: ``geoapp --help`` and
every quick command stay quick.
"""

from __future__ import annotations

import sys
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import click

from geoapp.errors import GeoappError, InvalidInput, SettingsError

_COMMANDS = {
    "run": "Start the database, the worker and the web server; Ctrl-C stops all of it.",
    "city": "Cities: load one from its folder, list them.",
    "account": "People of a city: invite, list, switch off, send a new link.",
    "boundaries": "Boundary sets: import official polygons, list what is kept.",
    "service-areas": "Service areas: list, export, change the draft from a file.",
    "complaints": "Complaints: import them from a CSV file.",
    "contacts": "Contacts: seal them anew under the newest key.",
    "explain": "Say why a place's complaints go where they go.",
    "hotspots": "Compute hotspots now.",
    "density": "The cells of the density map: count them anew, check them.",
    "simulate": "Fill a city with simulated complaints, marked as such.",
    "privacy": "A person's data: export it, erase it; who was concerned by a breach.",
    "mail": "Notices by mail: try the mail server, see how they stand.",
    "audit": "The history's seals: make them now, check them all.",
    "backup": "Write everything into one file.",
    "restore": "Bring back what a backup file holds.",
    "practice": "A practice city for training: make it anew, remove it.",
    "worker": "Run background jobs until told to stop.",
    "db": "The schema: migrate, check, go back.",
}


def _module(name: str) -> str:
    return f"geoapp.cli.{name.replace('-', '_')}"


class _Lazy(click.Group):
    """A group whose commands are named here and imported on demand."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return [name for name in _COMMANDS if find_spec(_module(name))]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.list_commands(ctx):
            return None
        command = getattr(import_module(_module(cmd_name)), cmd_name.replace("-", "_"))
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, _COMMANDS[name]) for name in self.list_commands(ctx)])

    def invoke(self, ctx: click.Context) -> Any:
        """Show errors of the tree as two lines: what was wrong, and what to do.

        The exit code is 2 when what was given is at fault (as click does for unknown
        options), else 1.
        """
        try:
            return super().invoke(ctx)
        except GeoappError as error:
            click.secho(error.message, fg="red", err=True)
            if error.remedy:
                click.echo(error.remedy, err=True)
            sys.exit(2 if isinstance(error, InvalidInput | SettingsError) else 1)
        except Exception as error:
            # sqlalchemy is only there when a command brought it: help must stay quick.
            known = sys.modules.get("sqlalchemy.exc")
            if known is None or not isinstance(error, known.ProgrammingError):
                raise
            # A table or function that isn't there: the schema is of another version.
            click.secho(f"The database refused a statement: {error.orig}", fg="red", err=True)
            click.echo("Was it made by another version? geoapp db upgrade brings it up.", err=True)
            sys.exit(1)


@click.group(cls=_Lazy)
@click.version_option(package_name="geoapp")
def main() -> None:
    """A live complaint map for cities: who must act, where, and by when."""
