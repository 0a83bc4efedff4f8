"""The application without a server, on a real database that starts each test empty."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from geoapp.app import create_app
from geoapp.embedded import Cluster
from geoapp.settings import Settings
from geoapp.store.database import Database
from tests.asking import as_owner
from tests.databases import clone, drop
from tests.web.doors import LIMIT

_EMPTY = text(
    "TRUNCATE geoapp.complaint, geoapp.assignment, geoapp.complaint_event, geoapp.intake_key,"
    " geoapp.rate_window CASCADE"
)


@pytest.fixture(scope="module")
def module_database(cluster: Cluster, jambi_template: str) -> Iterator[Database]:
    """A database for the tests of one file: copying one for each test takes a second."""
    name = clone(cluster, jambi_template)
    database = Database(cluster.url("geoapp_app", name))
    yield database
    database.dispose()
    drop(cluster, name)


@pytest.fixture(scope="module")
def module_app(
    module_database: Database, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Flask]:
    """The application for the tests of one file."""
    home: Path = tmp_path_factory.mktemp("home")
    app = create_app(
        Settings(home=home, tile_url="none", intake_limit=0, secret_key="test-only" * 8),
        module_database,
    )
    yield app
    app.extensions["geoapp"].hub.close()


@pytest.fixture
def emptied(module_database: Database) -> Database:
    """The default city without a complaint."""
    with as_owner(module_database) as connection:
        connection.execute(_EMPTY)
    return module_database


@pytest.fixture
def client(module_app: Flask, emptied: Database) -> FlaskClient:
    """A browser or program that talks to the application; the database is empty."""
    return module_app.test_client()


@pytest.fixture(scope="module")
def strict_app(
    module_database: Database, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Flask]:
    """The application where nobody gets in by a password alone, with few tries."""
    app = create_app(
        Settings(
            home=tmp_path_factory.mktemp("home"),
            tile_url="none",
            secret_key="test-only" * 8,
            totp_required="1",
            sign_in_limit=LIMIT,
            sign_in_window_s=86_400,  # no test sees the end of it
        ),
        module_database,
    )
    yield app
    app.extensions["geoapp"].hub.close()


@pytest.fixture
def no_attempts_yet(module_database: Database) -> None:
    """Nobody has tried to sign in."""
    with as_owner(module_database) as connection:
        connection.execute(text("TRUNCATE geoapp.rate_window"))


@pytest.fixture
def time_stands_still(module_database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """One-time codes don't become others where a test crosses the half minute."""
    now = module_database.now()
    monkeypatch.setattr(module_database, "now", lambda: now)
