"""``geoapp worker``: the process that runs background jobs."""

from __future__ import annotations

import logging.config
from importlib import import_module

import click

from geoapp import logs
from geoapp.cli.context import database_settings


@click.command()
def worker() -> None:
    """Run background jobs until told to stop: hotspots, housekeeping, recovery."""
    logging.config.dictConfig(logs.configuration(level="INFO"))
    with database_settings() as settings:
        # The worker is a way in of its own, beside this one: started by name, like a server.
        import_module("geoapp.worker.service").serve(settings)
