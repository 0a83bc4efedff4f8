"""``geoapp worker``: the process that runs background jobs."""

from __future__ import annotations

import logging
from importlib import import_module

import click

from geoapp.cli.context import database_settings


@click.command()
def worker() -> None:
    """Run background jobs until told to stop: hotspots, housekeeping, recovery."""
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    for chatty in ("procrastinate", "psycopg.pool"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    with database_settings() as settings:
        # The worker is a way in of its own, beside this one: started by name, like a server.
        import_module("geoapp.worker.service").serve(settings)
