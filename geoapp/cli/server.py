"""The database server as backup and restore need it: from outside, as the owner."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import click

from geoapp.cli.context import DATABASE, private_cluster
from geoapp.embedded.client import Client
from geoapp.media.storage import open_storage
from geoapp.settings import Settings
from geoapp.store import keeping as store
from geoapp.usecases.keeping import Server


@contextmanager
def database_server() -> Iterator[Server]:
    """The server of GEOAPP_DATABASE_URL, else the private cluster (started if need be)."""
    settings = Settings.from_env()
    if settings.database_url:
        url = settings.owner_database_url or settings.database_url
        yield Server(
            url,
            settings.home,
            Client.of_this_machine(),
            lambda name: store.create(store.at(url, name)),
            open_storage(settings),
        )
        return
    with private_cluster(settings) as cluster:
        yield Server(
            cluster.url("geoapp_owner", DATABASE),
            settings.home,
            Client.of(cluster.binaries),
            cluster.create_database,
            open_storage(settings),
        )


@contextmanager
def bars() -> Iterator[Callable[[str, int, int], None]]:
    """Progress as bars on stderr, a new one for each thing that is being done."""
    shown: list[tuple[str, Any]] = []  # at most one

    def end() -> None:
        if shown:
            shown.pop()[1].__exit__(None, None, None)

    def progress(what: str, done: int, of: int) -> None:
        if not shown or shown[0][0] != what:
            end()
            bar: Any = click.progressbar(length=max(of, 1), label=what, file=sys.stderr)
            shown.append((what, bar.__enter__()))
        bar = shown[0][1]
        if done - bar.pos > of // 200 or done == of:
            bar.update(done - bar.pos)

    try:
        yield progress
    finally:
        end()
