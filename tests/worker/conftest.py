"""People who are told by mail, on a database of each file's own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import text

from geoapp.channels.smtp import Patience
from geoapp.embedded import Cluster
from geoapp.settings import Settings
from geoapp.store.database import Database
from geoapp.usecases.posting import Pace, Post
from tests.asking import as_owner
from tests.casework import EMPTY, World
from tests.databases import clone, drop
from tests.mail_server import Box, mail_server, mail_settings
from tests.mail_world import Mails

QUICK = Pace(
    rest_s=0.0, patience=Patience(connect=2.0, command=0.5, text=0.5, whole=1.5), stale_s=120.0
)


@pytest.fixture(scope="module")
def staffed(cluster: Cluster, jambi_template: str) -> Iterator[World]:
    """The city with its staff, for the tests of one file."""
    name = clone(cluster, jambi_template)
    database = Database(cluster.url("geoapp_app", name))
    yield World.build(database)
    database.dispose()
    drop(cluster, name)


@pytest.fixture
def world(staffed: World) -> World:
    """The city without complaints, contacts and mails; the feed goes on where it was."""
    with as_owner(staffed.database) as connection:
        connection.execute(EMPTY)
        connection.execute(text("TRUNCATE geoapp.mail_refusal, geoapp.notice_cursor"))
    return staffed


@pytest.fixture
def mails(world: World, settings: Settings) -> Iterator[Mails]:
    """A mail server that takes everything, and a sender that never rests."""
    with mail_server(Box()) as box:
        ours = mail_settings(settings, box.port)
        yield Mails(world, ours, box, Post(world.database, ours, QUICK))
